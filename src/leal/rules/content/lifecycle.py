"""The Lifecycle Banner: one message for each stage of a customer's life with the shop."""

from __future__ import annotations

from typing import Final

import msgspec

from leal.rules.content.banner import member_slots, simulated_slots
from leal.rules.content.chosen import Chosen, Slots
from leal.rules.content.known import Known

BLOCK: Final = "lifecycle-banner"


def lifecycle(known: Known, now: int) -> Chosen:
    """The variant of the stage: unknown, prospect, one-timer, one-timer-urgent, join, at-risk, vip, dormant, member."""
    profile, member = known.profile, known.loyalty.member
    stage = profile.stage
    if stage == "prospect" and not known.loyalty.is_known:
        return Chosen(BLOCK, "unknown", Slots(benefits=known.loyalty.benefits))
    offer = known.best_offer(now)
    base = member_slots(known) if member else simulated_slots(known)
    days = profile.days_since(known.day(now))
    with_offer = msgspec.structs.replace(base, offer=offer, days_since_order=days)
    if offer is not None:  # one thing at a time
        with_offer = msgspec.structs.replace(with_offer, progress=None, spend_progress=None)
    if stage == "prospect":
        return Chosen(BLOCK, "prospect", with_offer)
    if stage == "one-timer":
        is_late = days is not None and days >= known.settings.thresholds.one_timer_days
        return Chosen(BLOCK, "one-timer-urgent" if is_late else "one-timer", with_offer)
    if stage in ("repeat", "loyal"):
        return Chosen(BLOCK, "member", base) if member else Chosen(BLOCK, "join", base)
    if stage == "VIP":
        return Chosen(BLOCK, "vip", with_offer)
    return Chosen(BLOCK, "dormant" if stage == "dormant" else "at-risk", with_offer)
