"""Merging: one member takes another over, whole: points, debt, lots, counts, marks and tier (S11.2).

The numbers of the one who is taken over (entries, and with them awards and redemptions; orders; lots) get new ones in
the other: `Shift`. Entries, awards and redemptions that came from elsewhere have negative numbers there.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from leal.rules import limits, milestones, subscriptions
from leal.rules.account import NOTHING, Account, Enrolment, Lot
from leal.rules.climbing import upgrade
from leal.rules.giving import united as united_gifts
from leal.rules.keeps import NO_KEEPS, Hold, Keeps, Passed, Reached, Referred
from leal.rules.ledger import Book, Draft, Note
from leal.rules.lots import Draw, available_lots, pending_lots
from leal.rules.marking import united_marks
from leal.rules.orders import OrderState
from leal.rules.person import NOBODY, united
from leal.rules.programme.terms import Terms
from leal.rules.programme.words import PERIODS
from leal.rules.releasing import age
from leal.rules.returning import Redemption
from leal.rules.settling import settle
from leal.rules.tier_ends import note_set, rank
from leal.rules.tiers import set_tier
from leal.rules.waiting import waiting_figures
from leal.values import NEVER

INTO = "merged_into"
"""The last entry of a member who was taken over; its cause's number is the id of who took over."""
FROM = "merged_from"
"""The entry of the member who took over; its cause's number is the id of who was taken over."""


class Shift(NamedTuple):
    """How the numbers of a member are known in the one who took it over."""

    entry_base: int
    """Numbers that came to the member from elsewhere before."""
    entries: int
    """Entries of the one who was taken over, its last one included."""
    order_base: int
    lot_base: int

    def entry(self, number: int) -> int:
        """An entry's number, and so an award's or a redemption's; 0 stays: none."""
        if number > 0:
            return -(self.entry_base + number)
        return number and -(self.entry_base + self.entries - number)

    def order(self, number: int) -> int:
        """An order's number; 0 stays: none."""
        return number and number + self.order_base

    def lot(self, lot: int) -> int:
        """A lot's id; 0 stays: none."""
        return lot and lot + self.lot_base


def merge(into: Book, out: Book, now: int, entry_base: int, note: Note | None = None) -> Shift:
    """Let one member take another over, both settled to `now`; `entry_base` as in `Shift`. May raise DaysNeeded.

    One entry empties the one, one brings everything to the other, debt paid in it: `min(debt, available + pending)` of
    both together, available lots first, then pending ones, each in the order of S5.1; held points are not touched.
    """
    joining, days = out.account.copy(), out.day_sums()
    shift = Shift(entry_base, joining.number + 1, into.account.order_number, into.account.lot_number)
    _leave(out, into.account.id, now)
    _arrive(into, joining, shift, now, note)
    known = into.day_sums()
    for day, counts in days.items():
        if counts:
            known[day] = known.get(day, NOTHING).plus(counts)
            into.counted[day] = into.counted.get(day, NOTHING).plus(counts)
    account = into.account
    account.window_from, account.window_until, account.window = None, 0, account.life  # the days are others now
    upgrade(into, now, "member", joining.id)
    subscriptions.follow(into, now, "member", joining.id)
    settle(into, now)
    milestones.follow(into, now)
    return shift


def _leave(book: Book, into: int, now: int) -> None:
    account = book.account
    draft = book.draft(INTO, "member", now, cause_number=into)
    for lot in list(account.lots):
        draft.move(lot, -lot.remaining, -lot.held)
    account.available = account.pending = account.held = account.redeemed = 0
    account.expired = account.earned = account.debt = 0
    forsake(account, "merged")
    account.life = account.window = NOTHING
    account.counted_on = None
    account.window_from, account.window_until = None, 0
    draft.changes["enrolment"] = account.enrolment
    book.close(draft)
    account.next_due_at = NEVER


