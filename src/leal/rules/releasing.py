"""Releasing: points that a hold had set aside are the member's again, by wish or by the clock (S5.6)."""

from __future__ import annotations

from datetime import date

import msgspec

from leal.rules import limits
from leal.rules.account import Account, Lot, draw_order, own_first
from leal.rules.expiration import passed_at
from leal.rules.keeps import HeldLot, Hold
from leal.rules.ledger import Book, Cause, Draft
from leal.rules.lots import leave

RELEASED = "points_released"
"""Type of the entries that give held points back; the cause's number is the hold's."""


def run_out(book: Book, at: int) -> bool:
    """Release every hold whose end has come; whether there was one."""
    ended = [hold for hold in book.account.keeps.holds if hold.ends_at <= at]
    for hold in sorted(ended, key=lambda hold: (hold.ends_at, hold.id)):
        release(book, hold, hold.points, at, "time")
    return bool(ended)


def release(book: Book, hold: Hold, points: int, at: int, cause: Cause) -> Hold | None:
    """Release so many points of a hold, those that end last first; gives what is left of it.

    In this order they pay debt. Those that a global lapse passed by while they were held lapse at once; the others
    whose lot has ended do so when the account is settled next, to this same instant.
    """
    account = book.account
    draft = book.draft(RELEASED, cause, at, cause_number=hold.number)
    freed, left = split(account, hold, hold.points - points)[::-1]
    passed: list[tuple[Lot, int]] = []
    for held in reversed(freed):
        lot = lot_of(account, held)
        paid = min(account.debt, held.points)
        account.debt -= paid
        account.held -= held.points
        account.available += held.points - paid
        draft.move(lot, -paid, -held.points)
        if passed_at(account, lot.id) > held.since and held.points > paid:
            passed.append((lot, held.points - paid))
    limits.uncount(account, date.fromordinal(hold.day), points)
    draft.changes["limit_used"] = account.limit_used
    rest = replace_hold(draft, hold, left)
    book.close(draft, more_go=bool(passed))
    _lapse(book, passed, at)
    return rest


def split(account: Account, hold: Hold, first: int) -> tuple[list[HeldLot], list[HeldLot]]:
    """The lots of a hold in the order in which they are drawn (S5.1), parted after so many points."""
    before: list[HeldLot] = []
    after: list[HeldLot] = []
    for held in sorted(hold.lots, key=lambda held: (draw_order(lot_of(account, held)), held.since)):
        taken = min(first, held.points)
        first -= taken
        if taken:
            before.append(held._replace(points=taken))
        if taken < held.points:
            after.append(held._replace(points=held.points - taken))
    return before, after


def lot_of(account: Account, held: HeldLot) -> Lot:
    """The lot that held points stand in; it is open as long as they do."""
    lot = account.lot(held.lot)
    assert lot is not None  # a law of the account
    return lot


def replace_hold(draft: Draft, hold: Hold, lots: list[HeldLot], **changed: int) -> Hold | None:
    """Put a hold with other lots and dates in its own place, or none where nothing is left; a new one is added."""
    after = msgspec.structs.replace(hold, lots=tuple(lots), **changed) if lots else None
    holds = [one for one in draft.book.account.keeps.holds if one is not hold]
    holds += [] if after is None else [after]
    draft.keep(holds=tuple(sorted(holds, key=age)))
    return after


def age(hold: Hold) -> tuple[int, bool, int]:
    """By this open holds are sorted, oldest first; of one instant the own ones come before those of whom the member
    took over (S11.2)."""
    return hold.placed_at, *own_first(hold.number)


def _lapse(book: Book, passed: list[tuple[Lot, int]], at: int) -> None:
    """Points that should have lapsed with all others, had they not been held (S7.2)."""
    if not passed:
        return
    draft = book.draft("points_expired", "time", at)
    for lot, points in passed:
        leave(draft, lot, points)
        book.account.expired += points
        book.note_lapse(lot.award, points)
    book.close(draft)
