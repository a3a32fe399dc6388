"""Imports for tests: orders of some customers as a file, what came of importing it, and what each member has."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.exchange.importing import Fault, Importer, Summary
from leal.exchange.storing import ImportKind
from leal.values import format_instant, parse_instant
from tests.engines import who

DAY = 86_400_000_000
BEGUN_AT = parse_instant("2024-01-01T00:00:00Z")


def life(seed: int, count: int = 60) -> list[dict[str, Any]]:
    """Orders of some customers over two years, in any order."""
    chance = random.Random(seed)
    orders = []
    for number in range(count):
        at = BEGUN_AT + chance.randrange(730) * DAY + number * 1_000_000
        orders.append(
            {
                "id": f"A{number}", "order_time": format_instant(at), "status": "confirmed",
                "customer": {"id": chance.choice(["anna", "bob", "cleo"])},
                "amount_spent": str(chance.randrange(5, 220)),
            }
        )  # fmt: skip
    return orders


def written(path: Path, orders: list[dict[str, Any]]) -> str:
    """A file of orders, one a line."""
    path.write_text("".join(json.dumps(order) + "\n" for order in orders))
    return str(path)


def content(path: str) -> bytes:
    """What a file holds."""
    return Path(path).read_bytes()


async def take(
    engine: Engine, shop: Shop, path: str, kind: ImportKind = "orders", **how: Any
) -> tuple[Summary, list[Fault]]:
    """Import a file; what came of it, and the faults."""
    faults: list[Fault] = []
    summary = await Importer(engine, shop, kind, tell=faults.append).run(path, **how)
    return summary, faults


async def figures(engine: Engine, shop: Shop, customer: str) -> tuple[Any, ...]:
    """What a member has, and the whole history, by day."""
    standing = (await engine.balance(shop, who(customer))).standing
    account = standing.account
    await engine.keep_up(shop)
    changes = (await engine.history(shop, who(customer))).changes
    return (
        account.available, account.pending, account.expired, account.earned, account.life, account.tier,
        account.tier_deadline_at, [(lot.remaining, lot.expires_at) for lot in account.lots],
        [(change.type, change.points, change.at // DAY) for change in changes if change.type != "joined"],
    )  # fmt: skip
