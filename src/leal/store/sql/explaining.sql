-- name: explain_sums
-- What a member's entries moved, by type: how far each of the buckets.
select type, count(*)::bigint as entries,
       sum(available - was_available)::bigint as available, sum(pending - was_pending)::bigint as pending,
       sum(held - was_held)::bigint as held, sum(redeemed - was_redeemed)::bigint as redeemed,
       sum(expired - was_expired)::bigint as expired, sum(earned - was_earned)::bigint as earned,
       sum(debt - was_debt)::bigint as debt
from (select type, available, lag(available, 1, 0::bigint) over w as was_available,
             pending, lag(pending, 1, 0::bigint) over w as was_pending, held, lag(held, 1, 0::bigint) over w as was_held,
             redeemed, lag(redeemed, 1, 0::bigint) over w as was_redeemed,
             expired, lag(expired, 1, 0::bigint) over w as was_expired,
             earned, lag(earned, 1, 0::bigint) over w as was_earned, debt, lag(debt, 1, 0::bigint) over w as was_debt
      from entry where bucket = $1 and shop = $2 and account = $3
      window w as (order by number)) as mine
group by type;

-- name: explain_counts
-- What members' entries count for tiers, by type: ever, and since a day.
select type, sum(spend_micros)::bigint as spend, sum(qualifying)::bigint as qualifying, sum(orders)::bigint as orders,
       coalesce(sum(spend_micros) filter (where $4::date is null or day >= $4), 0)::bigint as window_spend,
       coalesce(sum(qualifying) filter (where $4::date is null or day >= $4), 0)::bigint as window_qualifying,
       coalesce(sum(orders) filter (where $4::date is null or day >= $4), 0)::bigint as window_orders
from entry where bucket = any ($1) and shop = $2 and account = any ($3) and day is not null
group by type;

-- part: explained
-- What is told of an entry.
e.number, e.id, e.type, e.programme, e.effective_at, e.points, e.available, e.pending, e.held, e.redeemed, e.expired,
       e.earned, e.debt, e.changes, e.cause, e.award, o.order_id, r.code, r.offer, n.note,
       (select a.key from jsonb_each(o.state -> 'awards') as a
        where e.award <> 0 and (a.value ->> 'number')::bigint = e.award limit 1) as source;

-- name: explain_entries
-- A member's newest entries, with what their causes are called.
select {explained}
from entry e
left join order_state o on e.cause = 'order' and o.bucket = e.bucket and o.shop = e.shop and o.account = e.account
    and o.number = e.cause_number
left join redemption r on e.cause = 'redemption' and r.bucket = e.bucket and r.shop = e.shop and r.account = e.account
    and r.number = e.cause_number
left join entry_note n on e.commitment is not null and n.bucket = e.bucket and n.shop = e.shop and n.account = e.account
    and n.number = e.number
where e.bucket = $1 and e.shop = $2 and e.account = $3
order by e.number desc
limit $4;

-- name: explain_awards
-- The entries that gave a member's awards, by their numbers.
select {explained}
from entry e
left join order_state o on e.cause = 'order' and o.bucket = e.bucket and o.shop = e.shop and o.account = e.account
    and o.number = e.cause_number
left join redemption r on e.cause = 'redemption' and r.bucket = e.bucket and r.shop = e.shop and r.account = e.account
    and r.number = e.cause_number
left join entry_note n on e.commitment is not null and n.bucket = e.bucket and n.shop = e.shop and n.account = e.account
    and n.number = e.number
where e.bucket = $1 and e.shop = $2 and e.account = $3 and e.number = any ($4);
