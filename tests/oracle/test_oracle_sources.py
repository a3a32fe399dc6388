"""Sources apart from orders in the oracle: what the stories do not tell (S4.1, S4.8)."""

from tests.oracle.facts import CustomerFacts, LineFacts
from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, buckets, buy, programme, shop
from tests.oracle.versions import Document

JOINING: Document = {"slug": "j", "title": "J", "kind": "signup", "points": 100}
BIRTHDAY: Document = {"slug": "b", "title": "B", "kind": "birthday", "points": 50}


def test_who_joins_as_a_version_takes_effect_is_paid_nothing_from_a_budget() -> None:
    oracle = Oracle(start=at("2025-01-01"))
    oracle.push_customer("c", at("2025-01-01"))
    oracle.publish(programme(JOINING | {"caps": [{"points": 150}]}), at("2025-02-01"))
    for name in ("d", "e"):
        oracle.push_customer(name, at("2025-02-02"))
    found = [oracle.account(name, at("2025-02-02")).available for name in ("c", "d", "e")]
    assert found == [0, 100, 50]


def test_of_two_versions_of_one_instant_the_one_that_enrols_pays() -> None:
    oracle = Oracle(start=at("2025-01-01"))
    oracle.push_customer("c", at("2025-01-01"))
    oracle.publish(programme(JOINING), at("2025-01-02"), at("2025-02-01"))
    oracle.publish(programme(enrolment="explicit"), at("2025-01-03"), at("2025-02-01"))
    assert buckets(oracle, "2025-02-01") == {"available": 100, "earned": 100}


def test_a_birthday_told_at_the_first_instant_of_the_day_waits_for_the_next() -> None:
    oracle = shop(programme(BIRTHDAY | {"minimum_change_days": 0}))
    oracle.push_customer("c", at("2025-05-16"))
    oracle.push_customer("c", at("2025-05-17"), told=CustomerFacts(born="05-17"))
    assert buckets(oracle, "2026-05-16") == {}
    assert buckets(oracle, "2026-05-17") == {"available": 50, "earned": 50}


def test_consent_counts_as_it_is_told_under_the_version_of_its_instant() -> None:
    news = {"slug": "n", "title": "N", "kind": "newsletter", "points": 15}
    oracle = shop(programme(news))
    oracle.publish(programme(news | {"points": 99}), at("2025-03-01"))
    oracle.push_customer("c", at("2025-03-02"), told=CustomerFacts(subscribed=True, subscribed_at=at("2025-02-01")))
    assert buckets(oracle, "2025-03-02") == {"available": 15, "earned": 15}


def test_what_a_time_out_has_overtaken_is_not_given() -> None:
    waits = {"mode": "event", "event": "trigger", "trigger": "ok", "timeout": "30 days"}
    review = {"slug": "r", "title": "R", "kind": "review", "trigger": "visit", "points": 20, "pending": waits}
    oracle = shop(programme(review, points={"debt": {"policy": "none"}}))
    oracle.push_customer("c", at("2025-01-01"))
    oracle.trigger("c", "visit", at("2025-03-01"), occurred_at=at("2025-01-10"))
    assert buckets(oracle, "2025-03-01") == {}
    oracle.trigger("c", "visit", at("2025-03-01"), occurred_at=at("2025-02-20"))
    assert buckets(oracle, "2025-03-01") == {"pending": 20, "earned": 20}


def test_subscription_orders_earn_for_their_lines_and_wait_as_orders_do() -> None:
    cycles = {"slug": "s", "title": "S", "kind": "subscription_order", "points": 2, "per": 10}
    document = programme(cycles, earning={"pending": {"mode": "delay", "days": 14}}, subscriptions={})
    oracle = shop(document)
    lines = (LineFacts("p", 25_000_000, subscription="S1"), LineFacts("q", 10_000_000))
    buy(oracle, "o1", 0, "2025-01-01", lines=lines)
    assert buckets(oracle, "2025-01-01") == {"pending": 40, "earned": 40}
    buy(oracle, "o2", 15, "2025-01-02", subscription="S1")
    assert buckets(oracle, "2025-01-15") == {"available": 40, "pending": 18, "earned": 58}
