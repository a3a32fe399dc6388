"""Where lots live: the same work on lots in the account's row (numbers, or packed bytes) and in rows of their own.

Run `python -m bench.storage_spike [rounds]`. It makes a server of its own in a temporary folder and removes it. The
layouts take turns; the rates are medians of all rounds. A write locks and reads a batch of members, closes the oldest
lot of each, draws a point from another, adds a new lot, and stores all. A read fetches one member with all lots by key.
"""

from __future__ import annotations

import asyncio
import random
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple, TypeAlias

import asyncpg

from leal.embedded import hold
from leal.store.migrate import migrate

Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Lots: TypeAlias = list[int]

FIELDS: Final = 9
REMAINING: Final = 3
START: Final = 1_700_000_000_000_000
SETTLED: Final = 1_200_000_000_000_000
"""After all lots became available; microseconds since 2000, as the driver's tuple has it."""
SHOP: Final = 1


class Load(NamedTuple):
    """How much of what."""

    lots: int
    members: int
    batch: int
    batches: int
    reads: int


LOADS: Final = (Load(6, 20_000, 100, 12, 400), Load(500, 400, 20, 6, 60))


class Layout(NamedTuple):
    """One way to store lots: what to make, how to read a member's lots, how to write them."""

    name: str
    make: str
    encode: Callable[[Lots], Any]
    decode: Callable[[Any], Lots]
    cast: str
    rows: bool = False


def pack(lots: Lots) -> bytes:
    """Lots as big-endian 64-bit numbers."""
    return struct.pack(f">{len(lots)}q", *lots)


def unpack(packed: bytes) -> Lots:
    """The reverse of `pack`."""
    return list(struct.unpack(f">{len(packed) // 8}q", packed))


def to_text(lots: Lots) -> str:
    """Lots as the text of an array; arrays of different lengths cannot travel in one parameter otherwise."""
    return "{" + str(lots)[1:-1] + "}"


_UNCHECKED: Final = "alter table {t} drop constraint lots_add_up, drop constraint lots_whole;"

LAYOUTS: Final = (
    Layout("bigint[], checked", "", to_text, list, "text[]"),
    Layout("bigint[], unchecked", _UNCHECKED, to_text, list, "text[]"),
    Layout("bigint[], compressed", "alter table {t} alter lots set storage extended;", to_text, list, "text[]"),
    Layout(
        "packed bytes",
        _UNCHECKED + "alter table {t} alter lots drop default, alter lots type bytea using null, "
        "alter lots set default ''::bytea, alter lots set storage external;",
        pack,
        unpack,
        "bytea[]",
    ),
    Layout(
        "rows of their own",
        _UNCHECKED + "alter table {t} drop column lots;"
        "create table {t}_lot (bucket smallint, shop integer, account bigint, id bigint, award bigint not null, "
        "points bigint not null, remaining bigint not null, held bigint not null, earned_at bigint not null, "
        "available_at bigint not null, expires_at bigint not null, flags bigint not null, "
        "primary key (bucket, shop, account, id), foreign key (bucket, shop, account) references {t}, "
        "check (0 <= held and held <= remaining and remaining <= points)) with (fillfactor = 70);",
        to_text,
        list,
        "text[]",
        rows=True,
    ),
)


def fresh_lots(count: int, rng: random.Random) -> Lots:
    """Open lots as an ordinary member has them: about three days apart, each with other points."""
    lots: Lots = []
    for number in range(1, count + 1):
        lots += new_lot(number, rng)
    return lots


def new_lot(number: int, rng: random.Random) -> Lots:
    """One lot of nine numbers."""
    earned_at = START + number * 259_200_000_000 + rng.randrange(86_400_000_000)
    points = rng.randrange(50, 500)
    return [number, number, points, points, 0, earned_at, earned_at, earned_at + 31_536_000_000_000, 0]


