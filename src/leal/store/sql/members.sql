-- name: find_identities
-- Members by shop id, e-mail, order id or code; one lookup for all keys of a batch.
select i.kind, i.key, i.account, i.number
from unnest($3::smallint[], $4::text[], $5::text[]) as wanted (bucket, kind, key)
join identity i on i.bucket = wanted.bucket and i.shop = $1 and i.kind = wanted.kind and i.key = wanted.key
where i.bucket = any ($2);

-- name: claim_identities
-- Claims keys for members; gives back the ones that were free. What is missing was claimed by somebody meanwhile.
insert into identity (bucket, shop, kind, key, account, number)
select new.bucket, $1, new.kind, new.key, new.account, new.number
from unnest($2::smallint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]) as new (bucket, kind, key, account, number)
order by new.bucket, new.kind, new.key
on conflict do nothing
returning kind, key;

-- name: release_identities
-- Frees keys that no longer lead to a member.
delete from identity i
using unnest($2::smallint[], $3::text[], $4::text[], $5::bigint[]) as old (bucket, kind, key, account)
where i.bucket = any ($2) and i.bucket = old.bucket and i.shop = $1 and i.kind = old.kind and i.key = old.key
  and i.account = old.account;

-- name: move_order_identity
-- Lets an order id lead to another member.
update identity set account = $4, number = $5 where bucket = $1 and shop = $2 and kind = 'order' and key = $3;

-- name: lock_accounts
-- Locks members in the order of their ids; those that somebody else holds are left out.
select id, bucket, number, entry_id, head, settled_at, settled_version, next_due_at,
       available, pending, held, redeemed, expired, earned, debt, lots, lot_number, shortfalls,
       order_number, spend_micros, qualifying, orders, window_spend, window_points, window_orders,
       window_from, window_until, tier, tier_since, tier_from, tier_asked, tier_version, tier_ends_at, tier_deadline_at,
       limit_day, limit_used, membership, joined_at
from account
where bucket = any ($1) and shop = $2 and id = any ($3)
order by id
for update skip locked;

-- name: lock_accounts_waiting
-- Locks members in the order of their ids, waiting for whoever holds them.
select id, bucket, number, entry_id, head, settled_at, settled_version, next_due_at,
       available, pending, held, redeemed, expired, earned, debt, lots, lot_number, shortfalls,
       order_number, spend_micros, qualifying, orders, window_spend, window_points, window_orders,
       window_from, window_until, tier, tier_since, tier_from, tier_asked, tier_version, tier_ends_at, tier_deadline_at,
       limit_day, limit_used, membership, joined_at
from account
where bucket = any ($1) and shop = $2 and id = any ($3)
order by id
for update;

-- name: read_accounts
-- Members as they are stored, with the real time and the shop's clock and newest programme version.
select a.id, a.bucket, a.number, a.entry_id, a.head, a.settled_at, a.settled_version, a.next_due_at,
       a.available, a.pending, a.held, a.redeemed, a.expired, a.earned, a.debt, a.lots, a.lot_number, a.shortfalls,
       a.order_number, a.spend_micros, a.qualifying, a.orders, a.window_spend, a.window_points, a.window_orders,
       a.window_from, a.window_until, a.tier, a.tier_since, a.tier_from, a.tier_asked, a.tier_version,
       a.tier_ends_at, a.tier_deadline_at, a.limit_day, a.limit_used, a.membership, a.joined_at,
       clock_timestamp() as real_at, s.clock_offset, s.programme_version
from account a join shop s on s.id = a.shop
where a.bucket = any ($1) and a.shop = $2 and a.id = any ($3);

-- name: read_by_shopid
-- One member by the shop's id, in one statement: identity, account and the shop's clock and newest programme version.
select a.id, a.bucket, a.number, a.entry_id, a.head, a.settled_at, a.settled_version, a.next_due_at,
       a.available, a.pending, a.held, a.redeemed, a.expired, a.earned, a.debt, a.lots, a.lot_number, a.shortfalls,
       a.order_number, a.spend_micros, a.qualifying, a.orders, a.window_spend, a.window_points, a.window_orders,
       a.window_from, a.window_until, a.tier, a.tier_since, a.tier_from, a.tier_asked, a.tier_version,
       a.tier_ends_at, a.tier_deadline_at, a.limit_day, a.limit_used, a.membership, a.joined_at,
       clock_timestamp() as real_at, s.clock_offset, s.programme_version
from identity i
join account a on a.bucket = ((i.account >> 12) & 1023)::smallint and a.shop = i.shop and a.id = i.account
join shop s on s.id = i.shop
where i.bucket = $1 and i.shop = $2 and i.kind = 'shopid' and i.key = $3;

