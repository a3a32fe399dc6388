"""Order details: what an order is given and what each of its lines contributes, told by the rules that post it."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import msgspec

from leal.rules import accrual
from leal.rules.ledger import Book
from leal.rules.ordering import note_drops
from leal.rules.orders import EARNING, Award, OrderState
from leal.rules.programme.terms import Terms
from leal.values import round_fraction

PERMYRIAD = 10_000


class LineDetails(NamedTuple):
    """One line of an order; money in micros of the programme's currency."""

    key: str
    full_micros: int
    """Before discounts."""
    spent_micros: int
    """After them."""
    tender_micros: int
    """What of that was paid with points."""
    eligible_micros: int
    """What earns."""
    points: int
    """This line's by itself, rounded by itself: the lines need not add up (S1.5)."""
    permyriad: int
    """Its multipliers combined, floored; 0: it does not earn."""


class OrderDetails(NamedTuple):
    """What an order is given, and why."""

    order_id: str
    points: int
    """By all sources together, net of what was taken back."""
    awards: dict[str, int]
    """The same by the source's slug."""
    lines: list[LineDetails]
    currency: str
    """The programme's; `XXX`, ISO 4217's none, where there is no programme."""
    grounds: dict[str, str]
    """What it was judged by, for people who look into it."""


def order_details(book: Book, state: OrderState) -> OrderDetails:
    """What an order of the member is given as of the book's settled instant; may raise LapsesNeeded."""
    awards = {source: award.given for source, award in present_awards(book, state).items() if award.given}
    terms = book.terms
    if state.pin is not None and state.pin.version:
        terms = book.versions.numbered(state.pin.version).terms
    currency = "XXX" if terms is None else terms.programme.currency
    return OrderDetails(
        state.order.id, sum(awards.values()), awards, _lines(state, terms), currency, _grounds(state, awards)
    )


def present_awards(book: Book, state: OrderState) -> dict[str, Award]:
    """The order's awards as of the book's settled instant, by source; may raise LapsesNeeded."""
    copied = msgspec.structs.replace(state, awards={})
    for source, award in state.awards.items():
        copied.awards[source] = now = msgspec.structs.replace(award)
        note_drops(book, copied, now)
    return copied.awards


def _lines(state: OrderState, terms: Terms | None) -> list[LineDetails]:
    if terms is None:
        return []
    pin = state.pin
    if pin is None or pin.version == 0 or state.status not in EARNING:
        return [
            LineDetails(line.key, max(line.amount_full, line.amount_spent), line.amount_spent, 0, 0, 0, 0)
            for line in accrual.order_lines(state.order, terms)
        ]
    rate = terms.orders.rate if terms.orders is not None and _gives(terms, state) else Fraction(0)
    found = []
    for one in accrual.owed(state.order, pin, terms, state.order_at).lines:
        factor = Fraction(*one.pin.factor) if one.pin.eligible else Fraction(0)
        found.append(
            LineDetails(
                one.line.key,
                max(one.line.amount_full, one.line.amount_spent),
                one.line.amount_spent,
                one.tender_micros,
                one.eligible_micros,
                round_fraction(one.eligible_micros * factor * rate, terms.programme.points.rounding),
                int(factor * PERMYRIAD),
            )
        )
    return found


def _gives(terms: Terms, state: OrderState) -> bool:
    pin, source = state.pin, terms.orders
    return pin is not None and pin.member and source is not None and accrual.gives(source, pin, state.order_at)


def _grounds(state: OrderState, awards: dict[str, int]) -> dict[str, str]:
    pin = state.pin
    grounds: dict[str, str] = {"status": state.status}
    if pin is not None:
        grounds["programme version"] = str(pin.version)
        grounds["tier"] = pin.tier or "none"
        grounds["member"] = "yes" if pin.member else "no"
        if pin.refused:
            grounds["sources whose condition did not hold"] = ", ".join(pin.refused)
        if pin.allowed:
            grounds["the most that caps allow"] = ", ".join(f"{most} of {slug}" for slug, most in pin.allowed.items())
    multipliers = sorted(
        {slug for line in (pin.lines.values() if pin is not None else ()) for slug in line.multipliers}
    )
    if multipliers:
        grounds["multipliers"] = ", ".join(multipliers)
    return grounds | {f"points of {source}": str(points) for source, points in awards.items()}
