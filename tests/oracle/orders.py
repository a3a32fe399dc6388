"""A push of an order: the upsert, its codes, and the awards it brings (S4.3-S4.6, S5.7)."""

from dataclasses import fields, replace

from tests.oracle.conditions import holds
from tests.oracle.earning import (
    ORDER_KINDS,
    allowance,
    award_lot,
    eligible_money,
    known_of_order,
    open_award,
    pin_lines,
    plan,
    post,
    qualifies,
    rule_points,
    within_budget,
)
from tests.oracle.facts import GONE, STANDING, OrderFacts, carried
from tests.oracle.points import activity, drops, give_back, mature, spend, start_anew
from tests.oracle.rewards import let_go, take_again
from tests.oracle.state import Account, Award, Lot, Order, Pin, Redemption, Shop
from tests.oracle.versions import Version


def push(
    shop: Shop,
    account: Account,
    told: OrderFacts,
    arrived: int,
    now: int,
    *,
    member: bool,
    clock: int | None = None,
) -> None:
    """Upserts one order and posts what follows from it; an older push is ignored. `clock`: the shop's, where that is
    further than the instant at which the order is lived."""
    if told.order_time is not None:  # the future counts as now, when it is told
        told = replace(told, order_time=min(told.order_time, now))
    latest = now if clock is None else clock
    stamp = min(told.update_time, latest) if told.update_time is not None else arrived
    order = account.orders.get(told.id)
    if order is None:
        told = replace(told, order_time=told.order_time if told.order_time is not None else stamp)
        order = account.orders[told.id] = Order(told.id, stamp, told)
    elif stamp < order.stamp:
        return
    before = None if order.pin is None and order.facts is told else order.facts.status
    known = {item.name: getattr(told, item.name) for item in fields(told) if getattr(told, item.name) is not None}
    if told.lines is not None or told.amount_spent is not None:  # told whole: what it leaves out is no longer so
        known |= {"available_at": told.available_at, "subscription": told.subscription}
    dated = order.facts.available_at
    order.stamp, order.facts = stamp, replace(order.facts, **known)
    status = order.facts.status or "confirmed"
    update_time = min(told.update_time, now) if told.update_time is not None else None
    completed = status == "completed" and before != "completed"
    if status != "completed":
        order.completed_at = None
    elif completed:
        order.completed_at = update_time if update_time is not None else now
    if status in STANDING and order.pin is None:
        confirm(shop, account, order, update_time, now, member=member)
    if status in GONE:
        move_codes(shop, account, order, status, now)
    if order.pin:
        redated = told.available_at not in (None, dated)
        settle_awards(shop, account, order, status, now, completed=completed, redated=redated)
    account.stirred |= account.available > 0  # before a code may spend it
    if status not in GONE:
        move_codes(shop, account, order, status, now)


def stamps_of(account: Account, order_id: str) -> list[int]:
    """When what is known of an order here was told, in order; none where nothing is."""
    order = account.orders.get(order_id)
    waiting = [(told, arrived) for told, arrived in account.waiting if told.id == order_id]
    stamps = [arrived if told.update_time is None else told.update_time for told, arrived in waiting]
    return sorted(stamps if order is None else [order.stamp, *stamps])


def left_behind(order_id: str) -> str:
    """What stands for an order where it was before it came under another customer."""
    return f"{order_id}, which moved"


def leave(shop: Shop, account: Account, order_id: str, now: int) -> None:
    """The order comes under another customer: it leaves this one as if it had been deleted."""
    account.waiting = [(told, arrived) for told, arrived in account.waiting if told.id != order_id]
    order = account.orders.get(order_id)
    if order is None:
        return
    order.facts = replace(order.facts, status="deleted")
    move_codes(shop, account, order, "deleted", now)
    if order.pin:
        settle_awards(shop, account, order, "deleted", now)
    for award in account.awards.values():
        if award.order == order_id:
            award.order, award.closed = left_behind(order_id), True
    for redemption in account.redemptions.values():
        redemption.order = None if redemption.order == order_id else redemption.order
    del account.orders[order_id]


