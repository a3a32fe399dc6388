"""Paging: open lots of which nothing is asked soon, set down in pages beside the account's row, so that a change need
not carry them along.

Somebody with thousands of orders has thousands of open lots. A redemption draws the first of them, time lets the next
become available or end; of all others their sums are enough, but for an order that changes. So the row has the lots
that are drawn first, and tells of those in pages: what waits, and when the first of it is available; what is available,
by its ends, and where in the order of drawing the first of it stands. What is held lies in no page. Whoever needs more
raises LotsNeeded, is lent the lots, and decides again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from leal.rules.account import Account, DrawKey, Lot, LotsNeeded, Page, draw_order
from leal.rules.ledger import BrokenLaw
from leal.values import NEVER

LOTS_A_PAGE = 64
"""Lots in a page at most; in the row itself so many that wait, that are drawn first, and that come after pages."""


class Turned(NamedTuple):
    """What becomes of an account's pages as it is stored."""

    gone: list[int]
    """By their first lots, pages that are no more."""
    made: list[Page]


def wanted(account: Account, pages: Iterable[Page], need: LotsNeeded) -> list[int]:
    """By their first lots, the pages to be read next for what is needed, beside those that are due by then. All that
    are stored are told: those that were lent before do not count."""
    found, points = [], need.points
    for page in sorted((page for page in _not_lent(account, pages) if page.lots is None), key=_place):
        if page.may_have(need.lots, need.awards) or (points > 0 and page.drawn_from is not None):
            found.append(page.first_lot)
            points -= page.points
    return found


def lend(account: Account, pages: Iterable[Page]) -> None:
    """Have at hand the lots of those pages that were read; all that are stored are told. Raises BrokenLaw, with the
    lots at hand, where the pages are not what the account says."""
    others = _not_lent(account, pages)
    is_whole = _are_told(account, others)
    if account.other_pages is not None and all(page.lots is None for page in others):
        is_whole = False  # it would ask for the same without end
    ends = dict(account.paged_ends)
    for page in others:
        if page.lots is not None:
            is_whole = is_whole and page == laid(page.lots, is_drawn=page.drawn_from is not None)
            account.lots_at_hand += page.lots
            account.lent_pages += (page,)
            if page.drawn_from is not None:
                _add_ends(ends, page.lots, -1)
    account.other_pages = tuple(page for page in others if page.lots is None)
    account.paged_points, account.paged_due_at, _, account.paged_from = _sums(account.other_pages)
    account.paged_ends = {end: points for end, points in ends.items() if points}
    if not (is_whole and _are_told(account, account.other_pages)):
        account.paged_ends = {} if account.paged_from is None else account.paged_ends
        raise BrokenLaw(f"account {account.id}: its pages of lots are not what its row says")


def pages_disagree(account: Account, pages: Iterable[Page]) -> list[str]:
    """Where the pages of a stored account, all of them, are not what its row says; their lots are at hand then."""
    try:
        lend(account, pages)
    except BrokenLaw as broken:
        return [str(broken)]
    return []


def turn_pages(account: Account) -> Turned:
    """Let lots lie in pages again as the account is stored, or for the first time where they are more than a page.

    A page that was lent stays as it is where nothing happened to any of its lots. Of those that are available a page's
    worth stays that is drawn before any in a page.
    """
    turned = Turned([], [])
    if account.lent_pages:
        at_hand = {lot.id: lot for lot in account.lots_at_hand}
        for page in account.lent_pages:
            if _is_as_it_was(account, page, at_hand):
                _set_down(account, page, at_hand)
            else:
                turned.gone.append(page.first_lot)
        account.lots_at_hand, account.lent_pages = list(at_hand.values()), ()
    account.other_pages = None
    if len(account.lots_at_hand) > LOTS_A_PAGE:
        waiting = [lot for lot in account.lots_at_hand if _waits(account, lot)]
        later = _drawn_later(account)
        at_hand = {lot.id: lot for lot in account.lots_at_hand}
        for lots, is_drawn in ((waiting, False), (later, True)):
            if len(lots) > LOTS_A_PAGE:
                for start in range(0, len(lots), LOTS_A_PAGE):
                    page = laid(lots[start : start + LOTS_A_PAGE], is_drawn=is_drawn)
                    _set_down(account, page, at_hand)
                    turned.made.append(page)
        if turned.made:
            account.lots_at_hand = list(at_hand.values())
    return turned


