"""Appointing: staff set a member's tier by hand, with an end and perhaps a lock, or let it go again (S8.7)."""

from __future__ import annotations

from leal.errors import Reason, Refused
from leal.rules.climbing import upgrade
from leal.rules.ledger import Book, Note
from leal.rules.settling import settle
from leal.rules.tier_ends import clear, note_set
from leal.values import NEVER


def appoint(book: Book, tier: str | None, until_at: int | None, note: Note | None, now: int, *, locked: bool) -> None:
    """Set the member's tier, settled to `now`; None is the place below the ladder, or its initial tier.

    It holds until its end in microseconds, None being for good: with a lock whatever happens, else as the least that
    the member has. Points for entering it are not paid. Raises Refused with every reason against.
    """
    if reasons := _reasons_against(book, tier, until_at, now, locked=locked):
        raise Refused(reasons)
    account, terms = book.account, book.terms
    draft = book.draft("tier_set", "staff", now)
    draft.note = note
    is_lowest = terms is not None and terms.initial_tier and tier == terms.tiers[0].slug
    account.set_tier = "" if tier is None or is_lowest else tier
    account.set_since, account.set_until, account.set_locked = now, NEVER if until_at is None else until_at, locked
    note_set(draft)
    entry = book.close(draft)
    upgrade(book, now, "staff", entry.number)  # a lock that it replaces may have kept the member down
    settle(book, now)


def release(book: Book, note: Note | None, now: int) -> None:
    """Let the tier that staff set go before its end: the member has what the rules give. Raises Refused."""
    account = book.account
    if account.set_tier is None:
        raise Refused([Reason("no_tier_set")])
    draft = book.draft("tier_released", "staff", now)
    draft.note = note
    clear(draft)
    entry = book.close(draft)
    upgrade(book, now, "staff", entry.number)
    settle(book, now)


def _reasons_against(book: Book, tier: str | None, until_at: int | None, now: int, *, locked: bool) -> list[Reason]:
    terms = book.terms
    if terms is None or not terms.tiers:
        return [Reason("no_tiers")]
    reasons = []
    if book.account.membership != "full":
        reasons.append(Reason("not_a_member"))
    slugs = [step.slug for step in terms.tiers]
    if tier is not None and tier not in slugs:
        reasons.append(Reason("unknown_tier", {"tiers": ", ".join(slugs)}))
    lowest = terms.tiers[0].slug if terms.initial_tier else None
    if not locked and tier in (None, lowest):
        reasons.append(Reason("lock_needed"))
    if until_at is not None and until_at <= now:
        reasons.append(Reason("end_has_passed"))
    return reasons
