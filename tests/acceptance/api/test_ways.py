"""Ways to earn, subscriptions, milestones and tier features at the door: as the contract's documents have them."""

from __future__ import annotations

from typing import Any

from leal.api.balance_shapes import CustomerBalanceResult3
from leal.decode import decode_json
from tests.acceptance.api.conftest import PROGRAMME, Door

MORE = """sources:
  - {slug: welcome, title: Welcome, kind: signup, points: 100, description: For joining., link: "https://example.com/join"}
  - {slug: birthday, title: Birthday, kind: birthday, points: 50}
  - {slug: letter, title: Letter, kind: newsletter, points: 15}
  - {slug: visit, title: Visit, kind: trigger, trigger: visit, points: 7, caps: [{points: 10, period: daily}]}
  - {slug: mugs, title: Mugs, kind: product, multiplier: 20000, targets: {products: [mug]}, ends_at: 2900-01-01}
  - {slug: cycles, title: Cycles, kind: subscription_order, points: 20}
"""
STEPS = """
subscriptions: {}
milestones:
  - {slug: third, title: Third box, counts: cycle, reach: "3", points: 30}
  - {slug: second, title: Second box, counts: cycle, reach: "2", tier: gold}
  - {slug: spender, title: Spender, counts: spend, reach: "100", points: 10}
  - {slug: year, title: A year, counts: tenure, reach: 12 months, points: 5}
"""


async def open_wide(door: Door) -> None:
    """Publish a programme with every way to earn, and milestones."""
    text = PROGRAMME.format(slug=door.shop.slug).replace("sources:\n", MORE) + STEPS
    await door.engine.publish(door.shop, text, author="test")


async def customer(door: Door, **told: Any) -> dict[str, Any]:
    answer = await door.post("UpdateCustomers3", {"customers": [{"id": "ann", **told}]})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def order(door: Door, id_: str, **told: Any) -> None:
    items = [{"product": {"id": "box"}, "quantity": 1, "amount_full": "10", "amount_spent": "10"}]
    whole = {"id": id_, "status": "confirmed", "customer": {"id": "ann"}, "items": items, **told}
    answer = await door.post("UpdateOrders4", {"orders": [whole]})
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "rejected": []})


def standings(shown: Any) -> dict[str, tuple[bool, bool]]:
    return {source["slugs"][0]: (source["can_complete"], source["is_completed"]) for source in shown["sources"]}


async def test_sources_stand_as_the_customer_does(door: Door) -> None:
    await open_wide(door)
    stranger = (await door.post("LoggedOutBalance1", {"include_full_program": True}, token=None)).json()
    assert set(standings(stranger).values()) == {(True, False)}
    welcome, mugs = stranger["sources"][0], stranger["sources"][4]
    assert welcome | {"bhid": ""} == {
        "bhid": "", "slugs": ["welcome"], "title": "Welcome", "can_complete": True, "is_completed": False,
        "kind": "signup", "points": 100, "description": "For joining.", "link": "https://example.com/join",
    }  # fmt: skip
    assert mugs | {"bhid": ""} == {
        "bhid": "", "slugs": ["mugs"], "title": "Mugs", "can_complete": True, "is_completed": False,
        "kind": "product", "multiplier": 20000, "ends_at": "2900-01-01T05:00:00Z",
    }  # fmt: skip
    await customer(door, email_marketing_consent="subscribed", birthday="0000-02-29")
    for number in range(2):
        told = {"trigger": "visit", "customer": {"shopid": "ann"}, "event_id": f"e{number}"}
        assert (await door.post("RecordCustomTrigger1", told)).status_code == 200
    shown = await door.balance("ann", include_full_program=True)
    assert shown["pts_available"] == 100 + 15 + 10
    done = {slug for slug, standing in standings(shown).items() if standing == (False, True)}
    assert done == {"welcome", "letter", "visit"}
    assert standings(shown)["birthday"] == (True, False)


async def test_an_edited_consent_is_credited_once(door: Door) -> None:
    await open_wide(door)
    await customer(door)
    wish = {"email_marketing_consent": "subscribed"}
    first = await door.post("UpdateCustomerDetails1", wish, token=door.token("ann"))
    assert first.json()["fields"]["email_marketing_consent"] == {"ok": True, "outcome": "credited"}
    for consent, outcome in (("unsubscribed", "updated"), ("subscribed", "updated"), ("subscribed", "unchanged")):
        told = await door.post("UpdateCustomerDetails1", {"email_marketing_consent": consent}, token=door.token("ann"))
        assert told.json()["fields"]["email_marketing_consent"]["outcome"] == outcome
    assert (await door.balance("ann"))["pts_available"] == 115


