"""Loyalty: what blocks know of a customer's part in the programme, made from the datasource's own facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from leal.rules.calendar import start_of_day
from leal.rules.content.chosen import Progress, SpendProgress
from leal.rules.content.earnings import spend_for, whole_units
from leal.rules.extensions import Windows, facts
from leal.rules.outline import Outline
from leal.rules.programme.content import Near
from leal.rules.programme.feeds import Datasource
from leal.rules.programme.terms import Need, Terms, TierTerms
from leal.rules.worth import value_of

_WANTED: Final = (
    "tier_rank", "tier_expiration_date", "points_to_keep_tier", "next_tier_threshold", "points_value",
    "points_expiring_soon",
)  # fmt: skip


class Step(msgspec.Struct, frozen=True):
    """A tier that asks for points: where somebody is sent who is not a member."""

    name: str
    points: int
    benefits: list[str] = []


class Loyalty(msgspec.Struct, frozen=True):
    """A customer's part in the programme at one instant. Money in micros."""

    is_known: bool = False
    """Whether anything is known of the customer; if not, everything but the programme's own facts is empty."""
    member: bool = False
    tier: str | None = None
    tier_slug: str | None = None
    tier_rank: int | None = None
    """From 1 on."""
    tiers: int = 0
    """How many the programme has."""
    points: int | None = None
    """None: not known any more."""
    points_value_micros: int | None = None
    missing: int | None = None
    """Points that alone lead to the next tier; None at the top, and where it asks for none or for more than points."""
    step: int | None = None
    """Points between what the tier held asks for and what the next one does."""
    goal: int | None = None
    """What the next tier asks for."""
    missing_spend_micros: int | None = None
    """Money that alone leads to the next tier; None at the top, where points do, and where it asks for more."""
    spend_step_micros: int | None = None
    spend_goal_micros: int | None = None
    spend_in_points: int | None = None
    """What so much spent earns by the rate for orders, to be compared with a number of points."""
    next_tier: str | None = None
    spend_to_next_micros: int | None = None
    """What an order must come to that leads there; whole units."""
    benefits: list[str] = []
    next_benefits: list[str] = []
    """What the next tier has beyond them."""
    expiring: int = 0
    expires_on: date | None = None
    expires_at: int | None = None
    expires_soon: bool = False
    expiring_value_micros: int | None = None
    tier_ends_on: date | None = None
    to_keep: int | None = None
    keep_spend_micros: int | None = None
    """Points, or money, that alone keep the tier."""
    welcome_points: int | None = None
    """What joining gives now."""
    steps: list[Step] = []
    """The tiers that ask for points, the lowest first."""

    @property
    def progress(self) -> Progress | None:
        """How far to the next tier, where that is a matter of points."""
        if self.goal is None or not self.missing:
            return None
        return Progress(max(0, self.goal - self.missing), self.goal)

    @property
    def spend_progress(self) -> SpendProgress | None:
        """The same, where that is a matter of money spent."""
        if self.spend_goal_micros is None or not self.missing_spend_micros:
            return None
        return SpendProgress(max(0, self.spend_goal_micros - self.missing_spend_micros), self.spend_goal_micros)

    def is_near(self, near: Near) -> bool:
        """Whether something, and no more than `near`, lacks to the next tier, which points or money alone lead to.

        Of money, a number of points is so much as earns them.
        """
        missing = self.missing or self.missing_spend_micros
        if not self.member or not missing or self.next_tier is None:
            return False
        if isinstance(near, int):
            points = self.missing or self.spend_in_points
            return points is not None and points <= near
        step = self.step if self.missing else self.spend_step_micros
        return step is not None and missing * 100 <= int(near.removesuffix("%")) * step

    def is_vip(self, from_rank: int | None) -> bool:
        """Whether the tier is that one or a higher one; without one, whether it is the highest of several."""
        if self.tier_rank is None:
            return False
        return self.tier_rank >= from_rank if from_rank is not None else 1 < self.tiers == self.tier_rank

    def expires(self, today: date) -> bool:
        """Whether points lapse soon, and that day has not passed."""
        return self.expires_soon and self.expiring > 0 and self.expires_on is not None and self.expires_on >= today

    def is_at_risk(self, today: date, days: int) -> bool:
        """Whether the tier ends within so many days unless more points are earned, or more money spent."""
        lacks = bool(self.to_keep or self.keep_spend_micros)
        return lacks and self.tier_ends_on is not None and 0 <= (self.tier_ends_on - today).days <= days

    def without_figures(self) -> Loyalty:
        """What is left to be said when all this is old: the tier and what it gives."""
        return msgspec.structs.replace(
            self, points=None, points_value_micros=None, missing=None, step=None, goal=None, spend_to_next_micros=None,
            expiring=0, expires_on=None, expires_at=None, expires_soon=False, expiring_value_micros=None,
            tier_ends_on=None, to_keep=None, missing_spend_micros=None, spend_step_micros=None, spend_goal_micros=None,
            spend_in_points=None, keep_spend_micros=None,
        )  # fmt: skip


