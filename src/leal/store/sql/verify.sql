-- name: verify_accounts
-- Members of a shop in the order of their keys, a page at a time.
select id, bucket, number, entry_id, head, settled_at, settled_version, next_due_at,
       available, pending, held, redeemed, expired, earned, debt, lots, lot_number, shortfalls,
       order_number, spend_micros, qualifying, orders, window_spend, window_points, window_orders,
       window_from, window_until, tier, tier_since, tier_from, tier_asked, tier_version, tier_ends_at, tier_deadline_at,
       limit_day, limit_used, membership, joined_at
from account where shop = $1 and (bucket, id) > ($2, $3) order by bucket, id limit $4;

-- name: verify_entries
-- All entries of members, in order.
select account, number, id, type, cause, cause_number, award, programme, occurred_at, effective_at, recorded_at, points,
       available, pending, held, redeemed, expired, earned, debt, moves, lots, day, spend_micros, qualifying, orders,
       changes, commitment, digest
from entry where bucket = any ($1) and shop = $2 and account = any ($3) order by account, number;

-- name: verify_orders
-- What orders of members remember.
select account, number, status, order_at, updated_at, snapshot, state
from order_state where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: verify_redemptions
-- All redemptions of members.
select account, number, change_id, kind, code, status, points, amount, drawn_at, day, draws, returned, order_number
from redemption where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: verify_notes
-- The notes of members' entries.
select account, number, salt, note from entry_note where bucket = any ($1) and shop = $2 and account = any ($3);
