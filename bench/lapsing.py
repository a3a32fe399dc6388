"""Upkeep: with nothing due; and where a lot of every second member lapses, beside one statement that writes the rows.

The ceiling is what PostgreSQL takes at least: tables like those of Leal, without their references and guards, that hold
all that those hold, as it was, get by one statement the members as they are, their new entries and the notes of change.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from datetime import date, timedelta
from statistics import median
from typing import Final

import asyncpg

from bench import requests, shops
from bench.load import CONNECTIONS, Load
from bench.report import Part, times_part
from bench.stage import WARM_SECONDS, Round, Stage, measured
from leal.demo import ZONE
from leal.engine.commands import PushOrder, Who
from leal.engine.engine import Engine
from leal.engine.upkeep import WORKERS
from leal.rules.calendar import start_of_day

SLUG: Final = "lapsing"
MEMBERS_MAX: Final = 10_000
"""Of the shop in which points lapse; what each of them costs does not hang on how many there are."""
IDLE_BAR_MS: Final = 50
DUE_BAR: Final = 0.25
FIRST_DAY: Final = date(2026, 3, 2)
"""Of the orders; the programme makes points wait for 14 days, and lapse twelve months after."""
FOUNDED: Final = FIRST_DAY + timedelta(60)
DAYS_APART: Final = 3
"""Between the lots of a member, so that one lapses in a round."""
LASTING_DAYS: Final = 40
"""How much later those order of whom nothing lapses."""
FIRST_LAPSE: Final = date(2027, 3, 16)
LOOK_SECONDS: Final = 0.1
WAIT_SECONDS: Final = 60.0

DUE: Final = """
    select a.bucket, a.shop, a.id as account, a.number from account a join shop s on s.id = a.shop
    where s.slug = 'lapsing' and a.next_due_at <= clock_timestamp() + s.clock_offset * interval '1 microsecond'
"""
HOW_MANY_DUE: Final = f"select count(*) from ({DUE}) due"
COPIED: Final = """
    drop schema if exists ceiling cascade;
    create schema ceiling;
    create table ceiling.account (like account including all);
    create table ceiling.entry (like entry including all);
    create table ceiling.record_change (like record_change including all);
    insert into ceiling.account select * from account;
    insert into ceiling.entry select * from entry;
"""
PREPARED: Final = f"""
    drop table if exists ceiling.due;
    create table ceiling.due as {DUE};
    analyze ceiling.due;
"""
WRITTEN: Final = """
    with noted as (
        insert into ceiling.record_change (shop, bucket, account) select shop, bucket, account from ceiling.due
    ), made as (
        insert into ceiling.entry
        select e.* from ceiling.due d join entry e on (e.bucket, e.shop, e.account) = (d.bucket, d.shop, d.account)
        where e.number > d.number
        returning 1
    ), stored as (
        update ceiling.account c set {columns}
        from ceiling.due d join account a on (a.bucket, a.shop, a.id) = (d.bucket, d.shop, d.account)
        where (c.bucket, c.shop, c.id) = (d.bucket, d.shop, d.account)
        returning 1
    )
    select (select count(*) from stored) as members, (select count(*) from made) as entries
"""


def upkeep(stage: Stage) -> list[Part]:
    """A round with nothing due, which must not take longer the more members there are; then with points that lapse."""
    idle = times_part("upkeep.idle", stage.engine(_idle), "ms", IDLE_BAR_MS, bar=1)
    members = min(stage.options.members, MEMBERS_MAX)
    took = stage.engine(lambda engine: _make(engine, members, stage.options.rounds + 1))
    stage.say(f"made {members:,} members with points that lapse in {took:.0f} s")
    stage.in_database(_copy)
    rounds, tops = [], []
    for turn in range(stage.options.rounds):
        stage.engine(lambda engine, to=turn: _advance(engine, to))  # type: ignore[misc]
        stage.in_database(_prepare)
        rounds.append(_kept_up(stage, members // 2))
        tops.append(stage.in_database(lambda conn: _write(conn, members // 2)))
    stage.in_database(lambda conn: conn.execute("drop schema ceiling cascade"))
    rate = median(one.rate for one in rounds)
    calm, slow = _reads_beside(stage, max(1, int(members // 2 / rate / 2)))
    return [
        idle,
        measured("upkeep.due", "members/s", rounds, tops, DUE_BAR),
        times_part("upkeep.reads_p99", slow.p99_ms, "ms", calm.p99_ms, bar=1 / 3),
    ]


async def _idle(engine: Engine) -> float:
    """Milliseconds that a round takes."""
    shop = await engine.shop(shops.SLUG)
    await engine.keep_up(shop)
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        await engine.keep_up(shop)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1000


async def _make(engine: Engine, members: int, lots: int) -> float:
    """Found the shop: every second member with so many lots that lapse soon, the others with one that does not; nothing
    is due. Gives the seconds it took."""
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=start_of_day(FOUNDED, ZONE))
    await engine.publish(shop, _programme(), author="bench")
    chance = random.Random(shops.SEED)
    orders: list[PushOrder] = []
    for number in range(members):
        days = [LASTING_DAYS] if number % 2 else [DAYS_APART * lot for lot in range(lots)]
        at = [start_of_day(FIRST_DAY + timedelta(day), ZONE) for day in days]
        orders += [shops.placed(f"l{number}", f"l{number}-{lot}", one, chance) for lot, one in enumerate(at)]
    took = await shops.push(engine, shop, orders)
    await engine.advance_clock(shop, start_of_day(FIRST_LAPSE - timedelta(1), ZONE))
    return took


def _programme() -> str:
    """The example's, but all points live as long, to the day."""
    lines = shops.programme(SLUG).splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith(("round_up:", "expires:")))


