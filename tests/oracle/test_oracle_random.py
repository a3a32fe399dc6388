"""The oracle under random facts: the conservation law holds, repeats are no-ops, views change nothing."""

from random import Random
from typing import Any

import pytest

from tests.oracle.facts import CustomerFacts, LineFacts, OrderFacts
from tests.oracle.oracle import Oracle
from tests.oracle.samples import DAY, START, at, programme
from tests.oracle.versions import Document

STATUSES = ("unconfirmed", "confirmed", "confirmed", "completed", "canceled", "deleted")
WINDOWS = ("lifetime", "calendar_year", "anniversary_year", "rolling")


def pending_rule(dice: Random) -> Document:
    """Any way of waiting."""
    then = dice.choice(["drop", "mature"])
    return dice.choice(
        [
            {"mode": "at_once"},
            {"mode": "delay", "days": dice.randint(1, 40)},
            {"mode": "delay", "days": 5, "since": "completed", "timeout": "20 days", "then": then},
            {"mode": "date", "day": dice.choice(["02-29", "12-31", "06-15"])},
            {"mode": "event", "event": "completed", "timeout": "1 month", "then": then},
            {"mode": "event", "event": "trigger", "trigger": "t", "timeout": "1 month", "then": then},
        ]
    )


def ladder(dice: Random) -> Document:
    """Any ladder of three steps."""
    kind = dice.choice(WINDOWS)
    ends = "window" if kind.endswith("year") else dice.choice(["term", "never"])
    life: Document = {"ends": ends, "term": "3 months", "grace": dice.choice(["0 days", "20 days"])}
    life |= {"downgrade": dice.choice(["requalify", "one_step", "never"]), "protect": dice.random() < 0.2}
    steps: list[Document] = [
        {"slug": "a", "name": "A"},
        {"slug": "b", "name": "B", "requires": {"points": 100}, "keep": {"points": 60}, "entry_points": 30},
        {"slug": "c", "name": "C", "requires": {"points": 400}, "expires": "4 months"},
    ]
    basis = dice.choice(["qualifying", "qualifying", "available"])
    return {"window": {"kind": kind, "length": "3 months"}, "basis": basis, "life": life, "steps": steps}


def any_programme(dice: Random) -> Document:
    """Any programme that the oracle covers."""
    policy = dice.choice([{"policy": "none"}, {"policy": "to_floor", "floor": 50}, {"policy": "unlimited"}])
    turns: list[Document | None] = [
        None,
        {"mode": "date", "days": ["03-31", "09-30"]},
        {"mode": "inactivity", "term": "2 months"},
    ]
    rolling = {"term": "2 months", "since": dice.choice(["available", "earned"]), "round_up": "month"}
    cap = {"points": 150, "period": dice.choice(["daily", "weekly", "monthly", "yearly", "lifetime", None])}
    parts: Document = {
        "points": {"debt": policy, "grace": dice.choice(["0 days", "30 days"])},
        "earning": {"pending": pending_rule(dice)},
        "expiration": {"rolling": dice.choice([rolling, None]), "global": dice.choice(turns)},
        "redemption": {"cancelled_order": dice.choice(["points", "reward"]), "coupon_expires": "2 months"},
    }
    if dice.random() < 0.8:
        parts["tiers"] = ladder(dice)
    document = programme(zone=dice.choice(["UTC", "Europe/Paris", "America/New_York"]), **parts)
    document["sources"] += [
        {"slug": "f", "title": "F", "kind": "first_order", "points": 40},
        {"slug": "g", "title": "G", "kind": "product", "points": 9, "targets": {"products": ["p1"]}, "caps": [cap]},
        {"slug": "t", "title": "T", "kind": "trigger", "points": 7, "trigger": "t"},
        {"slug": "m", "title": "M", "kind": "manual", "caps": [cap | {"over": "refuse"}]},
        {"slug": "j", "title": "J", "kind": "signup", "points": 11},
        {"slug": "b", "title": "B", "kind": "birthday", "points": 13, "minimum_change_days": dice.choice([0, 30])},
        {"slug": "y", "title": "Y", "kind": "anniversary", "points": 17, "pending": pending_of_day(dice)},
        {"slug": "s", "title": "S", "kind": "subscription_order", "points": 19},
        {"slug": "rs", "title": "Rs", "kind": "referral_sent", "points": 23, "caps": [cap]},
        {"slug": "rr", "title": "Rr", "kind": "referral_received", "points": 29},
    ]
    limit = {"count": 2, "period": dice.choice(["monthly", "lifetime"])}
    mug: Document = {"slug": "mug", "title": "Mug", "kind": "vendible", "points": 30, "gives": {"product": "mug"}}
    document["offers"] = [
        mug | {"stock": dice.randint(1, 4), "per_member": limit, "expires": "1 month"},
        mug | {"slug": "free", "kind": "free", "points": 0},
        mug | {"slug": "visit", "kind": "custom_reward", "gives": {"identifier": "visit"}},
    ]
    document["milestones"] = [
        {"slug": "two", "title": "2", "counts": "orders", "reach": "2", "points": 31, "offer": "free"},
        {"slug": "cycle", "title": "C", "counts": "cycle", "reach": "2", "points": 37},
        {"slug": "long", "title": "L", "counts": "tenure", "reach": "3 months", "points": 41},
    ]
    if "tiers" in parts:
        document["milestones"][0]["tier"] = dice.choice(["b", "c"])
    document["referrals"] = {"delay_days": dice.choice([0, 14]), "friend_welcome": "free", "per_member": limit}
    return document


