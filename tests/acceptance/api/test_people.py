"""Who a customer is: details, the customer's own edits, membership."""

from __future__ import annotations

from typing import Any

from tests.acceptance.api.conftest import Door

ANN = {
    "id": "ann", "email": "Ann@Example.com", "first_name": "Ann", "last_name": "Lee", "birthday": "0000-02-29",
    "tags": ["vip"], "note": "calls often", "extras": {"size": "M"}, "signed_up_at": "2020-01-01T00:00:00+01:00",
}  # fmt: skip


async def call(door: Door, function: str, token: str | None, **body: Any) -> dict[str, Any]:
    answer = await door.post(function, body, token=token)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_details_of_a_customer(door: Door) -> None:
    await door.post("UpdateCustomers3", {"customers": [ANN]})
    await door.post("UpdateOrders4", {"orders": [{"id": "1", "customer": {"id": "ann"}, "amount_spent": "20"}]})
    shown = await call(door, "CustomerDetails1", door.token(), customer={"shopid": "ann"})
    bhid, anniversary = shown.pop("bh_id"), shown.pop("anniversary")
    assert shown == {
        "id": "ann", "email": "ann@example.com", "first_name": "Ann", "last_name": "Lee", "full_name": "Ann Lee",
        "birthday": "0000-02-29", "tags": ["vip"], "note": "calls often", "extras": {"size": "M"}, "optin": True,
        "membership": "full", "signed_up_at": "2019-12-31T23:00:00Z", "order_count": 1, "total_spent": "20.000000",
    }  # fmt: skip
    assert (len(bhid), len(anniversary)) == (16, 10)
    own = await call(door, "CustomerDetails1", door.token("ann"))
    assert own == {name: value for name, value in shown.items() if name != "note"} | {
        "bh_id": bhid, "anniversary": anniversary,
    }  # fmt: skip


async def test_details_of_nobody(door: Door) -> None:
    own = await call(door, "CustomerDetails1", door.token("zoe"))
    assert own == {
        "bh_id": None, "id": "zoe", "optin": True, "membership": "full", "order_count": 0, "total_spent": "0.000000",
    }  # fmt: skip
    refused = await door.post("CustomerDetails1", {"customer": {"shopid": "zoe"}})
    assert (refused.status_code, refused.json()["id"]) == (404, "no_customers_match_customer_identity")


async def test_a_customer_edits_each_field_by_itself(door: Door) -> None:
    await door.post("UpdateCustomers3", {"customers": [ANN]})
    token = door.token("ann")
    edits = {
        "first_name": "Anna", "last_name": "Lee", "phone": "+1 555", "birthday": "2001-02-29", "full_name": None,
        "email_marketing_consent": "maybe", "sms_marketing_consent": "subscribed", "membership": "queen",
    }  # fmt: skip
    result = await call(door, "UpdateCustomerDetails1", token, **edits)
    assert result["ok"] is False
    outcomes = {name: field["outcome"] for name, field in result["fields"].items()}
    assert outcomes == {
        "first_name": "updated", "last_name": "unchanged", "phone": "provided", "birthday": "invalid",
        "email_marketing_consent": "invalid", "sms_marketing_consent": "provided", "membership": "invalid",
    }  # fmt: skip
    assert "1980-05-17" in result["fields"]["birthday"]["message"]
    shown = await call(door, "CustomerDetails1", token)
    assert (shown["first_name"], shown["phone"], shown["birthday"]) == ("Anna", "+1 555", "0000-02-29")
    assert shown["sms_marketing_consent_change_time"].endswith("Z")
    cleared = await call(door, "UpdateCustomerDetails1", token, phone="", birthday="0000-05-17")
    assert cleared["ok"] is True
    shown = await call(door, "CustomerDetails1", token)
    assert ("phone" in shown, shown["birthday"]) == (False, "0000-05-17")


