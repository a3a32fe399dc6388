"""Writes: single orders, redemptions, one hot member, and pushes of a thousand orders."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Final

from bench import requests, shops
from bench.load import CONNECTIONS, Load
from bench.report import Part, times_part
from bench.stage import WARM_SECONDS, Round, Stage, measured

PUSHERS: Final = 2
"""Connections that push a thousand orders a call."""


def write(stage: Stage) -> list[Part]:
    """`UpdateOrders4` with one new order of three lines, random members, beside the TPC-B-like transaction."""
    orders = stage.requests("writes", requests.orders)
    before = stage.engine(shops.orders_held)
    rounds, (tops,) = stage.interleaved(lambda: stage.loaded(orders, stage.serve_writes), stage.pgbench.writes)
    stored = stage.engine(shops.orders_held) - before
    answered = sum(one.answers for one in rounds)
    if stored < answered:  # those of the warm-up are stored too
        raise RuntimeError(f"{answered} orders were taken, {stored} are stored.")
    return [measured("write", "orders/s", rounds, tops, 1.5)]


def redeem(stage: Stage) -> list[Part]:
    """`RedeemPoints1`, random members, beside the TPC-B-like transaction."""
    took = stage.engine(lambda engine: shops.give_points(engine, stage.options.members))
    stage.say(f"gave points to {stage.options.members:,} members in {took:.0f} s")
    redeems = stage.requests("redeems", requests.redeems)
    rounds, (tops,) = stage.interleaved(lambda: stage.loaded(redeems, stage.serve_writes), stage.pgbench.writes)
    return [measured("redeem", "redemptions/s", rounds, tops, 1.2)]


def hot(stage: Stage) -> list[Part]:
    """Orders of one member by 32 callers while others write for random members, beside writes without a hot one."""
    hot_orders = stage.requests("hot", requests.hot_orders)
    orders = stage.requests("writes", requests.orders)
    others: list[Load] = []
    calm: list[Round] = []

    def write_calmly() -> float:
        calm.append(stage.loaded(orders))
        return calm[-1].rate

    rounds, (rates,) = stage.interleaved(
        lambda: _beside(stage, hot_orders, CONNECTIONS, [orders], others), write_calmly
    )
    usual, slow = median(one.p99_ms for one in calm), median(one.p99_ms for one in others)
    return [
        measured("hot", "orders/s", rounds, rates, 0.5),
        times_part("hot.others_p99", slow, "ms", usual, bar=0.5),
    ]


def push(stage: Stage) -> list[Part]:
    """Calls of a thousand orders while others read and write singly, beside the TPC-B-like transaction; and the same
    single calls without them.
    """
    thousands = stage.requests("thousands", requests.thousands)
    reads, orders = stage.requests("reads", requests.reads), stage.requests("writes", requests.orders)
    singles: list[Load] = []
    calm_reads: list[Load] = []
    calm_writes: list[Round] = []

    def read_and_write_calmly() -> float:
        calm_writes.append(_beside(stage, orders, CONNECTIONS // 2, [reads], calm_reads))
        return calm_writes[-1].rate

    rounds, (tops, _) = stage.interleaved(
        lambda: _thousandfold(_beside(stage, thousands, PUSHERS, [reads, orders], singles)),
        stage.pgbench.writes,
        read_and_write_calmly,
    )
    slow = [median(one.p99_ms for one in singles[turn::2]) for turn in (0, 1)]
    usual = median(one.p99_ms for one in calm_reads), median(one.p99_ms for one in calm_writes)
    return [
        measured("push", "orders/s", rounds, tops, 2.5),
        times_part("push.reads_p99", slow[0], "ms", usual[0], bar=1 / 3),
        times_part("push.writes_p99", slow[1], "ms", usual[1], bar=1 / 3),
    ]


def _thousandfold(calls: Round) -> Round:
    return calls._replace(rate=calls.rate * 1000, cpu=calls.cpu.each(1000))


def _beside(stage: Stage, main: Path, connections: int, others: list[Path], told: list[Load]) -> Round:
    """One round of load while other loads lie on the same server; what the others saw is told in their order."""
    seconds = stage.options.seconds
    with stage.serve() as (pids, port, bulk), ThreadPoolExecutor(len(others)) as pool:
        for path, callers in ((main, connections), *((other, CONNECTIONS // 2) for other in others)):
            stage.load(path, port, WARM_SECONDS, connections=callers)
        with stage.watched(*pids, *bulk) as used:
            beside = [pool.submit(_load(stage, path, port, CONNECTIONS // 2)) for path in others]
            load = stage.load(main, port, seconds, connections=connections)
            told += [one.result() for one in beside]
        cpu, rss_mb = used(load.answers)
    return Round(load.rate, cpu, rss_mb, load.p50_ms, load.p99_ms, load.answers)


def _load(stage: Stage, path: Path, port: int, connections: int) -> Callable[[], Load]:
    return lambda: stage.load(path, port, stage.options.seconds, connections=connections)
