"""The oracle by hand-computed examples: the order of taking back, periods, zones, late news, give-back by staff."""

import pytest

from tests.oracle.facts import LineFacts, OrderFacts, Refused
from tests.oracle.samples import DAY, at, buckets, buy, order, programme, redeemed, shop
from tests.oracle.view import minor_digits


def test_taking_back_goes_through_the_lots_in_order() -> None:
    expiration = {"rolling": {"term": "30 days", "round_up": "none"}}
    event = {"mode": "event", "timeout": "12 months"}
    waits = {"slug": "first", "title": "F", "kind": "first_order", "points": 40, "pending": event}
    oracle = shop(programme(waits, expiration=expiration))
    buy(oracle, "o", 100, "2025-01-02")  # 100 available to 02-01, 40 pending
    redeemed(oracle.redeem("c", 70, at("2025-01-03")))
    buy(oracle, "p", 50, "2025-01-20")
    assert buckets(oracle, "2025-02-01") == {
        "available": 50,
        "pending": 40,
        "redeemed": 70,
        "expired": 30,
        "earned": 190,
    }
    buy(oracle, "o", 90, "2025-01-02", update="2025-02-02")  # its own lapsed points first
    assert buckets(oracle, "2025-02-02") == {
        "available": 50,
        "pending": 40,
        "redeemed": 70,
        "expired": 20,
        "earned": 180,
    }
    buy(oracle, "o", 40, "2025-01-02", update="2025-02-03")  # 20 lapsed, 30 of the other available lot
    assert buckets(oracle, "2025-02-03") == {"available": 20, "pending": 40, "redeemed": 70, "earned": 130}
    buy(oracle, "o", 15, "2025-01-02", update="2025-02-04")  # 20 available, 5 pending
    assert buckets(oracle, "2025-02-04") == {"pending": 35, "redeemed": 70, "earned": 105}
    buy(oracle, "o", 0, "2025-01-02", "canceled", update="2025-02-05")  # 15 and 40: 35 pending, 20 debt
    assert buckets(oracle, "2025-02-05") == {"redeemed": 70, "earned": 50, "debt": 20}


def test_many_small_refunds_equal_one_big_one() -> None:
    lines = tuple(LineFacts("p", 3_333_333, id=str(n)) for n in range(3))
    one, many = shop(programme()), shop(programme())
    for oracle in (one, many):
        buy(oracle, "o", 0, "2025-01-02", lines=lines)
        redeemed(oracle.redeem("c", 9, at("2025-01-02")))
    for left in (2, 1, 0):
        buy(many, "o", 0, "2025-01-02", lines=lines[:left], update=f"2025-01-0{6 - left}")
    buy(one, "o", 0, "2025-01-02", lines=(), update="2025-01-06")
    assert buckets(one, "2025-01-06") == buckets(many, "2025-01-06") == {"redeemed": 9, "debt": 9}


@pytest.mark.parametrize(
    ("period", "last", "first"),
    [
        ("daily", "2025-05-14T21:59:59+00:00", "2025-05-14T22:00:00+00:00"),
        ("weekly", "2025-05-18T21:59:59+00:00", "2025-05-18T22:00:00+00:00"),  # Monday 19 May, Paris
        ("monthly", "2025-05-31T21:59:59+00:00", "2025-05-31T22:00:00+00:00"),
        ("yearly", "2025-12-31T22:59:59+00:00", "2025-12-31T23:00:00+00:00"),
    ],
)
def test_limits_follow_the_calendar_of_the_zone(period: str, last: str, first: str) -> None:
    rules = {"limit": {"points": 60, "period": period}}
    oracle = shop(programme(zone="Europe/Paris", redemption=rules))
    buy(oracle, "o", 500, "2025-01-02")
    made = redeemed(oracle.redeem("c", 50, at("2025-05-14T12:00:00+00:00")))
    assert oracle.account("c", at(last)).limit_remaining == 10
    assert oracle.account("c", at(first)).limit_remaining == 60
    oracle.unredeem("c", made.id, at("2025-05-14T13:00:00+00:00"))
    assert oracle.account("c", at(last)).limit_remaining == 60


def test_a_lifetime_limit_never_starts_anew() -> None:
    oracle = shop(programme(redemption={"limit": {"points": 60, "period": "lifetime"}}))
    buy(oracle, "o", 500, "2025-01-02")
    redeemed(oracle.redeem("c", 50, at("2025-05-14")))
    assert oracle.redeem("c", 11, at("2035-05-14")) == Refused(frozenset({"redemption_limit_reached"}))


