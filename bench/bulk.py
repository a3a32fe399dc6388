"""Work in bulk: an import; and how soon a server answers."""

from __future__ import annotations

import os
import time
from statistics import median
from typing import Final

from rich.progress import Progress

from bench import journey, machine, shops
from bench.report import Part, times_part
from bench.stage import Round, Stage, measured
from leal.engine.engine import Engine
from leal.exchange.importing import Fault, Importer, Summary

START_BAR_SECONDS: Final = 1.5


def imported(stage: Stage) -> list[Part]:
    """`leal import orders` of a year of a grocer's baskets, in one process; beside the TPC-B-like transaction.

    Without baskets it is the example shop's orders.
    """
    if not stage.options.baskets:
        return [_replayed(stage)]
    path = stage.folder / "journey.ndjson"
    orders = journey.made(path, stage.options.baskets)
    top = stage.pgbench.writes(stage.options.seconds)
    early = 0.0

    async def run(engine: Engine) -> tuple[Summary, float]:
        shop = await engine.create_shop(journey.SLUG)
        await engine.publish(shop, journey.PROGRAMME.read_text(), author="bench")
        with Progress(*Progress.get_default_columns(), console=stage.screen, transient=True) as bar:
            tasks = {name: bar.add_task(name) for name in ("reading", "storing")}

            def show(name: str, done: int, total: int) -> None:
                nonlocal early
                bar.update(tasks[name], completed=done, total=total)
                if name == "storing" and not early and done >= total / 10:
                    early = machine.peak_rss_mb(os.getpid())

            began = time.perf_counter()
            summary = await Importer(engine, shop, "orders", tell=_refuse, progress=show).run(str(path))
            return summary, time.perf_counter() - began

    with stage.watched(os.getpid()) as used:
        summary, seconds = stage.engine(run)
    cpu, rss_mb = used(orders)
    path.unlink()
    stage.say(f"import: {orders:,} orders, {summary.stored:,} rows, {orders / seconds:,.0f} orders a second")
    return [
        measured("import", "orders/s", [Round(orders / seconds, cpu, rss_mb)], [top], 2.5),
        times_part("import.memory", rss_mb, "MB", early, bar=0.9),
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
    top = stage.pgbench.writes(stage.options.seconds)
    orders = stage.options.orders
    with stage.watched(os.getpid()) as used:
        rate = stage.engine(lambda engine: shops.import_purchases(engine, orders))
    cpu, rss_mb = used(orders)
    stage.say(f"import: {orders:,} orders, {rate:,.0f} a second")
    return measured("import", "orders/s", [Round(rate, cpu, rss_mb)], [top], 2.5)


def _refuse(fault: Fault) -> None:
    raise RuntimeError(f"line {fault.line} was refused: {fault.problem.message}")
