"""Distribution: every table is placed once, in order, whatever was done before; what stands in the way is told first.

There is no Citus here. Functions of the same names stand in for it: they write down what was asked of them, and refuse
what Citus refuses.
"""

from __future__ import annotations

from typing import TypeAlias

import asyncpg
import pytest

from leal.engine.engine import Engine
from leal.store.distribution import DistributionFailed, NotDistributable, Step, distribute, plan
from leal.store.migrate import migrate, state
from leal.store.placement import MEMBERS, REFERENCE
from tests.databases import DatabaseUrls

STAND_IN = """
create table pg_dist_partition (logicalrelid regclass primary key, number serial, asked text);
create table pg_dist_node (isactive boolean, noderole text, shouldhaveshards boolean);
grant all on all tables in schema public to leal_owner;
grant all on all sequences in schema public to leal_owner;
create function citus_version() returns text language sql return 'Citus 13.0.1 on x86_64';
create function place(name regclass, asked text) returns void language plpgsql as $$
begin
    if exists (select from pg_trigger where tgrelid = name and not tgisinternal) then
        raise exception 'cannot distribute relation "%" because it has triggers', name;
    elsif exists (select from pg_constraint where contype = 'f' and (conrelid = name or confrelid = name)) then
        raise exception 'cannot distribute relation "%" because of foreign keys', name;
    elsif (select relrowsecurity from pg_class where oid = name) then
        raise exception 'rows of "%" would stay behind', name;
    end if;
    insert into pg_dist_partition (logicalrelid, asked) values (name, asked);
end $$;
create function create_reference_table(name regclass) returns void language sql as $$ select place($1, 'reference') $$;
create function create_distributed_table(
    name regclass, by text, colocate_with text default null, shard_count int default 0)
    returns void language sql as $$ select place($1, by || coalesce(', with ' || $3, format(', %s shards', $4))) $$;
create function truncate_local_data_after_distributing_table(name regclass) returns void language plpgsql as $$
begin
    if not exists (select from pg_dist_partition where logicalrelid = name) then
        raise exception '% is not distributed', name;
    end if;
end $$;
"""

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def citus(admin: Admin) -> Admin:
    """A server of a cluster, as far as the command can see."""
    await admin.execute(STAND_IN)
    await admin.execute("insert into pg_dist_node values (true, 'primary', true)")
    return admin


async def keys(conn: Admin) -> set[tuple[str, str, str]]:
    rows = await conn.fetch(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'f'"
    )
    return {(row[0], row[1], row[2]) for row in rows}


async def asked(conn: Admin) -> list[tuple[str, str]]:
    rows = await conn.fetch("select logicalrelid::regclass::text, asked from pg_dist_partition order by number")
    return [(row[0], row[1]) for row in rows]


EVERY = [(name, "reference") for name in REFERENCE] + [
    (name, "bucket, 32 shards" if name == "account" else "bucket, with account") for name in MEMBERS
]


@pytest.mark.parametrize("who", ["admin", "owner"])
async def test_every_table_is_placed_once_and_in_order(citus: Admin, database_urls: DatabaseUrls, who: str) -> None:
    url = getattr(database_urls, who)
    before = await keys(citus)
    done: list[Step] = []
    found = await plan(url)
    assert await distribute(url, 32, done.append) == len(done)
    assert done == list(found.steps)
    assert await asked(citus) == EVERY
    assert await keys(citus) == before
    assert len(before) > 30
    assert await citus.fetchval("select count(*) from pg_trigger where not tgisinternal") == 0
    assert await citus.fetchval("select count(*) from pg_class where relrowsecurity") == 0
    again = await plan(url)
    assert (again.placed, again.steps, again.hindrances) == (len(EVERY), (), ())
    assert await distribute(url, 32, done.append) == 0


