"""A client process: `python -m tests.hammer.client URL JOURNAL SEED SECONDS MEMBERS` hits shared members at random.

It has an engine of its own over the database and keeps several commands under way at once. With SECONDS 0 it goes on
until it is killed. What it was told it writes down; what it does not know after a broken connection stays unknown.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path

from leal.rules.orders import OrderStatus
from leal.store.db import Database
from tests.engines import SLUG, new_engine
from tests.hammer.asking import ask
from tests.hammer.journal import Answer, Journal, Kind, Wish

AT_ONCE = 6
"""Commands a client has under way at once."""
ORDERS_A_MEMBER = 8
HOLDS_A_MEMBER = 3
"""References that a client uses for a member, over and over, before it goes on to others."""
ORDERS_SHARED = 20
"""Orders that every client tells of every member, so that they move."""
GUESTS = 30
"""Customers who have a few orders, and whom a member takes over sooner or later: of twenty the one of that number."""
ORDERS_A_GUEST = 2
FRIENDS = 60
"""Customers whose first order comes by a member's invitation, told by any client, and again."""
WEIGHTS: dict[Kind, int] = {
    "order": 40, "redeem": 15, "unredeem": 9, "adjust": 11, "hold": 8, "capture": 5, "release": 3, "gift": 5,
    "take": 12, "void": 5, "visit": 6, "refer": 2, "befriend": 5, "merge": 2,
}  # fmt: skip
STATUSES: tuple[OrderStatus, ...] = ("confirmed", "confirmed", "completed", "canceled", "unconfirmed", "deleted")
ADJUSTMENTS = ("give_points", "takeaway_points", "takeaway_points_as_spent", "unspend_points", "forgive_debt")


class Client:
    """Random wishes from one seed, and what is known of earlier ones."""

    def __init__(self, seed: int, members: int) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._members = members
        self._count = 0
        self._codes: dict[str, list[str]] = {}
        self._changes: dict[str, list[int]] = {}
        self._rewards: dict[str, list[int]] = {}
        self._invitations: list[str] = []

    def wish(self) -> Wish:
        """The next wish."""
        self._count += 1
        number = f"{self._seed}-{self._count}"
        chance, customer = self._random, f"m{self._random.randrange(self._members)}"
        match chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]:
            case "order":
                return self._order(number, customer)
            case "befriend" if self._invitations:
                friend, code = f"f{chance.randrange(FRIENDS)}", chance.choice(self._invitations)
                at = time.time_ns() // 1000
                return Wish(number, "befriend", friend, 30, f"first-{friend}", "confirmed", at, (code,))
            case "take":
                at = time.time_ns() // 1000
                return Wish(number, "take", customer, at=at, offer=chance.choice(("rare", "badge", "mug")))
            case "void" if self._rewards.get(customer):
                held = self._rewards[customer]
                change = held.pop(chance.randrange(len(held)))
                return Wish(number, "void", customer, action="void_reward", change_id=change)
            case "visit" | "refer" as kind:
                return Wish(number, kind, customer)
            case "merge":
                guest = chance.randrange(GUESTS)
                return Wish(number, "merge", f"g{guest}", to=f"m{guest % self._members}")
            case "redeem":
                return Wish(number, "redeem", customer, chance.choice((1, 5, 20, 100, 500)))
            case "unredeem" if self._changes.get(customer):
                changes = self._changes[customer]
                return Wish(number, "unredeem", customer, change_id=changes.pop(chance.randrange(len(changes))))
            case "hold" | "capture" | "release" as kind:
                points = chance.choice((1, 5, 20, 100)) if kind == "hold" else 0
                reference = f"{self._seed}-{chance.randrange(HOLDS_A_MEMBER)}-{self._count // 100}"
                return Wish(number, kind, customer, points, reference=reference)
            case "gift":
                return Wish(number, "gift", customer, chance.randrange(1, 30), to=f"m{chance.randrange(self._members)}")
            case _:
                action = chance.choice(ADJUSTMENTS)
                return Wish(number, "adjust", customer, chance.randrange(1, 60), action=action)

    def _order(self, number: str, customer: str) -> Wish:
        """An order of a member, one that many tell of, or one of a guest."""
        chance = self._random
        order = f"{customer}-{chance.randrange(ORDERS_A_MEMBER)}"
        match chance.choices(("own", "shared", "guest"), (65, 25, 10))[0]:
            case "shared":
                order = f"shared-{chance.randrange(ORDERS_SHARED)}"
            case "guest":
                customer = f"g{chance.randrange(GUESTS)}"
                order = f"{customer}-{chance.randrange(ORDERS_A_GUEST)}"
        known = self._codes.get(customer, [])
        codes = tuple(chance.sample(known, 1)) if known and chance.random() < 0.4 else ()
        return Wish(
            number, "order", customer, chance.randrange(200), order, chance.choice(STATUSES),
            time.time_ns() // 1000, codes,
        )  # fmt: skip

    def learn(self, wish: Wish, answer: Answer) -> None:
        """Remember codes and changes that later wishes can name."""
        if wish.kind == "capture" and answer.outcome == "done":
            self._changes.setdefault(wish.customer, []).append(answer.change_id)
        if wish.kind == "take" and answer.outcome == "done" and wish.offer != "badge":
            self._rewards.setdefault(wish.customer, []).append(answer.change_id)
        if wish.kind == "refer" and answer.outcome == "done":
            self._invitations.append(answer.code)
        if wish.kind == "redeem" and answer.outcome == "done":
            self._codes.setdefault(wish.customer, []).append(answer.code)
            self._codes[wish.customer] = self._codes[wish.customer][-5:]
            self._changes.setdefault(wish.customer, []).append(answer.change_id)


async def run(url: str, journal: Journal, client: Client, seconds: float) -> None:
    """Make wishes until the time is over, or for ever."""
    db = await Database.open(url, connections=6)
    engine = await new_engine(db)
    shop = await engine.shop(SLUG)
    until = time.monotonic() + (seconds or 1e9)

    async def one_after_the_other() -> None:
        while time.monotonic() < until:
            wish = client.wish()
            journal.write(wish)
            answer = await ask(engine, shop, wish)
            journal.write(answer)
            client.learn(wish, answer)
            if answer.outcome == "unknown":
                await asyncio.sleep(0.2)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    await engine.close()
    await db.close()


if __name__ == "__main__":
    _, url, path, seed, seconds, members = sys.argv
    asyncio.run(run(url, Journal(Path(path)), Client(int(seed), int(members)), float(seconds)))
