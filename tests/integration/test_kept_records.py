"""Kept records: the text beside an account is what lookups and snapshots tell while it holds, and no longer."""

from __future__ import annotations

import asyncpg
import msgspec
import pytest

from leal.engine.commands import Shop, Who
from leal.engine.engine import Engine
from leal.rules.mapped import View
from leal.rules.programme.shipped_mappings import SHIPPED
from leal.rules.record import Record
from leal.values import instant_of
from tests.engines import programme, push

FALSE = '"points_balance":7'
NAMES = ['an"na', "b\\en", "zoé/ü", "d e+f&g", "ünï-🙂"]


async def lines(engine: Engine, shop: Shop) -> list[bytes]:
    """The whole snapshot."""
    return sorted(b"".join([part.lines async for part in engine.feed_lines(shop)]).splitlines())


async def test_lines_are_records_byte_for_byte(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push(name, f"{name}-1", 100) for name in NAMES])
    await engine.push_orders(shop, [push(Who(email="fay@example.com"), "fay-1", 100)])
    found = await engine.records(shop, NAMES)
    assert list(found) == NAMES
    told = {msgspec.json.decode(one)["customer_id"]: one for one in await lines(engine, shop)}
    assert {name: told[name] for name in NAMES} == {name: msgspec.json.encode(found[name]) for name in NAMES}
    assert {name: told[name] for name in NAMES} == {name: await engine.record_text(shop, name) for name in NAMES}
    (own,) = told.keys() - set(NAMES)
    assert (await engine.records(shop, [own]))[own] == msgspec.json.decode(told[own], type=Record)


async def test_what_is_kept_is_told_until_it_no_longer_holds(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])

    async def points() -> set[int]:
        """What every way to the record tells, once a false one is kept."""
        await admin.execute("update account set record = regexp_replace(record, '\"points_balance\":\\d+', $1)", FALSE)
        pages = [one async for page in engine.feed_snapshot(shop) for one in page.told]
        first = (await engine.feed_page(shop, None, 10)).told
        line = msgspec.json.decode((await lines(engine, shop))[0], type=Record)
        looked_up = msgspec.json.decode(await engine.record_text(shop, "anna") or b"", type=Record)
        told = [*pages, *first, line, looked_up, (await engine.records(shop, ["anna"]))["anna"]]
        return {one.points_balance for one in told}

    assert await points() == {7}
    await admin.execute("update account set number = number + 1")
    assert await points() == {100}
    await admin.execute("update account set number = number - 1, settled_version = 0")
    assert await points() == {100}
    await admin.execute("update account set settled_version = 1, record_due_at = settled_at")
    assert await points() == {100}
    await admin.execute("update account set record_due_at = 'infinity', record = null")
    assert await points() == {100}


async def test_when_time_changes_a_record_is_noted_only_where_nothing_falls_due_by_then(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    query = "select next_due_at, record_due_at, record_due_at = 'infinity' as is_never from account"
    await engine.push_orders(shop, [push("anna", "anna-1", 300)])
    noted = await admin.fetchrow(query)
    assert noted is not None
    assert (noted["record_due_at"] < noted["next_due_at"], noted["is_never"]) == (True, False)
    await engine.publish(shop, programme(3), author="test")
    await engine.push_orders(shop, [push("anna", "anna-2", 10)])
    waiting = await admin.fetchrow(query)
    assert waiting is not None
    assert (waiting["next_due_at"] < noted["record_due_at"], waiting["is_never"]) == (True, True)
    await engine.advance_clock(shop, instant_of(waiting["next_due_at"]))
    await engine.keep_up(shop)
    assert await admin.fetchrow(query) == noted


async def test_records_that_a_condition_decides_are_not_kept(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    text = programme().replace("requires: {spend: 200}", "requires: {spend: 200, condition: member.orders >= 1}")
    await engine.publish(shop, text, author="test")
    await engine.push_orders(shop, [push("anna", "anna-1", 100), push("ben", "ben-1", 900)])
    query = "select shopid from account join customer on customer.account = id where record is not null"
    kept = await admin.fetch(query)
    assert [row["shopid"] for row in kept] == ["ben"]  # whose next tier asks for no such thing
    told = [msgspec.json.decode(line, type=Record).customer_id for line in await lines(engine, shop)]
    assert told == ["anna", "ben"]


MAPPINGS = """
datasource:
  mappings:
    - slug: days
      dates: DD/MM/YYYY
      fields: [{name: id, from: customer_id}, {name: loyalty.since, from: member_since}, {name: kind, constant: x}]
    - slug: names
      tier_names: {friend: FRIEND}
      fields: [{name: id, from: customer_id}, {name: tier, from: tier}]
    - slug: computed
      fields: [{name: id, from: customer_id}, {name: rich, cel: points_balance > 100}]
    - slug: near
      expiring: within_window
      window_days: 366
      fields: [{name: id, from: customer_id}, {name: lapse, from: points_expiring}]
"""


@pytest.mark.parametrize("slug", [*SHIPPED, "days", "names", "computed", "near"])
async def test_mappings_write_the_same_of_what_is_kept(
    engine: Engine, shop: Shop, admin: asyncpg.Connection[asyncpg.Record], slug: str
) -> None:
    await engine.publish(shop, programme() + MAPPINGS, author="test")
    pushed = [push(name, f"{name}-1", 100 + 250 * number) for number, name in enumerate(NAMES)]
    await engine.push_orders(shop, pushed)

    async def told() -> dict[str, bytes]:
        """What the mapping writes of everybody."""
        page = await engine.feed_page(shop, None, 100, View(slug))
        written = [msgspec.json.encode(one) for one in page.told]
        return {next(name for name in NAMES if _named(name) in one): one for one in written}

    of_kept = await told()
    assert len(of_kept) == len(NAMES)
    await admin.execute("update account set record = null")
    assert await told() == of_kept


def _named(name: str) -> bytes:
    return msgspec.json.encode(name)
