"""Lots: how points enter them, leave them, and in which order they are drawn (S2.4, S5.1, S6.2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from leal.rules.account import Account, Lot, LotsNeeded, draw_order
from leal.rules.ledger import Book, Draft
from leal.rules.redating import own_end
from leal.values import NEVER


class LotTerms(NamedTuple):
    """Whose points a lot holds and its dates, in microseconds since 1970."""

    award: int
    earned_at: int
    available_at: int
    expires_at: int = NEVER
    flags: int = 0


class Draw(NamedTuple):
    """Points drawn from one lot, with the terms that a give-back needs (S5.5)."""

    lot: int
    award: int
    points: int
    earned_at: int
    available_at: int
    expires_at: int
    flags: int


def is_pending(account: Account, lot: Lot) -> bool:
    """Whether the lot's points are not spendable yet."""
    return lot.available_at > account.settled_at


def available_lots(account: Account, points: int) -> list[Lot]:
    """Spendable lots with free points, in the order they are drawn (S5.1): all, or so many points of them that are
    drawn before any that lies in a page. Raises LotsNeeded."""
    at = account.settled_at
    free = [
        lot for lot in account.lots_until(at) if lot.remaining != lot.held and lot.available_at <= at
    ]  # there may be hundreds
    free.sort(key=draw_order)
    if account.paged_from is not None:
        del free[bisect_left(free, account.paged_from, key=draw_order) :]
        if lacking := _lacking(free, points):
            raise LotsNeeded(0, points=lacking)
    return free


def spendable_lots(book: Book, points: int) -> list[Lot]:
    """The same of a book, put in order once for all that is drawn in a row: of hundreds of lots that is most of what a
    redemption costs. Some may be empty by now."""
    if book.spendable is None or (book.account.paged_ends and _lacking(book.spendable, points)):
        book.spendable = available_lots(book.account, points)
    return book.spendable


def _lacking(lots: list[Lot], points: int) -> int:
    """How many of so many points are not free in the lots."""
    for lot in lots:
        if (points := points - lot.free) <= 0:
            return 0
    return max(points, 0)


def pending_lots(account: Account) -> list[Lot]:
    """Lots that are not available yet, in the order of S5.1."""
    return sorted((lot for lot in account.lots if lot.free and is_pending(account, lot)), key=draw_order)


def pay_debt(draft: Draft, points: int) -> int:
    """Let a credit pay debt first; gives what is left of it (S6.2)."""
    account = draft.book.account
    paid = min(points, account.debt)
    account.debt -= paid
    return points - paid


def enter(draft: Draft, lot_id: int | None, terms: LotTerms, points: int) -> int:
    """Put points into a lot: the one of that id, opened again if it was closed, or a new one; gives its id.

    The caller has moved the bucket the points come from; here they join `available` or `pending`.
    """
    account = draft.book.account
    if is_new := lot_id is None:
        account.lot_number += 1
        lot_id = account.lot_number
    if points == 0:
        return lot_id
    lot = None if is_new else account.lot(lot_id)
    if lot is None:
        ends_at = own_end(draft.book, lot_id, terms)
        lot = Lot(lot_id, terms.award, 0, 0, 0, terms.earned_at, terms.available_at, ends_at, terms.flags)
        account.lots_at_hand.append(lot)
        draft.date_lot(lot)
    lot.points = max(lot.points, lot.remaining + points)
    draft.move(lot, points)
    if is_pending(account, lot):
        account.pending += points
    else:
        account.available += points
    return lot_id


def leave(draft: Draft, lot: Lot, points: int) -> None:
    """Take free points out of a lot and out of `available` or `pending`."""
    account = draft.book.account
    if is_pending(account, lot):
        account.pending -= points
    else:
        account.available -= points
    draft.move(lot, -points)


def draw(draft: Draft, lots: Iterable[Lot], points: int) -> list[Draw]:
    """Take up to that many points out of the lots, in the order given."""
    drawn = []
    for lot in list(lots):
        if points == 0:
            break
        taken = min(points, lot.free)
        if taken == 0:
            continue
        drawn.append(Draw(lot.id, lot.award, taken, lot.earned_at, lot.available_at, lot.expires_at, lot.flags))
        leave(draft, lot, taken)
        points -= taken
    return drawn


def drawn_points(drawn: list[Draw]) -> int:
    """How many points the draws add up to."""
    return sum(one.points for one in drawn)


def spend_all(draft: Draft, points: int) -> list[Draw]:
    """Draw up to that many points of all, to be spent: where those came from that waited is remembered, for they come
    back with the dates that their lot has by then (S5.5)."""
    keeps, drawn = draft.book.account.keeps, draw_all(draft, points)
    waited = {
        one.lot: (one.available_at, one.expires_at, one.flags)
        for one in drawn
        if one.available_at > draft.book.account.settled_at
    }
    if waited:
        draft.keep(lot_dates=keeps.lot_dates | waited)
    return drawn


def draw_all(draft: Draft, points: int) -> list[Draw]:
    """Take up to that many available points, then pending ones, each in the order of S5.1."""
    account = draft.book.account
    drawn = draw(draft, available_lots(account, min(points, account.available)), points)
    left = points - drawn_points(drawn)
    return drawn + draw(draft, pending_lots(account), left) if left else drawn