async def _advance(engine: Engine, turn: int) -> None:
    """Let the next lots lapse."""
    day = FIRST_LAPSE + timedelta(DAYS_APART * turn + 1)
    await engine.advance_clock(await engine.shop(SLUG), start_of_day(day, ZONE), keep_up=False)


def _kept_up(stage: Stage, members: int) -> Round:
    """One round of upkeep, in one process; raises RuntimeError where it settled others than were due."""

    async def timed(engine: Engine) -> Round:
        shop = await engine.shop(SLUG)
        await asyncio.gather(*(engine.waiting_micros(shop) for _ in range(WORKERS)))  # each opens a connection
        await engine.balance(shop, Who(shopid="l0"))  # the programme is compiled
        with stage.watched(os.getpid()) as used:
            began = time.perf_counter()
            kept = await engine.keep_up(shop)
            seconds = time.perf_counter() - began
        if kept.settled != members:
            raise RuntimeError(f"Points of {members} members lapse, {kept.settled} were settled.")
        return Round(members / seconds, *used(members))

    return stage.engine(timed)


async def _copy(conn: asyncpg.Connection) -> None:
    await conn.execute(COPIED, timeout=None)
    await conn.execute("vacuum (analyze) ceiling.account, ceiling.entry", timeout=None)


async def _prepare(conn: asyncpg.Connection) -> None:
    await conn.execute(PREPARED, timeout=None)
    await conn.execute("checkpoint")


async def _write(conn: asyncpg.Connection, members: int) -> float:
    """Members a second that the one statement writes; raises RuntimeError where it did not write all."""
    columns = await conn.fetchval(
        "select string_agg(format('%1$I = a.%1$I', attname), ', ') from pg_attribute"
        " where attrelid = 'account'::regclass and attnum > 0 and not attisdropped"
        " and attname not in ('bucket', 'shop', 'id')"
    )
    statement = WRITTEN.format(columns=columns)
    await conn.execute(f"explain {statement}")  # which reads what the server knows of the tables
    began = time.perf_counter()
    written = await conn.fetchrow(statement, timeout=None)
    seconds = time.perf_counter() - began
    if written is None or written["members"] != members or written["entries"] < members:
        raise RuntimeError(f"Of {members} members the ceiling wrote {written}.")
    return members / seconds


def _reads_beside(stage: Stage, seconds: int) -> tuple[Load, Load]:
    """Reads of the other shop with nothing due, and for so many seconds while the server stores what fell due."""
    reads = stage.requests("reads", requests.reads)
    with stage.serve() as (_, port, _):
        stage.load(reads, port, WARM_SECONDS, connections=CONNECTIONS // 2)
        calm = stage.load(reads, port, stage.options.seconds, connections=CONNECTIONS // 2)
        stage.engine(lambda engine: _advance(engine, stage.options.rounds))
        stage.in_database(_begun)
        slow = stage.load(reads, port, seconds, connections=CONNECTIONS // 2)
        left = stage.in_database(lambda conn: conn.fetchval(HOW_MANY_DUE))
    stage.say(f"reads beside upkeep for {seconds} s; {left:,} members were left to settle")
    return calm, slow


async def _begun(conn: asyncpg.Connection) -> None:
    """Return as soon as the server has begun to store what is due; raises RuntimeError where it does not."""
    due = left = await conn.fetchval(HOW_MANY_DUE)
    until = time.monotonic() + WAIT_SECONDS
    while left == due:
        if time.monotonic() > until:
            raise RuntimeError(f"{due} members are due, and the server settles none.")
        await asyncio.sleep(LOOK_SECONDS)
        left = await conn.fetchval(HOW_MANY_DUE)
