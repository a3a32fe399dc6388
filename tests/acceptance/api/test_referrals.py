"""Referrals over HTTP: from the invitation to the approval, what is refused, who learns what, and races."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.acceptance.api.conftest import Door, order
from tests.acceptance.api.test_calling import told

ANN = {"customer": {"shopid": "ann"}}


@pytest.fixture
async def shop(door: Door) -> Door:
    await door.give("ann", 100)
    return door


async def invite(shop: Door, channel: str = "whatsapp", **more: Any) -> Any:
    answer = await shop.post("Refer2", {**ANN, "channel": channel, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["referral"]


async def referrals(shop: Door, **more: Any) -> Any:
    return (await shop.post("CustomerReferrals2", {**ANN, **more})).json()


async def test_from_the_invitation_to_the_friend(shop: Door) -> None:
    sent = await invite(shop)
    assert sent == {
        "referral_bhid": sent["referral_bhid"], "channel": "whatsapp", "status": "invited", "sent_at": sent["sent_at"],
        "link": f"https://shop.example/?friend={sent['coupon_code']}", "coupon_code": sent["coupon_code"],
    }  # fmt: skip
    assert await invite(shop) == sent
    placed = {**order("1", "bob", "50"), "referral_code": sent["coupon_code"].lower()}
    assert (await shop.post("UpdateOrders4", {"orders": [placed]})).json()["rejected"] == []
    found = await referrals(shop)
    (row,) = found["referrals"]
    assert (row["status"], row["reward_pts"], row["reward_pts_value"]) == ("qualified", 500, "5.000000")
    assert {"acceptance_bhid", "accepted_at"} <= set(row)
    assert "friend" not in row
    assert found["referral_stats"] == {"sent": 1, "approved": 0, "rejected": 0, "earned_pts": 0}
    assert (await shop.balance("ann"))["pts_pending"] == 500
    assert (await shop.balance("bob"))["pts_pending"] == 200
    assert (await shop.balance("ann", include_referrals=True))["referral_stats"] == found["referral_stats"]
    named = (await referrals(shop, deanonymize=True))["referrals"][0]["friend"]
    assert named["shopid"] == "bob"
    (change, *_) = (await shop.post("CustomerHistory2", ANN)).json()["changes"]
    assert (change["type"], change["pts_delta"]) == ("earned_as_referrer", 500)


async def test_a_personal_code_stands_in_the_details(shop: Door) -> None:
    assert "personal_referral_code" not in (await shop.post("CustomerDetails1", ANN)).json()
    sent = await invite(shop, "custom-personal")
    assert (await shop.post("CustomerDetails1", ANN)).json()["personal_referral_code"] == sent["coupon_code"]


async def test_strangers_have_invited_nobody(shop: Door) -> None:
    zeros = {"sent": 0, "approved": 0, "rejected": 0, "earned_pts": 0}
    visitor = await shop.post("LoggedOutBalance1", {"include_referrals": True})
    assert visitor.json()["referral_stats"] == zeros
    nobody = await shop.post("CustomerReferrals2", token=shop.token("nobody"))
    assert nobody.json() == {"referrals": [], "referral_stats": zeros}


async def test_what_is_refused(shop: Door) -> None:
    for body in ({"channel": "email"}, {"channel": "sms", "destination": "a@example.com"}):
        answer = await shop.post("Refer2", {**ANN, **body})
        assert (told(answer), answer.json()["errors"][0]["path"]) == ((400, "invalid_input"), "destination")
    assert told(await shop.post("Refer2", {**ANN, "channel": "E Mail"})) == (400, "invalid_input")
    await shop.post("UpdateCustomers3", {"customers": [{"id": "cat", "membership": "none"}]})
    answer = await shop.post("Refer2", {"customer": {"shopid": "cat"}, "channel": "sms"})
    assert told(answer) == (422, "not_a_member")
    own = await shop.post("CustomerReferrals2", {"deanonymize": True}, token=shop.token("ann"))
    assert told(own) == (403, "deanonymize_not_allowed")


async def test_a_customer_comes_by_a_code_and_a_rejection_says_why(shop: Door) -> None:
    code = (await invite(shop))["coupon_code"]
    people = [
        {"id": "bob", "referral_code": code.lower()},
        {"id": "cat", "phone": "06 12"},
        {"id": "ann", "phone": "0612"},
    ]
    assert (await shop.post("UpdateCustomers3", {"customers": people})).json()["rejected"] == []
    orders = [order("1", "bob", "50"), {**order("2", "cat", "50"), "referral_code": code}]
    assert (await shop.post("UpdateOrders4", {"orders": orders})).json()["rejected"] == []
    by_shop, own = await referrals(shop), (await shop.post("CustomerReferrals2", token=shop.token("ann"))).json()
    told_of = sorted((row["status"], row.get("rejected_for")) for row in by_shop["referrals"])
    assert told_of == [("qualified", None), ("rejected", "same_address")]
    assert own == by_shop


async def test_of_several_first_orders_of_one_call_the_one_that_came_by_a_code_makes_the_friend(shop: Door) -> None:
    code = (await invite(shop))["coupon_code"]
    one, two = order("1", "bob", "50"), {**order("2", "bob", "30"), "discount_codes": [code]}
    told = [one, {**one, "status": "canceled"}, two, {**two, "status": "canceled"}, one, two]
    assert (await shop.post("UpdateOrders4", {"orders": told})).json()["rejected"] == []
    assert [row["status"] for row in (await referrals(shop))["referrals"]] == ["qualified"]
    assert (await shop.balance("ann"))["pts_pending"] == 500


async def test_friends_who_come_at_once_are_each_paid_for_once(shop: Door) -> None:
    code = (await invite(shop))["coupon_code"]
    friends = [f"friend-{number}" for number in range(8)]
    pushes = [
        shop.post("UpdateOrders4", {"orders": [{**order(f"o-{friend}", friend, "30"), "discount_codes": [code]}]})
        for friend in friends * 3
    ]
    pushes += [shop.post("RedeemPoints1", {**ANN, "pts": 100}) for _ in range(3)]
    for answer in await asyncio.gather(*pushes):
        assert answer.status_code in (200, 422), answer.text
    found = await referrals(shop)
    assert [row["status"] for row in found["referrals"]] == ["qualified"] * 8
    assert (await shop.balance("ann"))["pts_pending"] == 8 * 500
    history = [
        (await shop.post("CustomerHistory2", {"customer": {"shopid": one}})).json()["changes"] for one in friends
    ]
    assert [sum(change["type"] == "earned_as_referree" for change in changes) for changes in history] == [1] * 8
    assert (await shop.engine.verify(shop.shop)).faults == []


async def test_friends_of_one_call_come_in_its_order(shop: Door) -> None:
    code = (await invite(shop))["coupon_code"]
    friends = [f"friend-{number}" for number in range(8)]
    orders = [{**order(f"o-{friend}", friend, "30"), "referral_code": code} for friend in friends]
    assert (await shop.post("UpdateOrders4", {"orders": orders})).json()["rejected"] == []
    found = (await referrals(shop, deanonymize=True))["referrals"]
    assert [row["friend"]["shopid"] for row in found] == friends[::-1]


async def test_a_friend_of_two_is_lost_by_both_where_one_call_cancels_both_orders(shop: Door) -> None:
    await shop.give("eve", 100)
    eve = await shop.post("Refer2", {"customer": {"shopid": "eve"}, "channel": "sms"})
    codes = [(await invite(shop))["coupon_code"], eve.json()["referral"]["coupon_code"]]
    orders = [
        {**order(number, friend, "50"), "referral_code": code}
        for number, friend, code in zip("12", ("bob", "dan"), codes, strict=True)
    ]
    assert (await shop.post("UpdateOrders4", {"orders": orders})).json()["rejected"] == []
    both = {"customers": [{"shopid": "bob"}, {"shopid": "dan"}], "idempotency_key": "both"}
    assert (await shop.post("MergeCustomers1", both)).status_code == 200
    cancelled = [{**order(number, "bob", "50"), "status": "canceled"} for number in "12"]
    assert (await shop.post("UpdateOrders4", {"orders": cancelled})).json()["rejected"] == []
    assert [(await shop.balance(one))["pts_pending"] for one in ("ann", "eve", "bob")] == [0, 0, 0]
