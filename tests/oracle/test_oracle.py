"""The oracle by hand-computed examples: calendar, earning, spending, taking back, expiration (S1-S7)."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.earning import spread
from tests.oracle.facts import LineFacts, OrderFacts, Refused
from tests.oracle.instants import add_months, add_term, day_start, from_local, local, next_day_end, parse_term
from tests.oracle.oracle import Oracle
from tests.oracle.samples import DAY, at, buckets, buy, programme, redeemed, shop
from tests.oracle.versions import Document

PARIS = ZoneInfo("Europe/Paris")
UTC = ZoneInfo("UTC")


def test_calendar_clamps_and_rounds_up() -> None:
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2025, 3, 31), -1) == date(2025, 2, 28)
    assert add_term(at("2025-01-31T10:00:00+00:00"), parse_term("1 month"), UTC) == at("2025-02-28T10:00:00+00:00")
    noon = at("2025-01-15T12:00:00+00:00")
    ends = {"day": "2025-02-16", "month": "2025-03-01", "quarter": "2025-04-01", "half-year": "2025-07-01"}
    for unit, end in ends.items():
        assert add_term(noon, parse_term("1 month"), UTC, round_up=unit) == at(end)
    assert add_term(at("2025-01-01"), parse_term("1 year"), UTC, round_up="year") == at("2026-01-01")


def test_calendar_at_the_leaps_of_the_clock() -> None:
    # Paris: 2025-03-30 02:00 -> 03:00 (01:00 UTC); 2025-10-26 03:00 -> 02:00 (01:00 UTC)
    gap = local(at("2025-03-29T01:30:00+00:00"), PARIS)
    assert from_local(gap.replace(day=30), PARIS) == at("2025-03-30T01:00:00+00:00")
    twice = local(at("2025-10-25T00:30:00+00:00"), PARIS).replace(day=26)
    assert from_local(twice, PARIS) == at("2025-10-26T00:30:00+00:00")
    assert day_start(date(2025, 7, 1), PARIS) == at("2025-06-30T22:00:00+00:00")
    assert next_day_end(["12-31"], at("2025-12-31T22:59:59+00:00"), PARIS) == at("2025-12-31T23:00:00+00:00")
    assert next_day_end(["12-31"], at("2025-12-31T23:00:00+00:00"), PARIS) == at("2026-12-31T23:00:00+00:00")


def test_largest_remainder() -> None:
    assert spread(10, [1, 1, 1]) == [4, 3, 3]
    assert spread(5, [0, 10, 30]) == [0, 1, 4]
    assert spread(5, [0, 0]) == [0, 0]


def test_order_points_are_rounded_once() -> None:
    lines = (LineFacts("a", 1_500_000, id="1"), LineFacts("b", 1_500_000, id="2"))
    for mode, points in (("floor", 3), ("half_up", 3), ("ceil", 3)):
        oracle = shop(programme(points={"rounding": mode}))
        buy(oracle, "o", 0, "2025-01-02", lines=lines)
        assert buckets(oracle, "2025-01-02") == {"available": points, "earned": points}
    for mode, points in (("floor", 1), ("half_up", 2), ("ceil", 2)):
        oracle = shop(programme(points={"rounding": mode}))
        buy(oracle, "o", 0, "2025-01-02", lines=lines[:1])
        assert buckets(oracle, "2025-01-02")["earned"] == points


def test_eligible_money_leaves_out_what_is_configured() -> None:
    earning = {"eligible": {"exclude": {"collections": ["cards"]}}}
    oracle = shop(programme(earning=earning))
    lines = (LineFacts("a", 60_000_000), LineFacts("b", 40_000_000, collections=("cards",)))
    buy(oracle, "o", 0, "2025-01-02", lines=lines, points_tender=10_000_000)
    # the tender of 10 is spread 6 : 4; the cards do not earn
    assert oracle.account("c", at("2025-01-02")).total_spend == 54_000_000
    assert buckets(oracle, "2025-01-02") == {"available": 54, "earned": 54}


@pytest.mark.parametrize(("stacking", "points"), [("multiply", 300), ("add", 250), ("best", 200)])
def test_multipliers_stack(stacking: str, points: int) -> None:
    double = {"slug": "d", "title": "D", "kind": "product", "multiplier": 20000, "targets": {"products": ["p"]}}
    half = {"slug": "h", "title": "H", "factor": 15000, "starts_at": "2025-01-01", "ends_at": "2025-01-03"}
    oracle = shop(programme(double, multipliers=[half], earning={"stacking": stacking}))
    buy(oracle, "o", 100, "2025-01-02")
    assert buckets(oracle, "2025-01-02")["earned"] == points
    buy(oracle, "late", 100, "2025-01-03")
    assert buckets(oracle, "2025-01-03")["earned"] == points + 200


def test_upsert_older_is_ignored_and_twice_is_once() -> None:
    oracle = shop(programme())
    buy(oracle, "o", 100, "2025-01-02", update="2025-01-04")
    buy(oracle, "o", 100, "2025-01-02", update="2025-01-04")
    buy(oracle, "o", 10, "2025-01-02", update="2025-01-03", arrived="2025-01-05")
    assert buckets(oracle, "2025-01-05") == {"available": 100, "earned": 100}
    buy(oracle, "o", 70, "2025-01-02", update="2025-01-06")
    buy(oracle, "o", 90, "2025-01-02", update="2025-01-07")
    assert buckets(oracle, "2025-01-07") == {"available": 90, "earned": 90}
    assert buckets(oracle, "2025-01-06") == {"available": 70, "earned": 70}  # as it was shown then
    buy(oracle, "o", 90, "2025-01-02", "canceled", update="2025-01-08")
    assert buckets(oracle, "2025-01-08") == {}


def test_pending_by_delay_and_completion() -> None:
    oracle = shop(programme(earning={"pending": {"mode": "delay", "days": 14}}))
    buy(oracle, "o", 100, "2025-01-02T10:00:00+00:00")
    assert buckets(oracle, "2025-01-16T09:59:59+00:00") == {"pending": 100, "earned": 100}
    assert buckets(oracle, "2025-01-16T10:00:00+00:00") == {"available": 100, "earned": 100}
    buy(oracle, "o", 100, "2025-01-02T10:00:00+00:00", "completed", update="2025-01-05")
    assert buckets(oracle, "2025-01-05") == {"available": 100, "earned": 100}
    assert oracle.account("c", at("2025-01-05")).lots[0].available_at == at("2025-01-05")


def test_pending_since_completion_by_date_and_by_event() -> None:
    since = {"mode": "delay", "days": 3, "since": "completed", "timeout": "30 days", "then": "mature"}
    oracle = shop(programme(earning={"pending": since}))
    buy(oracle, "o", 100, "2025-01-02")
    assert buckets(oracle, "2025-01-31") == {"pending": 100, "earned": 100}
    assert buckets(oracle, "2025-02-01") == {"available": 100, "earned": 100}
    buy(oracle, "o", 100, "2025-01-02", "completed", update="2025-01-20")
    assert buckets(oracle, "2025-01-22") == {"pending": 100, "earned": 100}
    assert buckets(oracle, "2025-01-23") == {"available": 100, "earned": 100}
    oracle = shop(programme(earning={"pending": {"mode": "date", "day": "02-29"}}))
    buy(oracle, "o", 100, "2025-01-02")
    assert buckets(oracle, "2025-02-28") == {"available": 100, "earned": 100}
    event = {"mode": "event", "event": "trigger", "trigger": "ok", "timeout": "7 days"}
    oracle = shop(programme(earning={"pending": event}))
    buy(oracle, "o", 100, "2025-01-02")
    buy(oracle, "p", 50, "2025-01-10")
    assert buckets(oracle, "2025-01-10") == {"pending": 50, "earned": 50}  # the first ran out of time
    oracle.trigger("c", "ok", at("2025-01-11"))
    assert buckets(oracle, "2025-01-11") == {"available": 50, "earned": 50}
    buy(oracle, "o", 100, "2025-01-02", "completed", update="2025-01-12")
    assert buckets(oracle, "2025-01-12") == {"available": 150, "earned": 150}  # completed after all


def test_fixed_sources() -> None:
    first = {"slug": "f", "title": "F", "kind": "first_order", "points": 50}
    refill = {"slug": "r", "title": "R", "kind": "product", "points": 20, "targets": {"products": ["p"]}}
    care = {"slug": "care", "title": "C", "kind": "manual", "qualifies": True}
    oracle = shop(programme(first, refill, care, {"slug": "hi", "title": "H", "kind": "signup", "points": 5}))
    buy(oracle, "o", 100, "2025-01-02")
    assert buckets(oracle, "2025-01-02")["earned"] == 5 + 100 + 50 + 20
    buy(oracle, "p", 100, "2025-01-03")
    assert buckets(oracle, "2025-01-03")["earned"] == 175 + 120
    oracle.give_points("c", 7, at("2025-01-04"))
    view = oracle.account("c", at("2025-01-04"))
    assert (view.earned, view.window_points) == (302, 297)


def caps(period: str | None, over: str = "trim") -> Document:
    """The order source with a cap of 100."""
    source = {"slug": "orders", "title": "O", "kind": "order", "points": 1, "per": 1}
    return programme() | {"sources": [source | {"caps": [{"points": 100, "period": period, "over": over}]}]}


def test_caps() -> None:
    oracle = shop(caps("monthly"))
    buy(oracle, "o", 80, "2025-01-02")
    buy(oracle, "p", 80, "2025-01-03")
    assert buckets(oracle, "2025-01-03")["earned"] == 100
    buy(oracle, "o", 0, "2025-01-02", "canceled", update="2025-01-04")
    buy(oracle, "p", 80, "2025-01-03", update="2025-01-05")  # its allowance of 20 is pinned
    assert buckets(oracle, "2025-01-05")["earned"] == 20
    buy(oracle, "q", 90, "2025-01-06")
    assert buckets(oracle, "2025-01-06")["earned"] == 100
    buy(oracle, "r", 90, "2025-02-01")
    assert buckets(oracle, "2025-02-01")["earned"] == 190
    oracle = shop(caps("lifetime", "refuse"))
    buy(oracle, "o", 80, "2025-01-02")
    buy(oracle, "p", 21, "2026-01-03")
    buy(oracle, "q", 20, "2026-01-03")
    assert buckets(oracle, "2026-01-03")["earned"] == 100
    oracle = shop(caps(None))
    oracle.push_order("d", OrderFacts("x", "confirmed", amount_spent=70_000_000), at("2025-01-02"))
    buy(oracle, "o", 80, "2025-01-03")
    assert buckets(oracle, "2025-01-03")["earned"] == 30


def test_redeeming_draws_the_earliest_end_first() -> None:
    oracle = shop(programme(expiration={"rolling": {"term": "12 months"}}))
    buy(oracle, "o", 100, "2025-01-02T10:00:00+00:00")
    buy(oracle, "p", 50, "2025-01-05")
    made = redeemed(oracle.redeem("c", 120, at("2025-01-06")))
    assert (made.draws, made.value_micros) == (((0, 100), (1, 20)), 6_000_000)
    view = oracle.account("c", at("2025-01-06"))
    assert [(lot.order, lot.remaining, lot.expires_at) for lot in view.lots] == [("p", 30, at("2026-01-05"))]
    assert view.next_rolling == (at("2026-01-05"), 30)
    assert oracle.unredeem("c", made.id, at("2025-01-07")) == 120
    assert buckets(oracle, "2025-01-07") == {"available": 150, "earned": 150}
    assert oracle.account("c", at("2025-01-07")).next_rolling == (at("2026-01-03"), 100)
    assert oracle.unredeem("c", made.id, at("2025-01-07")) == Refused(frozenset({"change_already_reverted"}))


def test_reasons_of_refusal() -> None:
    rules = {"min": 100, "max": 300, "step": 50, "minimum_cart": 20, "limit": {"points": 120, "period": "monthly"}}
    oracle = shop(programme(redemption=rules))
    assert oracle.redeem("x", 100, at("2025-01-02")) == Refused(frozenset({"not_a_member", "not_enough_points"}))
    buy(oracle, "o", 200, "2025-01-02")

    def reasons(points: int, cart: int | None = None) -> set[str]:
        answer = oracle.redeem("c", points, at("2025-01-03"), cart_subtotal=cart)
        return set(answer.reasons) if isinstance(answer, Refused) else set()

    assert reasons(30) == {"below_minimum"}
    assert reasons(110) == {"not_a_step"}
    assert reasons(350) == {"above_maximum", "not_enough_points", "redemption_limit_reached"}
    assert reasons(100, 19_999_999) == {"minimum_cart_not_reached"}
    assert reasons(150) == {"redemption_limit_reached"}
    assert oracle.account("c", at("2025-01-03")).limit_remaining == 120
    assert reasons(100, 20_000_000) == set()
    assert oracle.account("c", at("2025-01-31")).limit_remaining == 20
    assert oracle.account("c", at("2025-02-01")).limit_remaining == 120
    oracle = shop(programme(redemption={"choices": [100, 250]}))
    assert reasons(150) == {"not_a_member", "not_enough_points"} | {"not_a_choice"}
    assert reasons(150) == {"not_a_member", "not_enough_points", "not_a_choice"}
    oracle = shop(programme() | {"redemption": None})
    assert reasons(1) == {"redemption_disabled"}


def test_value_of_points() -> None:
    buckets_of = [{"threshold": 400, "value": 25}, {"threshold": 1000, "value": "75"}]
    oracle = shop(programme(redemption={"value_buckets": buckets_of}, points={"value": "0.05"}))
    for name, total, worth in (("o", 399, 19_950_000), ("p", 500, 31_250_000), ("q", 1001, 75_070_000)):
        oracle.give_points("c", 1, at("2025-01-02"))
        before = oracle.account("c", at("2025-01-02")).available
        buy(oracle, name, total - before, "2025-01-02")
        values = oracle.account("c", at("2025-01-02")).values
        assert values is not None
        assert values["available"] == worth
    yen = programme() | {"currency": "JPY"}
    oracle = shop(yen)
    buy(oracle, "o", 39, "2025-01-02")
    assert (oracle.account("c", at("2025-01-02")).values or {})["available"] == 1_000_000


def test_codes_follow_their_order() -> None:
    for setting, after in (("points", "voided"), ("reward", "unused")):
        oracle = shop(programme(redemption={"cancelled_order": setting}))
        buy(oracle, "o", 100, "2025-01-02")
        redeemed(oracle.redeem("c", 100, at("2025-01-03"), code="X"))
        buy(oracle, "p", 10, "2025-01-04", "unconfirmed", discount_codes=("X",))
        assert oracle.account("c", at("2025-01-04")).codes == {"X": "locked"}
        buy(oracle, "p", 10, "2025-01-04", "confirmed", discount_codes=("X",), update="2025-01-05")
        assert oracle.account("c", at("2025-01-05")).codes == {"X": "used"}
        for day in ("2025-01-06", "2025-01-07"):
            buy(oracle, "p", 10, "2025-01-04", "canceled", update=day)
        view = oracle.account("c", at("2025-01-07"))
        assert view.codes == {"X": after}
        assert view.available == (100 if setting == "points" else 0)
    oracle = shop(programme())
    buy(oracle, "o", 100, "2025-01-02")
    redeemed(oracle.redeem("c", 100, at("2025-01-03"), code="X"))
    buy(oracle, "p", 10, "2025-01-04", discount_codes=("X",))
    buy(oracle, "p", 10, "2025-01-04", "canceled", update="2025-01-05")
    redeemed(oracle.redeem("c", 70, at("2025-01-06")))
    buy(oracle, "p", 10, "2025-01-04", update="2025-01-07")
    # 30 are left for the 100; 70 become debt, of which the order's 10 points pay 10
    assert buckets(oracle, "2025-01-07") == {"redeemed": 170, "earned": 110, "debt": 60}


def spent(points: Document) -> Oracle:
    """A member who got 100 points and spent them."""
    oracle = shop(programme(points=points))
    buy(oracle, "o", 100, "2025-01-02")
    redeemed(oracle.redeem("c", 100, at("2025-01-03")))
    return oracle


def test_taking_back_spent_points() -> None:
    oracle = spent({})
    buy(oracle, "o", 0, "2025-01-02", "canceled", update="2025-01-04")
    assert buckets(oracle, "2025-01-04") == {"redeemed": 100, "debt": 100}
    buy(oracle, "p", 130, "2025-01-05")
    assert buckets(oracle, "2025-01-05") == {"available": 30, "redeemed": 100, "earned": 130}
    oracle = spent({"debt": {"policy": "none"}})
    buy(oracle, "o", 40, "2025-01-02", update="2025-01-04")
    assert buckets(oracle, "2025-01-04") == {"redeemed": 100, "earned": 100}
    buy(oracle, "o", 70, "2025-01-02", update="2025-01-05")  # cancels 30 of the 60 written off
    assert buckets(oracle, "2025-01-05") == {"redeemed": 100, "earned": 100}
    assert oracle.account("c", at("2025-01-05")).window_points == 70
    assert oracle.unredeem("c", "redemption-2", at("2025-01-06")) == 100
    assert buckets(oracle, "2025-01-06") == {"available": 70, "earned": 70}
    oracle = spent({"debt": {"policy": "to_floor", "floor": 30}})
    buy(oracle, "o", 0, "2025-01-02", "deleted", update="2025-01-04")
    assert buckets(oracle, "2025-01-04") == {"redeemed": 100, "earned": 70, "debt": 30}
    assert oracle.forgive_debt("c", 10, at("2025-01-05")) == 10
    assert buckets(oracle, "2025-01-05") == {"redeemed": 100, "earned": 80, "debt": 20}


def test_staff() -> None:
    oracle = shop(programme(redemption={"limit": {"points": 500, "period": "daily"}}))
    buy(oracle, "o", 100, "2025-01-02")
    assert oracle.takeaway_points("c", 30, at("2025-01-03")) == 30
    assert oracle.takeaway_points_as_spent("c", 71, at("2025-01-03")) == Refused(frozenset({"not_enough_points"}))
    assert oracle.takeaway_points_as_spent("c", 60, at("2025-01-03")) == 60
    assert buckets(oracle, "2025-01-03") == {"available": 10, "redeemed": 60, "earned": 70}
    assert oracle.account("c", at("2025-01-03")).limit_remaining == 500
    assert oracle.unspend_points("c", 80, at("2025-01-04")) == 60
    assert buckets(oracle, "2025-01-04") == {"available": 90, "earned": 90}
    assert oracle.takeaway_points_for_change("c", "o", at("2025-01-05")) == 90  # never more than earned
    buy(oracle, "o", 100, "2025-01-02", update="2025-01-06")
    assert buckets(oracle, "2025-01-06") == {}


def test_rolling_expiration_and_grace() -> None:
    oracle = shop(programme(expiration={"rolling": {"term": "1 month", "round_up": "month"}}))
    buy(oracle, "o", 100, "2025-01-10")
    made = redeemed(oracle.redeem("c", 60, at("2025-01-11")))
    assert buckets(oracle, "2025-02-28") == {"available": 40, "redeemed": 60, "earned": 100}
    assert buckets(oracle, "2025-03-01") == {"expired": 40, "redeemed": 60, "earned": 100}
    oracle.unredeem("c", made.id, at("2025-03-05T12:00:00+00:00"))
    view = oracle.account("c", at("2025-03-06"))
    assert [(lot.remaining, lot.expires_at) for lot in view.lots] == [(60, at("2025-04-05"))]  # to the end of the day
    again = redeemed(oracle.redeem("c", 60, at("2025-03-07")))
    oracle.unredeem("c", again.id, at("2025-04-05"))
    assert buckets(oracle, "2025-04-05") == {"expired": 100, "earned": 100}
    buy(oracle, "o", 0, "2025-01-10", "canceled", update="2025-04-06")  # its own lapsed points
    assert buckets(oracle, "2025-04-06") == {}


def test_global_expiration() -> None:
    oracle = shop(programme(expiration={"global": {"mode": "date", "days": ["06-30", "12-31"]}}))
    buy(oracle, "o", 100, "2025-01-10")
    assert oracle.account("c", at("2025-01-10")).global_expiration == at("2025-07-01")
    assert buckets(oracle, "2025-07-01") == {"expired": 100, "earned": 100}
    assert oracle.account("c", at("2025-07-01")).global_expiration == at("2026-01-01")
    idle = {"mode": "inactivity", "term": "6 months", "keeps": ["award"]}
    oracle = shop(programme(expiration={"global": idle}))
    buy(oracle, "o", 100, "2025-01-10T08:00:00+00:00")
    redeemed(oracle.redeem("c", 10, at("2025-02-01")))
    oracle.give_points("c", 5, at("2025-03-01"))
    assert oracle.account("c", at("2025-03-01")).global_expiration == at("2025-07-11")
    buy(oracle, "p", 1, "2025-01-05", arrived="2025-03-02")  # late: it does not move back
    assert oracle.account("c", at("2025-03-02")).global_expiration == at("2025-07-11")
    assert buckets(oracle, "2025-07-11") == {"expired": 96, "redeemed": 10, "earned": 106}
    assert oracle.account("c", at("2025-07-11")).global_expiration is None


def test_late_news_that_has_already_ended_lapses_now() -> None:
    oracle = shop(programme(expiration={"rolling": {"term": "10 days"}}))
    oracle.push_customer("c", at("2025-01-02"))
    oracle.give_points("c", 20, at("2025-03-01"))
    buy(oracle, "o", 100, "2025-01-05", arrived="2025-03-02")
    assert buckets(oracle, "2025-03-02") == {"available": 20, "expired": 100, "earned": 120}
    assert buckets(oracle, "2025-03-01") == {"available": 20, "earned": 20}


def test_versions_and_membership() -> None:
    oracle = Oracle(start=at("2025-01-01"))
    buy(oracle, "o", 100, "2025-01-02")
    assert buckets(oracle, "2025-01-02") == {}
    oracle.publish(programme(), at("2025-01-03"), at("2025-01-10"))
    assert oracle.account("c", at("2025-01-09")).member_since is None
    view = oracle.account("c", at("2025-01-10"))
    assert (view.member_since, view.earned, view.total_spend) == (at("2025-01-10"), 0, 0)
    double = programme() | {"sources": [{"slug": "orders", "title": "O", "kind": "order", "points": 2, "per": 1}]}
    oracle.publish(double | {"expiration": {"rolling": {"term": "30 days"}}}, at("2025-02-01"))
    buy(oracle, "p", 10, "2025-01-20", arrived="2025-02-02")  # the version of its own time
    buy(oracle, "q", 10, "2025-02-02")
    assert buckets(oracle, "2025-02-02")["earned"] == 30
    assert at("2025-02-02") + 30 * DAY == at("2025-03-04")
    assert buckets(oracle, "2025-03-04") == {"available": 10, "expired": 20, "earned": 30}
