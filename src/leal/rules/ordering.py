"""Ordering: what a pushed order does to the member it belongs to (S4.3 to S4.6, S5.7, S6.1, S6.3).

An update is an upsert of the whole order. The steps: (1) older snapshots are ignored; (2) codes of a cancelled order
are given back before anything is taken; (3) the award's terms are pinned at the first confirmation; (4) what is owed
now is held against what was given, and the difference posted to the same lot; (5) codes are locked or used;
(6) tiers follow.
"""

from __future__ import annotations

from datetime import date

import msgspec

from leal.rules import accrual, caps, subscriptions
from leal.rules.account import DROPS, NOTHING, QUALIFIES, Counts
from leal.rules.calendar import local_day
from leal.rules.climbing import end_early, follow_available, upgrade
from leal.rules.codes import free_codes, take_codes
from leal.rules.dating import has_no_date, pinned_terms, set_dates
from leal.rules.expiration import keep_alive
from leal.rules.judging import Judge
from leal.rules.ledger import Book, Draft
from leal.rules.lots import LotTerms, enter, pay_debt
from leal.rules.marking import earns
from leal.rules.orders import EARNING, Award, Order, OrderState, OrderStatus, Pin
from leal.rules.products import with_facts
from leal.rules.programme.earning_terms import AwardTerms, BonusTerms
from leal.rules.programme.terms import Terms
from leal.rules.returning import Redemption
from leal.rules.settling import settle
from leal.rules.taking import cancel_shortfall, take_back
from leal.rules.tiers import current_tier
from leal.rules.waiting import remember, still_owed


def accept(state: OrderState | None, order: Order, now: int, number: int) -> OrderState | None:
    """The order's next state with nothing posted yet, or None when the snapshot is older than the stored one."""
    updated_at = now if order.updated_at is None else min(order.updated_at, now)
    if state is None:
        placed = updated_at if order.order_at is None else order.order_at
        return OrderState(number, order, order.status or "confirmed", min(placed, now), updated_at)
    if updated_at < state.updated_at:
        return None
    lines, spent = order.lines, order.amount_spent
    if lines is None and spent is None:  # a change of status alone keeps what the order was
        order = msgspec.structs.replace(
            order,
            lines=state.order.lines,
            amount_spent=state.order.amount_spent,
            amount_taxes=state.order.amount_taxes,
            amount_shipping=state.order.amount_shipping,
            amount_points=state.order.amount_points,
            codes=order.codes or state.order.codes,
            available_at=state.order.available_at if order.available_at is None else order.available_at,
            extras=order.extras or state.order.extras,
            subscription=order.subscription or state.order.subscription,
        )
    placed = state.order_at if order.order_at is None or state.pin is not None else min(order.order_at, now)
    return msgspec.structs.replace(
        state,
        order=order,
        status=order.status or state.status,
        order_at=placed,
        updated_at=updated_at,
        awards={source: msgspec.structs.replace(award) for source, award in state.awards.items()},
        used=list(state.used),
    )


def upsert_order(
    book: Book,
    state: OrderState | None,
    order: Order,
    redemptions: dict[str, Redemption],
    now: int,
    present: int | None = None,
) -> OrderState | None:
    """Apply a pushed order to its member, settled to `now`; gives the new state, or None when it changes nothing.

    `redemptions` are the member's own, by code: those the order names and those it held before. They are changed in
    place. `present` is the shop's own time, where `now` is a past instant that is replayed (S4.10).

    May raise DaysNeeded, LapsesNeeded, CustomerNeeded, CapsNeeded or StockNeeded.
    """
    after = accept(state, order, now if present is None else present, book.account.order_number + 1)
    if after is None:
        return None
    if state is None:
        book.account.order_number += 1
    before: OrderStatus | None = None if state is None else state.status
    if after.status != "completed":
        after.completed_at = None
    elif before != "completed":
        after.completed_at = min(after.updated_at, now)
    if after.status in ("canceled", "deleted"):
        free_codes(book, after, redemptions, now)
    if after.status in EARNING:
        _pin(book, after, None if state is None else state.order, now)
    counted = _post(book, after, completed_now=after.status == "completed" and before != "completed", now=now)
    book.account.person = subscriptions.count_order(book.account.person, after)
    subscriptions.follow(book, now, "order", after.number)
    if after.status not in ("canceled", "deleted"):
        take_codes(book, after, redemptions, now)
    _follow_tiers(book, after, counted, now)
    follow_available(book, now, "order", after.number)
    settle(book, now)  # a lot already past its end lapses in an entry made now, once tiers followed (S3.2, S4.9)
    return after


