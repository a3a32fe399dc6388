-- What awards use of their sources' caps, and stocks that all members share: total budgets (S4.7).

create table cap_use (
    bucket  smallint not null,
    shop    integer  not null,
    account bigint   not null,
    source  text     not null,
    day     date     not null,                                  -- local day of what earned
    award   bigint   not null,                                  -- number of the entry that first gave it; 0: what an erased member holds of a total budget
    points  bigint   not null check (points >= 0),
    primary key (bucket, shop, account, source, day, award),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table cap_use is 'Points that awards of sources with caps by period give, net; the use of a period is a sum over it (S4.7).';

create table stock (
    shop  integer  not null references shop,
    kind  text     not null check (kind in ('budget')),
    key   text     not null,                                    -- slug of the source
    part  smallint not null check (part between 0 and 15),
    total bigint   not null check (total >= 0),                 -- of all parts together, as the terms that asked last have it
    units bigint   not null,                                    -- what is left in this part
    primary key (shop, kind, key, part),
    constraint never_exceeded check (units >= 0 or part = 0)    -- below zero: the total was lowered under what was given
);

comment on table stock is 'Units that members share, in parts that are locked one by one; given ones are the total less all units.';

alter table cap_use enable row level security;
alter table cap_use force row level security;
create policy one_shop on cap_use using (shop = present_shop()) with check (shop = present_shop());

alter table stock enable row level security;
alter table stock force row level security;
create policy one_shop on stock using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update on cap_use, stock to leal_app;
grant delete on cap_use to leal_app;
