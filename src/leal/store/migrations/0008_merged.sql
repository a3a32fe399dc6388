-- Members that were taken over by another (S11.2), and what may be deleted when a person is erased (S11.3).

create table merged (
    bucket     smallint    not null,
    shop       integer     not null,
    account    bigint      not null,                            -- the member who took over
    source     bigint      not null,                            -- who was taken over, straight or by way of another
    entries    bigint      not null check (entries > 0),        -- entries of the source
    entry_base bigint      not null check (entry_base >= 0),    -- its entry n is known as -(entry_base + n)
    order_base bigint      not null check (order_base >= 0),    -- its order n is known as order_base + n
    shopid     text        check (length(shopid) between 1 and 200),
    email      text        check (length(email) between 3 and 320),
    merged_at  timestamptz not null,                            -- on the shop's clock
    primary key (bucket, shop, account, source),
    foreign key (bucket, shop, account) references account (bucket, shop, id)
);

comment on table merged is 'Who was merged into whom, with the names that keep leading there: personal data.';

alter table merged enable row level security;
alter table merged force row level security;
create policy one_shop on merged using (shop = present_shop()) with check (shop = present_shop());
grant select, insert, update, delete on merged to leal_app;
grant delete on order_state, redemption, day_sum, customer, outbox to leal_app;

-- Redemptions go along with whoever is merged; their entries stay.
-- squawk-ignore ban-drop-constraint
alter table redemption drop constraint redemption_bucket_shop_account_number_fkey;

-- The id of a merged member leads to the one who took over.
-- squawk-ignore ban-drop-constraint
alter table identity drop constraint identity_kind_check;
alter table identity add constraint identity_kind_check check (kind in ('shopid', 'email', 'order', 'code', 'bhid')) not valid;
