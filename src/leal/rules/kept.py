"""What is kept: the texts that are stored beside an account, so that whoever reads them need not make them again."""

from __future__ import annotations

from typing import Final, NamedTuple

from leal.rules.expiration import lapsing, next_of
from leal.rules.kept_balance import holds_until, keeps_balance, kept_balance
from leal.rules.kept_record import NO_PART, kept_record
from leal.rules.kept_whole import keeps_whole, kept_whole, whole_until
from leal.rules.ledger import Book, DaysNeeded
from leal.rules.outline import outline
from leal.rules.record import ends_of, first_end
from leal.rules.record_due import due_of_member
from leal.rules.tiers import counts_change_at, current_tier, tier_above


class Kept(NamedTuple):
    """The record and the balance of a member; None: it is to be made of the account."""

    record: str | None = None
    balance: str | None = None
    balance_until: int | None = None
    """The instant from which on the balance may be another though nothing happens, in microseconds."""
    record_until: int | None = None
    """The same of the record; None: ask `record_due`."""
    whole: str | None = None
    """What the whole programme tells beside the balance, as long as that holds."""


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
        if account.joined_at is None:
            return NOTHING
        above = tier_above(terms, current_tier(account, terms)) if terms.tiers_go_by_conditions else None
        if above is not None and above.need.condition is not None:
            return NOTHING
    try:
        shown = outline(book, now)
    except DaysNeeded:
        return NOTHING
    if terms is None or not shown.is_member:
        return Kept(NO_PART)
    points = lapsing(account)
    coming = (ends_of if terms.tells_many_ends else first_end)(account, terms, shown.everything_at, points)
    changes_at = counts_change_at(book, terms, now)
    record, due = kept_record(shown, terms, coming), due_of_member(terms, now, shown.above, coming, changes_at)
    if keeps_balance(shown):
        try:
            balance = kept_balance(book, shown, terms, next_of(points, terms), now)
            until = holds_until(book, shown, terms, now, changes_at)
            if not keeps_whole(shown, terms):
                return Kept(record, balance, until, due)
            whole = kept_whole(book, shown, terms, now)
            return Kept(record, balance, min(until, whole_until(account, terms, now)), due, whole)
        except DaysNeeded:  # for keeping the tier, or what follows it
            pass
    return Kept(record, record_until=due)
