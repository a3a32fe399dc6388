"""What an award owes while it waits for its event, and once that did not come (S4.6)."""

from __future__ import annotations

import pytest

from leal.rules.account import DROPS, QUALIFIES
from leal.rules.orders import Award
from leal.rules.waiting import still_owed
from leal.values import NEVER

UNTIL = 1_000_000


@pytest.mark.parametrize(
    ("award", "at", "owed"),
    [
        (Award(1, 10, available_at=UNTIL, flags=DROPS), UNTIL - 1, 30),  # it waits
        (Award(1, 10, available_at=UNTIL, flags=DROPS), UNTIL, 10),  # what it gave is left to it, and no more
        (Award(1, 40, available_at=UNTIL, flags=DROPS), UNTIL, 30),
        (Award(0, 0, available_at=UNTIL, flags=DROPS), UNTIL, 0),  # told when its time was over
        (Award(1, 10, available_at=UNTIL, flags=QUALIFIES), UNTIL, 30),  # it matured
        (Award(1, 10, available_at=NEVER), UNTIL, 30),
        (Award(1, 10, neutralised=True), UNTIL, 0),
    ],
)
def test_without_its_event_an_award_owes_no_more_than_it_gives(award: Award, at: int, owed: int) -> None:
    assert still_owed(award, 30, at) == owed
