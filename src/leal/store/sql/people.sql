-- name: find_merged
-- Whom members took over, in the order in which their numbers came.
select account, source, entries, entry_base, order_base, shopid, email, merged_at
from merged where bucket = any ($1) and shop = $2 and account = any ($3) order by account, entry_base;

-- name: insert_merged
-- Notes whom a member took over.
insert into merged (bucket, shop, account, source, entries, entry_base, order_base, shopid, email, merged_at)
select $1, $2, $3, n.source, n.entries, n.entry_base, n.order_base, n.shopid, n.email, n.merged_at
from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::timestamptz[])
     as n (source, entries, entry_base, order_base, shopid, email, merged_at);

-- name: delete_merged
-- Forgets whom a member took over: somebody else took it over now, or it was erased.
delete from merged where bucket = $1 and shop = $2 and account = $3;

-- name: forget_merged_names
-- Leaves of those whom a member took over the ids alone.
update merged set shopid = null, email = null where bucket = $1 and shop = $2 and account = $3;

-- name: lead_identities
-- Lets names, orders and codes lead to another member, under their numbers there; new ones are added.
insert into identity as i (bucket, shop, kind, key, account, number)
select n.bucket, $1, n.kind, n.key, $2, n.number
from unnest($3::smallint[], $4::text[], $5::text[], $6::bigint[]) as n (bucket, kind, key, number)
order by n.bucket, n.kind, n.key
on conflict (bucket, shop, kind, key) do update set account = excluded.account, number = excluded.number;

-- name: drop_identities
-- Frees names, orders and codes of a member.
delete from identity i
using unnest($3::smallint[], $4::text[], $5::text[]) as old (bucket, kind, key)
where i.bucket = any ($3) and i.bucket = old.bucket and i.shop = $1 and i.kind = old.kind and i.key = old.key
  and i.account = $2;

-- name: take_customer
-- What is known of somebody who was merged goes to the other, where nothing else is known yet.
insert into customer as c (bucket, shop, account, shopid, email, profile, birthday_since)
select $1, $2, $3, o.shopid, o.email, o.profile, o.birthday_since
from customer o where o.bucket = $4 and o.shop = $2 and o.account = $5
on conflict (bucket, shop, account) do update set
    shopid = coalesce(c.shopid, excluded.shopid), email = coalesce(c.email, excluded.email),
    profile = excluded.profile || c.profile, updated_at = excluded.updated_at,
    birthday_since = case when c.profile ? 'birthday' then c.birthday_since else excluded.birthday_since end;

-- name: take_answers
-- Answers given to somebody who was merged are given again; where both have one for a key, the other's own counts.
insert into idempotency (bucket, shop, account, key, request, answer, created_at)
select $1, $2, $3, o.key, o.request, o.answer, o.created_at
from idempotency o where o.bucket = $4 and o.shop = $2 and o.account = $5
on conflict do nothing;

-- name: lift_outbox
-- Takes out what is to be told to somebody who is merged; rewards are known to the other under other numbers.
delete from outbox where bucket = $1 and shop = $2 and account = $3
returning id, kind, payload, due_at, created_at, done_at, outcome,
          case when redemption > 0 then -($4::bigint + redemption)
               else -($4::bigint + $5::bigint - redemption) end as redemption;

-- name: lay_outbox
-- Puts it back, for the other: a row changes its bucket in two steps, never in place.
insert into outbox (bucket, shop, account, id, kind, payload, due_at, created_at, done_at, outcome, redemption)
overriding system value
select $1, $2, $3, n.id, n.kind, n.payload::jsonb, n.due_at, n.created_at, n.done_at, n.outcome, n.redemption
from unnest($4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::text[],
            $11::bigint[])
     as n (id, kind, payload, due_at, created_at, done_at, outcome, redemption);

-- name: delete_customer
-- Forgets who a member is.
delete from customer where bucket = $1 and shop = $2 and account = $3;

-- name: delete_answers
-- Forgets the answers given about a member.
delete from idempotency where bucket = $1 and shop = $2 and account = $3;

-- name: delete_orders
-- Takes a member's orders away.
delete from order_state where bucket = $1 and shop = $2 and account = $3;

-- name: delete_redemptions
-- Takes a member's redemptions away.
delete from redemption where bucket = $1 and shop = $2 and account = $3;

-- name: delete_day_sums
-- Takes a member's day sums away.
delete from day_sum where bucket = $1 and shop = $2 and account = $3;

