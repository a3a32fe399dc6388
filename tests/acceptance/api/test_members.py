"""A member's way through the door: orders, balance, redemption, giving back, history."""

from __future__ import annotations

from leal.api.balance_shapes import CustomerBalanceResult3
from leal.decode import decode_json
from leal.engine.engine import Engine
from tests.acceptance.api.conftest import PROGRAMME, Door, order

BALANCE_KEYS = {
    "pts_available", "pts_available_value", "pts_pending", "pts_pending_value", "pts_earned", "pts_redeemed",
    "pts_expired", "pts_held", "pts_debt", "total_spend", "upgrade_spend", "loyalty_anniversary_day",
    "pts_global_expiration", "pts_next_rolling_expiration", "redemption", "cur_tier", "next_tier", "redemption_limit",
    "global_redemption_limit", "membership", "program_enabled",
}  # fmt: skip


async def test_an_order_is_in_the_next_balance(door: Door) -> None:
    pushed = await door.post("UpdateOrders4", {"orders": [order("1", "ann", "42.99")]})
    assert (pushed.status_code, pushed.json()) == (200, {"ok": True, "rejected": []})
    balance = await door.balance("ann")
    assert set(balance) == BALANCE_KEYS
    assert balance["pts_available"] == balance["pts_earned"] == 429
    assert balance["pts_available_value"] == "4.290000"
    assert balance["total_spend"] == balance["upgrade_spend"] == "42.990000"
    assert balance["pts_pending_value"] == "0.000000"
    assert balance["pts_global_expiration"] is None
    assert balance["redemption"] == {"pt_value": "0.010000", "min": 100, "max": None, "step": 50}
    assert balance["redemption_limit"] == {"total": 2000, "remaining": 2000, "period": "monthly"}
    assert balance["cur_tier"]["name"] == "Member"
    assert balance["next_tier"] == {
        "name": "Gold",
        "slug": "gold",
        "expiration": None,
        "reqs": {
            "threshold_spend": "500.000000",
            "extra_spend": "457.010000",
            "extra_desc": "Spend $457.01 more to reach Gold.",
            "progress": 859,
        },
    }


async def test_the_same_order_again_changes_nothing(door: Door) -> None:
    for _ in range(3):
        await door.post("UpdateOrders4", {"orders": [order("1", "ann", "42.99")]})
    assert (await door.balance("ann"))["pts_earned"] == 429


async def test_the_full_programme(door: Door) -> None:
    asked = {"include_full_program": True, "include_unused_rewards": True}
    answer = await door.post("LoggedOutBalance1", asked, token=None)
    assert answer.status_code == 200, answer.text
    decode_json(answer.content, CustomerBalanceResult3)  # what goes out is what the types say
    shown = answer.json()
    assert set(shown) == BALANCE_KEYS | {"unused_rewards", "sources", "offers", "tiers", "tier_features"}
    assert shown["unused_rewards"] == []
    assert [offer["id"] for offer in shown["offers"]] == ["gift"]
    assert [source["slugs"] for source in shown["sources"]] == [["orders"], ["bring"], ["come"]]
    assert shown["sources"][0] | {"bhid": ""} == {
        "bhid": "", "slugs": ["orders"], "title": "Shop with us", "can_complete": True, "is_completed": False,
        "kind": "order", "points": 10, "per": "1.000000",
    }  # fmt: skip
    assert [tier["name"] for tier in shown["tiers"]] == ["Member", "Gold"]
    assert [tier["features"][0]["value"] for tier in shown["tiers"]] == ["30 days", "90 days"]
    assert "redemption_limit" not in shown["tiers"][0]
    assert shown["tiers"][1]["redemption_limit"] == {"total": 5000, "remaining": 5000, "period": "monthly"}
    feature = shown["tier_features"][0]
    assert feature["title"] == "Free returns"
    assert {tier["features"][0]["bhid"] for tier in shown["tiers"]} == {feature["bhid"]}
    assert shown["cur_tier"]["name"] == "Member"
    assert "features" not in shown["cur_tier"]
    assert "redemption_limit" not in shown["cur_tier"]


