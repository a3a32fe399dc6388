"""Two readings of the same rules agree: the engine on PostgreSQL and the oracle, over random lives of a shop.

The same lives each time; `make soak` lives new ones. What disagrees is told as a story that can be kept.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count, islice
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from leal.engine.commands import Who
from leal.engine.engine import Engine
from leal.store.db import Database
from leal.values import DAY
from tests.databases import DatabaseUrls
from tests.oracle.facts import AccountView
from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, order, programme
from tests.oracle_machine.acts import Act, Import, ImportCustomer, Life, Publish, Push
from tests.oracle_machine.comparing import BUCKETS
from tests.oracle_machine.lives import random_life, replay
from tests.oracle_machine.machine import Side
from tests.oracle_machine.minimising import minimise
from tests.oracle_machine.notes import Disagreement
from tests.oracle_machine.pair import Pair
from tests.oracle_machine.telling import story_of
from tests.oracle_machine.worlds import small_pages, still_clock, world
from tests.stories.notation import read_stories
from tests.stories.playing import StoryFailed, play

SEEDS = range(40, 58)
"""Long lives out of dice."""
TOLD = 4
"""Lives of fewer members that are told as stories."""
FORECAST = range(60, 64)
"""Lives at whose end it is forecast what comes."""
STEPS = 60
EXAMPLES = 20
"""Shorter ones that Hypothesis steers."""
MINIMISING_SECONDS = 60.0


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all lives."""
    with still_clock(), small_pages(), asyncio.Runner() as found:
        yield found


@pytest.fixture(scope="module")
def both(
    runner: asyncio.Runner, server_urls: DatabaseUrls, template_database: str
) -> Iterator[tuple[Engine, Database]]:
    """An engine over a database of the module's own."""
    stack = AsyncExitStack()
    yield runner.run(stack.enter_async_context(world(server_urls, template_database)))
    runner.run(stack.aclose())


def test_engine_and_oracle_agree(
    both: tuple[Engine, Database], runner: asyncio.Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    lived = [runner.run(random_life(both[0], f"life-{seed}", seed, steps=STEPS)) for seed in SEEDS]
    for seed, one in zip(SEEDS, lived, strict=True):
        assert one.failure is None, f"{one.failure}\n\n{story_of(one, f'Life {seed}')}"
    compared, spent = sum(one.pair.operations for one in lived), time.monotonic() - begun
    with capsys.disabled():
        print(f"\n  {compared} operations compared in {len(SEEDS)} lives, {compared / spent:.0f} a second")
    assert compared > 1000


def test_engine_and_oracle_agree_on_what_hypothesis_finds(
    both: tuple[Engine, Database], runner: asyncio.Runner
) -> None:
    compared, number = 0, count(1)

    def done(pair: Pair) -> None:
        nonlocal compared
        compared += pair.compared

    class Machine(Side):
        pass

    Machine.runner, Machine.engine = runner, both[0]
    Machine.next_slug, Machine.done = staticmethod(lambda: f"found-{next(number)}"), staticmethod(done)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            derandomize=True,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            print_blob=False,
        ),
    )
    assert compared


class ForgetfulOracle(Oracle):
    """An oracle that is wrong: everybody is shown without debt."""

    def account(self, customer: str, at: int) -> AccountView:
        """What the account shows, but for its debt."""
        return replace(super().account(customer, at), debt=0)


def test_a_disagreement_is_told_as_a_story_that_can_be_kept(
    both: tuple[Engine, Database], runner: asyncio.Runner
) -> None:
    """A wrong oracle is caught, its story is short and can be played, and fails where it should and nowhere else."""

    def make(start_at: int) -> Oracle:
        return ForgetfulOracle(start=start_at)

    slugs = (f"wrong-{number}" for number in count(1))
    engine, database = both
    lives = (runner.run(random_life(engine, next(slugs), seed, steps=STEPS, make=make)) for seed in count(1))
    caught = next(lived for lived in lives if lived.failure)
    begun = time.monotonic()
    work = minimise(caught, lambda life: replay(engine, next(slugs), life, make), until=begun + MINIMISING_SECONDS)
    best = runner.run(work)
    assert time.monotonic() - begun < MINIMISING_SECONDS + 10
    assert len(best.life.acts) <= 8
    text = story_of(best, "A wrong oracle")
    (story,) = read_stories(text, "wrong")
    with pytest.raises(StoryFailed) as failed:
        runner.run(play(story, engine, database, next(slugs), upkeep=True))
    expected, found = (re.search(rf"^  {word} +(.*)$", str(failed.value), re.M) for word in ("expected", "found"))
    assert expected is not None
    assert found is not None
    assert expected[1].endswith("debt 0")
    assert not found[1].endswith("debt 0")
    (true_story,) = read_stories(text.replace(expected[1], found[1]), "right")
    for upkeep in (True, False):
        runner.run(play(true_story, engine, database, next(slugs), upkeep=upkeep))


