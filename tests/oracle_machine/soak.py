"""The soak: engine and oracle over new random lives, for so many seconds, in one or more processes.

`python -m tests.oracle_machine.soak --seconds 600 --processes 2`. It ends in time, minimising included; prints how far
it is, the seed of each disagreement as it is found, then a story of it; the exit code is 1 where there was one. A seed
plays the same life again.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import multiprocessing
import sys
import time
import traceback
from itertools import count
from multiprocessing.queues import Queue
from random import SystemRandom

import msgspec
import structlog
import uvloop

from leal.embedded import hold
from leal.engine.engine import Engine
from tests import databases
from tests.databases import DatabaseUrls, server_home
from tests.oracle_machine.lives import random_life, replay
from tests.oracle_machine.minimising import minimise
from tests.oracle_machine.notes import Disagreement
from tests.oracle_machine.pair import OracleMaker
from tests.oracle_machine.telling import story_of
from tests.oracle_machine.worlds import small_pages, still_clock, world

STEPS = 120
"""Acts in a life; one may be many operations."""
TURNS = (1, 4, 8, 16)
"""How many things members who act at once do before they are compared."""
LANES = 3
"""Lives at once in a process: while one waits for the database another goes on."""
MINIMISING_SECONDS = 60.0
LAST_SECONDS = 10.0
"""Before the end: no new life begins so late, and none goes on longer than half of it."""
TOLD = 8
"""Disagreements that are made small and told as stories; of one kind only the first is, of the others their seeds."""
PROGRESS_SECONDS = 15.0


def members_of(seed: int) -> int:
    """How many members the life of a seed has: mostly many, who act at once, for that compares more in less time."""
    return 8 if seed % 4 == 0 else 25


class Tally(msgspec.Struct):
    """How much was compared so far."""

    operations: int = 0
    documents: int = 0
    lives: int = 0
    disagreements: int = 0

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            *(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )

    def told(self, seconds: float) -> str:
        """In words."""
        rate = self.operations / seconds if seconds else 0
        return (
            f"{self.operations} operations compared, {self.documents} whole documents, in {self.lives} lives, "
            f"{rate:.0f} operations a second, {self.disagreements} disagreements"
        )


class Message(msgspec.Struct):
    """What a process tells: what came since, and a story."""

    tally: Tally
    story: str | None = None


class Worker:
    """One process: lives out of rising seeds until the end."""

    def __init__(self, engine: Engine, seeds: count[int], ends_at: float, make: OracleMaker | None = None) -> None:
        self._engine, self._seeds, self._make = engine, seeds, make
        self._ends_at = ends_at
        self._slugs = count(1)
        self._kinds: set[tuple[str, ...]] = set()
        self.tally = Tally()
        self.stories: list[str] = []

    def _slug(self, seed: int) -> str:
        return f"life-{seed}-{next(self._slugs)}"

    async def lane(self) -> None:
        """One life after the other."""
        while time.monotonic() < self._ends_at - LAST_SECONDS:
            await self._life(next(self._seeds))

    async def _life(self, seed: int) -> None:
        until = self._ends_at - LAST_SECONDS / 2
        try:
            lived = await random_life(
                self._engine,
                self._slug(seed),
                seed,
                steps=STEPS,
                members=members_of(seed),
                turns=TURNS,
                make=self._make,
                until=until,
            )
        except Exception:
            self.tally.disagreements += 1
            self.stories.append(f"# seed {seed}: one of the two broke\n{traceback.format_exc()}")
            return
        self.tally.operations += lived.pair.operations
        self.tally.documents += lived.pair.compared
        self.tally.lives += 1
        if lived.failure is None:
            return
        self.tally.disagreements += 1
        self.stories.append(f"# seed {seed}: found: {', '.join(lived.failure.kind)}")
        if lived.failure.kind in self._kinds or len(self._kinds) >= TOLD:
            return
        self._kinds.add(lived.failure.kind)
        until = min(time.monotonic() + MINIMISING_SECONDS, until)
        best = await minimise(
            lived,
            lambda life: replay(self._engine, self._slug(seed), life, self._make, until=until),
            until=until,
        )
        self.stories.append(_told(seed, lived.failure, best.failure or lived.failure, story_of(best, f"Life {seed}")))


def _told(seed: int, first: Disagreement, last: Disagreement, story: str) -> str:
    said = "\n".join(f"# {line}" for line in [f"seed {seed}: {', '.join(first.kind)}", *str(last).splitlines()])
    return f"{said}\n{story}"


def work(urls: tuple[str, str, str], template: str, seeds: count[int], ends_at: float, out: Queue[bytes]) -> None:
    """A process of its own."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)  # conditions fail on purpose
    structlog.configure(wrapper_class=quiet)
    with still_clock(), small_pages(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(DatabaseUrls(*urls), template, seeds, ends_at, out))


async def _work(urls: DatabaseUrls, template: str, seeds: count[int], ends_at: float, out: Queue[bytes]) -> None:
    async with world(urls, template) as (engine, _):
        gc.freeze()
        worker = Worker(engine, seeds, ends_at)
        lanes = asyncio.gather(*(worker.lane() for _ in range(LANES)))
        while not lanes.done():
            await asyncio.wait([lanes], timeout=1)
            tally, worker.tally = worker.tally, Tally()
            stories, worker.stories = worker.stories, []
            for message in [Message(tally), *(Message(Tally(), story) for story in stories)]:
                out.put(msgspec.json.encode(message))
        await lanes


def soak(seconds: float, processes: int, first_seed: int) -> Tally:
    """Runs for so many seconds and prints what it finds."""
    begun = time.monotonic()
    home = server_home()
    home.mkdir(exist_ok=True)
    server = hold(home)
    try:
        urls = DatabaseUrls(server.url, server.owner_url, server.admin_url)
        template = asyncio.run(databases._make_template(urls))
        context = multiprocessing.get_context("spawn")
        out: Queue[bytes] = context.Queue()
        told = (urls.app, urls.owner, urls.admin)
        workers = [
            context.Process(
                target=work, args=(told, template, count(first_seed + place, processes), begun + seconds, out)
            )
            for place in range(processes)
        ]
        print(f"seeds from {first_seed}, {processes} processes, {seconds:.0f} seconds", flush=True)
        for worker in workers:
            worker.start()
        tally = _listen(workers, out, begun)
        for worker in workers:
            worker.join()
    finally:
        server.close()
    broken = [worker.exitcode for worker in workers if worker.exitcode]
    if broken:
        sys.exit(f"processes ended with {broken}")
    print(tally.told(time.monotonic() - begun), flush=True)
    return tally


def _listen(workers: list[multiprocessing.context.SpawnProcess], out: Queue[bytes], begun: float) -> Tally:
    tally, said_at = Tally(), begun
    while any(worker.is_alive() for worker in workers) or not out.empty():
        try:
            message = msgspec.json.decode(out.get(timeout=1), type=Message)
        except Exception:
            continue
        tally = tally.plus(message.tally)
        if message.story is not None:
            print(f"\n{message.story}\n", flush=True)
        if time.monotonic() - said_at > PROGRESS_SECONDS:
            said_at = time.monotonic()
            print(f"{said_at - begun:5.0f} s: {tally.told(said_at - begun)}", flush=True)
    return tally


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9), help="the first life's seed")
    asked = parser.parse_args()
    sys.exit(1 if soak(asked.seconds, asked.processes, asked.seed).disagreements else 0)


if __name__ == "__main__":
    main()
