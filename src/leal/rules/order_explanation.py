"""Why an order was given what it was: each step of the arithmetic, by the rules that post it (S4.2 to S4.7)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from leal.rules import accrual
from leal.rules.ledger import Book
from leal.rules.order_details import present_awards
from leal.rules.orders import EARNING, Award, LinePin, OrderState, OrderStatus, Pin
from leal.rules.programme.document import Source, SourceKind
from leal.rules.programme.terms import Terms
from leal.rules.waiting import still_owed
from leal.values import Rounding, parse_money, round_fraction

Verdict = Literal["earns", "no_programme", "not_confirmed", "taken_back", "not_a_member"]
"""Whether the order earns, and if not, why."""
Hindrance = Literal["refused", "not_running", "neutralised", "dropped"]
"""Why one source gives an order nothing, or no more: its condition did not hold, it did not run then, staff took its
points back for good, or what they waited for did not come."""


class Factor(NamedTuple):
    """A multiplier that applied to a line."""

    slug: str
    title: str
    factor: Fraction


class LineExplained(NamedTuple):
    """One line's arithmetic: `exact = eligible_micros * factor * rate`. Money in micros."""

    key: str
    product: str
    spent_micros: int
    tender_micros: int
    eligible_micros: int
    earns: bool
    """False: the programme leaves it out."""
    factors: list[Factor]
    factor: Fraction
    """All of them as one."""
    exact: Fraction
    """Points, before anything is rounded."""


class AwardExplained(NamedTuple):
    """What one source gives for the order. Points; instants in microseconds."""

    source: str
    title: str
    kind: SourceKind | None
    by_rule: int
    """What the rule alone would give for the order as it stands."""
    most: int | None
    """The most that its caps allow; None: they do not come into it."""
    owed: int
    """The lesser of both, and what is left of it where something stands against it."""
    given: int
    """What it gives now, net of take-backs; what was written off counts as taken."""
    written_off: int
    hindrance: Hindrance | None
    available_at: int
    expires_at: int


class OrderExplained(NamedTuple):
    """An order's points, and every step to them."""

    order_id: str
    status: OrderStatus
    verdict: Verdict
    order_at: int
    version: int
    """The programme version that it is pinned to; 0: none."""
    tier: str
    """The name of the tier that it is pinned to; empty: none."""
    points: int
    """By all sources together."""
    lines: list[LineExplained]
    rate: tuple[int, int] | None
    """So many points for so many micros; None: order points are not given for it."""
    stacking: str
    rounding: Rounding
    exact: Fraction
    """What the lines come to, before it is rounded once (S1.5)."""
    awards: list[AwardExplained]
    terms: Terms | None


def explain_order(book: Book, state: OrderState) -> OrderExplained:
    """Why the order gives what it gives as of the book's settled instant; may raise LapsesNeeded."""
    awards, pin = present_awards(book, state), state.pin
    points = sum(award.given for award in awards.values())
    terms = book.versions.numbered(pin.version).terms if pin is not None and pin.version else None
    tier = None if terms is None or pin is None else terms.tier(pin.tier)
    told = OrderExplained(
        state.order.id, state.status, _verdict(state), state.order_at, pin.version if pin else 0,
        "" if tier is None else tier.name, points, [], None, "multiply", "floor", Fraction(0), [], terms or book.terms,
    )  # fmt: skip
    if terms is None or pin is None or told.verdict in ("no_programme", "not_confirmed"):
        return told
    pin = _with_all_lines(state, pin, terms)
    rate = _rate(terms, pin, state.order_at) if told.verdict == "earns" else None
    lines = _lines(state, pin, terms, Fraction(0) if rate is None else Fraction(*rate))
    return told._replace(
        lines=lines,
        rate=rate,
        stacking=terms.programme.earning.stacking,
        rounding=terms.programme.points.rounding,
        exact=sum((line.exact for line in lines), Fraction(0)),
        awards=[_award(book, state, pin, terms, source, awards) for source in _sources(terms, awards)],
    )


