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
