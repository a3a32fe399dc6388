-- name: find_holds
-- Holds of members by their references or ids.
select account, number, id, reference, captured from hold
where bucket = any ($1) and shop = $2 and account = any ($3) and (reference = any ($4) or id = any ($5));

-- name: verify_holds
-- All holds of members.
select account, number, id, reference, captured from hold where bucket = any ($1) and shop = $2 and account = any ($3);

-- name: upsert_holds
-- New holds under their references, and known ones that were captured.
insert into hold (bucket, shop, account, number, id, reference, captured)
select n.bucket, $1, n.account, n.number, n.id, n.reference, n.captured
from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[])
     as n (bucket, account, number, id, reference, captured)
on conflict (bucket, shop, account, number) do update set captured = excluded.captured;

-- name: take_holds
-- Holds of somebody who was merged are the other's, under new numbers.
insert into hold (bucket, shop, account, number, id, reference, captured)
select $1, $2, $3,
       case when o.number > 0 then -($6::bigint + o.number) else -($6::bigint + $7::bigint - o.number) end, o.id, o.reference,
       case when o.captured > 0 then -($6::bigint + o.captured) when o.captured < 0 then -($6::bigint + $7::bigint - o.captured)
            else 0 end
from hold o where o.bucket = $4 and o.shop = $2 and o.account = $5;

-- name: delete_holds
-- Forgets under which references a member's holds were known.
delete from hold where bucket = $1 and shop = $2 and account = $3;

-- name: disclose_holds
-- The newest holds of a member.
select id, reference, captured from hold where bucket = $1 and shop = $2 and account = $3 order by id desc limit $4;
