"""Pushing: good items count, refused ones are kept and named, `debug` is all or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.api.conftest import Door, order


async def test_good_items_count_and_bad_ones_are_kept(door: Door) -> None:
    bad = order("2", "ann", "10")
    bad["items"][0]["quantity"] = -1
    body = {"orders": [order("1", "ann", "10"), bad, {"customer": {"id": "ann"}}, 7, order("3", "bob", "20")]}
    answer = await door.post("UpdateOrders4", body)
    assert answer.status_code == 200
    told = answer.json()
    assert told["ok"] is True
    assert [(item["index"], item["id"]) for item in told["rejected"]] == [(1, "2"), (2, None), (3, None)]
    fault = told["rejected"][0]["errors"][0]
    assert (fault["path"], fault["code"]) == ("orders[1].items[0].quantity", "out_of_range")
    assert fault["message"]
    assert fault["right"]
    assert (await door.balance("ann"))["pts_earned"] == 100
    assert (await door.balance("bob"))["pts_earned"] == 200
    kept = await door.engine.rejected(door.shop)
    assert [item.kind for item in kept] == ["order"] * 3


async def test_debug_is_all_or_nothing(door: Door) -> None:
    bad = order("2", "ann", "10")
    bad["items"][0]["amount_spent"] = "-1"
    answer = await door.post("UpdateOrders4", {"orders": [order("1", "ann", "10"), bad], "debug": True})
    assert (answer.status_code, answer.json()["id"]) == (422, "push_refused")
    assert [fault["path"] for fault in answer.json()["errors"]] == ["orders[1].items[0].amount_spent"]
    unknown = await door.post("CustomerBalance3", {"customer": {"shopid": "ann"}})
    assert unknown.status_code == 404
    assert await door.engine.rejected(door.shop) == []
    good = await door.post("UpdateOrders4", {"orders": [order("1", "ann", "10")], "debug": True})
    assert good.json() == {"ok": True, "rejected": []}


async def test_an_order_moves_to_another_customer(door: Door) -> None:
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "10"), order("2", "bob", "1")]})
    moved = {"orders": [order("3", "bob", "1"), order("1", "bob", "10")]}
    debug = await door.post("UpdateOrders4", moved | {"debug": True})
    assert (debug.status_code, debug.json()["id"]) == (422, "push_refused")
    assert [fault["path"] for fault in debug.json()["errors"]] == ["orders[1]"]
    assert (await door.balance("bob"))["pts_earned"] == 10
    assert (await door.post("UpdateOrders4", moved)).json()["rejected"] == []
    assert (await door.balance("ann"))["pts_earned"] == 0
    assert (await door.balance("bob"))["pts_earned"] == 120


@pytest.mark.parametrize(
    "item",
    [
        b'{"id": "a\\u0000b", "customer": {"id": "ann"}}',
        b'{"id": "\xff", "customer": {"id": "ann"}}',
        b'{"id": "1", "id": "2", "customer": {"id": "ann"}}',
        b'{"id": "1", "x": 1e999999, "customer": {"id": "ann"}}',
        b'{"id": "1", "x": %s1%s, "customer": {"id": "ann"}}' % (b"[" * 60, b"]" * 60),
    ],
)
async def test_what_no_database_can_hold_is_refused_alone(door: Door, item: bytes) -> None:
    good = b'{"id": "9", "customer": {"id": "bob"}, "amount_spent": "1"}'
    headers = {"content-type": "application/json", "authorization": f"Bearer {door.token()}"}
    content = b'{"orders": [' + item + b"," + good + b"]}"
    answer = await door.client.post(door.url("UpdateOrders4"), content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    assert [rejected["index"] for rejected in answer.json()["rejected"]] == [0]
    assert (await door.balance("bob"))["pts_earned"] == 10
    assert len(await door.engine.rejected(door.shop)) == 1


async def test_half_a_character_spoils_the_whole_body(door: Door) -> None:
    """JSON that is no Unicode text cannot be taken apart; the item at fault is named all the same."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {door.token()}"}
    content = b'{"orders": [{"id": "1"}, {"id": "\\ud800"}]}'
    answer = await door.client.post(door.url("UpdateOrders4"), content=content, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "orders[1].id")


async def test_two_arrays_of_one_name_are_refused(door: Door) -> None:
    headers = {"content-type": "application/json", "authorization": f"Bearer {door.token()}"}
    content = b'{"orders": [{"id": "1", "customer": {"id": "ann"}}], "orders": []}'
    answer = await door.client.post(door.url("UpdateOrders4"), content=content, headers=headers)
    assert answer.status_code == 400
    assert [(fault["path"], fault["code"]) for fault in answer.json()["errors"]] == [("orders", "doubled_key")]
    inside = b'{"orders": [{"id": "1", "customer": {"id": "ann"}, "extras": {"orders": 1, "debug": {"debug": 1}}}]}'
    answer = await door.client.post(door.url("UpdateOrders4"), content=inside, headers=headers)
    assert answer.json() == {"ok": True, "rejected": []}


