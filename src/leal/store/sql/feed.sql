-- name: note_gone
-- Notes ids under which records of members are not known any more.
insert into record_change (shop, bucket, account, gone)
select $1, new.bucket, new.account, new.gone
from unnest($2::smallint[], $3::bigint[], $4::text[]) as new (bucket, account, gone)
on conflict do nothing;

-- name: feed_state
-- What a page of the feed stands on: the snapshot that it reads, whose transactions its cursor counts, and the shop's
-- clock. The epoch is another one in a copy, after a fail-over, and where the table was made anew; there what was
-- forgotten may be told by transactions that are still to come, and is no bound for a cursor of this life.
select pg_current_snapshot()::text as snapshot,
       to_hex((select system_identifier from pg_control_system()))
           || '.' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
           || '.' || to_hex('record_change'::regclass::oid::bigint) as epoch,
       clock_timestamp() as real_at, clock_offset, programme_version,
       case when changes_from <= pg_snapshot_xmax(pg_current_snapshot()) then changes_from::text else '0' end as changes_from
from shop where id = $1;

-- name: feed_members
-- Members in the order of their keys, a page at a time, with the shop's ids: of each the record that is kept, where it
-- holds now ($5) and under the version in force ($6), else the account. Without a version no record is taken.
with found as materialized (
    select a.bucket as at_bucket, a.shop as of_shop, a.id as member, a.joined_at is not null as has_joined, c.shopid,
           case when record_holds(a, $6, $5) then a.record end as kept
    from account a
    left join customer c on c.bucket = a.bucket and c.shop = a.shop and c.account = a.id
    where a.shop = $1 and (a.bucket, a.id) > ($2, $3) order by a.bucket, a.id limit $4
)
select f.at_bucket, f.member, f.has_joined, f.shopid, f.kept, {a.account_columns}
from found f
left join account a on f.kept is null and a.bucket = f.at_bucket and a.shop = f.of_shop and a.id = f.member
order by f.at_bucket, f.member;

-- name: feed_some_members
-- The same of members of those ids.
with found as materialized (
    select a.bucket as at_bucket, a.shop as of_shop, a.id as member, a.joined_at is not null as has_joined, c.shopid,
           case when record_holds(a, $5, $4) then a.record end as kept
    from account a
    left join customer c on c.bucket = a.bucket and c.shop = a.shop and c.account = a.id
    where a.bucket = any ($1) and a.shop = $2 and a.id = any ($3)
)
select f.at_bucket, f.member, f.has_joined, f.shopid, f.kept, {a.account_columns}
from found f
left join account a on f.kept is null and a.bucket = f.at_bucket and a.shop = f.of_shop and a.id = f.member;

-- name: feed_kept
-- The records of all members that are kept and hold at an instant, under the version in force, a JSON object each. The
-- case lets the planner expect many of them: what the function asks looks rare to it.
select '{"customer_id":' || coalesce(to_json(c.shopid)::text, '"' || lpad(to_hex(a.id), 16, '0') || '"') || a.record
from account a
left join customer c on c.bucket = a.bucket and c.shop = a.shop and c.account = a.id
where a.shop = $1 and case when record_holds(a, $3, $2) then a.record <> '' end;

-- name: feed_unkept
-- All members of whom none is kept that holds, as `feed_members` gives them.
select a.bucket as at_bucket, a.id as member, a.joined_at is not null as has_joined, null as kept, {a.account_columns},
       (select c.shopid from customer c where c.bucket = a.bucket and c.shop = a.shop and c.account = a.id) as shopid
from account a
where a.shop = $1 and a.enrolment not in ('merged', 'erased') and record_holds(a, $3, $2) is not true;

-- name: read_in_bulk
-- Lets the rest of this transaction read whole tables in their order, and take the time that it needs.
select set_config('enable_seqscan', 'on', true), set_config('plan_cache_mode', 'auto', true),
       set_config('statement_timeout', '0', true);

