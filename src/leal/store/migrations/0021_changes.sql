-- Which records of the datasource may have changed, by the transactions that did it, and when time alone changes one.

create table record_change (
    shop     integer     not null,
    xid      xid8        not null default pg_current_xact_id(),
    bucket   smallint    not null check (bucket between 0 and 1023),
    account  bigint      not null,
    gone     text        not null default '' check (length(gone) <= 320),
    noted_at timestamptz not null default now(),
    primary key (shop, xid, bucket, account, gone)
);

comment on table record_change is
    'Whose record may have changed, in the order of transactions; no reference, for it would cost more than the note.';

alter table record_change enable row level security;
alter table record_change force row level security;
create policy one_shop on record_change using (shop = present_shop()) with check (shop = present_shop());
grant select, insert, delete on record_change to leal_app;

alter table shop add column changes_from xid8 not null default '0';

-- The members there are look due once, at the shop's own now: upkeep then reckons when theirs change.
alter table account add column record_due_at timestamptz not null default now();
alter table account alter column record_due_at set default 'infinity';
alter table account no force row level security;
update account a set record_due_at = now() + s.clock_offset * interval '1 microsecond'
from shop s where s.id = a.shop and s.clock_offset < 0;
alter table account force row level security;

-- The table is locked by its new column already.
-- squawk-ignore require-concurrent-index-creation
create index account_record_due on account (record_due_at, shop) where record_due_at < 'infinity';
