"""Why a balance is what it is: the function that tells the rules, lots and entries that make each figure."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from leal.api import words
from leal.api.balance import balance_result
from leal.api.balance_shapes import CustomerBalanceResult3
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.shapes import CustomerInput, Day, MarketInput1, Shape
from leal.engine.explaining import ExplainedBalance, LotTold, Told
from leal.rules.calendar import last_usable_day, local_day
from leal.rules.explaining import (
    RULE_OF_BUCKET,
    RULE_OF_ENTRY,
    LimitExplained,
    Requirement,
    TierExplained,
    Worth,
)
from leal.rules.programme.terms import Terms
from leal.rules.programme.words import Period
from leal.scalars import Flake, Instant, Money
from leal.values import NEVER
from leal.words.voice import Voice

SENTENCES: Final = {
    "available": "explain.available",
    "pending": "explain.pending",
    "held": "explain.held",
    "redeemed": "explain.redeemed",
    "expired": "explain.expired",
    "earned": "explain.earned",
    "debt": "explain.debt",
}
"""What is said of each bucket."""


class ExplainBalanceInput(CustomerInput):
    """Whose balance, and with how many entries."""

    limit: Annotated[int, Meta(ge=1, le=1000, examples=[100])] = 100
    """The newest entries to list; all of them stand in the sums."""
    market: MarketInput1 | None = None


class ExplainedWorth1(Shape):
    """`pts × value / threshold`, floored to the currency's smallest unit."""

    pts: int
    threshold: int
    value: Money
    smallest_unit: Money
    amount: Money
    desc: str
    rule: str = "S5.4"


class ExplainedBucket1(Shape):
    """A figure of the balance: the sum of what the entries moved of it."""

    name: str
    """`available`, `pending`, `held`, `redeemed`, `expired`, `earned`, `debt`."""
    pts: int
    desc: str
    rule: str


class ExplainedSum1(Shape, kw_only=True):
    """What all entries of one type made together; over all types, the buckets and what counts for tiers."""

    type: str
    desc: str
    rule: str
    entries: int
    pts: dict[str, int]
    """By bucket; those that they did not move are left out."""
    spend: Money
    window_spend: Money
    """Of it within the window that tiers look at."""
    qualifying: int
    window_qualifying: int
    orders: int
    window_orders: int


class ExplainedEntry1(Shape, kw_only=True):
    """One entry of the history."""

    id: Flake
    time: Instant
    type: str
    desc: str
    rule: str
    programme_version: int
    pts: dict[str, int]
    """By bucket, what it moved."""
    order_shopid: str | None = None
    discount_code: str | None = None
    source: str | None = None
    """The title of the way to earn, the offer or the milestone that it is about."""
    private_note: str | None = None
    """What staff wrote for staff; not for a customer's token."""
    actor: str | None = None
    """Who of the staff; not for a customer's token."""


class ExplainedLot1(Shape, kw_only=True):
    """Points that were given together and share their dates, in the order in which they are spent."""

    id: int
    pts_available: int
    pts_pending: int
    pts_held: int
    earned: Instant
    available: Instant | None
    """Since or from when they can be spent; null: once an event has come."""
    expires: Instant | None
    """Their own end; null: none."""
    desc: str
    order_shopid: str | None


class ExplainedAsk1(Shape):
    """One thing that a tier asks for: points, money in micros, orders, events; 1 for a condition."""

    what: Literal["points", "spend", "orders", "event", "condition"]
    event: str
    wanted: int
    has: int


class ExplainedRequirement1(Shape):
    """What a tier asks for, and what the customer has of it."""

    tier: str
    every: bool
    """All of it, or any."""
    asks: list[ExplainedAsk1]
    counts_from: Day | None
    """First day of what counts for it; null: everything."""


class ExplainedTier1(Shape, kw_only=True):
    """How the tier came about, and what counts for tiers now."""

    name: str | None
    by: Literal["nobody", "everyone", "rules", "staff"]
    since: Instant | None
    programme_version: int
    """Under which it was judged; 0: it was not."""
    judged_from: Day | None
    """First day of what was judged then; null: everything."""
    ends: Instant | None
    window_from: Day | None
    """First day of what counts now; null: everything."""
    window_until: Instant | None
    spend: Money
    qualifying: int
    """With tiers that go by available points, those."""
    orders: int
    keep: ExplainedRequirement1 | None
    reach: ExplainedRequirement1 | None
    """What the next tier asks for; null at the top."""
    desc: str
    rule: str


