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

from leal.engine.commands import Key, Shop
from leal.engine.engine import Engine
from leal.engine.gifts import Gift
from leal.engine.holds import CaptureHold, PlaceHold, ReleaseHold
from leal.errors import LealError, Unavailable
from leal.rules.holding import HoldWish
from leal.rules.orders import OrderStatus
from leal.store.db import Database
from tests.engines import SLUG, adjust, key, new_engine, push, redeem, unredeem, who
from tests.hammer.journal import Answer, Journal, Wish

AT_ONCE = 6
"""Commands a client has under way at once."""
ORDERS_A_MEMBER = 8
HOLDS_A_MEMBER = 3
"""References that a client uses for a member, over and over, before it goes on to others."""
ORDERS_SHARED = 20
"""Orders that every client tells of every member, so that they move."""
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

    def wish(self) -> Wish:
        """The next wish."""
        self._count += 1
        number = f"{self._seed}-{self._count}"
        chance, customer = self._random, f"m{self._random.randrange(self._members)}"
        kinds = ("order", "redeem", "unredeem", "adjust", "hold", "capture", "release", "gift")
        match chance.choices(kinds, (40, 18, 9, 11, 9, 5, 3, 5))[0]:
            case "order":
                shared = chance.random() < 0.25
                order = f"shared-{chance.randrange(ORDERS_SHARED)}"
                if not shared:
                    order = f"{customer}-{chance.randrange(ORDERS_A_MEMBER)}"
                known = self._codes.get(customer, [])
                codes = tuple(chance.sample(known, 1)) if known and chance.random() < 0.4 else ()
                return Wish(
                    number, "order", customer, chance.randrange(200), order, chance.choice(STATUSES),
                    time.time_ns() // 1000, codes,
                )  # fmt: skip
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

    def learn(self, wish: Wish, answer: Answer) -> None:
        """Remember codes and changes that later wishes can name."""
        if wish.kind == "capture" and answer.outcome == "done":
            self._changes.setdefault(wish.customer, []).append(answer.change_id)
        if wish.kind == "redeem" and answer.outcome == "done":
            self._codes.setdefault(wish.customer, []).append(answer.code)
            self._codes[wish.customer] = self._codes[wish.customer][-5:]
            self._changes.setdefault(wish.customer, []).append(answer.change_id)


async def ask(engine: Engine, shop: Shop, wish: Wish) -> Answer:
    """Make a wish; never raises but for a fault of the program."""
    name = key(f"{wish.kind} {wish.number}")
    try:
        if wish.kind == "order":
            status: OrderStatus = wish.status  # type: ignore[assignment]
            order = push(wish.customer, wish.order, wish.points, status, updated_at=wish.at, codes=wish.codes)
            (pushed,) = await engine.push_orders(shop, [order])
            assert pushed.problems == [], pushed
            return Answer(wish.number, "done")
        if wish.kind == "redeem":
            made = await engine.redeem(shop, redeem(wish.customer, wish.points, name))
            return Answer(wish.number, "done", made.points, made.code, made.change_id, made.replayed)
        if wish.kind == "unredeem":
            back = await engine.unredeem(shop, unredeem(wish.customer, wish.change_id, name))
            return Answer(wish.number, "done", back.points, replayed=back.replayed)
        if wish.kind in ("hold", "capture", "release", "gift"):
            return await _ask_rarely(engine, shop, wish, name)
        action: str = wish.action
        adjusted = await engine.adjust(shop, adjust(wish.customer, action, wish.points, name))  # type: ignore[arg-type]
        return Answer(wish.number, "done", wish.points, replayed=adjusted.replayed)
    except Unavailable as failure:
        return Answer(wish.number, "unknown", why=failure.message)
    except LealError as failure:
        return Answer(wish.number, "refused", why=failure.id)


async def _ask_rarely(engine: Engine, shop: Shop, wish: Wish, name: Key) -> Answer:
    """Holds and gifts."""
    own = who(wish.customer)
    match wish.kind:
        case "hold":
            made = await engine.hold(shop, PlaceHold(own, HoldWish(wish.points), wish.reference, name))
            return Answer(wish.number, "done", made.points, replayed=made.replayed)
        case "capture":
            spent = await engine.capture_hold(shop, CaptureHold(own, wish.reference, key=name))
            return Answer(wish.number, "done", spent.points, "", spent.change_id, spent.replayed)
        case "release":
            back = await engine.release_hold(shop, ReleaseHold(own, wish.reference, key=name))
            return Answer(wish.number, "done", back.points, replayed=back.replayed)
    given = await engine.give(shop, Gift(own, who(wish.to), wish.points, key=name))
    return Answer(wish.number, "done", given.points, "", given.change_id, given.replayed)


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
