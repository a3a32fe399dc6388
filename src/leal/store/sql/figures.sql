-- name: latest_order_at
-- When the latest order of the shop was placed; null: it has none.
select max(order_at) from order_state where shop = $1;