def _pin(book: Book, state: OrderState, before: Order | None, now: int) -> None:
    """Pin version, tier, membership and lines at the first confirmation; judge new lines later (S4.4)."""
    version = book.versions.at(state.order_at)
    if version is None or (state.pin is not None and state.pin.version == 0):
        state.pin = state.pin or Pin(0, None, False, now, {})  # confirmed before any programme: it never earns
        return
    pinned = version if state.pin is None else book.versions.numbered(state.pin.version)
    if pinned.terms.reads_products:
        state.order = with_facts(state.order, before, {} if state.pin is None else state.pin.lines, book.products)
    judge = Judge(book, now, state.order)
    is_new = state.pin is None
    if state.pin is None:
        confirmed_at = min(now, state.order.updated_at if state.order.updated_at is not None else state.order_at)
        tier = current_tier(book.account, book.terms)
        member = book.account.membership == "full" and version.terms.programme.enabled
        is_first = book.account.life.orders == 0
        state.pin = Pin(version.number, None if tier is None else tier.slug, member, confirmed_at, {}, is_first)
        if member:
            state.pin = msgspec.structs.replace(
                state.pin, refused=accrual.refused_sources(version.terms, judge, earns=earns(book.account))
            )
        state.day_ordinal = local_day(state.order_at, version.terms.zone).toordinal()
    lines = accrual.pin_lines(state.order, pinned.terms, state.pin.tier, state.order_at, state.pin.lines, judge)
    state.pin = msgspec.structs.replace(state.pin, lines=lines)
    if is_new and state.pin.member:
        state.pin = msgspec.structs.replace(state.pin, allowed=_allowed(book, state, state.pin, pinned.terms))


def _allowed(book: Book, state: OrderState, pin: Pin, terms: Terms) -> dict[str, int]:
    """By source, the most that caps by period allow the order; sources without such a cap are left out (S4.7)."""
    capped = [
        source for source in terms.order_sources if source.period_caps and accrual.gives(source, pin, state.order_at)
    ]
    if not capped:
        return {}
    points = accrual.owed(state.order, pin, terms, state.order_at).points
    day = date.fromordinal(state.day_ordinal)
    found = {one.source: caps.allowance(book, one, day, points.get(one.source, 0)) for one in capped}
    return {source: most for source, most in found.items() if most is not None}


def _post(book: Book, state: OrderState, *, completed_now: bool, now: int) -> Counts:
    """Post, award by award, the difference between what is owed and what was given; gives what counted before."""
    if state.pin is None or state.pin.version == 0:
        return state.counted
    terms = book.versions.numbered(state.pin.version).terms
    for award in state.awards.values():
        note_drops(book, state, award)
    before = state.counted
    owed, spend = {}, NOTHING
    if state.status in EARNING:
        found = accrual.owed(state.order, state.pin, terms, state.order_at)
        owed = found.points
        if state.pin.member:
            spend = Counts(found.eligible_micros, 0, 1)
    change = Counts(spend.spend_micros - state.counted.spend_micros, 0, spend.orders - state.counted.orders)
    known = {**state.awards, **owed}
    ordered = [one.source for one in terms.order_sources if one.source in known]  # stored ones have no order
    sources = list(dict.fromkeys([*ordered, *known]))
    falls = [source in state.awards and owed.get(source, 0) < state.awards[source].given for source in sources]
    for place, source in enumerate(sources):
        award = state.awards.setdefault(source, Award())
        change = _post_award(
            book, state, source, award, owed.get(source, 0), change,
            completed_now=completed_now, more_go=any(falls[place:]), now=now,
        )  # fmt: skip
    if change:
        kind = "order_refund" if change.is_short_of(NOTHING) else "earned_from_order"
        draft = book.draft(kind, "order", now, occurred_at=min(state.updated_at, now), cause_number=state.number)
        _count(draft, state, change)
        book.close(draft)
    return before


def _follow_tiers(book: Book, state: OrderState, before: Counts, now: int) -> None:
    """End the tier that rests on what counts no more, and enter the one that is met (S8.4)."""
    if state.counted == before:
        return
    if state.counted.is_short_of(before):
        end_early(book, now, "order", state.number)
    upgrade(book, now, "order", state.number)


