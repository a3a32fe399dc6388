"""The quick benchmark: reads, writes and an import beside pgbench on the same server, in under three minutes.

Run `python -m bench.quick`, or `make bench-quick`; `--seconds`, `--members` and `--orders` make it shorter. It makes a
server of its own in a temporary folder and removes it. Prints a table, writes `bench/results.json`, and ends with 1
when a ratio is below its bar.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import uvloop
from rich.console import Console

from bench import machine, shops
from bench.ceiling import CLIENTS, Pgbench
from bench.load import CONNECTIONS, Load, drive, generator
from bench.report import CpuMicros, Part, Results, part, parts_table, write_results
from bench.served import home, serving
from leal.cli.screen import console
from leal.config import Settings
from leal.embedded import EmbeddedServer, status
from leal.embedded.probe import DATABASE as LEAL_DATABASE
from leal.engine.engine import Engine
from leal.installation import installation

T = TypeVar("T")

RESULTS: Final = Path(__file__).with_name("results.json")
BARS: Final = {"read": 0.015, "write": 0.15, "import": 0.35}
"""The least ratio to pgbench: of reads to `-S`, of writes and imported orders to the TPC-B-like transaction.

They guard what there is; what is aimed at is 0.05, 0.75 and 1.25 (docs/performance.md).
"""
SCALE: Final = 20
WARM_SECONDS: Final = 2
SECONDS: Final = 10
MEMBERS: Final = 50_000
EXAMPLE_ORDERS: Final = 69_659
ORDERS: Final = 30_000
"""Of the example's orders those of the first customers; the rest would take the run past its three minutes."""


class Options(NamedTuple):
    """How large the run is."""

    seconds: int
    members: int
    orders: int


class Bench:
    """One run on one home."""

    def __init__(self, folder: Path, server: EmbeddedServer, options: Options, screen: Console) -> None:
        self._folder = folder
        self._options = options
        self._screen = screen
        self._database_pid = status(folder).server_pid
        self._pgbench = Pgbench(server.admin_url)

    def run(self) -> list[Part]:
        """Prepare, measure each part beside its ceiling, and verify what is stored."""
        options = self._options
        self._pgbench.fill(SCALE)
        took = self._in_engine(lambda engine: shops.make_members(engine, options.members))
        self._pgbench.tidy(LEAL_DATABASE)
        self._say(f"made {options.members:,} members in {took:.0f} s")
        reads, writes = self._folder / "reads", self._folder / "writes"
        self._in_engine(lambda engine: shops.write_reads(engine, reads, options.members))
        self._in_engine(lambda engine: shops.write_writes(engine, writes, options.members))
        parts = [
            self._served("read", "reads/s", reads, self._pgbench.reads(options.seconds)),
            self._written(writes, self._pgbench.writes(options.seconds)),
        ]
        parts.append(self._imported(parts[-1].ceiling))
        began = time.monotonic()
        accounts = self._in_engine(shops.verify_all)
        self._say(f"verified {accounts:,} accounts in {time.monotonic() - began:.0f} s: no faults")
        return parts

    def _written(self, requests: Path, ceiling: float) -> Part:
        """The part `write`; raises RuntimeError unless every answered order is stored."""
        before = self._in_engine(shops.orders_held)
        written = self._served("write", "orders/s", requests, ceiling)
        stored = self._in_engine(shops.orders_held) - before
        # What was on its way when a round ended is stored too.
        if not self._answered <= stored <= self._answered + 2 * CONNECTIONS:
            raise RuntimeError(f"{self._answered} orders were taken, {stored} are stored.")
        return written

    def _served(self, name: str, unit: str, requests: Path, ceiling: float) -> Part:
        """Load on a fresh server process, after a warm-up."""
        with serving(self._folder) as (pid, port):
            warm = self._load(requests, port, WARM_SECONDS, first=0)
            machine.forget_peak(pid)
            used = machine.cpu_micros(pid), machine.family_cpu_micros(self._database_pid)
            load = self._load(requests, port, self._options.seconds, first=warm.answers + 2 * CONNECTIONS)
            cpu = CpuMicros(
                (machine.cpu_micros(pid) - used[0]) / load.answers,
                (machine.family_cpu_micros(self._database_pid) - used[1]) / load.answers,
            )
            rss_mb = machine.peak_rss_mb(pid)
        self._answered = warm.answers + load.answers
        self._say(
            f"{name}: {load.rate:,.0f} {unit}, half within {load.p50_ms:.1f} ms, 99 % within {load.p99_ms:.1f} ms"
        )
        return part(name, load.rate, unit, ceiling, bar=BARS[name], cpu_us=cpu, rss_mb=rss_mb)

    def _load(self, requests: Path, port: int, seconds: int, *, first: int) -> Load:
        load = drive(requests, port, seconds, first=first)
        if load.faults or not load.answers:
            raise RuntimeError(f"{load.faults} calls failed, {load.answers} were answered.")
        return load

    def _imported(self, ceiling: float) -> Part:
        pid, orders = os.getpid(), self._options.orders
        machine.forget_peak(pid)
        used = machine.cpu_micros(pid), machine.family_cpu_micros(self._database_pid)
        rate = self._in_engine(lambda engine: shops.import_purchases(engine, orders))
        cpu = CpuMicros(
            (machine.cpu_micros(pid) - used[0]) / orders,
            (machine.family_cpu_micros(self._database_pid) - used[1]) / orders,
        )
        self._say(f"import: {orders:,} orders, {rate:,.0f} a second")
        rss_mb = machine.peak_rss_mb(pid)
        return part("import", rate, "orders/s", ceiling, bar=BARS["import"], cpu_us=cpu, rss_mb=rss_mb)

    def _in_engine(self, work: Callable[[Engine], Coroutine[Any, Any, T]]) -> T:
        async def opened() -> T:
            async with installation(Settings(home=self._folder), migrate=True) as there:
                return await work(there.engine)

        return uvloop.run(opened())

    def _say(self, line: str) -> None:
        self._screen.print(line, style="dim")


def main() -> int:
    """Run it; gives the exit code."""
    options = _options()
    screen = console()
    began = time.monotonic()
    with home() as (folder, server):
        version = status(folder).version
        parts = Bench(folder, server, options, screen).run()
    settings = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "connections": CONNECTIONS,
        "pgbench_clients": CLIENTS,
        "pgbench_scale": SCALE,
        "load": generator(),
        **options._asdict(),
    }
    write_results(RESULTS, Results(parts, machine.facts(), machine.versions(version), settings))
    screen.print()
    screen.print(parts_table(parts))
    screen.print(
        f"{time.monotonic() - began:.0f} s; ceilings: pgbench -S, TPC-B-like; see docs/performance.md", style="dim"
    )
    return 0 if all(each.reached for each in parts) else 1


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m bench.quick", description="Leal beside pgbench, quickly.")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each round")
    parser.add_argument("--members", type=int, default=MEMBERS, help="members of the shop that is read and written")
    parser.add_argument(
        "--orders", type=int, default=ORDERS, help=f"how many of the example's {EXAMPLE_ORDERS:,} orders are imported"
    )
    given = parser.parse_args()
    return Options(given.seconds, given.members, min(given.orders, EXAMPLE_ORDERS))


if __name__ == "__main__":
    raise SystemExit(main())
