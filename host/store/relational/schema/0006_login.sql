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
