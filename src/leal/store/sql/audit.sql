-- name: insert_audit
-- Notes acts in the transaction that does them.
insert into audit (shop, actor, action, subject, member, number, before, after, reason)
select $1, new.actor, new.action, new.subject, new.member, new.number, new.before::jsonb, new.after::jsonb, new.reason
from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[])
    as new (actor, action, subject, member, number, before, after, reason);

-- name: read_audit
-- A page of acts, newest first; why a member's account was corrected stands in the note of its entry.
select a.id, a.recorded_at, a.actor, a.action, a.subject, a.member as account, a.before, a.after, a.reason, n.note
from audit a
left join entry_note n on n.bucket = (a.member >> 12 & 1023)::smallint and n.shop = a.shop and n.account = a.member and n.number = a.number
where a.shop = $1 and ($2::bigint is null or a.id < $2) and ($3::text is null or a.action = $3)
order by a.id desc
limit $4;

-- name: insert_approval
-- Lets a wish wait for a second person; asked again under its key it is the one that waits already.
insert into approval (shop, kind, key, member, wish, told, requested_by)
values ($1, $2, $3, $4, $5, $6::jsonb, $7)
on conflict (shop, key) do update set kind = approval.kind
returning id, xmax = 0 as is_new, decision, outcome, approval.wish;

-- name: lock_approval
select id, kind, member as account, wish, told, requested_by, requested_at, decision, decided_by, decided_at, outcome, failure
from approval where shop = $1 and id = $2 for update;

-- name: decide_approval
update approval set decision = $3, decided_by = $4, decided_at = clock_timestamp() where shop = $1 and id = $2;

-- name: end_approval
update approval set outcome = $3, failure = $4 where shop = $1 and id = $2 and outcome is null;

-- name: read_approvals
-- A page of approvals, newest first; with $3 only those that wait.
select id, kind, member as account, wish, told, requested_by, requested_at, decision, decided_by, decided_at, outcome, failure
from approval
where shop = $1 and ($2::bigint is null or id < $2) and (not $3 or decision is null)
order by id desc
limit $4;
