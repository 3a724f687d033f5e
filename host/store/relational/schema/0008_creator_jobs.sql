-- Creators look at the jobs on their models.
create index job_model on job (model, seq);
