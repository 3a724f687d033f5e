-- {serial} and {bytes} are the database's words. Digests and addresses are text in hexadecimal; times are Unix milliseconds, but
-- prefix_by and deliver_by, which are the chain's Unix seconds; documents are JSON.

create table model (
  id            text primary key,
  manifest_hash text not null,
  creator       text not null,
  manifest      {bytes} not null
);

-- What a model or a job (owner) expects to be uploaded.
create table want (
  owner  text   not null,
  digest text   not null,
  bytes  bigint not null,
  kind   text   not null,
  primary key (owner, digest, kind)
);
create index want_digest on want (digest);

-- What is there.
create table blob (
  digest text   primary key,
  bytes  bigint not null,
  kind   text   not null,
  at     bigint not null
);

create table job (
  seq         {serial},
  id          text    not null unique,
  state       text    not null,
  spec        text    not null,
  workload    text    not null,
  keys_hash   text    not null,
  prefix_by   bigint  not null,
  deliver_by  bigint  not null,
  queued_at   bigint  not null default 0,
  epoch       bigint  not null default 0,
  attempts    integer not null default 0,
  worker      text    not null default '',
  holder      text    not null default '',
  lease_until bigint  not null default 0,
  progress    text,
  computed    text,
  delivered   text,
  failure     text
);
create index job_claim on job (state, workload, seq);
create index job_holder on job (holder) where state = 'running';

-- Which session holds which evaluation keys, so that jobs find them there again.
create table worker_key (
  holder    text   not null,
  keys_hash text   not null,
  at        bigint not null,
  primary key (holder, keys_hash)
);

-- view is the job after the event, without the result, which stands in job.
create table event (
  seq   {serial},
  job   text    not null,
  at    bigint  not null,
  state text    not null,
  view  text    not null
);
create index event_job on event (job, seq);

create table release (
  creator  text    not null,
  seq      bigint  not null,
  job      text    not null unique,
  body     text    not null,
  answered boolean not null default false,
  primary key (creator, seq)
);

create table outbox (
  id       {serial},
  job      text    not null,
  kind     text    not null,
  done     boolean not null default false,
  attempts integer not null default 0,
  sent_at  bigint  not null default 0,
  next_at  bigint  not null default 0,
  error    text    not null default '',
  unique (job, kind)
);
create index outbox_due on outbox (next_at) where not done;

create table worker (
  signer      text    primary key,
  operator    text    not null,
  workload    text    not null,
  tcb_status  text    not null,
  simulated   boolean not null,
  evidence    text    not null,
  verified_at bigint  not null,
  valid_until bigint  not null
);

insert into model values ('0x0100000000000000000000000000000000000000000000000000000000000000', '0x0200000000000000000000000000000000000000000000000000000000000000', '0x0400000000000000000000000000000000000000', {hex});
insert into want values ('0x0100000000000000000000000000000000000000000000000000000000000000', '0x0500000000000000000000000000000000000000000000000000000000000000', 10, 'prefix');
insert into blob values ('0x0500000000000000000000000000000000000000000000000000000000000000', 10, 'prefix', 1800000000000);
insert into job (id, state, spec, workload, keys_hash, prefix_by, deliver_by, queued_at, epoch, attempts, computed, delivered, failure)
  values ('0x0c01000000000000000000000000000000000000000000000000000000000000', 'delivered', '{"user":"0x0100000000000000000000000000000000000000","creator":"0x0400000000000000000000000000000000000000","modelId":"0x0000000000000000000000000000000000000000000000000000000000000000","manifestHash":"0x0000000000000000000000000000000000000000000000000000000000000000","prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","cut":0,"workloadId":"0x0200000000000000000000000000000000000000000000000000000000000000","computeMs":1000,"prefixBy":1800003600,"deliverBy":1800007200,"inputHash":"0x0a01000000000000000000000000000000000000000000000000000000000000","keysHash":"0x0b01000000000000000000000000000000000000000000000000000000000000","workerFee":"0","creatorFee":"0","feeBps":0,"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"}', '0x0200000000000000000000000000000000000000000000000000000000000000', '0x0b01000000000000000000000000000000000000000000000000000000000000', 1800003600, 1800007200, 1800000000000, 1, 1, '{"epoch":0,"receipt":{"jobId":"0x0c01000000000000000000000000000000000000000000000000000000000000","prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","keysHash":"0x0000000000000000000000000000000000000000000000000000000000000000","inputHash":"0x0000000000000000000000000000000000000000000000000000000000000000","outputHash":"0x1400000000000000000000000000000000000000000000000000000000000000","elapsedMs":7},"signature":"c2lnbmVk"}', '{"delivery":{"jobId":"0x0c01000000000000000000000000000000000000000000000000000000000000","outputHash":"0x1400000000000000000000000000000000000000000000000000000000000000","resultHash":"0xcedbdef7b453cd01bc8d5eb29f03b824d8afc716cafc11ae860880f51d53c1a6"},"signature":"YnkgdGhlIGNyZWF0b3I=","sealed":"YW5zd2Vy"}', null);