def test_what_matures_at_the_very_instant_of_a_version_waited_through_it(
    both: tuple[Engine, Database], runner: asyncio.Runner
) -> None:
    """Rolling expiration that is switched on gives no end to what waits, be it completed at that instant (S7.4)."""
    waits: dict[str, Any] = {"earning": {"pending": {"mode": "event", "event": "completed"}}}
    lasting = programme(**waits)
    lapsing = programme(**waits, expiration={"rolling": {"term": "2 months"}})
    start = at("2025-01-10")
    closed = [Push("ben", order("B1", 30, "2025-01-10", status=status)) for status in ("unconfirmed", "completed")]
    open_ = Push("ada", order("A1", 40, "2025-01-10", status="completed"))
    told = [Push(who, order(name, 40, "2025-01-10")) for who, name in (("ada", "A1"), ("ben", "B1"))]
    acts: tuple[Act, ...] = (Publish(lasting, start), *told, Publish(lapsing, start), *closed, open_)
    lived = runner.run(replay(both[0], "at-one-instant", Life(start, "UTC", acts)))
    assert lived.failure is None, lived.failure
    ends = {who: [lot.expires_at for lot in lived.pair.oracle.account(who, start).lots] for who in ("ada", "ben")}
    assert ends == {"ada": [None], "ben": [None]}


def test_lives_that_agree_come_true_as_they_are_told(both: tuple[Engine, Database], runner: asyncio.Runner) -> None:
    """Told line by line, with every refusal; at the end all is explained and every entry proved.

    Lives with imports are left out: what is late news depends on what upkeep has stored, which no line tells (S4.10).
    """
    engine, database = both
    lives = (runner.run(random_life(engine, f"lived-{seed}", seed, steps=STEPS, members=4)) for seed in count(100))
    told = (one for one in lives if not any(isinstance(done.act, Import | ImportCustomer) for done in one.pair.done))
    for number, lived in enumerate(islice(told, TOLD)):
        assert lived.failure is None, f"{lived.failure}\n\n{story_of(lived, 'A life')}"
        lived.failure = Disagreement(next(iter(lived.pair.members)), {"available": (0, 0)})  # what a story ends with
        (story,) = read_stories(story_of(lived, "A life"), "told")
        for upkeep in (True, False):
            runner.run(play(story, engine, database, f"told-{number}-{upkeep}".lower(), upkeep=upkeep))


def test_what_is_forecast_comes_true(both: tuple[Engine, Database], runner: asyncio.Runner) -> None:
    """Whoever is told what comes if nothing else happens has it then, whether upkeep ran or not (S3.5)."""
    engine, changes = both[0], 0
    for seed in FORECAST:
        lived = runner.run(random_life(engine, f"ahead-{seed}", seed, steps=STEPS, members=4))
        assert lived.failure is None, f"{lived.failure}\n\n{story_of(lived, f'Life {seed}')}"
        for days, keep_up in ((1, False), (30, False), (37, True), (400, False)):
            changes += runner.run(_comes_true(engine, lived.pair, days, keep_up=keep_up))
    assert changes


async def _comes_true(engine: Engine, pair: Pair, days: int, *, keep_up: bool) -> int:
    """Forecast all members some days ahead, go there, and look; gives how many changes came true."""
    at = await engine.now(pair.shop) + days * DAY
    known = [Who(shopid=one) for one in pair.members if pair.knows(one)]
    begun = [len((await engine.history(pair.shop, who)).changes) for who in known]
    told = [await engine.forecast(pair.shop, who, at) for who in known]
    await engine.advance_clock(pair.shop, at, keep_up=keep_up)
    for who, before, one in zip(known, begun, told, strict=True):
        then, now = one.then.standing, (await engine.balance(pair.shop, who)).standing
        assert [getattr(then.account, name) for name in BUCKETS] == [getattr(now.account, name) for name in BUCKETS]
        assert then._replace(account=now.account) == now, (who, days)
        came = list(reversed((await engine.history(pair.shop, who)).changes))[before:]
        assert [(two.type, two.at, two.points) for two in came] == [
            (two.type, two.at, two.points) for two in one.changes
        ]
    return sum(len(one.changes) for one in told)
