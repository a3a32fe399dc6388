-- Referrals: invitations, who came by them, and first orders that are still to be looked at for it.

-- Every row that the former check allowed is allowed by the new one.
-- squawk-ignore ban-drop-constraint
alter table identity drop constraint identity_kind_check;
-- squawk-ignore constraint-missing-not-valid
alter table identity add constraint identity_kind_check
    check (kind in ('shopid', 'email', 'order', 'code', 'bhid', 'referral', 'invited'));

create table referral (
    bucket      smallint    not null,
    shop        integer     not null,
    account     bigint      not null,
    id          bigint      not null,
    code        text        not null check (length(code) between 1 and 64),
    channel     text        not null check (length(channel) between 1 and 64),
    destination text        check (length(destination) between 3 and 320),
    sent_at     timestamptz not null,
    expires_at  timestamptz not null default 'infinity',
    primary key (bucket, shop, account, id),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table referral is 'Invitations that members sent, each with its code; the address is personal data (S9.5).';

create table acceptance (
    bucket       smallint    not null,
    shop         integer     not null,
    account      bigint      not null,
    friend       bigint      not null,
    referral     bigint      not null,
    id           bigint      not null,
    qualified_at timestamptz not null,
    matures_at   timestamptz not null,
    change_id    bigint      not null default 0,
    points       bigint      not null default 0 check (points >= 0),
    rejected     text        check (length(rejected) between 1 and 32),
    primary key (bucket, shop, account, friend),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table acceptance is 'Friends who came by a member''s invitation, and what that gave the member; of one friend one row (S9.5).';

create table referral_due (
    bucket       smallint not null,
    shop         integer  not null,
    account      bigint   not null,
    order_number bigint   not null,
    primary key (bucket, shop, account),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table referral_due is 'Members of whom an order is to be looked at for a referral, once it is stored.';

alter table referral enable row level security;
alter table referral force row level security;
create policy one_shop on referral using (shop = present_shop()) with check (shop = present_shop());
alter table acceptance enable row level security;
alter table acceptance force row level security;
create policy one_shop on acceptance using (shop = present_shop()) with check (shop = present_shop());
alter table referral_due enable row level security;
alter table referral_due force row level security;
create policy one_shop on referral_due using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update, delete on referral, acceptance, referral_due to leal_app;
