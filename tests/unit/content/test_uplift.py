"""Uplift: intervals as others compute them, and comparisons that are not worth anything."""

from __future__ import annotations

from decimal import Decimal

import pytest

from leal.rules.uplift import Group, uplift
from leal.values import MICRO


def group(people: int, buyers: int, each: int = 0) -> Group:
    """Buyers who spent the same each, in units of money."""
    return Group(people, buyers, buyers * each * MICRO, buyers * (each * MICRO) ** 2)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((70, 56), (80, 48), "0.0524", "0.3339"),
        ((10, 9), (10, 3), "0.1705", "0.8090"),
        ((7, 6), (7, 2), "0.0582", "0.8062"),
        ((56, 5), (29, 0), "-0.0381", "0.1926"),
        ((10, 0), (20, 0), "-0.1611", "0.2775"),
        ((10, 10), (10, 0), "0.6075", "1.0000"),
    ],
)
def test_shares_are_compared_as_newcombe_does(
    one: tuple[int, int], other: tuple[int, int], low: str, high: str
) -> None:
    found = uplift(group(*one), group(*other), 50)
    assert found is not None
    assert found.rate.estimate == Decimal(one[1]) / one[0] - Decimal(other[1]) / other[0]
    assert found.rate.low.quantize(Decimal("0.0001")) == Decimal(low)
    assert found.rate.high.quantize(Decimal("0.0001")) == Decimal(high)
    assert -1 <= found.rate.low <= found.rate.estimate <= found.rate.high <= 1


def test_a_difference_is_certain_where_the_interval_excludes_none() -> None:
    clear, vague = (
        uplift(group(90_000, 4_950), group(10_000, 400), 10),
        uplift(group(90, 5), group(10, 0), 10),
    )
    assert clear is not None
    assert clear.rate.is_certain
    assert clear.rate.estimate == Decimal("0.015")
    assert vague is not None
    assert not vague.rate.is_certain


def test_money_is_compared_by_its_means() -> None:
    """By hand: means 50 and 20; variances 2525.2525… and 1616.1616…; the reach is 1.96 times the root of 41.41…."""
    found = uplift(group(100, 50, 100), group(100, 20, 100), 50)
    assert found is not None
    assert found.micros.estimate == 30 * MICRO
    assert round(found.micros.low / MICRO, 2) == Decimal("17.39")
    assert round(found.micros.high / MICRO, 2) == Decimal("42.61")
    assert found.micros.is_certain


def test_all_alike_leave_no_doubt_about_money() -> None:
    found = uplift(group(10, 10, 5), group(10, 10, 5), 50)
    assert found is not None
    assert found.micros.low == found.micros.high == 0


@pytest.mark.parametrize(("control", "fair"), [(901, False), (902, True), (1000, True), (1098, True), (1099, False)])
def test_groups_that_were_not_drawn_by_the_share_are_told(control: int, *, fair: bool) -> None:
    found = uplift(group(10_000 - control, 100), group(control, 10), 10)
    assert found is not None
    assert found.is_fair is fair


def test_without_two_groups_nothing_is_said() -> None:
    assert uplift(group(100, 5), Group(), 0) is None
    assert uplift(group(100, 5), group(1, 1), 10) is None
