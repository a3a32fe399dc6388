"""Holds over HTTP: the whole of one checkout, what is refused with which figures, and many checkouts at once."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from leal.engine.commands import Who
from leal.values import format_instant, parse_instant
from tests.acceptance.api.conftest import Door
from tests.acceptance.api.test_calling import told

ANN = {"customer": {"shopid": "ann"}}


@pytest.fixture
async def shop(door: Door) -> Door:
    await door.give("ann", 1000)
    return door


async def hold(shop: Door, pts: int, reference: str = "cart-1", **more: Any) -> Any:
    answer = await shop.post("HoldPoints1", {**ANN, "pts": pts, "reference": reference, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["hold"]


async def buckets(shop: Door) -> tuple[int, int, int]:
    found = await shop.balance("ann")
    return found["pts_available"], found["pts_held"], found["pts_redeemed"]


async def test_a_checkout_from_end_to_end(shop: Door) -> None:
    own = shop.token("ann")
    made = (await shop.post("HoldPoints1", {"amount": "4.51", "reference": "cart-1"}, token=own)).json()["hold"]
    assert (made["reference"], made["pts"], made["amount"]) == ("cart-1", 500, "5.000000")
    assert made["placed"] < made["expires"] < made["latest"]
    assert await buckets(shop) == (500, 500, 0)
    assert (await shop.post("CustomerHolds1", ANN)).json() == {"holds": [made]}
    longer = await shop.post("ExtendHold1", {"hold_bhid": made["hold_bhid"], "ttl_minutes": 30}, token=own)
    assert longer.json()["hold"]["expires"] > made["expires"]
    captured = (await shop.post("CaptureHold1", {"reference": "cart-1", "pts": 450}, token=own)).json()
    assert captured == {
        "hold_bhid": made["hold_bhid"], "reference": "cart-1", "pts": 450, "pts_released": 50,
        "amount": "4.500000", "change_bhid": captured["change_bhid"],
    }  # fmt: skip
    assert await buckets(shop) == (550, 0, 450)
    again = await shop.post("CaptureHold1", {"reference": "cart-1"}, token=own)
    assert (again.json()["change_bhid"], again.headers["idempotency-replayed"]) == (captured["change_bhid"], "true")
    changes = (await shop.post("CustomerHistory2", {**ANN, "limit": 4})).json()["changes"]
    told_of = [(one["type"], one["pts_delta"], one.get("amount")) for one in changes]
    assert told_of == [
        ("points_released", 50, None),
        ("redeemed_towards_order", 0, "4.500000"),
        ("hold_extended", 0, None),
        ("points_held", -500, None),
    ]
    undone = await shop.post("Unredeem1", {**ANN, "change_bhid": captured["change_bhid"]})
    assert undone.json() == {"success": True, "pts": 450}
    assert await buckets(shop) == (1000, 0, 0)


async def test_its_end_is_the_first_instant_without_it(shop: Door) -> None:
    made = await hold(shop, 300)
    end = parse_instant(made["expires"])
    at = [(await shop.balance("ann", at=format_instant(end - before)))["pts_held"] for before in (1, 0)]
    assert at == [300, 0]


async def test_what_is_refused_is_told_with_figures(shop: Door) -> None:
    answer = await shop.post("HoldPoints1", {**ANN, "pts": 1060, "reference": "c", "ttl_minutes": 61})
    assert told(answer) == (422, "not_enough_points")
    assert [(one["code"], one["figures"]) for one in answer.json()["reasons"]] == [
        ("not_enough_points", {"available": 1000, "missing": 60}),
        ("not_a_step", {"min": 100, "step": 50, "lower": 1050}),
        ("hold_too_long", {"longest": 60}),
    ]
    assert answer.json()["reasons"][2]["message"] == "Points can be set aside for at most 60 minutes."
    await hold(shop, 300)
    answer = await shop.post("CaptureHold1", {**ANN, "reference": "cart-1", "pts": 301})
    assert (told(answer), answer.json()["reasons"][0]["figures"]) == (
        (422, "more_than_held"), {"held": 300, "missing": 1},
    )  # fmt: skip
    answer = await shop.post("ExtendHold1", {**ANN, "reference": "cart-1", "ttl_minutes": 61})
    assert told(answer) == (422, "hold_at_its_longest")
    assert (await shop.post("ReleaseHold1", {**ANN, "reference": "cart-1"})).json() == {"ok": True, "pts": 300}
    assert (await shop.post("ReleaseHold1", {**ANN, "reference": "cart-1"})).json() == {"ok": True, "pts": 0}
    assert told(await shop.post("CaptureHold1", {**ANN, "reference": "cart-1"})) == (422, "hold_ended")
    assert told(await shop.post("CaptureHold1", {**ANN, "reference": "cart-9"})) == (404, "hold_not_found")
    assert await buckets(shop) == (1000, 0, 0)


@pytest.mark.parametrize(
    ("function", "body", "path"),
    [
        ("HoldPoints1", {"reference": "c"}, "pts"),
        ("HoldPoints1", {"reference": "c", "pts": 100, "amount": "1"}, "pts"),
        ("HoldPoints1", {"reference": "c", "amount": "0"}, "pts"),
        ("HoldPoints1", {"reference": "", "pts": 100}, "reference"),
        ("HoldPoints1", {"reference": "c" * 256, "pts": 100}, "reference"),
        ("HoldPoints1", {"reference": "c", "pts": 0}, "pts"),
        ("HoldPoints1", {"reference": "c", "pts": 100, "ttl_minutes": 0}, "ttl_minutes"),
        ("CaptureHold1", {}, "reference"),
        ("ReleaseHold1", {"reference": "c", "hold_bhid": "0000000000000001"}, "reference"),
    ],
)
async def test_faulty_input_names_its_field(shop: Door, function: str, body: dict[str, Any], path: str) -> None:
    answer = await shop.post(function, {**ANN, **body})
    assert told(answer) == (400, "invalid_input")
    assert [fault["path"] for fault in answer.json()["errors"]] == [path]


async def test_nobody_reaches_anothers_hold(shop: Door) -> None:
    await shop.give("bob", 1000)
    made = await hold(shop, 300)
    for function in ("CaptureHold1", "ExtendHold1", "ReleaseHold1"):
        for name in ({"reference": "cart-1"}, {"hold_bhid": made["hold_bhid"]}):
            assert told(await shop.post(function, name, token=shop.token("bob"))) == (404, "hold_not_found")
    assert (await shop.post("CustomerHolds1", token=shop.token("bob"))).json() == {"holds": []}
    assert (await shop.post("CustomerHolds1", token=shop.token("nobody"))).json() == {"holds": []}
    assert await buckets(shop) == (700, 300, 0)


async def test_many_checkouts_at_once_hold_and_spend_no_point_twice(shop: Door) -> None:
    dice = random.Random(7)
    captured: list[int] = []

    async def checkout(number: int) -> None:
        reference = {**ANN, "reference": f"cart-{number % 12}"}
        for _ in range(6):
            match dice.randrange(6):
                case 0 | 1:
                    await shop.post("HoldPoints1", {**reference, "pts": dice.randrange(100, 700, 50)})
                case 2:
                    answer = await shop.post("CaptureHold1", {**reference, "pts": dice.randrange(1, 200)})
                    if answer.status_code == 200 and "idempotency-replayed" not in answer.headers:
                        captured.append(answer.json()["pts"])
                case 3:
                    await shop.post("ReleaseHold1", reference)
                case 4:
                    await shop.post("ExtendHold1", reference)
                case _:
                    await shop.post("CustomerHolds1", ANN)
            available, held, redeemed = await buckets(shop)
            assert available + held + redeemed == 1000

    await asyncio.gather(*(checkout(number) for number in range(24)))
    account = (await shop.engine.balance(shop.shop, Who(shopid="ann"))).standing.account
    assert account.redeemed == sum(captured) > 0
    assert account.held == sum(one["pts"] for one in (await shop.post("CustomerHolds1", ANN)).json()["holds"])
    assert (await shop.engine.verify(shop.shop)).faults == []
