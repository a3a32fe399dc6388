"""Offers and rewards through the door: what is listed, what is answered, what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.acceptance.api.conftest import Door, order

OFFERS = """
shop: acme
title: Test club
currency: USD
timezone: America/New_York
locale: de_DE
points:
  value: "0.01"
sources:
  - {slug: orders, title: Shop with us, kind: order, points: 10, per: "1"}
redemption: {code_prefix: ACME}
offers:
  - slug: five
    title: 5 dollars off
    kind: vendible
    description: For whatever you like.
    points: 100
    gives: {amount: 5}
    per_member: {count: 2, period: lifetime}
    expires: 3 months
    image_url: https://example.com/five.png
  - slug: mug
    title: A mug
    kind: vendible
    section: gifts
    points: 300
    gives: {product: mug-1}
    stock: 1
  - {slug: part, title: An eighth, kind: vendible, points: 20, gives: {percent: 1250}}
  - {slug: card, title: A card, kind: gift_card, points: 200, gives: {amount: 25}}
  - {slug: visit, title: A visit, kind: custom_reward, points: 50, gives: {identifier: atelier}}
  - {slug: later, title: Later, kind: free, gives: {free_shipping: true}, starts_at: 2099-01-01}
  - {slug: hers, title: Hers, kind: free, gives: {amount: 1}, visible: '"vip" in customer.tags'}
