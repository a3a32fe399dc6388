"""Content: what the engine reads of a customer, and what is chosen from it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pytest

from leal.engine.commands import CustomerFacts, Merge, PushCustomer, PushOrder, Shop, Who
from leal.engine.engine import Engine
from leal.engine.products import PushProduct
from leal.rules.content.chosen import BLOCKS, Chosen, SpendProgress
from leal.rules.mapped import EVERY_FIELD
from leal.rules.orders import Order, OrderLine
from leal.values import DAY, MICRO, parse_instant
from tests.engines import FOUNDED_AT, SLUG

PROGRAMME: Final = """
shop: corner
title: Corner Club
currency: EUR
timezone: Europe/Berlin
locale: en
enrolment: explicit
points: {value: 0.05}
earning:
  eligible: {exclude: {collections: [gift-cards]}}
sources:
  - {slug: purchases, title: Buy, kind: order, points: 2, per: 1}
  - {slug: hello, title: Hello, kind: signup, points: 0}
multipliers:
  - {slug: mugs, title: Mugs, factor: 20000, targets: {collections: [mugs]}}
expiration:
  rolling: {term: 60 days}
tiers:
  window: {kind: lifetime}
  steps:
    - {slug: silver, name: Silver, features: {early: yes}}
    - {slug: gold, name: Gold, requires: {points: 1000}, features: {early: yes, delivery: every order}}
    - {slug: platinum, name: Platinum, requires: {points: 5000}, features: {early: yes, delivery: every order}}
tier_features:
  - {slug: early, title: Early access}
  - {slug: delivery, title: Free delivery}
content:
  links: {product: "https://shop.example/p/{slug}"}
  products: {least: 2}
