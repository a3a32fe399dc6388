"""Earnings: what the last orders would have given, what an order must come to, and what points alone lead to."""

from __future__ import annotations

import pytest

from leal.rules.content.earnings import Simulated, simulated, spend_for
from leal.rules.content.loyalty import what_suffices
from leal.rules.content.profile import PlacedOrder
from leal.rules.orders import Order, OrderLine
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Need, Terms, compile_terms
from leal.rules.worth import value_of
from leal.values import MICRO
from tests.unit.content.people import NOW, PROGRAMME, TERMS


def terms(old: str, new: str) -> Terms:
    assert old in PROGRAMME
    return compile_terms(read_programme(PROGRAMME.replace(old, new)))


def order(*cents: int, total: int | None = None, tender: int = 0, into: list[str] | None = None) -> PlacedOrder:
    """An order of lines at so many cents."""
    lines = [OrderLine(f"#{n}", "p", 1, each * MICRO // 100, collections=into) for n, each in enumerate(cents)]
    spent = None if total is None else total * MICRO // 100
    placed = Order("o", "confirmed", None, None, lines or None, spent, amount_points=tender * MICRO // 100)
    return PlacedOrder(placed, NOW)


@pytest.mark.parametrize(
    ("orders", "points", "count"),
    [
        ([], 0, 0),
        ([order(1050)], 21, 1),
        ([order(1050), order(1999)], 60, 2),
        ([order(1050), order(1999), order(49)], 60, 3),
        ([order(1050), order(1999), order(49), order(100_000), order(100_000)], 60, 3),
        ([order(total=4235)], 84, 1),
        ([order(0)], 0, 1),
        ([order(1000, 1000, tender=500)], 30, 1),
        ([order(1000, into=["shoes"])], 20, 1),
    ],
)  # fmt: skip
def test_the_last_three_orders_by_the_rate_alone(orders: list[PlacedOrder], points: int, count: int) -> None:
    assert simulated(orders, TERMS, NOW) == Simulated(points, count)


def test_what_does_not_earn_is_not_simulated() -> None:
    without = terms("sources:", "earning: {eligible: {exclude: {collections: [cards]}}}\nsources:")
    assert simulated([order(5000, into=["cards"]), order(1000)], without, NOW) == Simulated(20, 2)
    over = terms("points: 2, per: 1}", "points: 2, per: 1, ends_at: 2026-07-01}")
    assert simulated([order(5000)], over, NOW) == Simulated(0, 1)


def test_money_is_told_in_the_digits_of_the_use_case() -> None:
    assert [value_of(TERMS, points) for points in (1240, 847)] == [62 * MICRO, 42_350_000]
    assert spend_for(180, TERMS, NOW) == 90 * MICRO


@pytest.mark.parametrize(("points", "euros"), [(1, 1), (2, 1), (3, 2), (179, 90), (180, 90), (181, 91)])
def test_an_order_is_suggested_in_whole_units_that_suffice(points: int, euros: int) -> None:
    assert spend_for(points, TERMS, NOW) == euros * MICRO


def test_no_order_is_suggested_where_none_leads_there() -> None:
    other = (
        "points: 2, per: 1, qualifies: false}\n  - {slug: hello, title: Hi, kind: signup, points: 9, qualifies: true}"
    )
    assert spend_for(180, terms("points: 2, per: 1}", other), NOW) is None
    assert spend_for(180, terms("points: 2, per: 1}", "points: 2, per: 1, ends_at: 2026-07-01}"), NOW) is None


@pytest.mark.parametrize(
    ("lacking", "every", "suffices"),
    [
        (Need(points=180), True, "points"),
        (Need(points=180, spend_micros=5), True, None),
        (Need(points=180, orders=1), True, None),
        (Need(points=180, events=("visit",)), True, None),
        (Need(points=180, spend_micros=5), False, "points"),
        (Need(points=180, orders=1), False, "points"),
        (Need(spend_micros=5), True, "spend"),
        (Need(spend_micros=5, orders=1), True, None),
        (Need(spend_micros=5, orders=1), False, "spend"),
        (Need(orders=1), True, None),
        (Need(), True, None),
    ],
)
def test_something_is_promised_to_suffice_only_where_it_does(lacking: Need, every: bool, suffices: str | None) -> None:
    assert what_suffices(Need(points=3000, every=every), lacking) == suffices


def test_nothing_is_promised_where_nothing_was_asked() -> None:
    assert what_suffices(Need(points=3000), None) is None
