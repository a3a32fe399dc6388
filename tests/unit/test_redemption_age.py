"""In which order a member's redemptions stand."""

from random import Random

from leal.rules.merging import Shift, moved_redemption
from leal.rules.returning import Redemption


def _made(number: int, drawn_at: int) -> Redemption:
    return Redemption(number, "points", f"C{number}", "unused", 10, 0, drawn_at, 0, [], [])


def test_redemptions_stand_in_order_of_time_and_of_one_instant_the_own_ones_before_those_that_came_along() -> None:
    """However often the others had taken somebody over themselves."""
    first = [_made(3, 5), _made(4, 7)]
    second, third = Shift(0, 9, 0, 0), Shift(9, 9, 0, 0)
    of_second, of_third = [[_made(number, 5) for number in (2, 3)] for _ in range(2)]
    came_to_third = moved_redemption(_made(8, 5), Shift(0, 9, 0, 0))
    in_order = [
        first[0],
        *(moved_redemption(one, second) for one in of_second),
        *(moved_redemption(one, third) for one in [*of_third, came_to_third]),
        moved_redemption(_made(1, 6), third),
        first[1],
    ]
    shuffled = Random(1).sample(in_order, len(in_order))
    assert sorted(shuffled, key=lambda one: one.age) == in_order
