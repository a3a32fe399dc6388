"""The sums that a rebuilt account's lots keep, beside those of all lots, after whatever happened to some (S2.4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leal.rules.account import Account, Lot, sums_of
from leal.rules.open_lots import OpenLots
from leal.values import NEVER

instants = st.integers(0, 20)
changes = st.tuples(st.integers(1, 6), st.integers(-40, 60), st.integers(-20, 30), instants, st.integers(0, 2))
"""Of the lot of that id so many points and held ones, and when it is available; by how much time went on."""


@given(st.lists(changes, max_size=30))
def test_sums_that_are_kept_lot_by_lot_are_those_of_all_lots(told: list[tuple[int, int, int, int, int]]) -> None:
    account = Account(1, 1)
    lots = OpenLots(account)
    for number, points, held, available_at, passed in told:
        account.settled_at += passed
        lot = lots.find(number)
        assert lot == next((one for one in account.lots if one.id == number), None)
        if lot is None:
            lot = Lot(number, 1, 0, 0, 0, 0, available_at, NEVER)
            lots.add(lot)
        lot.remaining += points
        lot.held += held
        lot.points = max(lot.points, lot.remaining)
        lot.available_at = available_at
        lots.change(lot)
        assert lots.sums() == sums_of(account.lots, account.settled_at)


@given(st.lists(changes, max_size=10), instants)
def test_lots_that_others_changed_are_gathered(told: list[tuple[int, int, int, int, int]], at: int) -> None:
    account = Account(1, 1)
    lots = OpenLots(account)
    account.settled_at = at
    account.lots.extend(
        Lot(number, 1, points, points, held, 0, available_at, NEVER)
        for number, (_, points, held, available_at, _) in enumerate(told)
        if points
    )
    lots.gather()
    assert lots.sums() == sums_of(account.lots, at)
    assert all(lots.find(lot.id) is lot for lot in account.lots)
