"""Profiles: stages at their boundaries, and what the shop pushed before what the orders tell."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leal.rules.content.chosen import CardSlot
from leal.rules.content.profile import PlacedOrder, Profile, Purchases, card_of, liked_collections, profile_of, stage_of
from leal.rules.orders import Order, OrderLine
from leal.rules.programme.content import Card, Content, Stages
from leal.values import DAY, MICRO, parse_instant

TODAY = date(2026, 7, 3)
NOW = parse_instant("2026-07-03T09:00:00+02:00")
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("orders", "days", "is_vip", "stage"),
    [
        (0, None, False, "prospect"),
        (0, None, True, "VIP"),
        (1, 0, False, "one-timer"),
        (1, 364, False, "one-timer"),
        (1, 365, False, "dormant"),
        (2, 119, False, "repeat"),
        (2, 120, False, "at-risk"),
        (4, 119, False, "repeat"),
        (5, 119, False, "loyal"),
        (5, 120, False, "at-risk"),
        (5, 364, False, "at-risk"),
        (5, 365, False, "dormant"),
        (1, 10, True, "VIP"),
        (9, 364, True, "VIP"),
        (9, 365, True, "dormant"),
    ],
)
def test_stages(orders: int, days: int | None, is_vip: bool, stage: str) -> None:
    assert stage_of(orders, days, Stages(), is_vip=is_vip) == stage


def placed(days: int, *lines: tuple[str, int, list[str]], total: int | None = None) -> PlacedOrder:
    told = [OrderLine(f"#{n}", one, 1, euros * MICRO, collections=into) for n, (one, euros, into) in enumerate(lines)]
    spent = None if total is None else total * MICRO
    return PlacedOrder(Order("o", "confirmed", None, None, told or None, spent), NOW - days * DAY)


RECENT = [
    placed(20, ("boot", 100, ["shoes"]), ("hat", 30, [])),
    placed(60, ("coat", 120, ["coats", "sale"])),
    placed(90, total=50),
]
PURCHASES = Purchases(7, 3, 900 * MICRO, RECENT, placed(500, ("scarf", 40, ["scarves"])))


def profile(purchases: Purchases = PURCHASES, settings: Content | None = None, **told: Any) -> Profile:
    return profile_of(purchases, told, settings or Content(), is_vip=False, today=TODAY, zone=PARIS)


def test_what_orders_tell() -> None:
    found = profile(first_name="Ann ", locale="fr_FR")
    assert found == Profile(
        stage="loyal", segment="loyal", orders=7, orders_this_year=3, spend_micros=900 * MICRO,
        first_on=TODAY - timedelta(500), last_on=TODAY - timedelta(20), first_order_micros=40 * MICRO, category="coats",
        affinities={"shoes": 100 * MICRO, "coats": 120 * MICRO, "sale": 120 * MICRO},
        first_collections=frozenset(["scarves"]), bought=frozenset(["boot", "hat", "coat"]), first_name="Ann",
        locale="fr_FR",
    )  # fmt: skip
    assert profile(Purchases()) == Profile()


def test_a_day_is_a_local_one() -> None:
    late = PlacedOrder(Order("o", None, None, None, [], 0), parse_instant("2026-07-02T22:30:00Z"))
    found = profile(Purchases(1, 1, 0, [late], late))
    assert (found.first_on, found.days_since(TODAY)) == (TODAY, 0)


@pytest.mark.parametrize(
    ("extra", "value", "field", "expected"),
    [
        ("lifecycle_stage", "at-risk", "stage", "at-risk"),
        ("lifecycle_stage", "champion", "stage", "loyal"),
        ("lifecycle_stage", ["at-risk"], "stage", "loyal"),
        ("segment", "high-value", "segment", "high-value"),
        ("segment", "  ", "segment", "loyal"),
        ("segment", 7, "segment", "loyal"),
        ("purchase_count", 47, "orders", 47),
        ("purchase_count", 1, "stage", "one-timer"),
        ("purchase_count", -1, "orders", 7),
        ("purchase_count", True, "orders", 7),
        ("purchase_count", "47", "orders", 7),
        ("total_spend", "4230.50", "spend_micros", 4_230_500_000),
        ("total_spend", 4230, "spend_micros", 4230 * MICRO),
        ("total_spend", 4230.5, "spend_micros", 900 * MICRO),
        ("total_spend", "-1", "spend_micros", 900 * MICRO),
        ("total_spend", "much", "spend_micros", 900 * MICRO),
        ("first_purchase_date", "2020-02-29", "first_on", date(2020, 2, 29)),
        ("first_purchase_date", "2021-02-29", "first_on", TODAY - timedelta(500)),
        ("last_purchase_date", "2025-01-01T10:00:00Z", "stage", "dormant"),
        ("preferred_category", "Shoes > Sneakers", "category", "Shoes > Sneakers"),
    ],
)  # fmt: skip
def test_what_the_shop_pushed_goes_first_where_it_is_right(extra: str, value: Any, field: str, expected: Any) -> None:
    assert getattr(profile(extras={extra: value}), field) == expected


def test_extras_of_any_kind_do_no_harm() -> None:
    odd: list[Any] = [None, [], "x", 3, {"total_spend": {"a": 1}, "preferred_category": None}]
    for extras in odd:
        assert profile(extras=extras) == profile()


@pytest.mark.parametrize(
    ("symbol", "number", "is_shown"),
    [
        ("code128", "2847391", True), ("code128", "28 47-A", True), ("code128", "ä", False),
        ("code128", "1" * 49, False), ("code128", "", False), ("code128", 2847391, False),
        ("ean13", "284739100123", True),
        ("ean13", "2847391001234", True), ("ean13", "28473910012345", False), ("qr", "x" * 200, True),
    ],
)  # fmt: skip
def test_a_card_is_shown_where_its_symbol_can_hold_it(symbol: Any, number: Any, is_shown: bool) -> None:
    told = {"extras": {"card_number": number}}
    shown = CardSlot(number, symbol) if is_shown else None
    assert card_of(told, Card(extra="card_number", symbol=symbol)) == shown
    assert card_of(told, Card(extra="other", symbol=symbol)) is None
    assert card_of(told, None) is None


def test_products_are_looked_for_in_few_collections() -> None:
    assert liked_collections(PURCHASES, {}) == ["coats", "sale", "shoes", "scarves"]
    assert liked_collections(PURCHASES, {"extras": {"preferred_category": "shoes"}}) == [
        "shoes",
        "coats",
        "sale",
        "scarves",
    ]
    many = placed(3, ("x", 5, [f"c{n}" for n in range(9)]))
    assert liked_collections(Purchases(1, 1, 0, [many], many), {"extras": "?"}) == ["c0", "c1", "c2"]
    assert liked_collections(Purchases(), {}) == []
