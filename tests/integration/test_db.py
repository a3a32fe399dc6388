"""The queue of connections: what each shows, and what becomes of it after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import pytest

from leal.errors import Unavailable
from leal.store.db import ConnectionLost, Database
from leal.values import DAY, NEVER
from tests.databases import DatabaseUrls


async def shown(conn: asyncpg.Connection[asyncpg.Record]) -> str:
    """The shop the session shows."""
    return str(await conn.fetchval("select current_setting('leal.shop')"))


async def backend(conn: asyncpg.Connection[asyncpg.Record]) -> int:
    """The process that serves the session."""
    return int(await conn.fetchval("select pg_backend_pid()"))


async def test_each_lending_shows_its_own_shop(db: Database) -> None:
    async with db.shop(7) as conn:
        assert await shown(conn) == "7"
    async with db.transaction(8) as conn:
        assert await shown(conn) == "8"
    async with db.directory() as conn:
        assert await shown(conn) == ""
    with pytest.raises(ValueError, match="no shop"):
        async with db.shop(0):
            pass


async def test_a_connection_is_used_again_last_in_first_out(db: Database) -> None:
    async with db.shop(1) as first, db.shop(1) as second:
        assert await backend(first) != await backend(second)
        last = await backend(first)  # is given back after the second
    async with db.shop(1) as conn:
        assert await backend(conn) == last


async def test_a_connection_that_shows_the_shop_already_is_preferred(db: Database) -> None:
    async with db.shop(1) as first, db.shop(2) as second:
        of_two = await backend(second)
        assert await backend(first) != of_two
    async with db.shop(2) as conn:
        assert await backend(conn) == of_two


async def test_a_transaction_rolls_back_on_an_error(db: Database) -> None:
    async def fail() -> None:
        async with db.directory() as conn, conn.transaction():
            await conn.execute("insert into shop (slug) values ('gone')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with db.directory() as conn:
        assert await conn.fetchval("select count(*) from shop") == 0


async def test_a_setting_changed_and_rolled_back_inside_does_not_reach_the_next(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction(1) as conn:
            await conn.execute("select set_config('leal.shop', '2', false)")
            await conn.execute("select 1 / 0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await fail()
    async with db.shop(1) as conn:
        assert await shown(conn) == "1"


async def test_a_transaction_left_open_costs_the_connection(db: Database) -> None:
    async with db.shop(1) as conn:
        spoilt = await backend(conn)
        await conn.execute("begin")
    async with db.shop(1) as conn:
        assert await backend(conn) != spoilt
        assert not conn.is_in_transaction()


async def test_a_cancelled_caller_leaves_a_usable_queue(database_urls: DatabaseUrls) -> None:
    db = await Database.open(database_urls.app, connections=1)

    async def slow() -> None:
        async with db.transaction(1) as conn:
            await conn.execute("select pg_sleep(30)")

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), db.shop(2) as conn:
        assert await shown(conn) == "2"
    await db.close()


async def test_broken_connections_are_replaced(db: Database, database_urls: DatabaseUrls) -> None:
    async with db.shop(1) as conn, db.shop(1):
        broken = await backend(conn)
    admin = await asyncpg.connect(database_urls.admin)
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    await admin.close()
    await asyncio.sleep(0.1)
    async with db.shop(1) as conn:
        assert await backend(conn) != broken
        assert await shown(conn) == "1"


async def test_never_more_connections_than_set(database_urls: DatabaseUrls) -> None:
    db = await Database.open(database_urls.app, connections=2)
    backends: set[int] = set()

    async def use() -> None:
        async with db.shop(1) as conn:
            backends.add(await backend(conn))

    await asyncio.gather(*(use() for _ in range(20)))
    assert len(backends) <= 2
    await db.close()
    with pytest.raises(Unavailable):
        async with db.shop(1):
            pass


async def test_instants_are_microseconds(db: Database) -> None:
    async with db.directory() as conn:
        for at in (0, DAY, -DAY, 1_714_555_353_000_001, NEVER):
            assert await conn.fetchval("select $1::timestamptz", at) == at
        assert await conn.fetchval("select $1::timestamptz[]", [1, NEVER]) == [1, NEVER]
        assert await conn.fetchval("select timestamptz '1970-01-01 00:00:01Z'") == 1_000_000
        assert await conn.fetchval("select $1 = timestamptz 'infinity'", NEVER) is True
        with pytest.raises(ValueError, match="no instant"):
            await conn.fetchval("select timestamptz '-infinity'")


async def test_jsonb_is_text(db: Database) -> None:
    async with db.directory() as conn:
        assert await conn.fetchval("select $1::jsonb -> 'a'", '{"a": [1]}') == "[1]"


async def test_a_superuser_acts_as_the_application(database_urls: DatabaseUrls) -> None:
    db = await Database.open(database_urls.admin)
    async with db.directory() as conn:
        await conn.execute("reset all")
        assert await conn.fetchval("select current_user::text") == "leal_app"
    await db.close()


async def test_the_owner_may_not_act_as_the_application(database_urls: DatabaseUrls) -> None:
    with pytest.raises(Unavailable) as refused:
        await Database.open(database_urls.owner)
    assert "grant leal_app" in refused.value.remedy


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("postgresql://leal_app@127.0.0.1:1/leal", "See that it runs"),
        ("postgresql://leal_app@/leal?host=/nonexistent", "See that it runs"),
        ("mysql://somewhere", "LEAL_DATABASE_URL is right"),
    ],
)
async def test_an_unreachable_database_names_the_remedy(url: str, remedy: str) -> None:
    with pytest.raises(Unavailable) as refused:
        await Database.open(url)
    assert remedy in refused.value.remedy


async def test_an_unknown_database_names_the_remedy(server_urls: DatabaseUrls) -> None:
    with pytest.raises(Unavailable, match="no such database"):
        await Database.open(server_urls.named("nowhere").app)


@pytest.mark.parametrize("sent", range(12))
async def test_a_connection_cut_while_it_is_made_is_an_unreachable_database(
    database_urls: DatabaseUrls, sent: int, tmp_path: Path
) -> None:
    """The server may go at any moment, also between letting a session in and its first answer."""
    async with relayed(database_urls.app, tmp_path, cut_after=sent) as url:
        with pytest.raises(Unavailable) as told:
            await show_shops(url)
    assert not isinstance(told.value, ConnectionLost), "nothing was under way"


async def show_shops(url: str) -> None:
    """One shop after another over one connection."""
    db = await Database.open(url)
    try:
        for shop in range(1, 20):
            async with db.shop(shop):
                pass
    finally:
        await db.close()


@asynccontextmanager
async def relayed(url: str, folder: Path, *, cut_after: int) -> AsyncIterator[str]:
    """The same database behind a door of its own, which falls shut for all after so many pieces from the client."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    passed = 0

    async def relay(source: asyncio.StreamReader, target: asyncio.StreamWriter, counted: bool) -> None:
        nonlocal passed
        while piece := await source.read(65536):
            passed += counted
            if passed > cut_after:
                break
            target.write(piece)
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(
            f"{given['host']}/.s.PGSQL.{given.get('port', 5432)}"
        )
        await asyncio.gather(relay(reader, to_server, True), relay(from_server, writer, False), return_exceptions=True)

    door = await asyncio.start_unix_server(serve, folder / ".s.PGSQL.5432")
    async with door:
        yield urlunsplit(parts._replace(query=urlencode({**given, "host": str(folder), "port": "5432"})))
