-- name: find_identities
-- Where names of some kinds lead; it may find a little more than was asked for: a key under another kind.
select kind, key, account, number from identity
where bucket = any ($2) and shop = $1 and kind = any ($3) and key = any ($4);

-- part: names_one_by_one
-- Where names lead, each looked for by itself: two lists that are compared, each with each, cost the more the more names
-- there are, and names in their buckets. The limit keeps it so, whatever the planner believes of the table.
select i.kind, i.key, i.account, i.number
from unnest($2::smallint[], $3::text[], $4::text[]) as asked (bucket, kind, key)
cross join lateral (
    select n.kind, n.key, n.account, n.number from identity n
    where n.bucket = asked.bucket and n.shop = $1 and n.kind = asked.kind and n.key = asked.key
    limit 1
) i;

-- name: look_up_names
-- Where names lead.
{names_one_by_one};

-- name: lock_named
-- The same, and whoever a shop's id leads to is locked, as by `lock_accounts`: who is held by somebody else has no `id`.
-- What a name leads to is as it was before the lock, the member as of after it.
with named as materialized (
    {names_one_by_one}
), asked as materialized (
    select distinct ((account >> 12) & 1023)::smallint as of_bucket, account as of_id
    from named where kind = 'shopid' order by of_id
), held as materialized (
    select {locked.account_columns}, clock_timestamp() as real_at
    from asked
    cross join lateral (
        select a.* from account a where a.bucket = asked.of_bucket and a.shop = $1 and a.id = asked.of_id
        limit 1 for update skip locked
    ) locked
)
select n.kind, n.key, n.account, n.number as place, h.real_at, s.clock_offset, s.programme_version, {h.account_columns}
from named n
left join held h on n.kind = 'shopid' and h.id = n.account
join shop s on s.id = $1;

-- name: release_identities
-- Frees keys that no longer lead to a member; the address of somebody whom the member took over goes on leading to it.
delete from identity i
using unnest($2::smallint[], $3::text[], $4::text[], $5::bigint[]) as old (bucket, kind, key, account)
where i.bucket = any ($2) and i.bucket = old.bucket and i.shop = $1 and i.kind = old.kind and i.key = old.key
  and i.account = old.account
  and not exists (select from merged m
                  where m.bucket = ((old.account >> 12) & 1023)::smallint and m.shop = $1 and m.account = old.account
                    and old.kind = 'email' and m.email = old.key);

-- name: move_order_identity
-- Lets an order id lead to another member.
update identity set account = $4, number = $5 where bucket = $1 and shop = $2 and kind = 'order' and key = $3;
