"""The oracle's ladder by hand-computed examples (S8), and what tiers change elsewhere."""

from typing import Any

import pytest

from tests.oracle.oracle import Oracle
from tests.oracle.samples import at, buckets, buy, order, programme, redeemed, shop
from tests.oracle.versions import Document

TERM = {"ends": "term", "term": "12 months"}


def ladder(window: str | Document, life: Document | None = None, **parts: Any) -> Document:
    """Friend, silver at 100, gold at 300 of spend; keep silver with 80."""
    steps = parts.pop("steps", None) or [
        {"slug": "friend", "name": "Friend"},
        {"slug": "silver", "name": "Silver", "requires": {"spend": 100}, "keep": {"spend": 80}},
        {"slug": "gold", "name": "Gold", "requires": {"spend": "300.00"}},
    ]
    kind = {"kind": window} if isinstance(window, str) else window
    return programme(tiers={"window": kind, "life": life, "steps": steps} | parts.pop("tiers", {}), **parts)


def tier(oracle: Oracle, when: str) -> str | None:
    """The tier of `c`."""
    return oracle.account("c", at(when)).tier


def deadline(oracle: Oracle, when: str) -> int | None:
    """The deadline of `c`."""
    return oracle.account("c", at(when)).deadline


def test_strangers_have_the_initial_tier() -> None:
    oracle = shop(ladder("lifetime"))
    view = oracle.account("c", at("2025-01-02"))
    assert (view.tier, view.member_since, view.earned, view.deadline) == ("friend", None, 0, None)
    assert view.tiers["gold"].extra_spend == 300_000_000


def test_upgrade_jumps_and_ends_with_the_next_window() -> None:
    oracle = shop(ladder("calendar_year", {"grace": "30 days"}))
    buy(oracle, "o", 99, "2025-03-01")
    assert tier(oracle, "2025-03-01") == "friend"
    assert oracle.account("c", at("2025-03-01")).tiers["silver"].progress == 9900
    buy(oracle, "p", 201, "2025-03-02")
    assert tier(oracle, "2025-03-02") == "gold"
    assert deadline(oracle, "2025-03-02") == at("2027-01-31")
    end = oracle.account("c", at("2025-03-02")).tier_end
    assert end is not None
    assert end.keep_extended_deadline == at("2028-01-31")
    assert (end.keep.met, end.keep.extra_spend, end.downgraded_tier) == (False, 300_000_000, "silver")  # were it now


def test_keep_is_judged_on_the_stretched_window() -> None:
    oracle = shop(ladder("calendar_year", {"grace": "30 days"}))
    buy(oracle, "o", 100, "2025-03-01")
    buy(oracle, "p", 50, "2026-12-31")
    buy(oracle, "q", 30, "2027-01-30T23:00:00+00:00")
    assert tier(oracle, "2027-01-31") == "silver"
    assert deadline(oracle, "2027-01-31") == at("2028-01-31")
    assert tier(oracle, "2028-01-31") == "friend"  # 30 on 2027-01-30 alone
    assert deadline(oracle, "2028-01-31") is None
    oracle = shop(ladder("calendar_year", {"grace": "30 days"}))
    buy(oracle, "o", 100, "2025-03-01")
    buy(oracle, "p", 80, "2025-03-02")  # back to the day after entry
    assert tier(oracle, "2027-01-31") == "silver"
    oracle = shop(ladder("calendar_year", {"grace": "30 days"}))
    buy(oracle, "o", 180, "2025-03-01")
    assert (tier(oracle, "2027-01-30"), tier(oracle, "2027-01-31")) == ("silver", "friend")


@pytest.mark.parametrize(("way", "after"), [("requalify", "friend"), ("one_step", "silver"), ("never", "gold")])
def test_ways_of_downgrading(way: str, after: str) -> None:
    oracle = shop(ladder("calendar_year", {"downgrade": way}))
    buy(oracle, "o", 300, "2025-03-01")
    assert deadline(oracle, "2025-03-01") == (None if way == "never" else at("2027-01-01"))
    assert tier(oracle, "2027-01-01") == after
    if way == "one_step":
        assert deadline(oracle, "2027-01-01") == at("2028-01-01")  # the window that began where the former ended
    oracle = shop(ladder("calendar_year", {"downgrade": way}))
    buy(oracle, "o", 300, "2025-03-01")
    buy(oracle, "p", 110, "2026-03-01")
    assert tier(oracle, "2027-01-01") == ("gold" if way == "never" else "silver")


