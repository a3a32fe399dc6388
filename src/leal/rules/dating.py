"""Dating: when points of an order mature and end, also where that is told anew while they wait (S4.5, S4.6)."""

from __future__ import annotations

from leal.rules import accrual
from leal.rules.account import DROPS, Lot
from leal.rules.ledger import Book, Draft
from leal.rules.lots import is_pending
from leal.rules.orders import Award, OrderState
from leal.rules.programme.earning_terms import AwardTerms
from leal.rules.redating import end_of_returned, note_waiting_through, own_end, switched_on_while_away, waits_through
from leal.rules.waiting import remember


def pinned_terms(book: Book, state: OrderState, source: str) -> AwardTerms | None:
    """The terms of one of the order's sources, as they were pinned."""
    pin = state.pin
    return None if pin is None or not pin.version else book.versions.numbered(pin.version).terms.award_terms(source)


def has_no_date(book: Book, state: OrderState, source: str, award: Award, now: int) -> bool:
    """Whether an award that may wait for an event does: not for a date of the order's own, which holds also where a
    later push left it out (S4.6)."""
    terms, pin = pinned_terms(book, state, source), state.pin
    if terms is None or pin is None:
        return False
    pinned = book.versions.numbered(pin.version).terms
    waits = accrual.award_dates(pinned, terms, pin, state.order_at, None, None, now)
    return waits.available_at == award.available_at


def set_dates(
    book: Book, state: OrderState, source: str, award: Award, now: int, *, came: bool = False, more_go: bool = False
) -> None:
    """Set the dates of the award's lot; on completion, or when the trigger that its points wait for `came`, those that
    still wait are dated anew and may mature (S4.5, S4.6)."""
    pin = state.pin
    if pin is None or (award.number and award.available_at <= now and not award.flags & DROPS):
        return
    terms = book.versions.numbered(pin.version).terms
    source_terms = pinned_terms(book, state, source)
    if source_terms is None:
        return
    completed_at = None
    if state.status == "completed":
        completed_at = min(state.updated_at, now) if state.completed_at is None else state.completed_at
    dates = accrual.award_dates(
        terms, source_terms, pin, state.order_at, state.order.available_at, completed_at, now, came=came
    )
    before = award.available_at, award.expires_at, award.flags
    award.earned_at = state.order_at
    award.available_at, award.expires_at, award.flags = dates
    if award.lot is not None:
        if before[2] & DROPS and before[0] <= now and not award.away_at:  # it comes back
            award.away_at = switched_on_while_away(book, award.lot, before[0])
        award.expires_at = end_of_returned(book, award.lot, award.away_at, award)
        dates = dates._replace(expires_at=award.expires_at)
    is_other = before != dates
    account = book.account
    lot = None if award.lot is None else account.lot(award.lot)
    still_waits = lot is not None and is_pending(account, lot)
    may_return = is_other and award.lot in account.keeps.lot_dates
    waited = before[0] > now and waits_through(account, award.lot, dates.available_at, now)
    if not (still_waits or waited or award.number in account.waiting or (may_return and award.lot is not None)):
        return
    draft = book.draft("points_matured", "order", now, cause_number=state.number, award=award.number)
    remember(draft, state, award)
    if waited:
        note_waiting_through(draft, award.lot, dates.available_at)
    if may_return and award.lot is not None:  # what was spent from it comes back with the new dates (S5.5)
        draft.keep(lot_dates=account.keeps.lot_dates | {award.lot: tuple(dates)})
    if lot is not None and still_waits:
        _redate(draft, lot, dates)
    book.close(draft, more_go=more_go)


def _redate(draft: Draft, lot: Lot, dates: accrual.Dates) -> None:
    """Give a lot that still waits other dates; it may become available by them."""
    account = draft.book.account
    lot.available_at, lot.expires_at, lot.flags = dates
    lot.expires_at = own_end(draft.book, lot.id, lot)
    draft.date_lot(lot)
    draft.moves += (lot.id, lot.award, 0, 0)
    if not is_pending(account, lot):
        account.pending -= lot.free
        account.available += lot.free
