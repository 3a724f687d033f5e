-- Which model a job is for, and when it came: what one account may ask of a model in a day is counted.
alter table job add column model text not null default '';
alter table job add column added_at bigint not null default 0;
update job set model = coalesce(spec{json} ->> 'modelId', ''), added_at = coalesce((select min(e.at) from event e where e.job = job.id), 0);
create index job_rate on job (account, model, added_at);