class Store:
    """One layout with its tables."""

    def __init__(self, conn: Conn, layout: Layout, load: Load, table: str) -> None:
        self.conn, self.layout, self.load, self.table = conn, layout, load, table
        self.rng = random.Random(7)
        where = "bucket = any($1::smallint[]) and shop = $2"
        self.read_sql = f"select * from {table} where {where} and id = any($3::bigint[]) order by id"
        self.lots_sql = f"select * from {table}_lot where {where} and account = any($3::bigint[]) order by account, id"
        lots = "" if layout.rows else f", lots = n.lots{'::bigint[]' if layout.cast == 'text[]' else ''}"
        self.write_sql = (
            f"update {table} a set available = n.available, redeemed = n.redeemed, expired = n.expired, "
            f"earned = n.earned, lot_number = n.lot_number {lots} "
            f"from unnest($3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], "
            f"$9::bigint[], $10::{layout.cast}) as n (bucket, id, available, redeemed, expired, earned, "
            "lot_number, lots) "
            "where a.bucket = any($1::smallint[]) and a.shop = $2 and a.bucket = n.bucket and a.id = n.id"
        )

    async def fill(self) -> None:
        """Make the tables and all members."""
        await self.conn.execute(f"create table {self.table} (like account including all)")
        for statement in filter(None, self.layout.make.format(t=self.table).split(";")):
            await self.conn.execute(statement)
        columns = ["bucket", "shop", "id", "head", "settled_at", "available", "earned", "lot_number"]
        for first in range(1, self.load.members + 1, 2_000):
            members = range(first, min(first + 2_000, self.load.members + 1))
            lots = {member: fresh_lots(self.load.lots, self.rng) for member in members}
            sums = {member: sum(lots[member][REMAINING::FIELDS]) for member in members}
            rows = [
                (m % 1024, SHOP, m, bytes(32), SETTLED, sums[m], sums[m], self.load.lots)
                + (
                    ()
                    if self.layout.rows
                    else (self.layout.encode(lots[m]) if self.layout.cast == "bytea[]" else lots[m],)
                )
                for m in members
            ]
            names = columns + ([] if self.layout.rows else ["lots"])
            await self.conn.copy_records_to_table(self.table, records=rows, columns=names)
            if self.layout.rows:
                await self.conn.copy_records_to_table(f"{self.table}_lot", records=lot_rows(lots))
        await self.conn.execute("vacuum analyze")

    async def read(self, members: list[int], locking: str = "") -> list[tuple[asyncpg.Record, Lots]]:
        """Accounts with their lots, in the order of ids."""
        keys = (sorted({member % 1024 for member in members}), SHOP, members)
        accounts = await self.conn.fetch(self.read_sql + locking, *keys)
        if not self.layout.rows:
            return [(account, self.layout.decode(account["lots"])) for account in accounts]
        lots: dict[int, Lots] = {member: [] for member in members}
        for row in await self.conn.fetch(self.lots_sql, *keys):
            lots[row["account"]] += row[3:]
        return [(account, lots[account["id"]]) for account in accounts]

    async def write_batch(self) -> None:
        """Close the oldest lot of each member, draw from another, add a new one."""
        members = sorted(self.rng.sample(range(1, self.load.members + 1), self.load.batch))
        changed: list[tuple[Any, ...]] = []
        closed, drawn, added = [], [], {}
        async with self.conn.transaction():
            for account, lots in await self.read(members, " for update"):
                lapsed, number = lots[REMAINING], account["lot_number"] + 1
                closed.append((account["id"], lots[0]))
                del lots[:FIELDS]
                lots[REMAINING] -= 1
                drawn.append((account["id"], lots[0]))
                new = new_lot(number, self.rng)
                lots += new
                added[account["id"]] = new
                available = account["available"] - lapsed - 1 + new[REMAINING]
                sums = (
                    available,
                    account["redeemed"] + 1,
                    account["expired"] + lapsed,
                    account["earned"] + new[REMAINING],
                )
                stored = None if self.layout.rows else self.layout.encode(lots)
                changed.append((account["bucket"], account["id"], *sums, number, stored))
            columns = [list(column) for column in zip(*changed, strict=True)]
            await self.conn.execute(self.write_sql, sorted(set(columns[0])), SHOP, *columns)
            if self.layout.rows:
                await self.write_rows(columns[0], closed, drawn, added)

    async def write_rows(
        self, buckets: list[int], closed: list[tuple[int, int]], drawn: list[tuple[int, int]], added: dict[int, Lots]
    ) -> None:
        """The same for lots in rows of their own."""
        match = (
            "from unnest($1::smallint[], $3::bigint[], $4::bigint[]) as n (bucket, account, id) "
            "where l.bucket = any($5::smallint[]) and l.shop = $2 "
            "and l.bucket = n.bucket and l.account = n.account and l.id = n.id"
        )
        for statement, keys in (
            (f"delete from {self.table}_lot l {match.replace('from', 'using', 1)}", closed),
            (f"update {self.table}_lot l set remaining = remaining - 1 {match}", drawn),
        ):
            accounts, ids = [list(column) for column in zip(*keys, strict=True)]
            await self.conn.execute(statement, buckets, SHOP, accounts, ids, sorted(set(buckets)))
        columns = [list(column) for column in zip(*lot_rows(added), strict=True)]
        kinds = ["smallint", "integer", *["bigint"] * 10]
        parameters = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(kinds, 1))
        await self.conn.execute(f"insert into {self.table}_lot select * from unnest({parameters})", *columns)

    async def size(self) -> int:
        """Bytes on disk, indexes and all."""
        tables = [self.table, f"{self.table}_lot"] if self.layout.rows else [self.table]
        return sum([await self.conn.fetchval("select pg_total_relation_size($1::text::regclass)", t) for t in tables])