def loyalty_of(shown: Outline, now: int) -> Loyalty:
    """What is told of a member, whose outline says what lacks for keeping the tier; of one who takes no part, what is
    told of one who could join."""
    terms = shown.terms
    if terms is None:
        return Loyalty(is_known=True)
    feed = terms.programme.datasource or Datasource()
    told = facts(shown, "", now, _WANTED, Windows(feed.soon_days))
    if not told["member"]:
        return msgspec.structs.replace(stranger(terms, now), is_known=True)
    tier, above = shown.tier, shown.above
    own = [] if tier is None else tier.benefit_titles
    expires_on: date | None = told["points_expiration_date"]
    missing, goal = told["points_to_next_tier"], told["next_tier_threshold"]
    leads = None if above is None else what_suffices(above.need, shown.lacks)
    if leads != "points":
        missing = goal = None
    keeps = None if tier is None else what_suffices(tier.keep, shown.keep_lacks)
    spend = shown.lacks.spend_micros if leads == "spend" and shown.lacks is not None else None
    spend_goal = above.need.spend_micros if leads == "spend" and above is not None else None
    return Loyalty(
        is_known=True,
        member=True,
        tier=told["tier"],
        tier_slug=None if tier is None else tier.slug,
        tier_rank=told["tier_rank"],
        tiers=len(terms.tiers),
        points=told["points_balance"],
        points_value_micros=told["points_value"],
        missing=missing,
        step=None if goal is None else goal - _asked(tier),
        goal=goal,
        next_tier=told["next_tier"],
        missing_spend_micros=spend,
        spend_step_micros=None if spend_goal is None else spend_goal - _spend_asked(tier),
        spend_goal_micros=spend_goal,
        spend_in_points=points_of(spend, terms, now),
        spend_to_next_micros=whole_units(spend) if spend else spend_for(missing, terms, now) if missing else None,
        benefits=own,
        next_benefits=[] if above is None else [one for one in above.benefit_titles if one not in own],
        expiring=told["points_expiring"],
        expires_on=expires_on,
        expires_at=None if expires_on is None else start_of_day(expires_on + timedelta(1), terms.zone),
        expires_soon=told["points_expiring_soon"],
        expiring_value_micros=value_of(terms, told["points_expiring"]),
        tier_ends_on=told["tier_expiration_date"],
        to_keep=told["points_to_keep_tier"] if keeps == "points" else None,
        keep_spend_micros=shown.keep_lacks.spend_micros if keeps == "spend" and shown.keep_lacks is not None else None,
        steps=_steps(terms),
    )


def stranger(terms: Terms, now: int) -> Loyalty:
    """What is told of somebody of whom nothing is known: what the programme has for whoever joins."""
    first = terms.tiers[0] if terms.tiers else None
    return Loyalty(
        tiers=len(terms.tiers),
        benefits=[] if first is None or not terms.initial_tier else first.benefit_titles,
        welcome_points=_welcome(terms, now),
        steps=_steps(terms),
    )


def what_suffices(need: Need, lacks: Need | None) -> Literal["points", "spend"] | None:
    """Whether nothing but points, or nothing but money spent, lacks of what is asked, so that it can be promised for
    them; where either would do, points."""
    if lacks is None:
        return None
    other = bool(lacks.orders or lacks.events or lacks.condition)
    if lacks.points is not None and not (need.every and (other or lacks.spend_micros)):
        return "points"
    if lacks.spend_micros is not None and not (need.every and (other or lacks.points)):
        return "spend"
    return None


def points_of(spend_micros: int | None, terms: Terms, now: int) -> int | None:
    """What so much spent earns by the rate for orders, rounded down; None where orders earn nothing."""
    source = terms.orders
    if spend_micros is None or source is None or not source.runs(now):
        return None
    return spend_micros * source.rate.numerator // source.rate.denominator


def _steps(terms: Terms) -> list[Step]:
    return [
        Step(tier.name, tier.need.points, tier.benefit_titles)
        for tier in terms.tiers
        if tier.need.points and what_suffices(tier.need, tier.need) == "points"
    ]


def _spend_asked(tier: TierTerms | None) -> int:
    return 0 if tier is None else tier.need.spend_micros or 0


def _asked(tier: TierTerms | None) -> int:
    return 0 if tier is None else tier.need.points or 0


def _welcome(terms: Terms, now: int) -> int | None:
    """What joining gives anybody: ways with a condition or a budget are no promise."""
    ways = [way for way in terms.ways if way.kind == "signup" and way.condition is None and way.budget is None]
    return sum(way.points for way in ways if way.runs(now)) or None
