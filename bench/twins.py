"""Twins: members beside a sample that the engine made, stored by COPY.

Each does what one of the sample did, under names, ids and a chain of digests of its own, so that it is recomputed from
its entries like everybody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

from bench.server import Server
from leal.engine.commands import Shop
from leal.engine.rows import account_bucket, entry_from, key_bucket
from leal.installation import installation
from leal.rules.ledger import Entry, canonical, chain
from leal.store.db import Database
from leal.store.queries import sql

APART_MS: Final = 1_000_000
"""How far the ids of one copy of the sample lie from those of the next, in milliseconds."""
AT_ONCE: Final = 20_000
BUCKET_BITS: Final = 1023 << 12
"""Where an id holds the bucket."""

_PASSING: Final = """
    create temp table twin (source_bucket smallint, source bigint, bucket smallint, account bigint, shopid text,
                            order_id text, head bytea);
    create temp table twin_entry (source_bucket smallint, source bigint, number bigint, bucket smallint, account bigint,
                                  id bigint, digest bytea);
    set session_replication_role = replica;
"""
"""No foreign key is looked after: every member is verified once all are there."""
_OWN: Final = {
    "account": {"bucket": "t.bucket", "id": "t.account", "head": "t.head",
                "entry_id": f"(s.entry_id & ~{BUCKET_BITS}::bigint) | (t.bucket::bigint << 12)"},
    "customer": {"bucket": "t.bucket", "account": "t.account", "shopid": "t.shopid"},
    "order_state": {"bucket": "t.bucket", "account": "t.account", "order_id": "t.order_id",
                    "snapshot": "s.snapshot || jsonb_build_object('id', t.order_id)"},
    "day_sum": {"bucket": "t.bucket", "account": "t.account"},
    "entry": {"bucket": "t.bucket", "account": "t.account", "id": "t.id", "digest": "t.digest"},
}  # fmt: skip
"""The columns that are a twin's own, by table; all others are those of whom it is one."""


class Member(NamedTuple):
    """One of the sample."""

    id: int
    entries: list[Entry]


async def add(folder: Path, server: Server, slug: str, sample: int, members: int) -> None:
    """Add twins to a shop's sample, members m0, m1, … with an order each, until there are so many."""
    async with installation(server.settings(folder)) as there:
        shop = await there.engine.shop(slug)
        known = await _sample(there.db, shop, sample)
    conn = await asyncpg.connect(server.url(server.leal))
    try:
        await conn.execute(_PASSING)
        statements = [await _statement(conn, table) for table in _OWN]
        for first in range(sample, members, AT_ONCE):
            await _store(conn, shop.id, known, range(first, min(first + AT_ONCE, members)), statements)
        await conn.execute("drop table twin, twin_entry")
    finally:
        await conn.close()


async def _sample(db: Database, shop: Shop, sample: int) -> list[Member]:
    names = [f"m{number}" for number in range(sample)]
    buckets = sorted({key_bucket("shopid", name) for name in names})
    async with db.shop(shop.id) as conn:
        found = await conn.fetch(sql.find_identities, shop.id, buckets, ["shopid"], names)
        ids = {row["key"]: row["account"] for row in found}
        homes = sorted({account_bucket(account) for account in ids.values()})
        entries: dict[int, list[Entry]] = defaultdict(list)
        for row in await conn.fetch(sql.verify_entries, homes, shop.id, list(ids.values())):
            entries[row["account"]].append(entry_from(row))
    return [Member(ids[name], entries[ids[name]]) for name in names]


async def _store(
    conn: asyncpg.Connection[Any], shop: int, sample: list[Member], numbers: range, statements: list[str]
) -> None:
    members, entries, names = [], [], []
    for number in numbers:
        source = sample[number % len(sample)]
        name, order = f"m{number}", f"first-{number}"
        bucket = key_bucket("shopid", name)
        stamp = (source.id >> 22) + number // len(sample) * APART_MS
        account = stamp << 22 | bucket << 12 | number % len(sample) & 0xFFF
        home, head = account_bucket(source.id), bytes(32)
        for entry, head in _chained(shop, account, bucket, source.entries):
            entries.append((home, source.id, entry.number, bucket, account, entry.id, head))
        members.append((home, source.id, bucket, account, name, order, head))
        names.append((bucket, shop, "shopid", name, account, 0))
        names.append((key_bucket("order", order), shop, "order", order, account, 1))
    await conn.execute("truncate twin, twin_entry")
    await conn.copy_records_to_table("twin", records=members)
    await conn.copy_records_to_table("twin_entry", records=entries)
    await conn.execute("analyze twin, twin_entry")
    await conn.copy_records_to_table("identity", records=names)
    for statement in statements:
        await conn.execute(statement, shop, timeout=None)


def _chained(shop: int, account: int, bucket: int, entries: list[Entry]) -> Iterator[tuple[Entry, bytes]]:
    """The entries as the twin's own, each with its digest."""
    head = bytes(32)
    for one in entries:
        entry = msgspec.structs.replace(one, id=one.id & ~BUCKET_BITS | bucket << 12)
        head = chain(head, canonical(shop, account, entry))
        yield entry, head


async def _statement(conn: asyncpg.Connection[Any], table: str) -> str:
    """What stores the twins' rows of a table."""
    own = _OWN[table]
    rows = await conn.fetch(
        "select quote_ident(attname) from pg_attribute where attrelid = $1::text::regclass and attnum > 0"
        " and not attisdropped order by attnum",
        table,
    )
    others = [row[0] for row in rows if row[0] not in own]
    of, key = ("twin_entry", "account") if table == "entry" else ("twin", "id" if table == "account" else "account")
    same_number = " and s.number = t.number" if table == "entry" else ""
    return (
        f"insert into {table} ({', '.join([*own, *others])})"
        f" select {', '.join([*own.values(), *(f's.{other}' for other in others)])}"
        f" from {of} t join {table} s on s.bucket = t.source_bucket and s.shop = $1 and s.{key} = t.source{same_number}"
    )
