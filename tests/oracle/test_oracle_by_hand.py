"""Tiers and marks that staff set, in the oracle (S8.7, S5.2)."""

from tests.oracle.facts import Refused
from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, buckets, buy, programme, shop

LADDER = {
    "window": {"kind": "calendar_year"},
    "steps": [
        {"slug": "a", "name": "A"},
        {"slug": "b", "name": "B", "requires": {"points": 100}},
        {"slug": "c", "name": "C", "requires": {"points": 500}, "keep": {"points": 200}, "entry_points": 7},
    ],
}


def opened() -> Oracle:
    """A shop with the ladder and a member."""
    oracle = shop(programme(tiers=LADDER))
    oracle.push_customer("c", at("2025-03-01"))
    return oracle


def tier(oracle: Oracle, when: str) -> str | None:
    """The tier of `c`."""
    return oracle.account("c", at(when)).tier


def test_a_tier_set_by_hand_is_a_floor_and_is_kept_by_what_it_asks() -> None:
    oracle = opened()
    oracle.set_tier("c", "c", at("2025-03-01"), until=at("2025-06-01"), lock=False)
    buy(oracle, "o1", 120, "2025-04-01")
    end = oracle.account("c", at("2025-04-01")).tier_end
    assert end is not None
    assert (end.deadline, end.downgraded_tier, end.keep.extra_points) == (at("2025-06-01"), "b", 80)
    assert tier(oracle, "2025-06-01") == "b"
    buy(oracle, "o2", 80, "2025-05-31")
    kept = oracle.account("c", at("2025-06-01"))
    assert (kept.tier, kept.deadline, kept.earned) == ("c", at("2026-01-01"), 200)


def test_a_lock_lifts_nobody_until_it_ends() -> None:
    oracle = opened()
    oracle.set_tier("c", "a", at("2025-03-01"), until=at("2025-07-01"), lock=True)
    buy(oracle, "o1", 600, "2025-04-01")
    assert (tier(oracle, "2025-06-30"), tier(oracle, "2025-07-01")) == ("a", "c")
    assert buckets(oracle, "2025-07-01")["earned"] == 607
    oracle.release_tier("c", at("2025-05-01"))
    assert tier(oracle, "2025-05-01") == "c"
    assert oracle.release_tier("c", at("2025-05-01")) == Refused(frozenset({"no_tier_set"}))


def test_what_cannot_be_meant_is_refused() -> None:
    oracle = opened()
    refused = oracle.set_tier("c", "x", at("2025-03-01"), until=at("2025-02-01"), lock=False)
    assert refused == Refused(frozenset({"unknown_tier", "end_has_passed"}))
    assert oracle.set_tier("c", None, at("2025-03-01"), until=None, lock=False) == Refused(frozenset({"lock_needed"}))


def test_marks_bar_redeeming_and_earning() -> None:
    oracle = opened()
    buy(oracle, "o1", 50, "2025-03-01")
    oracle.mark("c", "readonly", at("2025-03-02"), on=True)
    oracle.mark("c", "disable_rewards", at("2025-03-02"), on=True)
    assert oracle.redeem("c", 10, at("2025-03-02")) == Refused(frozenset({"read_only", "rewards_disabled"}))
    oracle.mark("c", "enable_rewards", at("2025-03-02"), on=True)
    oracle.mark("c", "disable_earning_rewards", at("2025-03-02"), on=True)
    buy(oracle, "o2", 600, "2025-03-03")
    view = oracle.account("c", at("2025-03-03"))
    assert (view.earned, view.total_spend, view.window_orders) == (50, 650_000_000, 2)
