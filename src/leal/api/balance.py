"""The balance: `CustomerBalanceResult3`, built from a standing, and the two functions that answer with it."""

from __future__ import annotations

from copy import copy
from typing import Final

from msgspec import UNSET

from leal.api import words
from leal.api.balance_parts import Parts, parts_of
from leal.api.balance_shapes import (
    BalanceInput,
    CustomerBalanceResult3,
    CustomerRollingPointExpiration3,
    CustomerSubscriptionStatus3,
    LoggedOutInput,
    MilestoneStatus3,
    RedemptionLimitInfo1,
    TierStatus3,
)
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.http import Answer
from leal.api.offers import offers_of, rewards_of
from leal.api.plain_balance import plain_balance, whole_balance
from leal.api.referrals import stats_of
from leal.api.shapes import MarketInput1, derived_id
from leal.api.tiers import instant_or_latest, tier_beside
from leal.engine.commands import Balance, PlainBalance, UnknownCustomer, WholeBalance
from leal.errors import NotAllowed
from leal.rules.limits import LimitState
from leal.rules.membership import shown_membership
from leal.rules.standing import MilestoneStanding, Standing, TierStanding
from leal.rules.tiers import NOTHING_LACKS
from leal.scalars import Instant, Money
from leal.words.voice import Voice


def balance_result(
    shop: str, balance: Balance, market: MarketInput1 | None = None, *, full: bool, unused: bool
) -> CustomerBalanceResult3:
    """The balance document of a shop's member, for a page in the market; `full` adds the programme, `unused` the
    rewards. It is there to be written: parts of it may be JSON already (`balance_parts.py`)."""
    standing, account = balance.standing, balance.standing.account
    terms = standing.terms
    parts = None if terms is None else parts_of(shop, terms)
    lapse = standing.next_lapse
    speak = words.voice_for(market, terms)
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
        membership=shown_membership(account, terms),
        program_enabled=terms is not None,
        total_spend=Money(account.life.spend_micros),
        upgrade_spend=Money(standing.upgrade_spend),
        loyalty_anniversary_day=None if standing.anniversary_day is None else standing.anniversary_day.isoformat(),
        pts_global_expiration=None if standing.everything_at is None else Instant(standing.everything_at),
        pts_next_rolling_expiration=None
        if lapse is None
        else CustomerRollingPointExpiration3(
            time=instant_or_latest(lapse.at), day=lapse.day.isoformat(), amount=lapse.points
        ),
        redemption=None if parts is None else parts.redemption,
        cur_tier=_own_tier(speak, parts, standing.current),
        next_tier=_own_tier(speak, parts, standing.next),
        redemption_limit=_limit(standing.limit),
        global_redemption_limit=_limit(standing.global_limit),
    )
    if standing.milestones is not None:
        result.subscription_status = _subscription(shop, standing)
    if unused:
        result.unused_rewards = rewards_of(balance, speak)
    if full:
        result.offers = offers_of(balance, speak, with_closed=False)
        _add_programme(result, shop, standing, speak, parts)
    return result


def _add_programme(
    result: CustomerBalanceResult3, shop: str, standing: Standing, speak: Voice, parts: Parts | None
) -> None:
    if standing.milestones is not None:
        result.milestones = [_milestone(shop, standing, one) for one in standing.milestones]
    result.sources, result.tiers, result.tier_features = [], [], []
    if parts is None:
        return
    result.sources = [parts.source(one) for one in standing.sources]
    known = {
        beside.tier.rank: status
        for beside, status in ((standing.current, result.cur_tier), (standing.next, result.next_tier))
        if beside is not None and isinstance(status, TierStatus3)
    }
    result.tiers = [_in_ladder(speak, parts, step, known.get(step.tier.rank)) for step in standing.tiers]
    result.tier_features = parts.features


def _milestone(shop: str, standing: Standing, known: MilestoneStanding) -> MilestoneStatus3:
    milestone = known.milestone
    tier = None if standing.terms is None else standing.terms.tier(milestone.tier)
    return MilestoneStatus3(
        bhid=derived_id("milestone", shop, milestone.slug),
        slugs=[milestone.slug],
        name=milestone.title,
        counts=milestone.counts,
        reach=milestone.reach,
        is_reached=known.is_reached,
        cycle=int(milestone.reach) if milestone.counts == "cycle" else UNSET,
        points=milestone.points or UNSET,
        tier=UNSET if tier is None else tier.name,
        offer=milestone.offer or UNSET,
    )


def _subscription(shop: str, standing: Standing) -> CustomerSubscriptionStatus3:
    keeps = standing.account.keeps
    steps = [one for one in standing.milestones or [] if one.milestone.counts == "cycle"]
    steps.sort(key=lambda one: int(one.milestone.reach))
    behind = [one for one in steps if int(one.milestone.reach) <= keeps.cycle]
    ahead = steps[len(behind) :]
    return CustomerSubscriptionStatus3(
        active=keeps.subscribed,
        cycle=keeps.cycle,
        cur_milestone=_milestone(shop, standing, behind[-1]) if behind else None,
        next_milestone=_milestone(shop, standing, ahead[0]) if ahead else None,
    )