def test_rolling_window_and_terms() -> None:
    life = TERM | {"round_up": "month"}
    oracle = shop(ladder({"kind": "rolling", "length": "12 months"}, life))
    buy(oracle, "o", 60, "2025-01-15")
    assert oracle.account("c", at("2026-01-14")).window_spend == 60_000_000
    assert oracle.account("c", at("2026-01-15")).window_spend == 0
    buy(oracle, "p", 60, "2026-01-15")
    assert tier(oracle, "2026-01-15") == "friend"
    buy(oracle, "q", 40, "2026-02-10T12:00:00+00:00")
    assert tier(oracle, "2026-02-10T12:00:00+00:00") == "silver"
    assert deadline(oracle, "2026-03-01") == at("2027-03-01")
    buy(oracle, "r", 80, "2026-12-24")
    end = oracle.account("c", at("2026-12-24")).tier_end
    assert end is not None
    assert end.keep_extended_deadline == at("2028-03-01")
    assert deadline(oracle, "2027-03-01") == at("2028-03-01")
    days = shop(ladder({"kind": "rolling", "length": "30 days"}, TERM))
    buy(days, "o", 60, "2025-01-15")
    assert days.account("c", at("2025-02-13T23:59:59+00:00")).window_spend == 60_000_000
    assert days.account("c", at("2025-02-14")).window_spend == 0


def test_anniversary_year() -> None:
    oracle = shop(ladder("anniversary_year", {"grace": "1 day"}))
    oracle.push_customer("c", at("2025-05-20T15:00:00+00:00"))
    buy(oracle, "o", 60, "2026-05-19")
    buy(oracle, "p", 60, "2026-05-20")
    assert tier(oracle, "2026-05-20") == "friend"
    buy(oracle, "q", 40, "2026-05-21")
    assert tier(oracle, "2026-05-21") == "silver"
    assert deadline(oracle, "2026-05-21") == at("2028-05-21")


def test_refund_ends_a_tier_early() -> None:
    steps = [
        {"slug": "friend", "name": "Friend"},
        {"slug": "silver", "name": "Silver", "requires": {"spend": 100}, "entry_points": 25},
    ]
    entry = {"slug": "entry", "title": "E", "kind": "tier_entry", "points": 10, "tier": "silver"}

    def start(**life: Any) -> Oracle:
        base = ladder("calendar_year", life, steps=steps)
        oracle = shop(base | {"sources": [*base["sources"], entry]})
        buy(oracle, "o", 120, "2025-03-01")
        assert (tier(oracle, "2025-03-01"), buckets(oracle, "2025-03-01")["earned"]) == ("silver", 155)
        return oracle

    oracle = start()
    buy(oracle, "o", 100, "2025-03-01", update="2025-03-02")
    assert tier(oracle, "2025-03-02") == "silver"
    buy(oracle, "o", 99, "2025-03-01", update="2025-03-03")
    assert (tier(oracle, "2025-03-03"), buckets(oracle, "2025-03-03")["earned"]) == ("friend", 99)
    buy(oracle, "p", 50, "2025-03-04")  # entered again, paid once only
    assert (tier(oracle, "2025-03-04"), buckets(oracle, "2025-03-04")["earned"]) == ("silver", 149)
    oracle = start()
    buy(oracle, "p", 50, "2025-03-02")  # a later day does not prove the entry
    buy(oracle, "o", 99, "2025-03-01", update="2025-03-03")
    assert tier(oracle, "2025-03-03") == "silver"  # requalified at once by the window of today
    oracle = start(protect=True)
    buy(oracle, "o", 0, "2025-03-01", "canceled", update="2025-03-02")
    assert tier(oracle, "2025-03-02") == "silver"


def test_requirements_by_points_orders_and_events() -> None:
    steps = [
        {"slug": "a", "name": "A", "requires": {"points": 100, "orders": 2, "match": "any"}},
        {"slug": "b", "name": "B", "requires": {"points": 150, "orders": 3, "events": ["visit"]}},
    ]
    oracle = shop(ladder("lifetime", steps=steps))
    buy(oracle, "o", 50, "2025-01-02")
    view = oracle.account("c", at("2025-01-02"))
    assert view.tier is None
    assert (view.tiers["a"].progress, view.tiers["a"].extra_points, view.tiers["a"].extra_orders) == (5000, 50, 1)
    assert (view.tiers["b"].progress, view.tiers["b"].extra_events) == (0, ("visit",))
    buy(oracle, "p", 0, "2025-01-03")
    assert tier(oracle, "2025-01-03") == "a"
    buy(oracle, "q", 100, "2025-01-03")
    assert oracle.account("c", at("2025-01-03")).tiers["a"].extra_points == 0
    assert tier(oracle, "2025-01-03") == "a"
    oracle.trigger("c", "visit", at("2025-01-04"))
    assert tier(oracle, "2025-01-04") == "b"
    redeemed(oracle.redeem("c", 150, at("2025-01-05")))  # spending does not demote
    assert tier(oracle, "2025-01-05") == "b"
    assert deadline(oracle, "2025-01-05") is None


