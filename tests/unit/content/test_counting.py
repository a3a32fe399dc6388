"""Counting: what is gathered is stored once, waits while it cannot be, and what is lost is told."""

from __future__ import annotations

import asyncio

import pytest

from leal.content import counting
from leal.content.counting import Counting
from leal.engine.commands import Shop
from leal.engine.exposures import Seen

ONE, OTHER = (Shop(number, f"s{number}", sandbox=False, clock_offset=0, programme_version=0) for number in (1, 2))
BLOCK = "lifecycle-banner"


class Store:
    """A database that can be away."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, Seen]] = []
        self.calls = 0
        self.away = False
        self.lost = 0

    async def add(self, shop: Shop, seen: list[Seen]) -> None:
        self.calls += 1
        await asyncio.sleep(0)
        if self.away:
            raise OSError("away")
        self.rows += [(shop.id, one) for one in seen]

    def lose(self, count: int) -> None:
        self.lost += count

    @property
    def impressions(self) -> int:
        return sum(one.impressions for _, one in self.rows)

    @property
    def clicks(self) -> int:
        return sum(one.clicks for _, one in self.rows)


@pytest.fixture
def store() -> Store:
    return Store()


def show(count: Counting, account: int | None, at: int = 10, shop: Shop = ONE) -> None:
    count.impression(shop, account, BLOCK, 10, at, control=False)


async def test_the_same_is_gathered_into_one_row(store: Store) -> None:
    count = Counting(store.add, store.lose, 60.0)
    for at in (20, 10, 30):
        show(count, 7, at)
    count.click(ONE, 7, BLOCK, 10, 25, control=False)
    count.click(ONE, 7, BLOCK, 10, 15, control=False)
    show(count, None)
    show(count, 7, shop=OTHER)
    count.impression(ONE, 7, BLOCK, 10, 10, control=True)
    await count.close()
    assert store.rows[0] == (1, Seen(7, BLOCK, 10, False, 10, 30, 3, 2, 15))
    assert [(shop, one.account, one.control) for shop, one in store.rows] == [
        (1, 7, False), (1, None, False), (1, 7, True), (2, 7, False),
    ]  # fmt: skip
    assert (store.calls, store.lost) == (2, 0)


async def test_it_is_stored_by_itself_and_each_only_once(store: Store) -> None:
    count = Counting(store.add, store.lose, 0.01)
    for round_ in range(3):
        show(count, round_)
        async with asyncio.timeout(10):
            while store.impressions <= round_:  # noqa: ASYNC110  it is stored behind our back
                await asyncio.sleep(0.005)
    await count.close()
    assert (store.impressions, store.lost) == (3, 0)


async def test_what_cannot_be_stored_waits_and_is_added_up(store: Store) -> None:
    count = Counting(store.add, store.lose, 60.0)
    store.away = True
    show(count, 7)
    await count.flush()
    show(count, 7)
    show(count, 8)
    await count.flush()
    store.away = False
    await count.close()
    assert {(one.account, one.impressions) for _, one in store.rows} == {(7, 2), (8, 1)}
    assert store.lost == 0


async def test_rows_go_in_parts_and_those_that_are_stored_are_not_stored_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "ROWS_AT_ONCE", 2)
    count = Counting(store.add, store.lose, 60.0)
    for account in range(5):
        show(count, account)
    healthy = store.add

    async def breaking(shop: Shop, seen: list[Seen]) -> None:
        store.away = store.calls == 1
        await healthy(shop, seen)

    count._store = breaking
    await count.flush()
    assert store.impressions == 2
    await count.close()
    assert sorted(one.account or 0 for _, one in store.rows) == [0, 1, 2, 3, 4]


async def test_what_does_not_fit_is_lost_and_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PLACES_MAX", 2)
    count = Counting(store.add, store.lose, 60.0)
    for account in (1, 2, 3, 3, 2):
        show(count, account)
    assert store.lost == 2
    store.away = True
    await count.close()
    assert (store.lost, store.rows) == (5, [])


async def test_what_a_process_has_not_stored_as_it_ends_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "CLOSE_SECONDS", 0.05)

    async def hanging(*_: object) -> None:
        await asyncio.sleep(30)

    count = Counting(hanging, store.lose, 60.0)
    show(count, 1)
    async with asyncio.timeout(10):
        await count.close()
    assert store.lost == 1


async def test_without_anything_shown_nothing_is_stored(store: Store) -> None:
    await Counting(store.add, store.lose).close()
    assert store.calls == 0
