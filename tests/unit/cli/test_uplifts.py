"""What blocks brought, as people and programs read it."""

from __future__ import annotations

from rich.console import Console

from leal.cli import uplifts
from leal.engine.exposures import Outcome
from leal.rules.uplift import Group
from leal.values import MICRO


def group(people: int, buyers: int) -> Group:
    """Buyers of 80 each."""
    return Group(people, buyers, buyers * 80 * MICRO, buyers * (80 * MICRO) ** 2)


FAIR = Outcome("lifecycle-banner", 10, 120_000, 2_400, 14_000, 2_000, group(90_000, 4_950), group(10_000, 400))
UNFAIR = Outcome("customer-value-block", 10, 900, 9, 70, 9, group(500, 20), group(150, 3))
ALONE = Outcome("loyalty-programme-banner", 0, 4, 1, 0, 1, group(1, 0))


def printed(*outcomes: Outcome) -> str:
    screen = Console(width=160, color_system=None)
    with screen.capture() as captured:
        screen.print(uplifts.portrait(30, list(outcomes), None))
    return captured.get()


def test_the_groups_are_compared_in_a_table() -> None:
    text = printed(FAIR)
    rows = [line.split() for line in text.splitlines() if line.startswith("lifecycle-banner")]
    assert rows[0] == ["lifecycle-banner", "10", "%", "120,000", "2,400", "2.0", "%", "90,000", "2.2", "%"]
    assert rows[1][1:10] == ["90,000", "10,000", "5.5", "%", "4.0", "%", "+1.50", "pt", "+1.07"]
    assert "do not trust" not in text


def test_groups_that_chance_does_not_explain_are_marked() -> None:
    text = printed(FAIR, UNFAIR)
    assert "150 !" in text
    assert "do not trust" in text


def test_without_a_control_group_it_is_said_how_to_have_one() -> None:
    assert "set content.control_percent" in printed(ALONE)


def test_programs_read_the_same() -> None:
    told = uplifts.document("acme", 30, None, [FAIR, ALONE], None)
    first, second = told["blocks"]
    assert first["shown"] == {
        "customers": 90_000, "ordered": 4_950, "rate": "0.055000", "spent": "396000.000000", "spent_each": "4.400000",
    }  # fmt: skip
    assert first["uplift"]["rate"]["estimate"] == "0.015000"
    assert first["uplift"]["rate"]["is_certain"] is True
    assert first["uplift"]["spent_each"]["estimate"] == "1.200000"
    assert first["uplift"]["groups_are_fair"] is True
    assert second["uplift"] is None