insert into want values ('0x0c01000000000000000000000000000000000000000000000000000000000000', '0x0a01000000000000000000000000000000000000000000000000000000000000', 100, 'input');
insert into blob values ('0x0a01000000000000000000000000000000000000000000000000000000000000', 100, 'input', 1800000000000);
insert into want values ('0x0c01000000000000000000000000000000000000000000000000000000000000', '0x0b01000000000000000000000000000000000000000000000000000000000000', 200, 'keys');
insert into blob values ('0x0b01000000000000000000000000000000000000000000000000000000000000', 200, 'keys', 1800000000000);
insert into event (job, at, state, view) values ('0x0c01000000000000000000000000000000000000000000000000000000000000', 1800000000000, 'delivered', '{"jobId":"0x0c01000000000000000000000000000000000000000000000000000000000000","spec":{"user":"0x0100000000000000000000000000000000000000","creator":"0x0400000000000000000000000000000000000000","modelId":"0x0000000000000000000000000000000000000000000000000000000000000000","manifestHash":"0x0000000000000000000000000000000000000000000000000000000000000000","prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","cut":0,"workloadId":"0x0200000000000000000000000000000000000000000000000000000000000000","computeMs":1000,"prefixBy":1800003600,"deliverBy":1800007200,"inputHash":"0x0a01000000000000000000000000000000000000000000000000000000000000","keysHash":"0x0b01000000000000000000000000000000000000000000000000000000000000","workerFee":"0","creatorFee":"0","feeBps":0,"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"},"state":"delivered","attempts":1}');
insert into blob values ('0x1400000000000000000000000000000000000000000000000000000000000000', 7, 'output', 1800000000000);
insert into release values ('0x0400000000000000000000000000000000000000', 1800000000000, '0x0c01000000000000000000000000000000000000000000000000000000000000', '{"release":{"jobId":"0x0c01000000000000000000000000000000000000000000000000000000000000","outputHash":"0x1400000000000000000000000000000000000000000000000000000000000000","releaseHash":"0x7a9c273f8d5ca458f3d6a3bd62f1019a9f80121a2d6adb370114cdd72580fef5"},"signature":"YnkgdGhlIHVzZXI=","sealed":"aW50ZXJtZWRpYXRl"}', true);
insert into outbox (job, kind, done) values ('0x0c01000000000000000000000000000000000000000000000000000000000000', 'receipt', true);
insert into outbox (job, kind) values ('0x0c01000000000000000000000000000000000000000000000000000000000000', 'delivery');
insert into job (id, state, spec, workload, keys_hash, prefix_by, deliver_by, queued_at, epoch, attempts, computed, delivered, failure)
  values ('0x0c02000000000000000000000000000000000000000000000000000000000000', 'failed', '{"user":"0x0100000000000000000000000000000000000000","creator":"0x0400000000000000000000000000000000000000","modelId":"0x0000000000000000000000000000000000000000000000000000000000000000","manifestHash":"0x0000000000000000000000000000000000000000000000000000000000000000","prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","cut":0,"workloadId":"0x0200000000000000000000000000000000000000000000000000000000000000","computeMs":1000,"prefixBy":1800003600,"deliverBy":1800007200,"inputHash":"0x0a02000000000000000000000000000000000000000000000000000000000000","keysHash":"0x0b01000000000000000000000000000000000000000000000000000000000000","workerFee":"0","creatorFee":"0","feeBps":0,"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"}', '0x0200000000000000000000000000000000000000000000000000000000000000', '0x0b01000000000000000000000000000000000000000000000000000000000000', 1800003600, 1800007200, 1800000000000, 1, 1, null, null, '{"jobId":"0x0c02000000000000000000000000000000000000000000000000000000000000","epoch":0,"code":"input","detail":"","retry":false}');
