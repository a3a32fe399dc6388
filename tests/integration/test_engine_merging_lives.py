"""Random lives of three members who become one at some point: every book stays in order, nothing is lost or made."""

from __future__ import annotations

import os
import random

import pytest

from leal.engine.commands import Merge, Shop
from leal.engine.engine import Engine
from leal.errors import LealError
from leal.rules.account import Account
from leal.values import DAY
from tests.engines import adjust, found_shop, push, redeem, unredeem, who

LIVES = int(os.environ.get("LEAL_MERGING_LIVES", "3"))
STEPS = 40
NAMES = ("anna", "ben", "cleo")
STATUSES = ("confirmed", "completed", "completed", "canceled", "unconfirmed", "deleted")
ADJUSTMENTS = ("give_points", "takeaway_points", "takeaway_points_as_spent", "unspend_points", "forgive_debt")


class Lives:
    """Members of one shop, and what may happen to them next."""

    def __init__(self, engine: Engine, shop: Shop, seed: int) -> None:
        self.engine, self.shop = engine, shop
        self.chance = random.Random(seed)
        self.changes: list[tuple[str, int]] = []
        self.codes: list[str] = []

    async def step(self) -> None:
        """One random thing; what is refused changes nothing."""
        chance, name = self.chance, self.chance.choice(NAMES)
        try:
            match chance.choices(("order", "redeem", "unredeem", "adjust", "change", "clock"), (40, 20, 12, 10, 6, 12))[
                0
            ]:
                case "order":
                    codes = tuple(chance.sample(self.codes, 1)) if self.codes and chance.random() < 0.3 else ()
                    order = f"{name}-{chance.randrange(4)}"
                    status = chance.choice(STATUSES)
                    await self.engine.push_orders(
                        self.shop,
                        [push(name, order, chance.randrange(400), status, codes=codes)],  # type: ignore[arg-type]
                    )
                case "redeem":
                    wish = redeem(name, chance.choice((5, 50, 200)), with_code=chance.random() < 0.7)
                    made = await self.engine.redeem(self.shop, wish)
                    self.changes.append((name, made.change_id))
                    self.codes += [made.code] if made.code else []
                case "unredeem" if self.changes:
                    await self.engine.unredeem(self.shop, unredeem(*chance.choice(self.changes)))
                case "adjust":
                    action = chance.choice(ADJUSTMENTS)
                    await self.engine.adjust(self.shop, adjust(name, action, chance.randrange(1, 90)))  # type: ignore[arg-type]
                case "change":
                    history = (await self.engine.history(self.shop, who(name))).changes
                    earned = [one for one in history if one.type in ("earned_from_order", "manual_correction")]
                    if earned:
                        undo = adjust(name, "takeaway_points_for_change", 0, change_id=chance.choice(earned).id)
                        await self.engine.adjust(self.shop, undo)
                case _:
                    now = await self.engine.now(self.shop)
                    await self.engine.advance_clock(self.shop, now + chance.choice((1, 15, 45, 200)) * DAY)
        except LealError:
            pass

    async def faults(self) -> list[str]:
        """What verify finds, in the last lines of a failure's message."""
        return [fault.sentence for fault in (await self.engine.verify(self.shop)).faults]

    async def account(self, name: str) -> Account:
        return (await self.engine.balance(self.shop, who(name))).standing.account


@pytest.mark.parametrize("seed", range(LIVES))
async def test_random_lives_that_become_one(engine: Engine, seed: int) -> None:
    lives = Lives(engine, await found_shop(engine, pending_days=seed % 2 * 14), seed)
    await engine.push_orders(lives.shop, [push(name, f"{name}-0", 100) for name in NAMES])
    pairs = lives.chance.sample(NAMES, 3)
    for into, source in ((pairs[1], pairs[2]), (pairs[0], pairs[1])):
        for _ in range(STEPS):
            await lives.step()
        one, other = await lives.account(into), await lives.account(source)
        merged = await engine.merge_customers(lives.shop, Merge([who(into), who(source)]))
        both = await lives.account(source)
        for figure in ("held", "redeemed", "expired", "earned"):
            assert getattr(both, figure) == getattr(one, figure) + getattr(other, figure), figure
        for figure in ("spend_micros", "qualifying", "orders"):
            assert getattr(both.life, figure) == getattr(one.life, figure) + getattr(other.life, figure), figure
        free = one.available + one.pending + other.available + other.pending
        paid = min(free, one.debt + other.debt)
        assert (both.available + both.pending, both.debt) == (free - paid, one.debt + other.debt - paid)
        assert merged.account_id == one.id
        assert await lives.faults() == []
    for _ in range(STEPS):
        await lives.step()
    assert await lives.faults() == []
