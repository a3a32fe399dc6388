"""Expiration: when a lot ends, and what of it is told to the member (S7, S1.3)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from leal.rules.account import Account, Lot
from leal.rules.calendar import Span, add, last_usable_day
from leal.rules.lots import is_pending
from leal.rules.programme.terms import Terms
from leal.values import NEVER


class Lapse(NamedTuple):
    """A batch of available points that ends at one instant."""

    at: int
    day: date
    """Last local day on which the points are usable."""
    points: int


def lot_end(terms: Terms, span: Span | None, tier: str | None, earned_at: int, available_at: int) -> int:
    """The own end of a lot (S7.1): its source's term, else its tier's, else the programme's; NEVER without one."""
    own_tier = terms.tier(tier)
    if span is None and own_tier is not None:
        span = own_tier.lot_span
    if span is None:
        span = terms.rolling_span
    if span is None:
        return NEVER
    since = terms.rolling.since if terms.rolling else "available"
    anchor = available_at if since == "available" else earned_at
    if anchor == NEVER:
        return NEVER
    return add(anchor, span, terms.zone, terms.rolling.round_up if terms.rolling else "day")


def lapses_at(lot: Lot) -> int:
    """The instant at which the lot's free points lapse: its end, but not while they are still pending."""
    if lot.free == 0 or lot.expires_at == NEVER:
        return NEVER
    return max(lot.expires_at, lot.available_at)


def schedule(account: Account, terms: Terms) -> list[Lapse]:
    """Every coming lapse of available points by own ends, earliest first, the lots of one instant summed (S7.3)."""
    points: dict[int, int] = {}
    for lot in account.lots:
        if lot.free and lot.expires_at < NEVER and not is_pending(account, lot):
            points[lot.expires_at] = points.get(lot.expires_at, 0) + lot.free
    return [Lapse(at, last_usable_day(at, terms.zone), points[at]) for at in sorted(points)]
