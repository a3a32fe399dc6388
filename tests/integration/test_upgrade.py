"""Upgrades: a database as an earlier release left it, with its data, comes to this release and reads as before."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from leal.api.balance import balance_result
from leal.api.shapes import encode
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.server.serving import check_schema
from leal.store.db import Database
from leal.store.migrate import UnknownSchema, migrate, migrations, state
from leal.values import MICRO
from tests.databases import DatabaseUrls
from tests.engines import FOUNDED_AT, adjust, found_shop, key, new_engine, push, redeem, who

RECORDED = Path(__file__).parent / "upgrades"
RELEASES = sorted(path.name.removesuffix(".sql.gz") for path in RECORDED.glob("*.sql.gz"))
DAY_MICROS = 86_400 * MICRO


SENTENCES = {"desc", "extra_desc"}
"""Parts of a balance that are said in words, made of figures beside them: a release may say them better."""


class Told(msgspec.Struct):
    """What a member was told of an instant, by the release that was recorded; see upgrades/record.py."""

    shop: str
    customer: str
    at: int
    document: dict[str, Any]


async def restore(urls: DatabaseUrls, release: str) -> None:
    """Read the dump into an empty database, as an operator would."""
    admin = await asyncpg.connect(urls.admin)
    await admin.execute(gzip.decompress((RECORDED / f"{release}.sql.gz").read_bytes()).decode())
    await admin.close()


async def accounts(urls: DatabaseUrls) -> dict[int, dict[str, Any]]:
    """Every account's row."""
    admin = await asyncpg.connect(urls.admin)
    rows = await admin.fetch("select id, to_jsonb(account) as row from public.account")
    await admin.close()
    return {row["id"]: json.loads(row["row"]) for row in rows}


def differences(before: Any, after: Any, path: str) -> Iterator[str]:
    """What was told before and is told otherwise now; what is told besides is new."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if name not in SENTENCES:
                yield from differences(value, after.get(name), f"{path}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, value in enumerate(before):
            yield from differences(value, after[number], f"{path}[{number}]")
    elif before != after:
        yield f"{path}: {before!r} before, {after!r} now"


async def now_told(engine: Engine, shops: dict[str, Shop], told: Told) -> Any:
    shop = shops[told.shop]
    balance = await engine.balance(shop, who(told.customer), full=True, unused=True, at=told.at)
    return msgspec.json.decode(encode(balance_result(shop.slug, balance, full=True, unused=True)))


def test_a_release_is_recorded() -> None:
    assert "0.1.0" in RELEASES


@pytest.mark.parametrize("release", RELEASES)
async def test_a_database_is_upgraded_with_its_data(empty_database: DatabaseUrls, release: str) -> None:
    await restore(empty_database, release)
    with pytest.raises(UnknownSchema) as behind:
        (await state(empty_database.app)).require_current()
    assert behind.value.remedy == "Run `leal migrate`."
    before = await accounts(empty_database)
    applied = await migrate(empty_database.owner)
    assert applied == [migration.name for migration in migrations()][-len(applied) :]
    after = await accounts(empty_database)
    assert before.keys() == after.keys()
    assert [found for id_, row in before.items() for found in differences(row, after[id_], str(id_))] == []

    db = await Database.open(empty_database.app)
    engine = await new_engine(db)
    shops = {shop.slug: shop for shop in await engine.shops()}
    verified = [await engine.verify(shop) for shop in shops.values()]
    assert [one.faults for one in verified] == [[]] * len(shops)
    assert sum(one.accounts for one in verified) == len(before)

    told = msgspec.json.decode(gzip.decompress((RECORDED / f"{release}.json.gz").read_bytes()), type=list[Told])
    changed = [
        found
        for one in told
        for found in differences(one.document, await now_told(engine, shops, one), f"{one.customer} at {one.at}")
    ]
    assert changed == []
    assert len(told) > 80

    await live_on(engine, shops["corner"], max(one.at for one in told if one.shop == "corner"))
    for shop in shops.values():
        assert (await engine.verify(shop)).faults == []
    await engine.close()
    await db.close()


async def live_on(engine: Engine, shop: Shop, after_at: int) -> None:
    """Members of the earlier release earn, redeem and are kept up under this one; its secrets can be read."""
    await engine.advance_clock(shop, max(after_at, await engine.now(shop)) + 40 * DAY_MICROS)
    had = (await engine.balance(shop, who("anna"))).standing.account
    assert (await engine.push_orders(shop, [push("anna", "later", 100), push("anna", "a1", 290)]))[0].problems == []
    await engine.redeem(shop, redeem("anna", 50, key("later")))
    has = (await engine.balance(shop, who("anna"))).standing.account
    assert (has.earned, has.redeemed) == (had.earned + 90, had.redeemed + 50)
    assert await engine.signing_key(shop, "first") is not None


async def test_a_server_at_work_lives_through_an_expanding_migration(database_urls: DatabaseUrls, db: Database) -> None:
    """The release before goes on while the tables grow: servers are replaced one by one, after `leal migrate`."""
    engine = await new_engine(db)
    shop = await found_shop(engine)
    work = [push("anna", "o1", 100), push("bert", "o2", 100)]
    assert not any(one.problems for one in await engine.push_orders(shop, work))
    await engine.redeem(shop, redeem("anna", 10))
    owner = await asyncpg.connect(database_urls.owner)
    tables = await owner.fetch("select tablename::text as name from pg_tables where schemaname = 'public'")
    for table in tables:
        await owner.execute(f"alter table {table['name']} add column to_come text not null default ''")
    await owner.execute("create table to_come (id int primary key)")
    await owner.execute("insert into migration (name, checksum) values ('9999_to_come', sha256('to come'))")
    await owner.close()
    assert (await state(database_urls.app)).kind == "ahead"
    await check_schema(database_urls.app)
    assert not any(one.problems for one in await engine.push_orders(shop, [push("anna", "o1", 80), *work]))
    await engine.redeem(shop, redeem("anna", 10))
    await engine.adjust(shop, adjust("bert", "give_points", 10))
    await engine.advance_clock(shop, FOUNDED_AT + 500 * DAY_MICROS)
    assert (await engine.balance(shop, who("anna"))).standing.account.expired == 80
    assert (await engine.verify(shop)).faults == []
    await engine.close()