async def test_points_become_a_code_and_come_back(door: Door) -> None:
    await door.give("ann", 1000)
    token = door.token("ann")
    redeemed = await door.post("RedeemPoints1", {"pts": 500, "cart_subtotal": "20"}, token=token)
    assert redeemed.status_code == 200, redeemed.text
    code = redeemed.json()
    assert (code["pts"], code["amount"], bool(code["code"])) == (500, "5.000000", True)
    balance = await door.balance("ann", include_unused_rewards=True)
    assert (balance["pts_available"], balance["pts_redeemed"]) == (500, 500)
    assert balance["redemption_limit"]["remaining"] == 1500
    reward = balance["unused_rewards"][0]
    assert (reward["code"], reward["pts"], reward["amount"]) == (code["code"], 500, "5.000000")

    back = await door.post("Unredeem1", {"change_bhid": code["change_bhid"]}, token=token)
    assert (back.status_code, back.json()) == (200, {"success": True, "pts": 500})
    assert (await door.balance("ann"))["pts_available"] == 1000
    again = await door.post("Unredeem1", {"change_bhid": code["change_bhid"]}, token=token)
    assert (again.status_code, again.json()["id"]) == (422, "change_already_reverted")


async def test_a_redemption_without_a_code(door: Door) -> None:
    await door.give("ann", 1000)
    redeemed = await door.post("RedeemPoints1", {"pts": 100, "no_coupon": True}, token=door.token("ann"))
    assert redeemed.json()["code"] == ""
    assert (await door.balance("ann", include_unused_rewards=True))["unused_rewards"] == []


async def test_a_denied_redemption_says_every_reason(door: Door) -> None:
    await door.give("ann", 120)
    answer = await door.post("RedeemPoints1", {"pts": 2125, "cart_subtotal": "12.50"}, token=door.token("ann"))
    assert answer.status_code == 422
    body = answer.json()
    codes = [reason["code"] for reason in body["reasons"]]
    assert codes == ["not_enough_points", "not_a_step", "redemption_limit_reached", "minimum_cart_not_reached"]
    assert body["id"] == codes[0]
    assert body["reasons"][0]["figures"] == {"available": 120, "missing": 2005}
    assert body["message"]


async def test_one_key_redeems_once(door: Door) -> None:
    await door.give("ann", 1000)
    await door.give("bob", 1000)
    body = {"pts": 100, "idempotency_key": "k1"}
    first = await door.post("RedeemPoints1", body, token=door.token("ann"))
    second = await door.post("RedeemPoints1", {"pts": 100}, token=door.token("ann"), headers={"idempotency-key": "k1"})
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert (await door.balance("ann"))["pts_available"] == 900
    other = await door.post("RedeemPoints1", body, token=door.token("bob"))
    assert other.json()["code"] != first.json()["code"]
    reused = await door.post("RedeemPoints1", {"pts": 150, "idempotency_key": "k1"}, token=door.token("ann"))
    assert (reused.status_code, reused.json()["id"]) == (422, "idempotency_key_reused")


async def test_history(door: Door) -> None:
    await door.give("ann", 1000)
    token = door.token("ann")
    code = (await door.post("RedeemPoints1", {"pts": 500}, token=token)).json()
    answer = await door.post("CustomerHistory2", {"only_points": True}, token=token)
    changes = answer.json()["changes"]
    assert [change["type"] for change in changes] == ["redeemed_towards_order", "manual_correction"]
    newest = changes[0]
    assert (newest["pts_delta"], newest["amount"], newest["discount_code"]) == (-500, "5.000000", code["code"])
    assert (newest["id"], newest["area"], newest["customer_shopid"]) == (code["change_bhid"], "points", "ann")
    assert newest["desc"] == "Points redeemed for a discount"
    assert changes[1]["desc"] == "Welcome"
    older = await door.post("CustomerHistory2", {"only_points": True, "after_id": newest["id"]}, token=token)
    assert older.json()["changes"] == changes[1:]
    one = await door.post("CustomerHistory2", {"only_points": True, "limit": 1}, token=token)
    assert one.json()["changes"] == changes[:1]
    unused = await door.post("CustomerHistory2", {"only_unused": True}, token=token)
    assert [change["id"] for change in unused.json()["changes"]] == [code["change_bhid"]]


