"""A crew: several processes that store an import come to what one comes to."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE

import msgspec
import pytest

from leal.config import Settings
from leal.engine.commands import CustomerFacts, PushOrder
from leal.engine.engine import Engine
from leal.errors import Problem, Unavailable
from leal.exchange import importing
from leal.exchange.crew import END_SECONDS, Hand, Task, crew
from leal.exchange.storing import packed
from leal.installation import Urls
from leal.rules.orders import Order
from leal.values import MICRO
from tests.databases import DatabaseUrls
from tests.engines import FOUNDED_AT, found_shop, programme, who
from tests.imports import BEGUN_AT, figures, life, take, written


class Broken(Hand):
    """A process that ends once it has stored some parts."""

    def __init__(self, hand: Hand, parts: int) -> None:
        super().__init__(hand._process)
        self._left = parts

    async def store(self, rows: Sequence[bytes]) -> list[list[Problem]]:
        """Store a part, or end."""
        if not self._left:
            self._process.kill()
        self._left -= 1
        return await super().store(rows)


async def test_several_processes_come_to_the_same(
    engine: Engine, database_urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PART", 5)
    monkeypatch.setattr(importing, "PART_MAX", 8)  # so that a member's rows are in several parts
    path = written(tmp_path / "orders.ndjson", life(6, 90))
    alone, beside = await found_shop(engine), await engine.create_shop("beside", sandbox=True, clock_at=FOUNDED_AT)
    await engine.publish(beside, programme().replace("corner", "beside"), author="t")
    await take(engine, alone, path)
    urls, settings = Urls(database_urls.app, ""), Settings(secret_key=bytes(32))

    async with crew(urls, settings, "beside", "orders", 2) as hands:
        with pytest.raises(Unavailable, match="A process that stored a part of the import ended"):
            await take(engine, beside, path, hands=[Broken(hands[0], 3), Broken(hands[1], 3)])
    known = (await engine.counts(beside))["orders"]
    assert 0 < known < 90
    async with crew(urls, settings, "beside", "orders", 3) as hands:
        summary, faults = await take(engine, beside, path, hands=hands)

    assert (summary.known + summary.stored, faults) == (90, [])
    assert summary.known <= known
    for customer in ("anna", "bob", "cleo"):
        assert await figures(engine, beside, customer) == await figures(engine, alone, customer)
    assert (await engine.verify(beside)).faults == []
    assert (await take(engine, beside, path))[0].known == 90


async def test_rows_that_another_process_refuses_are_told(
    engine: Engine, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    shop = await found_shop(engine)
    orders = [
        {
            "id": f"Z{day}",
            "order_time": f"2025-05-{day}T10:00:00Z",
            "customer": {"id": "zoe"},
            "amount_spent": "99999999999",
        }
        for day in range(10, 22)
    ]  # more than a member may ever spend
    path = written(tmp_path / "orders.ndjson", orders)
    async with crew(Urls(database_urls.app, ""), Settings(secret_key=bytes(32)), "corner", "orders", 2) as hands:
        summary, faults = await take(engine, shop, path, hands=hands)
    assert (summary.stored, [fault.line for fault in faults]) == (10, [11, 12])


async def test_a_process_that_cannot_begin_says_why() -> None:
    nowhere = Urls("postgresql://leal_app:x@127.0.0.1:1/nothing", "")
    async with crew(nowhere, Settings(secret_key=bytes(32)), "corner", "orders", 1) as (hand,):
        with pytest.raises(Unavailable, match="The database cannot be reached"):
            await hand.store([b"{}"] * 100_000)  # more than is taken in before it ends


async def test_an_interrupted_import_waits_for_no_answer_that_nobody_reads(
    engine: Engine, database_urls: DatabaseUrls
) -> None:
    await found_shop(engine)
    spend = 99_999_999_999 * MICRO  # ten times that is more than a member may spend
    order = Order("Z", "confirmed", BEGUN_AT, BEGUN_AT, amount_spent=spend)
    rows = [
        packed(PushOrder(CustomerFacts(who("zoe")), msgspec.structs.replace(order, id=f"Z{number}"), b"", at=BEGUN_AT))
        for number in range(2_500)
    ]
    async with crew(Urls(database_urls.app, ""), Settings(secret_key=bytes(32)), "corner", "orders", 1) as (hand,):
        await hand.tell(rows)
        began = time.monotonic()
    assert time.monotonic() - began < END_SECONDS


async def test_whoever_interrupts_an_import_interrupts_only_who_began_it(database_urls: DatabaseUrls) -> None:
    settings = Settings(secret_key=bytes(32))
    async with crew(Urls(database_urls.app, ""), settings, "corner", "orders", 1) as (hand,):
        assert os.getsid(hand.pid) == hand.pid


@pytest.mark.parametrize("cut", [2, 40])
async def test_who_is_left_by_one_that_was_killed_ends_without_a_word(
    engine: Engine, database_urls: DatabaseUrls, cut: int
) -> None:
    await found_shop(engine)
    task = Task(Urls(database_urls.app, ""), Settings(secret_key=bytes(32)), "corner", "orders")
    frames = [msgspec.msgpack.encode(value, enc_hook=str) for value in (task, [b"{}"] * 100)]
    told, begun = (len(frame).to_bytes(4) + frame for frame in frames)
    left = await asyncio.create_subprocess_exec(
        sys.executable, "-m", crew.__module__, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert await left.communicate(told + begun[:cut]) == (b"", b"")
    assert left.returncode == 0
