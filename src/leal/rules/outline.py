"""The outline: what the datasource's record is made of, of one member at one instant, and nothing beyond that."""

from __future__ import annotations

from typing import NamedTuple

from leal.rules.account import Account
from leal.rules.expiration import moment_at
from leal.rules.judging import have
from leal.rules.ledger import Book
from leal.rules.membership import shown_membership
from leal.rules.programme.terms import Need, Terms, TierTerms
from leal.rules.tier_ends import end_at, keep_have
from leal.rules.tiers import Have, current_tier, lacking, tier_above, way_to, window_counts
from leal.values import NEVER


class Outline(NamedTuple):
    """A member as records see one; of somebody who takes no part only the first three say anything."""

    account: Account
    terms: Terms | None
    """None: no programme runs."""
    is_member: bool = False
    """Whether the member takes part in full: a snapshot has the record."""
    tier: TierTerms | None = None
    tier_ends_at: int = NEVER
    keep_lacks: Need | None = None
    """What lacks for keeping the tier, where it ends and that was asked for."""
    above: TierTerms | None = None
    """The next tier."""
    lacks: Need | None = None
    """What lacks of it."""
    progress: int = 0
    """How far it is, in permyriad (S8.5)."""
    had: Have | None = None
    """What counts inside the tiers' window."""
    everything_at: int = NEVER
    """When all available points lapse (S7.3)."""


def outline(book: Book, now: int, *, keep: bool = False) -> Outline:
    """The outline of the member of a settled book at `now`; `keep`: with what lacks for keeping the tier.

    May raise DaysNeeded or CustomerNeeded.
    """
    account, terms = book.account, book.terms
    if terms is None or not terms.programme.enabled:
        return Outline(account, None)
    if shown_membership(account, terms) != "full":
        return Outline(account, terms)
    tier = current_tier(account, terms)
    above = tier_above(terms, tier)
    ends_at = NEVER if tier is None else end_at(account, terms)
    had = have(book, window_counts(book, terms, now))
    lacks, progress = (None, 0) if above is None else way_to(above.need, had)
    return Outline(
        account,
        terms,
        is_member=True,
        tier=tier,
        tier_ends_at=ends_at,
        keep_lacks=(
            lacking(tier.keep, keep_have(book, terms)) if keep and tier is not None and ends_at != NEVER else None
        ),
        above=above,
        lacks=lacks,
        progress=progress,
        had=had,
        everything_at=moment_at(account, terms, now),
    )