async def test_subscriptions_and_milestones_in_every_state(door: Door) -> None:
    await open_wide(door)
    answer = await door.post("LoggedOutBalance1", {"include_full_program": True}, token=None)
    decode_json(answer.content, CustomerBalanceResult3)  # what goes out is what the types say
    stranger = answer.json()
    steps = {one["slugs"][0]: one | {"bhid": ""} for one in stranger["milestones"]}
    assert list(steps) == ["third", "second", "spender", "year"]
    assert steps["second"] == {
        "bhid": "", "slugs": ["second"], "name": "Second box", "counts": "cycle", "reach": "2", "is_reached": False,
        "cycle": 2, "tier": "Gold",
    }  # fmt: skip
    assert steps["spender"] == {
        "bhid": "", "slugs": ["spender"], "name": "Spender", "counts": "spend", "reach": "100", "is_reached": False,
        "points": 10,
    }  # fmt: skip
    status = stranger["subscription_status"]
    assert (status["active"], status["cycle"], status["cur_milestone"]) == (False, 0, None)
    assert status["next_milestone"]["slugs"] == ["second"]

    await order(door, "o1", subscription_id="S1")
    lines = [
        {"product": {"id": name}, "quantity": 1, "amount_full": "10", "amount_spent": "10", "subscription_id": name}
        for name in ("S1", "S2")
    ]
    await order(door, "o2", items=lines)
    shown = await door.balance("ann", include_full_program=True)
    status = shown["subscription_status"]
    assert (status["active"], status["cycle"]) == (True, 2)
    assert (status["cur_milestone"]["slugs"], status["next_milestone"]["slugs"]) == (["second"], ["third"])
    assert [one["is_reached"] for one in shown["milestones"]] == [False, True, False, False]
    assert shown["cur_tier"]["name"] == "Gold"
    assert shown["pts_available"] == 100 + 100 + 200 + 40

    assert (await customer(door, subscriptions=[{"id": "S1", "status": "ended", "cycle": 9}]))["rejected"] == []
    status = (await door.balance("ann"))["subscription_status"]
    assert (status["active"], status["cycle"]) == (True, 1)
    await customer(door, subscriptions=[{"id": "S2", "status": "paused"}])
    status = (await door.balance("ann"))["subscription_status"]
    assert (status["active"], status["cycle"], status["next_milestone"]) == (False, 9, None)
    history = (await door.post("CustomerHistory2", {"customer": {"shopid": "ann"}})).json()["changes"]
    kinds = {(change["area"], change["type"]) for change in history}
    assert {("milestone", "milestone_reached"), ("points", "earned_from_subscription")} <= kinds
    assert ("customer", "subscription_changed") in kinds


async def test_faults_of_subscriptions(door: Door) -> None:
    told = {"subscriptions": [{"id": "", "cycle": -1}, {"id": "S1", "started_at": "0001-01-01T00:00:00Z"}]}
    refused = (await customer(door, **told))["rejected"][0]["errors"]
    assert {fault["path"] for fault in refused} == {
        "customers[0].subscriptions[0].id", "customers[0].subscriptions[0].cycle",
    }  # fmt: skip
    late = (await customer(door, subscriptions=told["subscriptions"][1:]))["rejected"][0]["errors"]
    assert [fault["path"] for fault in late] == ["customers[0].subscriptions[0].started_at"]
    many = [{"id": f"S{number}"} for number in range(101)]
    assert (await customer(door, subscriptions=many))["rejected"]
    await customer(door, subscriptions=many[:100])
    refused = (await customer(door, subscriptions=many[100:]))["rejected"][0]["errors"]
    assert [fault["code"] for fault in refused] == ["too_many_subscriptions"]


async def test_features_and_limits_of_tiers(door: Door) -> None:
    await order(door, "o1", amount_spent="600", items=None)
    token = door.token("ann")
    assert (await door.post("RedeemPoints1", {"pts": 4000}, token=token)).status_code == 200
    shown = await door.balance("ann", include_full_program=True)
    member, gold = shown["tiers"]
    assert shown["cur_tier"]["name"] == "Gold"
    assert [tier["features"][0]["value"] for tier in (member, gold)] == ["30 days", "90 days"]
    assert gold["features"][0]["bhid"] == shown["tier_features"][0]["bhid"]
    assert gold["redemption_limit"] == {"total": 5000, "remaining": 1000, "period": "monthly"}
    assert shown["redemption_limit"] == gold["redemption_limit"]
    assert shown["global_redemption_limit"] == {"total": 2000, "remaining": 0, "period": "monthly"}
    assert "redemption_limit" not in member
    refused = await door.post("RedeemPoints1", {"pts": 1050}, token=token)
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["redemption_limit_reached"]
