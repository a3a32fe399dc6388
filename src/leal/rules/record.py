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
from leal.rules.standing import Standing, TierStanding

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


def record(shown: Standing, customer_id: str) -> Record:
    """The record of what a member is shown, under the id that the shop's other data know the customer by."""
    account, terms = shown.account, shown.terms
    if terms is None or shown_membership(account, terms) != "full":
        return nobody(customer_id)
    end = _next_end(shown, terms)
    return Record(
        customer_id=customer_id,
        member=True,
        tier=None if shown.current is None else shown.current.tier.name,
        points_balance=account.available,
        points_to_next_tier=None if shown.next is None else _points_to(shown.next),
        next_tier=None if shown.next is None else shown.next.tier.name,
        tier_benefits=[] if shown.current is None else benefits(terms, shown.current.tier),
        points_expiration_date=end.day,
        points_expiring=end.points,
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


class _End(NamedTuple):
    day: date | None
    points: int


def _next_end(shown: Standing, terms: Terms) -> _End:
    """The last day of the points that lapse next, and how many they are; a moment for everything takes all of them."""
    account = shown.account
    if not account.available:
        return _End(None, 0)
    everything = None if shown.everything_at is None else last_usable_day(shown.everything_at, terms.zone)
    lapses = schedule(account, terms)
    if everything is not None and (not lapses or everything <= lapses[0].day):
        return _End(everything, account.available)
    if not lapses:
        return _End(None, 0)
    return _End(lapses[0].day, sum(lapse.points for lapse in lapses if lapse.day == lapses[0].day))


def _points_to(above: TierStanding) -> int | None:
    """Points that lack of the next tier; 0 where it still asks for something else, None where it asks for no points."""
    return None if above.asked.need.points is None else above.asked.lacking.points or 0


def _member_since(account: Account, terms: Terms) -> date | None:
    return None if account.joined_at is None else local_day(account.joined_at, terms.zone)