def _post_award(
    book: Book,
    state: OrderState,
    source: str,
    award: Award,
    points: int,
    change: Counts,
    *,
    completed_now: bool,
    more_go: bool,
    now: int,
) -> Counts:
    """Post one award's difference, and with it what the order newly counts; gives what is still to be counted.

    With `more_go` this award or one after it falls: what is available before is none to start a clock for (S7.2).
    """
    told_at = state.order.available_at
    told_anew = told_at is not None and (told_at != award.available_at or award.flags & DROPS)
    if completed_now or award.number == 0 or (told_anew and award.available_at > now):
        set_dates(book, state, source, award, now, more_go=more_go)
    points = _within_budget(book, state, source, award, still_owed(award, points, now))
    difference = points - award.given
    if difference == 0:
        return change
    first = award.number == 0
    draft = book.draft(
        _earned_as(pinned_terms(book, state, source)) if difference > 0 else "order_refund",
        "order",
        now,
        occurred_at=state.order_at if first else min(state.updated_at, now),
        cause_number=state.number,
        award=award.number,
    )
    if difference > 0:
        _increase(draft, award, difference)
        keep_alive(book.account, book.terms, "award", draft.occurred_at)
    else:
        taken = take_back(draft, award.number, -difference, award.lapsed_taken)
        award.lapsed_taken += taken.from_lapsed
    award.given = points
    remember(draft, state, award)
    follow_caps(book, state, source, award, difference)
    _count(draft, state, change.plus(Counts(0, difference if award.flags & QUALIFIES else 0, 0)))
    book.close(draft)
    return NOTHING


def _earned_as(terms: AwardTerms | None) -> str:
    """What an entry is called by which a source of orders gives."""
    if not isinstance(terms, BonusTerms):
        return "earned_from_order"
    return "earned_from_subscription" if terms.of_subscriptions else "earned_from_source"


def _within_budget(book: Book, state: OrderState, source: str, award: Award, points: int) -> int:
    """What the source's total budget lets the award have; where that is less, it is pinned (S4.4, S4.7)."""
    terms = pinned_terms(book, state, source)
    if terms is None or state.pin is None or points <= award.given:
        return points
    granted = caps.within_budget(book, terms, award, points)
    if granted < points:
        state.pin = msgspec.structs.replace(state.pin, allowed={**state.pin.allowed, source: granted})
    return granted


def follow_caps(book: Book, state: OrderState, source: str, award: Award, change: int) -> None:
    """Let what the award uses of its source's caps follow what it gives (S4.4, S4.7). May raise StockNeeded."""
    terms = pinned_terms(book, state, source)
    if terms is not None:
        caps.follow(book, terms, date.fromordinal(state.day_ordinal), award, change)


def _count(draft: Draft, state: OrderState, change: Counts) -> None:
    """Count for tiers on the order's own day (S6.3)."""
    if change:
        draft.count(date.fromordinal(state.day_ordinal), change)
        state.counted = state.counted.plus(change)


def _increase(draft: Draft, award: Award, points: int) -> None:
    """More points for an award: the shortfall remembered on it first, then debt, then its own lot (S4.3, S6.2)."""
    if award.number == 0:
        award.number = draft.award = draft.number
    points = cancel_shortfall(draft, award.number, points)
    draft.book.account.earned += points
    points = pay_debt(draft, points)
    terms = LotTerms(award.number, award.earned_at, award.available_at, award.expires_at, award.flags)
    award.lot = enter(draft, award.lot, terms, points)


def note_drops(book: Book, state: OrderState, award: Award) -> None:
    """What was dropped because the awaited event did not come is not given any more (S4.6)."""
    if not award.number or not award.flags & DROPS or award.available_at > book.account.settled_at:
        return
    dropped = book.dropped(award.number)
    fresh = dropped - award.dropped_seen
    award.given -= fresh
    award.dropped_seen = dropped
    if award.flags & QUALIFIES:  # the drop's own entry has counted it down
        state.counted = state.counted.plus(Counts(0, -fresh, 0))


def mature_on(book: Book, state: OrderState, trigger: str, now: int, *, named: bool) -> OrderState | None:
    """Let mature what of the order's points waits for the trigger, which came now; None where nothing does (S4.6).

    Points dropped before are posted anew where the event `named` the order. May raise LapsesNeeded or DaysNeeded.
    """
    pin = state.pin
    if pin is None or pin.version == 0 or state.status not in EARNING:
        return None
    terms = book.versions.numbered(pin.version).terms
    waiting = [
        source
        for source, award in state.awards.items()
        if accrual.waits_for(terms.award_terms(source), trigger)
        and award.number
        and (
            (award.available_at > now and award.given and has_no_date(book, state, source, award, now))
            or (named and award.flags & DROPS and award.available_at <= now)
        )
    ]
    if not waiting:
        return None
    awards = {source: msgspec.structs.replace(award) for source, award in state.awards.items()}
    state = msgspec.structs.replace(state, awards=awards)
    for source in waiting:
        note_drops(book, state, awards[source])
        set_dates(book, state, source, awards[source], now, came=True)
    _follow_tiers(book, state, _post(book, state, completed_now=False, now=now), now)
    return state
