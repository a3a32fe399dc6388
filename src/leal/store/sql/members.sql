-- part: account_columns
-- All that an account is read from.
id, bucket, number, entry_id, head, settled_at, settled_version, next_due_at,
       available, pending, held, redeemed, expired, earned, debt, lots, lot_number, shortfalls,
       order_number, spend_micros, qualifying, orders, window_spend, window_points, window_orders,
       window_from, window_until, tier, tier_since, tier_from, tier_asked, tier_version, tier_ends_at, tier_deadline_at,
       limit_day, limit_used, membership, joined_at, everything_at, everything_lapsed_at,
       next_notice_at, entered, counted_on, waiting, everything_passed_at, enrolment,
       set_tier, set_since, set_until, set_locked, marks, events, window_events, codes, keeps,
       record_due_at, person, paged_points, paged_due_at, paged_ends, paged_from;

-- name: lock_accounts
-- Locks members in the order of their ids, each looked for by itself; those that somebody else holds are left out. With
-- them, after the lock, the real time, and the shop's clock and newest programme version, which may be a little older.
select {locked.account_columns}, clock_timestamp() as real_at, s.clock_offset, s.programme_version
from (
    select n.bucket as of_bucket, n.id as of_id from unnest($1::smallint[], $3::bigint[]) as n (bucket, id) order by n.id
) asked
cross join lateral (
    select a.* from account a where a.bucket = asked.of_bucket and a.shop = $2 and a.id = asked.of_id
    limit 1 for update skip locked
) locked
join shop s on s.id = $2;

-- name: lock_accounts_waiting
-- Locks members in the order of their ids, each looked for by itself, waiting for whoever holds them.
select {account_columns}
from (
    select n.bucket as of_bucket, n.id as of_id from unnest($1::smallint[], $3::bigint[]) as n (bucket, id) order by n.id
) asked
cross join lateral (
    select a.* from account a where a.bucket = asked.of_bucket and a.shop = $2 and a.id = asked.of_id
    limit 1 for update
) locked;

-- name: read_accounts
-- Members as they are stored, with the transaction that did it, the real time, and the shop's clock and newest programme version.
select {a.account_columns},
       a.xmin::text as stored_as, clock_timestamp() as real_at, s.clock_offset, s.programme_version
from unnest($1::smallint[], $3::bigint[]) as asked (bucket, id)
cross join lateral (
    select k.xmin, k.* from account k where k.bucket = asked.bucket and k.shop = $2 and k.id = asked.id limit 1
) a
join shop s on s.id = a.shop;

-- part: named_by_shopids
-- Whom the shop's ids ($3, in the buckets $1) name. The bucket of the member is computed apart: inside the join, row-level
-- security would keep it out of the index condition.
select i.key as shopid, ((i.account >> 12) & 1023)::smallint as bucket, i.shop, i.account
from unnest($1::smallint[], $3::text[]) as asked (bucket, key)
join identity i on i.bucket = asked.bucket and i.shop = $2 and i.kind = 'shopid' and i.key = asked.key
where i.bucket = any ($1);

-- part: clock_and_version
-- The shop's clock, and the version of its programme that is in force.
select c.*, v.version
from (select id as of_shop, clock_timestamp() as real_at, clock_offset, programme_version from shop where id = $2) c
cross join lateral (
    select coalesce(max(p.version), 0) as version from programme_version p
    where p.shop = c.of_shop and p.effective_at <= c.real_at + c.clock_offset * interval '1 microsecond'
) v;

-- name: read_by_shopids
-- Members by the shop's ids, in one statement: identity, account and the shop's clock and newest programme version.
with i as materialized (
    {named_by_shopids}
)
select i.shopid, {a.account_columns},
       a.xmin::text as stored_as, clock_timestamp() as real_at, s.clock_offset, s.programme_version
from i
join account a on a.bucket = i.bucket and a.shop = i.shop and a.id = i.account
join shop s on s.id = i.shop;

-- part: kept_by_shopids
-- Members by the shop's ids, with the balance that is kept, where it holds, and what is kept beside it.
select i.shopid, k.bucket as at_bucket, k.shop as of_shop, k.id as member, k.settled_version as kept_version,
       k.settled_at as kept_at, k.whole, p.real_at, p.clock_offset, p.programme_version,
       case when k.record_number = k.number and k.record_version = k.settled_version
                 and k.settled_version >= p.version
                 and k.balance_until > p.real_at + p.clock_offset * interval '1 microsecond'
            then k.balance end as balance
