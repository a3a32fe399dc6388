"""What row-level security costs on the hot paths: each statement with a policy and past it, in interleaved rounds.

Run `python -m bench.row_security [rounds]`. It makes a server of its own in a temporary folder and removes it. The
application and a superuser, whom no policy binds, call by turns on two connections; figures are medians of all calls.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Final, TypeAlias

import asyncpg

from leal.embedded import hold
from leal.store.migrate import migrate

Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

MEMBERS: Final = 50_000
SHOP: Final = 1
CALLS: Final = {"read one account": 1_000, "lock 64 accounts": 100, "insert 400 entries": 25}
POLICIES: Final = {
    "present_shop()": "shop = present_shop()",
    "current_setting": "shop = nullif(current_setting('leal.shop', true), '')::integer",
    "(select present_shop())": "shop = (select present_shop())",
}

_MEMBERS: Final = """
insert into shop (slug) values ('bench');
insert into account (bucket, shop, id, head, settled_at, lots, available, earned)
select i % 1024, 1, i, sha256('x'), now(), (select array_agg(n order by k, j) from generate_series(1, 6) k,
       lateral (select j, case when j in (3, 4) then 10 when j in (5, 7) then 0 else k end as n
                from generate_series(1, 9) j) f), 60, 60
from generate_series(1, $1::bigint) i;
"""
_READ: Final = "select * from account where bucket = $1 and shop = $2 and id = $3"
_LOCK: Final = """select * from account where bucket = any($1::smallint[]) and shop = $2 and id = any($3::bigint[])
order by id for update"""
_INSERT: Final = """
insert into entry (bucket, shop, account, number, id, type, cause, programme, occurred_at, effective_at, recorded_at,
                   points, available, pending, held, redeemed, expired, earned, debt, moves, digest)
select b, $2, a, 1, a, 'earned_for_order', 'order', 1, now(), now(), now(), 10, 10, 0, 0, 0, 0, 10, 0,
       array[1, 1, 10, 0], sha256('x')
from unnest($1::smallint[], $3::bigint[]) as t (b, a)
"""


async def read(conn: Conn, rng: random.Random) -> None:
    """One account by its primary key."""
    member = rng.randint(1, MEMBERS)
    await conn.fetchrow(_READ, member % 1024, SHOP, member)


async def lock(conn: Conn, rng: random.Random) -> None:
    """Lock and read the accounts of a batch."""
    members = rng.sample(range(1, MEMBERS), 64)
    async with conn.transaction():
        await conn.fetch(_LOCK, [member % 1024 for member in members], SHOP, members)


async def insert(conn: Conn, rng: random.Random) -> None:
    """Insert the entries of a batch, and take them back."""
    members = rng.sample(range(1, MEMBERS), 400)
    transaction = conn.transaction()
    await transaction.start()
    await conn.execute(_INSERT, [member % 1024 for member in members], SHOP, members)
    await transaction.rollback()


WORK: Final[dict[str, Callable[[Conn, random.Random], Awaitable[None]]]] = {
    "read one account": read,
    "lock 64 accounts": lock,
    "insert 400 entries": insert,
}


async def by_turns(conns: dict[str, Conn], name: str) -> dict[str, list[float]]:
    """Microseconds of each call, on each connection in turn."""
    taken: dict[str, list[float]] = {kind: [] for kind in conns}
    rng = random.Random(1)
    for kind in conns:
        await WORK[name](conns[kind], rng)  # prepares the statement
    for _ in range(CALLS[name]):
        for kind in conns:
            started = time.perf_counter()
            await WORK[name](conns[kind], rng)
            taken[kind].append((time.perf_counter() - started) * 1e6)
    return taken


async def measure(app: str, owner: str, admin: str, rounds: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Median microseconds with and without a policy, for each kind of work and each policy."""
    await migrate(owner)
    conn = await asyncpg.connect(admin)
    first, second = [part for part in _MEMBERS.split(";") if part.strip()]
    await conn.execute(first)
    await conn.execute(second, MEMBERS)
    await conn.execute("vacuum analyze")
    taken: dict[tuple[str, str], dict[str, list[float]]] = {}
    for _ in range(rounds):
        for policy, text in POLICIES.items():
            for table in ("account", "entry"):
                await conn.execute(f"alter policy one_shop on {table} using ({text}) with check ({text})")
            session = {"jit": "off", "leal.shop": str(SHOP)}
            conns = {kind: await asyncpg.connect(url, server_settings=session) for kind, url in
                     (("bound", app), ("free", admin))}  # fmt: skip
            for name in WORK:
                sums = taken.setdefault((name, policy), {"bound": [], "free": []})
                for kind, figures in (await by_turns(conns, name)).items():
                    sums[kind] += figures
            for each in conns.values():
                await each.close()
    await conn.close()
    return {key: (median(kinds["bound"]), median(kinds["free"])) for key, kinds in taken.items()}


def main() -> None:
    """Print one line for each kind of work."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="leal-bench-") as home:
        Path(home).chmod(0o755)
        server = hold(Path(home))
        try:
            figures = asyncio.run(measure(server.url, server.owner_url, server.admin_url, rounds))
        finally:
            server.close()
            time.sleep(4)  # the server stops after its grace, before its folder goes
    for (name, policy), (bound, free) in sorted(figures.items()):
        print(f"{name:20} {policy:24} {bound:7.0f} µs, past it {free:7.0f} µs: {bound / free:.3f}")


if __name__ == "__main__":
    main()
