-- name: import_done
-- How many items of an import are stored; null: it was never begun.
select done from import_run where shop = $1 and source = $2;

-- name: note_import
-- Notes how many items of an import are stored.
insert into import_run (shop, source, kind, done) values ($1, $2, $3, $4)
on conflict (shop, source) do update set done = excluded.done, updated_at = excluded.updated_at;

-- name: export_entries
-- All entries of a shop, member by member, in order.
select e.account, c.shopid, e.number, e.id, e.type, e.cause, o.order_id, e.programme, e.occurred_at, e.effective_at,
       e.recorded_at, e.points, e.available, e.pending, e.held, e.redeemed, e.expired, e.earned, e.debt, e.day,
       e.spend_micros, e.qualifying, e.orders, e.changes, encode(e.digest, 'hex') as digest
from entry e
left join customer c on c.bucket = e.bucket and c.shop = e.shop and c.account = e.account
left join order_state o on e.cause = 'order' and o.bucket = e.bucket and o.shop = e.shop and o.account = e.account
                        and o.number = e.cause_number
where e.shop = $1 order by e.bucket, e.account, e.number;

-- name: export_orders
-- All orders of a shop as they were last accepted, member by member.
select o.order_id, o.account, c.shopid, o.status, o.order_at, o.updated_at, o.snapshot
from order_state o
left join customer c on c.bucket = o.bucket and c.shop = o.shop and c.account = o.account
where o.shop = $1 and o.status <> 'moved' order by o.bucket, o.account, o.number;
