"""Terms: a programme document compiled for the rules, with every word turned into integers, spans and fractions."""

from __future__ import annotations

from functools import cached_property
from zoneinfo import ZoneInfo

import msgspec
from babel.numbers import get_currency_precision

from leal.rules.calendar import Span, parse_span
from leal.rules.conditions import Condition, compile_condition
from leal.rules.mapping import CompiledMapping
from leal.rules.programme import document as doc
from leal.rules.programme.content_terms import ContentTerms, benefit_titles, compile_content
from leal.rules.programme.earning_terms import (
    AwardTerms,
    BonusTerms,
    EntryTerms,
    LineFactor,
    OrderTerms,
    WayTerms,
    compile_bonuses,
    compile_dates,
    compile_entries,
    compile_factors,
    compile_orders,
    compile_ways,
    compiled,
    reads_products,
)
from leal.rules.programme.feeds import Datasource
from leal.rules.programme.ladder import Requirements, RollingWindow, TierLife
from leal.rules.programme.offer_terms import OfferTerms, compile_offers
from leal.rules.programme.words import RedemptionLimit
from leal.values import INT64_MAX, MICRO, parse_money

_NO_BENEFIT = ("", "no")
"""Cells of the benefits table that give nothing."""


class Need(msgspec.Struct, frozen=True):
    """What a tier asks for: points, money in micros, orders, events, a condition; None where it does not (S8.1)."""

    points: int | None = None
    spend_micros: int | None = None
    orders: int | None = None
    every: bool = True
    """All of it, or any of it."""
    events: tuple[str, ...] = ()
    """Triggers, each of which must have come at least once."""
    condition: Condition | None = None


class TierTerms(msgspec.Struct, frozen=True):
    """One step of the ladder, lowest first."""

    rank: int
    slug: str
    name: str
    need: Need
    keep: Need
    life: TierLife
    term: Span | None
    grace: Span
    lot_span: Span | None
    limit: RedemptionLimit | None
    unlimited: bool
    """Whether the tier lifts the redemption limit."""
    visible: Condition | None
    """Who sees it in the ladder; None: everybody."""
    benefits: list[str]
    """Codes of the features that it gives, in the programme's order (S12.2)."""
    benefit_titles: list[str]
    """The same as people read them."""


class MilestoneTerms(msgspec.Struct, frozen=True):
    """A count that pays once when it is reached (S9.3)."""

    slug: str
    counts: str
    reach: int
    """How much: a number, money in micros, or 0 for time."""
    span: Span | None
    """How long, for time."""
    points: int | None
    tier: str | None
    offer: str | None