from i
join account k on k.bucket = i.bucket and k.shop = i.shop and k.id = i.account
join present p on p.of_shop = i.shop

-- name: read_balances_by_shopids
-- The same, but of each the balance that is kept, where it holds, in place of the account.
with present as materialized (
    {clock_and_version}
), i as materialized (
    {named_by_shopids}
), found as materialized (
    {kept_by_shopids}
)
select f.shopid, f.balance, f.kept_version, f.real_at, f.clock_offset, f.programme_version, {a.account_columns}
from found f
left join account a on f.balance is null and a.bucket = f.at_bucket and a.shop = f.of_shop and a.id = f.member;

-- name: read_whole_by_shopids
-- The same, with what is kept beside the balance, in place of the account where both are, and whether a reward is at hand.
with present as materialized (
    {clock_and_version}
), i as materialized (
    {named_by_shopids}
), found as materialized (
    {kept_by_shopids}
)
select f.shopid, f.member, f.balance, f.whole, f.kept_version, f.kept_at, f.real_at, f.clock_offset, f.programme_version,
       exists (select from redemption r
               where r.bucket = f.at_bucket and r.shop = f.of_shop and r.account = f.member
                 and r.status in ('unused', 'locked')) as has_rewards, {a.account_columns}
from found f
left join account a on (f.balance is null or f.whole is null)
                       and a.bucket = f.at_bucket and a.shop = f.of_shop and a.id = f.member;

-- part: named_by_customer_ids
-- Whom the ids of records name: the shop's ($3, in the buckets $1), or members' own ($4 to $6).
select i.key as customer_id, false as is_own, ((i.account >> 12) & 1023)::smallint as bucket, i.shop, i.account
from unnest($1::smallint[], $3::text[]) as n (bucket, key)
cross join lateral (
    select k.key, k.shop, k.account from identity k
    where k.bucket = n.bucket and k.shop = $2 and k.kind = 'shopid' and k.key = n.key
    limit 1
) i
union all
select own.customer_id, true, own.bucket, $2, own.account
from unnest($4::text[], $5::smallint[], $6::bigint[]) as own (customer_id, bucket, account);

-- name: read_by_customer_ids
-- Members by the ids that their records go under, the shop's or, where there is none, their own, in one statement: of
-- each the record that is kept, where that is wanted ($7) and it holds, else the account.
with clock as materialized (
    select id as of_shop, clock_timestamp() as real_at, clock_offset, programme_version from shop where id = $2
), present as materialized (
    select c.*, v.version
    from clock c cross join lateral (
        select coalesce(max(p.version), 0) as version from programme_version p
        where p.shop = c.of_shop and p.effective_at <= c.real_at + c.clock_offset * interval '1 microsecond'
    ) v
), asked as materialized (
    {named_by_customer_ids}
), found as materialized (
    select i.customer_id, i.is_own, k.bucket as at_bucket, k.shop as of_shop, k.id as member,
           p.real_at, p.clock_offset, p.programme_version,
           case when $7 and record_holds(k, p.version, p.real_at + p.clock_offset * interval '1 microsecond')
                then k.record end as kept
    from asked i
    join account k on k.bucket = i.bucket and k.shop = i.shop and k.id = i.account
    left join customer c on c.bucket = k.bucket and c.shop = k.shop and c.account = k.id
    join present p on p.of_shop = i.shop
    where k.enrolment not in ('merged', 'erased')
      and case when i.is_own then c.shopid is null else c.shopid = i.customer_id end
)
select f.customer_id, f.is_own, f.member, f.kept, f.real_at, f.clock_offset, f.programme_version, {a.account_columns}
from found f
left join account a on f.kept is null and a.bucket = f.at_bucket and a.shop = f.of_shop and a.id = f.member;

