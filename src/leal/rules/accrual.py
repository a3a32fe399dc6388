"""Accrual: how many points an order is owed, line by line, and when they mature (S4.2, S4.4, S4.6)."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from leal.rules.account import DROPS, QUALIFIES
from leal.rules.calendar import Span, add, next_month_day, parse_span
from leal.rules.expiration import lot_end
from leal.rules.judging import Judge
from leal.rules.orders import LinePin, Order, OrderLine, Pin
from leal.rules.programme import document as doc
from leal.rules.programme.earning_terms import AwardTerms, BonusTerms, LineFactor
from leal.rules.programme.terms import Terms
from leal.values import NEVER, Rounding, round_fraction, spread

TOTALS = "#order"
"""Key of the one line that stands for an order told by its totals alone."""


class LineAccrual(NamedTuple):
    """What one line contributes: eligible money in micros, and the pin it was judged by."""

    line: OrderLine
    eligible_micros: int
    pin: LinePin
    tender_micros: int
    """What of it was paid with points."""


class Owed(NamedTuple):
    """What an order is owed under its pinned terms."""

    points: dict[str, int]
    """By the slug of the source that gives them."""
    eligible_micros: int
    lines: list[LineAccrual]


class Dates(NamedTuple):
    """When an award's lot matures and ends, in microseconds; flags as in `Lot`."""

    available_at: int
    expires_at: int
    flags: int


def order_lines(order: Order, terms: Terms) -> list[OrderLine]:
    """The order's lines; taxes and shipping become lines of their own where the programme counts them (S4.2)."""
    eligible = terms.programme.earning.eligible
    lines = (
        [OrderLine(TOTALS, "", 1, order.amount_spent or 0, subscription=order.subscription)]
        if order.lines is None
        else list(order.lines)
    )
    if eligible.taxes and order.amount_taxes:
        lines.append(OrderLine("#taxes", "", 1, order.amount_taxes))
    if eligible.shipping and order.amount_shipping:
        lines.append(OrderLine("#shipping", "", 1, order.amount_shipping))
    return lines


def pin_line(
    line: OrderLine, terms: Terms, tier: str | None, order_at: int, judge: Judge, *, of_subscription: bool = False
) -> LinePin:
    """Judge a line by terms and by the facts that hold now: whether it earns, and its multipliers combined."""
    if matches(terms.programme.earning.eligible.exclude, line, empty=False):
        return LinePin(False, product=line.product)
    bonuses = [one.source for one in terms.bonuses if _is_for(one, line, of_subscription=of_subscription)]
    factors = [factor for factor in terms.factors if _applies(factor, line, tier, order_at, judge)]
    if not factors:
        return LinePin(True, product=line.product, bonuses=bonuses)
    combined = combine([factor.factor for factor in factors], terms.programme.earning.stacking)
    slugs = [factor.slug for factor in factors]
    return LinePin(True, (combined.numerator, combined.denominator), slugs, line.product, bonuses)


def _is_for(bonus: BonusTerms, line: OrderLine, *, of_subscription: bool) -> bool:
    """Whether a bonus that is for some lines is for this one."""
    if bonus.of_subscriptions:
        return of_subscription
    return bonus.targets is not None and matches(bonus.targets, line, empty=True)


def matches(targets: doc.Targets, line: OrderLine, *, empty: bool) -> bool:
    """Whether the line is one of the targets; targets that name nothing answer `empty`."""
    if not (targets.products or targets.collections or targets.tags):
        return empty
    return (
        line.product in targets.products
        or not set(line.collections or ()).isdisjoint(targets.collections)
        or not set(line.tags or ()).isdisjoint(targets.tags)
    )


def _applies(factor: LineFactor, line: OrderLine, tier: str | None, order_at: int, judge: Judge) -> bool:
    if not factor.starts_at <= order_at < factor.ends_at:
        return False
    if factor.tiers and tier not in factor.tiers:
        return False
    if factor.targets is not None and not matches(factor.targets, line, empty=True):
        return False
    return judge.holds(factor.condition, line)


def combine(factors: list[Fraction], stacking: str) -> Fraction:
    """Several multipliers of one line as one: their product, 1 + the sum of (m - 1), or the largest (S4.2)."""
    if stacking == "best":
        return max(factors)
    if stacking == "add":
        return max(Fraction(0), 1 + sum((factor - 1 for factor in factors), Fraction(0)))
    product = Fraction(1)
    for factor in factors:
        product *= factor
    return product


def pin_lines(
    order: Order, terms: Terms, tier: str | None, order_at: int, known: dict[str, LinePin], judge: Judge
) -> dict[str, LinePin]:
    """The pins of all lines the order ever had: known ones as they stand, new ones judged now (S4.4)."""
    pins = dict(known)
    for line in order_lines(order, terms):
        if line.key not in pins or pins[line.key].product != line.product:
            belongs = bool(line.subscription or order.subscription)
            pins[line.key] = pin_line(line, terms, tier, order_at, judge, of_subscription=belongs)
    return pins


def refused_sources(terms: Terms, judge: Judge, *, earns: bool) -> list[str]:
    """The sources of an order that never give for it: whose own condition does not hold now (S4.4, S9.6).

    With `earns` false that is all of them.
    """
    return [one.source for one in terms.order_sources if not (earns and judge.holds(one.condition))]


