"""Membership: who takes part, since when, and by whose word (S11.4)."""

from __future__ import annotations

from typing import Final

from leal.rules.account import Account, Membership
from leal.rules.climbing import upgrade
from leal.rules.expiration import move_forward, next_moment
from leal.rules.ledger import Book, Cause
from leal.rules.programme.terms import Terms
from leal.rules.sources import on_joining

_ENTRIES: Final[dict[Membership, str]] = {"none": "left", "guest": "became_guest", "full": "joined"}
"""What an entry is called that leads to a membership."""


def enrol(book: Book, at: int, cause: Cause = "member", occurred_at: int | None = None) -> None:
    """Make a known customer a full member where the programme enrols by itself and nobody decided otherwise."""
    account, terms = book.account, book.terms
    if terms is None or not terms.programme.enabled or terms.programme.enrolment != "automatic":
        return
    if account.membership == "full" or account.enrolment != "open":
        return
    _become(book, "full", at, cause, occurred_at)


def decide_membership(book: Book, wanted: Membership, at: int) -> None:
    """The shop or the customer says what the membership is: from here on the programme enrols nobody by itself.

    The first full membership sets the joining day. What is said again changes nothing (S11.4).
    """
    account = book.account
    if account.membership == wanted and (wanted == "full" or account.enrolment == "decided"):
        return
    account.enrolment = "decided"
    _become(book, wanted, at, "member", None)
    upgrade(book, at, "member")


def _become(book: Book, wanted: Membership, at: int, cause: Cause, occurred_at: int | None) -> None:
    account, terms = book.account, book.terms
    draft = book.draft(_ENTRIES[wanted], cause, at, occurred_at=occurred_at)
    account.membership, is_first = wanted, wanted == "full" and account.joined_at is None
    if wanted == "full" and account.joined_at is None:
        account.joined_at = at
        if terms is not None:  # coming back starts no clock
            move_forward(account, next_moment(terms, at))
    draft.changes.update(membership=account.membership, joined_at=account.joined_at)
    if account.enrolment != "open":
        draft.changes["enrolment"] = account.enrolment
    book.close(draft)
    if is_first:
        on_joining(book, at, cause)


def shown_membership(account: Account, terms: Terms | None) -> Membership:
    """What a member is told: `none` where no programme runs; `guest` for whoever could still opt in (S11.4)."""
    if terms is None or not terms.programme.enabled:
        return "none"
    if account.membership == "none" and account.enrolment == "open":
        return "full" if terms.programme.enrolment == "automatic" else "guest"
    return account.membership
