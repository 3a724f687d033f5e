-- The user's signature that the result came, as a JSON string in base64.
alter table job add column acknowledgement text;

alter table outbox add column ordered_at bigint not null default 0;

-- What fails orders a refund from now on; this is for what failed before.
insert into outbox (job, kind) select id, 'refund' from job where state = 'failed';
