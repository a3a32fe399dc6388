"""How functions are called: methods, encodings, ways for the token, and every error of the way there."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from leal.api.http import BODY_BYTES_MAX
from tests.acceptance.api.conftest import Door

FORM = {"content-type": "application/x-www-form-urlencoded"}


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and id of a refusal."""
    return answer.status_code, answer.json()["id"]


async def test_get_is_post_for_reads(door: Door) -> None:
    await door.give("ann", 250)
    headers = {"authorization": f"Bearer {door.token()}"}
    body = {"customer": {"shopid": "ann"}, "include_full_program": True}
    by_post = (await door.post("CustomerBalance3", body)).json()
    queries: list[dict[str, str]] = [
        {"customer": '{"shopid": "ann"}', "include_full_program": "true"},
        {"customer.shopid": "ann", "include_full_program": "1"},
    ]
    for query in queries:
        answer = await door.client.get(door.url("CustomerBalance3"), params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json() == by_post


async def test_texts_stay_texts_in_a_query(door: Door) -> None:
    await door.give("0012", 30)
    params = {"customer.shopid": "0012", "auth": door.token()}
    answer = await door.client.get(door.url("CustomerBalance3"), params=params)
    assert answer.json()["pts_available"] == 30


async def test_forms(door: Door) -> None:
    await door.give("12", 500)
    data = {"customer.shopid": "12", "pts": "200", "no_coupon": "true", "auth": door.token()}
    answer = await door.client.post(door.url("RedeemPoints1"), data=data)
    assert answer.status_code == 200, answer.text
    assert (await door.balance("12"))["pts_available"] == 300
    orders = json.dumps([{"id": "1", "customer": {"id": "12"}, "amount_spent": "5"}])
    pushed = await door.client.post(door.url("UpdateOrders4"), data={"orders": orders, "auth": door.token()})
    assert pushed.json() == {"ok": True, "rejected": []}
    assert (await door.balance("12"))["pts_available"] == 350


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ("include_full_program=perhaps", "include_full_program", "wrong_type"),
        ("include_full_program=1&include_full_program=0", "include_full_program", "given_twice"),
        ("customer={&include_full_program=1", "customer", "wrong_type"),
        ("customer.shopid=1&customer.shopid=2", "customer.shopid", "given_twice"),
        ("customer.shopid=%00", "customer.shopid", "bad_text"),
        ("customer.shopid=%ff", "", "not_a_form"),
    ],
)
async def test_faults_of_queries_are_named(door: Door, query: str, path: str, code: str) -> None:
    headers = {"authorization": f"Bearer {door.token()}"}
    answer = await door.client.get(f"{door.url('CustomerBalance3')}?{query}", headers=headers)
    assert told(answer) == (400, "invalid_input")
    assert (path, code) in [(fault["path"], fault["code"]) for fault in answer.json()["errors"]]


async def test_ways_for_the_token(door: Door) -> None:
    good, same = door.token(), {"authorization": f"Bearer {door.token()}"}
    url = door.url("UpdateOrders4")
    in_body = await door.client.post(url, json={"orders": [], "auth": good})
    both = await door.client.post(url, json={"orders": [], "auth": door.token()}, headers=same)
    assert in_body.status_code == both.status_code == 200
    for body, headers in (
        ({"orders": [], "auth": door.token("ann")}, same),
        ({"orders": [], "auth": 7}, {}),
        ({"orders": []}, {"authorization": "Basic YTpi"}),
        ({"orders": []}, {}),
        ({"orders": [], "auth": ""}, {}),
    ):
        answer = await door.client.post(url, json=body, headers=headers)
        assert told(answer) == (401, "invalid_token"), body
    escaped = b'{"orders": [], "\\u0061uth": "%s"}' % good.encode()
    answer = await door.client.post(url, content=escaped, headers={"content-type": "application/json"})
    assert answer.status_code == 200


