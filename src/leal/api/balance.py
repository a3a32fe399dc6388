"""The balance: `CustomerBalanceResult3`, built from a standing, and the two functions that answer with it."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, UnsetType

from leal.api import words
from leal.api.function import Call, Function
from leal.api.shapes import CustomerInput, Day, Input, Shape, derived_id
from leal.engine.commands import Balance, UnknownCustomer
from leal.rules.limits import LimitState, has_value
from leal.rules.programme.document import Source, SourceKind
from leal.rules.programme.ladder import Feature
from leal.rules.programme.terms import Need, Terms
from leal.rules.programme.words import Period
from leal.rules.returning import Redemption
from leal.rules.standing import Asked, Standing, TierEnd, TierStanding
from leal.scalars import Flake, Instant, Money
from leal.values import NEVER, parse_instant, parse_money

LATEST: Final = parse_instant("9999-12-31T23:59:59Z")
"""Written for the instant that does not come, where one is required."""


class RedemptionLimitInfo1(Shape):
    """The most points that may be redeemed in a calendar period, and what is left of them."""

    total: int
    remaining: int
    period: Period


class PointValueBucket2(Shape):
    """From `threshold` points on, points are worth `value` for every `threshold` of them."""

    threshold: int
    value: Money


class RedemptionConfiguration2(Shape):
    """How points are turned into money; amounts are `min + n·step`, or one of `buckets` where those are given."""

    pt_value: Money
    min: int
    max: int | None
    step: int
    buckets: list[int] | UnsetType = UNSET
    point_value_buckets: list[PointValueBucket2] | UnsetType = UNSET


class CustomerRollingPointExpiration3(Shape):
    """The next batch of points to lapse."""

    time: Instant
    day: Day
    """The last day on which they are usable."""
    amount: int


class TierRequirements3(Shape):
    """What a tier asks for, and what is still lacking; zeros are left out."""

    threshold_pts: int | UnsetType = UNSET
    threshold_spend: Money | UnsetType = UNSET
    threshold_orders: int | UnsetType = UNSET
    threshold_events: list[str] | UnsetType = UNSET
    extra_pts: int | UnsetType = UNSET
    extra_spend: Money | UnsetType = UNSET
    extra_orders: int | UnsetType = UNSET
    extra_events: list[str] | UnsetType = UNSET
    extra_desc: str | UnsetType = UNSET
    progress: int | UnsetType = UNSET
    """In permyriad; 10000 when, and only when, all is met."""


class TierExpirationStatus3(Shape):
    """When the tier ends, what keeps it, and what follows otherwise."""

    deadline: Instant
    downgraded_tier_name: str
    keep_reqs: TierRequirements3
    keep_extended_deadline: Instant


class TierFeature1(Shape):
    """A row of the table of benefits."""

    bhid: Flake
    title: str
    description: str | UnsetType = UNSET


class TierFeatureValue1(Shape):
    """A tier's cell in the table of benefits."""

    bhid: Flake
    title: str
    value: str


class TierStatus3(Shape):
    """A tier beside one customer."""

    name: str
    slug: str
    expiration: TierExpirationStatus3 | None
    reqs: TierRequirements3
    features: list[TierFeatureValue1] | UnsetType = UNSET
    redemption_limit: RedemptionLimitInfo1 | UnsetType = UNSET


class Source2(Shape):
    """A way to earn."""

    bhid: Flake
    slugs: list[str]
    title: str
    can_complete: bool
    is_completed: bool
    kind: SourceKind
    points: int | UnsetType = UNSET
    per: Money | UnsetType = UNSET
    """The money that earns `points` once."""
    description: str | UnsetType = UNSET


class Offer1(Shape):
    """Something to be had for points."""

    id: str
    type: str
    title: str
    available: bool
    section: str


class AvailableReward1(Shape):
    """A code that the customer holds and has not used."""

    type: str
    desc: str
    code: str
    since: Instant
    reward_desc: str | UnsetType = UNSET
    pts: int | None = None
    amount: Money | None = None


