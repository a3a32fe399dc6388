"""The Loyalty Programme Banner: tier, points and what comes next; for others, what joining would give."""

from __future__ import annotations

from typing import Final

from leal.rules.content.chosen import Chosen, Slots
from leal.rules.content.known import Known

BLOCK: Final = "loyalty-programme-banner"


def banner(known: Known, now: int) -> Chosen:
    """The first that fits: unknown, prospect, non-member; near-next-tier, points-expiring, tier-at-risk, vip,
    no-points, default."""
    loyalty, today = known.loyalty, known.day(now)
    limits = known.settings.thresholds
    if not loyalty.is_known:
        return Chosen(BLOCK, "unknown", Slots(benefits=loyalty.benefits))
    if not loyalty.member:
        return joining(known)
    if loyalty.is_near(limits.near_banner):
        return Chosen(BLOCK, "near-next-tier", member_slots(known))
    if loyalty.expires(today):
        return Chosen(BLOCK, "points-expiring", member_slots(known, expiring=True))
    if loyalty.is_at_risk(today, limits.tier_end_days):
        return Chosen(BLOCK, "tier-at-risk", member_slots(known, ending=True))
    if known.is_vip:
        return Chosen(BLOCK, "vip", member_slots(known, now=now))
    if loyalty.points == 0:
        return Chosen(BLOCK, "no-points", member_slots(known))
    return Chosen(BLOCK, "default", member_slots(known))


def joining(known: Known) -> Chosen:
    """Of a customer who is no member: what the last orders would have given; without any, what joining gives."""
    variant = "non-member" if known.simulated.points > 0 else "prospect"
    return Chosen(BLOCK, variant, simulated_slots(known))


def simulated_slots(known: Known) -> Slots:
    """What a member would have by now, and which tier that would lead towards; without an order that earns, what
    joining gives."""
    loyalty, told = known.loyalty, known.simulated
    if told.points <= 0:
        return Slots(benefits=loyalty.benefits, welcome_points=loyalty.welcome_points)
    ahead = next((step for step in loyalty.steps if step.points > told.points), None)
    return Slots(
        benefits=loyalty.benefits,
        welcome_points=loyalty.welcome_points,
        simulated_points=told.points,
        simulated_orders=told.orders,
        simulated_value_micros=known.simulated_value_micros,
        points_missing=None if ahead is None else ahead.points - told.points,
        next_tier=None if ahead is None else ahead.name,
        next_benefits=[] if ahead is None else ahead.benefits,
    )


def member_slots(known: Known, *, expiring: bool = False, ending: bool = False, now: int | None = None) -> Slots:
    """What every variant for members shows; with what lapses, with what the tier's end asks for, and, given the time,
    with the offer for the member."""
    loyalty = known.loyalty
    return Slots(
        member=True,
        tier=loyalty.tier,
        tier_rank=loyalty.tier_rank,
        points=loyalty.points,
        points_value_micros=loyalty.points_value_micros,
        points_missing=None if ending else loyalty.missing or None,
        next_tier=loyalty.next_tier,
        spend_missing_micros=None if ending else loyalty.missing_spend_micros or None,
        progress=None if ending or expiring else loyalty.progress,
        spend_progress=None if ending or expiring else loyalty.spend_progress,
        benefits=loyalty.benefits,
        next_benefits=loyalty.next_benefits,
        suggested_spend_micros=None if ending else loyalty.spend_to_next_micros,
        points_expiring=loyalty.expiring if expiring else None,
        expires_on=loyalty.expires_on if expiring else None,
        expires_at=loyalty.expires_at if expiring else None,
        expiring_value_micros=loyalty.expiring_value_micros if expiring else None,
        tier_ends_on=loyalty.tier_ends_on if ending else None,
        points_to_keep=loyalty.to_keep or None if ending else None,
        spend_to_keep_micros=loyalty.keep_spend_micros if ending else None,
        offer=None if now is None else known.best_offer(now),
        card=known.card,
    )