insert into want values ('0x0c02000000000000000000000000000000000000000000000000000000000000', '0x0a02000000000000000000000000000000000000000000000000000000000000', 100, 'input');
insert into blob values ('0x0a02000000000000000000000000000000000000000000000000000000000000', 100, 'input', 1800000000000);
insert into want values ('0x0c02000000000000000000000000000000000000000000000000000000000000', '0x0b01000000000000000000000000000000000000000000000000000000000000', 200, 'keys');
insert into event (job, at, state, view) values ('0x0c02000000000000000000000000000000000000000000000000000000000000', 1800000000001, 'failed', '{"jobId":"0x0c02000000000000000000000000000000000000000000000000000000000000","spec":{"user":"0x0100000000000000000000000000000000000000","creator":"0x0400000000000000000000000000000000000000","modelId":"0x0000000000000000000000000000000000000000000000000000000000000000","manifestHash":"0x0000000000000000000000000000000000000000000000000000000000000000","prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","cut":0,"workloadId":"0x0200000000000000000000000000000000000000000000000000000000000000","computeMs":1000,"prefixBy":1800003600,"deliverBy":1800007200,"inputHash":"0x0a02000000000000000000000000000000000000000000000000000000000000","keysHash":"0x0b01000000000000000000000000000000000000000000000000000000000000","workerFee":"0","creatorFee":"0","feeBps":0,"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"},"state":"failed","attempts":1}');
insert into job (id, state, spec, workload, keys_hash, prefix_by, deliver_by, queued_at, epoch, attempts, computed, delivered, failure)
  values ('0x0c03000000000000000000000000000000000000000000000000000000000000', 'queued', '{"user":"0x0100000000000000000000000000000000000000","creator":"0x0400000000000000000000000000000000000000","modelId":"0x0000000000000000000000000000000000000000000000000000000000000000","manifestHash":"0x0000000000000000000000000000000000000000000000000000000000000000","prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","cut":0,"workloadId":"0x0200000000000000000000000000000000000000000000000000000000000000","computeMs":1000,"prefixBy":1800003600,"deliverBy":1800007200,"inputHash":"0x0a03000000000000000000000000000000000000000000000000000000000000","keysHash":"0x0b01000000000000000000000000000000000000000000000000000000000000","workerFee":"0","creatorFee":"0","feeBps":0,"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"}', '0x0200000000000000000000000000000000000000000000000000000000000000', '0x0b01000000000000000000000000000000000000000000000000000000000000', 1800003600, 1800007200, 1800000000000, 1, 1, null, null, null);
insert into want values ('0x0c03000000000000000000000000000000000000000000000000000000000000', '0x0a03000000000000000000000000000000000000000000000000000000000000', 100, 'input');
insert into blob values ('0x0a03000000000000000000000000000000000000000000000000000000000000', 100, 'input', 1800000000000);
insert into want values ('0x0c03000000000000000000000000000000000000000000000000000000000000', '0x0b01000000000000000000000000000000000000000000000000000000000000', 200, 'keys');
insert into event (job, at, state, view) values ('0x0c03000000000000000000000000000000000000000000000000000000000000', 1800000000002, 'queued', '{"jobId":"0x0c03000000000000000000000000000000000000000000000000000000000000","spec":{"user":"0x0100000000000000000000000000000000000000","creator":"0x0400000000000000000000000000000000000000","modelId":"0x0000000000000000000000000000000000000000000000000000000000000000","manifestHash":"0x0000000000000000000000000000000000000000000000000000000000000000","prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","cut":0,"workloadId":"0x0200000000000000000000000000000000000000000000000000000000000000","computeMs":1000,"prefixBy":1800003600,"deliverBy":1800007200,"inputHash":"0x0a03000000000000000000000000000000000000000000000000000000000000","keysHash":"0x0b01000000000000000000000000000000000000000000000000000000000000","workerFee":"0","creatorFee":"0","feeBps":0,"salt":"0x0000000000000000000000000000000000000000000000000000000000000000"},"state":"queued","attempts":1}');
insert into worker_key values ('w', '0x0b01000000000000000000000000000000000000000000000000000000000000', 1800000000000);
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

