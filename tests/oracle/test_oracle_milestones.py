"""Milestones and subscriptions in the oracle: what the stories do not tell (S9.3, S9.4)."""

from tests.oracle.facts import CustomerFacts, SubscriptionFacts
from tests.oracle.samples import at, buckets, buy, programme, shop
from tests.oracle.versions import Document

LADDER = {
    "window": {"kind": "calendar_year"},
    "steps": [
        {"slug": "a", "name": "A"},
        {"slug": "b", "name": "B", "requires": {"points": 100}, "entry_points": 7},
        {"slug": "c", "name": "C", "requires": {"points": 900}},
    ],
}


def milestone(slug: str, counts: str, count: int | str, **gives: object) -> Document:
    """A milestone."""
    return {"slug": slug, "title": slug, "counts": counts, "reach": str(count), **gives}


def test_of_several_milestones_the_other_one_keeps_the_tier() -> None:
    both = [milestone("m", "orders", 2, tier="c"), milestone("n", "spend", 30, tier="b")]
    oracle = shop(programme(milestones=both, tiers=LADDER))
    buy(oracle, "o1", 20, "2025-01-10")
    buy(oracle, "o2", 20, "2025-01-11")
    assert oracle.account("c", at("2025-01-11")).tier == "c"
    buy(oracle, "o1", 35, "2025-01-10", update="2025-01-12")
    buy(oracle, "o2", 20, "2025-01-11", "canceled", update="2025-01-13")
    view = oracle.account("c", at("2025-01-13"))
    assert (view.tier, view.reached, view.earned) == ("b", ("n",), 35)


def test_points_for_a_tier_that_a_milestone_gave_may_reach_the_next_milestone() -> None:
    entry = {"slug": "e", "title": "E", "kind": "tier_entry", "tier": "b", "points": 50, "qualifies": True}
    both = [milestone("p", "points", 60, points=3), milestone("m", "orders", 1, tier="b")]
    oracle = shop(programme(entry, milestones=both, tiers=LADDER))
    buy(oracle, "o1", 20, "2025-01-10")
    assert oracle.account("c", at("2025-01-10")).reached == ("p", "m")
    assert buckets(oracle, "2025-01-10") == {"available": 80, "earned": 80}


def test_cycles_are_lost_when_nothing_comes_to_them_any_more() -> None:
    oracle = shop(programme(milestones=[milestone("m", "cycle", 3, points=9)], subscriptions={"cycle": "sum"}))
    paused = CustomerFacts(subscriptions=(SubscriptionFacts("S1", "paused", earlier_orders=2),))
    oracle.push_customer("c", at("2025-01-02"), told=paused)
    buy(oracle, "o1", 5, "2025-01-03", subscription="S2")
    assert oracle.account("c", at("2025-01-03")).subscribed == (True, 1)
    active = CustomerFacts(subscriptions=(SubscriptionFacts("S1", "active"),))
    oracle.push_customer("c", at("2025-01-04"), told=active)
    oracle.push_customer("c", at("2025-01-05"), told=paused)
    assert oracle.account("c", at("2025-01-05")).reached == ("m",)
    buy(oracle, "o1", 5, "2025-01-03", "canceled", update="2025-01-06")
    assert oracle.account("c", at("2025-01-06")).reached == ()


def test_whom_staff_bar_from_earning_reaches_nothing_until_they_let_go() -> None:
    oracle = shop(programme(milestones=[milestone("m", "tenure", "1 month", points=5)]))
    oracle.push_customer("c", at("2025-01-10"))
    oracle.mark("c", "disable_earning_rewards", at("2025-01-11"), on=True)
    assert oracle.account("c", at("2025-03-01")).reached == ()
    oracle.mark("c", "disable_earning_rewards", at("2025-03-01"), on=False)
    assert buckets(oracle, "2025-03-01") == {"available": 5, "earned": 5}
