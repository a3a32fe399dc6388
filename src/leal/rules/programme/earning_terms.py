"""What earns, compiled: the terms of orders, of bonuses, of tiers entered, and of every other way to earn (S4)."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.calendar import Span, instant_at, parse_span
from leal.rules.conditions import Condition, Kind, compile_condition
from leal.rules.programme import document as doc
from leal.rules.programme.words import PERIODS
from leal.values import NEVER, parse_instant, parse_money

ORDER_KINDS: Final[frozenset[doc.SourceKind]] = frozenset({"order", "first_order", "product", "subscription_order"})
"""Kinds whose points come with an order."""
QUALIFYING_KINDS: Final[frozenset[doc.SourceKind]] = frozenset({"order", "first_order", "product"})
"""Kinds whose points count for tiers unless the source says otherwise."""
WAYS: Final[frozenset[doc.SourceKind]] = frozenset(
    {
        "signup",
        "birthday",
        "anniversary",
        "trigger",
        "review",
        "social",
        "newsletter",
        "referral_sent",
        "referral_received",
    }
)
"""Kinds that give fixed points apart from orders, tiers and staff."""
ONCE: Final[frozenset[doc.SourceKind]] = frozenset({"signup", "newsletter", "social"})
"""Of these, the kinds that may pay a member once for life."""


class LineFactor(msgspec.Struct, frozen=True):
    """A multiplier that applies to some lines: the factor and whom, what and when it is for."""

    slug: str
    factor: Fraction
    targets: doc.Targets | None
    tiers: frozenset[str]
    starts_at: int
    ends_at: int
    condition: Condition | None


class AwardTerms(msgspec.Struct, frozen=True):
    """How one source's points mature and live."""

    source: str
    pending: doc.Pending
    lot_span: Span | None
    qualifies: bool
    starts_at: int
    ends_at: int
    condition: Condition | None
    period_caps: list[doc.Cap]
    """What it may give a member, the shortest period first."""
    budget: doc.Cap | None
    """What it may give all members together."""

    def runs(self, at: int) -> bool:
        """Whether the source gives for what happens at the instant."""
        return self.starts_at <= at < self.ends_at


class OrderTerms(AwardTerms, frozen=True, kw_only=True):
    """How orders earn: points per micro."""

    rate: Fraction


class BonusTerms(AwardTerms, frozen=True, kw_only=True):
    """A bonus of an order: the first one, one with certain products, or one that belongs to a subscription."""

    points: int
    targets: doc.Targets | None
    """What must be in the order; None: it must be the member's first, or belong to a subscription."""
    of_subscriptions: bool = False
    """Whether it is for the lines that belong to a subscription."""
    rate: Fraction | None = None
    """In place of fixed points: points for each eligible micro of these lines."""


class WayTerms(AwardTerms, frozen=True, kw_only=True):
    """A way to earn fixed points apart from orders: joining, a day of the year, an event, news of the customer."""

    kind: doc.SourceKind
    points: int
    trigger: str | None
    """The event that pays; None: it needs none."""
    minimum_change_days: int
    """Days a birthday must have stood before it pays."""

    @property
    def pays_once(self) -> bool:
        """Whether it pays a member once for life, not each time."""
        return self.kind in ONCE and not (self.kind == "social" and self.period_caps)


class EntryTerms(msgspec.Struct, frozen=True):
    """Points for entering a tier, paid once per tier and member (S8.4)."""

    points: int
    qualifies: bool
    lot_span: Span | None
    starts_at: int
    ends_at: int
    """It is paid for entering from the start until before the end."""


def condition_kind(source: doc.Source) -> Kind:
    """Where a source's condition stands: without an order it can ask for none."""
    return "source" if source.kind in ORDER_KINDS else "way"


def compile_orders(programme: doc.Programme, zone: ZoneInfo) -> OrderTerms | None:
    """How orders earn; None: they do not."""
    source = next((source for source in programme.sources if source.kind == "order"), None)
    if source is None or source.points is None or source.per is None:
        return None
    return OrderTerms(**_award(source, programme, zone), rate=Fraction(source.points, parse_money(source.per)))


def _award(source: doc.Source, programme: doc.Programme, zone: ZoneInfo) -> dict[str, Any]:
    """What every source has; those that orders trigger wait as orders do, unless they say otherwise."""
    by_order = source.kind in ORDER_KINDS
    return {
        "source": source.slug,
        "pending": source.pending or (programme.earning.pending if by_order else doc.PendingAtOnce()),
        "lot_span": None if source.expires is None else parse_span(source.expires),
        "qualifies": source.kind in QUALIFYING_KINDS if source.qualifies is None else source.qualifies,
        "starts_at": instant_in(source.starts_at, zone, -NEVER),
        "ends_at": instant_in(source.ends_at, zone, NEVER),
        "condition": compiled(source.condition, condition_kind(source)),
        "period_caps": [cap for period in PERIODS for cap in source.caps if cap.period == period],
        "budget": next((cap for cap in source.caps if cap.period is None), None),
    }