async def test_an_unknown_customer(door: Door) -> None:
    token = door.token("nobody")
    balance = (await door.post("CustomerBalance3", token=token)).json()
    assert (balance["pts_available"], balance["cur_tier"]["name"]) == (0, "Member")
    assert (await door.post("CustomerHistory2", token=token)).json() == {"changes": []}
    status = (await door.post("Status2", token=token)).json()
    assert (status["logged_in"], status["user"]) == (True, {"shopid": "nobody", "bhid": None})
    redeemed = await door.post("RedeemPoints1", {"pts": 100}, token=token)
    assert (redeemed.status_code, redeemed.json()["id"]) == (404, "no_customers_match_customer_identity")


async def test_status(door: Door) -> None:
    anonymous = (await door.post("Status2", token=None)).json()
    assert anonymous["now"].endswith("Z")
    assert anonymous | {"now": ""} == {
        "now": "", "logged_in": False, "user": None, "shop_slug": "acme", "membership": "full", "program_enabled": True,
    }  # fmt: skip
    await door.give("ann", 1)
    ann = (await door.post("Status2", token=door.token("ann"))).json()
    assert ann["user"]["shopid"] == "ann"
    assert ann["membership"] == "full"


async def test_a_shop_without_a_programme(engine: Engine, door: Door) -> None:
    await engine.create_shop("bare")
    answer = await door.client.post("/api/v2023061/bare/LoggedOutBalance1", json={"include_full_program": True})
    assert answer.status_code == 200
    assert (answer.json()["pts_available"], answer.json()["cur_tier"], answer.json()["tiers"]) == (0, None, [])
    status = await door.client.get("/api/v20230601/bare/Status2")
    assert (status.json()["program_enabled"], status.json()["membership"]) == (False, "none")


async def test_a_programme_that_is_switched_off(door: Door) -> None:
    await door.give("ann", 500)
    off = PROGRAMME.format(slug="acme").replace("currency:", "enabled: false\ncurrency:")
    await door.engine.publish(door.shop, off, author="test")
    balance = await door.balance("ann", include_full_program=True)
    assert (balance["pts_available"], balance["pts_available_value"], balance["redemption"]) == (500, None, None)
    assert balance["cur_tier"] is balance["next_tier"] is balance["redemption_limit"] is None
    assert balance["sources"] == balance["tiers"] == balance["tier_features"] == []
    redeemed = await door.post("RedeemPoints1", {"pts": 100}, token=door.token("ann"))
    assert (redeemed.status_code, redeemed.json()["id"]) == (422, "redemption_disabled")
    status = (await door.post("Status2", token=door.token("ann"))).json()
    assert (status["program_enabled"], status["membership"]) == (False, "none")


async def test_choices_and_buckets(door: Door) -> None:
    rules = "redemption:\n  choices: [100, 400]\n  value_buckets: [{threshold: 400, value: '25.00'}]\n"
    text = PROGRAMME.format(slug="acme")
    start, end = text.index("redemption:\n  min"), text.index("holds:")
    await door.engine.publish(door.shop, text[:start] + rules + text[end:], author="test")
    await door.give("ann", 500)
    shown = (await door.balance("ann"))["redemption"]
    assert shown["buckets"] == [100, 400]
    assert shown["point_value_buckets"] == [{"threshold": 400, "value": "25.000000"}]
    assert (await door.balance("ann"))["pts_available_value"] == "31.250000"
    redeemed = await door.post("RedeemPoints1", {"pts": 400}, token=door.token("ann"))
    assert redeemed.json()["amount"] == "25.000000"
