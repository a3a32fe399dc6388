-- Events of the shop's own triggers, counted by member and local day; codes that lapse.

alter table account
    add column events text not null default '{}',
    add column window_events text not null default '{}',
    add column codes bigint[] not null default '{}'
        constraint codes_whole check (cardinality(codes) % 2 = 0 and array_position(codes, null) is null);

alter table redemption add column expires_at timestamptz not null default 'infinity';
-- Every row that the former check allowed is allowed by the new one.
-- squawk-ignore ban-drop-constraint
alter table redemption drop constraint redemption_status_check;
-- squawk-ignore constraint-missing-not-valid
alter table redemption add constraint redemption_status_check
    check (status in ('unused', 'locked', 'used', 'voided', 'lapsed', 'external'));

create table event_sum (
    bucket  smallint not null,
    shop    integer  not null,
    account bigint   not null,
    day     date     not null,
    trigger text     not null check (length(trigger) between 1 and 64),
    count   bigint   not null check (count > 0),
    primary key (bucket, shop, account, day, trigger),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table event_sum is 'How often each trigger came, by member and local day; windows are sums over it (S8.2).';

create table event_key (
    bucket  smallint not null,
    shop    integer  not null,
    account bigint   not null,
    key     bytea    not null check (length(key) = 32),
    number  bigint   not null,
    primary key (bucket, shop, account, key),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table event_key is 'Ids under which events were recorded, erasable: the same one counts once for each member and trigger.';

alter table event_sum enable row level security;
alter table event_sum force row level security;
create policy one_shop on event_sum using (shop = present_shop()) with check (shop = present_shop());
alter table event_key enable row level security;
alter table event_key force row level security;
create policy one_shop on event_key using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update, delete on event_sum to leal_app;
grant select, insert, delete on event_key to leal_app;
