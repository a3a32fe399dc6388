-- Whose pages may call a shop, and what each of its keys may do.

alter table shop add column origins text[] not null default '{}';

alter table token_key add column scope text not null default 'shop';
alter table token_key add column opaque boolean not null default false;

-- squawk-ignore constraint-missing-not-valid
alter table shop add constraint origins_whole
    check (cardinality(origins) <= 100 and coalesce(array_ndims(origins), 1) = 1 and array_position(origins, null) is null);
-- squawk-ignore constraint-missing-not-valid
alter table token_key add constraint scope_known check (scope in ('shop', 'read', 'feed', 'push'));
-- squawk-ignore constraint-missing-not-valid
alter table token_key add constraint opaque_is_a_digest check (not opaque or length(secret) = 32);

-- squawk-ignore require-concurrent-index-creation
create unique index token_key_opaque on token_key (shop, secret) where opaque;