-- name: store_batch
-- What a batch leaves, each kind of row as an array of a type of its own, in which arrays are text: names ($2), of
-- which those are claimed that are free; members ($3), new ones among them; entries ($5); what counts on days ($6);
-- orders ($7); redemptions ($8). Gives how many names were claimed: what is missing was claimed by somebody meanwhile. Members are upserted,
-- because that finds each row by its key whatever the planner believes of the table. It notes of each that its record may
-- be another now, but for those in $4.
with claimed as (
insert into identity (bucket, shop, kind, key, account, number)
select n.bucket, $1, n.kind, n.key, n.account, n.number from unnest($2::identity_row[]) as n
order by n.bucket, n.kind, n.key
on conflict do nothing
returning kind
), stored as (
insert into account (shop, {account_columns}, record, record_number, record_version, balance, balance_until, whole)
select $1, n.id, n.bucket, n.number, n.entry_id, n.head, n.settled_at, n.settled_version, n.next_due_at, n.available,
       n.pending, n.held, n.redeemed, n.expired, n.earned, n.debt, n.lots::bigint[], n.lot_number,
       n.shortfalls::bigint[], n.order_number, n.spend_micros, n.qualifying, n.orders, n.window_spend, n.window_points,
       n.window_orders, n.window_from, n.window_until, n.tier, n.tier_since, n.tier_from, n.tier_asked, n.tier_version,
       n.tier_ends_at, n.tier_deadline_at, n.limit_day, n.limit_used::bigint[], n.membership, n.joined_at,
       n.everything_at, n.everything_lapsed_at, n.next_notice_at, n.entered, n.counted_on, n.waiting::bigint[],
       n.everything_passed_at, n.enrolment, n.set_tier, n.set_since, n.set_until, n.set_locked, n.marks::text[],
       n.events, n.window_events, n.codes::bigint[], n.keeps, n.record_due_at, n.person, n.paged_points, n.paged_due_at,
       n.paged_ends::bigint[], n.paged_from::bigint[],
       n.record, n.number, n.settled_version, n.balance, n.balance_until, n.whole
from unnest($3::account_row[]) as n
on conflict (bucket, shop, id) do update set
    number = excluded.number, entry_id = excluded.entry_id, head = excluded.head, settled_at =
    excluded.settled_at, settled_version = excluded.settled_version, next_due_at = excluded.next_due_at, available
    = excluded.available, pending = excluded.pending, held = excluded.held, redeemed = excluded.redeemed, expired
    = excluded.expired, earned = excluded.earned, debt = excluded.debt, lots = excluded.lots, lot_number =
    excluded.lot_number, shortfalls = excluded.shortfalls, order_number = excluded.order_number, spend_micros =
    excluded.spend_micros, qualifying = excluded.qualifying, orders = excluded.orders, window_spend =
    excluded.window_spend, window_points = excluded.window_points, window_orders = excluded.window_orders,
    window_from = excluded.window_from, window_until = excluded.window_until, tier = excluded.tier, tier_since =
    excluded.tier_since, tier_from = excluded.tier_from, tier_asked = excluded.tier_asked, tier_version =
    excluded.tier_version, tier_ends_at = excluded.tier_ends_at, tier_deadline_at = excluded.tier_deadline_at,
    limit_day = excluded.limit_day, limit_used = excluded.limit_used, membership = excluded.membership,
    joined_at = excluded.joined_at, everything_at = excluded.everything_at,
    everything_lapsed_at = excluded.everything_lapsed_at, next_notice_at = excluded.next_notice_at,
    entered = excluded.entered, counted_on = excluded.counted_on,
    waiting = excluded.waiting, everything_passed_at = excluded.everything_passed_at,
    enrolment = excluded.enrolment, set_tier = excluded.set_tier, set_since = excluded.set_since,
    set_until = excluded.set_until, set_locked = excluded.set_locked, marks = excluded.marks,
    events = excluded.events, window_events = excluded.window_events, codes = excluded.codes,
    keeps = excluded.keeps, record_due_at = excluded.record_due_at, person = excluded.person,
    record = excluded.record, record_number = excluded.record_number, record_version = excluded.record_version,
    balance = excluded.balance, balance_until = excluded.balance_until, whole = excluded.whole,
    paged_points = excluded.paged_points, paged_due_at = excluded.paged_due_at,
    paged_ends = excluded.paged_ends, paged_from = excluded.paged_from
returning account.shop, account.bucket, account.id
), noted as (
insert into record_change (shop, bucket, account)
select shop, bucket, id from stored where id <> all ($4::bigint[]) on conflict do nothing
), made as (
insert into entry (bucket, shop, account, number, id, type, cause, cause_number, award, programme,
                   occurred_at, effective_at, recorded_at, points,
                   available, pending, held, redeemed, expired, earned, debt,
                   moves, lots, day, spend_micros, qualifying, orders, changes, commitment, digest)
select n.bucket, $1, n.account, n.number, n.id, n.type, n.cause, n.cause_number, n.award, n.programme,
       n.occurred_at, n.effective_at, n.recorded_at, n.points,
       n.available, n.pending, n.held, n.redeemed, n.expired, n.earned, n.debt,
       n.moves::bigint[], n.lots::bigint[], n.day, n.spend_micros, n.qualifying, n.orders, n.changes, n.commitment, n.digest
from unnest($5::entry_row[]) as n
), counted as (
insert into day_sum as d (bucket, shop, account, day, spend_micros, qualifying, orders)
select n.bucket, $1, n.account, n.day, n.spend_micros, n.qualifying, n.orders from unnest($6::day_row[]) as n
on conflict (bucket, shop, account, day) do update set
    spend_micros = d.spend_micros + excluded.spend_micros, qualifying = d.qualifying + excluded.qualifying,
    orders = d.orders + excluded.orders
), told as (
insert into order_state (bucket, shop, account, number, order_id, status, order_at, updated_at, snapshot, state)
select n.bucket, $1, n.account, n.number, n.order_id, n.status, n.order_at, n.updated_at, n.snapshot, n.state
from unnest($7::order_row[]) as n
on conflict (bucket, shop, account, number) do update set
    status = excluded.status, order_at = excluded.order_at, updated_at = excluded.updated_at,
    snapshot = excluded.snapshot, state = excluded.state
), drawn as (
insert into redemption (bucket, shop, account, number, change_id, kind, code, status, points, restored, amount, drawn_at, day,
                        draws, returned, cancelled, order_number, turns, locks, expires_at, offer, version, unit, coded_at)
select n.bucket, $1, n.account, n.number, n.change_id, n.kind, n.code, n.status, n.points, n.restored, n.amount, n.drawn_at,
       n.day, n.draws::bigint[], n.returned::bigint[], n.cancelled, n.order_number, n.turns::bigint[], n.locks::bigint[],
       n.expires_at, n.offer, n.version, n.unit, n.coded_at
from unnest($8::redemption_row[]) as n
on conflict (bucket, shop, account, number) do update set
    code = excluded.code, coded_at = excluded.coded_at, unit = excluded.unit,
    status = excluded.status, restored = excluded.restored, draws = excluded.draws, returned = excluded.returned,
    cancelled = excluded.cancelled, order_number = excluded.order_number, turns = excluded.turns,
    locks = excluded.locks
)
select count(*) from claimed;

