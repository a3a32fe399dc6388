-- What a shop says of its products and collections: lists read them, and lines of orders that only name a product.

create table collection (
    shop       integer     not null references shop,
    id         text        not null check (length(id) between 1 and 255),
    number     bigint      generated always as identity,
    facts      jsonb       not null default '{}',
    updated_at timestamptz not null default now(),
    primary key (shop, id),
    unique (shop, number)
);

comment on table collection is 'Collections of products, as the shop last told them.';

create table product (
    shop       integer     not null references shop,
    id         text        not null check (length(id) between 1 and 255),
    number     bigint      generated always as identity,
    tags       text[]      not null default '{}',
    facts      jsonb       not null default '{}',
    updated_at timestamptz not null default now(),
    primary key (shop, id),
    unique (shop, number)
);

comment on table product is 'Products, as the shop last told them.';

create table collection_product (
    shop       integer not null references shop,
    product    text    not null check (length(product) between 1 and 255),
    collection text    not null check (length(collection) between 1 and 255),
    primary key (shop, product, collection)
);

comment on table collection_product is 'Which products are in which collections; either may be told before the other.';

create index collection_product_by_collection on collection_product (shop, collection, product);

alter table collection enable row level security;
alter table collection force row level security;
create policy one_shop on collection using (shop = present_shop()) with check (shop = present_shop());
alter table product enable row level security;
alter table product force row level security;
create policy one_shop on product using (shop = present_shop()) with check (shop = present_shop());
alter table collection_product enable row level security;
alter table collection_product force row level security;
create policy one_shop on collection_product using (shop = present_shop()) with check (shop = present_shop());

grant select, insert, update, delete on collection, product to leal_app;
grant select, insert, delete on collection_product to leal_app;

-- The table holds what waits to be replayed: little, so that checking it again takes no time.
-- squawk-ignore ban-drop-constraint
alter table rejected drop constraint rejected_kind_check;
-- squawk-ignore constraint-missing-not-valid, adding-not-nullable-field
alter table rejected add constraint rejected_kind_check check (kind in ('order', 'customer', 'collection', 'product'));