def confirm(shop: Shop, account: Account, order: Order, update_time: int | None, now: int, *, member: bool) -> None:
    """The first confirmation pins the terms and enters the awards, still empty."""
    order_time = min(order.facts.order_time, now) if order.facts.order_time is not None else None
    occurred_at = next(t for t in (order_time, update_time, now) if t is not None)
    confirmed_at = next(t for t in (update_time, order_time, now) if t is not None)
    version = shop.pinned_at(occurred_at)
    standing = [other for other in account.orders.values() if other.counts]
    member = member and version.enabled
    tier = account.tier_held(shop.of(account))
    day = version.day(occurred_at)
    pin = Pin(version.number, occurred_at, day, confirmed_at, tier, member, first=not standing)
    pin.gives = "disable_earning_rewards" not in account.marks
    order.pin = pin
    known = known_of_order(account, order.facts, shop.of(account))
    pin_lines(shop, account, order.facts, pin)
    for source in version.sources(*ORDER_KINDS, at=occurred_at):
        if source["kind"] == "product" and source.get("multiplier") is not None:
            continue
        if not holds(source.get("condition"), known):  # asked once an order: the source never gives for it
            continue
        points = rule_points(source, order.facts, version, pin)
        award = Award(
            f"award-{len(account.awards)}",
            source["slug"],
            order.id,
            version.number,
            occurred_at,
            pin.day,
            qualifies(source),
        )
        award.allowance = allowance(shop, account, award, points)
        open_award(account, award, pin.tier, version, confirmed_at, now)


def date_anew(shop: Shop, account: Account, order: Order, award: Award, now: int, *, completed: bool) -> None:
    """Completion moves the maturity of what still waits of an award or was dropped; so does the order's new word of it
    of what waits."""
    first = award_lot(account, award)
    for lot in account.lots if completed else [first]:
        if lot.award == award.id and (lot.pending or (completed and award.dropped and lot is first)):
            plan_order(account, order, lot, shop.versions[award.version], now)
            lot.pending = True  # posting, or settling, matures it
            award.dropped = award.dropped and not completed


def plan_order(account: Account, order: Order, lot: Lot, version: Version, now: int) -> None:
    """Dates a lot of the order."""
    assert order.pin is not None
    plan(lot, lot.pending_rule, order.pin.confirmed_at, order.completed_at, version, now, told=order.facts.available_at)


def settle_awards(
    shop: Shop,
    account: Account,
    order: Order,
    status: str,
    now: int,
    *,
    completed: bool = False,
    redated: bool = False,
) -> None:
    """Owed now against given, award by award, each dated anew first where the order was `completed` just now or told
    another date."""
    pin = order.pin
    assert pin is not None
    version = shop.versions[pin.version]
    money = 0
    if status in STANDING:  # lines that are told of an order that does not stand are judged once it does
        pin_lines(shop, account, order.facts, pin)
        money = sum(eligible_money(order.facts, version, pin).values())
    before = counts_of(account, order)
    order.counts = status in STANDING and pin.member
    account.counted_on = max(account.counted_on, pin.day) if order.counts else account.counted_on
    order.eligible_micros = money if order.counts else 0
    for one in carried(order.facts) if order.counts else ():
        account.cycled[one] = min(pin.occurred_at, account.cycled.get(one, pin.occurred_at))
    awards = [one for one in account.awards.values() if one.order == order.id]
    falls = [owed_of(order, pin, award, status, version) < award.given for award in awards]
    for place, award in enumerate(awards):
        if completed or redated:
            date_anew(shop, account, order, award, now, completed=completed)
        settle_award(shop, account, order, pin, award, status, now, more_falls=any(falls[place:]))
    account.fell |= any(now < then for now, then in zip(counts_of(account, order), before, strict=True))


def owed_of(order: Order, pin: Pin, award: Award, status: str, version: Version) -> int:
    """What an award owes by its rule, and by the most that caps allowed it."""
    source = version.source(award.source)
    if status not in STANDING or not (pin.member and pin.gives) or award.closed or not source:
        return 0
    owed = rule_points(source, order.facts, version, pin)
    return owed if award.allowance is None else min(owed, award.allowance)


