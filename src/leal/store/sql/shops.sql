-- name: shop_by_slug
select id, slug, sandbox, clock_offset, programme_version, origins from shop where slug = $1;

-- name: all_shops
select id, slug, sandbox, clock_offset, programme_version, origins from shop order by slug;

-- name: insert_shop
insert into shop (slug, sandbox, clock_offset) values ($1, $2, $3)
on conflict (slug) do nothing returning id, slug, sandbox, clock_offset, programme_version, origins;

-- name: shop_clock
-- The real time, and what makes the shop's own of it; read after the locks (S1.4).
select clock_timestamp() as real_at, clock_offset, programme_version, settled_version from shop where id = $1;

-- name: waiting_since
-- How long somebody has been due, in microseconds of the shop's clock; null: nobody is. A version of the programme that
-- took effect makes every member due; whoever is to be looked at for a referral is due now.
select (extract(epoch from c.now_at - least(
           (select least(a.next_due_at, a.next_notice_at) from account a
            where a.shop = c.id and least(a.next_due_at, a.next_notice_at) <= c.now_at
              and least(a.next_due_at, a.next_notice_at) < 'infinity'
            order by least(a.next_due_at, a.next_notice_at) limit 1),
           (select a.record_due_at from account a
            where a.shop = c.id and a.record_due_at <= c.now_at and a.record_due_at < 'infinity'
            order by a.record_due_at limit 1),
           (select min(v.effective_at) from programme_version v
            where v.shop = c.id and v.version > c.settled_version and v.effective_at <= c.now_at),
           (select c.now_at from referral_due r where r.bucket between 0 and 1023 and r.shop = c.id limit 1)
       )) * 1000000)::bigint
from (select id, settled_version, clock_timestamp() + clock_offset * interval '1 microsecond' as now_at
      from shop where id = $1) as c;

-- name: set_settled_version
-- Notes that every member is settled under a version.
update shop set settled_version = greatest(settled_version, $2) where id = $1;

-- name: lock_shop
-- Holds the shop's clock and programme still while either is moved.
select clock_timestamp() as real_at, clock_offset, programme_version from shop where id = $1 for update;

-- name: set_clock
update shop set clock_offset = $2 where id = $1;

-- name: set_origins
-- Whose pages may call the shop; gives the new list.
update shop set origins = array(
    select distinct origin from unnest(origins || $2::text[]) as origin where origin <> all ($3::text[]) order by origin
) where id = $1 returning origins;

-- name: insert_version
insert into programme_version (shop, version, effective_at, author, note, content_hash, document, approver, wish_key)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: version_of_wish
select version from programme_version where shop = $1 and wish_key = $2;

-- name: set_newest_version
update shop set programme_version = $2 where id = $1;

-- name: all_versions
select version, effective_at, content_hash, document from programme_version where shop = $1 and version > $2 order by version;

-- name: read_version
-- One version, the newest by default.
select version, effective_at, author, approver, note, document from programme_version
where shop = $1 and ($2::integer is null or version = $2) order by version desc limit 1;

-- name: read_token_key
select secret, scope from token_key where shop = $1 and kid = $2 and revoked_at is null and not opaque;

-- name: read_opaque_key
select kid, scope, secret from token_key where shop = $1 and secret = $2 and opaque and revoked_at is null;

-- name: all_token_keys
select kid, scope, opaque, created_at, revoked_at from token_key where shop = $1 order by created_at;

-- name: insert_token_key
insert into token_key (shop, kid, secret, scope, opaque) values ($1, $2, $3, $4, $5)
on conflict (shop, kid) do nothing returning kid;

-- name: revoke_token_key
update token_key set revoked_at = coalesce(revoked_at, now()) where shop = $1 and kid = $2 returning kid;

-- name: insert_rejected
insert into rejected (shop, kind, item, problems)
select $1, new.kind, new.item::jsonb, new.problems::jsonb
from unnest($2::text[], $3::text[], $4::text[]) as new (kind, item, problems);

-- name: all_rejected
select id, kind, item, problems, received_at from rejected where shop = $1 order by id limit $2;

-- name: delete_rejected
delete from rejected where shop = $1 and id = any ($2);

-- name: shop_counts
-- How much the shop holds.
select (select count(*) from order_state where shop = $1 and status <> 'moved') as orders,
       (select count(*) from account where shop = $1 and enrolment not in ('merged', 'erased')) as members,
       (select count(*) from entry where shop = $1) as entries;

-- name: member_count
-- How many members the shop has.
select count(*) from account where shop = $1 and enrolment not in ('merged', 'erased');

-- name: richest_accounts
select a.bucket, a.id, c.shopid from account a
left join customer c on c.bucket = a.bucket and c.shop = a.shop and c.account = a.id
where a.shop = $1 and a.enrolment not in ('merged', 'erased') order by a.available desc, a.id limit $2;

-- name: real_time
select clock_timestamp();
