"""Events, conditions and an order's own date in the oracle (S4.6, S8.1, S9.6)."""

import pytest

from tests.oracle.conditions import holds
from tests.oracle.facts import LineFacts, Refused
from tests.oracle.samples import ORDERS, at, buckets, buy, programme, shop

WAITS = {"mode": "event", "event": "trigger", "trigger": "ok", "timeout": "1 month"}
LADDER = {
    "window": {"kind": "calendar_year"},
    "steps": [
        {"slug": "a", "name": "A"},
        {"slug": "b", "name": "B", "requires": {"spend": "100", "events": ["visit"]}},
        {"slug": "c", "name": "C", "requires": {"condition": '"vip" in customer.tags'}},
    ],
}


def test_a_trigger_releases_what_waits_and_brings_back_only_its_own_order() -> None:
    oracle = shop(programme(earning={"pending": WAITS}))
    buy(oracle, "o1", 100, "2025-01-01")
    buy(oracle, "o2", 50, "2025-01-10")
    oracle.trigger("c", "ok", at("2025-02-05"))
    assert buckets(oracle, "2025-02-05") == {"available": 50, "earned": 50}
    oracle.trigger("c", "ok", at("2025-02-06"), order="o1")
    assert buckets(oracle, "2025-02-06") == {"available": 150, "earned": 150}
    assert oracle.trigger("c", "ok", at("2025-02-07"), order="o9") == Refused(frozenset({"order_not_found"}))
    assert oracle.trigger("c", "no", at("2025-02-07")) == Refused(frozenset({"unknown_trigger"}))


def test_an_event_counts_once_under_its_id_on_its_own_day() -> None:
    oracle = shop(programme(tiers=LADDER))
    buy(oracle, "o1", 100, "2026-01-02")
    oracle.trigger("c", "visit", at("2026-01-03"), occurred_at=at("2025-12-31"), event_id="E1")
    oracle.trigger("c", "visit", at("2026-01-04"), event_id="E1")
    view = oracle.account("c", at("2026-01-04"))
    assert (view.tier, view.events) == ("a", {"visit": 1})
    assert view.tiers["b"].extra_events == ("visit",)
    oracle.trigger("c", "visit", at("2026-01-05"))
    assert oracle.account("c", at("2026-01-05")).tier == "b"


def test_a_tag_lifts_at_once_and_is_missed_at_the_deadline_alone() -> None:
    oracle = shop(programme(tiers=LADDER))
    oracle.push_customer("c", at("2025-03-01"), tags=("vip",))
    oracle.push_customer("c", at("2025-04-01"), tags=())
    assert oracle.account("c", at("2026-12-31")).tier == "c"
    assert oracle.account("c", at("2027-01-01")).tier == "a"


def test_conditions_decide_sources_and_lines_at_the_first_confirmation() -> None:
    double = {"slug": "d", "title": "D", "factor": 20000, "condition": "line.quantity >= 2"}
    first = {"slug": "f", "title": "F", "kind": "first_order", "points": 40, "condition": "member.orders == 0"}
    oracle = shop(programme(first, multipliers=[double]))
    lines = (LineFacts("p", 10_000_000, quantity=2), LineFacts("q", 5_000_000))
    buy(oracle, "o1", 0, "2025-01-01", lines=lines)
    assert buckets(oracle, "2025-01-01") == {"available": 65, "earned": 65}
    oracle = shop(programme(sources=[ORDERS | {"condition": '"vip" in customer.tags'}]))
    buy(oracle, "o1", 100, "2025-01-01")
    oracle.push_customer("c", at("2025-01-02"), tags=("vip",))
    buy(oracle, "o1", 100, "2025-01-01", update="2025-01-03")
    buy(oracle, "o2", 30, "2025-01-03")
    assert buckets(oracle, "2025-01-03") == {"available": 30, "earned": 30}


def test_an_order_says_itself_when_its_points_mature() -> None:
    oracle = shop(programme(earning={"pending": WAITS}))
    buy(oracle, "o1", 100, "2025-01-01", available_at=at("2025-06-01"))
    assert buckets(oracle, "2025-05-31") == {"pending": 100, "earned": 100}
    buy(oracle, "o1", 100, "2025-01-01", update="2025-03-01", available_at=at("2025-04-01"))
    assert buckets(oracle, "2025-04-01") == {"available": 100, "earned": 100}


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ('"a" in customer.tags', True),
        ('!("a" in customer.tags)', False),
        ("member.orders >= 2 && member.orders < 3", True),
        ('member.orders > 2 || member.events["v"] == 1', True),
        ("member.orders > 1 * 3", False),
    ],
)
def test_conditions(text: str, true: bool) -> None:
    assert holds(text, {"customer.tags": ("a",), "member.orders": 2, "member.events": {"v": 1}}) is true
