"""Whatever lapsed and whoever merged with whom, a lot is passed by the common lapses it lived through (S5.5, S11.2)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leal.rules.account import Account
from leal.rules.expiration import passed_at
from leal.rules.merging import Shift, take_over

DEEDS = st.lists(st.tuples(st.sampled_from(["open", "lapse", "merge"]), st.integers(0, 3), st.integers(0, 3)))


@given(deeds=DEEDS)
def test_each_lot_knows_the_last_common_lapse_that_came_while_it_was_there(deeds: list[tuple[str, int, int]]) -> None:
    accounts = [Account(number, 0) for number in range(4)]
    opened: list[list[int]] = [[] for _ in accounts]
    last: list[list[int]] = [[] for _ in accounts]
    for at, (deed, one, other) in enumerate(deeds, 1):
        account = accounts[one]
        if deed == "open":
            account.lot_number += 1
            opened[one].append(at)
            last[one].append(0)
        elif deed == "lapse":
            account.everything_passed_at = at
            last[one] = [at] * len(last[one])
        elif one != other:
            take_over(account, accounts[other], Shift(0, 0, 0, account.lot_number))
            opened[one] += opened[other]
            last[one] += last[other]
            accounts[other], opened[other], last[other] = Account(other, 0), [], []
    for account, since, expected in zip(accounts, opened, last, strict=True):
        assert account.lot_number == len(expected)
        told = [passed_at(account, lot) for lot in range(1, account.lot_number + 1)]
        # one that came before the lot was opened is the same as none: nothing was drawn from it by then
        assert [at if at > start else 0 for at, start in zip(told, since, strict=True)] == expected
