"""Lots in pages: what is laid into them, what of them stays, and what is lent."""

from __future__ import annotations

import pytest

from leal.rules import paging
from leal.rules.account import Account, Lot, LotsNeeded, broken_laws
from leal.rules.ledger import BrokenLaw
from leal.rules.paging import StoredPage, lend, stored, turn_pages
from leal.values import NEVER

NOW = 1000


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "LOTS_A_PAGE", 2)


def lot(number: int, available_at: int, held: int = 0) -> Lot:
    return Lot(number, number, 10, 10, held, 0, available_at, NEVER)


def account_of(*lots: Lot) -> Account:
    waiting = sum(one.free for one in lots if one.available_at > NOW)
    account = Account(1, 0, settled_at=NOW, lots_at_hand=list(lots), earned=10 * len(lots), pending=waiting)
    account.available = sum(one.free for one in lots) - waiting
    return account


def paged() -> tuple[Account, list[StoredPage]]:
    """Somebody with five lots that wait, two pages and half a one, and one lot that is available."""
    account = account_of(lot(1, 0), *(lot(number, NOW + number) for number in range(2, 7)))
    return account, [stored(page) for page in turn_pages(account).made]


def test_a_page_of_lots_that_wait_lies_in_the_row() -> None:
    account = account_of(lot(1, 0), lot(2, NOW), lot(3, NOW + 1), lot(4, NOW + 1))
    assert turn_pages(account) == ([], [])
    assert [one.id for one in account.lots] == [1, 2, 3, 4]


def test_what_waits_beyond_a_page_lies_in_pages() -> None:
    account, pages = paged()
    assert [(one.first_lot, one.points, one.due_at) for one in pages] == [
        (2, 20, NOW + 2), (4, 20, NOW + 4), (6, 10, NOW + 6),
    ]  # fmt: skip
    assert [one.id for one in account.lots_at_hand] == [1]
    assert (account.paged_points, account.paged_due_at) == (50, NOW + 2)
    assert broken_laws(account) == []
    assert account.lots_until(NOW + 1) == account.lots_at_hand
    for wanted in (lambda: account.lots, lambda: account.lots_until(NOW + 2), lambda: account.lot(3)):
        with pytest.raises(LotsNeeded):
            wanted()
    assert account.lot(1) == lot(1, 0)


def test_what_is_held_lies_in_none() -> None:
    account = account_of(*(lot(number, NOW + 1, held=3) for number in range(1, 9)))
    assert turn_pages(account) == ([], [])


def test_points_in_pages_wait_by_law() -> None:
    account, _ = paged()
    account.settled_at = NOW + 2
    assert broken_laws(account) == ["lots in pages are not available yet"]
    account.pending += 1
    account.earned += 1
    assert broken_laws(account)[0].startswith("the remaining points of open lots")


def test_lots_of_the_pages_that_are_due_are_lent() -> None:
    account, pages = paged()
    lend(account, [pages[0], *(one._replace(lots=None) for one in pages[1:])])
    assert [one.id for one in account.lots_until(NOW + 3)] == [1, 2, 3]
    assert (account.paged_points, account.paged_due_at) == (30, NOW + 4)
    lend(account, pages)
    assert sorted(one.id for one in account.lots) == [1, 2, 3, 4, 5, 6]
    assert (account.paged_points, account.paged_due_at, broken_laws(account)) == (0, NEVER, [])


def test_a_page_of_which_nothing_changed_stays() -> None:
    account, pages = paged()
    lend(account, pages)
    account = account.copy()
    account.lots[3].expires_at = NOW + 99
    turned = turn_pages(account)
    assert (turned.gone, turned.made) == ([4], [])
    assert [one.id for one in account.lots_at_hand] == [1, 4, 5]
    assert (account.paged_points, account.paged_due_at, account.lent_pages) == (30, NOW + 2, ())


@pytest.mark.parametrize("spoilt", ["points", "due_at", "missing", "lot"])
def test_pages_that_are_not_what_the_row_says_are_refused(spoilt: str) -> None:
    account, pages = paged()
    if spoilt == "missing":
        del pages[1]
    elif spoilt == "lot":
        assert pages[1].lots is not None
        pages[1] = pages[1]._replace(lots=pages[1].lots[:1])
    elif spoilt == "points":
        pages[0] = pages[0]._replace(points=21)
    else:
        pages[0] = pages[0]._replace(due_at=NOW + 3)
    with pytest.raises(BrokenLaw, match="not what its row says"):
        lend(account, pages)
    assert account.paged_points == 0