def forsake(account: Account, enrolment: Enrolment) -> None:
    """Forget what a member was who is one no more: membership, tier, limits, marks, orders; points and counts stay."""
    account.membership, account.enrolment, account.joined_at = "none", enrolment, None
    account.tier = account.tier_since = account.tier_from = None
    account.tier_asked, account.tier_version = "entry", 0
    account.tier_ends_at = account.tier_deadline_at = NEVER
    account.set_tier, account.set_since, account.set_until, account.set_locked = None, None, NEVER, False
    account.marks = []
    account.entered, account.shortfalls, account.waiting, account.codes = {}, {}, {}, {}
    account.keeps, account.person = NO_KEEPS, NOBODY
    account.limit_day, account.limit_used, account.order_number = None, [0] * len(PERIODS), 0
    account.everything_at, account.everything_lapsed_at, account.everything_passed_at = NEVER, None, None


def _arrive(book: Book, joining: Account, shift: Shift, now: int, note: Note | None) -> None:
    account, before = book.account, book.account.copy()
    draft = book.draft(FROM, "member", now, cause_number=joining.id)
    draft.note = note
    take_over(account, joining, shift)
    book.lots_due = 0
    _note_moves(draft, before, account)
    draft.changes.update(
        shift=list(shift),
        brought=joining.available + joining.pending,
        membership=account.membership,
        enrolment=account.enrolment,
        joined_at=account.joined_at,
        limit_day=None if account.limit_day is None else account.limit_day.isoformat(),
        limit_used=account.limit_used,
        entered=account.entered,
        shortfalls=[figure for pair in sorted(account.shortfalls.items()) for figure in pair],
        waiting=waiting_figures(account),
        everything_at=account.everything_at,
        everything_lapsed_at=account.everything_lapsed_at,
        everything_passed_at=account.everything_passed_at,
        common_lapses=[before.everything_passed_at, joining.everything_passed_at],
    )
    differing = {
        field.name: getattr(account.keeps, field.name)
        for field in msgspec.structs.fields(Keeps)
        if getattr(account.keeps, field.name) != getattr(before.keeps, field.name)
    }
    if differing:
        draft.keep(**differing)
    if _is_higher(joining, account, book.terms):
        if account.keeps.tier_on != joining.keeps.tier_on:
            draft.keep(tier_on=joining.keeps.tier_on)
        account.tier, account.tier_since, account.tier_from = joining.tier, joining.tier_since, joining.tier_from
        account.tier_asked, account.tier_version = joining.tier_asked, joining.tier_version
        account.tier_ends_at, account.tier_deadline_at = joining.tier_ends_at, joining.tier_deadline_at
        draft.changes.update(
            tier=account.tier,
            tier_since=account.tier_since,
            tier_from=None if account.tier_from is None else account.tier_from.isoformat(),
            tier_asked=account.tier_asked,
            tier_version=account.tier_version,
            tier_ends_at=account.tier_ends_at,
            tier_deadline_at=account.tier_deadline_at,
        )
    if _is_set_above(joining, account, book.terms):
        account.set_tier, account.set_since = joining.set_tier, joining.set_since
        account.set_until, account.set_locked = joining.set_until, joining.set_locked
    if joining.set_tier is not None:
        note_set(draft)
    account.marks = draft.changes["marks"] = united_marks(account, joining)
    book.close(draft)


def _note_moves(draft: Draft, before: Account, after: Account) -> None:
    """What the entry moved in each lot, debt already paid; lots that only paid debt were never opened."""
    left = {lot.id: lot for lot in after.lots}
    for lot in before.lots:
        now = left.pop(lot.id, None)
        if now is None or now.remaining != lot.remaining:
            draft.moves += (lot.id, lot.award, (0 if now is None else now.remaining) - lot.remaining, 0)
    for lot in left.values():
        draft.date_lot(lot)
        draft.moves += (lot.id, lot.award, lot.remaining, lot.held)


def _is_higher(joining: Account, account: Account, terms: Terms | None) -> bool:
    """Whether the tier that comes along is above the present one, or the same with a later deadline."""
    theirs = None if terms is None else terms.tier(joining.tier)
    if terms is None or theirs is None:
        return False
    ours = terms.tier(account.tier)
    if ours is None or ours.rank != theirs.rank:
        return ours is None or theirs.rank > ours.rank
    return joining.tier_deadline_at > account.tier_deadline_at


def _is_set_above(joining: Account, account: Account, terms: Terms | None) -> bool:
    """Whether the tier that staff set for the one who joins holds: a lock, else the higher, else the later end."""
    if joining.set_tier is None or account.set_tier is None:
        return account.set_tier is None and joining.set_tier is not None
    if account.set_locked or joining.set_locked:
        return not account.set_locked
    ours, theirs = rank(set_tier(account, terms)), rank(set_tier(joining, terms))
    return theirs > ours or (theirs == ours and joining.set_until > account.set_until)