async def test_an_empty_token_is_none(door: Door) -> None:
    for headers in ({"authorization": "Bearer "}, {"authorization": ""}, {}):
        answer = await door.client.post(door.url("Status2"), json={"auth": ""}, headers=headers)
        assert (answer.status_code, answer.json()["logged_in"]) == (200, False)


async def test_the_way_to_a_function(door: Door) -> None:
    post = door.client.post
    assert told(await post("/api/v1/acme/Status2")) == (400, "invalid_global_api_version")
    assert told(await post("/api/v2023061/acme/Status1")) == (404, "unknown_function")
    assert told(await post("/api/v2023061/acme/Status2/more")) == (404, "unknown_function")
    assert told(await post("/api/v2023061/acme")) == (404, "unknown_function")
    assert told(await post("/api/v2023061/nowhere/Status2")) == (404, "unknown_shop")
    wrong = {"authorization": "Bearer garbage"}
    assert told(await post("/api/v2023061/nowhere/Status2", headers=wrong)) == (404, "unknown_shop")
    assert (await post("/api/v20230601/acme/Status2")).status_code == 200
    assert told(await door.client.get("/nothing")) == (404, "not_found")


async def test_methods(door: Door) -> None:
    refused = await door.client.get(door.url("UpdateOrders4"))
    assert (*told(refused), refused.headers["allow"]) == (405, "method_not_allowed", "POST, OPTIONS")
    refused = await door.client.delete(door.url("Status2"))
    assert (*told(refused), refused.headers["allow"]) == (405, "method_not_allowed", "POST, GET, OPTIONS")


async def test_media_types(door: Door) -> None:
    url, token = door.url("UpdateOrders4"), {"authorization": f"Bearer {door.token()}"}
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
    ):
        answer = await door.client.post(url, content=b'{"orders": []}', headers={**token, "content-type": kind})
        assert told(answer) == (415, "unsupported_media_type"), kind
    for kind in ("application/json", "Application/JSON; charset=UTF-8"):
        answer = await door.client.post(url, content=b'{"orders": []}', headers={**token, "content-type": kind})
        assert answer.status_code == 200, kind


async def test_a_body_may_not_be_endless(door: Door) -> None:
    async def endless() -> Any:
        for _ in range(BODY_BYTES_MAX // 65_536 + 2):
            yield b" " * 65_536

    headers = {"content-type": "application/json"}
    answer = await door.client.post(door.url("Status2"), content=b" " * (BODY_BYTES_MAX + 1), headers=headers)
    assert told(answer) == (413, "body_too_large")
    answer = await door.client.post(door.url("Status2"), content=endless(), headers=headers)
    assert told(answer) == (413, "body_too_large")


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"null", b"\xff", b'{"orders": 7}', b"{}", b'{"orders": {}}'])
async def test_a_body_of_the_wrong_shape(door: Door, body: bytes) -> None:
    headers = {"content-type": "application/json", "authorization": f"Bearer {door.token()}"}
    answer = await door.client.post(door.url("UpdateOrders4"), content=body, headers=headers)
    assert told(answer) == (400, "invalid_input")
    assert answer.json()["errors"]


async def test_all_faults_at_once(door: Door) -> None:
    body = {"pts": 0, "no_coupon": "yes", "cart_subtotal": 12.5, "customer": {"shopid": 7}, "unknown": True}
    answer = await door.post("RedeemPoints1", body)
    assert told(answer) == (400, "invalid_input")
    faults = {fault["path"]: fault for fault in answer.json()["errors"]}
    assert set(faults) == {"pts", "no_coupon", "cart_subtotal", "customer.shopid"}
    assert all(fault["message"] and fault["right"] for fault in faults.values())