-- name: find_customers
-- What is known of members by which they could be named.
select c.account, c.shopid, c.email, c.profile
from unnest($1::smallint[], $3::bigint[]) as asked (bucket, account)
cross join lateral (
    select n.account, n.shopid, n.email, n.profile from customer n
    where n.bucket = asked.bucket and n.shop = $2 and n.account = asked.account
    limit 1
) c;

-- name: upsert_customers
-- What the shop says of members; a null keeps what is stored, profiles are merged key by key.
with told as (
insert into customer as c (bucket, shop, account, shopid, email, profile, birthday_since)
select new.bucket, $1, new.account, new.shopid, new.email, new.profile::jsonb,
       case when new.profile::jsonb ? 'birthday' then new.now_at end
from unnest($2::smallint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
     as new (bucket, account, shopid, email, profile, now_at)
on conflict (bucket, shop, account) do update set
    shopid = coalesce(excluded.shopid, c.shopid), email = coalesce(excluded.email, c.email),
    profile = c.profile || excluded.profile, updated_at = excluded.updated_at,
    birthday_since = case when excluded.profile -> 'birthday' <> coalesce(c.profile -> 'birthday', 'null')
                          then excluded.birthday_since else c.birthday_since end
returning c.shop, c.bucket, c.account
)
insert into record_change (shop, bucket, account) select shop, bucket, account from told on conflict do nothing;

-- name: find_day_sums
-- All day sums of members, each looked for by itself; the offset keeps it so, whatever the planner believes of the table.
select d.account, d.day, d.spend_micros, d.qualifying, d.orders
from unnest($1::smallint[], $3::bigint[]) as asked (bucket, account)
cross join lateral (
    select n.account, n.day, n.spend_micros, n.qualifying, n.orders from day_sum n
    where n.bucket = asked.bucket and n.shop = $2 and n.account = asked.account
    offset 0
) d;

-- name: find_event_sums
-- How often each trigger came for members, by local day; as `find_day_sums`.
select e.account, e.day, e.trigger, e.count
from unnest($1::smallint[], $3::bigint[]) as asked (bucket, account)
cross join lateral (
    select n.account, n.day, n.trigger, n.count from event_sum n
    where n.bucket = asked.bucket and n.shop = $2 and n.account = asked.account
    offset 0
) e;

-- name: add_event_sums
-- Adds to the sums of events of members.
insert into event_sum as e (bucket, shop, account, day, trigger, count)
select new.bucket, $1, new.account, new.day, new.trigger, new.count
from unnest($2::smallint[], $3::bigint[], $4::date[], $5::text[], $6::bigint[]) as new (bucket, account, day, trigger, count)
on conflict (bucket, shop, account, day, trigger) do update set count = e.count + excluded.count;

-- name: known_events
-- Which ids of events were recorded before.
select account, key from event_key where bucket = any ($1) and shop = $2 and account = any ($3) and key = any ($4);

-- name: insert_event_keys
-- Keeps ids of events, so that none counts twice.
insert into event_key (bucket, shop, account, key, number)
select new.bucket, $1, new.account, new.key, new.number
from unnest($2::smallint[], $3::bigint[], $4::bytea[], $5::bigint[]) as new (bucket, account, key, number);

-- name: find_lot_pages
-- All pages of members' open lots; the lots themselves ($4: until when, of each member) where the first of them is
-- available by then, or ends.
select p.account, p.first_lot, p.points, p.due_at, p.drawn_from, p.lot_ids, p.awards,
       case when p.due_at <= asked.until then p.lots end as lots
from unnest($1::smallint[], $3::bigint[], $4::timestamptz[]) as asked (bucket, account, until)
cross join lateral (
    select n.account, n.first_lot, n.points, n.due_at, n.drawn_from, n.lot_ids, n.awards, n.lots from lot_page n
    where n.bucket = asked.bucket and n.shop = $2 and n.account = asked.account
    offset 0
) p
order by p.account, p.first_lot;

-- name: read_lot_pages
-- The lots of single pages.
select p.account, p.first_lot, p.lots
from unnest($1::smallint[], $3::bigint[], $4::bigint[]) as asked (bucket, account, first_lot)
cross join lateral (
    select n.account, n.first_lot, n.lots from lot_page n
    where n.bucket = asked.bucket and n.shop = $2 and n.account = asked.account and n.first_lot = asked.first_lot
    offset 0
) p;

-- name: drop_lot_pages
-- Drops pages of members' open lots.
delete from lot_page p
using unnest($2::smallint[], $3::bigint[], $4::bigint[]) as old (bucket, account, first_lot)
where p.bucket = any ($2) and p.bucket = old.bucket and p.shop = $1 and p.account = old.account
  and p.first_lot = old.first_lot;

-- name: insert_lot_pages
-- Keeps open lots in pages; arrays as their text.
insert into lot_page (bucket, shop, account, first_lot, points, due_at, drawn_from, lots)
select new.bucket, $1, new.account, new.first_lot, new.points, new.due_at, new.drawn_from::bigint[], new.lots::bigint[]
from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::text[], $8::text[])
     as new (bucket, account, first_lot, points, due_at, drawn_from, lots);

