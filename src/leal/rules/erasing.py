"""Erasing: a member becomes nobody; what is left lapses, debt is forgiven, the entries stay (S11.3)."""

from __future__ import annotations

from leal.rules.ledger import Book
from leal.rules.merging import forsake
from leal.rules.taking import note_write_off
from leal.values import NEVER

ERASED = "erased"
"""The last entry of an erased member."""


def erase(book: Book, now: int) -> None:
    """Let a member, settled to `now`, go: one entry, after which nothing is left and nothing falls due.

    1. Available, pending and held points lapse.
    2. Debt is forgiven: it becomes earned again.
    3. Membership, tier, limits and marks are forgotten. What was earned, redeemed and counted stays counted.
    """
    account = book.account
    draft = book.draft(ERASED, "member", now)
    left = account.available + account.pending + account.held
    for lot in list(account.lots):
        draft.move(lot, -lot.remaining, -lot.held)
    account.expired += left
    account.available = account.pending = account.held = 0
    if account.debt:
        note_write_off(draft, "forgiven", account.debt)
        account.earned += account.debt
        account.debt = 0
    forsake(account, "erased")
    account.window_from, account.window_until, account.window = None, 0, account.life  # it hung on the joining day
    draft.changes["enrolment"] = account.enrolment
    book.close(draft)
    account.next_due_at = NEVER
