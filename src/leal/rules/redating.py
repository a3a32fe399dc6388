"""Redating: what a version that takes effect does to the own ends of lots that were there before it (S7.4).

1. Where it switches rolling expiration on, a lot without an end that is available gets one, counted from the switch.
2. Where it shortens lives, a lot ends when a new lot of its dates and of the member's tier would, at the earliest after
   the notice, and never later than it did before.

One that is dropped unless its event comes has no end until then, also once it was dropped.

Lots that are empty at the time are meant too: returned points, or an order's next ones, may open them again. And dates
may be set anew, when an order is completed. So the account remembers each such version.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from leal.rules.account import DROPS, Account
from leal.rules.expiration import lot_end, lot_span, notice_end
from leal.rules.keeps import Redating
from leal.rules.ledger import Book, Draft
from leal.rules.programme.terms import Terms, Versions
from leal.rules.tiers import current_tier
from leal.values import NEVER


class Dated(Protocol):
    """Whatever has the dates of a lot, in microseconds."""

    @property
    def earned_at(self) -> int: ...
    @property
    def available_at(self) -> int: ...
    @property
    def expires_at(self) -> int: ...
    @property
    def flags(self) -> int: ...


def own_end(book: Book, lot_id: int, dated: Dated) -> int:
    """The own end that a lot of these dates has today, after every version that changed the ends of such lots."""
    end = dated.expires_at
    for redating in book.account.keeps.redatings:
        if _was_there(redating, lot_id):
            end = _end_after(book.versions, redating, dated, end, waits=lot_id in redating.waiting)
    return end


def waits_through(account: Account, lot_id: int | None, available_at: int, now: int) -> bool:
    """Whether a lot that waited until now, and is available since that instant, must be noted to have waited through a
    version that took effect between them."""
    return lot_id is not None and any(_waited(one, lot_id, available_at, now) for one in account.keeps.redatings)


def note_waiting_through(draft: Draft, lot_id: int | None, available_at: int) -> None:
    """Note it; else the lot would seem to have been available as the version took effect."""
    account, at = draft.book.account, draft.at
    if lot_id is not None and waits_through(account, lot_id, available_at, at):
        noted = (
            msgspec.structs.replace(one, waiting=(*one.waiting, lot_id))
            if _waited(one, lot_id, available_at, at)
            else one
            for one in account.keeps.redatings
        )
        draft.keep(redatings=tuple(noted))


def _waited(one: Redating, lot_id: int, available_at: int, now: int) -> bool:
    return available_at <= one.at <= now and _was_there(one, lot_id) and lot_id not in one.waiting


def _was_there(one: Redating, lot_id: int) -> bool:
    """Whether the lot was there as the version took effect, open or empty."""
    return one.after_lot < lot_id <= one.up_to_lot


def switched_on_while_away(book: Book, lot_id: int, dropped_at: int) -> int:
    """When the first version took effect that switched rolling expiration on since a lot was dropped while it waited,
    which comes back now: the lot was there, empty, and waited no longer. 0: none has (S4.6)."""
    found = (
        one.at
        for one in book.account.keeps.redatings
        if dropped_at <= one.at and _was_there(one, lot_id) and _is_switched_on(book.versions, one.version)
    )
    return next(found, 0)


def end_of_returned(book: Book, lot_id: int, away_at: int, dated: Dated) -> int:
    """The own end of a lot with these dates that was away as rolling expiration was switched on at that instant, if any
    was."""
    if dated.expires_at == NEVER:
        for one in book.account.keeps.redatings:
            if one.at == away_at and _was_there(one, lot_id) and _is_switched_on(book.versions, one.version):
                terms = book.versions.numbered(one.version).terms
                return lot_end(terms, None, one.tier, max(dated.earned_at, one.at), max(dated.available_at, one.at))
    return dated.expires_at


def redate(book: Book, at: int) -> None:
    """The account's present version has taken effect: the lots there are get the ends that it gives them."""
    account, versions = book.account, book.versions
    terms = versions.numbered(account.settled_version).terms
    tier = current_tier(account, terms)
    redating = Redating(0, account.lot_number, at, account.settled_version, None if tier is None else tier.slug)
    if not account.lot_number or not _changes_ends(versions, redating, account.keeps.redatings):
        return
    draft = book.draft("points_redated", "programme", at)
    draft.keep(redatings=(*account.keeps.redatings, redating))
    for lot in account.lots:
        end = _end_after(versions, redating, lot, lot.expires_at)
        if end != lot.expires_at:
            lot.expires_at = end
            draft.date_lot(lot)
            draft.moves += (lot.id, lot.award, 0, 0)
    book.close(draft)


def _end_after(versions: Versions, redating: Redating, dated: Dated, end: int, *, waits: bool = False) -> int:
    """The own end of a lot after a version of rule 1 or 2, or both."""
    if dated.flags & DROPS:  # its event has not come
        return end
    terms, at = versions.numbered(redating.version).terms, redating.at
    if _is_switched_on(versions, redating.version) and end == NEVER and dated.available_at <= at and not waits:
        end = lot_end(terms, None, redating.tier, at, at)
    if terms.notice is not None:
        as_new = lot_end(terms, None, redating.tier, dated.earned_at, dated.available_at)
        end = min(end, max(as_new, notice_end(terms, at)))
    return end


def _changes_ends(versions: Versions, redating: Redating, before: tuple[Redating, ...]) -> bool:
    """Whether the version may change an end of the lots there are; said again of the same lots it does not."""
    terms = versions.numbered(redating.version).terms
    if _is_switched_on(versions, redating.version):
        return True
    if terms.notice is None or lot_span(terms, redating.tier) is None:
        return False
    last = before[-1] if before else None
    if last is None or last.up_to_lot < redating.up_to_lot:
        return True
    former = versions.numbered(last.version).terms
    return (
        former.notice is None
        or _life(former, last.tier) != _life(terms, redating.tier)
        or notice_end(former, last.at) > notice_end(terms, redating.at)
    )


def _is_switched_on(versions: Versions, number: int) -> bool:
    """Whether a version switches rolling expiration on."""
    if number == versions.all[0].number:
        return False
    former: Terms = versions.numbered(number - 1).terms
    return former.rolling_span is None and versions.numbered(number).terms.rolling_span is not None


def _life(terms: Terms, tier: str | None) -> tuple[object, ...]:
    """What the end of a new lot hangs on, beside its dates."""
    return lot_span(terms, tier), terms.rolling and (terms.rolling.since, terms.rolling.round_up), terms.zone
