"""The split: stable, of the size that was set, of nothing but chance."""

from __future__ import annotations

import pytest

from leal.rules.content.chosen import BLOCKS
from leal.rules.content.split import in_control

SECRET = bytes(32)
PEOPLE = [f"C-{number}" for number in range(100_000)]


def control(percent: int, *, block: str = BLOCKS[0], secret: bytes = SECRET) -> set[str]:
    return {one for one in PEOPLE if in_control(secret, one, block, percent)}


@pytest.mark.parametrize("percent", [1, 10, 50])
def test_the_group_has_its_share(percent: int) -> None:
    """Check 9: within four standard deviations of 100,000 draws."""
    share = percent / 100
    tolerance = 4 * (share * (1 - share) * len(PEOPLE)) ** 0.5
    assert abs(len(control(percent)) - share * len(PEOPLE)) < tolerance


def test_no_share_is_nobody_and_all_is_everybody() -> None:
    assert control(0) == set()
    assert control(100) == set(PEOPLE)


def test_it_is_the_same_each_time_and_grows_with_the_share() -> None:
    assert control(10) == control(10)
    assert control(10) < control(20)


def test_each_block_and_each_shop_draws_anew() -> None:
    first = control(10)
    for other in (control(10, block=BLOCKS[1]), control(10, secret=bytes([1] * 32))):
        assert 800 < len(first & other) < 1200  # a tenth of a tenth


def test_it_is_independent_of_what_customers_have_in_common() -> None:
    """Check 9: of any kind of customers, such as those of a tier, the same share; 25 kinds of 4,000 each."""
    drawn = control(10)
    for kind in range(25):
        among = [one for number, one in enumerate(PEOPLE) if number % 25 == kind]
        assert abs(len(drawn & set(among)) - 400) < 4 * 19