async def test_what_is_printed_is_whole(database_urls: DatabaseUrls) -> None:
    """Without Citus it is made all the same, to be read; and tells what is missing."""
    found = await plan(database_urls.admin, 64)
    texts = [step.statement for step in found.steps]
    assert "select create_reference_table('shop')" in texts
    assert "select create_distributed_table('account', 'bucket', shard_count => 64)" in texts
    assert "select create_distributed_table('entry', 'bucket', colocate_with => 'account')" in texts
    assert texts.index("select create_reference_table('content_day')") + 1 == texts.index(
        "select create_distributed_table('account', 'bucket', shard_count => 64)"
    )
    assert (
        "alter table entry add constraint entry_bucket_shop_account_fkey "
        "FOREIGN KEY (bucket, shop, account) REFERENCES account(bucket, shop, id)"
    ) in texts
    assert "drop trigger entry_append_only on entry" in texts
    assert texts[-1] == "drop table if exists distribution_key"
    assert [what for what, _ in found.hindrances] == ["This database has no Citus."]
    with pytest.raises(NotDistributable) as refused:
        await distribute(database_urls.admin, 64, lambda step: None)
    assert "create extension citus" in refused.value.remedy


async def test_all_that_is_in_the_way_is_told_at_once(
    engine: Engine, citus: Admin, database_urls: DatabaseUrls
) -> None:
    await citus.execute("update pg_dist_node set isactive = false")
    await citus.execute("create or replace function citus_version() returns text language sql return 'Citus 11.3.0'")
    await engine.shops()
    with pytest.raises(NotDistributable) as refused:
        await distribute(database_urls.admin, 32, lambda step: None)
    for part in ("Citus 11.3.0 is too old.", "No server of the cluster", "connections of Leal's servers are open"):
        assert part in refused.value.message
    for part in ("Citus 12", "citus_add_node", "Stop every `leal serve`"):
        assert part in refused.value.remedy
    assert await asked(citus) == []


@pytest.mark.parametrize("name", ["token_key", "account", "entry_note", "record_change"])
async def test_a_distribution_that_broke_off_goes_on(citus: Admin, database_urls: DatabaseUrls, name: str) -> None:
    before = await keys(citus)
    await citus.execute(
        f"alter table pg_dist_partition add constraint full_disk check (logicalrelid <> '{name}'::regclass)"
    )
    with pytest.raises(DistributionFailed, match=f"'{name}'.*full_disk"):
        await distribute(database_urls.admin, 32, lambda step: None)
    await citus.execute("alter table pg_dist_partition drop constraint full_disk")
    await distribute(database_urls.admin, 32, lambda step: None)
    assert await asked(citus) == EVERY
    assert await keys(citus) == before


async def test_foreign_keys_are_put_back_where_that_broke_off(citus: Admin, database_urls: DatabaseUrls) -> None:
    before = await keys(citus)

    def stop(step: Step) -> None:
        if step.statement.startswith("alter table hold add constraint"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await distribute(database_urls.admin, 32, stop)
    assert 0 < len(await keys(citus)) < len(before)
    await distribute(database_urls.admin, 32, lambda step: None)
    assert await keys(citus) == before
    assert (await plan(database_urls.admin)).steps == ()


async def test_migrations_go_on_afterwards(citus: Admin, database_urls: DatabaseUrls) -> None:
    await distribute(database_urls.admin, 32, lambda step: None)
    assert await migrate(database_urls.owner) == []
    assert (await state(database_urls.app)).kind == "current"


async def test_a_table_that_a_later_release_brings_is_placed_then(citus: Admin, database_urls: DatabaseUrls) -> None:
    await distribute(database_urls.admin, 32, lambda step: None)
    await citus.execute("delete from pg_dist_partition where logicalrelid = 'hold'::regclass")
    before = await keys(citus)
    await distribute(database_urls.admin, 32, lambda step: None)
    assert (await asked(citus))[-1][0] == "hold"
    assert await keys(citus) == before
