"""Waiting: awards that are dropped unless their event comes in time, and what they give until then (S4.6).

An order's award may have paid debt, or been drawn from, while it waits: what its lot holds is not what it gives. So the
account remembers of each such award when it is dropped, the points, and the local day on which they count for tiers.
"""

from __future__ import annotations

from datetime import date

from leal.rules.account import DROPS, QUALIFIES, Account, Counts, Lot, own_first
from leal.rules.calendar import local_day
from leal.rules.climbing import end_early
from leal.rules.ledger import Book, Draft
from leal.rules.orders import Award, OrderState
from leal.rules.taking import take_back


def remember(draft: Draft, state: OrderState, award: Award) -> None:
    """Keep what the account knows of an award as the entry leaves it, and note it where it changed."""
    account = draft.book.account
    waits = award.number and award.given and award.flags & DROPS and award.available_at > account.settled_at
    day = state.day_ordinal if award.flags & QUALIFIES else 0
    known = [award.available_at, award.given, day] if waits else None
    _keep_lapsed(draft, award.number, award.lapsed_taken if waits else 0)
    if account.waiting.get(award.number) == known:
        return
    account.waiting.pop(award.number, None)
    if known is not None:
        account.waiting[award.number] = known
    note_waiting(draft)


def drop_due(book: Book, at: int, lots: list[Lot]) -> None:
    """The awaited event has not come: each award due is taken back whole, nothing counts as expired (S4.6, S6.1).

    They go as they were given, the member's own before those of whom it took over (S11.2): what can not be taken of one
    is remembered on it.

    `lots` are those of such awards that wait no longer. May raise LapsesNeeded or DaysNeeded.
    """
    account, terms = book.account, book.terms
    due = {award: known for award, known in account.waiting.items() if known[0] <= at}
    for lot in lots:  # of an award that began to wait before accounts remembered such awards: what is left of it
        counts = lot.flags & QUALIFIES and terms is not None
        day = local_day(lot.earned_at, terms.zone).toordinal() if counts and terms is not None else 0
        due.setdefault(lot.award, [at, lot.free, day])
    ordered = sorted(due, key=own_first)
    for award in ordered:
        _, points, day = due[award]
        last = award == ordered[-1]
        draft = book.draft("points_dropped", "time", at, award=award)
        taken = take_back(draft, award, points, account.keeps.waiting_lapsed.get(award, 0))
        _keep_lapsed(draft, award, 0)
        book.note_drop(award, points)
        draft.changes["dropped"] = points
        if taken.from_lapsed:
            book.note_lapse(award, -taken.from_lapsed)
            draft.changes["from_lapsed"] = taken.from_lapsed
        if account.waiting.pop(award, None) is not None:
            note_waiting(draft)
        if day:
            draft.count(date.fromordinal(day), Counts(0, -points, 0))
        book.close(draft, more_go=not last)
    if any(day for _, _, day in due.values()):  # what counted for nothing ends no tier
        end_early(book, at, "time", 0)


def still_owed(award: Award, points: int, at: int) -> int:
    """What an award owes at an instant of what its rule and caps come to (S4.6, S6.4).

    Nothing where staff took it back for good. Where the event that it waits for did not come in time, no more than it
    gives: only with the event the points come back.
    """
    if award.neutralised:
        return 0
    return min(points, award.given) if award.flags & DROPS and award.available_at <= at else points


def waiting_figures(account: Account) -> list[int]:
    """The awards that wait for their event, as entries note them."""
    return [figure for award in sorted(account.waiting) for figure in (award, *account.waiting[award])]


def _keep_lapsed(draft: Draft, award: int, points: int) -> None:
    """Keep how much of a waiting award's lapsed points was taken back, so that its drop does not take it again."""
    known = draft.book.account.keeps.waiting_lapsed
    if known.get(award, 0) != points:
        others = {other: taken for other, taken in known.items() if other != award}
        draft.keep(waiting_lapsed=others | {award: points} if points else others)


def note_waiting(draft: Draft) -> None:
    """Write the awards that wait for their event after this entry into it."""
    draft.changes["waiting"] = waiting_figures(draft.book.account)