async def test_customers_must_be_named_rightly(door: Door) -> None:
    ask = "CustomerBalance3"
    await door.post("UpdateCustomers3", {"customers": [{"id": "ann", "email": "ann@example.com"}, {"id": "bob"}]})
    assert told(await door.post(ask)) == (400, "missing_customer_identity")
    assert told(await door.post(ask, {"customer": {}})) == (404, "empty_customer_identity")
    empty = {"customer": {"shopid": "", "email": None, "bhid": ""}}
    assert told(await door.post(ask, empty)) == (404, "empty_customer_identity")
    nobody = {"customer": {"shopid": "eve"}}
    assert told(await door.post(ask, nobody)) == (404, "no_customers_match_customer_identity")
    contradiction = {"customer": {"shopid": "ann", "email": "other@example.com"}}
    mismatch = "customer_identity_partially_mismatches_matched_customer"
    assert told(await door.post(ask, contradiction)) == (404, mismatch)
    missing_there = {"customer": {"shopid": "bob", "email": "bob@example.com"}}
    assert (await door.post(ask, missing_there)).status_code == 200
    assert (await door.post(ask, {"customer": {"email": "ANN@EXAMPLE.COM"}})).status_code == 200


async def test_staff_must_give_a_key(door: Door) -> None:
    await door.give("ann", 100)
    body: dict[str, Any] = {
        "customer": {"shopid": "ann"}, "adjustments": [{"action": "takeaway_points", "points": 30}],
    }  # fmt: skip
    assert told(await door.post("AdjustCustomerState3", body)) == (400, "idempotency_key_missing")
    for _ in range(2):
        answer = await door.post("AdjustCustomerState3", body, headers={"idempotency-key": "once"})
        assert answer.json() == {"ok": True}
    assert (await door.balance("ann"))["pts_available"] == 70
    two = {**body, "idempotency_key": "a"}
    assert told(await door.post("AdjustCustomerState3", two, headers={"idempotency-key": "b"})) == (
        400,
        "invalid_input",
    )
    other = {**body, "idempotency_key": "once", "adjustments": [{"action": "takeaway_points", "points": 31}]}
    assert told(await door.post("AdjustCustomerState3", other)) == (422, "idempotency_key_reused")


async def test_staff_actions(door: Door) -> None:
    await door.give("ann", 100)
    admin = door.token("ann", level="admin")
    spent = {"adjustments": [{"action": "takeaway_points_as_spent", "points": 40}], "idempotency_key": "1"}
    assert (await door.post("AdjustCustomerState3", spent, token=admin)).json() == {"ok": True}
    balance = await door.balance("ann")
    assert (balance["pts_available"], balance["pts_redeemed"]) == (60, 40)
    changes = (await door.post("CustomerHistory2", {"only_points": True}, token=admin)).json()["changes"]
    taken = {"adjustments": [{"action": "takeaway_points_for_change", "change_id": changes[-1]["id"]}]}
    answer = await door.post("AdjustCustomerState3", {**taken, "idempotency_key": "2"}, token=admin)
    assert answer.json() == {"ok": True}, answer.text
    assert (await door.balance("ann"))["pts_available"] == 0
    wrong = {"adjustments": [{"action": "give_points"}, {"action": "takeaway_points_for_change"}, {"action": "x"}]}
    answer = await door.post("AdjustCustomerState3", {**wrong, "idempotency_key": "3"}, token=admin)
    assert [fault["path"] for fault in answer.json()["errors"]] == ["adjustments[2].action"]
    wrong["adjustments"].pop()
    answer = await door.post("AdjustCustomerState3", {**wrong, "idempotency_key": "3"}, token=admin)
    paths = [fault["path"] for fault in answer.json()["errors"]]
    assert paths == ["adjustments[0].points", "adjustments[1].change_id"]
    nothing = {"adjustments": [{"action": "give_points", "points": 0}], "idempotency_key": "4"}
    assert (await door.post("AdjustCustomerState3", nothing, token=admin)).json() == {"ok": True}


