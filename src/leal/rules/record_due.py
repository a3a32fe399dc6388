"""When time alone changes a record though nothing falls due (S12.3).

What counts for the next tier leaves its window, or an end comes near enough for a mapping, or a further field, to tell
so. What falls due is found by `settling.next_due`, a programme by its version.
"""

from __future__ import annotations

from leal.rules.expiration import lapsing, moment_at
from leal.rules.extensions import next_boundary
from leal.rules.ledger import Book
from leal.rules.mapped import EVERY_FIELD, mapping_of, windows
from leal.rules.membership import shown_membership
from leal.rules.programme.terms import Need, Terms, TierTerms
from leal.rules.record import End, ends_of
from leal.rules.tiers import counts_change_at, current_tier, tier_above, window_counts
from leal.values import NEVER


def record_due(book: Book, at: int) -> int:
    """The least instant after `at` at which the record could change without an event; a bound before it may do.

    It holds for the record with every further field, and for what the programme's mappings write of it. Nothing is lent
    for it, for it is reckoned whenever an account is stored.
    """
    terms = book.terms
    if terms is None or not _takes_part(book, terms):
        return NEVER
    account = book.account
    coming = ends_of(account, terms, moment_at(account, terms, at), lapsing(account)) if account.available else []
    above = tier_above(terms, current_tier(account, terms))
    return due_of_member(terms, at, above, coming, counts_change_at(book, terms, at))


def due_of_member(terms: Terms, at: int, above: TierTerms | None, coming: list[End], counts_until: int) -> int:
    """The same of somebody who takes part, whose next tier and coming ends are known, and until when the window's
    counts stay; of the ends the first is enough unless `terms.tells_many_ends`."""
    due = counts_until if _goes_by_window(above, terms) else NEVER
    if coming:
        for mapping in (mapping_of(terms, EVERY_FIELD), *terms.mappings.values()):
            due = min(due, next_boundary(coming, terms, at, mapping.reads, windows(mapping)))
    return due


def refresh(book: Book, at: int) -> None:
    """Bring what the record goes by up to an instant, so that `record_due` is exact. May raise DaysNeeded."""
    terms = book.terms
    if book.account.joined_at is None:  # whose anniversary is every day
        return
    if terms is None or not _takes_part(book, terms):
        return
    if _goes_by_window(tier_above(terms, current_tier(book.account, terms)), terms):
        window_counts(book, terms, at)


def _takes_part(book: Book, terms: Terms) -> bool:
    return not book.account.is_gone and shown_membership(book.account, terms) == "full"


def _goes_by_window(above: TierTerms | None, terms: Terms) -> bool:
    return above is not None and _counts(above.need, terms)


def _counts(need: Need, terms: Terms) -> bool:
    """Whether the requirement asks for anything that leaves a window: available points do not."""
    ladder = terms.programme.tiers
    by_points = need.points is not None and ladder is not None and ladder.basis == "qualifying"
    return by_points or need.spend_micros is not None or need.orders is not None or bool(need.events)
