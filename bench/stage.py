"""The stage: one home with its server and members, on which each part is measured beside its ceiling."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import uvloop
from rich.console import Console

from bench import machine, shops, twins
from bench.ceiling import DATABASE as PGBENCH_DATABASE
from bench.ceiling import Pgbench
from bench.load import CONNECTIONS, Load, drive
from bench.report import CpuMicros, Part, part
from bench.served import bare, serving
from bench.templates import Templates, digest
from leal.config import Settings
from leal.embedded import EmbeddedServer, status
from leal.embedded.probe import DATABASE as LEAL_DATABASE
from leal.engine.engine import Engine
from leal.installation import installation

T = TypeVar("T")

WARM_SECONDS: Final = 2
SAMPLE: Final = 2_000
"""Members that the engine makes; all others do what one of them did."""
NUMBERS_A_LOAD: Final = 10_000_000
"""Loads that run at once number their requests apart from one another."""


class Options(NamedTuple):
    """How large a run is."""

    seconds: int
    """Of each round."""
    members: int
    rounds: int
    """Of each part, each beside its ceiling; the median counts."""
    orders: int
    """Of the example shop, imported where there are no baskets."""
    baskets: int
    """Of The Complete Journey, imported."""
    scale: int
    """Of pgbench's data: 100,000 accounts a step."""


class Round(NamedTuple):
    """What one round came to: operations a second, and what they cost."""

    rate: float
    cpu: CpuMicros = CpuMicros(0, 0)
    rss_mb: float = 0
    p50_ms: float = 0
    p99_ms: float = 0
    answers: int = 0


class Stage:
    """One run on one home."""

    def __init__(self, folder: Path, server: EmbeddedServer, options: Options, screen: Console) -> None:
        self.folder = folder
        self.options = options
        self.pgbench = Pgbench(server.admin_url)
        self.url = server.admin_url
        self._templates = Templates(server.admin_url)
        self.screen = screen
        self._database_pid = status(folder).server_pid
        self._sent = 0
        """Requests that were numbered so far: none is sent twice in one run."""

    def prepare(self) -> None:
        """Put the members, and pgbench's data, where they are worked on: copies of templates, which are made once."""
        began = time.monotonic()
        scale, members = self.options.scale, self.options.members
        if not self._templates.copied(f"pgbench_{scale}", "", PGBENCH_DATABASE):
            self.pgbench.fill(scale)
            self._templates.keep(f"pgbench_{scale}", "", PGBENCH_DATABASE)
        kind, mark = f"members_{members}", digest()
        if not self._templates.copied(kind, mark, LEAL_DATABASE):
            self._templates.empty(LEAL_DATABASE)
            sample = min(members, SAMPLE)
            self.engine(lambda engine: shops.make_members(engine, sample))
            if members > sample:
                uvloop.run(twins.add(self.folder, self.url, shops.SLUG, sample, members))
            self.pgbench.tidy(LEAL_DATABASE)
            self._templates.keep(kind, mark, LEAL_DATABASE)
        self.engine(shops.keep_up)  # a template may be of another day
        self.say(f"{members:,} members are there after {time.monotonic() - began:.0f} s")

    def clear(self) -> None:
        """Leave the templates alone behind."""
        self._templates.drop(PGBENCH_DATABASE)
        self._templates.empty(LEAL_DATABASE)

    def requests(self, name: str, write: Callable[[Engine, Path, int], Awaitable[None]]) -> Path:
        """A file of prepared requests about the members."""
        path = self.folder / name

        async def written(engine: Engine) -> None:
            await write(engine, path, self.options.members)

        self.engine(written)
        return path

    def serve(self) -> AbstractContextManager[tuple[int, int]]:
        """Leal on the home: the process that answers, and its port."""
        return serving(self.folder)

    def serve_bare(self) -> AbstractContextManager[tuple[int, int]]:
        """The bare handler on the home."""
        return bare(self.folder)

    def loaded(
        self,
        requests: Path,
        serve: Callable[[], AbstractContextManager[tuple[int, int]]] | None = None,
        *,
        connections: int = CONNECTIONS,
    ) -> Round:
        """One round of load on a fresh server process, after a warm-up; raises RuntimeError when a call failed."""
        with (serve or self.serve)() as (pid, port):
            self.load(requests, port, WARM_SECONDS, connections=connections)
            with self.watched(pid) as used:
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
    def watched(self, pid: int) -> Iterator[Callable[[int], tuple[CpuMicros, float]]]:
        """Gives what tells, for a number of operations, the processor time of each and the process's most memory."""
        machine.forget_peak(pid)
        before = machine.cpu_micros(pid), machine.family_cpu_micros(self._database_pid)
        after = before

        def used(operations: int) -> tuple[CpuMicros, float]:
            return CpuMicros(*((b - a) / max(operations, 1) for a, b in zip(before, after, strict=True))), rss_mb

        yield used
        after = machine.cpu_micros(pid), machine.family_cpu_micros(self._database_pid)
        rss_mb = machine.peak_rss_mb(pid)

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

        async def opened() -> T:
            async with installation(Settings(home=self.folder), migrate=True) as there:
                return await work(there.engine)

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
