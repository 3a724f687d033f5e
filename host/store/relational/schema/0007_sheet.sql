-- What workers measured of the cuts of models, with what shows it.
create table sheet (
  seq     {serial},
  model   text   not null,
  records text   not null,
  cut     bigint not null,
  body    text   not null,
  unique (model, cut, records)
);
