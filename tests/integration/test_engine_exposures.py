"""Exposures: what was shown is added up, compared with orders, and gone with whom it is about; links are made void."""

from __future__ import annotations

import pytest

from leal.engine.commands import CustomerFacts, Merge, PushCustomer, PushOrder, Shop, UnknownCustomer, Who
from leal.engine.engine import Engine
from leal.engine.exposures import Outcome, Person, Seen
from leal.rules.orders import Order, OrderLine, OrderStatus
from leal.rules.uplift import Group
from leal.values import DAY, MICRO
from tests.engines import FOUNDED_AT, found_shop, key, known, who

BLOCK = "lifecycle-banner"


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    return await found_shop(engine)


async def account(engine: Engine, shop: Shop, name: str) -> int:
    return (await engine.balance(shop, who(name))).account_id


def bought(name: str, at: int, status: OrderStatus = "confirmed") -> PushOrder:
    """An order of 40 euros, told by two lines."""
    lines = [OrderLine(f"#{place}", "p", 1, euros * MICRO) for place, euros in enumerate((30, 10))]
    return PushOrder(CustomerFacts(who(name)), Order(f"order-{name}", status, at, None, lines))


async def show(
    engine: Engine, shop: Shop, name: str | None, at: int = FOUNDED_AT, *, control: bool = False, clicks: int = 0
) -> None:
    """One impression of a block with a control group of 50 %."""
    number = None if name is None else await account(engine, shop, name)
    await engine.add_seen(shop, [Seen(number, BLOCK, 50, control, at, at, 1, clicks, at if clicks else None)])


async def report(engine: Engine, shop: Shop, since_at: int = 0, days: int = 30) -> Outcome:
    (outcome,) = await engine.outcomes(shop, since_at, days)
    return outcome


async def test_what_was_shown_is_added_up_and_compared(engine: Engine, shop: Shop) -> None:
    for name in ("anna", "bob", "cleo", "dan"):
        await engine.push_customers(shop, [known(name)])
    await show(engine, shop, "anna")
    await show(engine, shop, "anna", FOUNDED_AT + DAY, clicks=2)
    await show(engine, shop, "bob", FOUNDED_AT + 2 * DAY)
    await show(engine, shop, "cleo", control=True)
    await show(engine, shop, "dan", control=True)
    await show(engine, shop, None, FOUNDED_AT + 3 * DAY, clicks=1)
    await engine.advance_clock(shop, FOUNDED_AT + 60 * DAY)
    spent = 40 * MICRO
    orders = [
        bought("anna", FOUNDED_AT + 5 * DAY),
        bought("bob", FOUNDED_AT + DAY),  # before it was shown
        bought("cleo", FOUNDED_AT + 30 * DAY),  # too late
        bought("dan", FOUNDED_AT + 5 * DAY, "canceled"),
    ]
    assert not any(pushed.problems for pushed in await engine.push_orders(shop, orders))
    outcome = await report(engine, shop)
    assert (outcome.block, outcome.share) == (BLOCK, 50)
    assert (outcome.impressions, outcome.clicks, outcome.withheld, outcome.clickers) == (4, 3, 2, 1)
    assert outcome.shown == Group(2, 1, spent, spent**2)
    assert outcome.control == Group(2, 0)
    assert outcome.uplift is not None
    assert outcome.uplift.rate.estimate * 2 == 1
    longer = await report(engine, shop, days=31)
    assert longer.control == Group(2, 1, spent, spent**2)
    later = await report(engine, shop, since_at=FOUNDED_AT + DAY)
    assert (later.shown, later.control, later.uplift) == (Group(1, 0), Group(), None)


async def test_many_at_once_are_stored_as_one_by_one(engine: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [known("anna")])
    number = await account(engine, shop, "anna")
    at = FOUNDED_AT
    await engine.add_seen(
        shop,
        [
            Seen(number, BLOCK, 0, False, at + 5, at + 5, 1),
            Seen(number, BLOCK, 0, False, at, at + DAY, 2, 1, at + DAY),
            Seen(None, BLOCK, 0, False, at, at, 1),
        ],
    )
    (seen,) = (await engine.disclose(shop, who("anna"))).content
    assert (seen["impressions"], seen["clicks"], seen["control_group"]) == (3, 1, False)
    assert (seen["first_at"], seen["clicked_at"]) == ("2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z")
    outcome = await report(engine, shop)
    assert (outcome.impressions, outcome.shown.people, outcome.uplift) == (4, 1, None)


async def test_who_is_gone_was_shown_nothing(engine: Engine, shop: Shop) -> None:
    for name in ("anna", "bob", "cleo"):
        await engine.push_customers(shop, [known(name)])
        await show(engine, shop, name)
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("anna"), deleted=True), b"{}")])
    assert (await report(engine, shop)).shown.people == 2
    await engine.merge_customers(shop, Merge([who("bob"), who("cleo")], {}, key("merge")))
    outcome = await report(engine, shop)
    assert (outcome.shown.people, outcome.impressions) == (1, 3)


async def test_links_are_made_void_by_a_new_epoch(engine: Engine, shop: Shop) -> None:
    for name in ("anna", "bob"):
        await engine.push_customers(shop, [known(name)])
    assert await engine.link_person(shop, "anna") == Person("anna", 0)
    for epoch in (1, 2):
        await engine.revoke_links(shop, who("anna"), by="operator ann")
        assert await engine.link_person(shop, "anna") == Person("anna", epoch)
        assert await engine.link_epoch(shop, await account(engine, shop, "anna")) == epoch
    assert sorted([one async for one in engine.link_people(shop)]) == [Person("anna", 2), Person("bob", 0)]
    assert await engine.link_person(shop, "nobody") == Person("nobody", 0)
    noted = (await engine.audit(shop, action="content.links_revoked"))[0].act
    assert (noted.actor, noted.after) == ("operator ann", {"epoch": 2})
    with pytest.raises(UnknownCustomer):
        await engine.revoke_links(shop, Who(shopid="nobody"))


async def test_everybody_is_listed_over_many_pages(engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leal.engine.exposures.PAGE", 2)
    names = [f"m{number}" for number in range(5)]
    for name in names:
        await engine.push_customers(shop, [known(name)])
    assert sorted([one.customer async for one in engine.link_people(shop)]) == names


def test_the_secret_of_the_split_is_the_shops_own(engine: Engine) -> None:
    one, other = (
        engine.split_secret(Shop(number, "a", sandbox=False, clock_offset=0, programme_version=0)) for number in (1, 2)
    )
    assert (
        len(one),
        one == other,
        one == engine.split_secret(Shop(1, "b", sandbox=False, clock_offset=0, programme_version=0)),
    ) == (32, False, True)
