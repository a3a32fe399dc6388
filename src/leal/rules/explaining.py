"""Explaining: what makes a member's figures, told by the rules that make them, and the rule that each entry follows."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple

from leal.rules import limits
from leal.rules.account import Account, Counts
from leal.rules.calendar import period_start
from leal.rules.judging import have
from leal.rules.ledger import Book
from leal.rules.programme.terms import Need, Terms, TierTerms
from leal.rules.programme.words import Period
from leal.rules.tier_ends import end_at, keep_first, keep_have
from leal.rules.tiers import Have, current_tier, is_set, tier_above, window_at, window_counts
from leal.rules.worth import has_value, rate_of
from leal.values import NEVER

RULE_OF_ENTRY: Final = {
    "earned_from_order": "S4.2",
    "earned_from_source": "S4.1",
    "earned_from_subscription": "S4.1",
    "birthday_gift": "S4.8",
    "milestone_reached": "S9.3",
    "milestone_lost": "S6.3",
    "subscription_changed": "S9.4",
    "order_refund": "S6.1",
    "points_matured": "S4.6",
    "points_dropped": "S4.6",
    "points_redated": "S7.4",
    "tier_dated": "S8.4",
    "points_expired": "S7.1",
    "redeemed_towards_order": "S5.2",
    "vendible_redemption": "S9.1",
    "earned_as_reward": "S9.2",
    "reward_voided": "S9.2",
    "points_returned": "S5.5",
    "reward_lapsed": "S9.2",
    "points_held": "S5.6",
    "points_released": "S5.6",
    "hold_extended": "S5.6",
    "points_given": "S5.8",
    "points_received": "S5.8",
    "earned_as_referrer": "S9.5",
    "earned_as_referree": "S9.5",
    "referral_accepted": "S9.5",
    "referral_rejected": "S9.5",
    "manual_correction": "S6.4",
    "event_recorded": "S4.1",
    "tier_acquired": "S8.3",
    "tier_points_returned": "S8.4",
    "tier_renewed": "S8.4",
    "tier_expired": "S8.4",
    "tier_set": "S8.7",
    "tier_released": "S8.7",
    "tier_beneath": "S8.7",
    "marked": "S11.4",
    "joined": "S11.4",
    "left": "S11.4",
    "became_guest": "S11.4",
    "merged_into": "S11.2",
    "merged_from": "S11.2",
    "erased": "S11.3",
}
"""The rule behind each type of entry; a test sees that none is missing."""
RULE_OF_BUCKET: Final = {
    "available": "S2.4",
    "pending": "S4.6",
    "held": "S5.6",
    "redeemed": "S5.2",
    "expired": "S7.1",
    "earned": "S2.2",
    "debt": "S6.2",
}
"""The rule behind each bucket."""


class Worth(NamedTuple):
    """`points * value_micros / threshold`, floored to the minor unit (S5.4)."""

    points: int
    threshold: int
    value_micros: int
    minor_unit: int


class Asks(NamedTuple):
    """One thing that a tier asks for: points, money in micros, orders, times an event came, or 1 for a condition."""

    what: Literal["points", "spend", "orders", "event", "condition"]
    event: str
    wanted: int
    has: int


class Requirement(NamedTuple):
    """What a tier asks for as a whole: all of it, or any (S8.1)."""

    tier: TierTerms
    every: bool
    asks: list[Asks]
    first_day: date | None
    """Of what counts for it; None: everything."""


class TierExplained(NamedTuple):
    """How a member came to the tier, and what counts for tiers. Instants in microseconds."""

    tier: TierTerms | None
    by: Literal["nobody", "everyone", "rules", "staff"]
    since: int | None
    version: int
    """Under which it was judged; 0: it was not."""
    first_day: date | None
    """Of what was judged then; None: everything."""
    window_first: date | None
    """First day of what counts now; None: everything."""
    window_until: int
    """When that window ends; NEVER: it does not."""
    counts: Counts
    keep: Requirement | None
    """What keeps the tier, where it ends."""
    ends_at: int
    reach: Requirement | None
    """What the next tier asks for."""


class LimitExplained(NamedTuple):
    """The redemption limit in its period: `remaining = max(0, total - used)` (S5.3)."""

    total: int
    used: int
    period: Period
    first_day: date
    of_tier: str
    """The name of the tier whose own limit it is; empty: the programme's."""


class Explained(NamedTuple):
    """What makes the figures of a settled account."""

    available_worth: Worth | None
    pending_worth: Worth | None
    tier: TierExplained | None
    limit: LimitExplained | None


def explain_account(book: Book, now: int) -> Explained:
    """Explain a settled book; may raise DaysNeeded or CustomerNeeded."""
    account, terms = book.account, book.terms
    if terms is None or not terms.programme.enabled:
        return Explained(None, None, None, None)
    return Explained(
        _worth(terms, account.available), _worth(terms, account.pending), _tier(book, terms, now),
        _limit(account, terms, now),
    )  # fmt: skip


def rows(need: Need, had: Have) -> list[Asks]:
    """Each thing that is asked for, beside what the member has of it."""
    counts = had.counts
    found = []
    if need.points is not None:
        found.append(Asks("points", "", need.points, max(0, counts.qualifying)))
    if need.spend_micros is not None:
        found.append(Asks("spend", "", need.spend_micros, max(0, counts.spend_micros)))
    if need.orders is not None:
        found.append(Asks("orders", "", need.orders, max(0, counts.orders)))
    found += [Asks("event", event, 1, counts.events.get(event, 0)) for event in need.events]
    if need.condition is not None:
        found.append(Asks("condition", "", 1, int(had.holds(need.condition))))
    return found


def _worth(terms: Terms, points: int) -> Worth | None:
    return Worth(points, *rate_of(terms, points), terms.minor_unit) if has_value(terms) else None


def _tier(book: Book, terms: Terms, now: int) -> TierExplained | None:
    if not terms.tiers:
        return None
    account = book.account
    counts = window_counts(book, terms, now)
    tier, above = current_tier(account, terms), tier_above(terms, current_tier(account, terms))
    by: Literal["nobody", "everyone", "rules", "staff"] = "rules"
    since, version, first_day = account.tier_since, account.tier_version, account.tier_from
    if is_set(account, terms):
        by, since, version, first_day = "staff", account.set_since, 0, None
    elif tier is None or tier.slug != account.tier:
        by, since, version, first_day = "nobody" if tier is None else "everyone", None, 0, None
    ends_at = end_at(account, terms)
    window = window_at(terms, now, account.joined_at)
    keep = None
    if tier is not None and ends_at != NEVER:
        keep = Requirement(tier, tier.keep.every, rows(tier.keep, keep_have(book, terms)), keep_first(account, terms))
    reach = None
    if above is not None:
        reach = Requirement(above, above.need.every, rows(above.need, have(book, counts)), window.first)
    return TierExplained(
        tier, by, since, version, first_day, window.first, window.until, counts, keep, ends_at, reach
    )  # fmt: skip


def _limit(account: Account, terms: Terms, now: int) -> LimitExplained | None:
    tier = current_tier(account, terms)
    limit = limits.limit_in_force(terms, tier)
    if limit is None:
        return None
    today = limits.counting_day(account.limit_day, terms, now)
    own = tier is not None and tier.limit is not None
    return LimitExplained(
        limit.points, limits.used(account, limit.period, today), limit.period, period_start(today, limit.period),
        tier.name if own and tier is not None else "",
    )  # fmt: skip