class ExplainedLimit1(Shape, kw_only=True):
    """The redemption limit: `remaining = max(0, total - used)`."""

    total: int
    used: int
    remaining: int
    period: Period
    since: Day
    """First day of the period."""
    of_tier: str
    """The tier whose own limit it is; empty: the programme's."""
    desc: str
    rule: str = "S5.3"


class ExplainBalanceResult1(Shape, kw_only=True):
    """A balance, and everything that makes it."""

    at: Instant
    programme_version: int
    """In force for the customer; 0: none."""
    balance: CustomerBalanceResult3
    buckets: list[ExplainedBucket1]
    available_worth: ExplainedWorth1 | None
    pending_worth: ExplainedWorth1 | None
    tier: ExplainedTier1 | None
    limit: ExplainedLimit1 | None
    """Null: nothing limits redemptions."""
    lots: list[ExplainedLot1]
    """The first 1,000; together they are what is available, pending and held."""
    sums: list[ExplainedSum1]
    entries: list[ExplainedEntry1]
    """The newest, newest first."""
    entries_left_out: int
    """Older ones; they stand in the sums."""


def explained_balance(
    shop: str, found: ExplainedBalance, market: MarketInput1 | None = None, *, for_staff: bool
) -> ExplainBalanceResult1:
    """An explanation as the wire has it, in the language of the market; `for_staff` with what staff wrote."""
    standing, explained = found.balance.standing, found.explained
    account, terms = standing.account, standing.terms
    speak = words.voice_for(market, terms)
    return ExplainBalanceResult1(
        at=Instant(found.balance.now),
        programme_version=found.version,
        balance=balance_result(shop, found.balance, market, full=False, unused=False),
        buckets=[
            ExplainedBucket1(bucket, getattr(account, bucket), _of_bucket(speak, found, bucket), rule)
            for bucket, rule in RULE_OF_BUCKET.items()
        ],
        available_worth=_worth(speak, explained.available_worth, standing.available_value),
        pending_worth=_worth(speak, explained.pending_worth, standing.pending_value),
        tier=None if explained.tier is None or terms is None else _tier(speak, terms, explained.tier),
        limit=None if explained.limit is None else _limit(speak, explained.limit),
        lots=[_lot(speak, terms, lot) for lot in found.lots],
        sums=[
            ExplainedSum1(
                type=type_,
                desc=words.change_sentence(speak, type_, None),
                rule=RULE_OF_ENTRY.get(type_, ""),
                entries=one.entries,
                pts={bucket: points for bucket, points in one.points.items() if points},
                spend=Money(one.counted["spend"]),
                window_spend=Money(one.counted["window_spend"]),
                qualifying=one.counted["qualifying"],
                window_qualifying=one.counted["window_qualifying"],
                orders=one.counted["orders"],
                window_orders=one.counted["window_orders"],
            )
            for type_, one in sorted(found.sums.items())
        ],
        entries=[_entry(speak, entry, for_staff=for_staff) for entry in found.entries],
        entries_left_out=found.entries_in_all - len(found.entries),
    )


def _of_bucket(speak: Voice, found: ExplainedBalance, bucket: str) -> str:
    account = found.balance.standing.account
    if bucket == "earned":
        figures = {name: getattr(account, name) for name in RULE_OF_BUCKET}
        return speak.say(SENTENCES[bucket], **figures)
    return speak.say(SENTENCES[bucket], points=getattr(account, bucket))


def _worth(speak: Voice, worth: Worth | None, amount: int | None) -> ExplainedWorth1 | None:
    if worth is None or amount is None:
        return None
    threshold, value = worth.threshold, worth.value_micros
    times = 1
    while value * times % worth.minor_unit:  # so much of it that its worth can be written in full
        times *= 10
    return ExplainedWorth1(
        worth.points, threshold, Money(value), Money(worth.minor_unit), Money(amount),
        speak.say(
            "explain.worth", points=worth.points, value=value * times, threshold=threshold * times, amount=amount
        ),
    )  # fmt: skip