class Terms(msgspec.Struct, frozen=True, dict=True):
    """A compiled programme; shared by all versions of the same content (S10.3)."""

    programme: doc.Programme
    zone: ZoneInfo
    minor_unit: int
    """Micros in the currency's smallest unit (S1.1)."""
    point_value: int | None
    debt_floor: int
    """Most debt a take-back may leave."""
    grace: Span
    notice: Span | None
    """How long existing points live on at the least where the version shortens lives; None: it does not (S7.4)."""
    orders: OrderTerms | None
    bonuses: list[BonusTerms]
    entries: dict[str, EntryTerms]
    """Points for entering tiers, by the tier's slug."""
    ways: list[WayTerms]
    """Ways to earn apart from orders, tiers and staff, in the order of the document."""
    dated: list[WayTerms]
    """Those of them that a day of the year pays."""
    manual_span: Span | None
    """Life of points that staff give, where the programme has a `manual` source with a term of its own."""
    manual_qualifies: bool
    """Whether points that staff give count for tiers."""
    factors: list[LineFactor]
    reads_products: bool
    """Whether a line's collections or tags matter anywhere."""
    open_from_to: dict[str, tuple[int, int]]
    """When each source gives, by its slug, in microseconds."""
    visible: dict[str, Condition]
    """Who sees a source, by its slug; everybody sees the others."""
    tiers: list[TierTerms]
    milestones: list[MilestoneTerms]
    rolling_window: Span | None
    """Length of the tiers' window where it rolls."""
    initial_tier: bool
    """Whether everyone has the first tier."""
    rolling: doc.RollingExpiration | None
    rolling_span: Span | None
    buckets: list[tuple[int, int]]
    """Value buckets: threshold in points, value in micros, ascending (S5.4)."""
    minimum_cart: int
    coupon_span: Span | None
    """Life of an unused code; None: it does not lapse."""
    mappings: dict[str, CompiledMapping]
    """How marketing tools are told of members, by slug."""
    offers: dict[str, OfferTerms]
    """What can be had for points, by its slug, in the document's order (S9.1)."""
    content: ContentTerms

    @property
    def order_sources(self) -> list[AwardTerms]:
        """Every source that gives for orders."""
        return [*self.bonuses] if self.orders is None else [self.orders, *self.bonuses]

    def award_terms(self, source: str) -> AwardTerms | None:
        """The terms of an order's source."""
        if self.orders is not None and self.orders.source == source:
            return self.orders
        for one in self.bonuses:
            if one.source == source:
                return one
        return None

    def way(self, source: str) -> WayTerms | None:
        """The terms of a source that gives apart from orders."""
        return next((one for one in self.ways if one.source == source), None)

    @property
    def budgets(self) -> dict[str, int]:
        """The total budgets, in points, by their sources."""
        sources: list[AwardTerms] = [*self.order_sources, *self.ways]
        return {one.source: one.budget.points for one in sources if one.budget is not None}

    def tier(self, slug: str | None) -> TierTerms | None:
        """The tier of that slug, if the ladder has it."""
        for tier in self.tiers:
            if tier.slug == slug:
                return tier
        return None

    @property
    def tiers_ask_customer(self) -> bool:
        """Whether a tier asks for what the shop says of the customer."""
        needs = (need for tier in self.tiers for need in (tier.need, tier.keep))
        return any(need.condition is not None and need.condition.reads_customer for need in needs)

    @cached_property
    def tiers_go_by_conditions(self) -> bool:
        """Whether a condition has a say in any tier."""
        return any(tier.need.condition is not None or tier.keep.condition is not None for tier in self.tiers)

    @cached_property
    def told_sources(self) -> list[tuple[doc.Source, AwardTerms | None]]:
        """The ways to earn that members may be shown, in the order of the document, each with the terms of what it
        gives; what staff give by hand is none."""
        found: list[tuple[doc.Source, AwardTerms | None]] = []
        for source in self.programme.sources:
            award: AwardTerms | None = self.way(source.slug) or self.award_terms(source.slug)
            if award is None and source.multiplier is not None:
                award = self.orders  # it multiplies what orders earn
            if source.kind != "manual":
                found.append((source, award))
        return found

    @cached_property
    def shows_by_more(self) -> bool:
        """Whether what a member is shown of sources, tiers and offers hangs on conditions, on what others take, or on
        a product's facts."""
        return (
            bool(self.visible or self.budgets)
            or any(way.condition is not None for way in self.ways)
            or any(tier.visible is not None for tier in self.tiers)
            or any(offer.hangs_on_more for offer in self.offers.values())
        )

    @cached_property
    def caps_members(self) -> bool:
        """Whether any source gives a member only so much in a period."""
        return any(source.period_caps for source in [*self.order_sources, *self.ways])

    @cached_property
    def tells_many_ends(self) -> bool:
        """Whether a mapping tells more of a member's points than those that end first."""
        return any(mapping.expiring_days is not None for mapping in self.mappings.values())


class Version(msgspec.Struct, frozen=True):
    """A published version: its number, the instant it takes effect, its terms."""

    number: int
    effective_at: int
    terms: Terms


class Versions:
    """All published versions of one shop, oldest first; none at all is a shop without a programme."""

    def __init__(self, versions: list[Version]) -> None:
        self.all = versions
        self._by_number = {version.number: version for version in versions}
        self.terms = {version.number: version.terms for version in versions}
        """By the version's number."""

    @cached_property
    def triggers(self) -> dict[str, int]:
        """The slugs of every trigger that a version ever had, each 0 times: conditions may ask for them."""
        return {trigger.slug: 0 for version in self.all for trigger in version.terms.programme.triggers}

    @property
    def newest(self) -> int:
        """Number of the newest version; 0 when there is none."""
        return self.all[-1].number if self.all else 0

    def at(self, at: int) -> Version | None:
        """The version in force at the instant; for earlier ones the first (S4.4)."""
        found = self.all[0] if self.all else None
        for version in self.all:
            if version.effective_at <= at:
                found = version
        return found

    def in_force(self, at: int) -> Version | None:
        """The version that has taken effect by the instant; None before the first."""
        found = self.at(at)
        return found if found is not None and found.effective_at <= at else None

    def numbered(self, number: int) -> Version:
        """The version of that number."""
        return self._by_number[number]

    def after(self, number: int) -> Version | None:
        """The version that follows, if it is published."""
        return self._by_number.get(number + 1)


