"""Conditions and what the shop says of a customer: lent when asked for, with what the same batch tells (S9.6)."""

from __future__ import annotations

import msgspec
import pytest
from structlog.testing import capture_logs

from leal.api.balance import balance_result
from leal.api.figures import Figures
from leal.api.shapes import encode
from leal.engine.commands import CustomerFacts, PushCustomer, PushOrder, Shop
from leal.engine.engine import Engine
from leal.errors import InvalidInput
from leal.rules.orders import Order
from leal.values import parse_instant
from tests.engines import found_shop, programme, push, who

CONDITIONS = """
multipliers:
  - {slug: vip, title: VIP, factor: 20000, condition: '"vip" in customer.tags'}
  - {slug: app, title: App, factor: 30000, condition: 'order.extras.channel == "app"'}
"""
OPEN = ["bring", "come"]
"""Sources that everybody sees."""
SEEN = (
    programme()
    .replace("kind: order,", "kind: order, visible: '\"vip\" in customer.tags',")
    .replace("name: Host,", "name: Host, visible: 'customer.extras.level > 2',")
)


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    shop = await found_shop(engine)
    await engine.publish(shop, programme() + CONDITIONS, author="test")
    return shop


def tagged(name: str, *tags: str, **extras: object) -> PushCustomer:
    return PushCustomer(CustomerFacts(who(name), {"tags": list(tags), "extras": extras}))


def with_facts(command: PushOrder, *tags: str, **extras: object) -> PushOrder:
    order: Order = msgspec.structs.replace(command.order, extras=extras)
    return msgspec.structs.replace(
        command, customer=CustomerFacts(command.customer.who, {"tags": list(tags)}), order=order
    )


def failures(text: bytes) -> float:
    return next(
        float(line.split()[1]) for line in text.splitlines() if line.startswith(b"leal_conditions_failed_total")
    )


async def available(engine: Engine, shop: Shop, name: str) -> int:
    return (await engine.balance(shop, who(name))).standing.account.available


async def test_an_order_tells_of_its_customer_first(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [with_facts(push("anna", "o1", 100), "vip", channel="app")])
    assert await available(engine, shop, "anna") == 600
    await engine.push_orders(shop, [with_facts(push("anna", "o2", 10), "press", channel="shop")])
    assert await available(engine, shop, "anna") == 610
    assert (await engine.verify(shop)).faults == []


async def test_commands_of_one_batch_know_what_the_ones_before_told(engine: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [tagged("anna", "press")])
    orders = [
        push("anna", "o1", 100),
        with_facts(push("anna", "o2", 10), "vip", channel="shop"),
        push("anna", "o3", 1),
    ]
    assert [one.problems for one in await engine.push_orders(shop, orders)] == [[], [], []]
    assert await available(engine, shop, "anna") == 100 + 20 + 2


async def test_an_order_that_changes_hands_is_judged_by_whom_it_comes_to(engine: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [tagged("anna"), tagged("bert", "vip")])
    await engine.push_orders(shop, [push("anna", "o1", 100)])
    await engine.push_orders(shop, [push("bert", "o1", 100)])
    assert (await available(engine, shop, "anna"), await available(engine, shop, "bert")) == (0, 200)
    assert (await engine.verify(shop)).faults == []


async def test_a_condition_that_fails_is_told_once_it_is_stored(engine: Engine, shop: Shop) -> None:
    figures = Figures()
    before = figures.text()
    with capture_logs() as logs:
        await engine.push_orders(shop, [push("anna", "o1", 100)])
    told = [log["condition"] for log in logs if log["event"] == "condition_failed"]
    assert told == ['order.extras.channel == "app"']
    assert failures(figures.text()) == failures(before) + 1
    assert await available(engine, shop, "anna") == 100


async def test_the_balance_lists_what_a_member_may_see(engine: Engine, shop: Shop) -> None:
    await engine.publish(shop, SEEN, author="test")
    await engine.push_customers(shop, [tagged("anna", "vip", level=3), tagged("bert", level=1), tagged("carl")])
    shown = {}
    for name in ("anna", "bert", "carl"):
        balance = await engine.balance(shop, who(name), full=True)
        document = msgspec.json.decode(encode(balance_result(shop.slug, balance, full=True, unused=False)))
        shown[name] = ([source["slugs"][0] for source in document["sources"]], len(document["tiers"]))
    assert shown == {"anna": (["purchases", *OPEN], 3), "bert": (OPEN, 2), "carl": (OPEN, 2)}
    stranger = await engine.logged_out(shop, full=True)
    assert [one.source.slug for one in stranger.standing.sources] == OPEN
    later = await engine.balance(shop, who("anna"), full=True, at=parse_instant("2027-01-01T00:00:00Z"))
    assert [one.source.slug for one in later.standing.sources] == ["purchases", *OPEN]


async def test_publishing_refuses_with_the_place_of_each_fault(engine: Engine, shop: Shop) -> None:
    wrong = programme() + CONDITIONS.replace('"vip" in customer.tags', "line.amount_micros > 1.5")
    with pytest.raises(InvalidInput) as refused:
        await engine.publish(shop, wrong, author="test")
    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == ("multipliers[0].condition", "bad_condition")
    assert problem.message.startswith("Line 1, column 20: ")