class CustomerBalanceResult3(Shape):
    """A customer's balance at this moment."""

    pts_available: int
    pts_available_value: Money | None
    pts_pending: int
    pts_pending_value: Money | None
    pts_earned: int
    pts_redeemed: int
    pts_expired: int
    pts_held: int
    pts_debt: int
    total_spend: Money
    upgrade_spend: Money
    loyalty_anniversary_day: Day | None
    pts_global_expiration: Instant | None
    pts_next_rolling_expiration: CustomerRollingPointExpiration3 | None
    redemption: RedemptionConfiguration2 | None
    cur_tier: TierStatus3 | None
    next_tier: TierStatus3 | None
    redemption_limit: RedemptionLimitInfo1 | None
    global_redemption_limit: RedemptionLimitInfo1 | None
    unused_rewards: list[AvailableReward1] | UnsetType = UNSET
    sources: list[Source2] | UnsetType = UNSET
    offers: list[Offer1] | UnsetType = UNSET
    tiers: list[TierStatus3] | UnsetType = UNSET
    tier_features: list[TierFeature1] | UnsetType = UNSET


class BalanceInput(CustomerInput):
    """Whose balance, and how much of it."""

    include_unused_rewards: bool = False
    include_full_program: bool = False


class LoggedOutInput(Input):
    """How much of a stranger's balance."""

    include_unused_rewards: bool = False
    include_full_program: bool = False


def balance_result(shop: str, balance: Balance, *, full: bool, unused: bool) -> CustomerBalanceResult3:
    """The balance document of a shop's member; `full` adds the programme, `unused` the rewards."""
    standing, account = balance.standing, balance.standing.account
    terms = standing.terms
    lapse = standing.next_lapse
    result = CustomerBalanceResult3(
        pts_available=account.available,
        pts_available_value=_money(standing.available_value),
        pts_pending=account.pending,
        pts_pending_value=_money(standing.pending_value),
        pts_earned=account.earned,
        pts_redeemed=account.redeemed,
        pts_expired=account.expired,
        pts_held=account.held,
        pts_debt=account.debt,
        total_spend=Money(account.life.spend_micros),
        upgrade_spend=Money(standing.upgrade_spend),
        loyalty_anniversary_day=None if standing.anniversary_day is None else standing.anniversary_day.isoformat(),
        pts_global_expiration=None,
        pts_next_rolling_expiration=None
        if lapse is None
        else CustomerRollingPointExpiration3(time=_instant(lapse.at), day=lapse.day.isoformat(), amount=lapse.points),
        redemption=_redemption(terms),
        cur_tier=_tier(shop, terms, standing.current),
        next_tier=_tier(shop, terms, standing.next),
        redemption_limit=_limit(standing.limit),
        global_redemption_limit=_limit(standing.global_limit),
    )
    if unused:
        result.unused_rewards = [_reward(reward) for reward in balance.rewards if reward.code is not None]
    if full:
        _add_programme(result, shop, standing, balance.now)
    return result


def _add_programme(result: CustomerBalanceResult3, shop: str, standing: Standing, now: int) -> None:
    terms = standing.terms
    features = [] if terms is None else terms.programme.tier_features
    result.sources = [] if terms is None else _sources(shop, terms, now)
    result.offers = []
    result.tiers = []
    for step in standing.tiers:
        status = _tier(shop, terms, step)
        if status is not None and terms is not None and terms.programme.tiers is not None:
            cells = terms.programme.tiers.steps[step.tier.rank].features
            status.features = _cells(shop, features, cells)
            status.redemption_limit = UNSET if step.limit is None else _known_limit(step.limit)
            result.tiers.append(status)
    result.tier_features = [
        TierFeature1(
            bhid=derived_id("feature", shop, feature.slug),
            title=feature.title,
            description=feature.description or UNSET,
        )
        for feature in features
    ]


def _cells(shop: str, features: list[Feature], cells: dict[str, str]) -> list[TierFeatureValue1]:
    return [
        TierFeatureValue1(
            bhid=derived_id("feature", shop, feature.slug), title=feature.title, value=cells[feature.slug]
        )
        for feature in features
        if feature.slug in cells
    ]


def _sources(shop: str, terms: Terms, now: int) -> list[Source2]:
    """The ways to earn that are open now; what staff give by hand is none."""
    orders = terms.orders
    return [
        _source(shop, source)
        for source in terms.programme.sources
        if source.kind != "manual"
        and (source.kind != "order" or (orders is not None and orders.starts_at <= now < orders.ends_at))
    ]


def _source(shop: str, source: Source) -> Source2:
    return Source2(
        bhid=derived_id("source", shop, source.slug),
        slugs=[source.slug],
        title=source.title,
        can_complete=True,
        is_completed=False,
        kind=source.kind,
        points=UNSET if source.points is None else source.points,
        per=UNSET if source.per is None else Money(parse_money(source.per)),
        description=source.description or UNSET,
    )