def settle_award(
    shop: Shop,
    account: Account,
    order: Order,
    pin: Pin,
    award: Award,
    status: str,
    now: int,
    *,
    more_falls: bool = False,
) -> None:
    """What an award owes now against what it has given. What matures has a moment since now, before more is given for
    an earlier instant, unless the push takes something back (S7.2)."""
    version = shop.versions[pin.version]
    lot = award_lot(account, award)
    if award.id not in account.given_once:
        plan_order(account, order, lot, version, now)
        award.dropped = False  # nothing was, yet
    if lot.pending and lot.available_at is not None and lot.available_at <= now:
        mature(lot, lot.available_at)
        if lot.remaining and not more_falls:
            start_anew(account, shop.of(account), now)
    owed = owed_of(order, pin, award, status, version)
    too_late = lot.pending and lot.limit_at is not None and lot.limit_at <= now and drops(lot)
    if (award.dropped and status != "completed") or too_late:
        owed = min(owed, award.given)
    owed = within_budget(shop, account, award, owed)
    grows, happened_at = owed > award.given, min(order.stamp, now)
    if grows and award.id not in account.given_once:
        account.given_once.add(award.id)
        happened_at = award.occurred_at
    post(shop, account, award, owed, now)
    if grows:
        activity(account, shop.of(account), "award", happened_at, now)


def release(shop: Shop, account: Account, trigger: str, order_id: str | None, now: int) -> None:
    """A trigger comes: what waits for it matures; what was dropped comes back where the trigger names its order."""
    for award in [one for one in account.awards.values() if order_id in (None, one.order)]:
        lot = award_lot(account, award)
        if lot.pending_rule.get("trigger") != trigger:
            continue
        if lot.pending and award.given and lot.available_at is None:  # it has no date of its own
            mature(lot, now)
            account.stirred |= lot.remaining > 0
        elif award.dropped and order_id is not None:
            order = account.orders[order_id]
            if order.facts.status not in (None, *STANDING):  # it came before there was anything to release
                continue
            award.dropped = False
            dated = order.facts.available_at  # its own date goes before every rule, here as at its completion
            mature(lot, now if dated is None else min(dated, now))
            account.stirred |= lot.remaining > 0
            if order.pin is not None:
                settle_award(shop, account, order, order.pin, award, order.facts.status or "confirmed", now)


def counts_of(account: Account, order: Order) -> tuple[int, int, int]:
    """What an order counts for tiers: money, orders, points."""
    given = sum(award.given for award in account.awards.values() if award.order == order.id and award.qualifies)
    return order.eligible_micros, int(order.counts), given


def move_codes(shop: Shop, account: Account, order: Order, status: str, now: int) -> None:
    """Codes on an order: locked while unconfirmed, used once confirmed, returned when it is canceled."""
    carried = order.facts.discount_codes or ()
    for redemption in account.redemptions.values():
        mine = redemption.order == order.id
        if redemption.code is None:
            continue
        free = redemption.status == "unused" or in_time(redemption, order)
        if status in GONE:
            if mine:
                return_code(shop, account, redemption, now)
        elif redemption.code not in carried:
            if mine and redemption.status == "locked":
                redemption.status, redemption.order = "unused", None
        elif status not in STANDING:
            if free or (mine and redemption.status == "used"):
                redemption.status, redemption.order = "locked", order.id
        elif free or redemption.status == "locked":  # another order's lock does not shield it
            redemption.status, redemption.order = "used", order.id
        elif mine and redemption.status == "voided":
            redemption.status = "used"
            take_again(shop, shop.of(account), redemption)
            returned, redemption.returned = redemption.returned, 0
            spend(account, redemption, returned, now, pending=True, debt=True)


def in_time(redemption: Redemption, order: Order) -> bool:
    """Whether a code has lapsed since the order was placed, which may still use it."""
    told_at = order.stamp if order.facts.order_time is None else order.facts.order_time
    placed_at = order.pin.occurred_at if order.pin else told_at
    return redemption.status == "lapsed" and redemption.lapses_at is not None and placed_at < redemption.lapses_at


def return_code(shop: Shop, account: Account, redemption: Redemption, now: int) -> None:
    """The order of a code was canceled: unlocked, or what the programme's setting says, once."""
    version = shop.of(account)
    if redemption.status == "locked":
        redemption.status, redemption.order = "unused", None
    elif redemption.status == "used":
        free = redemption.offer is not None and redemption.points == 0
        if free or (version.part("redemption").get("cancelled_order") or "points") == "reward":
            redemption.status, redemption.order = "unused", None
        else:
            redemption.status = "voided"
            let_go(redemption)
            redemption.returned = give_back(account, redemption.draws, redemption.points, now, version)
