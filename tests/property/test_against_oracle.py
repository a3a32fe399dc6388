"""Two readings of the same rules agree: the engine on PostgreSQL and the oracle, over random lives of a shop.

The same lives each time; with `LEAL_SOAK_SECONDS` new ones for so long. How many operations were compared is told at
the end, what disagrees is told as the story of that shop.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from leal.engine.engine import Engine
from leal.store.db import Database
from leal.store.queries import sql
from tests import databases
from tests.databases import DatabaseUrls
from tests.engines import new_engine
from tests.oracle_machine.machine import Side
from tests.oracle_machine.pair import Pair

SOAK_SECONDS = float(os.environ.get("LEAL_SOAK_SECONDS", "0"))
LIVES = 60
"""Without a soak; half a minute."""
LIVES_AT_ONCE = 20
"""In a soak, between two looks at the clock."""
STEPS = 30


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's clock stands still, so that a sandbox's moves only when it is moved."""
    for name, query in sql.items():
        if "clock_timestamp()" in query.text:
            still = query.text.replace("clock_timestamp()", "timestamptz '2026-01-01 00:00:00+00'")
            monkeypatch.setitem(sql.__dict__, name, still)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all examples."""
    with asyncio.Runner() as found:
        yield found


@pytest.fixture
def engine(
    still_clock: None, runner: asyncio.Runner, server_urls: DatabaseUrls, template_database: str
) -> Iterator[Engine]:
    """An engine over a database of the test's own."""
    name = runner.run(databases._create(server_urls.admin, template_database))
    database = runner.run(Database.open(server_urls.named(name).app))
    engine = runner.run(new_engine(database))
    yield engine
    runner.run(engine.close())
    runner.run(database.close())
    runner.run(databases._drop(server_urls.admin, name))


@pytest.mark.timeout(SOAK_SECONDS + 900)
def test_engine_and_oracle_agree(engine: Engine, runner: asyncio.Runner, capsys: pytest.CaptureFixture[str]) -> None:
    number = count(1)
    lives, compared = 0, 0

    def open_pair(start_at: int) -> Pair:
        return Pair(runner, engine, f"life-{next(number)}", start_at)

    def done(pair: Pair) -> None:
        nonlocal lives, compared
        lives, compared = lives + 1, compared + pair.compared

    class Machine(Side):
        pass

    Machine.open_pair, Machine.done = staticmethod(open_pair), staticmethod(done)

    begun = time.monotonic()
    rounds = 0
    while rounds == 0 or time.monotonic() - begun < SOAK_SECONDS:
        rounds += 1
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=LIVES_AT_ONCE if SOAK_SECONDS else LIVES,
                derandomize=not SOAK_SECONDS,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink] if SOAK_SECONDS else [Phase.generate],
                print_blob=False,
            ),
        )
    spent = time.monotonic() - begun
    with capsys.disabled():
        print(f"\n  {compared} operations compared in {lives} lives, {compared / spent:.0f} a second")
    assert compared
