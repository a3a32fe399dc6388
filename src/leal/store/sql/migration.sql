-- name: migration_try_lock
-- One runner at a time. Polled, never waited in: a waiting statement would hold up `create index concurrently`.
select pg_try_advisory_lock(5495412921);

-- name: migration_roles
-- Makes the two roles where they are missing and this one may; a role that is there already is left as it is.
do $$
declare
    name text;
begin
    foreach name in array array['leal_owner', 'leal_app'] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I nologin nosuperuser nocreatedb nocreaterole nobypassrls', name);
        end if;
        if not (select rolsuper from pg_roles where rolname = current_user) then
            begin
                execute format('grant %I to current_user', name);
            exception when insufficient_privilege then
                null;  -- whether it was granted before shows when the role is taken
            end;
        end if;
    end loop;
    if not has_schema_privilege('leal_owner', 'public', 'create') then
        grant usage, create on schema public to leal_owner;
    end if;
end $$;

-- name: migration_become_owner
-- What the migrations make belongs to leal_owner, whoever runs them.
set role leal_owner;

-- name: migration_table
create table if not exists migration (
    name       text        primary key,
    checksum   bytea       not null check (length(checksum) = 32),
    applied_at timestamptz not null default now()
);
comment on table migration is 'The migrations this schema has been through, with the SHA-256 of each file.';
grant select on migration to leal_app;

-- name: migration_tables
-- What stands in the schema: the runner's own table, and anything else.
select relname = 'migration' as own, relname::text as name from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by relname;

-- name: migration_applied
select name, checksum from migration order by name;

-- name: migration_record
insert into migration (name, checksum) values ($1, $2);
