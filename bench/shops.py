"""The shops that are measured: their members, made by the engine, and the requests that are sent about them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.load import NUMBER, post, write_requests
from leal.api.catalogue import GLOBAL_VERSIONS
from leal.demo import END_DAY, FIRST_DAY, ZONE, order_of
from leal.demo import SLUG as IMPORTED
from leal.engine.commands import CustomerFacts, PushOrder, Shop, Who
from leal.engine.engine import Engine
from leal.examples import programme_text, purchases
from leal.rules.calendar import start_of_day
from leal.rules.orders import Order, OrderLine
from leal.tokens import make_token
from leal.values import DAY, MICRO, format_instant, format_money

SLUG: Final = "bench"
PUSHED_AT_ONCE: Final = 1_000
LINES: Final = 3
SEED: Final = 1997
PAST_DAYS: Final = 60
"""Members' first orders lie so many days back at most; the programme makes points wait for 14."""


async def make_members(engine: Engine, members: int) -> float:
    """Found the shop with so many members, each with one order of three lines; gives the seconds it took."""
    shop = await engine.create_shop(SLUG)
    await engine.publish(shop, programme_text("cdnow").replace(f"shop: {IMPORTED}", f"shop: {SLUG}"), author="bench")
    chance = random.Random(SEED)
    now = await engine.now(shop)
    orders = [_first_order(number, now, chance) for number in range(members)]
    return await _push(engine, shop, orders)


async def import_purchases(engine: Engine, orders: int) -> float:
    """Push so many purchases of the example shop, by day, into a new shop; gives orders a second.

    They are those of the first customers, so that new and returning ones come as they do in the whole.
    """
    shop = await engine.create_shop(IMPORTED, sandbox=True, clock_at=start_of_day(FIRST_DAY, ZONE))
    await engine.publish(shop, programme_text("cdnow"), author="bench")
    await engine.advance_clock(shop, start_of_day(END_DAY, ZONE))
    bought = sorted(islice(purchases(), orders), key=lambda purchase: purchase.day)
    took = await _push(engine, shop, [order_of(purchase) for purchase in bought])
    held = (await engine.counts(shop))["orders"]
    if held != len(bought):
        raise RuntimeError(f"{len(bought)} orders were imported, {held} are stored.")
    return len(bought) / took


async def orders_held(engine: Engine) -> int:
    """How many orders the members' shop holds; raises RuntimeError when a pushed one was refused."""
    shop = await engine.shop(SLUG)
    if refused := await engine.rejected(shop):
        raise RuntimeError(f"{len(refused)} orders were refused, the first: {refused[0]}")
    return (await engine.counts(shop))["orders"]


async def verify_all(engine: Engine) -> int:
    """Recompute every account from its entries; gives how many, and raises RuntimeError for the first that is wrong."""
    accounts = 0
    for shop in await engine.shops():
        verified = await engine.verify(shop)
        if verified.faults:
            raise RuntimeError(f"{len(verified.faults)} faults in shop {shop.slug}, the first: {verified.faults[0]}")
        accounts += verified.accounts
    return accounts


async def write_reads(engine: Engine, path: Path, members: int) -> None:
    """Prepare `CustomerBalance3` of every member, in random order, each with the member's own token."""
    shop = await engine.shop(SLUG)
    kid, secret = await engine.add_token_key(shop)
    now = time.time_ns() // 1000
    write_requests(
        path,
        (
            post(_path("CustomerBalance3"), make_token(SLUG, kid, secret, customer=name, now=now), b"{}")
            for name in _shuffled(members)
        ),
    )


async def write_writes(engine: Engine, path: Path, members: int) -> None:
    """Prepare `UpdateOrders4` with one new order for every member, in random order, with the shop's token."""
    shop = await engine.shop(SLUG)
    kid, secret = await engine.add_token_key(shop)
    token = make_token(SLUG, kid, secret, now=time.time_ns() // 1000)
    chance = random.Random(SEED + 1)
    now = await engine.now(shop)
    write_requests(
        path,
        (
            post(_path("UpdateOrders4"), token, msgspec.json.encode({"orders": [_wire_order(name, now, chance)]}))
            for name in _shuffled(members)
        ),
    )


async def _push(engine: Engine, shop: Shop, orders: list[PushOrder]) -> float:
    began = time.perf_counter()
    for start in range(0, len(orders), PUSHED_AT_ONCE):
        for pushed in await engine.push_orders(shop, orders[start : start + PUSHED_AT_ONCE]):
            if pushed.problems:
                raise RuntimeError(f"An order was refused: {pushed.problems}")
    return time.perf_counter() - began


def _path(function: str) -> str:
    return f"/api/{GLOBAL_VERSIONS[0]}/{SLUG}/{function}"


def _shuffled(members: int) -> Iterator[str]:
    numbers = list(range(members))
    random.Random(SEED).shuffle(numbers)
    return (f"m{number}" for number in numbers)


def _amounts(chance: random.Random) -> list[int]:
    """What each line costs: whole cents from 1 to 60 units, in micros."""
    return [chance.randint(100, 6_000) * MICRO // 100 for _ in range(LINES)]


def _first_order(number: int, now: int, chance: random.Random) -> PushOrder:
    lines = [
        OrderLine(key=f"#{line}", product=f"cd-{line}", quantity=1, amount_spent=amount, amount_full=amount)
        for line, amount in enumerate(_amounts(chance))
    ]
    at = now - chance.randrange(PAST_DAYS * DAY)
    order = Order(id=f"first-{number}", status="confirmed", order_at=at, updated_at=at, lines=lines)
    return PushOrder(CustomerFacts(Who(shopid=f"m{number}")), order)


def _wire_order(customer: str, now: int, chance: random.Random) -> dict[str, Any]:
    """An order as the shop sends it; its id is numbered when it is sent."""
    amounts = _amounts(chance)
    return {
        "id": f"order-{NUMBER.decode()}",
        "order_time": format_instant(now),
        "update_time": format_instant(now),
        "status": "confirmed",
        "customer": {"id": customer},
        "items": [
            {
                "id": f"line-{line}",
                "product": {"id": f"cd-{line}", "tags": ["music"]},
                "quantity": 1,
                "amount_full": format_money(amount),
                "amount_spent": format_money(amount),
            }
            for line, amount in enumerate(amounts)
        ],
        "amount_taxes": format_money(sum(amounts) // 5),
        "amount_shipping": "4.90",
        "discount_codes": [],
    }