-- name: feed_changes
-- What was noted by transactions that one snapshot does not see and another one does, from a place on, in their order.
-- They are those that were open for the first one, by name, and those that began later: while one is open for long, what
-- was told meanwhile is not looked through again.
select xid::text as xid, bucket, account, gone
from (
    (select xid, bucket, account, gone
     from record_change
     where shop = $1 and xid = any (array(select pg_snapshot_xip($6::text::pg_snapshot)))
       and (xid, bucket, account, gone) > ($2::text::xid8, $3::smallint, $4::bigint, $5::text)
       and pg_visible_in_snapshot(xid, $7::text::pg_snapshot)
     order by xid, bucket, account, gone
     limit $8)
    union all
    (select xid, bucket, account, gone
     from record_change
     where shop = $1
       and xid >= pg_snapshot_xmax($6::text::pg_snapshot) and xid < pg_snapshot_xmax($7::text::pg_snapshot)
       and (xid, bucket, account, gone) > ($2::text::xid8, $3::smallint, $4::bigint, $5::text)
       and pg_visible_in_snapshot(xid, $7::text::pg_snapshot)
     order by xid, bucket, account, gone
     limit $8)
) as noted
order by noted.xid, noted.bucket, noted.account, noted.gone
limit $8;

-- name: gone_ids
-- All ids that are still noted as gone.
select distinct gone from record_change where shop = $1 and gone <> '' order by gone;

-- name: feed_due
-- Members whose record may be another by now though nobody has stored it: something fell due, time changed it, or a
-- version of the programme took effect.
(select bucket, id from account
 where shop = $1 and least(next_due_at, next_notice_at) <= $2 and least(next_due_at, next_notice_at) < 'infinity' limit $4)
union
(select bucket, id from account where shop = $1 and record_due_at <= $2 and record_due_at < 'infinity' limit $4)
union
(select bucket, id from account
 where shop = $1 and settled_version < $3 and exists (select from shop where id = $1 and settled_version < $3)
 order by bucket, id limit $4);

-- name: forget_changes
-- Forgets what was noted so many days ago, in the order of transactions, and what those of another life of this database
-- noted, which are still to come in this one; gives how much that was. Ids that are gone are forgotten after 90 days:
-- whoever is pushed to, and cannot go on from its cursor, is told of them.
with first as (
    select xid, bucket, account, gone, noted_at from record_change
    where shop = $1 and gone = '' order by xid, bucket, account, gone limit $3
), old as (
    select xid, bucket, account, gone from first
    where noted_at < now() - $2 * interval '1 day' and xid < pg_snapshot_xmin(pg_current_snapshot())
), long_gone as (
    select xid, bucket, account, gone from record_change
    where shop = $1 and gone <> '' and noted_at < now() - interval '90 days' limit $3
), foreign_ones as (
    select xid, bucket, account, gone from record_change
    where shop = $1 and xid >= pg_snapshot_xmax(pg_current_snapshot()) limit $3
), forgotten as (
    delete from record_change r
    using (select * from old union select * from long_gone union select * from foreign_ones) as o
    where r.shop = $1 and r.xid = o.xid and r.bucket = o.bucket and r.account = o.account and r.gone = o.gone
    returning r.xid
), marked as (
    update shop s set changes_from = greatest(
        case when s.changes_from <= pg_snapshot_xmax(pg_current_snapshot()) then s.changes_from else '0' end,
        coalesce(o.last + 1, 0)::text::xid8)
    from (select max(xid::text::bigint) as last from old) as o
    where s.id = $1 and (o.last is not null or s.changes_from > pg_snapshot_xmax(pg_current_snapshot()))
)
select least(count(*), $3) from forgotten;

-- name: open_writes
-- The oldest transaction that is writing now, and the next one.
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint as following;

-- name: feed_volume
-- How many customers are known, and when that account was last written that was written the longest ago.
select count(*) as customers, min(settled_at) filter (where membership = 'full') as oldest_at
from account where shop = $1 and enrolment not in ('merged', 'erased');