async def test_edits_make_nobody_known(door: Door) -> None:
    for token, body in ((door.token("zoe"), {}), (door.token(), {"customer": {"email": "zoe@example.com"}})):
        refused = await door.post("UpdateCustomerDetails1", {**body, "first_name": "Zoe"}, token=token)
        assert (refused.status_code, refused.json()["id"]) == (404, "no_customers_match_customer_identity")


async def test_leaving_and_coming_back(door: Door) -> None:
    await door.post("UpdateCustomers3", {"customers": [ANN]})
    token = door.token("ann")
    left = await call(door, "UpdateCustomerDetails1", token, membership="none")
    assert left == {"ok": True, "fields": {"membership": {"ok": True, "outcome": "updated"}}}
    order = {"id": "1", "customer": {"id": "ann"}, "amount_spent": "20"}
    assert (await door.post("UpdateOrders4", {"orders": [order]})).json() == {"ok": True, "rejected": []}
    shown = await door.balance("ann")
    assert (shown["membership"], shown["program_enabled"], shown["pts_earned"]) == ("none", True, 0)
    assert (await call(door, "Status2", token))["membership"] == "none"
    again = {"id": "ann", "optin": True}
    assert (await door.post("UpdateCustomers3", {"customers": [again]})).json() == {"ok": True, "rejected": []}
    assert (await door.balance("ann"))["membership"] == "full"
    history = await call(door, "CustomerHistory2", token)
    assert [(one["type"], one["area"]) for one in history["changes"]] == [
        ("joined", "customer"), ("left", "customer"), ("joined", "customer"),
    ]  # fmt: skip


async def test_two_customers_become_one(door: Door) -> None:
    orders = [{"id": name, "customer": {"id": name}, "amount_spent": "20"} for name in ("ann", "ben")]
    await door.post("UpdateOrders4", {"orders": orders})
    customers = [{"shopid": "ann"}, {"shopid": "ben"}]
    preview = await call(door, "MergeCustomers1", door.token(), customers=customers, preview=True)
    assert (preview["ok"], preview["preview"]) == (True, True)
    assert [(side["shopid"], side["pts_available"]) for side in preview["before"]] == [("ann", 200), ("ben", 200)]
    after = preview["after"]
    assert (after["pts_available"], after["order_count"], after["total_spend"], after["tier"]) == (
        400, 2, "40.000000", "Member",
    )  # fmt: skip
    assert (await door.balance("ben"))["pts_available"] == 200
    refused = await door.post("MergeCustomers1", {"customers": customers})
    assert refused.json()["id"] == "idempotency_key_missing"
    body = {"customers": customers, "idempotency_key": "m1", "description": "You are one"}
    done = await call(door, "MergeCustomers1", door.token(), **body)
    assert (done["before"], done["after"], done["preview"]) == (preview["before"], after, False)
    assert await call(door, "MergeCustomers1", door.token(), **body) == done
    history = (await call(door, "CustomerHistory2", door.token("ben")))["changes"]
    assert ("You are one", 0, "ann") in [(one["desc"], one.get("pts_delta"), one["customer_shopid"]) for one in history]
    own = {"customer": {"bhid": done["before"][1]["bhid"]}}
    assert (await call(door, "CustomerBalance3", door.token("ann"), **own))["pts_available"] == 400
    strangers = await door.post("CustomerBalance3", own, token=door.token("zoe"))
    assert strangers.status_code == 403
    nobody = {"customers": [{"shopid": "ann"}, {"shopid": "zoe"}], "idempotency_key": "m2"}
    assert (await door.post("MergeCustomers1", nobody)).json()["id"] == "no_customers_match_customer_identity"
    alone = await door.post("MergeCustomers1", {"customers": customers[:1], "idempotency_key": "m3"})
    assert alone.status_code == 400


