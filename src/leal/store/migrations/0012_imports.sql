-- How far the import of a file has come: killed, it goes on there; a second run of the same file does nothing.

create table import_run (
    shop       integer     not null references shop,
    source     bytea       not null check (length(source) = 32),    -- SHA-256 of what is imported, and of how it is read
    kind       text        not null check (kind in ('order', 'customer', 'product')),
    done       bigint      not null default 0,                      -- items that are stored, in the order of the import
    started_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (shop, source),
    constraint done_not_negative check (done >= 0)
);

comment on table import_run is 'How far each import of a file has come.';

alter table import_run enable row level security;
alter table import_run force row level security;
create policy one_shop on import_run using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update on import_run to leal_app;
