"""Explanations, schedules and forecasts over HTTP: whole answers, in which language, and to whom they are given."""

from __future__ import annotations

import time
from typing import Any

from leal.values import MICRO, format_instant
from tests.acceptance.api.conftest import PROGRAMME, Door, order

MULTIPLIER = """
multipliers:
  - {slug: sale, title: Sale, factor: 15000, targets: {collections: [sale]}}
"""
ANN: dict[str, Any] = {"customer": {"shopid": "ann"}}


async def bought(door: Door) -> None:
    """Ann buys two things, one of them in a sale that earns half as much again, and has 350 points for it."""
    text = PROGRAMME.format(slug=door.shop.slug) + MULTIPLIER
    await door.engine.publish(door.shop, text, author="test")
    cart = [
        {
            "product": {"id": "mug", "collection_ids": ["sale"]},
            "quantity": 1,
            "amount_full": "9.99",
            "amount_spent": "9.99",
        },
        {"product": {"id": "hat"}, "quantity": 1, "amount_full": "20.00", "amount_spent": "20.00"},
    ]
    pushed = order("A1", "ann", "0", items=cart)
    assert (await door.post("UpdateOrders4", {"orders": [pushed]})).json() == {"ok": True, "rejected": []}


async def told(door: Door, function: str, body: dict[str, Any], token: str | None = "") -> Any:
    answer = await door.post(function, body, token=token)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_order_is_explained_to_the_last_fraction(door: Door) -> None:
    await bought(door)
    found = await told(door, "ExplainOrder1", {"order_id": "A1"}, token=door.token("ann"))
    assert found.pop("time")
    (award,) = found.pop("awards")
    assert award.pop("available")
    assert award.pop("expires")
    assert award == {
        "source": "orders", "title": "Shop with us", "kind": "order", "pts_by_rule": 349, "pts_allowed": None,
        "pts_owed": 349, "pts": 349, "pts_written_off": 0, "hindrance": None, "desc": award["desc"], "rule": "S4.2",
    }  # fmt: skip
    assert award["desc"].startswith("349 points for the amount of the order. They can be spent from ")
    assert found == {
        "order_id": "A1", "status": "confirmed", "programme_version": 2, "tier": "Member", "verdict": "earns",
        "pts": 349,
        "rate": {"pts": 10, "per": "1.000000"}, "stacking": "multiply", "rounding": "floor",
        "lines": [
            {
                "id": "#0", "product": "mug", "amount_spent": "9.990000", "amount_points": "0.000000",
                "eligible": "9.990000", "earns": True,
                "multipliers": [{"slug": "sale", "title": "Sale", "factor": {"numerator": 3, "denominator": 2}}],
                "factor": {"numerator": 3, "denominator": 2}, "exact_pts": {"numerator": 2997, "denominator": 20},
                "desc": "$9.99 at 10 points for every $1.00, times 1.5 (Sale): 149.85 points.", "rule": "S4.2",
            },
            {
                "id": "#1", "product": "hat", "amount_spent": "20.000000", "amount_points": "0.000000",
                "eligible": "20.000000", "earns": True, "multipliers": [], "factor": {"numerator": 1, "denominator": 1},
                "exact_pts": {"numerator": 200, "denominator": 1},
                "desc": "$20.00 at 10 points for every $1.00: 200 points.", "rule": "S4.2",
            },
        ],
        "exact_pts": {"numerator": 6997, "denominator": 20}, "pts_rounded": 349,
        "desc": "The lines come to 349.85 points, rounded down: 349. The order gives 349 points.", "rule": "S4.2",
    }  # fmt: skip
    german = await told(door, "ExplainOrder1", {"order_id": "A1", "market": {"locale": "de"}})
    assert german["lines"][0]["desc"] == "9,99\u00a0$, 10 Punkte je 1,00\u00a0$, mal 1,5 (Sale): 149,85 Punkte."
    french = await told(door, "ExplainOrder1", {"order_id": "A1", "market": {"locale": "fr"}})
    assert "arrondi vers le bas\u00a0: 349." in french["desc"]


async def test_orders_that_give_nothing_say_why(door: Door) -> None:
    await bought(door)
    pushes = [
        order("A2", "ann", "5", status="unconfirmed"),
        order("A3", "ann", "5"),
        order("A3", "ann", "5", status="canceled"),
    ]
    for pushed in pushes:
        await door.post("UpdateOrders4", {"orders": [pushed]})
    for order_id, verdict, rule in (("A2", "not_confirmed", "S4.5"), ("A3", "taken_back", "S4.5")):
        found = await told(door, "ExplainOrder1", {"order_id": order_id})
        assert (found["verdict"], found["rule"], found["pts"]) == (verdict, rule, 0)
        assert found["desc"]
    assert found["lines"][0]["desc"] == "Counting: $5.00."