async def test_a_customer_is_erased(door: Door) -> None:
    await door.post("UpdateCustomers3", {"customers": [ANN]})
    await door.post("UpdateOrders4", {"orders": [{"id": "1", "customer": {"id": "ann"}, "amount_spent": "20"}]})
    _, pushes = await door.engine.add_opaque_key(door.shop, scope="push")
    body = {"customers": [{"id": "ann", "deleted": True}]}
    (refused,) = (await door.post("UpdateCustomers3", body, token=pushes)).json()["rejected"]
    assert [fault["code"] for fault in refused["errors"]] == ["key_scope_not_allowed"]
    assert (await door.balance("ann"))["pts_available"] == 200
    erased = await door.post("UpdateCustomers3", body)
    assert erased.json() == {"ok": True, "rejected": []}
    own = await door.post("CustomerBalance3", {}, token=door.token("ann"))
    assert (own.status_code, own.json()["pts_available"], own.json()["pts_earned"]) == (200, 0, 0)
    assert (await call(door, "CustomerHistory2", door.token("ann")))["changes"] == []
    redeemed = await door.post("RedeemPoints1", {"pts": 100}, token=door.token("ann"))
    assert redeemed.json()["id"] == "no_customers_match_customer_identity"
    order = {"id": "2", "customer": {"id": "ann", "deleted": True}, "amount_spent": "20"}
    pushed = (await door.post("UpdateOrders4", {"orders": [order]})).json()
    assert [fault["path"] for fault in pushed["rejected"][0]["errors"]] == ["orders[0].customer.deleted"]


async def test_everything_of_a_person(door: Door) -> None:
    await door.post("UpdateCustomers3", {"customers": [ANN, {"id": "guest", "email": "guest@example.com"}]})
    orders = [{"id": f"of-{name}", "customer": {"id": name}, "amount_spent": "20"} for name in ("ann", "guest")]
    await door.post("UpdateOrders4", {"orders": [*orders, {"id": "bad", "customer": {"id": "ann"}, "items": 7}]})
    code = (await door.post("RedeemPoints1", {"customer": {"shopid": "ann"}, "pts": 100})).json()["code"]
    given = {"action": "give_points", "points": 7, "description": "sorry", "private_note": "was angry"}
    customer = {"customer": {"shopid": "ann"}}
    await door.post("AdjustCustomerState3", {**customer, "idempotency_key": "k", "adjustments": [given]})
    merge = {"customers": [{"shopid": "ann"}, {"shopid": "guest"}], "idempotency_key": "m"}
    await door.post("MergeCustomers1", merge)
    held = await call(door, "ExportCustomerData1", door.token(), **customer)
    assert held["ids"]["shopid"] == ["ann", "guest"]
    assert held["ids"]["email"] == ["ann@example.com", "guest@example.com"]
    assert (len(held["ids"]["bhid"]), held["profile"]["note"], held["cut"]) == (2, "calls often", [])
    assert (held["balance"]["pts_available"], held["balance"]["unused_rewards"][0]["code"]) == (307, code)
    assert {order["id"] for order in held["orders"]} == {"of-ann", "of-guest"}
    assert [one["item"]["id"] for one in held["refused"]] == ["bad"]
    notes = [change["note"]["private_note"] for change in held["history"] if "private_note" in change.get("note", {})]
    assert notes == ["was angry"]
    assert {change["type"] for change in held["history"]} >= {"merged_into", "merged_from", "earned_from_order"}
    assert (held["redemptions"][0]["code"], held["days"][0]["orders"]) == (code, 2)
    own = await door.post("ExportCustomerData1", {}, token=door.token("ann"))
    assert (own.status_code, own.json()["id"]) == (403, "token_kind_not_allowed")


async def test_nothing_of_another_whose_address_is_longer(door: Door) -> None:
    for name in ("ann", "n"):
        told = {"id": name, "email": f"{name}@example.com"}
        pushed = await door.post(
            "UpdateCustomers3", {"customers": [told, {"email": f" {name}@Example.com", "tags": 5}]}
        )
        assert len(pushed.json()["rejected"]) == 1
    held = (await door.post("ExportCustomerData1", {"customer": {"shopid": "n"}})).json()
    assert [one["item"]["email"] for one in held["refused"]] == [" n@Example.com"]
