-- name: shop_figures
-- How many orders and customers a shop holds, and when its latest order was placed.
select (select count(*) from order_state where status <> 'moved') as orders,
       (select count(*) from customer) as customers,
       (select max(order_at) from order_state) as latest_order_at;
