"""Lots in pages: what is laid into them, what of them stays, and what is lent."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from leal.rules import paging
from leal.rules.account import Account, Lot, LotsNeeded, Page, broken_laws
from leal.rules.expiration import lapsing
from leal.rules.ledger import BrokenLaw
from leal.rules.lots import available_lots
from leal.rules.paging import lend, turn_pages, wanted
from leal.rules.settling import next_due
from leal.values import NEVER

NOW = 1000


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "LOTS_A_PAGE", 2)


def lot(number: int, available_at: int, held: int = 0, ends_at: int = NEVER) -> Lot:
    return Lot(number, number, 10, 10, held, 0, available_at, ends_at)


def account_of(*lots: Lot) -> Account:
    waiting = sum(one.free for one in lots if one.available_at > NOW)
    account = Account(1, 0, settled_at=NOW, lots_at_hand=list(lots), earned=10 * len(lots), pending=waiting)
    account.available = sum(one.free for one in lots) - waiting
    return account


def paged() -> tuple[Account, list[Page]]:
    """Somebody with five lots that wait, two pages and half a one, and one lot that is available."""
    account = account_of(lot(1, 0), *(lot(number, NOW + number) for number in range(2, 7)))
    return account, turn_pages(account).made


def unread(pages: list[Page]) -> list[Page]:
    return [replace(page, lots=None) for page in pages]


def drawn() -> tuple[Account, list[Page]]:
    """Somebody with seven lots that are available: two in the row, two pages and half a one."""
    account = account_of(*(lot(8 - number, number, ends_at=NOW + 10 * number) for number in range(1, 8)))
    return account, turn_pages(account).made


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
    for asked in (lambda: account.lots, lambda: account.lots_until(NOW + 2), lambda: account.lot(3)):
        with pytest.raises(LotsNeeded):
            asked()
    assert account.lot(1) == lot(1, 0)


def test_what_is_held_lies_in_none() -> None:
    account = account_of(*(lot(number, NOW + 1, held=3) for number in range(1, 9)))
    assert turn_pages(account) == ([], [])


def test_points_in_pages_wait_by_law() -> None:
    account, _ = paged()
    account.settled_at = NOW + 2
    assert broken_laws(account) == ["no lot in pages is due"]
    account.pending += 1
    account.earned += 1
    assert broken_laws(account)[0].startswith("the remaining points of open lots")


def test_lots_of_the_pages_that_are_due_are_lent() -> None:
    account, pages = paged()
    lend(account, [pages[0], *unread(pages[1:])])
    assert [one.id for one in account.lots_until(NOW + 3)] == [1, 2, 3]
    assert (account.paged_points, account.paged_due_at) == (30, NOW + 4)
    lend(account, pages)
    assert sorted(one.id for one in account.lots) == [1, 2, 3, 4, 5, 6]
    assert (account.paged_points, account.paged_due_at, broken_laws(account)) == (0, NEVER, [])


def test_a_page_of_which_nothing_changed_stays() -> None:
    account, pages = paged()
    lend(account, pages)
    account = account.copy()
    assert account.lots[3].id == 4
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
        pages[1] = replace(pages[1], lots=pages[1].lots[:1])
    elif spoilt == "points":
        pages[0] = replace(pages[0], points=21)
    else:
        pages[0] = replace(pages[0], due_at=NOW + 3)
    with pytest.raises(BrokenLaw, match="not what its row says"):
        lend(account, pages)
    assert account.paged_points == 0


def test_what_is_drawn_later_lies_in_pages() -> None:
    account, pages = drawn()
    assert [(one.first_lot, one.points, one.due_at, one.lot_ids) for one in pages] == [
        (5, 20, NOW + 30, (4, 5)), (3, 20, NOW + 50, (2, 3)), (1, 10, NOW + 70, (1, 1)),
    ]  # fmt: skip
    assert [one.id for one in account.lots_at_hand] == [7, 6]
    assert account.paged_ends == {NOW + 10 * number: 10 for number in range(3, 8)}
    assert account.paged_from == (NOW + 30, 3, 0, 5)
    assert broken_laws(account) == []
    assert lapsing(account) == {NOW + 10 * number: 10 for number in range(1, 8)}
    assert next_due(account, None) == NOW + 10
    assert account.lots_until(NOW + 29) == account.lots_at_hand
    with pytest.raises(LotsNeeded):
        account.lots_until(NOW + 30)


def test_two_pages_of_available_lots_stay_in_the_row() -> None:
    account = account_of(
        *(lot(number, 0) for number in range(1, 5)), *(lot(number, 0, held=1) for number in range(5, 9))
    )
    assert turn_pages(account) == ([], [])


def test_a_draw_asks_for_the_next_page_where_the_row_has_too_few() -> None:
    account, pages = drawn()
    assert [one.id for one in available_lots(account, 20)] == [7, 6]
    with pytest.raises(LotsNeeded) as raised:
        available_lots(account, 21)
    assert raised.value.points == 1
    assert wanted(account, unread(pages), raised.value) == [5]
    assert wanted(account, unread(pages), LotsNeeded(0, points=21)) == [5, 3]
    lend(account, [pages[0], *unread(pages[1:])])
    assert [one.id for one in available_lots(account, 21)] == [7, 6, 5, 4]
    assert account.paged_from == (NOW + 50, 5, 0, 3)
    assert sum(account.paged_ends.values()) == 30
    assert broken_laws(account) == []
    turned = turn_pages(account)
    assert (turned.gone, turned.made, account.paged_from) == ([], [], (NOW + 30, 3, 0, 5))


def test_pages_that_were_lent_do_not_count_when_more_is_asked_for() -> None:
    account, pages = drawn()
    lend(account, [pages[0], *unread(pages[1:])])
    with pytest.raises(LotsNeeded) as raised:
        available_lots(account, 41)
    assert raised.value.points == 1
    assert wanted(account, unread(pages), raised.value) == [3]
    with pytest.raises(BrokenLaw):
        lend(account, unread(pages))  # nothing new: whoever asks again would ask without end


def test_a_lot_that_comes_later_is_not_drawn_before_those_in_pages() -> None:
    account, pages = drawn()
    account.lots_at_hand += [lot(8, 0, ends_at=NOW + 35), lot(9, 0, ends_at=NOW + 5)]
    account.available += 20
    account.earned += 20
    assert [one.id for one in available_lots(account, 30)] == [9, 7, 6]
    with pytest.raises(LotsNeeded):
        available_lots(account, 31)
    turned = turn_pages(account)
    assert turned == ([], [])  # three before them, one behind: not worth a page
    account.lots_at_hand += [lot(10, 0), lot(11, 0)]
    account.available += 20
    account.earned += 20
    turned = turn_pages(account)
    assert [[one.id for one in page.lots or []] for page in turned.made] == [[6, 8], [10, 11]]
    assert account.paged_from == (NOW + 20, 2, 0, 6)
    assert [one.id for one in account.lots_at_hand] == [7, 9]
    assert broken_laws(account) == []
    kept = [replace(page, lots=None) for page in [*pages, *turned.made]]
    assert wanted(account, kept, LotsNeeded(0, points=40)) == [6, 5]


def test_the_page_of_a_lot_is_found_by_its_id_or_its_award() -> None:
    account, pages = drawn()
    for asked, found in ((lambda: account.lot(3), [3]), (lambda: account.lots_of(1), [1])):
        with pytest.raises(LotsNeeded) as raised:
            asked()
        assert wanted(account, unread(pages), raised.value) == found
    lend(account, [pages[1], *unread([pages[0], pages[2]])])
    assert account.lot(3) == lot(3, 5, ends_at=NOW + 50)
    assert account.lot(9) is None  # no page may have it
    assert [one.id for one in account.lots_of(2)] == [2]
    with pytest.raises(LotsNeeded):
        account.lot(4)


def test_a_page_of_which_something_is_held_or_drawn_goes() -> None:
    account, pages = drawn()
    lend(account, pages)
    account = account.copy()
    held, emptied = account.lot(4), account.lot(2)
    assert held is not None
    assert emptied is not None
    held.held = 1
    account.lots_at_hand.remove(emptied)
    turned = turn_pages(account)
    assert (turned.gone, turned.made) == ([5, 3], [])
    assert sorted(one.id for one in account.lots_at_hand) == [3, 4, 5, 6, 7]
    assert account.paged_ends == {NOW + 70: 10}


def test_a_page_that_waited_is_another_once_it_is_available() -> None:
    account, pages = paged()
    lend(account, pages)
    account = account.copy()
    account.settled_at = NOW + 3
    account.available, account.pending = 30, 30
    turned = turn_pages(account)
    assert (turned.gone, turned.made) == ([2], [])
    assert account.paged_points == 30


@pytest.mark.parametrize("spoilt", ["paged_ends", "paged_from", "drawn_from", "order"])
def test_drawn_pages_that_are_not_what_the_row_says_are_refused(spoilt: str) -> None:
    account, pages = drawn()
    if spoilt == "paged_ends":
        account.paged_ends = {NOW + 30: 20, NOW + 50: 30}
    elif spoilt == "paged_from":
        account.paged_from = (NOW + 30, 3, 0, 4)
    elif spoilt == "drawn_from":
        pages[1] = replace(pages[1], drawn_from=(NOW + 50, 5, 0, 4))
    else:
        pages[1] = replace(pages[1], lots=(pages[1].lots or [])[::-1])
    with pytest.raises(BrokenLaw, match="not what its row says"):
        lend(account, pages)
