"""Loyalty: what blocks know of a customer's part in the programme, made from the datasource's own facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import msgspec

from leal.rules.calendar import start_of_day
from leal.rules.content.chosen import Progress
from leal.rules.content.earnings import spend_for
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
_YES: Final = frozenset({"yes", "true", "x", "✓", "✔", "oui", "ja"})
"""Cells of the benefits table that say no more than that there is one."""


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
    next_tier: str | None = None
    spend_to_next_micros: int | None = None
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

    def is_near(self, near: Near) -> bool:
        """Whether some points, and no more than `near`, lack to the next tier; never where that asks for none."""
        if not self.member or not self.missing or self.next_tier is None:
            return False
        if isinstance(near, int):
            return self.missing <= near
        return self.step is not None and self.missing * 100 <= int(near.removesuffix("%")) * self.step

    def is_vip(self, from_rank: int | None) -> bool:
        """Whether the tier is that one or a higher one; without one, whether it is the highest of several."""
        if self.tier_rank is None:
            return False
        return self.tier_rank >= from_rank if from_rank is not None else 1 < self.tiers == self.tier_rank

    def expires(self, today: date) -> bool:
        """Whether points lapse soon, and that day has not passed."""
        return self.expires_soon and self.expiring > 0 and self.expires_on is not None and self.expires_on >= today

    def is_at_risk(self, today: date, days: int) -> bool:
        """Whether the tier ends within so many days unless more points are earned."""
        return bool(self.to_keep) and self.tier_ends_on is not None and 0 <= (self.tier_ends_on - today).days <= days

    def without_figures(self) -> Loyalty:
        """What is left to be said when all this is old: the tier and what it gives."""
        return msgspec.structs.replace(
            self, points=None, points_value_micros=None, missing=None, step=None, goal=None, spend_to_next_micros=None,
            expiring=0, expires_on=None, expires_at=None, expires_soon=False, expiring_value_micros=None,
            tier_ends_on=None, to_keep=None,
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
    own = [] if tier is None else benefit_titles(terms, tier)
    expires_on: date | None = told["points_expiration_date"]
    missing, goal = told["points_to_next_tier"], told["next_tier_threshold"]
    if above is None or not points_suffice(above.need, shown.lacks):
        missing = goal = None
    to_keep = told["points_to_keep_tier"]
    if tier is None or not points_suffice(tier.keep, shown.keep_lacks):
        to_keep = None
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
        spend_to_next_micros=spend_for(missing, terms, now) if missing else None,
        benefits=own,
        next_benefits=[] if above is None else [one for one in benefit_titles(terms, above) if one not in own],
        expiring=told["points_expiring"],
        expires_on=expires_on,
        expires_at=None if expires_on is None else start_of_day(expires_on + timedelta(1), terms.zone),
        expires_soon=told["points_expiring_soon"],
        expiring_value_micros=value_of(terms, told["points_expiring"]),
        tier_ends_on=told["tier_expiration_date"],
        to_keep=to_keep,
        steps=_steps(terms),
    )


def stranger(terms: Terms, now: int) -> Loyalty:
    """What is told of somebody of whom nothing is known: what the programme has for whoever joins."""
    first = terms.tiers[0] if terms.tiers else None
    return Loyalty(
        tiers=len(terms.tiers),
        benefits=[] if first is None or not terms.initial_tier else benefit_titles(terms, first),
        welcome_points=_welcome(terms, now),
        steps=_steps(terms),
    )


def benefit_titles(terms: Terms, tier: TierTerms) -> list[str]:
    """What a tier gives, as people read it: the title that the content part has for its code, else its feature's, with
    what the tier's cell says beyond yes."""
    titles, ladder = terms.content.document.benefits, terms.programme.tiers
    cells = {} if ladder is None else ladder.steps[tier.rank].features
    found = []
    for feature in terms.programme.tier_features:
        code = feature.benefit or feature.slug.replace("-", "_")
        if code in tier.benefits:
            cell = cells.get(feature.slug, "").strip()
            title = feature.title if cell.casefold() in _YES else f"{feature.title} ({cell})"
            found.append(titles.get(code, title))
    return found


def points_suffice(need: Need, lacks: Need | None) -> bool:
    """Whether nothing but points lacks of what is asked, so that it can be promised for them."""
    if lacks is None:
        return False
    alone = not (lacks.spend_micros or lacks.orders or lacks.events or lacks.condition)
    return lacks.points is not None and (alone or not need.every)


def _steps(terms: Terms) -> list[Step]:
    return [
        Step(tier.name, tier.need.points, benefit_titles(terms, tier))
        for tier in terms.tiers
        if tier.need.points and points_suffice(tier.need, tier.need)
    ]


def _asked(tier: TierTerms | None) -> int:
    return 0 if tier is None else tier.need.points or 0


def _welcome(terms: Terms, now: int) -> int | None:
    """What joining gives anybody: ways with a condition or a budget are no promise."""
    ways = [way for way in terms.ways if way.kind == "signup" and way.condition is None and way.budget is None]
    return sum(way.points for way in ways if way.runs(now)) or None