def laid(lots: list[Lot], *, is_drawn: bool) -> Page:
    """A page of lots as it is to be stored; with `is_drawn` they are available, and in the order of drawing."""
    ids, awards = [lot.id for lot in lots], [lot.award for lot in lots]
    return Page(
        first_lot=lots[0].id,
        points=sum(lot.remaining for lot in lots),
        due_at=lots[0].expires_at if is_drawn else min(lot.available_at for lot in lots),
        drawn_from=draw_order(lots[0]) if is_drawn else None,
        lot_ids=(min(ids), max(ids)),
        awards=(min(awards), max(awards)),
        lots=lots,
    )


def _waits(account: Account, lot: Lot) -> bool:
    return lot.available_at > account.settled_at and not lot.held


def _is_drawn(account: Account, lot: Lot) -> bool:
    return lot.available_at <= account.settled_at and not lot.held


def _drawn_later(account: Account) -> list[Lot]:
    """The available lots at hand, in the order of drawing, but for the first page of those before any in a page."""
    drawn = [lot for lot in account.lots_at_hand if _is_drawn(account, lot)]
    if len(drawn) <= LOTS_A_PAGE * (2 if account.paged_from is None else 1):
        return []  # too few to be worth a page
    drawn.sort(key=draw_order)
    first = 0
    while first < LOTS_A_PAGE and (account.paged_from is None or draw_order(drawn[first]) < account.paged_from):
        first += 1
    return drawn[first:]


def _is_as_it_was(account: Account, page: Page, at_hand: dict[int, Lot]) -> bool:
    stays = _waits if page.drawn_from is None else _is_drawn
    return all(at_hand.get(lot.id) == lot and stays(account, lot) for lot in page.lots or ())


def _set_down(account: Account, page: Page, at_hand: dict[int, Lot]) -> None:
    """Let the lots of a page be at hand no more."""
    lots = page.lots or []
    for lot in lots:
        del at_hand[lot.id]
    if page.drawn_from is None:
        account.paged_points += page.points
        account.paged_due_at = min(account.paged_due_at, page.due_at)
        return
    account.paged_ends = dict(account.paged_ends)
    _add_ends(account.paged_ends, lots, 1)
    account.paged_from = min(account.paged_from or page.drawn_from, page.drawn_from)


def _add_ends(ends: dict[int, int], lots: list[Lot], times: int) -> None:
    for lot in lots:
        ends[lot.expires_at] = ends.get(lot.expires_at, 0) + times * lot.remaining


def _not_lent(account: Account, pages: Iterable[Page]) -> list[Page]:
    known = {page.first_lot for page in account.lent_pages}
    return [page for page in pages if page.first_lot not in known]


def _are_told(account: Account, pages: Sequence[Page]) -> bool:
    """Whether pages come to what the account's row says."""
    ends = account.paged_ends
    told = account.paged_points, account.paged_due_at, sum(ends.values()), account.paged_from
    first_end = None if account.paged_from is None else account.paged_from[0]
    return told == _sums(pages) and min(ends, default=None) == first_end and min(ends.values(), default=1) > 0


def _sums(pages: Sequence[Page]) -> tuple[int, int, int, DrawKey | None]:
    waiting = [page for page in pages if page.drawn_from is None]
    drawn = [page for page in pages if page.drawn_from is not None]
    return (
        sum(page.points for page in waiting),
        min((page.due_at for page in waiting), default=NEVER),
        sum(page.points for page in drawn),
        min((page.drawn_from for page in drawn if page.drawn_from is not None), default=None),
    )


def _place(page: Page) -> DrawKey:
    return page.drawn_from or (NEVER, NEVER, NEVER, page.first_lot)