-- name: take_cap_use
-- What awards of somebody who was merged use of caps is used by the other, under the awards' new numbers.
insert into cap_use (bucket, shop, account, source, day, award, points)
select $1, $2, $3, o.source, o.day,
       case when o.award > 0 then -($6::bigint + o.award) else -($6::bigint + $7::bigint - o.award) end, o.points
from cap_use o where o.bucket = $4 and o.shop = $2 and o.account = $5;

-- name: delete_cap_use
-- Forgets what a member's awards use of caps.
delete from cap_use where bucket = $1 and shop = $2 and account = $3;

-- name: keep_budgets
-- Of an erased member, only what it holds of total budgets, under no award and no day.
insert into cap_use (bucket, shop, account, source, day, award, points)
select $1, $2, $3, held.source, date '0001-01-01', 0, sum(held.points)
from (
    select a.key as source, (a.value ->> 'budgeted')::bigint as points
    from order_state o, jsonb_each(o.state -> 'awards') as a
    where o.bucket = $1 and o.shop = $2 and o.account = $3 and (a.value ->> 'budgeted')::bigint > 0
    union all  -- awards apart from orders, also of those who were taken over
    select e.changes::jsonb ->> 'source', (e.changes::jsonb ->> 'budgeted')::bigint
    from entry e
    where e.bucket = any ($4) and e.shop = $2 and e.account = any ($5) and e.changes like '%"budgeted":%'
) as held
group by held.source having sum(held.points) > 0;

-- name: delete_event_sums
-- Takes a member's sums of events away.
delete from event_sum where bucket = $1 and shop = $2 and account = $3;

-- name: take_event_keys
-- Ids of events of somebody who was merged were recorded for the other, too.
insert into event_key (bucket, shop, account, key, number)
select $1, $2, $3, o.key, 0
from event_key o where o.bucket = $4 and o.shop = $2 and o.account = $5
on conflict do nothing;

-- name: delete_event_keys
-- Forgets under which ids a member's events were recorded.
delete from event_key where bucket = $1 and shop = $2 and account = $3;

-- name: delete_outbox
-- Takes away what a member was to be told, and what was to be done, but for what is still to be done of one kind.
delete from outbox where bucket = $1 and shop = $2 and account = $3 and (kind <> $4 or done_at is not null);

-- name: delete_notes
-- Takes away the free text of a member's entries, with its salts: the chain's digests then tell nothing.
delete from entry_note where bucket = $1 and shop = $2 and account = $3;

-- name: forget_rejected_of
-- Takes away refused items of a person, by shop ids, e-mails and order ids; one that could not be read, where it may be.
delete from rejected
where shop = $1
  and (item ->> 'id' = any (case kind when 'customer' then $2::text[] when 'order' then $4::text[] end)
       or item -> 'customer' ->> 'id' = any ($2)
       or (item ? 'unreadable' and exists (
               select from unnest($2::text[] || $4::text[]) as name where strpos(item ->> 'unreadable', name) > 0))
       or exists (select from unnest($3::text[]) as email where strpos(lower(item::text), email) > 0));

-- name: forget_answers_naming
-- Takes away answers to pushes, which are of no single member, that name a person: of all buckets, there are 30 days of them.
delete from idempotency
where shop = $1 and account = 0 and bucket between 0 and 1023
  and exists (select from unnest($2::text[]) as name where position(convert_to(name, 'UTF8') in answer) > 0);

-- name: take_wishes
-- What waits for a second person about somebody who was merged is about the other.
update approval set member = $2 where shop = $1 and member = any ($3);

-- name: forget_wishes
-- Of what waited for a second person about an erased member, only that it did; what still waits is declined.
update approval set
    wish = '{}', decision = coalesce(decision, 'declined'), decided_by = coalesce(decided_by, 'leal'),
    decided_at = coalesce(decided_at, clock_timestamp())
where shop = $1 and member = any ($2);

-- name: disclose_entries
-- The newest entries of a member, with their notes.
select e.account, e.number, e.id, e.type, e.cause, e.cause_number, e.award, e.programme, e.occurred_at, e.effective_at,
       e.recorded_at, e.points, e.available, e.pending, e.held, e.redeemed, e.expired, e.earned, e.debt, e.moves, e.lots, e.day,
       e.spend_micros, e.qualifying, e.orders, e.changes, e.commitment, e.digest, n.note
from entry e
left join entry_note n on n.bucket = e.bucket and n.shop = e.shop and n.account = e.account and n.number = e.number
where e.bucket = $1 and e.shop = $2 and e.account = $3 order by e.number desc limit $4;

