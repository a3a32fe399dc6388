"""The datasource's snapshot of many members, beside a plain COPY of the same values out of the same server.

The engine makes a sample of the members; SQL makes the others after them. It is measured twice, of a tenth of the
members first, so that memory that grows with their number is seen.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg

from bench import shops
from bench.report import CpuMicros, Part, part
from bench.stage import Stage
from leal.datasource.files import write_feed
from leal.engine.engine import Engine

SAMPLE: Final = 1_000
"""Members that the engine makes."""
BAR: Final = 0.4
APART_MS: Final = 1_000_000
"""How far the ids of one copy of the sample lie from those of the next, in milliseconds."""
COPIED: Final = """
    copy (
        select c.shopid, a.membership = 'full', a.tier, a.available, a.window_points, a.tier, a.tier,
               (a.joined_at + interval '1 year')::date, a.pending, a.joined_at::date, a.earned
        from account a join customer c on c.bucket = a.bucket and c.shop = a.shop and c.account = a.id
    ) to stdout
"""
"""Eleven columns of the kinds that a record has, as PostgreSQL has them at hand: nothing is computed."""


class Told(NamedTuple):
    """What one snapshot took."""

    members: int
    seconds: float
    cpu_us: CpuMicros
    peak_mb: float


def snapshot(stage: Stage) -> list[Part]:
    """All records to NDJSON, in a database of its own: the copies have no histories that could be verified."""
    with stage.beside("snapshot") as apart:
        return _measured(apart)


def _measured(stage: Stage) -> list[Part]:
    """Make the members, and measure; raises RuntimeError when a record is missing."""
    stage.engine(lambda engine: shops.make_members(engine, SAMPLE))
    copies = max(stage.options.members // SAMPLE, 1)
    few = max(copies // 10, 1)
    stage.in_database(lambda conn: _multiply(conn, 1, few))
    small = _told(stage, few * SAMPLE)
    stage.in_database(lambda conn: _multiply(conn, few, copies))
    copied = stage.in_database(_copy)
    whole = _told(stage, copies * SAMPLE)
    copied = min(copied, stage.in_database(_copy))
    stage.say(f"plain COPY: {whole.members / copied:,.0f} rows a second")
    stage.say(f"most memory: {small.peak_mb:.0f} MB of {small.members:,}, {whole.peak_mb:.0f} of {whole.members:,}")
    rate, ceiling = whole.members / whole.seconds, whole.members / copied
    return [
        part("snapshot", rate, "records/s", ceiling, bar=BAR, cpu_us=whole.cpu_us, rss_mb=whole.peak_mb),
        # For memory more is worse: what a tenth of the members took is the ceiling.
        part(
            "snapshot.memory", small.peak_mb, "MB of a tenth", whole.peak_mb, bar=0.9,
            cpu_us=CpuMicros(0, 0), rss_mb=whole.peak_mb,
        ),
    ]  # fmt: skip


def _told(stage: Stage, members: int) -> Told:
    path = stage.folder / "all.ndjson"
    with stage.watched(os.getpid()) as used:
        began = time.perf_counter()
        records = stage.engine(lambda engine: _written(engine, str(path)))
        seconds = time.perf_counter() - began
    path.unlink()
    if records != members:
        raise RuntimeError(f"There are {members} members, {records} records were written.")
    stage.say(f"snapshot of {members:,}: {members / seconds:,.0f} records a second")
    return Told(members, seconds, *used(members))


async def _written(engine: Engine, path: str) -> int:
    return (await write_feed(engine, await engine.shop(shops.SLUG), path, form="ndjson")).records


async def _multiply(conn: asyncpg.Connection, first: int, end: int) -> None:
    """Put copies of the sample beside it, each with ids and names of its own; their histories are not copied."""
    shift = f"copy.turn * ({APART_MS}::bigint << 22)"
    copies = f"cross join generate_series({first}, {end - 1}) as copy (turn) where one.created_at < $1"
    columns = await conn.fetchval(
        "select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = 'account'::regclass"
        " and attnum > 0 and not attisdropped and attname not in ('id', 'created_at')"
    )
    made_by = await conn.fetchval("select clock_timestamp()")
    await conn.execute(
        f"insert into account (id, created_at, {columns}) select one.id + {shift}, 'infinity', {columns}"
        f" from account one {copies}",
        made_by,
        timeout=None,
    )
    await conn.execute(
        "insert into customer (bucket, shop, account, shopid, profile)"
        f" select c.bucket, c.shop, c.account + {shift}, c.shopid || '-' || copy.turn, c.profile"
        f" from account one join customer c on (c.bucket, c.shop, c.account) = (one.bucket, one.shop, one.id) {copies}",
        made_by,
        timeout=None,
    )
    await conn.execute("vacuum (analyze) account, customer", timeout=None)


async def _copy(conn: asyncpg.Connection) -> float:
    """Seconds that the plain COPY takes, to where nothing is kept."""
    query = COPIED.strip().removeprefix("copy (").removesuffix(") to stdout")
    began = time.perf_counter()
    await conn.copy_from_query(query, output=Path(os.devnull))
    return time.perf_counter() - began
