-- name: insert_outbox
-- Keeps notices until they are delivered.
insert into outbox (bucket, shop, account, kind, payload, due_at)
select new.bucket, $1, new.account, new.kind, new.payload::jsonb, new.due_at
from unnest($2::smallint[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[]) as new (bucket, account, kind, payload, due_at);

-- name: waiting_outbox
-- What waits for delivery, oldest first, with whom it is for.
select o.id, o.account, c.shopid, o.kind, o.payload, o.due_at, o.created_at
from outbox o
left join customer c on c.bucket = o.bucket and c.shop = o.shop and c.account = o.account
where o.shop = $1 and o.done_at is null and o.id > $2
order by o.id
limit $3;
