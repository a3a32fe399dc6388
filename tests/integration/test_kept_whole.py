"""What is kept beside a balance: a read of the whole programme tells the same of it as of the account, as long as it
holds."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg
import pytest

from leal.engine.commands import CustomerFacts, PlainBalance, PushCustomer, Shop, TakeOffer, WholeBalance
from leal.engine.engine import Engine
from leal.rules.adjusting import Adjustment
from leal.values import parse_instant
from tests import plainly
from tests.engines import act, programme, push, redeem, who

OFFERS = """
offers:
  - {slug: gift, title: A euro off, kind: free, gives: {amount: "1"}, per_member: {count: 1, period: monthly}}
  - {slug: once, title: Two euros off, kind: free, gives: {amount: "2"}}
  - {slug: card, title: A card, kind: gift_card, points: 150, gives: {amount: "5"}}
"""


WAYS = """sources:
  - {slug: join, title: Join, kind: signup, points: 5}
  - {slug: first, title: First, kind: first_order, points: 5}"""


Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def is_kept(engine: Engine, shop: Shop, admin: Admin, name: str) -> bool:
    """Whether a read of the whole programme takes what is kept; it tells what the account does in either case."""
    made = await engine.balance(shop, who(name), full=True, unused=True)
    for locale in (None, "de"):
        told, expected = await plainly.documents(engine, shop, name, made, locale)
        assert told == expected
    found = await engine.whole_balance(shop, who(name), full=True, unused=True)
    stored = "select whole from account a join identity i on i.account = a.id where i.kind = 'shopid' and i.key = $1"
    return isinstance(found, WholeBalance) and await admin.fetchval(stored, name) is not None


async def test_every_part_of_the_programme_is_told_of_what_is_kept(engine: Engine, shop: Shop, admin: Admin) -> None:
    text = programme().replace("sources:", WAYS).replace("name: Friend,", "name: Friend, entry_points: 3,")
    text = text.replace("spend: 200}}", "spend: 200}, redemption_limit: {points: 900, period: weekly}}")
    await engine.publish(shop, text + OFFERS, author="test")
    await engine.push_orders(
        shop, [push("anna", "anna-1", 100), push("ben", "ben-1", 900), push("cleo", "cleo-1", 5000)]
    )
    await engine.redeem(shop, redeem("ben", 60))
    await engine.take_offer(shop, TakeOffer(who("ben"), "gift"))
    assert [await is_kept(engine, shop, admin, name) for name in ("anna", "ben", "cleo")] == [True, True, True]


async def test_it_holds_until_an_offer_that_was_used_up_can_be_had_again(
    engine: Engine, shop: Shop, admin: Admin
) -> None:
    await engine.publish(shop, programme() + OFFERS, author="test")
    await engine.push_orders(shop, [push("anna", "anna-1", 100), push("ben", "ben-1", 100)])
    await engine.take_offer(shop, TakeOffer(who("anna"), "gift"))
    await engine.take_offer(shop, TakeOffer(who("ben"), "once"))
    await engine.advance_clock(shop, parse_instant("2026-01-31T22:59:59Z"), keep_up=False)
    assert [await is_kept(engine, shop, admin, name) for name in ("anna", "ben")] == [True, True]
    await engine.advance_clock(shop, parse_instant("2026-01-31T23:00:00Z"), keep_up=False)
    assert [await is_kept(engine, shop, admin, name) for name in ("anna", "ben")] == [False, True]


async def test_it_holds_until_the_year_ends_in_which_a_birthday_paid(engine: Engine, shop: Shop, admin: Admin) -> None:
    text = programme().replace("sources:", "sources:\n  - {slug: day, title: Your day, kind: birthday, points: 50}")
    await engine.publish(shop, text.replace("term: 12 months", "term: 36 months"), author="test")
    for name, birthday in (("anna", "1980-05-17"), ("ben", "")):
        facts = CustomerFacts(who(name), {"birthday": birthday} if birthday else {})
        await engine.push_customers(shop, [PushCustomer(facts)])
    await engine.advance_clock(shop, parse_instant("2026-12-31T22:59:59Z"))
    assert [await is_kept(engine, shop, admin, name) for name in ("anna", "ben")] == [True, True]
    await engine.advance_clock(shop, parse_instant("2026-12-31T23:00:00Z"), keep_up=False)
    assert [await is_kept(engine, shop, admin, name) for name in ("anna", "ben")] == [False, True]


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("kind: referral_sent,", "kind: referral_sent, visible: member.orders >= 1,"),
        ("kind: referral_sent,", "kind: referral_sent, condition: member.orders >= 1,"),
        ("slug: purchases,", "slug: purchases, caps: [{points: 50, period: monthly}],"),
        ("name: Friend,", "name: Friend, visible: member.orders >= 1,"),
        ("gives: {amount: \"5\"}", 'gives: {amount: "5"}, stock: 3'),
        ("gives: {amount: \"5\"}", 'gives: {amount: "5"}, condition: member.orders >= 1'),
    ],
)  # fmt: skip
async def test_what_figures_alone_do_not_tell_is_not_kept(
    engine: Engine, shop: Shop, admin: Admin, word: str, other: str
) -> None:
    text = programme().replace(", caps: []", "") + OFFERS
    assert word in text
    await engine.publish(shop, text.replace(word, other), author="test")
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])
    assert not await is_kept(engine, shop, admin, "anna")
    assert isinstance(await engine.plain_balance(shop, who("anna")), PlainBalance)


async def test_it_is_not_kept_of_whom_staff_keep_from_points(engine: Engine, shop: Shop, admin: Admin) -> None:
    await engine.publish(shop, programme() + OFFERS, author="test")
    await engine.push_orders(shop, [push(name, f"{name}-1", 100) for name in ("anna", "ben", "cleo")])
    await engine.adjust(shop, act("anna", Adjustment("set_mark", mark="readonly")))
    await engine.adjust(shop, act("ben", Adjustment("set_mark", mark="disable_earning_rewards")))
    await engine.adjust(shop, act("cleo", Adjustment("set_mark", mark="tester")))
    assert [await is_kept(engine, shop, admin, name) for name in ("anna", "ben", "cleo")] == [False, False, True]


async def test_it_is_told_only_while_the_balance_holds(engine: Engine, shop: Shop, admin: Admin) -> None:
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])

    async def orders_lacking() -> int | None:
        """Of six, once something false is kept."""
        await admin.execute("update account set whole = '[100,2]' where whole is not null")
        found = await engine.whole_balance(shop, who("anna"), full=True, unused=False)
        shown = found.programme if isinstance(found, WholeBalance) else found.standing
        assert shown is not None
        return shown.tiers[2].asked.lacking.orders

    assert await orders_lacking() == 4
    for change, undo in (
        ("number = number + 1", "number = number - 1"),
        ("record_version = 0", "record_version = settled_version"),
        ("balance_until = settled_at", "balance_until = 'infinity'"),
        ("whole = null", "whole = '[100,2]'"),
    ):
        await admin.execute(f"update account set {change}")
        assert await orders_lacking() == 5
        await admin.execute(f"update account set {undo}")
        assert await orders_lacking() == 4


async def test_verifying_finds_what_is_false_of_it(engine: Engine, shop: Shop, admin: Admin) -> None:
    await engine.publish(shop, programme() + OFFERS, author="test")
    await engine.push_orders(shop, [push("anna", "anna-1", 100)])
    await engine.take_offer(shop, TakeOffer(who("anna"), "gift"))
    assert not (await engine.verify(shop)).faults
    (right,) = await admin.fetch("select whole, balance_until from account")
    for change in (
        "whole = replace(whole, '[100,', '[99,')",
        "whole = replace(whole, 'gift', 'once')",
        "balance_until = balance_until + interval '1 microsecond'",  # January ends before
    ):
        await admin.execute(f"update account set {change}")
        (fault,) = (await engine.verify(shop)).faults
        assert "kept" in fault.sentence
        await admin.execute("update account set whole = $1, balance_until = $2", *right)