def _tier(speak: Voice, terms: Terms, tier: TierExplained) -> ExplainedTier1:
    name = None if tier.tier is None else tier.tier.name
    since = tier.since
    if tier.by == "nobody" or name is None or (tier.by != "everyone" and since is None):
        desc, rule = speak.say("explain.no_tier"), "S8.1"
    elif tier.by == "everyone" or since is None:
        desc, rule = speak.say("explain.tier_of_everyone", tier=name), "S8.1"
    elif tier.by == "staff":
        desc, rule = speak.say("explain.tier_set", tier=name, day=local_day(since, terms.zone)), "S8.7"
    else:
        desc, rule = speak.say("explain.tier_reached", tier=name, day=local_day(since, terms.zone)), "S8.3"
    if tier.ends_at != NEVER:
        desc += " " + speak.say("explain.tier_ends", day=last_usable_day(tier.ends_at, terms.zone))
    first = tier.window_first
    desc += " " + _window(speak, tier)
    return ExplainedTier1(
        name=name,
        by=tier.by,
        since=None if since is None else Instant(since),
        programme_version=tier.version,
        judged_from=None if tier.first_day is None else tier.first_day.isoformat(),
        ends=None if tier.ends_at == NEVER else Instant(tier.ends_at),
        window_from=None if first is None else first.isoformat(),
        window_until=None if tier.window_until == NEVER else Instant(tier.window_until),
        spend=Money(tier.counts.spend_micros),
        qualifying=tier.counts.qualifying,
        orders=tier.counts.orders,
        keep=_requirement(tier.keep),
        reach=_requirement(tier.reach),
        desc=desc,
        rule=rule,
    )


def _window(speak: Voice, tier: TierExplained) -> str:
    """From when on what happened counts, for keeping the tier and for the next one."""
    keep, reach = tier.keep, tier.reach
    days = [one.first_day for one in (keep, reach) if one is not None] or [tier.window_first]
    if len(days) == 2 and days[0] is not None and days[1] is not None and days[0] != days[1]:
        return speak.say("explain.keep_window", day=days[0]) + " " + speak.say("explain.reach_window", day=days[1])
    return speak.say("explain.window_all") if days[0] is None else speak.say("explain.window", day=days[0])


def _requirement(asked: Requirement | None) -> ExplainedRequirement1 | None:
    if asked is None:
        return None
    first = None if asked.first_day is None else asked.first_day.isoformat()
    return ExplainedRequirement1(asked.tier.name, asked.every, [ExplainedAsk1(*one) for one in asked.asks], first)


def _limit(speak: Voice, limit: LimitExplained) -> ExplainedLimit1:
    remaining = max(0, limit.total - limit.used)
    return ExplainedLimit1(
        total=limit.total,
        used=limit.used,
        remaining=remaining,
        period=limit.period,
        since=limit.first_day.isoformat(),
        of_tier=limit.of_tier,
        desc=speak.say("explain.limit", used=limit.used, total=limit.total, remaining=remaining),
    )


def _lot(speak: Voice, terms: Terms | None, told: LotTold) -> ExplainedLot1:
    lot, award = told.lot, told.award
    desc = (
        speak.say("explain.merged_lot")
        if award is None
        else words.change_sentence(speak, award.type, award.order_id, award.source)
    )
    if terms is not None and lot.expires_at != NEVER:
        desc += ", " + speak.say("explain.until", day=last_usable_day(lot.expires_at, terms.zone))
    return ExplainedLot1(
        id=lot.id,
        pts_available=0 if told.is_pending else lot.free,
        pts_pending=lot.free if told.is_pending else 0,
        pts_held=lot.held,
        earned=Instant(lot.earned_at),
        available=None if lot.available_at == NEVER else Instant(lot.available_at),
        expires=None if lot.expires_at == NEVER else Instant(lot.expires_at),
        desc=desc,
        order_shopid=None if award is None else award.order_id,
    )


class _Note(msgspec.Struct):
    """What staff wrote."""

    description: str = ""
    private_note: str = ""
    actor: str = ""


def _entry(speak: Voice, entry: Told, *, for_staff: bool) -> ExplainedEntry1:
    note = msgspec.json.decode(entry.note, type=_Note) if entry.note else _Note()
    return ExplainedEntry1(
        id=Flake(entry.id),
        time=Instant(entry.at),
        type=entry.type,
        desc=note.description or words.change_sentence(speak, entry.type, entry.order_id, entry.source),
        rule=RULE_OF_ENTRY.get(entry.type, ""),
        programme_version=entry.version,
        pts=entry.points,
        order_shopid=entry.order_id,
        discount_code=entry.code,
        source=entry.source,
        private_note=note.private_note or None if for_staff else None,
        actor=note.actor or None if for_staff else None,
    )


async def explain_balance(call: Call, given: ExplainBalanceInput) -> ExplainBalanceResult1:
    """Answer ExplainBalance1."""
    who = await call.person(given.customer)
    found = await call.engine.explain_balance(call.shop, who, limit=given.limit)
    return explained_balance(call.shop.slug, found, given.market, for_staff=call.caller.kind != "customer")


FUNCTIONS: Final = (
    Function(
        "ExplainBalance1", "read", ABOUT_ONE, ExplainBalanceInput, ExplainBalanceResult1,
        explain_balance, "Why a balance is what it is: rules, lots and entries.",
    ),
)  # fmt: skip
