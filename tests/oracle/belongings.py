"""What members have besides points: subscriptions and milestones, as the oracle keeps them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subscription:
    """A subscription as the shop told of it."""

    id: str
    told_at: int
    status: str | None = None  # as the shop told it; else it is active
    started_at: int | None = None
    cycle: int = 0
    earlier_orders: int = 0


@dataclass(frozen=True)
class Reached:
    """A milestone that was reached: what counts, what was asked, what it gave."""

    counts: str
    asked: int
    award: str | None = None
    tier: str | None = None