def _with_all_lines(state: OrderState, pin: Pin, terms: Terms) -> Pin:
    """The pin with the lines that came when the order was cancelled: they were never judged, and give nothing."""
    unjudged = {line.key: LinePin(False, product=line.product) for line in accrual.order_lines(state.order, terms)}
    return msgspec.structs.replace(pin, lines=unjudged | pin.lines)


def rounded(found: OrderExplained) -> int:
    """What the lines come to, rounded once."""
    return round_fraction(found.exact, found.rounding)


def _verdict(state: OrderState) -> Verdict:
    if state.status in ("canceled", "deleted"):
        return "taken_back"
    if state.status not in EARNING:
        return "not_confirmed"
    if state.pin is None or state.pin.version == 0:
        return "no_programme"
    return "earns" if state.pin.member else "not_a_member"


def _rate(terms: Terms, pin: Pin, order_at: int) -> tuple[int, int] | None:
    """Points and the micros that earn them, as the document has them."""
    source = terms.orders
    if source is None or not accrual.gives(source, pin, order_at):
        return None
    told = _told(terms, source.source)
    assert told is not None  # the terms were made of it
    assert told.points is not None
    assert told.per is not None
    return told.points, parse_money(told.per)


def _lines(state: OrderState, pin: Pin, terms: Terms, rate: Fraction) -> list[LineExplained]:
    by_slug = {one.slug: one.factor for one in terms.factors}
    titles = {one.slug: one.title for one in terms.programme.multipliers}
    found = []
    for one in accrual.owed(state.order, pin, terms, state.order_at).lines:
        factor = Fraction(*one.pin.factor)
        factors = [Factor(slug, titles.get(slug, slug), by_slug[slug]) for slug in one.pin.multipliers]
        found.append(
            LineExplained(
                one.line.key, one.line.product, one.line.amount_spent, one.tender_micros, one.eligible_micros,
                one.pin.eligible, factors, factor, one.eligible_micros * factor * rate,
            )
        )  # fmt: skip
    return found


def _sources(terms: Terms, awards: dict[str, Award]) -> list[str]:
    """Those that could give for the order, in the order of the document, and those that did."""
    own = [one.source for one in terms.order_sources]
    listed = [source.slug for source in terms.programme.sources if source.slug in own]
    return [*listed, *(source for source in awards if source not in listed)]


def _award(
    book: Book, state: OrderState, pin: Pin, terms: Terms, source: str, awards: dict[str, Award]
) -> AwardExplained:
    award = awards.get(source, Award())
    uncapped = accrual.owed(state.order, msgspec.structs.replace(pin, allowed={}), terms, state.order_at).points
    earns = state.status in EARNING
    by_rule = uncapped.get(source, 0) if earns else 0
    most = pin.allowed.get(source)
    capped = by_rule if most is None else min(by_rule, most)
    owed = still_owed(award, capped, book.account.settled_at)
    hindrance = _hindrance(state, pin, terms, source, award, is_less=owed < capped)
    told = _told(terms, source)
    return AwardExplained(
        source, source if told is None else told.title, None if told is None else told.kind, by_rule, most, owed,
        award.given, book.account.shortfalls.get(award.number, 0), hindrance, award.available_at, award.expires_at,
    )  # fmt: skip


def _hindrance(
    state: OrderState, pin: Pin, terms: Terms, source: str, award: Award, *, is_less: bool
) -> Hindrance | None:
    """What stands against an award; `is_less`: it owes less than its rule and caps come to."""
    if award.neutralised:
        return "neutralised"
    if is_less:
        return "dropped"
    if source in pin.refused:
        return "refused"
    found = terms.award_terms(source)
    return None if found is None or found.runs(state.order_at) else "not_running"


def _told(terms: Terms, source: str) -> Source | None:
    return next((one for one in terms.programme.sources if one.slug == source), None)