-- name: insert_accounts
-- New members, with empty accounts.
insert into account (bucket, shop, id, head, settled_at, settled_version)
select new.bucket, $1, new.id, decode(repeat('00', 32), 'hex'), new.settled_at, new.settled_version
from unnest($2::smallint[], $3::bigint[], $4::timestamptz[], $5::integer[]) as new (bucket, id, settled_at, settled_version);

-- name: update_accounts
-- Members as a batch leaves them; arrays travel as their text.
update account a set
    number = n.number, entry_id = n.entry_id, head = n.head,
    settled_at = n.settled_at, settled_version = n.settled_version, next_due_at = n.next_due_at,
    available = n.available, pending = n.pending, held = n.held, redeemed = n.redeemed, expired = n.expired,
    earned = n.earned, debt = n.debt,
    lots = n.lots::bigint[], lot_number = n.lot_number, shortfalls = n.shortfalls::bigint[],
    order_number = n.order_number, spend_micros = n.spend_micros, qualifying = n.qualifying, orders = n.orders,
    window_spend = n.window_spend, window_points = n.window_points, window_orders = n.window_orders,
    window_from = n.window_from, window_until = n.window_until,
    tier = n.tier, tier_since = n.tier_since, tier_from = n.tier_from, tier_asked = n.tier_asked,
    tier_version = n.tier_version, tier_ends_at = n.tier_ends_at, tier_deadline_at = n.tier_deadline_at,
    limit_day = n.limit_day, limit_used = n.limit_used::bigint[], membership = n.membership, joined_at = n.joined_at
from unnest($3::bigint[], $4::smallint[], $5::bigint[], $6::bigint[], $7::bytea[],
            $8::timestamptz[], $9::integer[], $10::timestamptz[],
            $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
            $18::text[], $19::bigint[], $20::text[],
            $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[], $27::bigint[],
            $28::date[], $29::timestamptz[], $30::text[], $31::timestamptz[], $32::date[], $33::text[], $34::integer[],
            $35::timestamptz[], $36::timestamptz[], $37::date[], $38::text[], $39::text[], $40::timestamptz[])
     as n (id, bucket, number, entry_id, head, settled_at, settled_version, next_due_at,
           available, pending, held, redeemed, expired, earned, debt, lots, lot_number, shortfalls,
           order_number, spend_micros, qualifying, orders, window_spend, window_points, window_orders,
           window_from, window_until, tier, tier_since, tier_from, tier_asked, tier_version, tier_ends_at,
           tier_deadline_at, limit_day, limit_used, membership, joined_at)
where a.bucket = any ($2) and a.bucket = n.bucket and a.shop = $1 and a.id = n.id;

-- name: find_customers
-- What is known of members by which they could be named.
select account, shopid, email, profile from customer where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: upsert_customers
-- What the shop says of members; a null keeps what is stored, profiles are merged key by key.
insert into customer as c (bucket, shop, account, shopid, email, profile)
select new.bucket, $1, new.account, new.shopid, new.email, new.profile::jsonb
from unnest($2::smallint[], $3::bigint[], $4::text[], $5::text[], $6::text[]) as new (bucket, account, shopid, email, profile)
on conflict (bucket, shop, account) do update set
    shopid = coalesce(excluded.shopid, c.shopid), email = coalesce(excluded.email, c.email),
    profile = c.profile || excluded.profile, updated_at = now();

-- name: find_day_sums
-- All day sums of members.
select account, day, spend_micros, qualifying, orders
from day_sum where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: add_day_sums
-- Adds to the day sums of members.
insert into day_sum as d (bucket, shop, account, day, spend_micros, qualifying, orders)
select new.bucket, $1, new.account, new.day, new.spend_micros, new.qualifying, new.orders
from unnest($2::smallint[], $3::bigint[], $4::date[], $5::bigint[], $6::bigint[], $7::bigint[])
     as new (bucket, account, day, spend_micros, qualifying, orders)
on conflict (bucket, shop, account, day) do update set
    spend_micros = d.spend_micros + excluded.spend_micros, qualifying = d.qualifying + excluded.qualifying,
    orders = d.orders + excluded.orders;

-- name: due_accounts
-- Members for whom something fell due, the earliest first, and members settled under an older programme than the one
-- in force; each half by its own index, so that the cost is that of what is due.
(select bucket, id from account where shop = $1 and next_due_at <= $2 order by next_due_at limit $4)
union
(select bucket, id from account where shop = $1 and settled_version < $3 limit $4);
