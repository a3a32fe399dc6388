"""The 1:1 Personalised Digest: a greeting, the loyalty status, products, an offer and the relation in figures."""

from __future__ import annotations

from typing import Final

import msgspec

from leal.rules.content.banner import member_slots, simulated_slots
from leal.rules.content.chosen import Chosen, Slots
from leal.rules.content.known import Known
from leal.rules.content.recommendation import category_title, product_slots
from leal.rules.content.value_block import months_between

BLOCK: Final = "personalised-digest"


def digest(known: Known, now: int) -> Chosen:
    """The variant says the loyalty status alone, so that no other part repeats it: unknown, join; near-next-tier,
    points-expiring, vip, no-points, default."""
    loyalty, today = known.loyalty, known.day(now)
    if not loyalty.is_known:
        return Chosen(BLOCK, "unknown", _with_parts(Slots(benefits=loyalty.benefits), known, now))
    if not loyalty.member:
        return Chosen(BLOCK, "join", _with_parts(simulated_slots(known), known, now))
    if loyalty.is_near(known.settings.thresholds.near_banner):
        return Chosen(BLOCK, "near-next-tier", _with_parts(member_slots(known), known, now))
    if loyalty.expires(today):
        return Chosen(BLOCK, "points-expiring", _with_parts(member_slots(known, expiring=True), known, now))
    slots = _with_parts(member_slots(known), known, now)
    if known.is_vip:
        return Chosen(BLOCK, "vip", slots)
    return Chosen(BLOCK, "no-points" if loyalty.points == 0 else "default", slots)


def _with_parts(slots: Slots, known: Known, now: int) -> Slots:
    profile = known.profile
    together = None if profile.first_on is None else months_between(profile.first_on, known.day(now))
    return msgspec.structs.replace(
        slots,
        first_name=profile.first_name,
        months_together=together,
        orders=profile.orders or None,
        spend_micros=profile.spend_micros or None,
        since=profile.first_on,
        category=category_title(known),
        products=product_slots(known, now),
        offer=known.best_offer(now),
    )
