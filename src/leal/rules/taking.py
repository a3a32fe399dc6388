"""Taking back: refunds, cancellations and staff reclaim points, from the award's own first, then as debt (S6.1).

The order: (1) the award's own lots, pending or available: first what is dropped unless its event comes, then by S5.1;
(2) its own lapsed points, whereby `expired` falls; (3) other available lots, then other pending ones, by S5.1;
(4) debt, as the programme allows; (5) the rest is written off: it stays earned and is remembered on the award. Held
points are not touched, and never more than `earned` is taken.
"""

from __future__ import annotations

from typing import NamedTuple

from leal.rules.account import DROPS, Lot, draw_order
from leal.rules.ledger import Draft
from leal.rules.lots import draw, draw_all, drawn_points
from leal.rules.worth import value_of


class Taken(NamedTuple):
    """What a take-back came to, in points."""

    from_lots: int
    from_lapsed: int
    as_debt: int
    written_off: int


def take_back(draft: Draft, award: int, points: int, lapsed_taken: int = 0) -> Taken:
    """Take points of an award (0: of none in particular) back through the entry; may raise LapsesNeeded.

    `lapsed_taken` is what earlier take-backs took of the award's lapsed points.
    """
    book, account = draft.book, draft.book.account
    rest = min(points, account.earned)
    own = sorted((lot for lot in account.lots_of(award) if lot.free) if award else (), key=_own_order)
    from_lots = drawn_points(draw(draft, own, rest))
    account.earned -= from_lots
    rest -= from_lots
    from_lapsed = 0
    if rest and award:
        from_lapsed = min(rest, max(0, book.lapsed(award) - lapsed_taken))
        account.expired -= from_lapsed
        account.earned -= from_lapsed
        rest -= from_lapsed
    others = drawn_points(draw_all(draft, rest))
    account.earned -= others
    rest -= others
    as_debt = min(rest, max(0, (draft.book.terms.debt_floor if draft.book.terms else 0) - account.debt))
    account.debt += as_debt
    account.earned -= as_debt
    written_off = points - from_lots - from_lapsed - others - as_debt
    if written_off:
        note_write_off(draft, "written_off", written_off)
    if written_off and award:
        account.shortfalls[award] = account.shortfalls.get(award, 0) + written_off
        note_shortfalls(draft)
    return Taken(from_lots + others, from_lapsed, as_debt, written_off)


def _own_order(lot: Lot) -> tuple[bool, tuple[int, int, int, int]]:
    """What may be dropped goes first: then no more waits than its award gives, and nothing once it gives nothing."""
    return not lot.flags & DROPS, draw_order(lot)


def cancel_shortfall(draft: Draft, award: int, points: int) -> int:
    """Let an increase of an award first cancel what was written off on it; gives the points left (S4.3)."""
    account = draft.book.account
    cancelled = min(points, account.shortfalls.get(award, 0))
    if cancelled:
        account.shortfalls[award] -= cancelled
        if not account.shortfalls[award]:
            del account.shortfalls[award]
        note_shortfalls(draft)
    return points - cancelled


def note_write_off(draft: Draft, what: str, points: int) -> None:
    """Note points that stay, or become again, earned though they were owed back, with their money value (S2.3)."""
    draft.changes[what] = points
    if draft.book.terms is not None:
        draft.changes[f"{what}_value"] = value_of(draft.book.terms, points)


def note_shortfalls(draft: Draft) -> None:
    """Write the account's shortfalls after this entry into it."""
    draft.changes["shortfalls"] = [figure for pair in sorted(draft.book.account.shortfalls.items()) for figure in pair]
