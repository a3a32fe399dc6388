"""The stage: one server with its members, on which each part is measured beside its ceiling."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeVar

import asyncpg
import uvloop
from rich.console import Console

from bench import machine, shops, twins
from bench.ceiling import Pgbench
from bench.load import CONNECTIONS, Load, drive
from bench.report import CpuMicros, Part, part
from bench.served import Serving, bare, serving
from bench.server import Server
from bench.templates import Templates, digest
from leal.engine.engine import Engine
from leal.installation import Installation, installation

T = TypeVar("T")

WARM_SECONDS: Final = 2
SAMPLE: Final = 2_000
"""Members that the engine makes; all others do what one of them did."""
NUMBERS_A_LOAD: Final = 10_000_000
"""Loads that run at once number their requests apart from one another."""


class Options(NamedTuple):
    """How large a run is."""

    seconds: int
    """Of each round of load."""
    pgbench_seconds: int
    """Of each round of pgbench."""
    members: int
    rounds: int
    """Of each part, each beside its ceiling; the median counts."""
    orders: int
    """Of the example shop, imported where there are no baskets."""
    baskets: int
    """Of The Complete Journey, imported."""
    scale: int
    """Of pgbench's data: 100,000 accounts a step."""
    writers: int
    """Web processes that single orders and redemptions are sent to; every other load has one."""


class Round(NamedTuple):
    """What one round came to: operations a second, and what they cost."""

    rate: float
    cpu: CpuMicros = CpuMicros(0, 0)
    rss_mb: float = 0
    p50_ms: float = 0
    p99_ms: float = 0
    answers: int = 0


