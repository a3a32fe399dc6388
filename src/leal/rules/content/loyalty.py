"""Loyalty: what blocks know of a customer's part in the programme, told as the datasource tells it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

import msgspec

from leal.rules.calendar import last_usable_day, local_day, start_of_day
from leal.rules.content.chosen import Progress, SpendProgress
from leal.rules.content.earnings import spend_for, whole_units
from leal.rules.expiration import lapsing
from leal.rules.kept_balance import KeptBalance, lacks_of
from leal.rules.outline import Outline
from leal.rules.programme.content import Near
from leal.rules.programme.feeds import Datasource
from leal.rules.programme.terms import Need, Terms, TierTerms
from leal.rules.record import End, Record, first_end, points_lacking
from leal.rules.tiers import tier_above
from leal.rules.worth import value_of
from leal.values import NEVER


class Step(msgspec.Struct, frozen=True):
    """A tier that asks for points: where somebody is sent who is not a member."""

    name: str
    points: int
    benefits: list[str] = []


class Loyalty(msgspec.Struct, frozen=True, gc=False):
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
    """What joining gives now; None for members."""
    steps: list[Step] = []
    """The tiers that ask for points, the lowest first; none for members."""

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


class _Part(NamedTuple):
    """What is told of a member beside the programme, whether it was reckoned or kept. Instants in microseconds."""

    tier: TierTerms | None
    lacks: Need | None
    """What lacks of the next tier; None: there is none."""
    tier_ends_at: int
    keep_lacks: Need | None
    """What lacks for keeping the tier, where it ends."""
    points: int
    end: End | None
    """What lapses next."""


def loyalty_of(shown: Outline, now: int) -> Loyalty:
    """What is told of a member, whose outline says what lacks for keeping the tier; of one who takes no part, what is
    told of one who could join."""
    terms, account = shown.terms, shown.account
    if terms is None:
        return Loyalty(is_known=True)
    if not shown.is_member:
        return msgspec.structs.replace(stranger(terms, now), is_known=True)
    coming = first_end(account, terms, shown.everything_at, lapsing(account))
    end = coming[0] if coming else None
    part = _Part(shown.tier, shown.lacks, shown.tier_ends_at, shown.keep_lacks, account.available, end)
    return _loyalty(part, terms, now)


def loyalty_kept(kept: KeptBalance, told: Record, terms: Terms, now: int) -> Loyalty:
    """The same of a member whose balance and record are kept and hold."""
    tier = None if kept.tier < 0 else terms.tiers[kept.tier]
    lacks = None if tier_above(terms, tier) is None else lacks_of(kept.ahead)
    ends_at, keep_lacks = (NEVER, None) if kept.end is None else (kept.end.deadline_at, lacks_of(kept.end.keep))
    day = told.points_expiration_date
    end = None if day is None else End(day, told.points_expiring)
    return _loyalty(_Part(tier, lacks, ends_at, keep_lacks, kept.available, end), terms, now)


def _loyalty(part: _Part, terms: Terms, now: int) -> Loyalty:
    tier, lacks, keep_lacks = part.tier, part.lacks, part.keep_lacks
    above = tier_above(terms, tier)
    own = [] if tier is None else tier.benefit_titles
    expires_on, expiring = part.end or (None, 0)
    leads = None if above is None else what_suffices(above.need, lacks)
    missing = goal = spend = spend_goal = None
    if above is not None and leads == "points":
        missing, goal = points_lacking(above.need, lacks), above.need.points
    if above is not None and leads == "spend" and lacks is not None:
        spend, spend_goal = lacks.spend_micros, above.need.spend_micros
    keeps = None if tier is None else what_suffices(tier.keep, keep_lacks)
    return Loyalty(
        is_known=True,
        member=True,
        tier=None if tier is None else tier.name,
        tier_slug=None if tier is None else tier.slug,
        tier_rank=None if tier is None else tier.rank + 1,
        tiers=len(terms.tiers),
        points=part.points,
        points_value_micros=value_of(terms, part.points),
        missing=missing,
        step=None if goal is None else goal - _asked(tier),
        goal=goal,
        next_tier=None if above is None else above.name,
        missing_spend_micros=spend,
        spend_step_micros=None if spend_goal is None else spend_goal - _spend_asked(tier),
        spend_goal_micros=spend_goal,
        spend_in_points=points_of(spend, terms, now),
        spend_to_next_micros=whole_units(spend) if spend else spend_for(missing, terms, now) if missing else None,
        benefits=own,
        next_benefits=[] if above is None else [one for one in above.benefit_titles if one not in own],
        expiring=expiring,
        expires_on=expires_on,
        expires_at=None if expires_on is None else start_of_day(expires_on + timedelta(1), terms.zone),
        expires_soon=expires_on is not None and _is_soon(expires_on, terms, now),
        expiring_value_micros=value_of(terms, expiring),
        tier_ends_on=None if part.tier_ends_at == NEVER else last_usable_day(part.tier_ends_at, terms.zone),
        to_keep=keep_lacks.points if keeps == "points" and keep_lacks is not None else None,
        keep_spend_micros=keep_lacks.spend_micros if keeps == "spend" and keep_lacks is not None else None,
    )


def _is_soon(day: date, terms: Terms, now: int) -> bool:
    """Whether it is as near as the datasource calls soon."""
    feed = terms.programme.datasource or Datasource()
    return (day - local_day(now, terms.zone)).days <= feed.soon_days


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