def _tier(shop: str, terms: Terms | None, standing: TierStanding | None) -> TierStatus3 | None:
    if standing is None or terms is None:
        return None
    tier = standing.tier
    return TierStatus3(
        name=tier.name,
        slug=tier.slug,
        expiration=None if standing.end is None else _end(terms, tier.name, standing.end),
        reqs=_requirements(terms, standing.asked, tier.name, "reach"),
    )


def _end(terms: Terms, name: str, end: TierEnd) -> TierExpirationStatus3:
    return TierExpirationStatus3(
        deadline=_instant(end.deadline_at),
        downgraded_tier_name=end.falls_to,
        keep_reqs=_requirements(terms, end.keep, name, "keep"),
        keep_extended_deadline=_instant(end.extended_deadline_at),
    )


def _requirements(terms: Terms, asked: Asked, name: str, verb: str) -> TierRequirements3:
    need, lacking = asked.need, asked.lacking
    sentence = words.still_lacking(lacking, not need.every, name, verb, terms.programme)
    return TierRequirements3(
        threshold_pts=need.points or UNSET,
        threshold_spend=_money_or_unset(need),
        threshold_orders=need.orders or UNSET,
        extra_pts=lacking.points or UNSET,
        extra_spend=_money_or_unset(lacking),
        extra_orders=lacking.orders or UNSET,
        extra_desc=sentence or UNSET,
        progress=asked.progress or UNSET,
    )


def _money_or_unset(need: Need) -> Money | UnsetType:
    return Money(need.spend_micros) if need.spend_micros else UNSET


def _redemption(terms: Terms | None) -> RedemptionConfiguration2 | None:
    rules = None if terms is None else terms.programme.redemption
    if terms is None or rules is None or not has_value(terms):
        return None
    buckets = [PointValueBucket2(threshold=threshold, value=Money(value)) for threshold, value in terms.buckets]
    return RedemptionConfiguration2(
        pt_value=Money(terms.point_value or 0),
        min=rules.min,
        max=rules.max,
        step=rules.step,
        buckets=rules.choices or UNSET,
        point_value_buckets=buckets or UNSET,
    )


def _limit(limit: LimitState | None) -> RedemptionLimitInfo1 | None:
    return None if limit is None else _known_limit(limit)


def _known_limit(limit: LimitState) -> RedemptionLimitInfo1:
    return RedemptionLimitInfo1(total=limit.total, remaining=limit.remaining, period=limit.period)


def _reward(reward: Redemption) -> AvailableReward1:
    return AvailableReward1(
        type="redemption",
        desc=f"{reward.points} points redeemed",
        code=reward.code or "",
        since=Instant(reward.drawn_at),
        pts=reward.points,
        amount=Money(reward.amount),
    )


def _money(micros: int | None) -> Money | None:
    return None if micros is None else Money(micros)


def _instant(at: int) -> Instant:
    return Instant(LATEST if at == NEVER else at)


async def customer_balance(call: Call, given: BalanceInput) -> CustomerBalanceResult3:
    """Answer CustomerBalance3; a customer whose token names nobody known is shown an empty account (S13.2)."""
    full, unused = given.include_full_program, given.include_unused_rewards
    who = await call.person(given.customer)
    try:
        balance = await call.engine.balance(call.shop, who, full=full, unused=unused)
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        balance = await call.engine.logged_out(call.shop, full=full)
    return balance_result(call.shop.slug, balance, full=full, unused=unused)


async def logged_out_balance(call: Call, given: LoggedOutInput) -> CustomerBalanceResult3:
    """Answer LoggedOutBalance1."""
    balance = await call.engine.logged_out(call.shop, full=given.include_full_program)
    return balance_result(call.shop.slug, balance, full=given.include_full_program, unused=given.include_unused_rewards)


FUNCTIONS: Final = (
    Function(
        "CustomerBalance3", "read", ("customer", "admin_customer", "shop"), BalanceInput, CustomerBalanceResult3,
        customer_balance, "A customer's points, their worth, tier and limits at this moment.",
    ),
    Function(
        "LoggedOutBalance1", "read", ("anonymous", "shop"), LoggedOutInput, CustomerBalanceResult3,
        logged_out_balance, "What a visitor sees who is not logged in: zeros, and the programme.",
    ),
)  # fmt: skip
