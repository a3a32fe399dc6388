-- name: insert_destination
-- Adds a destination; nothing where there is one of that name.
insert into feed_destination (shop, name, url, mapping, secret, batch_records, batch_bytes, cursor)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning name;

-- name: read_destinations
-- The shop's destinations, without their secrets.
select name, url, mapping, batch_records, batch_bytes, created_at, paused_at, cursor, sent, gone, refused, refusals,
       failures, failure, failed_at, try_at, taken_at
from feed_destination where shop = $1 order by name;

-- name: read_destination_secrets
-- The sealed secret of a destination, and while it is being changed the former one.
select secret, case when former_until > now() then former_secret end as former_secret
from feed_destination where shop = $1 and name = $2;

-- name: rotate_destination_secret
-- Gives a destination another secret; the former one signs beside it for so many hours.
update feed_destination
set secret = $3, former_secret = case when $4 > 0 then secret end, former_until = now() + $4 * interval '1 hour'
where shop = $1 and name = $2 returning name;

-- name: pause_destination
-- Pauses a destination, or lets it go on at once.
update feed_destination
set paused_at = case when $3 then coalesce(paused_at, now()) end,
    failures = case when $3 then failures else 0 end,
    try_at = case when $3 then try_at end
where shop = $1 and name = $2 returning name;

-- name: remove_destination
-- Forgets a destination.
delete from feed_destination where shop = $1 and name = $2 returning name;

-- name: destination_took
-- Notes what a destination took, and where it goes on; nothing where another process was quicker.
update feed_destination
set cursor = $4, sent = sent + $5, gone = gone + $6, refused = refused + $7, refusals = $8::jsonb,
    failures = 0, try_at = null, taken_at = case when $5 + $6 + $7 > 0 then now() else taken_at end
where shop = $1 and name = $2 and cursor is not distinct from $3 returning name;

-- name: destination_failed
-- Notes that a try failed, and for how long to wait; with $5 the destination is paused.
update feed_destination
set failures = failures + 1, failure = $3, failed_at = now(), try_at = now() + $4 * interval '1 second',
    paused_at = case when $5 then now() else paused_at end
where shop = $1 and name = $2 returning failures;

-- name: oldest_untold
-- For how long a change has been waiting that a cursor's snapshot does not see, in microseconds; null: none is.
select (extract(epoch from clock_timestamp() - noted_at) * 1000000)::bigint
from (
    (select xid, noted_at from record_change
     where shop = $1 and xid = any (array(select pg_snapshot_xip($2::text::pg_snapshot))) order by xid limit 1)
    union all
    (select xid, noted_at from record_change
     where shop = $1 and xid >= pg_snapshot_xmax($2::text::pg_snapshot) order by xid limit 1)
) as untold
order by xid limit 1;

-- name: forget_refusals
-- Forgets what destinations refused of those ids.
update feed_destination
set refusals = (select coalesce(jsonb_agg(one order by place), '[]')
                from jsonb_array_elements(refusals) with ordinality as r (one, place)
                where one ->> 'customer_id' <> all ($2::text[]))
where shop = $1 and refusals <> '[]';
