-- name: add_seen
-- Adds to what customers were shown of blocks and clicked, or as one of the control group were not shown.
insert into content_seen as s
    (bucket, shop, account, block, share, control, impressions, clicks, first_at, last_at, clicked_at)
select n.bucket, $1, n.account, n.block, n.share, n.control, n.impressions, n.clicks, n.first_at, n.last_at, n.clicked_at
from unnest($2::smallint[], $3::bigint[], $4::text[], $5::smallint[], $6::boolean[], $7::bigint[], $8::bigint[],
            $9::timestamptz[], $10::timestamptz[], $11::timestamptz[])
     as n (bucket, account, block, share, control, impressions, clicks, first_at, last_at, clicked_at)
order by n.bucket, n.account, n.block, n.share
on conflict (bucket, shop, account, block, share) do update set
    impressions = s.impressions + excluded.impressions,
    clicks = s.clicks + excluded.clicks,
    first_at = least(s.first_at, excluded.first_at),
    last_at = greatest(s.last_at, excluded.last_at),
    clicked_at = least(s.clicked_at, excluded.clicked_at);

-- name: add_content_days
-- Adds to how often blocks were shown and clicked.
insert into content_day as d (shop, day, block, share, control, impressions, clicks)
select $1, n.day, n.block, n.share, n.control, n.impressions, n.clicks
from unnest($2::date[], $3::text[], $4::smallint[], $5::boolean[], $6::bigint[], $7::bigint[])
     as n (day, block, share, control, impressions, clicks)
order by n.day, n.block, n.share, n.control
on conflict (shop, day, block, share, control) do update set
    impressions = d.impressions + excluded.impressions, clicks = d.clicks + excluded.clicks;

-- name: content_totals
-- How often blocks were shown and clicked since a day, by anybody.
select block, share, control, sum(impressions)::bigint as impressions, sum(clicks)::bigint as clicks
from content_day where shop = $1 and day >= $2 group by block, share, control order by block, share, control;

-- name: content_outcomes
-- What came of the blocks shown to the customers of some buckets: who bought within so many microseconds of the first
-- time, and for how much, after discounts and without taxes; squares too, for the spread.
select s.block, s.share, s.control, count(*) as people, count(s.clicked_at) as clickers,
       count(*) filter (where o.orders > 0) as buyers,
       coalesce(sum(o.spent), 0)::numeric as spent, coalesce(sum(o.spent * o.spent), 0)::numeric as squares
from content_seen s
cross join lateral (
    select count(*) as orders, coalesce(sum(coalesce(
               (b.snapshot ->> 'amount_spent')::numeric,
               (select sum((line ->> 'amount_spent')::numeric) from jsonb_array_elements(b.snapshot -> 'lines') as line)
           )), 0) as spent
    from order_state b
    where b.bucket = s.bucket and b.shop = s.shop and b.account = s.account and b.status in ('confirmed', 'completed')
      and b.order_at >= s.first_at and b.order_at < s.first_at + $4::bigint * interval '1 microsecond'
) as o
where s.bucket = any ($1) and s.shop = $2 and s.first_at >= $3
group by s.block, s.share, s.control;

-- name: disclose_content
-- What a customer was shown of blocks, the newest first.
select block, share, control, impressions, clicks, first_at, last_at, clicked_at from content_seen
where bucket = $1 and shop = $2 and account = $3 order by last_at desc limit $4;

-- name: delete_seen
-- Forgets what a customer was shown.
delete from content_seen where bucket = $1 and shop = $2 and account = $3;

-- name: delete_links
-- Forgets that a customer's links were revoked: those of before lead nowhere, for the names that they are for do not.
delete from content_links where bucket = $1 and shop = $2 and account = $3;

-- name: link_epoch
-- The epoch of a customer's links; none: they were never revoked.
select epoch from content_links where bucket = $1 and shop = $2 and account = $3;

-- name: revoke_links
-- Makes a customer's links of before void; gives the epoch of those to come.
insert into content_links as l (bucket, shop, account, epoch) values ($1, $2, $3, 1)
on conflict (bucket, shop, account) do update set epoch = l.epoch + 1, revoked_at = excluded.revoked_at
returning epoch;

-- name: take_links
-- Keeps void, under the customer who takes another's names over, what was revoked of either's links.
insert into content_links as l (bucket, shop, account, epoch, revoked_at)
select $1, $2, $3, s.epoch, s.revoked_at from content_links s where s.bucket = $4 and s.shop = $2 and s.account = $5
on conflict (bucket, shop, account) do update set
    epoch = greatest(l.epoch, excluded.epoch), revoked_at = greatest(l.revoked_at, excluded.revoked_at);

-- name: content_people
-- A page of customers by the ids that their records go under, null where the shop has given none; with their links' epochs.
select a.bucket, a.id, c.shopid, coalesce(l.epoch, 0) as epoch
from account a
left join customer c on c.bucket = a.bucket and c.shop = a.shop and c.account = a.id
left join content_links l on l.bucket = a.bucket and l.shop = a.shop and l.account = a.id
where a.shop = $1 and (a.bucket, a.id) > ($2, $3) and a.enrolment not in ('merged', 'erased')
order by a.bucket, a.id limit $4;
