"""Paging: open lots that wait, set down in pages beside the account's row, so that a change need not carry them along.

Somebody with thousands of orders has thousands of lots that wait. What waits, and is not held, has no part in what is
decided until it is available, but for orders that change: the row keeps its sum, and when the first of it falls due.
Whoever needs it raises LotsNeeded, is lent the lots, and decides again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from leal.rules.account import Account, Lot, Page
from leal.rules.ledger import BrokenLaw
from leal.values import NEVER

LOTS_A_PAGE = 128
"""Lots in a page at most, and lots that wait in the row itself."""


class StoredPage(NamedTuple):
    """A page as it is stored."""

    first_lot: int
    points: int
    due_at: int
    lots: list[Lot] | None
    """None: they were not asked for."""


class Turned(NamedTuple):
    """What becomes of an account's pages as it is stored."""

    gone: list[int]
    """By their first lots, pages that are no more."""
    made: list[Page]


def lend(account: Account, pages: Iterable[StoredPage]) -> None:
    """Have at hand the lots of those pages that were read; all that are stored are told. Raises BrokenLaw, with the
    lots at hand, where the pages are not what the account says."""
    known = {page.first_lot for page in account.lent_pages}
    others = [page for page in pages if page.first_lot not in known]
    is_whole = _sums(others) == (account.paged_points, account.paged_due_at)
    for page in others:
        if page.lots is not None:
            is_whole = is_whole and _sums([stored(Page(page.first_lot, page.lots))]) == (page.points, page.due_at)
            account.lots_at_hand += page.lots
            account.lent_pages += (Page(page.first_lot, page.lots),)
    account.paged_points, account.paged_due_at = _sums([page for page in others if page.lots is None])
    if not is_whole:
        raise BrokenLaw(f"account {account.id}: its pages of lots are not what its row says")


def pages_disagree(account: Account, pages: Iterable[StoredPage]) -> list[str]:
    """Where the pages of a stored account, all of them, are not what its row says; their lots are at hand then."""
    try:
        lend(account, pages)
    except BrokenLaw as broken:
        return [str(broken)]
    return []


def turn_pages(account: Account) -> Turned:
    """Let what waits lie in pages again as the account is stored, or for the first time where it is more than a page.

    A page that was lent stays as it is where nothing happened to any of its lots.
    """
    turned = Turned([], [])
    if account.lent_pages:
        at_hand = {lot.id: lot for lot in account.lots_at_hand}
        for page in account.lent_pages:
            if all(at_hand.get(lot.id) == lot and _waits(account, lot) for lot in page.lots):
                _set_down(account, page, at_hand)
            else:
                turned.gone.append(page.first_lot)
        account.lots_at_hand, account.lent_pages = list(at_hand.values()), ()
    if len(account.lots_at_hand) > LOTS_A_PAGE:
        waiting = [lot for lot in account.lots_at_hand if _waits(account, lot)]
        if len(waiting) > LOTS_A_PAGE:
            at_hand = {lot.id: lot for lot in account.lots_at_hand}
            for start in range(0, len(waiting), LOTS_A_PAGE):
                page = Page(waiting[start].id, waiting[start : start + LOTS_A_PAGE])
                _set_down(account, page, at_hand)
                turned.made.append(page)
            account.lots_at_hand = list(at_hand.values())
    return turned


def stored(page: Page) -> StoredPage:
    """A page as it is to be stored."""
    points, due_at = sum(lot.remaining for lot in page.lots), min(lot.available_at for lot in page.lots)
    return StoredPage(page.first_lot, points, due_at, page.lots)


def _waits(account: Account, lot: Lot) -> bool:
    return lot.available_at > account.settled_at and not lot.held


def _set_down(account: Account, page: Page, at_hand: dict[int, Lot]) -> None:
    """Let the lots of a page be at hand no more."""
    for lot in page.lots:
        del at_hand[lot.id]
    _, points, due_at, _ = stored(page)
    account.paged_points += points
    account.paged_due_at = min(account.paged_due_at, due_at)


def _sums(pages: list[StoredPage]) -> tuple[int, int]:
    return sum(page.points for page in pages), min((page.due_at for page in pages), default=NEVER)
