"""What is compared: the engine's standing and the oracle's view as one and the same shape."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from leal.engine.commands import Balance
from leal.rules.account import Account, Lot, draw_order
from leal.rules.standing import Asked
from leal.rules.worth import value_of
from leal.values import NEVER
from tests.oracle.facts import AccountView, RequirementView

BUCKETS: Final = ("available", "pending", "held", "redeemed", "expired", "earned", "debt")
Shown = dict[str, Any]


class OpenLot(msgspec.Struct, frozen=True):
    """An open lot with what is not set aside of it; instants that only an event decides are left out."""

    remaining: int
    pending: bool
    earned_at: int
    available_at: int | None
    expires_at: int | None


def differences(engine: Shown, oracle: Shown) -> dict[str, tuple[object, object]]:
    """Every figure on which the two disagree, as the engine and as the oracle have it."""
    found = {}
    for name in {**engine, **oracle}:
        mine, other = engine.get(name), oracle.get(name)
        if name == "lots" and len(mine or []) == len(other or []):
            other = [_as_known(theirs, ours) for ours, theirs in zip(mine or [], other or [], strict=True)]
            mine = [_as_known(ours, theirs) for ours, theirs in zip(mine or [], other, strict=True)]
        if mine != other:
            found[name] = (mine, other)
    return found


def _as_known(lot: OpenLot, beside: OpenLot) -> OpenLot:
    """A waiting lot without the dates that are not known yet."""
    unknown = lot.pending and beside.pending and None in (lot.available_at, beside.available_at)
    return msgspec.structs.replace(lot, available_at=None, expires_at=None) if unknown else lot


def of_engine(balance: Balance) -> Shown:
    """What the engine shows."""
    standing = balance.standing
    account, terms = standing.account, standing.terms
    shown: Shown = {name: getattr(account, name) for name in BUCKETS}
    shown["lots"] = _sorted(
        [_lot(account, lot) for lot in sorted(account.lots, key=draw_order) if lot.remaining > lot.held]
    )
    shown["member_since"] = account.joined_at
    shown["total_spend"] = account.life.spend_micros
    shown["events"] = {slug: times for slug, times in account.life.events.items() if times}
    shown["holds"] = sorted((one.points, one.placed_at, one.ends_at, one.latest_at) for one in account.keeps.holds)
    if terms is None:
        return shown
    current = standing.current
    shown["tier"] = None if current is None else current.tier.slug
    end = None if current is None else current.end
    if end is not None:
        falls_to = next((tier.slug for tier in terms.tiers if tier.name == end.falls_to), None)
        extended = None if end.extended_deadline_at == NEVER else end.extended_deadline_at
        shown["end"] = (end.deadline_at, extended, falls_to, _asked(end.keep))
    shown["window"] = (account.window.spend_micros, account.window.qualifying, account.window.orders)
    shown["limit"] = None if standing.limit is None else standing.limit.remaining
    shown["next_lapse"] = None if standing.next_lapse is None else (standing.next_lapse.at, standing.next_lapse.points)
    shown["values"] = {name: value_of(terms, getattr(account, name)) for name in BUCKETS}
    shown["tiers"] = {step.tier.slug: _asked(step.asked) for step in standing.tiers}
    shown["codes"] = {one.code: one.status for one in balance.rewards if one.code is not None}
    shown["rewards"] = [
        (one.offer, one.code, one.status)
        for one in reversed(balance.rewards)
        if one.offer is None or not balance.given[one.version, one.offer].is_delivered
    ]
    shown["offers"] = {
        one.offer.slug: (one.points, sorted(reason.code for reason in one.reasons)) for one in standing.offers
    }
    shown["ways"] = {
        one.source.slug: "done" if one.is_completed else "open" if one.can_complete else "closed"
        for one in standing.sources
    }
    shown["global"] = standing.everything_at
    shown["subscribed"] = account.keeps.subscribed, account.keeps.cycle
    shown["reached"] = [one.milestone.slug for one in standing.milestones or () if one.is_reached]
    return shown


def of_oracle(view: AccountView) -> Shown:
    """What the oracle shows."""
    shown: Shown = {name: getattr(view, name) for name in BUCKETS}
    lots = [OpenLot(one.remaining, one.pending, one.earned_at, one.available_at, one.expires_at) for one in view.lots]
    shown["lots"] = _sorted(lots)
    shown["member_since"] = view.member_since
    shown["total_spend"] = view.total_spend
    shown["events"] = view.events
    shown["holds"] = sorted((one.points, one.placed_at, one.ends_at, one.latest_at) for one in view.holds)
    if view.values is None:
        return shown
    shown["tier"] = view.tier
    if (end := view.tier_end) is not None:
        shown["end"] = (end.deadline, end.keep_extended_deadline, end.downgraded_tier, _required(end.keep))
    shown["window"] = (view.window_spend, view.window_points, view.window_orders)
    shown["limit"] = view.limit_remaining
    shown["next_lapse"] = view.next_rolling
    shown["values"] = view.values
    shown["tiers"] = {slug: _required(one) for slug, one in view.tiers.items()}
    shown["codes"] = {code: status for code, status in view.codes.items() if status in ("unused", "locked")}
    shown["rewards"] = list(view.rewards)
    shown["offers"] = {slug: (points, sorted(reasons)) for slug, (points, reasons) in view.offers.items()}
    shown["ways"] = view.ways
    shown["global"] = view.global_expiration
    shown["subscribed"] = view.subscribed
    shown["reached"] = list(view.reached)
    return shown


def _sorted(lots: list[OpenLot]) -> list[OpenLot]:
    """Available lots as they are drawn, then the waiting ones in an order that leaves out what is not known."""
    waiting = sorted((lot for lot in lots if lot.pending), key=lambda lot: (lot.earned_at, lot.remaining))
    return [lot for lot in lots if not lot.pending] + waiting


def _lot(account: Account, lot: Lot) -> OpenLot:
    pending = lot.available_at > account.settled_at
    known = not lot.flags & 2 or not pending
    return OpenLot(
        lot.remaining - lot.held,
        pending,
        lot.earned_at,
        lot.available_at if lot.available_at != NEVER and known else None,
        lot.expires_at if lot.expires_at != NEVER else None,
    )


def _asked(asked: Asked) -> tuple[object, ...]:
    """Progress, and what lacks of points, spend, orders, events, and whether the condition does."""
    lacking = asked.lacking
    figures = asked.progress, lacking.points or 0, lacking.spend_micros or 0, lacking.orders or 0
    return *figures, sorted(lacking.events), lacking.condition is not None


def _required(view: RequirementView) -> tuple[object, ...]:
    figures = view.progress, view.extra_points, view.extra_spend, view.extra_orders
    return *figures, sorted(view.extra_events), view.extra_condition
