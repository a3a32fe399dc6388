"""The shops that are measured, and their members, made by the engine."""

from __future__ import annotations

import asyncio
import random
import time
from itertools import islice
from typing import Final

from leal.demo import END_DAY, FIRST_DAY, ZONE, order_of
from leal.demo import SLUG as IMPORTED
from leal.engine.commands import Adjust, CustomerFacts, PushCustomer, PushOrder, Redeem, Shop, Who
from leal.engine.engine import Engine
from leal.examples import programme_text, purchases
from leal.rules.adjusting import Adjustment
from leal.rules.calendar import start_of_day
from leal.rules.orders import Order, OrderLine
from leal.rules.redemption import Wish
from leal.values import DAY, MICRO

SLUG: Final = "bench"
PUSHED_AT_ONCE: Final = 1_000
LINES: Final = 3
SEED: Final = 1997
GIVEN: Final = 10_000_000
"""Points of a gift."""
PAST_DAYS: Final = 60
"""Members' first orders lie so many days back at most; the programme makes points wait for 14."""


async def make_members(engine: Engine, members: int) -> float:
    """Found the shop with so many members, each with one order of three lines; gives the seconds it took."""
    shop = await engine.create_shop(SLUG)
    await engine.publish(shop, programme(SLUG), author="bench")
    chance = random.Random(SEED)
    now = await engine.now(shop)
    orders = [_first_order(number, now, chance) for number in range(members)]
    return await push(engine, shop, orders)


async def keep_up(engine: Engine) -> None:
    """Store what has fallen due of the members since they were made."""
    await engine.keep_up(await engine.shop(SLUG))


def programme(slug: str) -> str:
    """The example's, in a shop of another name, without the limit: one member redeems as often as one can."""
    text = programme_text("cdnow").replace(f"shop: {IMPORTED}", f"shop: {slug}")
    return text.replace("    points: 5000\n    period: monthly", "    points: 1000000000000\n    period: monthly")


async def import_purchases(engine: Engine, orders: int) -> float:
    """Push so many purchases of the example shop, by day, into a new shop; gives orders a second.

    They are those of the first customers, so that new and returning ones come as they do in the whole.
    """
    shop = await engine.create_shop(IMPORTED, sandbox=True, clock_at=start_of_day(FIRST_DAY, ZONE))
    await engine.publish(shop, programme_text("cdnow"), author="bench")
    await engine.advance_clock(shop, start_of_day(END_DAY, ZONE))
    bought = sorted(islice(purchases(), orders), key=lambda purchase: purchase.day)
    took = await push(engine, shop, [order_of(purchase) for purchase in bought])
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


async def give_points(engine: Engine, members: int) -> float:
    """Give every member points to redeem; gives the seconds it took."""
    shop = await engine.shop(SLUG)
    began = time.perf_counter()
    for first in range(0, members, PUSHED_AT_ONCE):
        names = (f"m{number}" for number in range(first, min(first + PUSHED_AT_ONCE, members)))
        await asyncio.gather(*(engine.adjust(shop, _gift(name)) for name in names))
    return time.perf_counter() - began


async def make_history(engine: Engine, name: str, entries: int, lots: int) -> float:
    """Make a member with so many open lots and, with redemptions, so many entries; gives the seconds it took."""
    shop = await engine.shop(SLUG)
    began = time.perf_counter()
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(Who(shopid=name)))])
    for _ in range(lots):
        await engine.adjust(shop, _gift(name))
    for first in range(0, max(entries - lots, 0), PUSHED_AT_ONCE):
        count = min(PUSHED_AT_ONCE, entries - lots - first)
        await asyncio.gather(
            *(
                engine.redeem(shop, Redeem(Who(shopid=name), Wish(500, with_code=True, cart_subtotal=50 * MICRO)))
                for _ in range(count)
            )
        )
    return time.perf_counter() - began


def amounts(chance: random.Random) -> list[int]:
    """What each line of an order costs: whole cents from 1 to 60 units, in micros."""
    return [chance.randint(100, 6_000) * MICRO // 100 for _ in range(LINES)]


def _gift(name: str) -> Adjust:
    words = {"description": "to redeem", "actor": "bench"}
    return Adjust(Who(shopid=name), [(Adjustment("give_points", GIVEN), None, words)])


async def push(engine: Engine, shop: Shop, orders: list[PushOrder]) -> float:
    """Push orders, a thousand at once; gives the seconds it took, and raises RuntimeError where one was refused."""
    began = time.perf_counter()
    for start in range(0, len(orders), PUSHED_AT_ONCE):
        for pushed in await engine.push_orders(shop, orders[start : start + PUSHED_AT_ONCE]):
            if pushed.problems:
                raise RuntimeError(f"An order was refused: {pushed.problems}")
    return time.perf_counter() - began


def _first_order(number: int, now: int, chance: random.Random) -> PushOrder:
    at = now - chance.randrange(PAST_DAYS * DAY)
    return placed(f"m{number}", f"first-{number}", at, chance)


def placed(customer: str, ident: str, at: int, chance: random.Random) -> PushOrder:
    """An order of three lines."""
    lines = [
        OrderLine(key=f"#{line}", product=f"cd-{line}", quantity=1, amount_spent=amount, amount_full=amount)
        for line, amount in enumerate(amounts(chance))
    ]
    order = Order(id=ident, status="confirmed", order_at=at, updated_at=at, lines=lines)
    return PushOrder(CustomerFacts(Who(shopid=customer)), order)
