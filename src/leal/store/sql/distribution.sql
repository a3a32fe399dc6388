-- name: distribution_facts
-- Whether this server has Citus, whether the application may log in, and how many connections of it there are.
select to_regproc('citus_version') is not null as has_citus,
       coalesce((select rolcanlogin from pg_roles where rolname = 'leal_app'), false) as app_may_enter,
       (select count(*) from pg_stat_activity
        where datname = current_database() and application_name = 'leal' and pid <> pg_backend_pid()) as served;

-- name: distribution_is_superuser
select rolsuper from pg_roles where rolname = current_user;

-- name: distribution_release
-- What release of Citus this is.
select citus_version();

-- name: distribution_nodes
-- Servers that may hold parts of the tables.
select count(*) from pg_dist_node where isactive and noderole = 'primary' and shouldhaveshards;

-- name: distribution_placed
-- Tables that Citus has placed already.
select logicalrelid::regclass::text from pg_dist_partition;

-- name: distribution_has_stash
-- Whether a distribution was begun and not ended.
select to_regclass('distribution_key') is not null;

-- name: distribution_stash
-- Foreign keys that are to be put back.
select relation, name, definition from distribution_key;

-- name: distribution_plan
-- The statements that place tables of shops ($1) and of members ($2) but for those placed already ($3), over so many
-- parts ($4); foreign keys are put aside meanwhile, those of a distribution that was begun ($5, $6, $7) too.
with place as (
    select name, number, 'shop' as kind from unnest($1::text[]) with ordinality as t (name, number)
    union all
    select name, number, 'member' from unnest($2::text[]) with ordinality as t (name, number)
), pending as (
    select p.name, p.number, p.kind, c.oid, c.relrowsecurity from place p join pg_class c on c.oid = to_regclass(p.name)
    where p.name <> all ($3::text[])
), keys as (
    select k.conrelid::regclass::text as relation, k.conname::text as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k
    where k.contype = 'f' and (k.conrelid in (select oid from pending) or k.confrelid in (select oid from pending))
    union
    select s.relation, s.name, s.definition
    from unnest($5::text[], $6::text[], $7::text[]) as s (relation, name, definition)
    where exists (select from pending) or not exists (
        select from pg_constraint k where k.conrelid = to_regclass(s.relation) and k.conname = s.name)
)
select step, statement from (
    select 'row-level security' as step, 1 as place, number, name, format('alter table %I no force row level security, disable row level security', name) as statement
    from pending where relrowsecurity
    union all
    select 'triggers', 2, p.number, t.tgname, format('drop trigger %I on %I', t.tgname, p.name)
    from pending p join pg_trigger t on t.tgrelid = p.oid and not t.tgisinternal
    union all
    select 'foreign keys aside', 3, 0, '', 'create table if not exists distribution_key (relation text, name text, definition text, primary key (relation, name))'
    where exists (select from keys)
    union all
    select 'foreign keys aside', 4, 0, relation || name, format('insert into distribution_key values (%L, %L, %L) on conflict do nothing', relation, name, definition)
    from keys
    union all
    select 'foreign keys aside', 5, 0, relation || name, format('alter table %I drop constraint if exists %I', relation, name)
    from keys
    union all
    select 'tables of shops: a copy on each server', 6, number, '', format('select create_reference_table(%L)', name)
    from pending where kind = 'shop'
    union all
    select 'tables of members: spread by bucket', 7, number, '',
           format('select create_distributed_table(%L, ''bucket'', ', name)
           || case when number = 1 then format('shard_count => %s)', $4::integer)
                   else format('colocate_with => %L)', ($2::text[])[1]) end
    from pending where kind = 'member'
    union all
    select 'what was left where the tables were', 8, number, kind, format('select truncate_local_data_after_distributing_table(%L)', name)
    from pending
    union all
    select 'foreign keys again', 9, 0, relation || name, format('alter table %I add constraint %I %s', relation, name, definition)
    from keys
    union all
    select 'foreign keys again', 10, 0, '', 'drop table if exists distribution_key'
    where exists (select from keys) or cardinality($5::text[]) > 0
) as plan
order by place, number, name;
