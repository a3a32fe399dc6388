-- name: verify_accounts
-- Members of a shop in the order of their keys, a page at a time.
select {account_columns}, case when record_number = number and record_version = settled_version then record end as kept,
       case when record_number = number and record_version = settled_version then balance end as balance, balance_until,
       whole
from account where shop = $1 and (bucket, id) > ($2, $3) order by bucket, id limit $4;

-- name: verify_entries
-- All entries of members, in order.
select account, number, id, type, cause, cause_number, award, programme, occurred_at, effective_at, recorded_at, points,
       available, pending, held, redeemed, expired, earned, debt, moves, lots, day, spend_micros, qualifying, orders,
       changes, commitment, digest
from entry where bucket = any ($1) and shop = $2 and account = any ($3) order by account, number;

-- name: verify_orders
-- What orders of members remember.
select account, number, order_id, status, order_at, updated_at, snapshot, state
from order_state where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: verify_redemptions
-- All redemptions of members.
select account, {redemption_columns}
from redemption where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: verify_event_keys
-- The entries that recorded members' events under an id.
select account, number from event_key where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: verify_notes
-- The notes of members' entries.
select account, number, salt, note from entry_note where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: verify_names
-- Names in a range of buckets that lead to a member, order or code that does not bear them.
with i as materialized (
    select kind, key, shop, account, number, ((account >> 12) & 1023)::smallint as home
    from identity where bucket between $2 and $3 and shop = $1
)
select i.kind, i.key, i.account, c.shopid
from i
left join customer c on c.bucket = i.home and c.shop = i.shop and c.account = i.account
left join order_state o on i.kind = 'order' and o.bucket = i.home and o.shop = i.shop
    and o.account = i.account and o.number = i.number and o.status <> 'moved'
left join merged m on i.kind in ('shopid', 'email', 'bhid') and m.bucket = i.home and m.shop = i.shop
    and m.account = i.account
    and i.key = case i.kind when 'shopid' then m.shopid when 'email' then m.email else lpad(to_hex(m.source), 16, '0') end
left join redemption r on i.kind = 'code' and r.bucket = i.home and r.shop = i.shop
    and r.account = i.account and r.number = i.number
left join referral f on i.kind in ('referral', 'invited') and f.bucket = i.home and f.shop = i.shop
    and f.account = i.account and f.id = i.number
where m.source is null and i.key is distinct from case i.kind when 'referral' then f.code when 'invited' then f.destination when 'shopid' then c.shopid when 'email' then c.email when 'order' then o.order_id
                             else r.code end;

-- name: entries_of_all_until
-- What had happened to members by an instant, in order.
select account, number, id, type, cause, cause_number, award, programme, occurred_at, effective_at, recorded_at, points,
       available, pending, held, redeemed, expired, earned, debt, moves, lots, day, spend_micros, qualifying, orders,
       changes, commitment, digest
from entry where bucket = any ($1) and shop = $2 and account = any ($3) and effective_at <= $4 order by account, number;