def lot_rows(lots: dict[int, Lots]) -> list[tuple[int, ...]]:
    """Lots as rows of the table of lots."""
    return [
        (member % 1024, SHOP, member, *numbers[i : i + FIELDS])
        for member, numbers in lots.items()
        for i in range(0, len(numbers), FIELDS)
    ]


async def rates(store: Store, load: Load) -> tuple[float, float]:
    """Members written and read a second."""
    await store.write_batch()
    started = time.perf_counter()
    for _ in range(load.batches):
        await store.write_batch()
    written = load.batches * load.batch / (time.perf_counter() - started)
    started = time.perf_counter()
    for _ in range(load.reads):
        await store.read([store.rng.randint(1, load.members)])
    return written, load.reads / (time.perf_counter() - started)


async def measure(owner: str, rounds: int) -> None:
    """Print one line for each load and layout."""
    await migrate(owner)
    conn = await asyncpg.connect(owner, server_settings={"jit": "off", "leal.shop": str(SHOP)})
    await conn.set_type_codec(
        "timestamptz", schema="pg_catalog", encoder=lambda at: (at,), decoder=lambda value: value[0], format="tuple"
    )
    for load in LOADS:
        stores = [Store(conn, layout, load, f"spike_{load.lots}_{i}") for i, layout in enumerate(LAYOUTS)]
        sizes = {}
        for store in stores:
            await store.fill()
            sizes[store.table] = await store.size()
        found: dict[str, list[tuple[float, float]]] = {store.table: [] for store in stores}
        for _ in range(rounds):
            for store in stores:
                found[store.table].append(await rates(store, load))
        print(f"{load.members} members, {load.lots} open lots, batches of {load.batch}")
        for store in stores:
            written, read = (median(column) for column in zip(*found[store.table], strict=True))
            after = await store.size()
            print(
                f"  {store.layout.name:20} {written:7.0f} written/s {read:7.0f} read/s   "
                f"{sizes[store.table] / 1e6:6.1f} MB loaded, {after / 1e6:6.1f} MB after the writes"
            )
    await conn.close()


def main() -> None:
    """Measure on a server of its own."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="leal-bench-") as home:
        Path(home).chmod(0o755)
        server = hold(Path(home))
        try:
            asyncio.run(measure(server.owner_url, rounds))
        finally:
            server.close()
            time.sleep(4)  # the server stops after its grace, before its folder goes


if __name__ == "__main__":
    main()
