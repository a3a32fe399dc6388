"""Two customers become one (S11.2)."""

from dataclasses import replace

from tests.oracle.points import FOREVER, available_lots, draw, pending_lots
from tests.oracle.state import Account, Shop
from tests.oracle.tiers import index_of

OPPOSITES = {"disable_rewards": "enable_rewards", "enable_rewards": "disable_rewards"}
"""Marks of which a member has one."""


def absorb(shop: Shop, into: Account, other: Account, prefix: str) -> None:
    """All that the other has, owes and did comes to the first; debt is paid."""
    take_facts(into, other, prefix)
    for name in ("earned", "debt", "redeemed", "expired"):
        setattr(into, name, getattr(into, name) + getattr(other, name))
    pays = min(into.debt, into.available + into.pending)
    paid = sum(part for _, part in draw(available_lots(into), pays))
    draw(pending_lots(into), pays - paid)
    into.debt -= pays
    take_tier(shop, into, other)
    into.paid_tiers |= other.paid_tiers
    into.paid_once |= other.paid_once
    into.paid_years |= other.paid_years
    if not into.born_told_at:  # what was told to be none is known
        into.born, into.born_told_at = other.born, other.born_told_at
    for name in ("referral_code", "email", "phone"):
        setattr(into, name, getattr(other, name) if getattr(into, name) is None else getattr(into, name))
    into.welcomed |= other.welcomed
    into.subscribed = other.subscribed if into.subscribed is None else into.subscribed
    if not (into.decided or into.full):
        into.full, into.decided = other.full, other.decided
    days = [at for at in (into.joined_at, other.joined_at) if at is not None]
    into.joined_at = min(days, default=None)
    into.last_activity = max(into.last_activity, other.last_activity)
    moments = [at for at in (into.global_moment, other.global_moment) if at is not None]
    into.global_moment = max(moments, default=None)
    into.tags = other.tags if into.tags is None else into.tags


def take_facts(into: Account, other: Account, prefix: str) -> None:
    """Lots, awards, orders, redemptions, events; what is numbered by itself is numbered anew."""
    shift = len(into.lots)
    for lot in other.lots:
        made = lot.made and lot.made + into.lots_made
        into.lots.append(replace(lot, id=lot.id + shift, award=prefix + lot.award, made=made))
    into.lots_made += other.lots_made
    for award in other.awards.values():
        if award.tier_entered in into.paid_tiers:  # both keep what they were paid: the tier takes back the first one's
            award.tier_entered = None
        came = award.came + into.took_over + 1
        into.awards[prefix + award.id] = replace(award, id=prefix + award.id, came=came)
    theirs = {slug: replace(one, award=one.award and prefix + one.award) for slug, one in other.reached.items()}
    into.reached = theirs | into.reached
    into.barred |= other.barred
    into.rewarded |= other.rewarded
    for ident, placed_at in other.cycled.items():
        into.cycled[ident] = min(placed_at, into.cycled.get(ident, placed_at))
    for ident, theirs_too in other.subscriptions.items():
        mine = into.subscriptions.get(ident, theirs_too)
        numbers = {name: max(getattr(mine, name), getattr(theirs_too, name)) for name in ("cycle", "earlier_orders")}
        began = theirs_too.started_at if mine.started_at is None else mine.started_at
        both_told = replace(mine, status=mine.status or theirs_too.status, started_at=began)
        into.subscriptions[ident] = replace(both_told, **numbers)
    into.given_once |= {prefix + name for name in other.given_once}
    into.orders |= other.orders
    drew = [made.draws for made in other.redemptions.values()] + [hold.draws for hold in other.holds]
    for draws in drew:
        for one in draws:
            one.lot = None if one.lot is None else one.lot + shift
    into.holds += other.holds
    into.gifted += other.gifted
    for made_too in other.redemptions.values():
        made_too.came += into.took_over + 1
    into.took_over += other.took_over + 1
    both = [*into.redemptions.values(), *other.redemptions.values()]
    into.redemptions = {made.id: made for made in sorted(both, key=lambda made: made.age)}
    into.events += other.events
    into.counted_on = max(into.counted_on, other.counted_on)
    into.event_ids |= other.event_ids
    into.waiting += other.waiting


def take_tier(shop: Shop, into: Account, other: Account) -> None:
    """The higher tier with its deadline; of the same the one with the later deadline, else the first one's."""
    if into.version is None:
        return
    version = shop.of(into)
    mine, theirs = index_of(version, into.tier), index_of(version, other.tier)
    later = into.deadline is not None and (other.deadline is None or other.deadline > into.deadline)
    if theirs > mine or (theirs == mine >= 0 and later):
        into.tier, into.tier_since, into.proof = other.tier, other.tier_since, other.proof
        into.tier_day = other.tier_day
        into.base_deadline, into.deadline = other.base_deadline, other.deadline
        into.tier_by = other.tier_by
    set_by_hand = [one.by_hand for one in (into, other) if one.by_hand is not None]
    locked = [one for one in set_by_hand if one.locked][:1]  # a lock holds whatever happens (S8.7)
    into.by_hand = max(
        locked or set_by_hand, key=lambda one: (index_of(version, one.tier), one.until or FOREVER), default=None
    )
    into.marks |= {mark for mark in other.marks if OPPOSITES.get(mark) not in into.marks}
