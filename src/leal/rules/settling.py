"""Settling: bringing an account to an instant, everything due applied in order of its due instant (S3).

At one instant, each step on the state the former leaves (S3.2):

1. holds run out;
2. pending points mature or are dropped; days of the year pay, and milestones of time since joining;
3. tier upgrade and all other milestones, until nothing moves;
4. tier deadline, then the end of a tier that staff set;
5. lots and codes lapse;
6. a programme version takes effect, then step 3 once more.

Each instant is judged by the version in force just before it, and entries are stamped with the due instant (S3.3),
which is never before what the account was settled to already.
"""

from __future__ import annotations

from leal.rules import milestones, subscriptions
from leal.rules.account import DROPS, LOTS_AN_ENTRY, Account, Lot
from leal.rules.anniversaries import next_day, pay_days
from leal.rules.climbing import judge_deadline, keep_day_of_tier, leave_ladder, lower, upgrade
from leal.rules.codes import lapse_codes
from leal.rules.expiration import lapses_at, pass_moment, switch_policy
from leal.rules.ledger import Book
from leal.rules.lots import available_lots, leave
from leal.rules.membership import enrol
from leal.rules.programme.terms import Terms, Versions
from leal.rules.redating import redate
from leal.rules.releasing import run_out
from leal.rules.tier_ends import end_set_tier
from leal.rules.waiting import drop_due
from leal.values import NEVER


def next_due(account: Account, terms: Terms | None) -> int:
    """The least instant at which something falls due, programme versions apart; NEVER when nothing will (S3.4)."""
    return min(_due_beside_lots(account, terms), _lots_due(account))


def _due_beside_lots(account: Account, terms: Terms | None) -> int:
    at = account.settled_at
    due = min(account.tier_deadline_at, account.set_until, next_day(account, terms, at))
    due = min(due, milestones.next_tenure(account, terms, at))
    if account.codes:
        due = min(due, *account.codes.values())
    for hold in account.keeps.holds:
        due = min(due, hold.ends_at)
    if account.available:
        due = min(due, account.everything_at)
    for drops_at, _, _ in account.waiting.values():
        due = min(due, drops_at)
    return due


def _lots_due(account: Account) -> int:
    due = account.pages_due_at
    for lot in account.lots_at_hand:
        at = lot.available_at if lot.available_at > account.settled_at else lapses_at(lot)
        if at < due:
            due = at
    return due


def is_due(account: Account, versions: Versions, now: int) -> bool:
    """Whether anything happened to the account by now that is not stored (S3.4)."""
    if account.next_due_at <= now:
        return True
    coming = versions.after(account.settled_version)
    return coming is not None and coming.effective_at <= now


def settle_opened(book: Book, now: int) -> None:
    """What `settle` does, for a book whose account is as it is stored: then it is known when something is due."""
    account = book.account
    if is_due(account, book.versions, now):
        settle(book, now)
        return
    account.settled_at = max(now, account.settled_at)
    pass_moment(account, book.terms, account.settled_at)
    book.lots_due = account.next_due_at


def settle(book: Book, now: int) -> None:
    """Apply everything that falls due up to now; `now` must not be before the account's last settled instant."""
    account = book.account
    while True:
        coming = book.versions.after(account.settled_version)
        if book.lots_due <= now or len(account.lots_at_hand) <= LOTS_AN_ENTRY:
            book.lots_due = _lots_due(account)
        own = min(_due_beside_lots(account, book.terms), book.lots_due)
        due = min(own, coming.effective_at if coming is not None else NEVER)
        if due > now:
            break
        at = max(due, account.settled_at)
        _apply_instant(book, at, coming is not None and coming.effective_at <= at)
    account.settled_at = max(now, account.settled_at)
    pass_moment(account, book.terms, account.settled_at)
    account.next_due_at = own  # nothing fell due between the last instant and now; it may be a bound before the next


def _apply_instant(book: Book, at: int, version_takes_effect: bool) -> None:
    account = book.account
    if not account.available:
        pass_moment(account, book.terms, at - 1)
    before, account.settled_at = account.settled_at, at
    book.spendable = None
    matured = [lot for lot in account.lots_until(at) if before < lot.available_at <= at]
    waited = sum(lot.free for lot in matured)  # none of them is pending any more, whichever entry tells it
    account.pending -= waited
    account.available += waited
    lifts = bool(account.keeps.holds) and run_out(book, at)
    dropped = [lot for lot in matured if lot.flags & DROPS]
    drops = bool(dropped) or any(drops_at <= at for drops_at, _, _ in account.waiting.values())
    if moved := bool(matured) or drops:
        _mature(book, at, [lot for lot in matured if not lot.flags & DROPS], more_go=drops)
        drop_due(book, at, dropped)
    paid = pay_days(book, before, at)
    reached = milestones.reach_due(book, before, at)
    if lifts or paid or moved or reached:
        upgrade(book, at, "time")
    milestones.follow(book, at)  # also by what just happened: what came to a lot that has ended lapses after it
    if account.tier_deadline_at <= at:
        judge_deadline(book, at)
    if account.set_until <= at:
        end_set_tier(book, at)
    if account.everything_at <= at:
        _lapse(book, at, available_lots(account, account.available), everything=True)
    _lapse(book, at, [lot for lot in account.lots_until(at) if lapses_at(lot) <= at])
    lapse_codes(book, at)
    if version_takes_effect:
        _take_effect(book, at)


def _take_effect(book: Book, at: int) -> None:
    """The next programme version holds from here on; who is gone has nothing that it could change (S11.2, S11.3)."""
    account, former = book.account, book.terms
    account.settled_version += 1
    if account.is_gone:
        return
    account.window_from, account.window_until, account.window = None, 0, account.life  # it may look at other days
    if book.terms is not None:
        switch_policy(account, former, book.terms, at)
        redate(book, at)
        keep_day_of_tier(book, former, book.terms, at)
    leave_ladder(book, at)
    enrol(book, at, "programme")
    subscriptions.follow(book, at, "programme")
    upgrade(book, at, "programme")
    lower(book, at)
    milestones.follow(book, at)


def _mature(book: Book, at: int, lots: list[Lot], *, more_go: bool) -> None:
    """Pending points become available (S4.6); with `more_go` drops follow, which may take them."""
    if not lots:
        return
    draft = book.draft("points_matured", "time", at)
    for lot in lots:
        draft.moves += (lot.id, lot.award, 0, 0)
    book.close(draft, more_go=more_go)


def _lapse(book: Book, at: int, lots: list[Lot], *, everything: bool = False) -> None:
    """Free points of lots past their end expire; held ones stay until their hold ends (S5.6, S7)."""
    account = book.account
    if everything:
        pass_moment(account, book.terms, at)
    if not lots:
        return
    draft = book.draft("points_expired", "time", at)
    if everything:
        account.everything_lapsed_at = draft.changes["everything_lapsed_at"] = at
    for lot in sorted(lots, key=lambda lot: lot.id):
        points = lot.free
        leave(draft, lot, points)
        book.account.expired += points
        book.note_lapse(lot.award, points)
    book.close(draft)
