-- Content blocks: keys for their links, who saw and clicked which, and whose links are void.

-- Every row that the former check allowed is allowed by the new one.
-- squawk-ignore ban-drop-constraint
alter table token_key drop constraint scope_known;
-- squawk-ignore constraint-missing-not-valid
alter table token_key add constraint scope_known check (scope in ('shop', 'read', 'feed', 'push', 'content'));

create table content_seen (
    bucket      smallint    not null check (bucket between 0 and 1023),
    shop        integer     not null references shop,
    account     bigint      not null,
    block       text        not null check (length(block) between 1 and 64),
    share       smallint    not null check (share between 0 and 100),
    control     boolean     not null,
    impressions bigint      not null check (impressions >= 0),
    clicks      bigint      not null check (clicks >= 0),
    first_at    timestamptz not null,
    last_at     timestamptz not null,
    clicked_at  timestamptz,
    primary key (bucket, shop, account, block, share),
    constraint seen_in_order check (first_at <= last_at)
);

comment on table content_seen is
    'Which blocks a customer was shown, or in the control group was not, and how often; no reference, so that no member waits for it.';

create table content_day (
    shop        integer  not null references shop,
    day         date     not null,
    block       text     not null check (length(block) between 1 and 64),
    share       smallint not null check (share between 0 and 100),
    control     boolean  not null,
    impressions bigint   not null check (impressions >= 0),
    clicks      bigint   not null check (clicks >= 0),
    primary key (shop, day, block, share, control)
);

comment on table content_day is 'How often content blocks were shown and clicked, by day, by anybody.';

create table content_links (
    bucket     smallint    not null,
    shop       integer     not null,
    account    bigint      not null,
    epoch      integer     not null check (epoch between 1 and 65535),
    revoked_at timestamptz not null default now(),
    primary key (bucket, shop, account),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table content_links is 'Customers whose earlier links to content blocks are void: links of an earlier epoch show nothing.';

alter table content_seen enable row level security;
alter table content_seen force row level security;
create policy one_shop on content_seen using (shop = present_shop()) with check (shop = present_shop());
alter table content_day enable row level security;
alter table content_day force row level security;
create policy one_shop on content_day using (shop = present_shop()) with check (shop = present_shop());
alter table content_links enable row level security;
alter table content_links force row level security;
create policy one_shop on content_links using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update, delete on content_seen, content_day, content_links to leal_app;