def take_over(account: Account, joining: Account, shift: Shift) -> None:
    """Add another account to one, all but tier, window and history; both are settled to the same instant."""
    account.available += joining.available
    account.pending += joining.pending
    account.held += joining.held
    account.redeemed += joining.redeemed
    account.expired += joining.expired
    account.earned += joining.earned
    account.debt += joining.debt
    account.lots.extend(
        msgspec.structs.replace(lot, id=shift.lot(lot.id), award=shift.entry(lot.award)) for lot in joining.lots
    )
    _pay_debt(account)
    account.lot_number += joining.lot_number
    account.order_number += joining.order_number
    account.life = account.life.plus(joining.life)
    account.counted_on = max(filter(None, (account.counted_on, joining.counted_on)), default=None)
    account.waiting |= {shift.entry(award): figures for award, figures in joining.waiting.items()}
    account.codes |= {shift.entry(number): ends_at for number, ends_at in joining.codes.items()}
    account.shortfalls |= {shift.entry(award): points for award, points in joining.shortfalls.items()}
    entered = {tier: [shift.entry(award), *known] for tier, (award, *known) in joining.entered.items()}
    account.entered = entered | account.entered
    passed = united_passed(account, joining, shift)
    account.keeps = united_keeps(account.keeps, joining.keeps, shift, passed)
    account.person = united(account.person, joining.person)
    account.limit_day, account.limit_used = limits.united(account, joining)
    account.joined_at = min(filter(None, (account.joined_at, joining.joined_at)), default=None)
    if account.membership != "full" and account.enrolment == "open":
        account.membership, account.enrolment = joining.membership, joining.enrolment
    moments = [moment for moment in (account.everything_at, joining.everything_at) if moment != NEVER]
    account.everything_at = max(moments, default=NEVER)
    lapsed = filter(None, (account.everything_lapsed_at, joining.everything_lapsed_at))
    account.everything_lapsed_at = max(lapsed, default=None)
    earlier = min(account.everything_passed_at or 0, joining.everything_passed_at or 0)
    account.everything_passed_at = earlier or None


def united_passed(account: Account, joining: Account, shift: Shift) -> tuple[Passed, ...]:
    """When each one's lots were passed by a common lapse, where that is later than the earlier of both's last."""
    ours, theirs = account.everything_passed_at or 0, joining.everything_passed_at or 0
    steps = [
        Passed(0, ours),
        *(one._replace(at=max(one.at, ours)) for one in account.keeps.passed),
        Passed(shift.lot_base, theirs),
        *(Passed(shift.lot_base + one.after_lot, max(one.at, theirs)) for one in joining.keeps.passed),
    ]
    told: list[Passed] = []
    last = min(ours, theirs)
    for after_lot, at in dict(steps).items():  # where one has no lots, the next begins at the same
        if at != last:
            told.append(Passed(after_lot, at))
        last = at
    return tuple(told)


