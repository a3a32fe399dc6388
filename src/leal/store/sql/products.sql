-- name: lock_catalogue
-- Lets one push at a time change the shop's products and collections, until its transaction ends.
select pg_advisory_xact_lock(1279607116, $1);

-- name: find_collections
-- What is stored of collections.
select id, facts from collection where shop = $1 and id = any ($2);

-- name: find_products
-- What is stored of products.
select id, tags, facts from product where shop = $1 and id = any ($2);

-- name: show_products
-- What is shown of products.
select id, number, facts from product where shop = $1 and id = any ($2);

-- name: upsert_collections
insert into collection (shop, id, facts)
select $1, new.id, new.facts::jsonb from unnest($2::text[], $3::text[]) with ordinality as new (id, facts, place)
order by new.place
on conflict (shop, id) do update set facts = excluded.facts, updated_at = excluded.updated_at;

-- name: upsert_products
-- Products, each with its tags as a JSON array.
insert into product (shop, id, tags, facts)
select $1, new.id, array(select jsonb_array_elements_text(new.tags::jsonb)), new.facts::jsonb
from unnest($2::text[], $3::text[], $4::text[]) with ordinality as new (id, tags, facts, place)
order by new.place
on conflict (shop, id) do update set tags = excluded.tags, facts = excluded.facts, updated_at = excluded.updated_at;

-- name: delete_collections
delete from collection where shop = $1 and id = any ($2);

-- name: delete_products
delete from product where shop = $1 and id = any ($2);

-- name: other_collections
-- Collections that were not named.
select id from collection where shop = $1 and id <> all ($2);

-- name: other_products
-- Products that were not named.
select id from product where shop = $1 and id <> all ($2);

-- name: empty_collections
-- Takes every product out of collections.
delete from collection_product where shop = $1 and collection = any ($2);

-- name: uncollect_products
-- Takes products out of every collection.
delete from collection_product where shop = $1 and product = any ($2);

-- name: collect_products
-- Puts products into collections.
insert into collection_product (shop, product, collection)
select $1, new.product, new.collection from unnest($2::text[], $3::text[]) as new (product, collection)
on conflict do nothing;

-- name: line_facts
-- Of each product that is asked for: its tags, and the collections it is in, whichever side told so.
select asked.id, coalesce(p.tags, '{}') as tags,
       array(select m.collection from collection_product m where m.shop = $1 and m.product = asked.id
             order by m.collection) as collections
from unnest($2::text[]) as asked (id)
left join product p on p.shop = $1 and p.id = asked.id;

-- name: list_collections
-- A page of collections in the order in which they became known, each with its products.
select c.number, c.id, c.facts,
       array(select m.product from collection_product m where m.shop = $1 and m.collection = c.id
             order by m.product) as products
from collection c where c.shop = $1 and c.number > $2 order by c.number limit $3;

-- name: list_products
-- A page of products in the order in which they became known, each with its collections.
select p.number, p.id, p.tags, p.facts,
       array(select m.collection from collection_product m where m.shop = $1 and m.product = p.id
             order by m.collection) as collections
from product p where p.shop = $1 and p.number > $2 order by p.number limit $3;

-- name: products_to_recommend
-- Products that were not bought, of no excluded collection: the newest of some collections, and the newest of all. Looks
-- at the newest 200, and at 200 of each of these collections, so that it is quick however many there are.
with looked_at as materialized (
    (select p.id, p.number, p.facts ->> 'inactive' as inactive from product p where p.shop = $1 order by p.number desc limit 200)
    union
    select p.id, p.number, p.facts ->> 'inactive'
    from unnest($3::text[]) as wanted (collection)
    cross join lateral (select m.product from collection_product m
                        where m.shop = $1 and m.collection = wanted.collection order by m.product limit 200) as m
    join product p on p.shop = $1 and p.id = m.product
), fitting as materialized (
    select l.id, l.number, coalesce(of.liked, false) as liked
    from looked_at l
    left join lateral (
        select bool_or(m.collection = any ($3)) as liked, bool_or(m.collection = any ($4)) as excluded
        from collection_product m where m.shop = $1 and m.product = l.id
    ) as of on true
    where l.id <> all ($2) and l.inactive is distinct from 'true' and of.excluded is not true
), found as (
    (select f.id from fitting f where f.liked order by f.number desc limit $5)
    union
    (select f.id from fitting f order by f.number desc limit $5)
)
select p.id, p.number, p.tags, p.facts ->> 'title' as title, p.facts ->> 'slug' as slug,
       p.facts ->> 'some_image_url' as image_url, coalesce(p.facts -> 'variants', '[]') as variants,
       array(select jsonb_build_array(m.collection, coalesce(c.facts ->> 'title', m.collection))::text
             from collection_product m left join collection c on c.shop = m.shop and c.id = m.collection
             where m.shop = $1 and m.product = p.id order by m.collection) as collections
from found f join product p on p.shop = $1 and p.id = f.id
order by p.number desc;
