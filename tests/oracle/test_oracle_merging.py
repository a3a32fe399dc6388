"""Merging and erasing in the oracle (S11.2, S11.3)."""

from tests.oracle.facts import CustomerFacts, Redeemed, SubscriptionFacts
from tests.oracle.samples import at, buckets, buy, programme, redeemed, shop

LADDER = {"window": {"kind": "calendar_year"}, "steps": [{"slug": "a", "name": "A", "requires": {"spend": "100"}}]}


def test_two_become_one_and_keep_what_each_did() -> None:
    oracle = shop(programme(tiers=LADDER, expiration={"rolling": {"term": "12 months"}}))
    buy(oracle, "o1", 60, "2025-01-10")
    made = redeemed(oracle.redeem("c", 60, at("2025-01-10"), code="X1"))
    buy(oracle, "o1", 0, "2025-01-10", update="2025-01-11")
    assert buckets(oracle, "2025-01-11") == {"redeemed": 60, "debt": 60}
    oracle.push_customer("d", at("2025-01-12"))
    oracle.give_points("d", 10, at("2025-01-12"))
    assert isinstance(oracle.redeem("d", 10, at("2025-01-12"), with_code=False), Redeemed)
    oracle.give_points("d", 80, at("2025-02-12"))
    assert oracle.merge("c", ["d"], at("2025-03-01")) == {"d": "merged-9/"}
    assert buckets(oracle, "2025-03-01") == {"available": 20, "earned": 90, "redeemed": 70}
    assert oracle.account("d", at("2025-03-01")) == oracle.account("c", at("2025-03-01"))
    assert oracle.unredeem("d", made.id, at("2025-03-02")) == 60
    assert oracle.account("c", at("2025-02-28")).debt == 60


def test_both_together_reach_a_tier_and_a_refund_finds_its_own_order() -> None:
    oracle = shop(programme(tiers=LADDER))
    oracle.push_customer("d", at("2025-01-01"))
    buy(oracle, "o1", 60, "2025-01-10")
    oracle.merge("d", ["c"], at("2025-02-01"))
    buy(oracle, "o2", 40, "2025-02-02")
    view = oracle.account("d", at("2025-02-02"))
    assert (view.tier, view.available, view.member_since) == ("a", 100, at("2025-01-01"))
    buy(oracle, "o1", 50, "2025-01-10", update="2025-02-03")
    assert oracle.account("d", at("2025-02-03")).tier is None


def test_of_a_subscription_that_both_have_the_larger_numbers_hold() -> None:
    oracle = shop(programme(subscriptions={}))
    for name, status, earlier in (("c", "active", 1), ("d", "paused", 3)):
        told = CustomerFacts(subscriptions=(SubscriptionFacts("S1", status, earlier_orders=earlier),))
        oracle.push_customer(name, at("2025-01-01"), told=told)
    oracle.merge("c", ["d"], at("2025-01-02"))
    assert oracle.account("c", at("2025-01-02")).subscribed == (True, 3)


def test_whoever_is_erased_is_new_when_told_of_again() -> None:
    oracle = shop(programme())
    buy(oracle, "o1", 60, "2025-01-10")
    oracle.push_customer("d", at("2025-01-10"))
    oracle.merge("d", ["c"], at("2025-01-11"))
    oracle.erase("c", at("2025-01-12"))
    assert buckets(oracle, "2025-01-12") == {}
    buy(oracle, "o1", 5, "2025-01-13")
    assert buckets(oracle, "2025-01-13") == {"available": 5, "earned": 5}
    assert oracle.account("d", at("2025-01-13")).member_since is None
