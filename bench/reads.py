"""Reads: a balance, a whole programme's balance, a member with a long history, and the datasource's lookup."""

from __future__ import annotations

from statistics import median
from typing import Final

from bench import requests, shops
from bench.report import Part, times_part
from bench.stage import Stage, measured

LONG: Final = ("long", 100_000, 500)
SHORT: Final = ("short", 10, 10)
"""A member's name, entries, and open lots."""


def read(stage: Stage) -> list[Part]:
    """`CustomerBalance3` of random members with their own tokens, beside the bare handler and `pgbench -S`."""
    reads = stage.requests("reads", requests.reads)
    bare = stage.requests("bare", requests.bare_reads)
    rounds, (bares, tops) = stage.interleaved(
        lambda: stage.loaded(reads),
        lambda: stage.loaded(bare, stage.serve_bare).rate,
        stage.pgbench.reads,
    )
    half, slow = median(one.p50_ms for one in rounds), median(one.p99_ms for one in rounds)
    return [
        measured("read", "reads/s", rounds, bares, 0.7),
        measured("read.pgbench", "reads/s", rounds, tops, 0.1),
        times_part("read.p99", slow, "ms", half, bar=0.25),
    ]


def full(stage: Stage) -> list[Part]:
    """The same with the whole programme and the unused rewards, beside a plain read."""
    return _beside_read(stage, "read.full", "reads/s", requests.full_reads, 0.6)


def lookup(stage: Stage) -> list[Part]:
    """The datasource's lookup of random members, beside a plain read."""
    return _beside_read(stage, "lookup", "records/s", requests.lookups, 1.0)


def history(stage: Stage) -> list[Part]:
    """Reading and redeeming of a member with a long history, beside those of one with a short one."""
    for name, entries, lots in (LONG, SHORT):
        took = stage.engine(lambda engine, of=(name, entries, lots): shops.make_history(engine, *of))  # type: ignore[misc]
        stage.say(f"made {entries:,} entries of one member in {took:.0f} s")
    parts = []
    for what, write in (("read", requests.reads_of), ("redeem", requests.redeems_of)):
        long = stage.requests(f"{what}-long", write(LONG[0]))
        short = stage.requests(f"{what}-short", write(SHORT[0]))
        rounds, (shorts,) = stage.interleaved(
            lambda file=long: stage.loaded(file),  # type: ignore[misc]
            lambda file=short: stage.loaded(file).rate,  # type: ignore[misc]
        )
        parts.append(measured(f"history.{what}", f"{what}s/s", rounds, shorts, 0.8))
    return parts


def _beside_read(stage: Stage, name: str, unit: str, write: requests.Write, bar: float) -> list[Part]:
    measured_requests = stage.requests(name, write)
    plain = stage.requests("reads", requests.reads)
    rounds, (reads,) = stage.interleaved(lambda: stage.loaded(measured_requests), lambda: stage.loaded(plain).rate)
    return [measured(name, unit, rounds, reads, bar)]