-- name: disclose_orders
-- The newest orders of a member.
select order_id, status, order_at, updated_at, snapshot, state from order_state
where bucket = $1 and shop = $2 and account = $3 and status <> 'moved' order by number desc limit $4;

-- name: disclose_redemptions
-- The newest redemptions of a member.
select account, {redemption_columns}
from redemption where bucket = $1 and shop = $2 and account = $3 order by change_id desc limit $4;

-- name: disclose_days
-- The newest days of a member that count for tiers.
select day, spend_micros, qualifying, orders from day_sum
where bucket = $1 and shop = $2 and account = $3 order by day desc limit $4;

-- name: disclose_notices
-- The newest notices to a member.
select kind, payload, due_at, done_at, outcome from outbox
where bucket = $1 and shop = $2 and account = $3 order by id desc limit $4;

-- name: disclose_rejected
-- Refused items that name a person, by shop ids, whole e-mails and order ids: a part of an e-mail may be another's.
select item, received_at from rejected
where shop = $1
  and (item ->> 'id' = any (case kind when 'customer' then $2::text[] when 'order' then $4::text[] end)
       or item -> 'customer' ->> 'id' = any ($2)
       or exists (select from jsonb_path_query(item, 'strict $.**') as told
                  where jsonb_typeof(told) = 'string' and lower(btrim(told #>> '{}')) = any ($3)))
order by id desc limit $5;

-- name: read_for_content
-- Members by the ids that their records go under, the shop's or, where there is none, their own, with what the shop says of
-- them, the epoch of links to their blocks, and the shop's clock: of each the balance and the record that are kept, where
-- both hold, else the account.
with present as materialized (
    {clock_and_version}
), asked as materialized (
    {named_by_customer_ids}
), found as materialized (
    select i.customer_id, i.is_own, k.bucket as at_bucket, k.shop as of_shop, k.id as member, t.at,
           k.settled_version as kept_version, p.real_at, p.clock_offset, p.programme_version,
           c.profile as told, coalesce(l.epoch, 0) as epoch,
           case when h.holds then k.balance end as balance, case when h.holds then k.record end as record
    from asked i
    join account k on k.bucket = i.bucket and k.shop = i.shop and k.id = i.account
    left join customer c on c.bucket = k.bucket and c.shop = k.shop and c.account = k.id
    left join content_links l on l.bucket = k.bucket and l.shop = k.shop and l.account = k.id
    join present p on p.of_shop = i.shop
    cross join lateral (
        select greatest(k.settled_at, p.real_at + p.clock_offset * interval '1 microsecond') as at
    ) t
    cross join lateral (
        select k.balance_until > t.at and record_holds(k, p.version, t.at) as holds
    ) h
    where k.enrolment not in ('merged', 'erased')
      and case when i.is_own then c.shopid is null else c.shopid = i.customer_id end
)
select f.customer_id, f.is_own, f.member, f.at, f.balance, f.record, f.kept_version, f.told, f.epoch,
       f.real_at, f.clock_offset, f.programme_version, {a.account_columns}
from found f
left join account a on f.balance is null and a.bucket = f.at_bucket and a.shop = f.of_shop and a.id = f.member;

-- name: read_purchases
-- What the shop says of a member, and of the member's orders that stand the newest and the first, with sums over all of
-- them; one row without any order. Amounts are what was paid, in micros. The epoch is that of links to the member's blocks.
select c.profile, coalesce(l.epoch, 0) as epoch, o.order_at, o.snapshot, o.orders, o.this_year, o.spent, o.newest, o.oldest
from (select $1::smallint as bucket, $2::integer as shop, $3::bigint as account) as who
left join customer c on c.bucket = who.bucket and c.shop = who.shop and c.account = who.account
left join content_links l on l.bucket = who.bucket and l.shop = who.shop and l.account = who.account
left join lateral (
    select s.order_at, s.snapshot,
           count(*) over () as orders,
           count(*) filter (where s.order_at >= $4) over () as this_year,
           sum(coalesce((select sum((line ->> 'amount_spent')::bigint) from jsonb_array_elements(s.snapshot -> 'lines') as line),
                        (s.snapshot ->> 'amount_spent')::bigint, 0)) over () ::bigint as spent,
           row_number() over (order by s.order_at desc, s.number desc) as newest,
           row_number() over (order by s.order_at, s.number) as oldest
    from order_state s
    where s.bucket = $1 and s.shop = $2 and s.account = $3 and s.status in ('confirmed', 'completed')
) as o on o.newest <= $5 or o.oldest = 1
order by o.newest;
