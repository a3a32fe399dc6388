"""Any instant: what a member was shown is told again later, word for word; what is to come is what then comes."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import pytest

from leal.api.balance import balance_result
from leal.engine.commands import Shop, UnknownCustomer
from leal.engine.engine import Engine
from leal.errors import InvalidInput, LealError
from leal.rules.account import Mark
from leal.rules.adjusting import Action, Adjustment
from leal.rules.orders import OrderStatus
from leal.scalars import encode_scalar
from leal.values import DAY, parse_instant
from tests.engines import (
    FOUNDED_AT,
    SLUG,
    act,
    adjust,
    found_shop,
    known,
    programme,
    push,
    redeem,
    unredeem,
    who,
)

MEMBERS: Final = ("anna", "ben")
STATUSES: Final[tuple[OrderStatus, ...]] = ("unconfirmed", "confirmed", "confirmed", "completed", "canceled")
ACTIONS: Final[tuple[Action, ...]] = ("give_points", "takeaway_points", "takeaway_points_as_spent", "unspend_points")
MARKS: Final[tuple[Mark, ...]] = ("disable_earning_rewards", "enable_rewards", "tester")
ROLLING: Final = programme(7)
DEARER: Final = programme(7).replace("spend: 200", "spend: 350").replace("points: 1000000", "points: 400")
MOMENTS: Final = (
    ROLLING.replace("expiration:", "expiration:\n  global: {mode: inactivity, term: 4 months}"),
    ROLLING.replace("expiration:", "expiration:\n  global: {mode: inactivity, term: 50 days, keeps: [redemption]}"),
    ROLLING.replace("expiration:", 'expiration:\n  global: {mode: date, days: ["03-31", "11-30"]}'),
    ROLLING.replace("expiration:", "expiration:\n  global: {mode: inactivity, term: 50 days}").replace(
        "name: Friend,", "name: Friend, entry_points: 70,"
    ),
    ROLLING,
)
WINDOWS: Final = (
    ROLLING.replace("kind: calendar_year", "kind: rolling, length: 90 days").replace(
        "ends: window", "ends: term, term: 60 days"
    ),
    ROLLING.replace("kind: calendar_year", "kind: anniversary_year"),
    ROLLING.replace("kind: calendar_year}", "kind: lifetime}\n  basis: available").replace(
        "spend: 200}", "points: 300}"
    ),
    ROLLING.replace("name: Friend,", "name: Friend, entry_points: 70,"),
)
REWARDING: Final = (
    programme(0).replace("cancelled_order: points", "cancelled_order: reward").replace("value: 0.01", "value: 2")
)

FAMILIES: Final = {"mixed": (programme(0), programme(14), DEARER, REWARDING), "moments": MOMENTS, "windows": WINDOWS}


async def shown(engine: Engine, shop: Shop, customer: str, at: int | None = None) -> tuple[int, str]:
    """The moment and the whole document, as the API writes it."""
    balance = await engine.balance(shop, who(customer), full=True, unused=True, at=at)
    document = balance_result(SLUG, balance, full=True, unused=True)
    return balance.now, msgspec.json.encode(document, enc_hook=encode_scalar).decode()


class Story:
    """What happens to two members, by chance."""

    def __init__(self, engine: Engine, shop: Shop, family: str, seed: int) -> None:
        self.engine, self.shop, self.programmes = engine, shop, FAMILIES[family]
        self.chance = random.Random(seed)
        self.orders: list[tuple[str, str, int]] = []
        self.made: list[tuple[str, int, str]] = []

    async def order(self) -> None:
        """A new order, or an old one told anew, perhaps with codes on it."""
        if self.orders and self.chance.random() < 0.5:
            member, name, euros = self.chance.choice(self.orders)
        else:
            member, name, euros = self.chance.choice(MEMBERS), f"o{len(self.orders)}", self.chance.randint(1, 400)
            self.orders.append((member, name, euros))
        status = self.chance.choice(STATUSES)
        codes = tuple(code for owner, _, code in self.made if code and owner == member and self.chance.random() < 0.4)
        paid = self.chance.choice((euros, euros, euros // 2, 0))
        await self.engine.push_orders(self.shop, [push(member, name, paid, status, codes=codes)])

    async def redeem(self) -> None:
        """Points into a code, or without one."""
        member = self.chance.choice(MEMBERS)
        wish = redeem(member, self.chance.randint(1, 200), with_code=self.chance.random() < 0.8)
        made = await self.engine.redeem(self.shop, wish)
        self.made.append((member, made.change_id, made.code))

    async def unredeem(self) -> None:
        """A redemption undone."""
        if self.made:
            member, change, _ = self.chance.choice(self.made)
            await self.engine.unredeem(self.shop, unredeem(member, change))

    async def staff(self) -> None:
        """A correction by staff."""
        action = self.chance.choice(ACTIONS)
        await self.engine.adjust(self.shop, adjust(self.chance.choice(MEMBERS), action, self.chance.randint(1, 150)))

    async def tier(self) -> None:
        """Staff set a tier by hand, or let it go."""
        member, now = self.chance.choice(MEMBERS), await self.engine.now(self.shop)
        until_at = self.chance.choice((None, now + self.chance.randint(1, 400) * DAY))
        slug = self.chance.choice((None, "guest", "friend", "host", "host"))
        wish = Adjustment("set_tier", tier=slug, until_at=until_at, lock=self.chance.random() < 0.5)
        await self.engine.adjust(self.shop, act(member, self.chance.choice((wish, wish, Adjustment("release_tier")))))

    async def mark(self) -> None:
        """Staff set a mark, or clear it."""
        action: Action = self.chance.choice(("set_mark", "clear_mark", "clear_mark"))
        await self.engine.adjust(
            self.shop, act(self.chance.choice(MEMBERS), Adjustment(action, mark=self.chance.choice(MARKS)))
        )

    async def wait(self) -> None:
        """Time passes; what falls due on the way is stored, or not."""
        days = self.chance.choice((1, 9, 40, 200))
        now = await self.engine.now(self.shop)
        await self.engine.advance_clock(self.shop, now + days * DAY, keep_up=self.chance.random() < 0.5)

    async def publish(self) -> None:
        """Another programme, from now on or from a day to come on."""
        text = self.chance.choice(self.programmes)
        now = await self.engine.now(self.shop)
        later = now + self.chance.randint(1, 60) * DAY if self.chance.random() < 0.5 else None
        await self.engine.publish(self.shop, text, author="test", effective_at=later)

    def next(self) -> Callable[[], Awaitable[None]]:
        """Whatever comes next."""
        often = [self.order] * 6 + [self.redeem] * 4 + [self.wait] * 4
        return self.chance.choice([*often, self.unredeem, self.staff, self.tier, self.mark, self.publish])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("family", FAMILIES)
async def test_what_was_shown_is_told_again(engine: Engine, family: str, seed: int) -> None:
    """At every instant of a story the later answer is the document that was shown then."""
    shop = await found_shop(engine, pending_days=3)
    story = Story(engine, shop, family, seed)
    await engine.publish(shop, story.programmes[0], author="test")
    await engine.push_customers(shop, [known(member) for member in MEMBERS])
    seen: list[tuple[str, int, str]] = []
    refused = 0
    for _ in range(90):
        try:
            await story.next()()
        except LealError:
            refused += 1
        for member in MEMBERS:
            seen.append((member, *await shown(engine, shop, member)))
    assert refused < 60
    assert (await engine.verify(shop)).faults == []
    for member, at, document in seen:
        assert (member, at, await shown(engine, shop, member, at)) == (member, at, (at, document))
    assert family != "mixed" or any('"unused_rewards":[{' in document for _, _, document in seen)


@pytest.mark.parametrize("family", FAMILIES)
async def test_what_is_to_come_is_what_comes(engine: Engine, family: str) -> None:
    """A moment to come, told beforehand, is what is shown when it has come and nothing else has happened."""
    shop = await found_shop(engine, pending_days=3)
    story = Story(engine, shop, family, 100)
    await engine.push_customers(shop, [known(member) for member in MEMBERS])
    for _ in range(40):
        try:
            await story.next()()
        except LealError:
            continue
    await engine.publish(shop, DEARER, author="test", effective_at=await engine.now(shop) + 90 * DAY)
    told = []
    for days in (1, 20, 100, 300, 500, 900):
        at = await engine.now(shop) + days * DAY
        told.append((at, [await shown(engine, shop, member, at) for member in MEMBERS]))
    for at, documents in told:
        await engine.advance_clock(shop, at, keep_up=days > 100)
        assert [document for _, document in documents] == [(await shown(engine, shop, one))[1] for one in MEMBERS]
        assert [await shown(engine, shop, member, at) for member in MEMBERS] == documents


async def test_before_anything_happened_a_member_is_a_stranger(engine: Engine) -> None:
    shop = await found_shop(engine)
    before = await engine.now(shop)
    await engine.push_orders(shop, [push("anna", "o1", 50)])
    then = await engine.balance(shop, who("anna"), at=before)
    assert (then.standing.account.earned, then.standing.anniversary_day) == (0, None)
    assert then.standing.current is not None
    long_before = await engine.balance(shop, who("anna"), full=True, at=FOUNDED_AT - 400 * DAY)
    assert long_before.standing.terms is None
    with pytest.raises(UnknownCustomer):
        await engine.balance(shop, who("nobody"), at=before)


async def test_the_last_instant_before_a_change_does_not_know_of_it(engine: Engine) -> None:
    """Half-open: at its own instant a change is there, a microsecond earlier it is not."""
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 50)])
    made = await engine.redeem(shop, redeem("anna", 20))
    redeemed = (await engine.history(shop, who("anna"))).changes[0]
    await engine.push_orders(shop, [push("anna", "o2", 30, codes=(made.code,))])
    at = await engine.balance(shop, who("anna"), unused=True, at=redeemed.at)
    before = await engine.balance(shop, who("anna"), unused=True, at=redeemed.at - 1)
    assert (at.standing.account.available, [one.code for one in at.rewards]) == (30, [made.code])
    assert (before.standing.account.available, before.rewards) == (50, [])
    now = await engine.balance(shop, who("anna"), unused=True)
    assert now.rewards == []


async def test_a_far_future_can_be_asked_for_and_not_the_end_of_the_calendar(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "o1", 5000)])
    last = await engine.balance(shop, who("anna"), full=True, at=parse_instant("2999-12-31T23:59:59Z"))
    assert (last.standing.account.available, last.standing.account.expired) == (0, 5000)
    first = await engine.balance(shop, who("anna"), full=True, at=parse_instant("1000-01-01T00:00:00Z"))
    assert first.standing.account.earned == 0
    for beyond in ("3000-01-01T00:00:00Z", "0999-12-31T23:59:59Z"):
        with pytest.raises(InvalidInput) as refused:
            await engine.balance(shop, who("anna"), at=parse_instant(beyond))
        assert [problem.path for problem in refused.value.problems] == ["at"]
