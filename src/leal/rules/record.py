"""The record: one member at one instant as the eleven flat fields of the Loyalty Programme datasource (S12.1-2)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

from leal.rules.account import Account
from leal.rules.calendar import last_usable_day, local_day
from leal.rules.expiration import schedule
from leal.rules.membership import shown_membership
from leal.rules.programme.terms import Terms, TierTerms
from leal.rules.standing import Asked, Standing
from leal.values import NEVER

_NO_BENEFIT = ("", "no")
"""Cells of the benefits table that give nothing."""


class Record(msgspec.Struct, frozen=True):
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


def is_member(shown: Standing) -> bool:
    """Whether a snapshot has the record of whoever is shown this."""
    return shown.terms is not None and shown_membership(shown.account, shown.terms) == "full"


def record(shown: Standing, customer_id: str) -> Record:
    """The record of what a member is shown, under the id that the shop's other data know the customer by."""
    account, terms = shown.account, shown.terms
    if terms is None or not is_member(shown):
        return nobody(customer_id)
    coming = ends(shown, terms)
    return Record(
        customer_id=customer_id,
        member=True,
        tier=None if shown.current is None else shown.current.tier.name,
        points_balance=account.available,
        points_to_next_tier=None if shown.next is None else points_lacking(shown.next.asked),
        next_tier=None if shown.next is None else shown.next.tier.name,
        tier_benefits=[] if shown.current is None else benefits(terms, shown.current.tier),
        points_expiration_date=coming[0].day if coming else None,
        points_expiring=coming[0].points if coming else 0,
        member_since=_member_since(account, terms),
        lifetime_points=account.earned,
    )


def nobody(customer_id: str) -> Record:
    """The record of somebody who takes no part."""
    return Record(customer_id=customer_id, member=False)


def benefits(terms: Terms, tier: TierTerms) -> list[str]:
    """The codes of the features that a tier gives (S12.2)."""
    ladder = terms.programme.tiers
    cells = {} if ladder is None else ladder.steps[tier.rank].features
    return [
        feature.benefit or feature.slug.replace("-", "_")
        for feature in terms.programme.tier_features
        if cells.get(feature.slug, "").strip().casefold() not in _NO_BENEFIT
    ]


class End(NamedTuple):
    """Points that can be used until the end of a local day, and no longer."""

    day: date
    points: int


def ends(shown: Standing, terms: Terms) -> list[End]:
    """Every coming end of available points, a day each, the earliest first; a moment for everything takes what is left
    then."""
    return ends_of(shown.account, terms, NEVER if shown.everything_at is None else shown.everything_at)


def ends_of(account: Account, terms: Terms, everything_at: int) -> list[End]:
    """The same of an account, and the moment at which everything lapses; NEVER without one."""
    everything = None if everything_at == NEVER else last_usable_day(everything_at, terms.zone)
    points: dict[date, int] = {}
    for lapse in schedule(account, terms):
        if everything is None or lapse.day < everything:
            points[lapse.day] = points.get(lapse.day, 0) + lapse.points
    left = account.available - sum(points.values())
    if everything is not None and left:
        points[everything] = left
    return [End(day, points[day]) for day in sorted(points)]


def points_lacking(asked: Asked) -> int | None:
    """Points that lack; 0 where only something else does, None where no points are asked for."""
    return None if asked.need.points is None else asked.lacking.points or 0


def _member_since(account: Account, terms: Terms) -> date | None:
    return None if account.joined_at is None else local_day(account.joined_at, terms.zone)
