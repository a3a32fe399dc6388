"""Tiers that staff set by hand, and what they end in (S8.7)."""

from tests.oracle.facts import TierEnd
from tests.oracle.instants import local_day
from tests.oracle.state import Account, ByHand, Proof, Shop
from tests.oracle.tiers import (
    Sums,
    Window,
    asked_of,
    base_end,
    climb,
    enter,
    floor_index,
    highest,
    index_of,
    judged_window,
    outcome,
    requirement,
    steps_of,
    sums_of,
    window_of,
    with_grace,
)
from tests.oracle.versions import Document, Version


def faults(
    account: Account, version: Version, tier: str | None, until: int | None, *, lock: bool, now: int
) -> set[str]:
    """Every reason why a tier cannot be set."""
    steps = steps_of(version)
    if not steps:
        return {"no_tiers"}
    found = set() if account.full else {"not_a_member"}
    if tier is not None and index_of(version, tier) < 0:
        found.add("unknown_tier")
    elif not lock and (tier is None or index_of(version, tier) == floor_index(version)):
        found.add("lock_needed")
    if until is not None and until <= now:
        found.add("end_has_passed")
    return found


def window_by_hand(account: Account, version: Version, one: ByHand, base: int) -> Window:
    """What is looked at when it ends: the window that ends there, or since the day after it was set."""
    return judged_window(account, version, base, since=one.since)


def step_by_hand(version: Version, one: ByHand) -> tuple[int, Document]:
    """The place of a tier set by hand, and its step; nothing asked below the ladder."""
    place = floor_index(version) if one.tier is None else index_of(version, one.tier)
    return place, steps_of(version)[place] if place >= 0 else {}


def keeps(step: Document) -> Document:
    """What keeps a tier."""
    asked: Document = step.get("keep") or step.get("requires") or {}
    return asked


def end_by_hand(shop: Shop, account: Account, at: int) -> None:
    """Its end has come: it is kept by what it asks, or what was earned is there again."""
    one, version = account.by_hand, shop.of(account)
    if one is None or one.until is None or one.until > at:
        return
    known, account.by_hand = account.set_tier(version), None
    if known is None:
        return
    place, step = step_by_hand(version, one)
    window = window_by_hand(account, version, one, one.until)
    have = sums_of(account, version, window)
    earned = index_of(version, account.tier)
    if place >= earned and keeps(step) and requirement(keeps(step), have).met:
        renewed = with_grace(version, step, base_end(account, version, step, one.until, entered=False))
        if place > earned or lasts(renewed, account.deadline):  # of the same tier the one that ends later
            proof = Proof(keeps(step), *window)
            enter(shop, account, place, at, proof, pays=False, former_end=one.until)
    elif (lower := fallen_to(version, place, have)) > earned:
        proof = Proof(asked_of(steps_of(version), lower), *window)
        enter(shop, account, lower, at, proof, pays=False, former_end=one.until)
    if one.locked:
        climb(shop, account, at)


def lasts(deadline: int | None, other: int | None) -> bool:
    """Whether a deadline is later than another; none is the latest."""
    return other is not None and (deadline is None or deadline > other)


def fallen_to(version: Version, place: int, have: Sums) -> int:
    """The highest lower place whose requirements are met."""
    steps = steps_of(version)
    met = [lower for lower in range(place) if requirement(steps[lower].get("requires"), have).met]
    return met[-1] if met else -1


def end_shown(account: Account, version: Version, now: int) -> TierEnd | None:
    """How the tier that the member has ends."""
    if account.shows_set_tier(version):
        assert account.by_hand is not None
        return end_of_set(account, version, account.by_hand, now)
    here = index_of(version, account.tier)
    if account.deadline is None or account.base_deadline is None or here < 0:
        return None
    step = steps_of(version)[here]
    window = judged_window(account, version, account.base_deadline)
    keep = requirement(step.get("keep") or step.get("requires"), sums_of(account, version, window))
    place = outcome(account, version, judged_window(account, version, now))
    beneath = account.set_tier(version)
    if beneath is not None:
        place = max(place, step_by_hand(version, beneath)[0])
    later = with_grace(version, step, base_end(account, version, step, account.base_deadline, entered=False))
    return TierEnd(account.deadline, later, keep, slug_at(version, place))


def end_of_set(account: Account, version: Version, one: ByHand, now: int) -> TierEnd | None:
    """How a tier set by hand ends, and what would follow were that now."""
    place, step = step_by_hand(version, one)
    if one.until is None or place < 0:
        return None
    window = window_by_hand(account, version, one, one.until)
    keep = requirement(keeps(step), sums_of(account, version, window))
    have = sums_of(account, version, window_by_hand(account, version, one, now))
    follows = max(index_of(version, account.tier), fallen_to(version, place, have))
    if one.locked and account.full:
        present = window_of(account, version, local_day(now, version.zone))
        follows = max(follows, highest(version, sums_of(account, version, present)))
    later = with_grace(version, step, base_end(account, version, step, one.until, entered=False))
    if place == index_of(version, account.tier) and lasts(account.deadline, later):
        later = account.deadline
    return TierEnd(one.until, later, keep, slug_at(version, follows))


def slug_at(version: Version, place: int) -> str | None:
    """The slug of a place of the ladder; none below it."""
    return str(steps_of(version)[place]["slug"]) if place >= 0 else None
