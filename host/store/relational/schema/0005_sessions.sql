-- Open streams of workers and creators, by host, so that hosts know of each other's.
create table session (
  id      text   primary key,
  peer    text   not null,
  account text   not null,
  worker  text,
  seen_at bigint not null
);
create index session_peer on session (peer);