async def test_staff_set_a_tier(door: Door) -> None:
    await door.give("ann", 100)
    admin = door.token("ann", level="admin")

    async def adjust(number: int, **fields: Any) -> httpx.Response:
        body = {"adjustments": [fields], "idempotency_key": f"t{number}"}
        return await door.post("AdjustCustomerState3", body, token=admin)

    answer = await adjust(1, action="set_tier", until="soon", mark="huge")
    assert {fault["path"] for fault in answer.json()["errors"]} == {"adjustments[0].until", "adjustments[0].mark"}
    answer = await adjust(2, action="set_tier")
    paths = [fault["path"] for fault in answer.json()["errors"]]
    assert paths == ["adjustments[0].subject_slug", "adjustments[0].description"]
    answer = await adjust(3, action="set_tier", subject_slug="platinum", description="a gift")
    assert told(answer) == (422, "unknown_tier")
    gold = {"subject_slug": "gold", "until": "2999-01-01T00:00:00Z", "private_note": "for her trouble"}
    far = await adjust(8, action="set_tier", **(gold | {"until": "9999-12-31T23:59:59Z"}))
    assert (told(far), far.json()["errors"][0]["path"]) == ((400, "invalid_input"), "adjustments[0].until")
    assert (await adjust(4, action="set_tier", **gold)).json() == {"ok": True}
    balance = await door.balance("ann")
    assert (balance["cur_tier"]["slug"], balance["redemption_limit"]["total"]) == ("gold", 5000)
    assert balance["cur_tier"]["expiration"]["deadline"] == "2999-01-01T00:00:00Z"
    assert balance["cur_tier"]["expiration"]["downgraded_tier_name"] == "Member"
    history = (await door.post("CustomerHistory2", {}, token=admin)).json()["changes"]
    assert (history[0]["type"], history[0]["area"], history[0]["desc"]) == ("tier_set", "tier", "Tier set by the shop")
    assert "trouble" not in str(history)
    assert (await adjust(5, action="release_tier", description="it is over")).json() == {"ok": True}
    assert (await door.balance("ann"))["cur_tier"]["slug"] == "member"
    assert told(await adjust(6, action="release_tier", description="again")) == (422, "no_tier_set")
    low = {"subject_slug": None, "lock": True, "description": "under inquiry"}
    assert (await adjust(7, action="set_tier", **low)).json() == {"ok": True}


async def test_staff_mark_a_customer(door: Door) -> None:
    await door.give("ann", 100)
    admin = door.token("ann", level="admin")
    wrong = {"adjustments": [{"action": "set_mark"}], "idempotency_key": "m1"}
    answer = await door.post("AdjustCustomerState3", wrong, token=admin)
    assert [fault["path"] for fault in answer.json()["errors"]] == ["adjustments[0].mark"]
    marked = {"adjustments": [{"action": "set_mark", "mark": "readonly"}], "idempotency_key": "m2"}
    assert (await door.post("AdjustCustomerState3", marked, token=admin)).json() == {"ok": True}
    assert told(await door.post("RedeemPoints1", {"pts": 100}, token=door.token("ann"))) == (422, "read_only")


async def test_answers_are_not_kept_and_have_an_id(door: Door) -> None:
    answer = await door.post("Status2", headers={"x-request-id": "abc-1"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"] == "abc-1"
    made = await door.post("Status2", headers={"x-request-id": 'bad "id"'})
    assert len(made.headers["x-request-id"]) == 32
    assert (await door.client.post("/api/v1/x/y")).headers["x-request-id"]


async def test_faults_of_ours_tell_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(door.engine, "plain_balance", broken)
    answer = await door.post("CustomerBalance3", {"customer": {"shopid": "ann"}}, headers={"x-request-id": "r-1"})
    assert told(answer) == (500, "internal_error")
    assert answer.json()["request_id"] == "r-1"
    assert "secret" not in answer.text


async def test_unavailable(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    from leal.errors import Unavailable

    async def away(*_: Any, **__: Any) -> None:
        raise Unavailable("connection to 10.0.0.7 refused", "start it")

    monkeypatch.setattr(door.engine, "redeem", away)
    answer = await door.post("RedeemPoints1", {"customer": {"shopid": "ann"}, "pts": 100})
    assert told(answer) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert "10.0.0.7" not in answer.text
