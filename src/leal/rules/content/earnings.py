"""Earnings: what one of a product would give a member now, and what past orders would have given a member."""

from __future__ import annotations

from typing import NamedTuple

from leal.rules import accrual
from leal.rules.content.profile import PlacedOrder
from leal.rules.judging import Judge
from leal.rules.ledger import Book
from leal.rules.orders import LinePin, Order, OrderLine, Pin
from leal.rules.programme.terms import Terms
from leal.rules.tiers import current_tier
from leal.values import MICRO

SIMULATED_MAX = 3
"""Orders of which a simulation is made at the most."""


class Earned(NamedTuple):
    """Points of one product."""

    points: int
    permyriad: int
    """The multipliers among them, combined and floored; 10000 is once, 0: the product does not earn."""
    qualifying: int
    """Those of them that count for tiers."""


class Simulated(NamedTuple):
    """What the last orders would have given a member."""

    points: int
    orders: int


def product_points(book: Book, product: OrderLine, now: int) -> Earned:
    """What an order of this line alone would give now, with the tier held and the multipliers that run; caps may allow
    less. A stranger's is what a member without a tier is given. May raise CustomerNeeded."""
    terms = book.terms
    if terms is None:
        return Earned(0, 0, 0)
    tier = current_tier(book.account, terms)
    order = Order(id="", status="confirmed", order_at=now, updated_at=now, lines=[product])
    judge = Judge(book, now, order)
    slug = None if tier is None else tier.slug
    pins = accrual.pin_lines(order, terms, slug, now, {}, judge)
    refused = accrual.refused_sources(terms, judge, earns=True)
    pin = Pin(0, slug, member=True, confirmed_at=now, lines=pins, refused=refused)
    points = accrual.owed(order, pin, terms, now).points
    own = pins[product.key]
    numerator, denominator = own.factor if own.eligible else (0, 1)
    qualifying = sum(points.get(source.source, 0) for source in terms.order_sources if source.qualifies)
    return Earned(sum(points.values()), numerator * 10_000 // denominator, qualifying)


def simulated(orders: list[PlacedOrder], terms: Terms, now: int) -> Simulated:
    """What the last orders would have given a member by the rate for orders alone: without bonuses, without
    multipliers, for what earns in them. Each is rounded by itself, as orders are (S1.5)."""
    source = terms.orders
    last = orders[:SIMULATED_MAX]
    if source is None or not source.runs(now):
        return Simulated(0, len(last))
    points = 0
    for one in last:
        lines = accrual.order_lines(one.order, terms)
        exclude = terms.programme.earning.eligible.exclude
        pins = {line.key: LinePin(not accrual.matches(exclude, line, empty=False)) for line in lines}
        pin = Pin(0, None, member=True, confirmed_at=now, lines=pins)
        points += accrual.owed(one.order, pin, terms, now).points.get(source.source, 0)
    return Simulated(points, len(last))


def spend_for(points: int, terms: Terms, now: int) -> int | None:
    """The whole units of money, in micros, that an order must come to for so many points that count for tiers, without
    multipliers; None where orders give none."""
    source = terms.orders
    if source is None or not source.runs(now) or not source.qualifies or not source.rate:
        return None
    return whole_units(-(-points * source.rate.denominator // source.rate.numerator))


def whole_units(micros: int) -> int:
    """An amount rounded up to whole units of money."""
    return -(-micros // MICRO) * MICRO
