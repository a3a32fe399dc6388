"""Orders: what the shop says of one, and what Leal remembers of it (S4.3, S4.4)."""

from __future__ import annotations

from typing import Literal

import msgspec

from leal.rules.account import NOTHING, Counts
from leal.values import NEVER

OrderStatus = Literal["unconfirmed", "confirmed", "completed", "canceled", "deleted"]
EARNING = ("confirmed", "completed")
"""Statuses in which an order earns (S4.5)."""


class OrderLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an order. Money in micros, after discounts."""

    key: str
    """The line's own id, or its position as `#0`."""
    product: str
    quantity: int
    amount_spent: int
    amount_full: int = 0
    collections: list[str] | None = None
    """None: those that are stored of its product when the line is judged (S4.4)."""
    tags: list[str] | None = None
    subscription: str = ""
    """Id of the subscription it belongs to; empty: the order's."""


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order as the shop last told it, in the shop's currency. Money in micros, instants in microseconds."""

    id: str
    status: OrderStatus | None
    """None: keep what is stored; a new order then is `confirmed`."""
    order_at: int | None
    """When it was placed; None: keep what is stored, a new order then was placed on arrival."""
    updated_at: int | None
    """The shop's time of this snapshot; None: its arrival."""
    lines: list[OrderLine] | None = None
    """None: the order is told by its totals alone."""
    amount_spent: int | None = None
    """After discounts, without taxes and shipping."""
    amount_taxes: int = 0
    amount_shipping: int = 0
    amount_points: int = 0
    """What was paid with points as tender, on top of discounts (S4.2)."""
    codes: list[str] = []
    available_at: int | None = None
    """When its points mature, in place of the programme's rule (S4.6)."""
    extras: dict[str, object] = {}
    subscription: str = ""
    """Id of the subscription that the whole order belongs to; empty: none."""

    def subscriptions(self) -> list[str]:
        """The ids of the subscriptions that lines of it belong to; a line's own goes before the order's."""
        named = {line.subscription or self.subscription for line in self.lines or []} or {self.subscription}
        return sorted(named - {""})


class LinePin(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a line was granted when it was first confirmed: eligibility and its multipliers, multiplied out (S4.4)."""

    eligible: bool
    factor: tuple[int, int] = (1, 1)
    """Numerator and denominator."""
    multipliers: list[str] = []
    product: str = ""
    """What the line was for: another product under the same key is a new line."""
    bonuses: list[str] = []
    """Sources of kind `product` that it is a target of, or of kind `subscription_order` where it belongs to one."""


class Pin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Terms an order's award was pinned to at its first confirmation (S4.4)."""

    version: int
    """0: it was confirmed before the shop had a programme, and never earns."""
    tier: str | None
    member: bool
    confirmed_at: int
    lines: dict[str, LinePin]
    is_first: bool = False
    """Whether the member had no other order that counts."""
    refused: list[str] = []
    """Sources whose condition did not hold."""
    allowed: dict[str, int] = {}
    """By source, the most that its caps allow; the others may give what the rule says (S4.7)."""


class Award(msgspec.Struct, omit_defaults=True):
    """Points given for an order by one source, net of take-backs, with the dates of their lot."""

    number: int = 0
    """Number of the entry that first gave it; 0: nothing was given yet."""
    given: int = 0
    """Points, net of take-backs; what was written off counts as taken (S4.3)."""
    lot: int | None = None
    earned_at: int = 0
    available_at: int = NEVER
    expires_at: int = NEVER
    flags: int = 0
    neutralised: bool = False
    """Set by staff: it never gives again (S6.4)."""
    lapsed_taken: int = 0
    dropped_seen: int = 0
    away_at: int = 0
    """When rolling expiration was switched on while its points were dropped, which came back since; 0: never (S7.4)."""
    budgeted: int = 0
    """Points it took of its source's total budget, net of what take-backs returned (S4.7)."""


class OrderState(msgspec.Struct):
    """An order as last accepted, what its awards pinned and were given, and what it counts for tiers."""

    number: int
    order: Order
    status: OrderStatus
    order_at: int
    updated_at: int
    pin: Pin | None = None
    awards: dict[str, Award] = {}
    """What each source gave for it, by the source's slug."""
    counted: Counts = NOTHING
    day_ordinal: int = 0
    """Local day on which it counts, as a proleptic ordinal; 0: it never counted."""
    used: list[int] = []
    """Numbers of the redemptions whose codes it used or locks, or did until it was cancelled."""
    completed_at: int | None = None
    """When it became completed and has been since; None: it is not, or that was not noted yet."""
    subscribed: list[str] = []
    """Subscriptions that it counts for; never changed in place."""
