-- name: insert_outbox
-- Keeps notices until they are delivered.
insert into outbox (bucket, shop, account, kind, payload, due_at, redemption)
select new.bucket, $1, new.account, new.kind, new.payload::jsonb, new.due_at, new.redemption
from unnest($2::smallint[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[])
     as new (bucket, account, kind, payload, due_at, redemption);

-- name: lock_errand
-- Locks one thing of a member's outbox.
select kind, redemption, done_at from outbox where bucket = $1 and shop = $2 and account = $3 and id = $4 for update;

-- name: close_errands
-- What became of things of the outbox.
update outbox o set done_at = now(), outcome = n.outcome
from unnest($2::smallint[], $3::bigint[], $4::text[]) as n (bucket, id, outcome)
where o.bucket = any ($2) and o.bucket = n.bucket and o.shop = $1 and o.id = n.id and o.done_at is null;

-- name: void_errands
-- What waited to be done about codes and rewards that are gone need not be done.
update outbox o set done_at = now(), outcome = 'void'
from unnest($2::smallint[], $3::bigint[], $4::bigint[]) as n (bucket, account, redemption)
where o.bucket = any ($2) and o.bucket = n.bucket and o.shop = $1 and o.account = n.account
  and o.redemption = n.redemption and o.done_at is null;

-- name: take_codes_away
-- Codes that are void, and that the shop was told of before, are to be taken out of its checkout.
insert into outbox (bucket, shop, account, kind, payload, due_at, redemption)
select o.bucket, o.shop, o.account, $6, o.payload, n.due_at, o.redemption
from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::timestamptz[]) as n (bucket, account, redemption, due_at)
join outbox o on o.bucket = n.bucket and o.shop = $1 and o.account = n.account and o.redemption = n.redemption
where o.bucket = any ($2) and o.payload ? 'code' and o.outcome = 'done' and o.kind <> $6;

-- name: whose_errand
-- The member whom something is about that waits in the outbox.
select account from outbox where shop = $1 and id = $2 and done_at is null;

-- name: waiting_outbox
-- What waits for delivery, oldest first, with whom it is for.
select o.id, o.account, c.shopid, o.kind, o.payload, o.due_at, o.created_at, n.note
from outbox o
left join customer c on c.bucket = o.bucket and c.shop = o.shop and c.account = o.account
left join merged m on o.redemption < 0 and m.bucket = o.bucket and m.shop = o.shop and m.account = o.account
    and -o.redemption - m.entry_base between 1 and m.entries
left join entry_note n on o.redemption is not null and n.shop = o.shop
    and n.bucket = case when m.source is null then o.bucket else ((m.source >> 12) & 1023)::smallint end
    and n.account = coalesce(m.source, o.account)
    and n.number = case when m.source is null then o.redemption else -o.redemption - m.entry_base end
where o.shop = $1 and o.done_at is null and o.id > $2
order by o.id
limit $3;
