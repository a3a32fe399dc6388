"""The requests that are sent: files of them, made before any round."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from bench.bare import READ
from bench.load import NUMBER, post, write_requests
from bench.shops import SEED, SLUG, amounts
from leal.api.catalogue import GLOBAL_VERSIONS
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.tokens import make_token
from leal.values import format_instant, format_money

Write: TypeAlias = Callable[[Engine, Path, int], Awaitable[None]]
"""Writes a file of requests about so many members."""

HOT: Final = "m0"
ORDERS_A_PUSH: Final = 1_000
PUSHES: Final = 40
FULL: Final = b'{"include_full_program":true,"include_unused_rewards":true}'


async def reads(engine: Engine, path: Path, members: int) -> None:
    """`CustomerBalance3` of every member, in random order, each with the member's own token."""
    await _balances(engine, path, shuffled(members), b"{}")


async def full_reads(engine: Engine, path: Path, members: int) -> None:
    """The same with the whole programme and the unused rewards."""
    await _balances(engine, path, shuffled(members), FULL)


async def bare_reads(_: Engine, path: Path, members: int) -> None:
    """The bare handler's reads of the same members, with a head of the same length."""
    write_requests(path, (post(f"{READ}{name}", "x" * 200, b"{}") for name in shuffled(members)))


async def lookups(engine: Engine, path: Path, members: int) -> None:
    """The datasource's record of every member, in random order."""
    _, key = await engine.add_opaque_key(await engine.shop(SLUG), scope="feed")
    head = f"host: localhost\r\nauthorization: Bearer {key}\r\n\r\n"
    names = shuffled(members)
    write_requests(
        path, (f"GET /datasources/v1/{SLUG}/loyalty-programme/{name} HTTP/1.1\r\n{head}".encode() for name in names)
    )


async def orders(engine: Engine, path: Path, members: int) -> None:
    """`UpdateOrders4` with one new order for every member, in random order, with the shop's token."""
    await _orders(engine, path, shuffled(members))


async def hot_orders(engine: Engine, path: Path, _: int) -> None:
    """The same, all of them one member's."""
    await _orders(engine, path, iter([HOT] * 1000))


async def thousands(engine: Engine, path: Path, members: int) -> None:
    """`UpdateOrders4` with a thousand new orders of random members."""
    token, chance, now = await _shop_token(engine), random.Random(SEED + 2), await _now(engine)
    names = list(shuffled(members))

    def pushed() -> Iterator[bytes]:
        for _ in range(PUSHES):
            some = [
                _order(chance.choice(names), now, chance, f"{NUMBER.decode()}-{one}") for one in range(ORDERS_A_PUSH)
            ]
            yield post(_path("UpdateOrders4"), token, msgspec.json.encode({"orders": some}))

    write_requests(path, pushed())


async def redeems(engine: Engine, path: Path, members: int) -> None:
    """`RedeemPoints1` of 500 points of every member, in random order, with the shop's token."""
    await _redeems(engine, path, shuffled(members))


def reads_of(name: str) -> Write:
    """Reads of one member."""

    async def write(engine: Engine, path: Path, _: int) -> None:
        await _balances(engine, path, iter([name] * 100), b"{}")

    return write


def redeems_of(name: str) -> Write:
    """Redemptions of one member."""

    async def write(engine: Engine, path: Path, _: int) -> None:
        await _redeems(engine, path, iter([name] * 100))

    return write


def shuffled(members: int) -> Iterator[str]:
    """The names of all members, in random order."""
    numbers = list(range(members))
    random.Random(SEED).shuffle(numbers)
    return (f"m{number}" for number in numbers)


async def _balances(engine: Engine, path: Path, names: Iterator[str], body: bytes) -> None:
    kid, secret = await engine.add_token_key(await engine.shop(SLUG))
    now = time.time_ns() // 1000
    write_requests(
        path,
        (
            post(_path("CustomerBalance3"), make_token(SLUG, kid, secret, customer=name, now=now), body)
            for name in names
        ),
    )


async def _redeems(engine: Engine, path: Path, names: Iterator[str]) -> None:
    token = await _shop_token(engine)
    bodies = (
        msgspec.json.encode({"customer": {"shopid": name}, "pts": 500, "cart_subtotal": "50.00"}) for name in names
    )
    write_requests(path, (post(_path("RedeemPoints1"), token, body) for body in bodies))


async def _orders(engine: Engine, path: Path, names: Iterator[str]) -> None:
    token, chance, now = await _shop_token(engine), random.Random(SEED + 1), await _now(engine)
    bodies = (msgspec.json.encode({"orders": [_order(name, now, chance, NUMBER.decode())]}) for name in names)
    write_requests(path, (post(_path("UpdateOrders4"), token, body) for body in bodies))


async def _shop_token(engine: Engine) -> str:
    kid, secret = await engine.add_token_key(await engine.shop(SLUG))
    return make_token(SLUG, kid, secret, now=time.time_ns() // 1000)


async def _now(engine: Engine) -> int:
    shop: Shop = await engine.shop(SLUG)
    return await engine.now(shop)


def _path(function: str) -> str:
    return f"/api/{GLOBAL_VERSIONS[0]}/{SLUG}/{function}"


def _order(customer: str, now: int, chance: random.Random, number: str) -> dict[str, Any]:
    """An order as the shop sends it; its id is numbered when it is sent."""
    costs = amounts(chance)
    return {
        "id": f"order-{number}",
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
            for line, amount in enumerate(costs)
        ],
        "amount_taxes": format_money(sum(costs) // 5),
        "amount_shipping": "4.90",
        "discount_codes": [],
    }
