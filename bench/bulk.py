"""Work in bulk: an import; and how soon a server answers."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable
from statistics import median
from typing import Final

from rich.progress import Progress

from bench import journey, machine, shops
from bench.report import CpuMicros, Part, times_part
from bench.stage import Round, Stage, measured
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.exchange.crew import Hand, crew
from leal.exchange.importing import Fault, Importer, Summary
from leal.installation import Installation

START_BAR_SECONDS: Final = 1.5


def imported(stage: Stage) -> list[Part]:
    """`leal import orders` of a year of a grocer's baskets, with a process for each core; beside the TPC-B-like
    transaction.

    Without baskets it is the example shop's orders.
    """
    if not stage.options.baskets:
        return [_replayed(stage)]
    path = stage.folder / "journey.ndjson"
    orders = journey.made(path, stage.options.baskets)
    top = stage.pgbench.writes()
    early = most = 0.0
    cores = len(os.sched_getaffinity(0))

    async def run(there: Installation) -> tuple[Summary, float]:
        nonlocal most
        shop = await there.engine.create_shop(journey.SLUG)
        await there.engine.publish(shop, journey.PROGRAMME.read_text(), author="bench")
        began = time.perf_counter()
        async with crew(there.urls, there.settings, journey.SLUG, "orders", cores if cores > 1 else 0) as hands:
            summary = await read_and_store(there.engine, shop, hands)
            most = _memory_mb(hands)
        return summary, time.perf_counter() - began

    async def read_and_store(engine: Engine, shop: Shop, hands: list[Hand]) -> Summary:
        with Progress(*Progress.get_default_columns(), console=stage.screen, transient=True) as bar:
            tasks = {name: bar.add_task(name) for name in ("reading", "storing")}

            def show(name: str, done: int, total: int) -> None:
                nonlocal early
                bar.update(tasks[name], completed=done, total=total)
                if name == "storing" and not early and done >= total / 10:
                    early = _memory_mb(hands)

            return await Importer(engine, shop, "orders", tell=_refuse, progress=show).run(str(path), hands=hands)

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with stage.watched(os.getpid()) as used:
        summary, seconds = stage.installed(run)
    own, _ = used(orders)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # the crew, which has ended
    theirs = (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1_000_000 / orders
    cpu = CpuMicros(own.server + theirs, own.database)
    path.unlink()
    stage.say(f"import: {orders:,} orders, {summary.stored:,} rows, {orders / seconds:,.0f} orders a second")
    return [
        measured("import", "orders/s", [Round(orders / seconds, cpu, most)], [top], 2.5),
        times_part("import.memory", most, "MB", early, bar=0.9),
    ]


def start(stage: Stage) -> list[Part]:
    """From `leal serve` to the first answer, with a database that is up."""
    taken = []
    for _ in range(stage.options.rounds):
        began = time.perf_counter()
        with stage.serve():
            taken.append(time.perf_counter() - began)
    return [times_part("start", median(taken), "s", START_BAR_SECONDS, bar=1)]


def _replayed(stage: Stage) -> Part:
    """The example shop's orders, by day, a thousand a call, in one process; beside the TPC-B-like transaction."""
    top = stage.pgbench.writes()
    orders = stage.options.orders
    with stage.watched(os.getpid()) as used:
        rate = stage.engine(lambda engine: shops.import_purchases(engine, orders))
    cpu, rss_mb = used(orders)
    stage.say(f"import: {orders:,} orders, {rate:,.0f} a second")
    return measured("import", "orders/s", [Round(rate, cpu, rss_mb)], [top], 2.5)


def _memory_mb(hands: Iterable[Hand]) -> float:
    """The most memory that this process and the crew held so far."""
    return sum(machine.peak_rss_mb(pid) for pid in (os.getpid(), *(hand.pid for hand in hands)))


def _refuse(fault: Fault) -> None:
    raise RuntimeError(f"line {fault.line} was refused: {fault.problem.message}")
