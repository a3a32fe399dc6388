-- name: insert_notes
-- Free text of entries.
insert into entry_note (bucket, shop, account, number, salt, note)
select n.bucket, $1, n.account, n.number, n.salt, n.note
from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::text[]) as n (bucket, account, number, salt, note);

-- name: find_lapses
-- What lapsed or was dropped of members' lots.
select account, type, award, moves, changes from entry
where bucket = any ($1) and shop = $2 and account = any ($3) and type in ('points_expired', 'points_dropped');

-- name: entries_until
-- What had happened to a member by an instant, in order.
select account, number, id, type, cause, cause_number, award, programme, occurred_at, effective_at, recorded_at, points,
       available, pending, held, redeemed, expired, earned, debt, moves, lots, day, spend_micros, qualifying, orders,
       changes, commitment, digest
from entry where bucket = $1 and shop = $2 and account = $3 and effective_at <= $4 order by number;

-- name: find_orders
-- Orders of members by their numbers.
select o.account, o.number, o.status, o.order_at, o.updated_at, o.snapshot, o.state
from unnest($1::smallint[], $3::bigint[], $4::bigint[]) as wanted (bucket, account, number)
cross join lateral (
    select n.* from order_state n
    where n.bucket = wanted.bucket and n.shop = $2 and n.account = wanted.account and n.number = wanted.number
    limit 1
) o;

-- part: redemption_columns
-- What a redemption is, in the order in which it is written.
number, change_id, kind, code, status, points, amount, drawn_at, day, draws, returned, cancelled, order_number, turns, locks,
expires_at, offer, version, unit, coded_at;

-- name: find_redemptions
-- Redemptions of members by their numbers.
select r.account, {r.redemption_columns}
from unnest($1::smallint[], $3::bigint[], $4::bigint[]) as wanted (bucket, account, number)
cross join lateral (
    select n.* from redemption n
    where n.bucket = wanted.bucket and n.shop = $2 and n.account = wanted.account and n.number = wanted.number
    limit 1
) r;

-- name: find_codes
-- Where the redemptions stand whose codes members hold or held.
select account, number from redemption where bucket = any ($1) and shop = $2 and account = any ($3) and code = any ($4);

-- name: find_redemption_by_change
-- A member's redemption by the id of its change.
select account, {redemption_columns}
from redemption where bucket = $1 and shop = $2 and account = $3 and change_id = $4;

-- name: find_open_redemptions
-- A member's redemptions that are not wholly given back.
select account, {redemption_columns}
from redemption where bucket = $1 and shop = $2 and account = $3 and restored < points;

-- name: unused_rewards
-- The codes and other rewards that members, each in its bucket, hold at an instant of theirs and have not used, newest
-- first; of one instant what came with others before what is the member's own.
select r.account, wanted.at, {r.redemption_columns}
from unnest($1::smallint[], $3::bigint[], $4::timestamptz[]) as wanted (bucket, account, at)
join redemption r on r.bucket = wanted.bucket and r.shop = $2 and r.account = wanted.account
where r.bucket = any ($1) and (r.status = 'locked' or (r.status = 'unused' and r.expires_at > wanted.at))
order by r.drawn_at desc, r.number < 0 desc, abs(r.number) desc;

-- name: codes_known_at
-- The codes and other rewards that a member had got by an instant, used or not, in that order, too.
select account, {redemption_columns}
from redemption where bucket = $1 and shop = $2 and account = $3 and (code is not null or offer is not null) and drawn_at <= $4
order by drawn_at desc, number < 0 desc, abs(number) desc;

-- name: lapse_codes
-- Unused codes that lapsed, each at its instant.
update redemption r set status = 'lapsed', turns = r.turns || lapsed.at
from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[]) as lapsed (bucket, account, number, at)
where r.bucket = any ($2) and r.bucket = lapsed.bucket and r.shop = $1 and r.account = lapsed.account
  and r.number = lapsed.number and r.status = 'unused';

-- name: orders_that_wait
-- The orders of members that earn and have awards which are not available until after an instant (in
-- microseconds); an award without one is never.
select account, number from order_state
where bucket = any ($1) and shop = $2 and account = any ($3) and status in ('confirmed', 'completed')
  and exists (select from jsonb_each(state -> 'awards') as a (source, award)
              where coalesce((a.award ->> 'available_at')::bigint, 9223372036854775807) > $4);

-- name: history_page
-- A page of a member's entries, newest first, with what their causes are called.
select e.id, e.type, e.effective_at, e.points, e.changes, e.programme, o.order_id, r.code, r.offer,
       case when r.offer is null or r.amount > 0 then r.amount end as amount, r.status as code_status, n.note