def compile_terms(programme: doc.Programme) -> Terms:
    """Compile a validated programme."""
    zone = ZoneInfo(programme.timezone)
    redemption = programme.redemption or doc.Redemption()
    rolling = programme.expiration.rolling
    transition = programme.transition or doc.Transition()
    debt, feed = programme.points.debt, programme.datasource or Datasource()
    manual = next((source for source in programme.sources if source.kind == "manual"), None)
    return Terms(
        programme=programme,
        zone=zone,
        minor_unit=MICRO // 10 ** min(get_currency_precision(programme.currency), 6),
        point_value=None if programme.points.value is None else parse_money(programme.points.value),
        debt_floor=INT64_MAX if isinstance(debt, doc.UnlimitedDebt) else getattr(debt, "floor", 0),
        grace=parse_span(programme.points.grace),
        notice=parse_span(transition.notice) if transition.lives == "shorten" else None,
        orders=compile_orders(programme, zone),
        bonuses=compile_bonuses(programme, zone),
        entries=compile_entries(programme, zone),
        ways=(ways := compile_ways(programme, zone)),
        dated=[way for way in ways if way.kind in ("birthday", "anniversary") and programme.enabled],
        manual_span=None if manual is None or manual.expires is None else parse_span(manual.expires),
        manual_qualifies=manual is not None and manual.qualifies is True,
        factors=(factors := compile_factors(programme, zone)),
        reads_products=reads_products(programme, factors),
        open_from_to=compile_dates(programme, zone),
        visible={
            source.slug: compile_condition(source.visible, "visible")
            for source in programme.sources
            if source.visible is not None
        },
        tiers=_tiers(programme),
        milestones=[_milestone(one) for one in programme.milestones],
        rolling_window=(
            parse_span(programme.tiers.window.length)
            if programme.tiers is not None and isinstance(programme.tiers.window, RollingWindow)
            else None
        ),
        initial_tier=programme.tiers is not None and programme.tiers.steps[0].requires is None,
        rolling=rolling,
        rolling_span=None if rolling is None else parse_span(rolling.term),
        buckets=[(bucket.threshold, parse_money(bucket.value)) for bucket in redemption.value_buckets],
        minimum_cart=parse_money(redemption.minimum_cart),
        coupon_span=None if redemption.coupon_expires is None else parse_span(redemption.coupon_expires),
        mappings={one.slug: CompiledMapping(one, feed.soon_days) for one in feed.mappings},
        offers=compile_offers(programme, zone),
        content=compile_content(programme, zone, factors),
    )


def _milestone(one: doc.Milestone) -> MilestoneTerms:
    span = parse_span(one.reach) if one.counts == "tenure" else None
    reach = parse_money(one.reach) if one.counts == "spend" else 0 if span is not None else int(one.reach)
    return MilestoneTerms(one.slug, one.counts, reach, span, one.points, one.tier, one.offer)


def _tiers(programme: doc.Programme) -> list[TierTerms]:
    ladder = programme.tiers
    if ladder is None:
        return []
    found = []
    for rank, step in enumerate(ladder.steps):
        life = step.life or ladder.life
        need = _need(step.requires)
        limit = step.redemption_limit
        benefits = [
            feature.code
            for feature in programme.tier_features
            if step.features.get(feature.slug, "").strip().casefold() not in _NO_BENEFIT
        ]
        found.append(
            TierTerms(
                rank=rank,
                slug=step.slug,
                name=step.name,
                need=need,
                keep=need if step.keep is None else _need(step.keep),
                life=life,
                term=None if life.term is None else parse_span(life.term),
                grace=parse_span(life.grace),
                lot_span=None if step.expires is None else parse_span(step.expires),
                limit=limit if isinstance(limit, RedemptionLimit) else None,
                unlimited=limit == "unlimited",
                visible=compiled(step.visible, "visible"),
                benefits=benefits,
                benefit_titles=benefit_titles(programme, step.features, benefits),
            )
        )
    return found


def _need(requires: Requirements | None) -> Need:
    if requires is None:
        return Need()
    spend = None if requires.spend is None else parse_money(requires.spend)
    condition = compiled(requires.condition, "tier")
    return Need(requires.points, spend, requires.orders, requires.match == "all", tuple(requires.events), condition)