class Stage:
    """One run on one server, with a folder for its files."""

    def __init__(self, folder: Path, server: Server, options: Options, screen: Console) -> None:
        self.folder = folder
        self.options = options
        self.pgbench = Pgbench(server, options.pgbench_seconds)
        self.screen = screen
        self._server = server
        self._templates = Templates(server)
        self._sent = 0
        """Requests that were numbered so far: none is sent twice in one run."""

    def prepare(self) -> None:
        """Put the members, and pgbench's data, where they are worked on: copies of templates, which are made once."""
        began = time.monotonic()
        scale, members = self.options.scale, self.options.members
        pgbench, leal = self.pgbench.database, self._server.leal
        if not self._templates.copied(f"pgbench_{scale}", "", pgbench):
            self._templates.empty(pgbench)
            self.pgbench.fill(scale)
            self._templates.keep(f"pgbench_{scale}", "", pgbench)
        kind, mark = f"members_{members}", digest()
        if not self._templates.copied(kind, mark, leal):
            self._templates.empty(leal)
            sample = min(members, SAMPLE)
            self.engine(lambda engine: shops.make_members(engine, sample))
            if members > sample:
                uvloop.run(twins.add(self.folder, self._server, shops.SLUG, sample, members))
            self.pgbench.tidy(leal)
            self._templates.keep(kind, mark, leal)
        self.engine(shops.keep_up)  # a template may be of another day
        self.say(f"{members:,} members are there after {time.monotonic() - began:.0f} s")

    def clear(self) -> None:
        """Leave the templates alone behind."""
        self._templates.drop(self.pgbench.database)
        if self._server.leal_url is None:
            self._templates.empty(self._server.leal)  # the embedded server answers for it
        else:
            self._templates.drop(self._server.leal)

    @contextmanager
    def beside(self, word: str) -> Iterator[Self]:
        """The same with an empty database in the place of Leal's, which is gone afterwards."""
        other = type(self)(self.folder, self._server.beside(word), self.options, self.screen)
        other._templates.empty(other._server.leal)
        try:
            yield other
        finally:
            other._templates.drop(other._server.leal)

    def requests(self, name: str, write: Callable[[Engine, Path, int], Awaitable[None]]) -> Path:
        """A file of prepared requests about the members."""
        path = self.folder / name

        async def written(engine: Engine) -> None:
            await write(engine, path, self.options.members)

        self.engine(written)
        return path

    def serve(self) -> AbstractContextManager[Serving]:
        """Leal on the server, with one process that answers."""
        return serving(self.folder, self._server, 1)

    def serve_writes(self) -> AbstractContextManager[Serving]:
        """Leal on the server, with as many processes that answer as are to write."""
        return serving(self.folder, self._server, self.options.writers)

    def serve_bare(self) -> AbstractContextManager[Serving]:
        """The bare handler on the server."""
        return bare(self.folder, self._server)

    def loaded(
        self,
        requests: Path,
        serve: Callable[[], AbstractContextManager[Serving]] | None = None,
        *,
        connections: int = CONNECTIONS,
    ) -> Round:
        """One round of load on a fresh server process, after a warm-up; raises RuntimeError when a call failed."""
        with (serve or self.serve)() as (pids, port, _):
            self.load(requests, port, WARM_SECONDS, connections=connections)
            with self.watched(*pids) as used:
                load = self.load(requests, port, self.options.seconds, connections=connections)
            cpu, rss_mb = used(load.answers)
        return Round(load.rate, cpu, rss_mb, load.p50_ms, load.p99_ms, load.answers)

    def load(self, requests: Path, port: int, seconds: int, *, connections: int = CONNECTIONS) -> Load:
        """Load on a port, no request of which was sent before in this run."""
        first, self._sent = self._sent, self._sent + NUMBERS_A_LOAD
        load = drive(requests, port, seconds, first=first, connections=connections)
        if load.faults:
            raise RuntimeError(f"{load.faults} calls failed, {load.answers} were answered.")
        return load

    @contextmanager
    def watched(self, *pids: int) -> Iterator[Callable[[int], tuple[CpuMicros, float]]]:
        """Gives what tells, for a number of operations, the processor time of each and the processes' most memory."""
        for pid in pids:
            machine.forget_peak(pid)
        before = after = self._server.cpu(pids)

        def used(operations: int) -> tuple[CpuMicros, float]:
            return after.since(before).each(operations), rss_mb

        yield used
        after = self._server.cpu(pids)
        rss_mb = sum(map(machine.peak_rss_mb, pids))

    def interleaved(
        self, value: Callable[[], Round], *ceilings: Callable[[], float]
    ) -> tuple[list[Round], list[list[float]]]:
        """So many rounds, each just after its ceilings; the rounds, and of each ceiling its values."""
        rounds, tops = [], []
        for _ in range(self.options.rounds):
            tops.append([ceiling() for ceiling in ceilings])
            rounds.append(value())
        return rounds, [list(column) for column in zip(*tops, strict=True)]

    def engine(self, work: Callable[[Engine], Coroutine[Any, Any, T]]) -> T:
        """Work with the engine in this process."""
        return self.installed(lambda there: work(there.engine))

    def installed(self, work: Callable[[Installation], Coroutine[Any, Any, T]]) -> T:
        """Work with the installation in this process."""

        async def opened() -> T:
            async with installation(self._server.settings(self.folder), migrate=True) as there:
                return await work(there)

        return uvloop.run(opened())

    def in_database(self, work: Callable[[asyncpg.Connection], Coroutine[Any, Any, T]]) -> T:
        """Work in Leal's database as the superuser."""

        async def opened() -> T:
            conn = await asyncpg.connect(self._server.url(self._server.leal))
            try:
                return await work(conn)
            finally:
                await conn.close()

        return uvloop.run(opened())

    def verify(self) -> None:
        """Recompute every account of which all entries are there; where one is wrong, its template is not kept."""
        began = time.monotonic()
        try:
            accounts = self.engine(shops.verify_all)
        except RuntimeError:
            self._templates.forget(f"members_{self.options.members}")
            raise
        self.say(f"verified {accounts:,} accounts in {time.monotonic() - began:.0f} s: no faults")

    def say(self, line: str) -> None:
        """A line on the screen, while the run goes on."""
        self.screen.print(line, style="dim")


def measured(name: str, unit: str, rounds: list[Round], ceilings: list[float], bar: float) -> Part:
    """The part that rounds come to: medians, and the spread of the values."""
    rates = [one.rate for one in rounds]
    middle = sorted(rounds)[len(rounds) // 2]
    return part(
        name, statistics.median(rates), unit, statistics.median(ceilings), bar=bar, cpu_us=middle.cpu,
        rss_mb=max(one.rss_mb for one in rounds), spread=(max(rates) - min(rates)) / statistics.median(rates),
    )  # fmt: skip