def united_keeps(ours: Keeps, theirs: Keeps, shift: Shift, passed: tuple[Passed, ...]) -> Keeps:
    """What is kept of one who takes another over: once-only marks unite, counts add, theirs under other numbers."""
    gifts_on, gifts_used = united_gifts(ours, theirs)
    came = _united_referred(ours, theirs, shift)
    moved = (
        msgspec.structs.replace(
            one,
            after_lot=one.after_lot + shift.lot_base,
            up_to_lot=one.up_to_lot + shift.lot_base,
            waiting=tuple(shift.lot(lot) for lot in one.waiting),
        )
        for one in theirs.redatings
    )
    return Keeps(
        passed=passed,
        redatings=tuple(sorted((*ours.redatings, *moved), key=lambda one: (one.at, one.version))),
        waiting_lapsed=ours.waiting_lapsed
        | {shift.entry(award): points for award, points in theirs.waiting_lapsed.items()},
        lot_dates=ours.lot_dates | {shift.lot(lot): dates for lot, dates in theirs.lot_dates.items()},
        drawn_at=ours.drawn_at | {shift.entry(number): instants for number, instants in theirs.drawn_at.items()},
        holds=tuple(sorted((*ours.holds, *(_moved_hold(one, shift) for one in theirs.holds)), key=age)),
        gifts_on=gifts_on,
        gifts_used=gifts_used,
        offers={**ours.offers, **{slug: _united(ours.offers.get(slug), uses) for slug, uses in theirs.offers.items()}},
        referred=next(iter(came), None),
        befriended=tuple(came[1:]),
        welcomed=ours.welcomed or theirs.welcomed,
        paid=tuple(sorted({*ours.paid, *theirs.paid})),
        birthday_year=max(ours.birthday_year, theirs.birthday_year),
        anniversary_year=max(ours.anniversary_year, theirs.anniversary_year),
        subscribed=ours.subscribed,
        cycle=ours.cycle,
        tier_on=ours.tier_on,
        rewarded=tuple(sorted({*ours.rewarded, *theirs.rewarded})),
        milestones=_united_milestones(ours, theirs, shift),
        awaiting=ours.awaiting
        | {
            shift.entry(award): msgspec.structs.replace(wait, lot=shift.lot(wait.lot))
            for award, wait in theirs.awaiting.items()
        },
    )


def _united_referred(ours: Keeps, theirs: Keeps, shift: Shift) -> list[Referred]:
    """By whom both came, each by the own first order."""
    moved = [
        msgspec.structs.replace(one, order=shift.order(one.order))
        for one in (theirs.referred, *theirs.befriended)
        if one is not None
    ]
    return [one for one in (ours.referred, *ours.befriended) if one is not None] + moved


def _moved_hold(hold: Hold, shift: Shift) -> Hold:
    lots = tuple(held._replace(lot=shift.lot(held.lot)) for held in hold.lots)
    return msgspec.structs.replace(hold, number=shift.entry(hold.number), lots=lots)


def _united(ours: list[int] | None, theirs: list[int]) -> list[int]:
    """How often an offer was taken by both together."""
    if ours is None:
        return theirs
    day, sums = limits.tally_of(ours).plus(limits.tally_of(theirs))
    return [0 if day is None else day.toordinal(), *sums]


def _united_milestones(ours: Keeps, theirs: Keeps, shift: Shift) -> dict[str, Reached]:
    """Milestones of both, each once: the own one where both reached it."""
    moved = {
        slug: msgspec.structs.replace(one, award=shift.entry(one.award)) for slug, one in theirs.milestones.items()
    }
    return moved | ours.milestones


def _pay_debt(account: Account) -> None:
    paid = min(account.debt, account.available + account.pending)
    account.debt -= paid
    for lot in [*available_lots(account, account.available), *pending_lots(account)]:
        taken = min(paid, lot.free)
        lot.remaining -= taken
        paid -= taken
        if lot.available_at > account.settled_at:
            account.pending -= taken
        else:
            account.available -= taken
    for lot in account.lots:
        lot.points = max(lot.points, lot.remaining) if lot.id <= account.lot_number else lot.remaining
    account.lots[:] = [lot for lot in account.lots if lot.remaining]


def moved_order(state: OrderState, shift: Shift) -> OrderState:
    """An order as it is known in the member who took over."""
    awards = {
        source: msgspec.structs.replace(
            award, number=shift.entry(award.number), lot=None if award.lot is None else shift.lot(award.lot)
        )
        for source, award in state.awards.items()
    }
    return msgspec.structs.replace(
        state, number=shift.order(state.number), awards=awards, used=sorted(shift.entry(one) for one in state.used)
    )


def moved_redemption(redemption: Redemption, shift: Shift) -> Redemption:
    """A redemption as it is known in the member who took over."""
    return msgspec.structs.replace(
        redemption,
        number=shift.entry(redemption.number),
        order_number=shift.order(redemption.order_number),
        draws=[moved_draw(one, shift) for one in redemption.draws],
    )


def moved_draw(drawn: Draw, shift: Shift) -> Draw:
    """Points drawn from a lot, as they are known in the member who took over."""
    return drawn._replace(lot=shift.lot(drawn.lot), award=shift.entry(drawn.award))


def lots_of(account: Account) -> list[Lot]:
    """The open lots in the order of their ids, to be compared."""
    return sorted(account.lots, key=lambda lot: lot.id)