def test_available_basis() -> None:
    steps = [{"slug": "a", "name": "A", "requires": {"points": 100}}]
    document = ladder("lifetime", TERM, steps=steps, tiers={"basis": "available"})
    oracle = shop(document | {"earning": {"pending": {"mode": "delay", "days": 5}}})
    buy(oracle, "o", 100, "2025-01-02")
    assert (tier(oracle, "2025-01-06"), tier(oracle, "2025-01-07")) == (None, "a")
    oracle.takeaway_points("c", 50, at("2025-01-08"))
    assert tier(oracle, "2025-01-08") == "a"
    assert (tier(oracle, "2026-01-06"), tier(oracle, "2026-01-07")) == ("a", None)


def test_tiers_change_life_limit_and_multiplier() -> None:
    steps = [
        {"slug": "friend", "name": "Friend"},
        {"slug": "gold", "name": "G", "requires": {"spend": 100}, "expires": "24 months"}
        | {"redemption_limit": {"points": 80, "period": "yearly"}},
        {"slug": "top", "name": "T", "requires": {"spend": 1000}, "redemption_limit": "unlimited"},
    ]
    rolling = {"rolling": {"term": "12 months", "since": "earned"}}
    more = [{"slug": "m", "title": "M", "factor": 20000, "tiers": ["gold"]}]
    limit = {"limit": {"points": 50, "period": "monthly"}}
    document = ladder("lifetime", steps=steps, expiration=rolling, multipliers=more, redemption=limit)
    oracle = shop(document)
    buy(oracle, "o", 100, "2025-01-02")  # as a friend
    buy(oracle, "p", 100, "2025-01-03")  # as gold
    view = oracle.account("c", at("2025-01-03"))
    assert [(lot.remaining, lot.expires_at) for lot in view.lots] == [(100, at("2026-01-02")), (200, at("2027-01-03"))]
    assert (view.limit_remaining, oracle.account("d", at("2025-01-03")).limit_remaining) == (80, 50)
    buy(oracle, "q", 1000, "2025-01-04")
    assert oracle.account("c", at("2025-01-04")).limit_remaining is None


def test_a_changed_ladder_lifts_at_once_and_lowers_at_the_deadline() -> None:
    oracle = shop(ladder("calendar_year"))
    buy(oracle, "o", 100, "2025-03-01")
    oracle.push_order("d", order("x", 60, "2025-03-01"), at("2025-03-01"))
    steps: list[Document] = [
        {"slug": "friend", "name": "Friend"},
        {"slug": "silver", "name": "Silver", "requires": {"spend": 60}},
        {"slug": "gold", "name": "Gold", "requires": {"spend": 90}},
    ]
    oracle.publish(ladder("calendar_year", steps=steps), at("2025-04-01"), at("2025-05-01"))
    assert (tier(oracle, "2025-04-30"), tier(oracle, "2025-05-01")) == ("silver", "gold")
    assert oracle.account("d", at("2025-05-01")).tier == "silver"
    steps[2]["requires"] = {"spend": 5000}
    oracle.publish(ladder("calendar_year", steps=steps), at("2025-06-01"))
    assert (tier(oracle, "2026-12-31"), tier(oracle, "2027-01-01")) == ("gold", "friend")


def test_policies_switched_on_start_their_clock_then() -> None:
    oracle = shop(programme())
    buy(oracle, "o", 100, "2025-01-02")
    expiration = {"rolling": {"term": "1 month"}, "global": {"mode": "inactivity", "term": "2 months"}}
    oracle.publish(programme(expiration=expiration), at("2025-06-01"))
    view = oracle.account("c", at("2025-06-01"))
    assert (view.next_rolling, view.global_expiration) == ((at("2025-07-01"), 100), at("2025-08-01"))
    shorter = {"rolling": {"term": "1 day"}, "global": {"mode": "inactivity", "term": "3 days"}}
    oracle.publish(programme(expiration=shorter), at("2025-06-02"))
    view = oracle.account("c", at("2025-06-02"))
    assert (view.next_rolling, view.global_expiration) == ((at("2025-07-01"), 100), at("2025-08-01"))
    assert buckets(oracle, "2025-07-01") == {"expired": 100, "earned": 100}


def test_give_back_after_a_global_lapse() -> None:
    expiration = {"global": {"mode": "date", "days": ["06-30"]}}
    oracle = shop(programme(expiration=expiration, points={"grace": "0 days"}))
    buy(oracle, "o", 100, "2025-01-02")
    made = redeemed(oracle.redeem("c", 40, at("2025-06-30")))
    oracle.unredeem("c", made.id, at("2025-07-02"))
    assert buckets(oracle, "2025-07-02") == {"expired": 100, "earned": 100}