from entry e
left join order_state o on e.cause = 'order' and o.bucket = e.bucket and o.shop = e.shop and o.account = e.account
    and o.number = e.cause_number
left join redemption r on e.cause = 'redemption' and r.bucket = e.bucket and r.shop = e.shop and r.account = e.account
    and r.number = e.cause_number
left join entry_note n on e.commitment is not null and n.bucket = e.bucket and n.shop = e.shop and n.account = e.account
    and n.number = e.number
where e.bucket = $1 and e.shop = $2 and e.account = $3 and e.id < $4
  and (not $5 or e.points <> 0)
  and (not $6 or (r.status = 'unused' and r.code is not null and r.expires_at > $8 and e.number = e.cause_number))
order by e.number desc
limit $7;

-- name: merged_history_page
-- The same of somebody whom the member $9 took over: causes stand there, under the numbers they got.
select e.id, e.type, e.effective_at, e.points, e.changes, e.programme, o.order_id, r.code, r.offer,
       case when r.offer is null or r.amount > 0 then r.amount end as amount, r.status as code_status, n.note
from entry e
left join order_state o on e.cause = 'order' and o.bucket = $8 and o.shop = e.shop and o.account = $9
    and o.number = e.cause_number + $11
left join redemption r on e.cause = 'redemption' and r.bucket = $8 and r.shop = e.shop and r.account = $9
    and r.number = -($10 + case when e.cause_number > 0 then e.cause_number else $12 - e.cause_number end)
left join entry_note n on e.commitment is not null and n.bucket = e.bucket and n.shop = e.shop and n.account = e.account
    and n.number = e.number
where e.bucket = $1 and e.shop = $2 and e.account = $3 and e.id < $4 and e.type <> 'merged_into'
  and (not $5 or e.points <> 0)
  and (not $6 or (r.status = 'unused' and r.code is not null and e.number = e.cause_number))
order by e.number desc
limit $7;

-- name: find_entry_by_change
-- A member's entry by the wire's id of its change: what it awarded, and what that award still gives, net.
select e.number, e.type, e.cause, e.cause_number, e.award, e.day, e.qualifying
from entry e where e.bucket = $1 and e.shop = $2 and e.account = $3 and e.id = $4;

-- name: find_entry
-- A member's entry by its number: what it awarded, and what else it says.
select e.id, e.cause, e.cause_number, e.programme, e.day, e.qualifying, e.changes
from entry e where e.bucket = $1 and e.shop = $2 and e.account = $3 and e.number = $4;

-- name: award_given
-- The points an award still gives, net of what was taken back: how far its entries moved `earned`; and whether staff
-- have taken it back for good.
select coalesce(sum(moved), 0)::bigint as points,
       coalesce(bool_or(cause = 'staff' and cause_number = award), false) as neutralised
from (select award, cause, cause_number, earned - lag(earned, 1, 0::bigint) over (order by number) as moved
      from entry where bucket = $1 and shop = $2 and account = $3) as mine
where award = $4;

-- name: read_answers
-- Answers already given under callers' keys.
select account, key, request, answer from idempotency
where bucket = any ($1) and shop = $2 and account = any ($3) and key = any ($4);

-- name: insert_answers
-- Keeps the answers given under callers' keys.
insert into idempotency (bucket, shop, account, key, request, answer)
select n.bucket, $1, n.account, n.key, n.request, n.answer
from unnest($2::smallint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bytea[]) as n (bucket, account, key, request, answer);

-- name: read_answer
-- An answer already given under a caller's key.
select request, answer from idempotency where bucket = $1 and shop = $2 and account = $3 and key = $4;

-- name: insert_answer
-- Keeps an answer, unless there is one.
insert into idempotency (bucket, shop, account, key, request, answer) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- name: forget_answers
-- Forgets the oldest of the answers given more than so many days ago; gives how many.
with old as (
    select bucket, account, key from idempotency
    where shop = $1 and created_at < now() - $2::integer * interval '1 day'
    order by created_at limit $3
), gone as (
    delete from idempotency i using old
    where i.bucket = old.bucket and i.shop = $1 and i.account = old.account and i.key = old.key returning 1
)
select count(*) from gone;

-- name: forget_rejected
-- Forgets the oldest of the items refused more than so many days ago; gives how many.
with old as (
    select id from rejected
    where shop = $1 and received_at < now() - $2::integer * interval '1 day'
    order by id limit $3
), gone as (
    delete from rejected r using old where r.shop = $1 and r.id = old.id returning 1
)
select count(*) from gone;