def owed(order: Order, pin: Pin, terms: Terms, order_at: int) -> Owed:
    """Points owed for the order as it stands now, under what it was pinned to; rounded once (S1.5, S4.2, S4.4)."""
    lines = order_lines(order, terms)
    amounts = [line.amount_spent for line in lines]
    tender = spread(min(order.amount_points, sum(amounts)), amounts) if order.amount_points else [0] * len(lines)
    accruals = []
    by_factor: dict[tuple[int, int], int] = {}
    """Eligible money by multiplier: fractions are dear, and lines with the same one are many."""
    for line, paid_in_points in zip(lines, tender, strict=True):
        line_pin = pin.lines[line.key]
        eligible = line.amount_spent - paid_in_points if line_pin.eligible else 0
        accruals.append(LineAccrual(line, eligible, line_pin, paid_in_points))
        by_factor[line_pin.factor] = by_factor.get(line_pin.factor, 0) + eligible
    points: dict[str, int] = {}
    if pin.member:
        source = terms.orders
        if source is not None:
            total = Fraction(0)
            if gives(source, pin, order_at):
                rate = source.rate
                for (over, under), money in by_factor.items():
                    part = Fraction(money * over * rate.numerator, under * rate.denominator)
                    total = total + part if total else part
            points[source.source] = round_fraction(total, terms.programme.points.rounding)
        rounding = terms.programme.points.rounding
        points |= {
            one.source: _bonus_points(one, accruals, rounding)
            for one in terms.bonuses
            if _earns_bonus(one, pin, accruals, order_at)
        }
        points |= {slug: min(points[slug], most) for slug, most in pin.allowed.items() if slug in points}
    return Owed(points, sum(accrual.eligible_micros for accrual in accruals), accruals)


def gives(source: AwardTerms, pin: Pin, order_at: int) -> bool:
    """Whether a source gives for an order of that instant, as it was pinned."""
    return source.runs(order_at) and source.source not in pin.refused


def _earns_bonus(bonus: BonusTerms, pin: Pin, accruals: list[LineAccrual], order_at: int) -> bool:
    """Whether the order as it stands earns a fixed bonus: once an order, while something of it is still paid for."""
    if not gives(bonus, pin, order_at):
        return False
    if bonus.targets is None and not bonus.of_subscriptions:
        return pin.is_first and any(accrual.eligible_micros for accrual in accruals)
    return any(accrual.eligible_micros and bonus.source in accrual.pin.bonuses for accrual in accruals)


def _bonus_points(bonus: BonusTerms, accruals: list[LineAccrual], rounding: Rounding) -> int:
    """The fixed points of a bonus, or for the eligible money of its lines so many as its rate gives (S1.5)."""
    if bonus.rate is None:
        return bonus.points
    eligible = sum(accrual.eligible_micros for accrual in accruals if bonus.source in accrual.pin.bonuses)
    return round_fraction(eligible * bonus.rate, rounding)


def waits_for(source: AwardTerms | None, trigger: str | None) -> bool:
    """Whether a source's points mature on the trigger (S4.6)."""
    pending = None if source is None else source.pending
    return isinstance(pending, doc.PendingEvent) and pending.event == "trigger" and pending.trigger == trigger


def award_dates(
    terms: Terms,
    source: AwardTerms,
    pin: Pin,
    order_at: int,
    override_at: int | None,
    completed_at: int | None,
    now: int,
    *,
    came: bool = False,
) -> Dates:
    """When an award's lot matures and ends (S4.6, S7.1). `completed_at` is None until the order is completed.

    A completed order's points mature at the latest now, unless the programme counts a delay from completion; so do
    those whose trigger `came`.
    """
    pending = source.pending
    flags = QUALIFIES if source.qualifies else 0
    if override_at is not None:
        available_at = override_at
    elif isinstance(pending, doc.PendingDelay) and pending.since == "completed" and completed_at is not None:
        mature_at = add(completed_at, Span(0, pending.days), terms.zone)
        return Dates(mature_at, lot_end(terms, source.lot_span, pin.tier, order_at, mature_at), flags)
    elif isinstance(pending, doc.PendingDelay) and pending.since == "confirmed":
        available_at = add(pin.confirmed_at, Span(0, pending.days), terms.zone)
    elif isinstance(pending, doc.PendingDate):
        available_at = next_month_day(pin.confirmed_at, pending.day, terms.zone)
    elif isinstance(pending, doc.PendingEvent | doc.PendingDelay):
        available_at = NEVER
        if pending.timeout is not None:
            available_at = add(pin.confirmed_at, parse_span(pending.timeout), terms.zone)
            flags |= DROPS if pending.then == "drop" else 0
    else:
        available_at = min(pin.confirmed_at, now)
    if (completed_at is not None or came) and (available_at > now or flags & DROPS):
        available_at, flags = now, flags & ~DROPS
    ends_at = NEVER if flags & DROPS else lot_end(terms, source.lot_span, pin.tier, order_at, available_at)
    return Dates(available_at, ends_at, flags)
