-- name: mark_stock
-- From here on locks on stocks can be let go.
savepoint stock;

-- name: let_go_of_stock
-- Lets go of all locks on stocks.
rollback to savepoint stock;

-- name: lock_stock_part
-- Locks a part that has so many units, beginning with part $4; parts that somebody else holds are left out. Where units
-- are to be taken the total must be the one that is asked for.
select part, total, units from stock
where shop = $1 and kind = $2 and key = $3 and units >= greatest($6::bigint, 1) and (total = $5 or $6 = 0)
order by (part + 16 - $4::smallint) % 16
limit 1
for update skip locked;

-- name: found_stock
-- Makes stocks that are used for the first time, all units in the first part.
insert into stock (shop, kind, key, part, total, units)
select $1, n.kind, n.key, part, n.total, case part when 0 then n.total else 0 end
from unnest($2::text[], $3::text[], $4::bigint[]) as n (kind, key, total), generate_series(0, 15) as part
order by n.kind, n.key, part
on conflict do nothing;

-- name: lock_stock
-- Locks stocks whole, in order, waiting for whoever holds a part.
select kind, key, part, total, units from stock
where shop = $1 and (kind, key) in (select n.kind, n.key from unnest($2::text[], $3::text[]) as n (kind, key))
order by kind, key, part
for update;

-- name: store_stock
-- Parts as a transaction leaves them.
insert into stock (shop, kind, key, part, total, units)
select $1, n.kind, n.key, n.part, n.total, n.units
from unnest($2::text[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[]) as n (kind, key, part, total, units)
on conflict (shop, kind, key, part) do update set total = excluded.total, units = excluded.units;

-- name: show_stock
-- How much of some stocks there is, and was given.
select s.kind, s.key, max(s.total) as total, (max(s.total) - sum(s.units))::bigint as given
from (select distinct kind, key from unnest($2::text[], $3::text[]) as n (kind, key)) as n
join stock s on s.shop = $1 and s.kind = n.kind and s.key = n.key
group by s.kind, s.key;

-- name: read_stock
-- How much of each stock there is, and was given.
select kind, key, max(total) as total, (max(total) - sum(units))::bigint as given,
       count(*) = 16 and min(total) = max(total) as is_whole
from stock where shop = $1 group by kind, key;

-- name: find_cap_use
-- What members' awards use of caps; as `find_day_sums`.
select c.account, c.source, c.day, c.award, c.points
from unnest($1::smallint[], $3::bigint[]) as asked (bucket, account)
cross join lateral (
    select n.account, n.source, n.day, n.award, n.points from cap_use n
    where n.bucket = asked.bucket and n.shop = $2 and n.account = asked.account
    offset 0
) c;

-- name: add_cap_use
-- Adds to what awards use of caps.
insert into cap_use as c (bucket, shop, account, source, day, award, points)
select n.bucket, $1, n.account, n.source, n.day, n.award, n.points
from unnest($2::smallint[], $3::bigint[], $4::text[], $5::date[], $6::bigint[], $7::bigint[])
     as n (bucket, account, source, day, award, points)
on conflict (bucket, shop, account, source, day, award) do update set points = c.points + excluded.points;

-- name: free_cap_use
-- What was taken back of awards, or dropped, uses no cap any more.
update cap_use c set points = c.points - n.points
from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as n (account, award, points)
where c.bucket = any ($1) and c.shop = $2 and c.account = n.account and c.award = n.award;
