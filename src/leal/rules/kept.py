"""What is kept: the texts that are stored beside an account, so that whoever reads them need not make them again."""

from __future__ import annotations

from typing import Final, NamedTuple

from leal.rules.kept_balance import holds_until, keeps_balance, kept_balance
from leal.rules.kept_record import NO_PART, kept_record
from leal.rules.ledger import Book, DaysNeeded
from leal.rules.outline import outline
from leal.rules.record import ends
from leal.rules.record_due import due_of_member
from leal.rules.tiers import current_tier, tier_above


class Kept(NamedTuple):
    """The record and the balance of a member; None: it is to be made of the account."""

    record: str | None = None
    balance: str | None = None
    balance_until: int | None = None
    """The instant from which on the balance may be another though nothing happens, in microseconds."""
    record_until: int | None = None
    """The same of the record; None: ask `record_due`."""


NOTHING: Final = Kept()


def kept(book: Book, now: int) -> Kept:
    """What is kept of a settled member, of whom it is known when something next falls due.

    Nothing is where the next tier goes by a condition, which may read what the shop says of the customer, or the
    account alone does not tell it. The window's sum is brought up to `now` with it, as by `record_due.refresh`.
    """
    account, terms = book.account, book.terms
    if account.is_gone:
        return NOTHING
    if terms is not None and account.membership == "full":
        above = tier_above(terms, current_tier(account, terms))
        if account.joined_at is None or (above is not None and above.need.condition is not None):
            return NOTHING
    try:
        shown = outline(book, now)
    except DaysNeeded:
        return NOTHING
    if terms is None or not shown.is_member:
        return Kept(NO_PART)
    coming = ends(shown, terms)
    made = Kept(kept_record(shown, terms, coming), record_until=due_of_member(book, terms, now, shown.above, coming))
    if not keeps_balance(shown):
        return made
    try:
        balance, until = kept_balance(book, shown, terms, now), holds_until(book, shown, terms, now)
    except DaysNeeded:  # for keeping the tier, or what follows it
        return made
    return made._replace(balance=balance, balance_until=until)