-- part: shop_now
-- The shop's now, looked at once for the whole statement.
select clock_timestamp() + s.clock_offset * interval '1 microsecond' from shop s where s.id = $1

-- name: lock_due_accounts
-- Locks members for whom something, or a notice, fell due, the earliest first, but for those named in $3; those that
-- somebody else holds are left out. The second condition on the instant lets the partial index be used whatever the
-- first one's value.
select {account_columns}
from account
where shop = $1 and least(next_due_at, next_notice_at) <= ({shop_now})
  and least(next_due_at, next_notice_at) < 'infinity' and id <> all ($3)
order by least(next_due_at, next_notice_at)
limit $2
for update skip locked;

-- name: lock_record_due
-- Locks members whose record may change by time though nothing falls due, the earliest first; as `lock_due_accounts`.
select {account_columns}
from account
where shop = $1 and record_due_at <= ({shop_now}) and record_due_at < 'infinity' and id <> all ($3)
order by record_due_at
limit $2
for update skip locked;

-- name: behind_accounts
-- Members settled under an older programme than the one in force, in the order of their keys.
select bucket, id from account
where shop = $1 and settled_version < $2 and (bucket, id) > ($3, $4) order by bucket, id limit $5;

-- name: customer_stored_as
-- The transaction that stored what the shop says of a member.
select xmin::text from customer where bucket = $1 and shop = $2 and account = $3;
