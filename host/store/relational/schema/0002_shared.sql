-- Several hosts share a database: an action of the outbox is leased before it is attempted.
alter table outbox add column epoch bigint not null default 0;

-- Who pays for a job, what it gave, and since when it is over (0: it is not).
alter table job add column account text not null default '';
alter table job add column output_hash text not null default '';
alter table job add column over_at bigint not null default 0;
update job set account = spec{json} ->> 'user', output_hash = coalesce(computed{json} -> 'receipt' ->> 'outputHash', '');
update job set over_at = (select max(e.at) from event e where e.job = job.id) where state in ('delivered', 'refunded', 'failed');
create index job_account on job (account, over_at);
create index job_output on job (output_hash) where output_hash <> '';
create index want_owner on want (owner, digest);
create index model_creator on model (creator);

-- An upload under way: one of perhaps several under a digest, with what the digest of its first
-- bytes (held) goes on from.
create table upload (
  digest text    not null,
  id     text    not null,
  bytes  bigint  not null,
  kind   text    not null,
  held   bigint  not null default 0,
  hash   {bytes} not null,
  at     bigint  not null,
  primary key (digest, id)
);
create index upload_at on upload (at);

-- The pieces that a blob (upload is empty) or an upload consists of. place is their key in
-- the bucket, and never used again.
create table part (
  place  text   primary key,
  digest text   not null,
  upload text   not null,
  start  bigint not null,
  bytes  bigint not null
);
create index part_digest on part (digest, upload, start);
insert into part (place, digest, upload, start, bytes)
  select substr(digest, 3, 2) || '/' || substr(digest, 5), digest, '', 0, bytes from blob;

-- Places that nothing refers to: to be deleted from the bucket after a time.
create table garbage (
  place    text   primary key,
  after_at bigint not null
);
create index garbage_after on garbage (after_at);
create index blob_at on blob (at);
