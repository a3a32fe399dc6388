"""Tiers on the wire: one beside a customer, what it asks for and what lacks, and when it ends."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import UNSET, UnsetType

from leal.api import words
from leal.api.balance_shapes import TierExpirationStatus3, TierRequirements3, TierStatus3
from leal.rules.calendar import last_usable_day
from leal.rules.programme.terms import Need, Terms
from leal.rules.standing import Asked, TierEnd, TierStanding
from leal.scalars import Instant, Money
from leal.values import NEVER, parse_instant
from leal.words.voice import Voice

LATEST: Final = parse_instant("9999-12-31T23:59:59Z")
"""Written for the instant that does not come, where one is required."""


def tier_beside(speak: Voice, terms: Terms, standing: TierStanding) -> TierStatus3:
    """A tier beside one customer as the wire has it."""
    tier = standing.tier
    return TierStatus3(
        name=tier.name,
        slug=tier.slug,
        expiration=None if standing.end is None else _end(speak, terms, tier.name, standing.end),
        reqs=_requirements(speak, terms, standing.asked, tier.name),
    )


def tier_status(speak: Voice, terms: Terms | None, standing: TierStanding | None) -> TierStatus3 | None:
    """The same, where there may be none."""
    return None if standing is None or terms is None else tier_beside(speak, terms, standing)


def _end(speak: Voice, terms: Terms, name: str, end: TierEnd) -> TierExpirationStatus3:
    keep_by = last_usable_day(end.deadline_at, terms.zone)
    return TierExpirationStatus3(
        deadline=instant_or_latest(end.deadline_at),
        downgraded_tier_name=end.falls_to,
        keep_reqs=_requirements(speak, terms, end.keep, name, keep_by),
        keep_extended_deadline=instant_or_latest(end.extended_deadline_at),
    )


def _requirements(
    speak: Voice, terms: Terms, asked: Asked, name: str, keep_by: date | None = None
) -> TierRequirements3:
    need, lacking = asked.need, asked.lacking
    sentence = words.still_lacking(
        speak, lacking, either=not need.every, tier=name, keep_by=keep_by, programme=terms.programme
    )
    asked_for = thresholds(need)
    asked_for.extra_pts = lacking.points or UNSET
    asked_for.extra_spend = _money_or_unset(lacking)
    asked_for.extra_orders = lacking.orders or UNSET
    asked_for.extra_events = list(lacking.events) or UNSET
    asked_for.extra_desc = sentence or UNSET
    asked_for.progress = asked.progress or UNSET
    return asked_for


def thresholds(need: Need) -> TierRequirements3:
    """What a tier asks for, whoever is asked."""
    return TierRequirements3(
        threshold_pts=need.points or UNSET,
        threshold_spend=_money_or_unset(need),
        threshold_orders=need.orders or UNSET,
        threshold_events=list(need.events) or UNSET,
    )


def _money_or_unset(need: Need) -> Money | UnsetType:
    return Money(need.spend_micros) if need.spend_micros else UNSET


def instant_or_latest(at: int) -> Instant:
    """An instant where one is required."""
    return Instant(LATEST if at == NEVER else at)
