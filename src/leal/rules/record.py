"""The record: one member at one instant as the eleven flat fields of the Loyalty Programme datasource (S12.1-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

import msgspec

from leal.rules.account import Account
from leal.rules.calendar import last_usable_day, local_day
from leal.rules.expiration import lapsing
from leal.rules.outline import Outline
from leal.rules.programme.terms import Need, Terms
from leal.values import DAY, NEVER

_NO_DAY_IS_AS_LONG: Final = 2 * DAY


class Record(msgspec.Struct, frozen=True, gc=False):
    """What marketing tools know of a member. Always points_expiring <= points_balance <= lifetime_points."""

    customer_id: str
    member: bool
    """Whether the customer takes part; if not, all below is empty."""
    tier: str | None = None
    """The tier's name."""
    points_balance: int = 0
    """Points that can be spent."""
    points_to_next_tier: int | None = None
    """What lacks of the points that the next tier asks for; null at the top, and where it asks for none."""
    next_tier: str | None = None
    tier_benefits: list[str] = []
    """Codes of what the tier gives, in the order of the programme's features."""
    points_expiration_date: date | None = None
    """The last local day on which the points that lapse next can be used."""
    points_expiring: int = 0
    """Points that can be used until then and no longer."""
    member_since: date | None = None
    """The local day of the first enrolment."""
    lifetime_points: int = 0
    """All points earned, net of what was taken back."""


class Gone(msgspec.Struct, frozen=True):
    """An id without a record any more: of an erased or merged customer, or one who goes by another id now."""

    customer_id: str
    deleted: bool = True


def record(shown: Outline, customer_id: str) -> Record:
    """The record of a member, under the id that the shop's other data know the customer by."""
    terms = shown.terms
    if terms is None or not shown.is_member:
        return nobody(customer_id)
    return record_with(shown, customer_id, terms, ends(shown, terms))


def record_with(shown: Outline, customer_id: str, terms: Terms, coming: list[End]) -> Record:
    """The record of somebody who takes part, whose coming ends are known."""
    account = shown.account
    return Record(
        customer_id=customer_id,
        member=True,
        tier=None if shown.tier is None else shown.tier.name,
        points_balance=account.available,
        points_to_next_tier=None if shown.above is None else points_lacking(shown.above.need, shown.lacks),
        next_tier=None if shown.above is None else shown.above.name,
        tier_benefits=[] if shown.tier is None else shown.tier.benefits,
        points_expiration_date=coming[0].day if coming else None,
        points_expiring=coming[0].points if coming else 0,
        member_since=_member_since(account, terms),
        lifetime_points=account.earned,
    )


def nobody(customer_id: str) -> Record:
    """The record of somebody who takes no part."""
    return Record(customer_id=customer_id, member=False)


class End(NamedTuple):
    """Points that can be used until the end of a local day, and no longer."""

    day: date
    points: int


def ends(shown: Outline, terms: Terms) -> list[End]:
    """Every coming end of available points, a day each, the earliest first; a moment for everything takes what is left
    then."""
    return ends_of(shown.account, terms, shown.everything_at, lapsing(shown.account))


def ends_of(account: Account, terms: Terms, everything_at: int, own: Mapping[int, int]) -> list[End]:
    """The same of an account, the moment at which everything lapses, NEVER without one, and what `lapsing` gives."""
    everything = None if everything_at == NEVER else last_usable_day(everything_at, terms.zone)
    points: dict[date, int] = {}
    for at, lapses in own.items():
        day = last_usable_day(at, terms.zone)
        if everything is None or day < everything:
            points[day] = points.get(day, 0) + lapses
    left = account.available - sum(points.values())
    if everything is not None and left:
        points[everything] = left
    return [End(day, points[day]) for day in sorted(points)]


def first_end(account: Account, terms: Terms, everything_at: int, own: Mapping[int, int]) -> list[End]:
    """The first of them alone, if there is any."""
    everything = None if everything_at == NEVER else last_usable_day(everything_at, terms.zone)
    first = min(own, default=NEVER)
    day = None if first == NEVER else last_usable_day(first, terms.zone)
    if everything is not None and (day is None or day >= everything):
        return [End(everything, account.available)] if account.available else []
    if day is None:
        return []
    points = 0
    for at, lapses in own.items():
        if at == first or (at < first + _NO_DAY_IS_AS_LONG and last_usable_day(at, terms.zone) == day):
            points += lapses
    return [End(day, points)]


def points_lacking(need: Need, lacks: Need | None) -> int | None:
    """Points that lack of what is asked; 0 where only something else does, None where no points are asked for."""
    return None if need.points is None or lacks is None else lacks.points or 0


def _member_since(account: Account, terms: Terms) -> date | None:
    return None if account.joined_at is None else local_day(account.joined_at, terms.zone)
