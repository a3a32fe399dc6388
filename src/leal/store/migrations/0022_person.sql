-- What the rules must have at hand of what was told of a person: in no entry, and gone when the person is erased.

alter table account
    add column person text not null default '{}' constraint person_whole check (json_typeof(person::json) = 'object');

-- The update must see all shops, and is the owner's.
alter table account no force row level security;
alter table customer no force row level security;

update account a
set person = jsonb_build_object(
        'birthday', substr(c.profile ->> 'birthday', 6),
        'birthday_at', (extract(epoch from c.birthday_since) * 1000000)::bigint
    )::text
from customer c
where c.bucket = a.bucket and c.shop = a.shop and c.account = a.id
  and c.birthday_since is not null and coalesce(c.profile ->> 'birthday', '') <> '';

alter table account force row level security;
alter table customer force row level security;