async def test_a_balance_is_explained_with_its_lots_rules_and_entries(door: Door) -> None:
    await bought(door)
    found = await told(door, "ExplainBalance1", ANN | {"limit": 1})
    assert found["balance"] == await door.balance("ann")
    assert [(one["name"], one["pts"], one["rule"]) for one in found["buckets"]] == [
        ("available", 349, "S2.4"), ("pending", 0, "S4.6"), ("held", 0, "S5.6"), ("redeemed", 0, "S5.2"),
        ("expired", 0, "S7.1"), ("earned", 349, "S2.2"), ("debt", 0, "S6.2"),
    ]  # fmt: skip
    assert found["available_worth"] == {
        "pts": 349, "threshold": 1, "value": "0.010000", "smallest_unit": "0.010000", "amount": "3.490000",
        "desc": "349 points at $0.01 for every 1, rounded down: $3.49.", "rule": "S5.4",
    }  # fmt: skip
    (lot,) = found["lots"]
    assert (lot["pts_available"], lot["order_shopid"]) == (349, "A1")
    assert lot["desc"].startswith("Points for an order (order A1): Shop with us, until ")
    assert found["tier"]["by"] == "everyone"
    assert found["tier"]["reach"] == {
        "tier": "Gold", "every": True, "counts_from": "2026-01-01",
        "asks": [{"what": "spend", "event": "", "wanted": 500_000_000, "has": 29_990_000}],
    }  # fmt: skip
    assert (found["limit"]["total"], found["limit"]["used"], found["limit"]["remaining"]) == (2000, 0, 2000)
    assert [(one["type"], one["entries"], one["pts"], one["rule"]) for one in found["sums"]] == [
        ("earned_from_order", 1, {"available": 349, "earned": 349}, "S4.2"), ("joined", 1, {}, "S11.4"),
    ]  # fmt: skip
    assert [entry["desc"] for entry in found["entries"]] == ["Points for an order (order A1): Shop with us"]
    assert found["entries_left_out"] == 1


async def test_notes_of_staff_are_for_staff(door: Door) -> None:
    body = ANN | {
        "idempotency_key": "k",
        "adjustments": [{"action": "give_points", "points": 5, "description": "Sorry", "private_note": "a nuisance"}],
    }
    await door.post("UpdateCustomers3", {"customers": [{"id": "ann"}]})
    assert (await door.post("AdjustCustomerState3", body)).status_code == 200
    for token, note, actor in (
        (door.token("ann"), None, None),
        (door.token("ann", level="admin"), "a nuisance", f"shop {door.kid}"),
        (door.token(), "a nuisance", f"shop {door.kid}"),
    ):
        (entry, *_) = (await told(door, "ExplainBalance1", ANN, token=token))["entries"]
        assert (entry["desc"], entry["private_note"], entry["actor"]) == ("Sorry", note, actor)


async def test_a_schedule_and_a_forecast_agree(door: Door) -> None:
    await bought(door)
    schedule = await told(door, "ExpirationSchedule1", {}, token=door.token("ann"))
    (lapse,) = schedule["schedule"]
    assert (lapse["amount"], lapse["value"], lapse["kind"], schedule["pts_without_end"]) == (349, "3.490000", "own", 0)
    before = await told(door, "ForecastBalance1", ANN | {"at": format_instant(time.time_ns() // 1000 + 60 * MICRO)})
    assert (before["pts_available"], before["changes"], before["pts_expiring"]) == (349, [], 0)
    assert before["next_tier_now"]["reqs"]["extra_spend"] == "470.010000"
    then = await told(door, "ForecastBalance1", ANN | {"at": lapse["time"]})
    assert (then["pts_available"], then["pts_available_value"], then["pts_expiring"]) == (0, "0.000000", 349)
    (change,) = then["changes"]
    assert (change["time"], change["type"], change["desc"], change["pts_delta"]) == (
        lapse["time"], "points_expired", "Points expired", -349,
    )  # fmt: skip
    assert then["next_tier_then"]["reqs"]["extra_spend"] == "500.000000"  # another year


async def test_what_cannot_be_told_is_refused(door: Door, other: Door) -> None:
    await bought(door)
    await other.give("ann", 5)
    for name, body, token, code, ident in (
        ("ForecastBalance1", ANN | {"at": "2020-01-01T00:00:00Z"}, "", 400, "invalid_input"),
        ("ForecastBalance1", ANN, "", 400, "invalid_input"),
        ("ExplainBalance1", ANN | {"limit": 1001}, "", 400, "invalid_input"),
        ("ExplainBalance1", {"customer": {"shopid": "nobody"}}, "", 404, "no_customers_match_customer_identity"),
        ("ExplainOrder1", {"order_id": "nope"}, "", 404, "order_not_found"),
        ("ExplainOrder1", {"order_id": "A1"}, door.token("eve"), 404, "order_not_found"),
        ("ExplainOrder1", {"order_id": "A1"}, None, 401, "invalid_token"),
        (
            "ExpirationSchedule1",
            {"customer": {"shopid": "eve"}},
            door.token("ann"),
            403,
            "customer_identity_does_not_match_token",
        ),
    ):
        answer = await door.post(name, body, token=token)
        assert (answer.status_code, answer.json()["id"]) == (code, ident), (name, answer.text)
    answer = await other.post("ExplainOrder1", {"order_id": "A1"})
    assert answer.status_code == 404


async def test_somebody_unknown_with_a_token_of_their_own_has_nothing(door: Door) -> None:
    schedule = await told(door, "ExpirationSchedule1", {}, token=door.token("zoe"))
    assert (schedule["schedule"], schedule["pts_available"]) == ([], 0)
    at = format_instant(time.time_ns() // 1000 + 3600 * MICRO)
    forecast = await told(door, "ForecastBalance1", {"at": at}, token=door.token("zoe"))
    assert (forecast["pts_available"], forecast["changes"], forecast["at"]) == (0, [], at)
