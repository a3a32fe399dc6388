-- name: read_referrals
-- Invitations of a member, the oldest first.
select id, code, channel, destination, sent_at, expires_at from referral
where bucket = $1 and shop = $2 and account = $3 order by id;

-- name: find_referrals
-- Until when these invitations lead to whoever sent them.
select account, id, expires_at from referral
where bucket = any ($1::smallint[]) and shop = $2 and account = any ($3::bigint[]) and id = any ($4::bigint[]);

-- name: still_invited
-- Of all invitations to an address the oldest that has not ended by an instant.
select account, id from referral
where bucket between 0 and 1023 and shop = $1 and destination = $2 and expires_at > $3 order by sent_at, id limit 1;

-- name: insert_referrals
-- New invitations.
insert into referral (bucket, shop, account, id, code, channel, destination, sent_at, expires_at)
select n.bucket, $1, n.account, n.id, n.code, n.channel, n.destination, n.sent_at, n.expires_at
from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[])
     as n (bucket, account, id, code, channel, destination, sent_at, expires_at);

-- name: lead_invited
-- Lets addresses lead to the invitations sent there; where somebody else invited before, that one counts.
insert into identity (bucket, shop, kind, key, account, number)
select n.bucket, $1, 'invited', n.key, n.account, n.number
from unnest($2::smallint[], $3::text[], $4::bigint[], $5::bigint[]) as n (bucket, key, account, number)
order by n.bucket, n.key
on conflict do nothing;

-- name: lead_invited_again
-- Lets addresses of which whoever invited first is gone lead to the oldest invitation that was sent there beside.
insert into identity (bucket, shop, kind, key, account, number)
select distinct on (n.bucket, n.key) n.bucket, $1, 'invited', n.key, r.account, r.id
from unnest($2::smallint[], $3::text[]) as n (bucket, key)
join referral r on r.bucket between 0 and 1023 and r.shop = $1 and r.destination = n.key
order by n.bucket, n.key, r.sent_at, r.id
on conflict do nothing;

-- name: follow_invited
-- Addresses that led to invitations of somebody who was merged lead to the other: to the same ones, by their present ids.
update identity i set account = $2, number = n.number
from unnest($4::smallint[], $5::text[], $6::bigint[], $7::bigint[]) as n (bucket, key, former, number)
where i.bucket = any ($4) and i.bucket = n.bucket and i.shop = $1 and i.kind = 'invited' and i.key = n.key and i.account = $3
    and i.number = n.former;

-- name: read_acceptances
-- Friends who came by a member's invitations, the first first.
select friend, referral, id, qualified_at, matures_at, change_id, points, rejected from acceptance
where bucket = $1 and shop = $2 and account = $3 order by id;

-- name: insert_acceptance
-- A friend came.
insert into acceptance (bucket, shop, account, friend, referral, id, qualified_at, matures_at, change_id, points, rejected)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: reject_acceptance
-- What a friend gave was taken back.
update acceptance set rejected = $5 where bucket = $1 and shop = $2 and account = $3 and friend = $4;

-- name: note_referrals_due
-- Orders to be looked at for a referral; 0: the member, for a welcome.
insert into referral_due (bucket, shop, account, order_number)
select n.bucket, $1, n.account, n.order_number
from unnest($2::smallint[], $3::bigint[], $4::bigint[]) as n (bucket, account, order_number)
on conflict do nothing;

-- name: note_friends_due
-- Members to be looked at for a welcome: a name that they came by is an invitation's.
insert into referral_due (bucket, shop, account, order_number)
select distinct n.bucket, $1::integer, n.account, 0
from unnest($2::smallint[], $3::bigint[], $4::smallint[], $5::text[], $6::text[])
     as n (bucket, account, key_bucket, kind, key)
join identity i on i.bucket = n.key_bucket and i.shop = $1 and i.kind = n.kind and i.key = n.key
order by 1, 3
on conflict do nothing;

-- name: which_referrals_due
-- Of these members, the orders that are to be looked at, or 0: the member, for a welcome.
select account, order_number from referral_due where bucket = any ($1::smallint[]) and shop = $2 and account = any ($3::bigint[])
order by account, order_number;

-- name: all_referrals_due
-- Members of whom an order is to be looked at.
select distinct account from referral_due where bucket between 0 and 1023 and shop = $1 order by account limit $2;

-- name: delete_referral_due
-- This one was looked at.
delete from referral_due where bucket = $1 and shop = $2 and account = $3 and order_number = $4;

-- name: delete_referrals_due
-- None of these members is to be looked at any more.
delete from referral_due where bucket = any ($1::smallint[]) and shop = $2 and account = any ($3::bigint[]);

-- name: undo_acceptances
-- What these changes gave for a friend was taken back by staff.
update acceptance a set points = 0
from unnest($2::smallint[], $3::bigint[], $4::bigint[]) as n (bucket, account, change_id)
where a.bucket = any ($2) and a.bucket = n.bucket and a.shop = $1 and a.account = n.account and a.change_id = n.change_id;

-- name: take_referrals
-- Invitations of somebody who was merged are the other's.
insert into referral (bucket, shop, account, id, code, channel, destination, sent_at, expires_at)
select $1, $2, $3, o.id, o.code, o.channel, o.destination, o.sent_at, o.expires_at
from referral o where o.bucket = $4 and o.shop = $2 and o.account = $5;

-- name: renumber_referral
-- An invitation has another id, also for those who came by it.
with came as (
    update acceptance set referral = $5 where bucket = $1 and shop = $2 and account = $3 and referral = $4
)
update referral set id = $5 where bucket = $1 and shop = $2 and account = $3 and id = $4;

-- name: take_acceptances
-- Friends of somebody who was merged are the other's.
insert into acceptance (bucket, shop, account, friend, referral, id, qualified_at, matures_at, change_id, points, rejected)
select $1, $2, $3, o.friend, o.referral, o.id, o.qualified_at, o.matures_at, o.change_id, o.points, o.rejected
from acceptance o where o.bucket = $4 and o.shop = $2 and o.account = $5
on conflict do nothing;

-- name: delete_referrals
-- Takes a member's invitations away.
delete from referral where bucket = $1 and shop = $2 and account = $3;

-- name: delete_acceptances
-- Takes away who came by them.
delete from acceptance where bucket = $1 and shop = $2 and account = $3;

-- name: disclose_referrals
-- The newest invitations of a member.
select id, code, channel, destination, sent_at from referral
where bucket = $1 and shop = $2 and account = $3 order by sent_at desc, id desc limit $4;
