"""The Customer Value Block: the relation in figures, orders, spend, time together, points."""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from leal.rules.content.banner import member_slots
from leal.rules.content.chosen import HIDDEN, Chosen, Slots
from leal.rules.content.known import Known

BLOCK: Final = "customer-value-block"


def value_block(known: Known, now: int) -> Chosen:
    """The first that fits: hidden without an order; vip, near-next-tier of repeat and loyal customers, one-timer,
    default."""
    profile, loyalty = known.profile, known.loyalty
    if not profile.orders:
        return Chosen(BLOCK, HIDDEN)
    kind = profile.kind
    if kind == "VIP":
        return Chosen(BLOCK, "vip", relation_slots(known, now))
    if kind in ("repeat", "loyal") and loyalty.is_near(known.settings.thresholds.near_value):
        return Chosen(BLOCK, "near-next-tier", relation_slots(known, now))
    if kind == "one-timer":
        offer = known.best_offer(now)
        return Chosen(BLOCK, "one-timer", msgspec.structs.replace(relation_slots(known, now), offer=offer))
    return Chosen(BLOCK, "default", relation_slots(known, now))


def relation_slots(known: Known, now: int) -> Slots:
    """The figures of the relation; those of the programme for members alone, and none of them where they are old."""
    profile = known.profile
    base = member_slots(known) if known.loyalty.member else Slots(benefits=known.loyalty.benefits)
    return msgspec.structs.replace(
        base,
        orders=profile.orders,
        orders_this_year=profile.orders_this_year or None,
        spend_micros=profile.spend_micros or None,
        since=profile.first_on,
        months_together=None if profile.first_on is None else months_between(profile.first_on, known.day(now)),
        first_order_micros=profile.first_order_micros,
    )


def months_between(first: date, today: date) -> int:
    """Whole months from one day to another; 0 where the first has not come."""
    months = (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)
    return max(0, months)
