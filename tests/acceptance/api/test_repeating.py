"""Calls that are made twice: every write under one key, at the same time, with another input, after a refusal."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from leal.api.catalogue import FUNCTIONS
from leal.api.shapes import KeyedInput
from tests.acceptance.api.conftest import Door, order
from tests.acceptance.api.test_isolation import ANSWERED, BODIES

OTHERS: dict[str, dict[str, Any]] = {
    "RecordCustomTrigger1": {"event_id": "another"},
    "RedeemPoints1": {"pts": 150},
    "Unredeem1": {"change_bhid": "0000000000000002"},
    "HoldPoints1": {"pts": 150},
    "CaptureHold1": {"pts": 1},
    "ExtendHold1": {"ttl_minutes": 1},
    "ReleaseHold1": {"reference": "other"},
    "GiftPoints1": {"pts": 2},
    "Refer2": {"channel": "qr-code"},
    "UpdateOrders4": {"debug": True},
    "UpdateCustomers3": {"debug": True},
    "UpdateProducts3": {"debug": True},
    "AdjustCustomerState3": {"adjustments": [{"action": "give_points", "points": 2}]},
    "ApplyProgramme1": {"note": "again"},
    "AdvanceClock1": {"to": "2026-01-02T00:00:00Z"},
    "DecideApproval1": {"id": 2},
    "RedeemOffer1": {"extras": {"cart": 7}},
    "UseAchievementDiscount1": {"reward_bhid": "0000000000000002"},
    "MergeCustomers1": {"description": "One household"},
    "UpdateCustomerDetails1": {"first_name": "Anna"},
}
"""What makes another input of the isolation tests' bodies."""
MERGE = {"customers": [{"shopid": "ann"}, {"shopid": "bob"}], "preview": False}


def key(text: str) -> dict[str, str]:
    return {"idempotency-key": text}


def is_replay(answer: httpx.Response) -> bool:
    return str(answer.headers.get("idempotency-replayed")) == "true"


def without_ids(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name not in ("request_id", "instance")}


async def test_every_write_takes_a_key(door: Door) -> None:
    await door.give("ann", 500)
    await door.give("bob", 500)
    writes = [name for name, function in FUNCTIONS.items() if function.kind == "write"]
    assert set(writes) <= set(OTHERS)
    for name in writes:
        given = BODIES[name] | (MERGE if name == "MergeCustomers1" else {})
        body = {part: value for part, value in given.items() if part != "idempotency_key"}
        first, again = [await door.post(name, body, headers=key("one")) for _ in range(2)]
        assert (first.status_code, is_replay(first)) == (ANSWERED.get(name, 200), False), first.text
        is_kept = first.status_code == 200 or issubclass(FUNCTIONS[name].input, KeyedInput)
        assert (again.status_code, is_replay(again)) == (first.status_code, is_kept), name
        assert without_ids(again) == without_ids(first)
        other = await door.post(name, body | OTHERS[name], headers=key("one"))
        assert not is_replay(other)
        if is_kept:
            assert (other.status_code, other.json()["id"]) == (422, "idempotency_key_reused"), name
        assert not is_replay(await door.post(name, body, headers=key("two")))
        assert (await door.post(name, body, headers=key("k" * 256))).json()["id"] == "invalid_input"


async def test_a_push_under_a_key_answers_as_it_did(door: Door) -> None:
    """Its refused items too, and though the state has changed since; the token may be another one."""
    body = {"orders": [order("1", "ann", "10"), order("2", "ann", "-1")]}
    first = await door.post("UpdateOrders4", body, headers=key("a"))
    assert [item["index"] for item in first.json()["rejected"]] == [1]
    await door.post("UpdateOrders4", {"orders": [order("1", "ann", "70")]})
    url, headers = door.url("UpdateOrders4"), key("a")
    again = await door.client.post(url, json={**body, "auth": door.token(ttl_seconds=60)}, headers=headers)
    assert is_replay(again)
    assert again.json() == first.json()
    assert (await door.balance("ann"))["pts_earned"] == 700
    assert len(await door.engine.rejected(door.shop)) == 1


async def test_pushes_under_one_key_at_the_same_time(door: Door) -> None:
    body = {"orders": [order(str(number), "ann", "1") for number in range(20)]}
    answers = await asyncio.gather(*(door.post("UpdateOrders4", body, headers=key("a")) for _ in range(4)))
    assert {answer.text for answer in answers} == {'{"ok":true,"rejected":[]}'}
    assert (await door.balance("ann"))["pts_earned"] == 200


async def test_a_refusal_is_repeated_and_a_fault_is_not_kept(door: Door) -> None:
    await door.give("ann", 100)
    body: dict[str, Any] = {"customer": {"shopid": "ann"}, "pts": 500}
    refused = await door.post("RedeemPoints1", body, headers=key("a"))
    await door.give("ann", 900)
    again = await door.post("RedeemPoints1", body, headers=key("a"))
    assert (again.status_code, again.json()["id"], is_replay(again)) == (422, "not_enough_points", True)
    assert without_ids(again) == without_ids(refused)
    assert (await door.post("RedeemPoints1", body | {"pts": 0}, headers=key("b"))).status_code == 400
    assert (await door.post("RedeemPoints1", body, headers=key("b"))).status_code == 200


async def test_a_key_is_its_customers(door: Door) -> None:
    await door.give("ann", 500)
    await door.give("bob", 500)
    for customer in ("ann", "bob"):
        answer = await door.post("RedeemPoints1", {"pts": 100}, token=door.token(customer), headers=key("a"))
        assert (answer.status_code, is_replay(answer)) == (200, False)
    assert (await door.balance("bob"))["pts_available"] == 400
