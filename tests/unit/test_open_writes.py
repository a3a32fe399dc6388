"""How long the oldest writing transaction has been open, by looking now and then."""

from __future__ import annotations

from leal.engine.open_writes import OpenWrites


def test_an_open_transaction_is_as_old_as_the_first_look_that_saw_it() -> None:
    seen = OpenWrites()
    looks = [(10, 10), (10, 11), (10, 15), (10, 20), (17, 30), (31, 31), (31, 31), (31, 32)]
    ages = [seen.note(oldest, following, 5.0 * number) for number, (oldest, following) in enumerate(looks)]
    assert ages == [0, 0, 5, 10, 5, 0, 0, 0]
