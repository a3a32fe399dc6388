"""Trusting: one reading for all who ask at once, trusted for a while; failures and forgetting."""

from __future__ import annotations

import asyncio

import pytest

from leal.engine.trusting import Trusted


class Source:
    """Gives a name with how often it was read, once it may."""

    def __init__(self) -> None:
        self.readings = 0
        self.may = asyncio.Event()
        self.may.set()
        self.fails = False

    async def read(self, name: str) -> str:
        self.readings += 1
        told = f"{name} {self.readings}"
        await self.may.wait()
        if self.fails:
            raise LookupError(told)
        return told


def trusting(source: Source, seconds: float = 60) -> Trusted[str, str]:
    return Trusted(source.read, seconds=seconds, most=2)


async def test_those_who_ask_at_once_share_a_reading_and_trust_it() -> None:
    source = Source()
    known = trusting(source)
    assert await asyncio.gather(*(known.get("a") for _ in range(5)), known.get("b")) == ["a 1"] * 5 + ["b 2"]
    assert [await known.get("a"), await known.get("b")] == ["a 1", "b 2"]
    await known.get("c")  # more than are kept
    assert (await known.get("a"), source.readings) == ("a 4", 4)


async def test_what_is_too_old_is_read_anew() -> None:
    known = trusting(Source(), seconds=0)
    assert [await known.get("a"), await known.get("a")] == ["a 1", "a 2"]


async def test_a_failure_is_told_to_all_who_wait_and_not_trusted() -> None:
    source = Source()
    known, source.fails = trusting(source), True
    told = await asyncio.gather(known.get("a"), known.get("a"), return_exceptions=True)
    assert [str(one) for one in told] == ["a 1", "a 1"]
    source.fails = False
    assert await known.get("a") == "a 2"


async def test_who_goes_away_takes_the_reading_from_nobody() -> None:
    source = Source()
    source.may.clear()
    known = trusting(source)
    first, second = asyncio.ensure_future(known.get("a")), asyncio.ensure_future(known.get("a"))
    await asyncio.sleep(0)
    first.cancel()
    source.may.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == "a 1"


@pytest.mark.parametrize("name", ["a", None])
async def test_what_is_forgotten_while_it_is_read_is_not_known_by_that_reading(name: str | None) -> None:
    source = Source()
    source.may.clear()
    known = trusting(source)
    before = asyncio.ensure_future(known.get("a"))
    await asyncio.sleep(0)
    known.forget(name)
    after = asyncio.ensure_future(known.get("a"))
    await asyncio.sleep(0)
    source.may.set()
    assert (await before, await after, await known.get("a")) == ("a 1", "a 2", "a 2")
    known.forget(name)
    assert await known.get("a") == "a 3"
