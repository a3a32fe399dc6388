"""Membership: who takes part, since when (S11.4)."""

from __future__ import annotations

from leal.rules.expiration import next_moment
from leal.rules.ledger import Book, Cause
from leal.values import NEVER


def enrol(book: Book, at: int, cause: Cause = "member", occurred_at: int | None = None) -> None:
    """Make a known customer a full member where the programme enrols by itself; the first time sets the joining day."""
    account, terms = book.account, book.terms
    if terms is None or not terms.programme.enabled or terms.programme.enrolment != "automatic":
        return
    if account.membership == "full":
        return
    draft = book.draft("joined", cause, at, occurred_at=occurred_at)
    account.membership = "full"
    if account.joined_at is None:
        account.joined_at = at
    if account.everything_at == NEVER:
        account.everything_at = next_moment(terms, at)
    draft.changes.update(membership=account.membership, joined_at=account.joined_at)
    book.close(draft)
