"""What goes into the oracle and what comes out of it."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from typing import Any

STANDING = ("confirmed", "completed")
GONE = ("canceled", "deleted")


@dataclass(frozen=True)
class LineFacts:
    """One line of an order as the shop tells it; money in millionths."""

    product: str
    amount_spent: int
    quantity: int = 1
    id: str | None = None
    collections: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    """None: as the shop told of the product."""
    subscription: str | None = None


@dataclass(frozen=True)
class OrderFacts:
    """One push of an order; None means that the push does not say. Times in microseconds, money in millionths."""

    id: str
    status: str | None = None
    order_time: int | None = None
    update_time: int | None = None
    lines: tuple[LineFacts, ...] | None = None
    amount_spent: int | None = None
    taxes: int | None = None
    shipping: int | None = None
    points_tender: int | None = None
    discount_codes: tuple[str, ...] | None = None
    available_at: int | None = None
    exchange_rate: str | None = None
    """One unit of the order's currency in the programme's, where that is another."""
    subscription: str | None = None
    """Of the lines that have none of their own."""


@dataclass(frozen=True)
class CustomerFacts:
    """What the shop tells of a person; None means that it does not say."""

    born: str | None = None
    """`05-17`, or with a year `1980-05-17`; empty: cleared."""
    subscribed: bool | None = None
    """To the newsletter."""
    subscribed_at: int | None = None
    subscriptions: "tuple[SubscriptionFacts, ...] | None" = None
    """What is new of them; those that are not named stay as they were."""
    referral_code: str | None = None
    """Of the invitation that the customer came by; empty: of none."""
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class SubscriptionFacts:
    """What the shop tells of a subscription; None: stays as it was."""

    id: str
    status: str | None = None
    started_at: int | None = None
    cycle: int | None = None
    earlier_orders: int | None = None


def carried(told: OrderFacts) -> set[str]:
    """The subscriptions that an order is a cycle of."""
    own = {line.subscription or told.subscription for line in told.lines or ()} or {told.subscription}
    return {one for one in own if one}


def converted(told: OrderFacts) -> OrderFacts:
    """The order in the programme's currency: each amount by itself, to the nearest millionth, a half up."""
    if told.exchange_rate is None:
        return told
    rate = Fraction(told.exchange_rate)

    def exchanged(amount: int | None) -> int | None:
        return None if amount is None else floor(amount * rate + Fraction(1, 2))

    lines = told.lines and tuple(replace(line, amount_spent=exchanged(line.amount_spent) or 0) for line in told.lines)
    names = ("amount_spent", "taxes", "shipping", "points_tender")
    amounts: dict[str, Any] = {name: exchanged(getattr(told, name)) for name in names}
    return replace(told, lines=lines, exchange_rate=None, **amounts)


@dataclass(frozen=True)
class Redeemed:
    """A redemption that was made: what it took, from which lots, and its worth in millionths."""

    id: str
    points: int
    code: str | None
    value_micros: int
    draws: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Taken:
    """A reward that was taken, given or got its code: what it cost."""

    id: str
    points: int
    code: str | None


@dataclass(frozen=True)
class HoldView:
    """An open hold: its points, their worth in millionths, when it was placed, ends, and ends at the latest."""

    reference: str
    points: int
    value_micros: int
    placed_at: int
    ends_at: int
    latest_at: int


@dataclass(frozen=True)
class Captured:
    """A captured hold: the redemption, its points, their worth in millionths, and the points that came free."""

    id: str
    points: int
    value_micros: int
    released: int


@dataclass(frozen=True)
class ReferralView:
    """An invitation beside one friend who came by it, or nobody yet; the points that it gave the member."""

    channel: str
    status: str
    points: int
    rejected_for: str | None
    sent_at: int
    code: str


@dataclass(frozen=True)
class Refused:
    """A call that was refused, with every reason."""

    reasons: frozenset[str]


@dataclass(frozen=True)
class LotView:
    """An open lot as the account shows it."""

    order: str | None
    source: str | None
    remaining: int
    pending: bool
    earned_at: int
    available_at: int | None
    expires_at: int | None
    limit_at: int | None = None
    """When it waits no longer for an event."""


@dataclass(frozen=True)
class RequirementView:
    """How far a requirement is met: what is lacking (zero or empty: nothing) and the progress in permyriad."""

    met: bool
    progress: int
    extra_points: int = 0
    extra_spend: int = 0
    extra_orders: int = 0
    extra_events: tuple[str, ...] = ()
    extra_condition: bool = False


@dataclass(frozen=True)
class TierEnd:
    """How the present tier ends: when, what keeps it, for how long, and what it falls to."""

    deadline: int
    keep_extended_deadline: int | None
    keep: RequirementView
    downgraded_tier: str | None


@dataclass(frozen=True)
class AccountView:
    """An account at an instant: points in the seven buckets, lots in the order they are drawn, tier and sums."""

    available: int
    pending: int
    held: int
    redeemed: int
    expired: int
    earned: int
    debt: int
    lots: tuple[LotView, ...]
    member_since: int | None
    tier: str | None
    tier_end: TierEnd | None
    window_spend: int
    window_points: int
    window_orders: int
    total_spend: int
    limit_remaining: int | None
    next_rolling: tuple[int, int] | None
    global_expiration: int | None
    values: dict[str, int | None] | None
    tiers: dict[str, RequirementView] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    life_points: int = 0
    life_orders: int = 0
    offers: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    """Those that are seen: what each costs, and every reason against it."""
    rewards: tuple[tuple[str | None, str | None, str], ...] = ()
    """In hand, oldest first: the offer (None: points), the code, and `unused` or `locked`."""
    subscribed: tuple[bool, int] = (False, 0)
    """Whether a subscription is active, and the cycle."""
    ways: dict[str, str] = field(default_factory=dict)
    """The sources that are seen: `open`, `done` or `closed`."""
    holds: tuple[HoldView, ...] = ()
    """The open ones, the newest first."""
    reached: tuple[str, ...] = ()
    """The milestones of the programme that are reached, in its order."""

    @property
    def deadline(self) -> int | None:
        """The instant at which the tier is judged, grace included."""
        return self.tier_end.deadline if self.tier_end else None
