"""Gifts over HTTP: what moves, who is told what, and that nobody learns who is a member."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.acceptance.api.conftest import Door
from tests.acceptance.api.test_calling import told

FUNCTION = "GiftPoints1"


@pytest.fixture
async def shop(door: Door) -> Door:
    await door.give("ann", 500)
    await door.post("UpdateCustomers3", {"customers": [{"id": "bob", "email": "bob@example.com"}]})
    return door


def gift(pts: int, to: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"customer": {"shopid": "ann"}, "to": to or {"shopid": "bob"}, "pts": pts, **more}


async def changes(shop: Door, customer: str) -> Any:
    return (await shop.post("CustomerHistory2", {"customer": {"shopid": customer}})).json()["changes"]


async def test_points_change_hands(shop: Door) -> None:
    answer = await shop.post(FUNCTION, gift(120, message=" Enjoy "), headers={"idempotency-key": "g"})
    (sent, *_), (got, *_) = await changes(shop, "ann"), await changes(shop, "bob")
    assert answer.json() == {"pts": 120, "change_bhid": sent["id"]}
    assert (sent["type"], sent["pts_delta"], sent["desc"], sent["area"]) == ("points_given", -120, "Enjoy", "points")
    assert (got["type"], got["pts_delta"], got["desc"]) == ("points_received", 120, "Enjoy")
    again = await shop.post(FUNCTION, gift(120, message=" Enjoy "), headers={"idempotency-key": "g"})
    assert (again.json(), again.headers["idempotency-replayed"]) == (answer.json(), "true")
    assert (await shop.balance("ann"))["pts_redeemed"] == 120
    assert (await shop.balance("bob"))["pts_earned"] == 120
    undone = await shop.post("Unredeem1", {"customer": {"shopid": "ann"}, "change_bhid": sent["id"]})
    assert told(undone) == (422, "invalid_redemption_for_unredeem")


async def test_a_customer_gives_by_bhid(shop: Door) -> None:
    bhid = (await shop.post("CustomerDetails1", {"customer": {"shopid": "bob"}})).json()["bh_id"]
    own = shop.token("ann")
    given = await shop.post(FUNCTION, {"to": {"bhid": bhid}, "pts": 50}, token=own)
    assert given.status_code == 200, given.text
    assert (await shop.balance("bob"))["pts_available"] == 50


async def test_a_customer_cannot_learn_who_is_a_member(shop: Door) -> None:
    """The same answer, to the byte, for a member's e-mail and for nobody's."""
    own, texts = shop.token("ann"), set()
    for to in ({"email": "bob@example.com"}, {"email": "no@example.com"}, {"shopid": "bob"}, {"shopid": "no"}):
        answer = await shop.post(FUNCTION, {"to": to, "pts": 10}, token=own, headers={"x-request-id": "r"})
        assert told(answer) == (403, "receiver_needs_bhid")
        texts.add(answer.text)
    assert len(texts) == 1


async def test_what_is_refused_is_told_with_figures(shop: Door) -> None:
    answer = await shop.post(FUNCTION, gift(601))
    assert [(one["code"], one["figures"]) for one in answer.json()["reasons"]] == [
        ("not_enough_points", {"available": 500, "missing": 101}),
        ("gift_limit_reached", {"total": 600, "remaining": 600, "period": "monthly"}),
    ]
    assert (await shop.post(FUNCTION, gift(9))).json()["reasons"][0]["message"] == "At least 10 points must be given."
    assert told(await shop.post(FUNCTION, gift(10, {"shopid": "ann"}))) == (422, "receiver_is_sender")
    for to in ({"shopid": "no"}, {"shopid": ""}, {"shopid": "bob", "email": "other@example.com"}):
        assert told(await shop.post(FUNCTION, gift(10, to))) == (404, "receiver_not_found")
    for body, path in ((gift(0), "pts"), (gift(10, message="x" * 201), "message"), ({"pts": 10}, "to")):
        answer = await shop.post(FUNCTION, {"customer": {"shopid": "ann"}, **body})
        assert (told(answer), answer.json()["errors"][0]["path"]) == ((400, "invalid_input"), path)
    assert (await shop.balance("ann"))["pts_available"] == 500


async def test_gifts_to_and_fro_at_once_lose_no_point(shop: Door) -> None:
    await shop.give("bob", 500)
    await shop.give("cat", 500)
    names = ["ann", "bob", "cat"]
    bodies = [
        {"customer": {"shopid": names[i % 3]}, "to": {"shopid": names[(i + 1 + i // 3 % 2) % 3]}, "pts": 20 + i}
        for i in range(36)
    ]
    answers = await asyncio.gather(*(shop.post(FUNCTION, body) for body in bodies))
    given = sum(answer.json()["pts"] for answer in answers if answer.status_code == 200)
    shown = [await shop.balance(name) for name in names]
    assert sum(one["pts_available"] for one in shown) == 1500
    assert sum(one["pts_redeemed"] for one in shown) == given > 0
    assert (await shop.engine.verify(shop.shop)).faults == []
