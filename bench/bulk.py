"""Work in bulk: an import, upkeep with and without anything due, and how soon a server answers."""

from __future__ import annotations

import os
import time
from statistics import median
from typing import Final

from bench import shops
from bench.report import Part, times_part
from bench.stage import Round, Stage, measured
from leal.engine.engine import Engine

IDLE_BAR_MS: Final = 50
START_BAR_SECONDS: Final = 1.5


def imported(stage: Stage) -> list[Part]:
    """The example shop's orders, by day, a thousand a call, in one process; beside the TPC-B-like transaction."""
    top = stage.pgbench.writes(stage.options.seconds)
    orders = stage.options.orders
    with stage.watched(os.getpid()) as used:
        rate = stage.engine(lambda engine: shops.import_purchases(engine, orders))
    cpu, rss_mb = used(orders)
    stage.say(f"import: {orders:,} orders, {rate:,.0f} a second")
    return [measured("import", "orders/s", [Round(rate, cpu, rss_mb)], [top], 2.5)]


def upkeep(stage: Stage) -> list[Part]:
    """A round of upkeep where nothing is due: it must not take longer the more members there are."""

    async def idle(engine: Engine) -> float:
        shop = await engine.shop(shops.SLUG)
        await engine.keep_up(shop)
        taken = []
        for _ in range(20):
            began = time.perf_counter()
            await engine.keep_up(shop)
            taken.append(time.perf_counter() - began)
        return median(taken) * 1000

    return [times_part("upkeep.idle", stage.engine(idle), "ms", IDLE_BAR_MS, bar=1)]


def start(stage: Stage) -> list[Part]:
    """From `leal serve` to the first answer, with a database that is up."""
    taken = []
    for _ in range(stage.options.rounds):
        began = time.perf_counter()
        with stage.serve():
            taken.append(time.perf_counter() - began)
    return [times_part("start", median(taken), "s", START_BAR_SECONDS, bar=1)]