"""


@pytest.fixture
async def shop(door: Door) -> Door:
    """A shop with offers, one product told, and Ann with 500 points."""
    await door.engine.publish(door.shop, OFFERS, author="test")
    product = {"id": "mug-1", "title": "Mug", "slug": "mug", "some_image_url": "https://example.com/mug.png"}
    assert (await door.post("UpdateProducts3", {"products": [product]})).status_code == 200
    assert (await door.post("UpdateOrders4", {"orders": [order("1", "ann", "50")]})).json()["rejected"] == []
    return door


async def listed(shop: Door, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = await shop.post("ListOffers1", {"customer": {"shopid": "ann"}, **asked})
    assert answer.status_code == 200, answer.text
    return {one["id"]: one for one in answer.json()["offers"]}


async def take(shop: Door, offer: str, **more: Any) -> Any:
    return await shop.post("RedeemOffer1", {"customer": {"shopid": "ann"}, "offer_id": offer, **more})


async def test_offers_are_listed_as_the_customer_meets_them(shop: Door) -> None:
    found = await listed(shop)
    assert list(found) == ["five", "mug", "part", "card", "visit"]
    assert found["five"] == {
        "id": "five", "type": "vendible", "title": "5 dollars off", "available": True, "section": "offers",
        "gives": {"amount": "5.000000"}, "points": 100, "desc": "For whatever you like.",
        "image_url": "https://example.com/five.png",
    }  # fmt: skip
    product = {"id": "mug-1", "title": "Mug", "slug": "mug", "image_url": "https://example.com/mug.png"}
    assert {**found["mug"]["product"], "bhid": ""} == {"bhid": "", **product}
    assert (found["mug"]["section"], found["mug"]["gives"]) == ("gifts", {"product_id": "mug-1"})
    assert found["part"]["gives"] == {"percent": 1250}
    assert found["visit"]["gives"] == {"identifier": "atelier"}


async def test_what_cannot_be_had_says_why(shop: Door) -> None:
    await take(shop, "mug")
    assert list(await listed(shop)) == ["five", "part", "card", "visit"]
    found = await listed(shop, include_unavailable=True, market={"locale": "en"})
    assert list(found) == ["five", "mug", "part", "card", "visit", "later"]
    assert found["mug"]["available"] is False
    assert found["mug"]["unavailable_reasons"] == [
        {
            "code": "not_enough_points",
            "message": "100 points are missing; available: 200.",
            "figures": {"available": 200, "missing": 100},
        },
        {"code": "out_of_stock", "message": "None of this is left.", "figures": {}},
    ]
    assert (found["later"]["starts"], "points" in found["later"]) == ("2099-01-01T05:00:00Z", False)
    german = await listed(shop, include_unavailable=True)
    assert german["later"]["unavailable_reasons"][0] == {
        "code": "offer_not_open", "message": "Dieses Angebot hat noch nicht begonnen.",
        "figures": {"starts": "2099-01-01T05:00:00Z"},
    }  # fmt: skip


async def test_both_balances_tell_the_offers_that_run(shop: Door) -> None:
    shown = await shop.balance("ann", include_full_program=True)
    assert [one["id"] for one in shown["offers"]] == ["five", "mug", "part", "card", "visit"]
    visitor = (await shop.post("LoggedOutBalance1", {"include_full_program": True}, token=None)).json()["offers"]
    assert [(one["id"], one["available"]) for one in visitor] == [
        (slug, False) for slug in ("five", "mug", "part", "card", "visit")
    ]
    assert [reason["code"] for reason in visitor[0]["unavailable_reasons"]] == ["not_a_member", "not_enough_points"]
    await shop.post("UpdateCustomers3", {"customers": [{"id": "ann", "tags": ["vip"]}]})
    assert "hers" in await listed(shop)


async def test_a_visitor_with_a_token_of_nobody_known_sees_the_offers(shop: Door) -> None:
    answer = await shop.post("ListOffers1", {"include_unavailable": True}, token=shop.token("nobody"))
    assert [one["id"] for one in answer.json()["offers"]] == ["five", "mug", "part", "card", "visit", "later"]
    answer = await shop.post("RedeemOffer1", {"offer_id": "five"}, token=shop.token("nobody"))
    assert (answer.status_code, answer.json()["id"]) == (404, "no_customers_match_customer_identity")


async def test_an_offer_becomes_a_code(shop: Door) -> None:
    answer = await take(shop, "five", market={"locale": "en"}, extras={"page": "home"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    coupon = told["coupon_code"]
    assert re.fullmatch(r"ACME[A-HJ-NP-Z2-9]{12}", coupon["code"])
    assert told | {"coupon_code": None, "change_bhid": ""} == {
        "success": True, "message": 'Your reward "5 dollars off" is ready.', "offer_title": "5 dollars off",
        "pts_spent": 100, "change_bhid": "", "coupon_code": None,
    }  # fmt: skip
    assert coupon | {"code": "", "expires": ""} == {
        "bhid": told["change_bhid"], "code": "", "title": "5 dollars off", "type": "vendible",
        "gives": {"amount": "5.000000"}, "expires": "",
    }  # fmt: skip
    shown = await shop.balance("ann", include_unused_rewards=True, market={"locale": "en"})
    assert (shown["pts_available"], shown["pts_redeemed"]) == (400, 100)
    (reward,) = shown["unused_rewards"]
    assert reward | {"since": ""} == {
        "type": "vendible", "desc": "5 dollars off", "reward_desc": "$5.00 off", "code": coupon["code"], "since": "",
        "bhid": told["change_bhid"], "status": "unused", "pts": 100, "amount": "5.000000",
        "expires": coupon["expires"],
    }  # fmt: skip
    history = (await shop.post("CustomerHistory2", {"customer": {"shopid": "ann"}, "only_unused": True})).json()
    (change,) = history["changes"]
    assert (change["type"], change["area"], change["pts_delta"]) == ("vendible_redemption", "points", -100)
    assert (change["discount_code"], change["amount"]) == (coupon["code"], "5.000000")
    assert change["desc"].endswith(": 5 dollars off")
    assert change["extras"] == {"page": "home"}
    export = (await shop.post("ExportCustomerData1", {"customer": {"shopid": "ann"}})).json()
    assert [one["offer"] for one in export["redemptions"]] == ["five"]


async def test_an_eighth_is_written_as_the_language_does(shop: Door) -> None:
    await take(shop, "part")
    for locale, words in (("en", "12.5% off"), ("de", "12,5 % Rabatt"), ("fr", "12,5 % de réduction")):
        shown = await shop.balance("ann", include_unused_rewards=True, market={"locale": locale})
        (reward,) = shown["unused_rewards"]
        assert (" ".join(reward["reward_desc"].split()), reward["amount"]) == (words, None)


async def test_what_the_shop_hands_out_has_no_code(shop: Door) -> None:
    told = (await take(shop, "visit", destination={"address": "5 Rue X"}, market={"locale": "en"})).json()
    assert (told["coupon_code"], told["message"]) == (None, '"A visit" is on its way.')
    shown = await shop.balance("ann", include_unused_rewards=True)
    assert (shown["pts_redeemed"], shown["unused_rewards"]) == (50, [])
    use = {"customer": {"shopid": "ann"}, "reward_bhid": told["change_bhid"]}
    answer = await shop.post("UseAchievementDiscount1", use)
    assert (answer.status_code, answer.json()["id"]) == (422, "reward_not_usable")
    answer = await shop.post("Unredeem1", {"customer": {"shopid": "ann"}, "change_bhid": told["change_bhid"]})
    assert (answer.status_code, answer.json()["id"]) == (422, "invalid_redemption_for_unredeem")
    (waiting,) = await shop.engine.outbox(shop.shop)
    assert await shop.engine.close_errand(shop.shop, waiting.id, "failed", by="staff") == 50
    assert (await shop.balance("ann"))["pts_available"] == 500


async def test_a_purchase_is_undone(shop: Door) -> None:
    change = (await take(shop, "five")).json()["change_bhid"]
    body = {"customer": {"shopid": "ann"}, "change_bhid": change}
    assert (await shop.post("Unredeem1", body)).json() == {"success": True, "pts": 100}
    again = await shop.post("Unredeem1", body)
    assert (again.status_code, again.json()["id"]) == (422, "change_already_reverted")


async def test_every_reason_is_told_at_once(shop: Door) -> None:
    for _ in range(2):
        assert (await take(shop, "five")).status_code == 200
    await take(shop, "card")
    mark = {"action": "set_mark", "mark": "readonly"}
    body = {"customer": {"shopid": "ann"}, "idempotency_key": "m", "adjustments": [mark]}
    assert (await shop.post("AdjustCustomerState3", body)).status_code == 200
    answer = await take(shop, "five", market={"locale": "en"})
    failure = answer.json()
    assert (answer.status_code, failure["id"]) == (422, "read_only")
    assert [one["code"] for one in failure["reasons"]] == ["read_only", "offer_limit_reached"]
    assert failure["reasons"][1] | {"message": ""} == {
        "code": "offer_limit_reached", "message": "", "figures": {"count": 2, "period": "lifetime"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "id_"),
    [
        ({"offer_id": "nothing"}, 404, "unknown_offer"),
        ({"offer_id": "hers"}, 404, "unknown_offer"),
        ({"offer_id": ""}, 400, "invalid_input"),
        ({}, 400, "invalid_input"),
        ({"offer_id": "five", "extras": {"a": "x" * 4000}}, 400, "invalid_input"),
        ({"offer_id": "five", "extras": []}, 400, "invalid_input"),
        ({"offer_id": "five", "destination": {"address": "x" * 2001}}, 400, "invalid_input"),
    ],
)
async def test_what_cannot_be_taken(shop: Door, body: dict[str, Any], status: int, id_: str) -> None:
    answer = await shop.post("RedeemOffer1", {"customer": {"shopid": "ann"}, **body})
    assert (answer.status_code, answer.json()["id"]) == (status, id_), answer.text
    assert (await shop.balance("ann"))["pts_redeemed"] == 0


async def test_staff_give_a_reward_and_the_customer_makes_a_code_of_it(shop: Door) -> None:
    ann = {"customer": {"shopid": "ann"}}

    async def adjust(key: str, **act: Any) -> Any:
        return await shop.post("AdjustCustomerState3", {**ann, "idempotency_key": key, "adjustments": [act]})

    answer = await adjust("a", action="give_reward")
    assert answer.json()["errors"][0]["path"] == "adjustments[0].subject_slug"
    answer = await adjust("b", action="give_reward", subject_slug="nothing")
    assert (answer.status_code, answer.json()["id"]) == (404, "unknown_offer")
    assert (await adjust("c", action="give_reward", subject_slug="five", description="Sorry")).json() == {"ok": True}
    (reward,) = (await shop.balance("ann", include_unused_rewards=True))["unused_rewards"]
    assert (reward["code"], reward["type"], reward["pts"]) == ("", "vendible", None)
    use = {"reward_bhid": reward["bhid"]}
    other = await shop.post("UseAchievementDiscount1", use, token=shop.token("bob"))
    assert other.status_code == 404
    made = (await shop.post("UseAchievementDiscount1", use, token=shop.token("ann"))).json()["coupon_code"]
    assert re.fullmatch(r"ACME[A-HJ-NP-Z2-9]{12}", made["code"])
    again = (await shop.post("UseAchievementDiscount1", use, token=shop.token("ann"))).json()["coupon_code"]
    assert again == made
    carried = order("2", "ann", "10", discount_codes=[made["code"].lower()])
    await shop.post("UpdateOrders4", {"orders": [carried]})
    assert (await shop.balance("ann", include_unused_rewards=True))["unused_rewards"] == []
    answer = await adjust("d", action="void_reward", change_id=reward["bhid"])
    assert (answer.status_code, answer.json()["id"]) == (422, "reward_in_use")
    answer = await adjust("e", action="void_reward")
    assert answer.json()["errors"][0]["path"] == "adjustments[0].change_id"
    answer = await adjust("f", action="void_reward", change_id="0000000000000001")
    assert (answer.status_code, answer.json()["id"]) == (404, "not_found")


async def test_one_wish_under_one_key_is_one_purchase(shop: Door) -> None:
    told = [await take(shop, "five", idempotency_key="k", market={"locale": one}) for one in ("en", "de")]
    assert told[0].json()["coupon_code"] == told[1].json()["coupon_code"]
    assert told[0].json()["message"] != told[1].json()["message"]
    assert told[1].headers["idempotency-replayed"] == "true"
    assert (await shop.balance("ann"))["pts_redeemed"] == 100
    other = await take(shop, "five", idempotency_key="k", extras={"a": 1})
    assert (other.status_code, other.json()["id"]) == (422, "idempotency_key_reused")