async def test_a_kept_item_can_be_pushed_again(door: Door) -> None:
    late = order("1", "ann", "10", currency="EUR")
    answer = await door.post("UpdateOrders4", {"orders": [late]})
    assert answer.json()["rejected"][0]["errors"][0]["path"] == "orders[0].exchange_rate"
    kept = (await door.engine.rejected(door.shop))[0]
    headers = {"content-type": "application/json", "authorization": f"Bearer {door.token()}"}
    content = b'{"orders": [' + kept.item.replace(b'"EUR"', b'"USD"') + b"]}"
    again = await door.client.post(door.url("UpdateOrders4"), content=content, headers=headers)
    assert again.json()["rejected"] == []
    assert (await door.balance("ann"))["pts_earned"] == 100


async def test_other_currencies(door: Door) -> None:
    foreign = order("1", "ann", "10", currency="EUR", exchange_rate="1.25")
    own = order("2", "ann", "10", currency="USD")
    assert (await door.post("UpdateOrders4", {"orders": [foreign, own]})).json()["rejected"] == []
    assert (await door.balance("ann"))["total_spend"] == "22.500000"


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"status": "paid"}, "status", "not_a_choice"),
        ({"order_time": "2024-05-01"}, "order_time", "bad_format"),
        ({"order_time": "0001-01-01T00:00:00Z"}, "order_time", "out_of_range"),
        ({"customer": {}}, "customer.id", "required"),
        ({"customer": {"email": "nowhere"}}, "customer.email", "bad_format"),
        ({"customer": {"id": "a", "birthday": "2023-02-30"}}, "customer.birthday", "bad_format"),
        ({"amount_taxes": 1.5}, "amount_taxes", "wrong_type"),
        ({"amount_taxes": "-1"}, "amount_taxes", "out_of_range"),
        ({"deleted": True, "status": "completed"}, "status", "contradiction"),
        ({"currency": "EUR", "exchange_rate": "0"}, "exchange_rate", "out_of_range"),
        ({"id": "x" * 300}, "id", "too_long"),
        ({"extras": {"x": "y" * 20_000}}, "extras", "too_long"),
    ],
)
async def test_faults_of_orders(door: Door, change: dict[str, Any], path: str, code: str) -> None:
    answer = await door.post("UpdateOrders4", {"orders": [order("1", "ann", "10") | change]})
    errors = answer.json()["rejected"][0]["errors"]
    assert [(fault["path"], fault["code"]) for fault in errors] == [(f"orders[0].{path}", code)]


async def test_a_line_stands_once(door: Door) -> None:
    twice = order("1", "ann", "10")
    twice["items"] = [twice["items"][0] | {"id": "a"}, twice["items"][0] | {"id": "a"}]
    errors = (await door.post("UpdateOrders4", {"orders": [twice]})).json()["rejected"][0]["errors"]
    assert [(fault["path"], fault["code"]) for fault in errors] == [("orders[0].items[1].id", "duplicate")]


async def test_customers(door: Door) -> None:
    ann = {
        "id": "ann", "email": "Ann@Example.com", "first_name": "Ann", "birthday": "0000-02-29", "tags": ["vip"],
        "email_marketing_consent": "subscribed", "signed_up_at": "2020-01-01T00:00:00+01:00", "extras": {"size": "M"},
        "something_new": {"x": 1},
    }  # fmt: skip
    gone = {"id": "bob", "deleted": True}
    answer = await door.post("UpdateCustomers3", {"customers": [ann, gone, {"email": "eve@example.com"}]})
    assert answer.json() == {"ok": True, "rejected": []}
    bob = await door.post("CustomerBalance3", {"customer": {"shopid": "bob"}})
    assert (bob.status_code, bob.json()["id"]) == (404, "no_customers_match_customer_identity")
    for identity in ({"email": "ann@example.com"}, {"email": "EVE@example.com"}):
        assert (await door.post("CustomerBalance3", {"customer": identity})).status_code == 200


async def test_cancelling_takes_back(door: Door) -> None:
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "30")]})
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "30", status="canceled")]})
    balance = await door.balance("ann")
    assert (balance["pts_earned"], balance["total_spend"]) == (0, "0.000000")
    await door.post("UpdateOrders4", {"orders": [order("2", "ann", "30")]})
    await door.post("UpdateOrders4", {"orders": [order("2", "ann", "30", deleted=True, status=None)]})
    assert (await door.balance("ann"))["pts_earned"] == 0


async def test_a_thousand_orders_in_one_call(door: Door) -> None:
    orders = [order(str(number), f"c{number % 50}", "1") for number in range(1000)]
    answer = await door.post("UpdateOrders4", {"orders": orders})
    assert answer.json() == {"ok": True, "rejected": []}
    assert (await door.balance("c7"))["pts_earned"] == 200
    many = await door.post("UpdateOrders4", {"orders": [{}] * 5001})
    assert (many.status_code, many.json()["errors"][0]["path"]) == (400, "orders")


async def test_one_order_twice_in_one_call(door: Door) -> None:
    answer = await door.post("UpdateOrders4", {"orders": [order("1", "ann", "10"), order("1", "ann", "20")]})
    assert answer.json()["rejected"] == []
    assert (await door.balance("ann"))["pts_earned"] in (100, 200)
