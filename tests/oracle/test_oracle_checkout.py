"""Holds and gifts in the oracle (S5.6, S5.8)."""

from dataclasses import replace

from tests.oracle.facts import Captured, HoldView, Refused
from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, buckets, buy, programme, shop
from tests.oracle.versions import Document

MINUTE = 60_000_000
HOLDS = {"default_minutes": 10, "longest_minutes": 60}
MONTHLY = {"limit": {"points": 100, "period": "daily"}}


def refused(*reasons: str) -> Refused:
    """A refusal."""
    return Refused(frozenset(reasons))


def opened(redemption: Document | None = None) -> Oracle:
    """A shop with holds and gifts, and a member with two lots."""
    document = programme(
        holds=HOLDS, gifts={"min": 5}, expiration={"rolling": {"term": "1 month"}}, redemption=redemption or {}
    )
    oracle = shop(document)
    buy(oracle, "o1", 50, "2025-01-10")
    buy(oracle, "o2", 50, "2025-01-20")
    return oracle


def test_a_hold_is_captured_in_part_and_the_rest_comes_back() -> None:
    oracle = opened(redemption=MONTHLY)
    noon = at("2025-02-01")
    assert oracle.hold("c", 60, "H1", noon) == HoldView(
        "H1", 60, 3_000_000, noon, noon + 10 * MINUTE, noon + 60 * MINUTE
    )
    assert buckets(oracle, "2025-02-01") == {"available": 40, "held": 60, "earned": 100}
    assert oracle.hold("c", 101, "H1", noon) == refused("not_enough_points", "redemption_limit_reached")
    made = oracle.capture("c", "H1", 45, noon + MINUTE)
    assert isinstance(made, Captured)
    assert (made.points, made.value_micros, made.released) == (45, 2_250_000, 15)
    assert [lot.remaining for lot in oracle.account("c", noon + MINUTE).lots] == [5, 50]
    assert oracle.account("c", noon + MINUTE).limit_remaining == 55
    assert oracle.capture("c", "H1", None, noon + MINUTE) == replace(made, released=0)
    assert oracle.capture("c", "H1", 44, noon + MINUTE) == refused("hold_captured")
    assert oracle.unredeem("c", made.id, noon + 2 * MINUTE) == 45
    assert oracle.account("c", noon + 2 * MINUTE).limit_remaining == 100


def test_a_hold_runs_out_by_the_clock_and_is_never_shortened() -> None:
    oracle = opened()
    noon = at("2025-02-01")
    oracle.hold("c", 60, "H1", noon)
    kept = HoldView("H1", 60, 3_000_000, noon, noon + 10 * MINUTE, noon + 60 * MINUTE)
    assert oracle.extend("c", "H1", 5, noon) == kept
    assert oracle.extend("c", "H1", 61, noon) == refused("hold_at_its_longest")
    assert oracle.account("c", noon + 10 * MINUTE - 1).held == 60
    assert oracle.account("c", noon + 10 * MINUTE).held == 0
    assert oracle.capture("c", "H1", None, noon + 10 * MINUTE) == refused("hold_ended")
    assert oracle.release("c", "H1", noon + 10 * MINUTE) == 0


def test_held_points_do_not_lapse_and_pay_debt_when_they_come_free() -> None:
    oracle = opened()
    evening = at("2025-02-09T23:55:00+00:00")
    oracle.hold("c", 60, "H1", evening)
    buy(oracle, "o2", 30, "2025-01-20", update="2025-02-09T23:56:00+00:00")
    buy(oracle, "o2", 0, "2025-01-20", update="2025-02-09T23:57:00+00:00")
    assert buckets(oracle, "2025-02-09T23:58:00+00:00") == {"held": 60, "earned": 50, "debt": 10}
    assert buckets(oracle, "2025-02-10T00:05:00+00:00") == {"expired": 50, "earned": 50}


def test_a_gift_keeps_its_ends_and_counts_for_no_tier() -> None:
    oracle = opened()
    oracle.push_customer("d", at("2025-02-01"))
    assert oracle.give("c", "d", 70, at("2025-02-01")) is None
    view = oracle.account("d", at("2025-02-01"))
    assert [(lot.remaining, lot.expires_at) for lot in view.lots] == [(50, at("2025-02-10")), (20, at("2025-02-20"))]
    assert (view.earned, view.window_points, oracle.account("c", at("2025-02-01")).redeemed) == (70, 0, 70)
    oracle.membership("d", "none", at("2025-02-02"))
    expected = refused("receiver_not_eligible", "not_enough_points")
    assert oracle.give("c", "d", 31, at("2025-02-02")) == expected
    assert oracle.give("c", "c", 5, at("2025-02-02")) == refused("receiver_is_sender")