def compile_bonuses(programme: doc.Programme, zone: ZoneInfo) -> list[BonusTerms]:
    """Bonuses of orders."""
    return [
        BonusTerms(
            **_award(source, programme, zone),
            points=source.points,
            targets=source.targets or doc.Targets() if source.kind == "product" else None,
            of_subscriptions=source.kind == "subscription_order",
            rate=None if source.per is None else Fraction(source.points, parse_money(source.per)),
        )
        for source in programme.sources
        if source.kind in ("first_order", "product", "subscription_order") and source.points is not None
    ]


def compile_ways(programme: doc.Programme, zone: ZoneInfo) -> list[WayTerms]:
    """The sources that give fixed points apart from orders, tiers and staff."""
    return [
        WayTerms(
            **_award(source, programme, zone),
            kind=source.kind,
            points=source.points,
            trigger=source.trigger,
            minimum_change_days=source.minimum_change_days,
        )
        for source in programme.sources
        if source.kind in WAYS and source.points is not None
    ]


def compile_dates(programme: doc.Programme, zone: ZoneInfo) -> dict[str, tuple[int, int]]:
    """From when until before when each source gives, by its slug."""
    return {
        source.slug: (instant_in(source.starts_at, zone, -NEVER), instant_in(source.ends_at, zone, NEVER))
        for source in programme.sources
    }


def compile_entries(programme: doc.Programme, zone: ZoneInfo) -> dict[str, EntryTerms]:
    """What is paid for entering tiers, by their slugs."""
    found = {
        source.tier: EntryTerms(
            points=source.points,
            qualifies=source.qualifies is True,
            lot_span=None if source.expires is None else parse_span(source.expires),
            starts_at=instant_in(source.starts_at, zone, -NEVER),
            ends_at=instant_in(source.ends_at, zone, NEVER),
        )
        for source in programme.sources
        if source.kind == "tier_entry" and source.tier is not None and source.points is not None
    }
    for step in programme.tiers.steps if programme.tiers is not None else []:
        if step.entry_points is not None:
            found[step.slug] = EntryTerms(step.entry_points, False, None, -NEVER, NEVER)
    return found


def compile_factors(programme: doc.Programme, zone: ZoneInfo) -> list[LineFactor]:
    """Everything that multiplies the points of lines."""
    return [_factor(multiplier, zone) for multiplier in programme.multipliers] + [
        _product_factor(source, zone) for source in programme.sources if source.multiplier is not None
    ]


def reads_products(programme: doc.Programme, factors: list[LineFactor]) -> bool:
    """Whether a line's collections or tags matter anywhere."""
    targets = [programme.earning.eligible.exclude]
    targets += [source.targets for source in programme.sources if source.targets is not None]
    targets += [multiplier.targets for multiplier in programme.multipliers if multiplier.targets is not None]
    asked = [factor.condition for factor in factors if factor.condition is not None]
    return any(one.collections or one.tags for one in targets) or any(one.reads_products for one in asked)


def _factor(multiplier: doc.Multiplier, zone: ZoneInfo) -> LineFactor:
    return LineFactor(
        slug=multiplier.slug,
        factor=Fraction(multiplier.factor, 10_000),
        targets=multiplier.targets,
        tiers=frozenset(multiplier.tiers),
        starts_at=instant_in(multiplier.starts_at, zone, -NEVER),
        ends_at=instant_in(multiplier.ends_at, zone, NEVER),
        condition=compiled(multiplier.condition, "multiplier"),
    )


def _product_factor(source: doc.Source, zone: ZoneInfo) -> LineFactor:
    """A product source that multiplies in place of giving points of its own."""
    return LineFactor(
        slug=source.slug,
        factor=Fraction(source.multiplier or 0, 10_000),
        targets=source.targets,
        tiers=frozenset(),
        starts_at=instant_in(source.starts_at, zone, -NEVER),
        ends_at=instant_in(source.ends_at, zone, NEVER),
        condition=compiled(source.condition, "source"),
    )


def compiled(text: str | None, kind: Kind) -> Condition | None:
    """A condition where there is one."""
    return None if text is None else compile_condition(text, kind)


def instant_in(text: str | None, zone: ZoneInfo, missing: int) -> int:
    """A document's time: with an offset as it stands, without one in the programme's zone (a date is its start)."""
    if text is None:
        return missing
    try:
        return parse_instant(text)
    except ValueError:
        return instant_at(datetime.fromisoformat(text), zone)