def test_a_lot_ends_at_the_local_midnight() -> None:
    expiration = {"rolling": {"term": "1 month"}}
    oracle = shop(programme(zone="America/New_York", expiration=expiration))
    buy(oracle, "o", 100, "2025-02-10T15:00:00+00:00")  # 10:00 in New York, winter time
    end = at("2025-03-11T04:00:00+00:00")  # midnight after 10 March, summer time
    assert oracle.account("c", end - 1).available == 100
    assert oracle.account("c", end).available == 0
    assert oracle.account("c", end - 1).next_rolling == (end, 100)


def test_staff_give_back_the_latest_ending_lot_first() -> None:
    oracle = shop(programme(expiration={"rolling": {"term": "60 days"}}))
    buy(oracle, "o", 100, "2025-01-02")
    buy(oracle, "p", 100, "2025-01-20")
    redeemed(oracle.redeem("c", 150, at("2025-01-21"), with_code=False))
    assert oracle.unspend_points("c", 70, at("2025-01-22")) == 70
    lots = oracle.account("c", at("2025-01-22")).lots
    assert [(lot.order, lot.remaining) for lot in lots] == [("o", 20), ("p", 100)]
    assert oracle.unredeem("c", "redemption-3", at("2025-01-23")) == 80


def test_codes_lapse_and_used_ones_cannot_be_undone() -> None:
    oracle = shop(programme(redemption={"coupon_expires": "1 month"}))
    buy(oracle, "o", 100, "2025-01-02")
    first = redeemed(oracle.redeem("c", 10, at("2025-01-31"), code="A"))
    second = redeemed(oracle.redeem("c", 10, at("2025-01-31"), code="B"))
    third = redeemed(oracle.redeem("c", 10, at("2025-01-31"), with_code=False))
    buy(oracle, "p", 1, "2025-02-01", discount_codes=("B",))
    assert oracle.account("c", at("2025-02-27")).codes == {"A": "unused", "B": "used"}
    assert oracle.account("c", at("2025-02-28")).codes == {"A": "lapsed", "B": "used"}
    for made in (first, second):
        answer = oracle.unredeem("c", made.id, at("2025-03-01"))
        assert answer == Refused(frozenset({"invalid_redemption_for_unredeem"}))
    assert oracle.unredeem("c", third.id, at("2025-03-01")) == 10
    assert oracle.unredeem("c", "nothing", at("2025-03-01")) == Refused(frozenset({"not_found"}))


def test_arrival_order_does_not_change_the_sums() -> None:
    pushes = [
        order("o", 100, "2025-01-02"),
        order("o", 60, "2025-01-02", update="2025-01-05"),
        order("p", 50, "2025-01-03"),
        order("p", 0, "2025-01-03", "canceled", update="2025-01-04"),
        order("q", 33, "2025-01-06", "completed"),
    ]
    seen = set()
    for turn in range(len(pushes)):
        oracle = shop(programme())
        for place, facts in enumerate(pushes[turn:] + pushes[:turn]):
            oracle.push_order("c", facts, at("2025-02-01") + place * DAY)
        view = oracle.account("c", at("2025-03-01"))
        seen.add((view.available, view.earned, view.total_spend, view.window_points, view.window_orders))
    assert seen == {(93, 93, 93_000_000, 93, 2)}


def test_unconfirmed_earns_nothing_and_later_news_is_dated_back() -> None:
    oracle = shop(programme(expiration={"rolling": {"term": "30 days", "since": "earned"}}))
    buy(oracle, "o", 100, "2025-01-02", "unconfirmed")
    assert buckets(oracle, "2025-01-02") == {}
    buy(oracle, "o", 100, "2025-01-02", update="2025-01-08", arrived="2025-01-10")
    lot = oracle.account("c", at("2025-01-10")).lots[0]
    assert (lot.earned_at, lot.available_at, lot.expires_at) == (at("2025-01-02"), at("2025-01-08"), at("2025-02-01"))
    future = OrderFacts("f", "confirmed", at("2030-01-01"), None, amount_spent=5_000_000)
    oracle.push_order("c", future, at("2025-01-11"))
    oracle.push_order("c", future, at("2025-01-12"))
    assert oracle.account("c", at("2025-01-12")).lots[1].earned_at == at("2025-01-11")
    assert buckets(oracle, "2025-01-12") == {"available": 105, "earned": 105}


def test_taxes_and_shipping() -> None:
    facts = OrderFacts(
        "o", "confirmed", amount_spent=100_000_000, taxes=20_000_000, shipping=5_000_000, points_tender=1_000_000
    )
    for eligible, points in (({}, 99), ({"taxes": True}, 119), ({"taxes": True, "shipping": True}, 124)):
        oracle = shop(programme(earning={"eligible": eligible}))
        oracle.push_order("c", facts, at("2025-01-02"))
        assert buckets(oracle, "2025-01-02")["earned"] == points


def test_minor_units() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "USD", "JPY", "KWD", "CLF")] == [2, 2, 0, 3, 4]