def _own_tier(speak: Voice, parts: Parts | None, standing: TierStanding | None) -> TierStatus3 | None:
    if standing is None or parts is None:
        return None
    if _is_behind(standing):
        return parts.once(("tier", standing.tier.rank), lambda: tier_beside(speak, parts.terms, standing))
    return tier_beside(speak, parts.terms, standing)


def _in_ladder(speak: Voice, parts: Parts, standing: TierStanding, known: TierStatus3 | None) -> TierStatus3:
    """A tier of the ladder, with what it gives, and its own limit; `known` is what is told of it beside that."""

    def make() -> TierStatus3:
        status = tier_beside(speak, parts.terms, standing) if known is None else copy(known)
        status.features = parts.cells[standing.tier.rank]
        status.redemption_limit = UNSET if standing.limit is None else _known_limit(standing.limit)
        return status

    return parts.once(("step", standing.tier.rank, standing.limit), make) if _is_whole(standing) else make()


def _is_behind(standing: TierStanding) -> bool:
    """Whether the tier lies behind the member, so that all are told the same of it, in whatever language."""
    return standing.end is None and standing.asked.lacking is NOTHING_LACKS


def _is_whole(standing: TierStanding) -> bool:
    """The same of a tier in the ladder, whose limit must be whole, too."""
    limit = standing.limit
    return _is_behind(standing) and (limit is None or limit.remaining == limit.total)


def _limit(limit: LimitState | None) -> RedemptionLimitInfo1 | None:
    return None if limit is None else _known_limit(limit)


def _known_limit(limit: LimitState) -> RedemptionLimitInfo1:
    return RedemptionLimitInfo1(total=limit.total, remaining=limit.remaining, period=limit.period)


def _money(micros: int | None) -> Money | None:
    return None if micros is None else Money(micros)


class AtNeedsShopToken(NotAllowed):
    """Another moment than now was asked for, and not with a shop token."""

    id = "at_needs_shop_token"
    sentence = "Only a shop token may ask for the balance of another moment."


async def customer_balance(call: Call, given: BalanceInput) -> CustomerBalanceResult3 | Answer:
    """Answer CustomerBalance3; a customer whose token names nobody known is shown an empty account (S13.2)."""
    full, unused = given.include_full_program, given.include_unused_rewards
    if given.at is not None and call.caller.kind != "shop":
        raise AtNeedsShopToken
    who = await call.person(given.customer)
    try:
        balance: Balance | PlainBalance | WholeBalance
        if given.include_referrals or given.at is not None:
            balance = await call.engine.balance(call.shop, who, full=full, unused=unused, at=given.at)
        elif full or unused:
            balance = await call.engine.whole_balance(call.shop, who, full=full, unused=unused)
        else:
            balance = await call.engine.plain_balance(call.shop, who)
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        balance = await call.engine.logged_out(call.shop, full=full)
    if isinstance(balance, PlainBalance):
        speak = words.voice_for(given.market, balance.terms)
        return Answer(200, plain_balance(call.shop.slug, balance, speak))
    if isinstance(balance, WholeBalance):
        speak = words.voice_for(given.market, balance.plain.terms)
        return Answer(200, whole_balance(call.shop.slug, balance, speak, unused=unused))
    result = balance_result(call.shop.slug, balance, given.market, full=full, unused=unused)
    if given.include_referrals:
        result.referral_stats = await stats_of(call, who, balance)
    return result


async def balance_freshness(call: Call, given: BalanceInput) -> str | None:
    """What changes whenever the balance may."""
    if given.at is not None or given.include_referrals:
        return None
    who = await call.person(given.customer)
    try:
        return await call.engine.freshness(call.shop, who, full=given.include_full_program)
    except UnknownCustomer:
        return None


async def logged_out_freshness(call: Call, given: LoggedOutInput) -> str | None:
    """What changes whenever a stranger's balance may."""
    return await call.engine.freshness(call.shop, None, full=given.include_full_program)


async def logged_out_balance(call: Call, given: LoggedOutInput) -> CustomerBalanceResult3:
    """Answer LoggedOutBalance1."""
    full, unused = given.include_full_program, given.include_unused_rewards
    balance = await call.engine.logged_out(call.shop, full=full)
    result = balance_result(call.shop.slug, balance, given.market, full=full, unused=unused)
    if given.include_referrals:
        result.referral_stats = await stats_of(call, None, balance)
    return result


FUNCTIONS: Final = (
    Function(
        "CustomerBalance3", "read", ABOUT_ONE, BalanceInput, CustomerBalanceResult3,
        customer_balance, "A customer's points, their worth, tier and limits at this moment.", tell=balance_freshness,
    ),
    Function(
        "LoggedOutBalance1", "read", ("anonymous", "shop"), LoggedOutInput, CustomerBalanceResult3,
        logged_out_balance, "What a visitor sees who is not logged in: zeros, and the programme.",
        tell=logged_out_freshness,
    ),
)  # fmt: skip