def pending_of_day(dice: Random) -> Document:
    """A way of waiting without an order."""
    waits = {"mode": "event", "event": "trigger", "trigger": "t", "timeout": "1 month"}
    return dice.choice([{"mode": "at_once"}, {"mode": "delay", "days": 3}, waits])


def any_order(dice: Random, now: int) -> OrderFacts:
    """Any push of one of a few orders."""
    lines = tuple(LineFacts(f"p{n}", dice.randint(0, 120) * 1_000_000, id=str(n)) for n in range(dice.randint(1, 3)))
    when = now - dice.choice([0, 0, 3600_000_000, 40 * DAY])
    codes = tuple(f"X{n}" for n in range(40) if dice.random() < 0.3)
    name, status = f"o{dice.randint(1, 6)}", dice.choice(STATUSES)
    tender, of = dice.randint(0, 5_000_000), dice.choice([None, "S1", "S2"])
    codes += dice.choice([(), ("REF",)])
    return OrderFacts(name, status, when, now, lines=lines, discount_codes=codes, points_tender=tender, subscription=of)


def act(oracle: Oracle, dice: Random, now: int, turn: int) -> None:
    """Lets one random thing happen."""
    points: Any = dice.randint(1, 150)
    match dice.randint(0, 18):
        case 0 | 1 | 2 | 3 | 4:
            oracle.push_order("c", any_order(dice, now), now)
        case 5 | 6:
            oracle.redeem("c", points, now, with_code=dice.random() < 0.7, code=f"X{turn}")
        case 7:
            oracle.unredeem("c", f"redemption-{dice.randint(1, oracle.calls + 1)}", now)
        case 8:
            oracle.give_points("c", points, now)
        case 9:
            oracle.trigger("c", "t", now)
        case 10:
            dice.choice([oracle.takeaway_points, oracle.takeaway_points_as_spent])("c", points, now)
        case 11:
            dice.choice([oracle.unspend_points, oracle.forgive_debt])("c", points, now)
        case 12:
            oracle.takeaway_points_for_change("c", f"o{dice.randint(1, 6)}", now)
        case 13:
            oracle.take("c", dice.choice(["mug", "free", "visit"]), now, code=f"X{turn}")
        case 14:
            oracle.grant("c", dice.choice(["mug", "visit"]), now)
            oracle.use("c", "mug", now, code=f"X{turn}")
        case 15:
            oracle.void_reward("c", f"X{dice.randint(0, turn)}", now)
        case 16:
            oracle.deliver("c", f"redemption-{dice.randint(1, oracle.calls + 1)}", now, done=dice.random() < 0.5)
        case 17:
            oracle.push_customer("d", now, told=CustomerFacts(email="d@example.com", referral_code="REF"))
            oracle.refer(dice.choice("cd"), dice.choice(["sms", "qr-code"]), now, code="REF")
        case 18:
            oracle.push_customer("c", now, told=CustomerFacts(born=dice.choice(["02-29", "06-15", ""])))


@pytest.mark.parametrize("seed", range(20))
def test_the_law_holds_and_repeats_do_nothing(seed: int) -> None:
    dice = Random(seed)
    now = at(START)
    oracle = Oracle(start=now)
    if dice.random() < 0.8:
        oracle.publish(any_programme(dice), now)
    oracle.push_customer("c", now)
    for turn in range(40):
        now += dice.choice([0, 1, 3600_000_000, DAY, 9 * DAY, 45 * DAY])
        if dice.random() < 0.05:
            oracle.publish(any_programme(dice), now, now + dice.choice([0, 20 * DAY]))
        act(oracle, dice, now, turn)
        if "c" in oracle.shop.accounts:
            before = oracle.account("c", now)
            oracle.account("c", now + 400 * DAY)
            oracle.push_customer("c", now)
            assert oracle.account("c", now) == before
            assert sum(lot.remaining for lot in before.lots) == before.available + before.pending


@pytest.mark.parametrize("seed", range(12))
def test_the_same_order_twice_is_once(seed: int) -> None:
    dice = Random(1000 + seed)
    now = at(START)
    oracle = Oracle(start=now)
    oracle.publish(any_programme(dice), now)
    for turn in range(30):
        now += dice.choice([0, 3600_000_000, DAY, 9 * DAY, 45 * DAY])
        act(oracle, dice, now, turn)
        order = any_order(dice, now)
        oracle.push_order("c", order, now)
        once = oracle.account("c", now)
        oracle.push_order("c", order, now)
        assert oracle.account("c", now) == once