""".replace("\n  - {slug: hello, title: Hello, kind: signup, points: 0}", "").replace(": yes", ": 'yes'")


@pytest.fixture
async def club(engine: Engine) -> Shop:
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    await engine.publish(shop, PROGRAMME, author="test")
    return await engine.shop(SLUG)


async def buy(
    engine: Engine, shop: Shop, customer: str, number: int, *lines: tuple[str, int], at: int = FOUNDED_AT
) -> None:
    """An order of products at so many euros."""
    order = Order(
        id=f"{customer}-{number}", status="confirmed", order_at=at, updated_at=at,
        lines=[OrderLine(f"#{n}", one, 1, euros * MICRO, euros * MICRO) for n, (one, euros) in enumerate(lines)],
    )  # fmt: skip
    [told] = await engine.push_orders(shop, [PushOrder(CustomerFacts(Who(shopid=customer)), order)])
    assert not told.problems


async def join(engine: Engine, shop: Shop, customer: str, membership: Any = "full", **profile: Any) -> None:
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(Who(shopid=customer), profile, membership))])


async def catalogue(engine: Engine, shop: Shop) -> None:
    def one(ident: str, price: str, *collections: str, **facts: Any) -> PushProduct:
        variants = [{"id": "v", "price": price}]
        told = {"title": ident.title(), "slug": f"the {ident}", "variants": variants, **facts}
        return PushProduct(ident, told, [], list(collections))

    told = [
        one("cup", "10.000000", "mugs"),
        one("mug", "20.000000", "mugs"),
        one("jug", "30.000000", "jugs"),
        one("card", "50.000000", "gift-cards"),
        one("old", "10.000000", "mugs", inactive=True),
        one("sold", "10.000000", "mugs", variants=[{"id": "v", "price": "10.000000", "in_stock": False}]),
    ]
    await engine.push_products(shop, [], told)


async def shown(engine: Engine, shop: Shop, customer: str, block: Any = BLOCKS[0]) -> Chosen:
    return (await engine.content(shop, customer, block)).chosen


async def test_nobody_and_a_shop_without_a_programme(engine: Engine) -> None:
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    assert [(await shown(engine, shop, "ann", block)).variant for block in BLOCKS] == ["hidden"] * 5
    await engine.publish(shop, PROGRAMME, author="test")
    shop = await engine.shop(SLUG)
    told = [await shown(engine, shop, "ann", block) for block in BLOCKS]
    assert [one.variant for one in told] == ["unknown", "hidden", "unknown", "unknown", "hidden"]
    assert told[0].slots.benefits == ["Early access"]


async def test_who_is_no_member_sees_what_the_last_three_orders_would_have_given(engine: Engine, club: Shop) -> None:
    await catalogue(engine, club)
    await join(engine, club, "ann", "none")
    assert (await shown(engine, club, "ann")).variant == "prospect"
    for number, euros in enumerate([500, 100, 110, 90]):
        at = FOUNDED_AT - (10 - number) * DAY
        await buy(engine, club, "ann", number, ("mug", euros), ("card", 70), at=at)
        points = {0: 1000, 1: 1200, 2: 1420, 3: 600}[number]  # 2 a euro, without the mugs' multiplier, cards excluded
        told = await shown(engine, club, "ann")
        assert (told.variant, told.slots.simulated_points, told.slots.simulated_orders) == (
            "non-member", points, min(3, number + 1),
        )  # fmt: skip
    assert told.slots.simulated_value_micros == 30 * MICRO
    assert (told.slots.next_tier, told.slots.points_missing) == ("Gold", 400)
    assert (await engine.records(club, ["ann"]))["ann"].points_balance == 0


async def test_a_member_goes_through_the_states(engine: Engine, club: Shop) -> None:
    await join(engine, club, "ann")
    assert (await shown(engine, club, "ann")).variant == "no-points"
    await buy(engine, club, "ann", 1, ("jug", 399))
    told = await shown(engine, club, "ann")
    assert (told.variant, told.slots.points, told.slots.points_missing) == ("default", 798, 202)
    await buy(engine, club, "ann", 2, ("jug", 1))
    told = await shown(engine, club, "ann")
    assert (told.variant, told.slots.points_missing, told.slots.next_tier) == ("near-next-tier", 200, "Gold")
    assert told.slots.next_benefits == ["Free delivery (every order)"]
    assert told.slots.suggested_spend_micros == 100 * MICRO
    assert told.slots.progress is not None
    assert (told.slots.progress.current, told.slots.progress.goal) == (800, 1000)
    await buy(engine, club, "ann", 3, ("jug", 200))
    assert (await shown(engine, club, "ann")).variant == "default"
    for days, variant in ((29, "default"), (30, "points-expiring"), (60, "points-expiring")):
        await engine.advance_clock(club, FOUNDED_AT + days * DAY)
        told = await shown(engine, club, "ann")
        assert told.variant == variant, days
    assert (told.slots.points_expiring, told.slots.expiring_value_micros) == (1200, 60 * MICRO)
    await engine.advance_clock(club, FOUNDED_AT + 61 * DAY)
    assert (await shown(engine, club, "ann")).variant == "no-points"
    await buy(engine, club, "ann", 4, ("jug", 2000))
    told = await shown(engine, club, "ann")
    assert (told.variant, told.slots.tier, told.slots.next_tier, told.slots.points_missing) == (
        "vip",
        "Platinum",
        None,
        None,
    )


async def test_products_come_with_what_they_earn_and_where_that_leads(engine: Engine, club: Shop) -> None:
    await catalogue(engine, club)
    await join(engine, club, "ann", first_name="Ann", locale="fr_FR")
    await buy(engine, club, "ann", 1, ("cup", 478), ("gone", 3))
    told = await shown(engine, club, "ann", "enriched-product-recommendation")
    assert told.variant == "one-timer"
    seen = [(one.id, one.points, one.permyriad, one.reaches) for one in told.slots.products]
    # 1918 points after double points on cups; 3082 lack to Platinum
    assert seen == [("mug", 80, 20_000, None), ("card", 0, 0, None), ("jug", 60, 10_000, None)]
    assert told.slots.products[0].url == "https://shop.example/p/the%20mug"
    assert told.slots.products[0].price_micros == 20 * MICRO
    digest = await engine.content(club, "ann", "personalised-digest")
    assert (digest.chosen.slots.first_name, digest.locale, digest.account is not None) == ("Ann", "fr_FR", True)
    assert digest.chosen.slots.products == told.slots.products


async def test_what_the_shop_pushed_goes_before_what_orders_tell(engine: Engine, club: Shop) -> None:
    await join(engine, club, "ann")
    await buy(engine, club, "ann", 1, ("jug", 10), at=FOUNDED_AT - 40 * DAY)
    assert (await shown(engine, club, "ann", "lifecycle-banner")).variant == "one-timer-urgent"
    await join(engine, club, "ann", extras={"lifecycle_stage": "at-risk", "purchase_count": 47, "total_spend": "4230"})
    assert (await shown(engine, club, "ann", "lifecycle-banner")).variant == "at-risk"
    told = (await shown(engine, club, "ann", "customer-value-block")).slots
    assert (told.orders, told.spend_micros, told.months_together) == (47, 4230 * MICRO, 1)


async def test_cancelled_orders_do_not_stand_and_merged_ones_do(engine: Engine, club: Shop) -> None:
    await join(engine, club, "ann")
    for number in range(25):
        await buy(engine, club, "ann", number, ("jug", 10), at=FOUNDED_AT - (400 - number) * DAY)
    gone = Order(id="ann-24", status="canceled", order_at=None, updated_at=FOUNDED_AT + 1)
    await engine.push_orders(club, [PushOrder(CustomerFacts(Who(shopid="ann")), gone)])
    told = (await shown(engine, club, "ann", "customer-value-block")).slots
    assert (told.orders, told.spend_micros, str(told.since), told.orders_this_year) == (
        24,
        240 * MICRO,
        "2024-12-01",
        None,
    )
    await join(engine, club, "bob")
    await buy(engine, club, "bob", 1, ("jug", 10), at=FOUNDED_AT - 1000 * DAY)
    await engine.merge_customers(club, Merge([Who(shopid="ann"), Who(shopid="bob")]))
    told = (await shown(engine, club, "ann", "customer-value-block")).slots
    assert (told.orders, told.spend_micros, str(told.since)) == (25, 250 * MICRO, "2023-04-11")


async def test_returns_and_cancelled_orders_are_off_the_simulation(engine: Engine, club: Shop) -> None:
    await join(engine, club, "ann", "none")
    for number, euros in enumerate([100, 50, 20]):
        await buy(engine, club, "ann", number, ("jug", euros), at=FOUNDED_AT - (9 - number) * DAY)
    assert (await shown(engine, club, "ann")).slots.simulated_points == 340
    lines = [OrderLine("#0", "jug", 1, 40 * MICRO, 50 * MICRO)]
    less = Order("ann-1", "confirmed", FOUNDED_AT - 8 * DAY, FOUNDED_AT + 1, lines)
    await engine.push_orders(club, [PushOrder(CustomerFacts(Who(shopid="ann")), less)])
    assert (await shown(engine, club, "ann")).slots.simulated_points == 320
    gone = Order("ann-0", "canceled", None, FOUNDED_AT + 1)
    await engine.push_orders(club, [PushOrder(CustomerFacts(Who(shopid="ann")), gone)])
    told = (await shown(engine, club, "ann")).slots
    assert (told.simulated_points, told.simulated_orders) == (120, 2)


YEARS: Final = (
    PROGRAMME.replace(
        "window: {kind: lifetime}", "window: {kind: calendar_year}\n  life: {ends: window, grace: 30 days}"
    )
    .replace("term: 60 days", "term: 48 months")
    .replace("requires: {points: 1000}", "requires: {points: 1000}, keep: {points: 600}")
)


async def test_a_tier_that_is_about_to_end(engine: Engine) -> None:
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    await engine.publish(shop, YEARS, author="test")
    shop = await engine.shop(SLUG)
    await join(engine, shop, "ann")
    await buy(engine, shop, "ann", 1, ("jug", 500))
    assert (await shown(engine, shop, "ann")).variant == "default"
    await engine.advance_clock(shop, parse_instant("2027-12-20T12:00:00+01:00"))
    record = await engine.mapped_records(shop, ["ann"], EVERY_FIELD)
    ends_on = date.fromisoformat(record["ann"]["tier_expiration_date"])
    await engine.advance_clock(shop, parse_instant(f"{ends_on - timedelta(31)}T12:00:00+01:00"))
    assert (await shown(engine, shop, "ann")).variant == "default"
    await engine.advance_clock(shop, parse_instant(f"{ends_on - timedelta(30)}T12:00:00+01:00"))
    told = await shown(engine, shop, "ann")
    assert (told.variant, told.slots.tier_ends_on, told.slots.points_to_keep) == ("tier-at-risk", ends_on, 600)


FOR_SOME: Final = "targets: {collections: [mugs]}, condition: '\"vip\" in customer.tags'}"
ROLLING: Final = PROGRAMME.replace(
    "window: {kind: lifetime}", "window: {kind: rolling, length: 90 days}\n  life: {ends: never}"
).replace("targets: {collections: [mugs]}}", FOR_SOME)


async def test_what_more_is_needed_than_the_account_is_lent(engine: Engine) -> None:
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    await engine.publish(shop, ROLLING, author="test")
    shop = await engine.shop(SLUG)
    await catalogue(engine, shop)
    await join(engine, shop, "ann", tags=["vip"])
    await join(engine, shop, "bob")
    for customer in ("ann", "bob"):
        await buy(engine, shop, customer, 1, ("jug", 450))
    await engine.advance_clock(shop, FOUNDED_AT + 10 * DAY, keep_up=False)
    assert (await shown(engine, shop, "ann")).variant == "near-next-tier"
    points = {}
    for customer in ("ann", "bob"):
        told = await shown(engine, shop, customer, "enriched-product-recommendation")
        points[customer] = {one.id: one.points for one in told.slots.products}
    assert points == {"ann": {"mug": 80, "cup": 40, "card": 0}, "bob": {"mug": 40, "cup": 20, "card": 0}}
    await engine.advance_clock(shop, FOUNDED_AT + 100 * DAY, keep_up=False)
    told = await shown(engine, shop, "ann")
    assert (told.variant, told.slots.points, told.slots.points_missing) == ("no-points", 0, 1000)


async def test_a_programme_that_is_off_and_other_shops_show_nothing_of_it(engine: Engine, club: Shop) -> None:
    await join(engine, club, "ann", first_name="Ann")
    await buy(engine, club, "ann", 1, ("jug", 100))
    other = await engine.create_shop("other", sandbox=True, clock_at=FOUNDED_AT)
    await engine.publish(other, PROGRAMME.replace("shop: corner", "shop: other"), author="test")
    found = await engine.content(other, "ann", "personalised-digest")
    assert (found.chosen.variant, found.account, found.chosen.slots.first_name) == ("unknown", None, None)
    await engine.publish(club, f"{PROGRAMME}enabled: false\n", author="test")
    assert [(await shown(engine, club, "ann", block)).variant for block in BLOCKS] == ["hidden"] * 5


async def test_what_points_alone_do_not_reach_is_not_promised(engine: Engine) -> None:
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    both = PROGRAMME.replace("requires: {points: 1000}", "requires: {points: 1000, orders: 5}")
    either = PROGRAMME.replace("requires: {points: 1000}", "requires: {points: 1000, orders: 5, match: any}")
    await engine.publish(shop, both, author="test")
    shop = await engine.shop(SLUG)
    await join(engine, shop, "ann")
    await buy(engine, shop, "ann", 1, ("jug", 450))
    assert (await engine.records(shop, ["ann"]))["ann"].points_to_next_tier == 100
    told = await shown(engine, shop, "ann")
    assert (told.variant, told.slots.points_missing, told.slots.progress) == ("default", None, None)
    await engine.publish(shop, either, author="test")
    assert (await shown(engine, shop, "ann")).variant == "near-next-tier"


async def test_a_ladder_of_money(engine: Engine) -> None:
    shop = await engine.create_shop(SLUG, sandbox=True, clock_at=FOUNDED_AT)
    by_money = PROGRAMME.replace("requires: {points: 1000}", 'requires: {spend: "500"}').replace(
        "requires: {points: 5000}", 'requires: {spend: "2000", orders: 9}'
    )
    await engine.publish(shop, by_money, author="test")
    shop = await engine.shop(SLUG)
    await catalogue(engine, shop)
    await join(engine, shop, "ann")
    await buy(engine, shop, "ann", 1, ("sold", 399))
    assert (await shown(engine, shop, "ann")).variant == "default"
    await buy(engine, shop, "ann", 2, ("sold", 71))
    slots = (await shown(engine, shop, "ann")).slots
    assert (slots.spend_missing_micros, slots.suggested_spend_micros) == (30 * MICRO, 30 * MICRO)
    assert slots.spend_progress == SpendProgress(470 * MICRO, 500 * MICRO)
    told = (await shown(engine, shop, "ann", "enriched-product-recommendation")).slots.products
    # a gift card earns nothing, and counts for nothing
    assert {one.id: one.reaches for one in told} == {"mug": None, "jug": "Gold", "cup": None, "card": None}
    await buy(engine, shop, "ann", 3, ("jug", 30))
    told_now = await shown(engine, shop, "ann")
    assert (told_now.slots.tier, told_now.slots.spend_missing_micros, told_now.slots.spend_progress) == (
        "Gold",
        None,
        None,
    )
