-- name: doctor_server
-- What the server is set to, as this session meets it.
select current_setting('server_version_num')::integer as version_num, current_setting('server_version') as version,
       current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('full_page_writes') as full_page_writes, pg_is_in_recovery() as replica,
       clock_timestamp() as now_at;

-- name: doctor_room
-- Connections that this login may have, at most.
select least(
           current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
               - coalesce(nullif(current_setting('reserved_connections', true), '')::integer, 0),
           nullif(d.datconnlimit, -1), nullif(r.rolconnlimit, -1)) as connections
from pg_database d, pg_roles r where d.datname = current_database() and r.rolname = session_user;

-- name: doctor_roles
-- The application's role and this login: what neither may be.
select rolname::text as name, rolsuper or rolbypassrls as unbound
from pg_roles where rolname in ('leal_app', session_user) order by rolname;

-- name: doctor_tables
-- Every table, with what keeps its rows to their shop, and what the application may not do to it.
select c.relname::text as name, c.relowner::regrole::text as owner,
       c.relrowsecurity and c.relforcerowsecurity as forced,
       exists (select from pg_policy p where p.polrelid = c.oid) as policy,
       c.relname = 'shop' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'shop'
                                     and not a.attisdropped) as of_shops,
       has_table_privilege('leal_app', c.oid, 'TRUNCATE')
           or c.relname = 'entry' and (has_table_privilege('leal_app', c.oid, 'UPDATE')
                                       or has_table_privilege('leal_app', c.oid, 'DELETE')) as too_much
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname;

-- name: doctor_leaders
-- How many sessions lead upkeep: hold the lock that try_to_lead takes.
select count(*) from pg_locks
where locktype = 'advisory' and granted and objsubid = 1
      and (classid::bigint << 32 | objid::bigint) = 5495412922
      and database = (select oid from pg_database where datname = current_database());

-- name: doctor_secrets
-- Some secrets of a shop that are sealed under the installation's key.
select kid, secret from token_key where shop = $1 and not opaque and revoked_at is null order by created_at desc limit 10;

-- name: doctor_login
select session_user::text;

-- name: doctor_become_app
set role leal_app;