insert into upload values ('0x1e00000000000000000000000000000000000000000000000000000000000000', 'id', 100, 'input', 60, {hex}, 1800000000000);
insert into part values ('place', '0x1e00000000000000000000000000000000000000000000000000000000000000', 'id', 0, 60);
insert into garbage values ('rubbish', 1800000000000);
-- The user's signature that the result came, as a JSON string in base64.
alter table job add column acknowledgement text;

alter table outbox add column ordered_at bigint not null default 0;

-- What fails orders a refund from now on; this is for what failed before.
insert into outbox (job, kind) select id, 'refund' from job where state = 'failed';
-- Which model a job is for, and when it came: what one account may ask of a model in a day is counted.
alter table job add column model text not null default '';
alter table job add column added_at bigint not null default 0;
update job set model = coalesce(spec{json} ->> 'modelId', ''), added_at = coalesce((select min(e.at) from event e where e.job = job.id), 0);
create index job_rate on job (account, model, added_at);
-- Open streams of workers and creators, by host, so that hosts know of each other's.
create table session (
  id      text   primary key,
  peer    text   not null,
  account text   not null,
  worker  text,
  seen_at bigint not null
);
create index session_peer on session (peer);

insert into session values ('w', 'http://there', '0x0400000000000000000000000000000000000000', null, 1800000000000);
-- Nonces that may still be signed, each once, and what came of those that were: the digests of tokens. Tokens of one
-- signature, renewed, share signed_at.
create table nonce (
  nonce text   primary key,
  until bigint not null
);
create index nonce_until on nonce (until);

create table login (
  token     text   primary key,
  account   text   not null,
  signed_at bigint not null,
  until     bigint not null
);
create index login_account on login (account);
create index login_until on login (until);

-- When the user asked to forget a job that was over (0: never).
alter table job add column erased_at bigint not null default 0;
create index job_account_seq on job (account, seq);

insert into nonce values ('once', 1800000600000);
insert into login values ('0x4400000000000000000000000000000000000000000000000000000000000000', '0x0100000000000000000000000000000000000000', 1800000000000, 1800003600000);

-- What workers measured of the cuts of models, with what shows it.
create table sheet (
  seq     {serial},
  model   text   not null,
  records text   not null,
  cut     bigint not null,
  body    text   not null,
  unique (model, cut, records)
);

insert into sheet (model, records, cut, body) values ('0x3200000000000000000000000000000000000000000000000000000000000000', '0x3301000000000000000000000000000000000000000000000000000000000000', 1,
  '{"cut":1,"sheet":{"version":1,"prefixHash":"0x0000000000000000000000000000000000000000000000000000000000000000","mechanism":"0x0000000000000000000000000000000000000000000000000000000000000000","shape":null,"inputRange":{"low":0,"high":0},"records":"0x0000000000000000000000000000000000000000000000000000000000000000","seed":"0x0000000000000000000000000000000000000000000000000000000000000000","time":0,"values":10,"train":0,"gallery":0,"linear":{"name":"","effort":"","records":0,"psnr":0,"mse":0,"worstMse":0,"reid1":0,"reid10":0},"floorPsnr":0,"floorMse":0,"match1":0,"match10":0,"bitCap":1.5,"anyCap":null,"fano":null},"signature":"c2lnbmVk","evidence":{"tee":"tdx","quote":"AQ==","binding":{"chainId":0,"registry":"0x0000000000000000000000000000000000000000","operator":"0x0000000000000000000000000000000000000000","receiptKey":null,"sealingKey":null,"nonce":"0x0000000000000000000000000000000000000000000000000000000000000000"}}}');

-- Creators look at the jobs on their models.
create index job_model on job (model, seq);
