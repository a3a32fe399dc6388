"""Lots that lie in pages are drawn, end and are found as if none did (S5.1, S7.1)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from leal.rules.account import Account, Lot, LotsNeeded, Page, broken_laws, draw_order
from leal.rules.expiration import lapsing
from leal.rules.lots import available_lots
from leal.rules.paging import lend, turn_pages, wanted
from leal.values import NEVER
from tests.unit.test_paging import small_pages as small_pages  # for all tests here

FEW = st.integers(0, 6)
LOTS = st.lists(st.tuples(FEW, FEW, FEW, st.booleans()), max_size=6)
"""Of each: its end, never for 0; when it is available, before now or not; when it was earned; whether some is held."""
NOW = 3


class Stored:
    """An account and its pages as they are stored, beside the same lots in one heap."""

    def __init__(self) -> None:
        self.account = Account(1, 0, settled_at=NOW)
        self.pages: dict[int, Page] = {}
        self.heap: dict[int, Lot] = {}

    def add(self, lots: list[tuple[int, int, int, bool]]) -> None:
        account = self.account
        for end, available_at, earned_at, is_held in lots:
            number = len(self.heap) + 1
            ends_at = end + 10 if end else NEVER
            lot = Lot(number, number % 4 - 1, 5, 5, 2 * is_held, earned_at, available_at, ends_at)
            self.heap[number] = lot.copy()
            account.lots_at_hand.append(lot)
            account.earned += 5
            account.held += lot.held
            if available_at > NOW:
                account.pending += lot.free
            else:
                account.available += lot.free

    def draw(self, points: int) -> list[tuple[int, int]]:
        """What is drawn, each lot and the points, once all is lent that is asked for."""
        while True:
            work = self.account.copy()
            try:
                lots = available_lots(work, points)
            except LotsNeeded as need:
                self.lend(need)
                continue
            drawn = []
            for lot in lots:
                if taken := min(points, lot.free):
                    drawn.append((lot.id, taken))
                    points -= taken
                    lot.remaining -= taken
                if lot.remaining == 0:
                    work.lots_at_hand.remove(lot)
            total = sum(taken for _, taken in drawn)
            work.available -= total
            work.redeemed += total
            self.account = work
            return drawn

    def lend(self, need: LotsNeeded) -> None:
        asked = wanted(self.account, [replace(page, lots=None) for page in self.pages.values()], need)
        assert asked or not need.points  # that no page has a lot is news, too
        lend(
            self.account,
            [page if page.first_lot in asked else replace(page, lots=None) for page in self.pages.values()],
        )

    def store(self) -> None:
        turned = turn_pages(self.account)
        for gone in turned.gone:
            del self.pages[gone]
        for page in turned.made:
            assert page.first_lot not in self.pages
            self.pages[page.first_lot] = replace(page, lots=[lot.copy() for lot in page.lots or []])
        assert [law for law in broken_laws(self.account) if not law.startswith("what holds")] == []
        in_pages = [lot for page in self.pages.values() for lot in page.lots or []]
        everywhere = sorted([*self.account.lots_at_hand, *in_pages], key=lambda lot: lot.id)
        assert everywhere == [lot for _, lot in sorted(self.heap.items()) if lot.remaining]
        assert all(len(page.lots or []) <= 2 for page in self.pages.values())

    def draw_from_heap(self, points: int) -> list[tuple[int, int]]:
        drawn = []
        for lot in sorted((lot for lot in self.heap.values() if lot.available_at <= NOW), key=draw_order):
            if taken := min(points, lot.free):
                drawn.append((lot.id, taken))
                points -= taken
                lot.remaining -= taken
        return drawn


@given(steps=st.lists(st.tuples(LOTS, st.integers(0, 40), st.integers(1, 30), st.integers(-1, 2)), min_size=2))
def test_lots_in_pages_are_drawn_and_found_as_all_others(
    steps: list[tuple[list[tuple[int, int, int, bool]], int, int, int]],
) -> None:
    stored = Stored()
    for lots, points, number, award in steps:
        stored.add(lots)
        points = min(points, stored.account.available)
        for some in (points // 3, points - points // 3):  # with what was lent for the first still at hand
            assert stored.draw(some) == stored.draw_from_heap(some)
        stored.store()
        ends: dict[int, int] = {}
        for lot in stored.heap.values():
            if lot.available_at <= NOW and lot.free and lot.expires_at < NEVER:
                ends[lot.expires_at] = ends.get(lot.expires_at, 0) + lot.free
        assert lapsing(stored.account) == ends
        while True:
            try:
                found, of_award = stored.account.lot(number), stored.account.lots_of(award)
            except LotsNeeded as need:
                stored.lend(need)
                continue
            break
        lot_there = stored.heap.get(number)
        assert found == (lot_there if lot_there is not None and lot_there.remaining else None)
        open_ones = [lot for lot in stored.heap.values() if lot.award == award and lot.remaining]
        assert sorted(of_award, key=lambda lot: lot.id) == open_ones
        stored.store()
