"""Manners: what every answer carries, how failures are told, and in which order."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from leal.api.http import BODY_BYTES_MAX
from leal.api.rates import Limits
from leal.engine.engine import Engine
from leal.server.web import Web
from tests.acceptance.api.conftest import Door, open_door

JSON = {"content-type": "application/json"}


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and id of a refusal."""
    return answer.status_code, answer.json()["id"]


async def every_failure(door: Door) -> list[httpx.Response]:
    """A failure of each status that can be had from outside."""
    post, url = door.client.post, door.url("UpdateOrders4")
    shop = {"authorization": f"Bearer {door.token()}"}
    refused = {"customer": {"shopid": "ann"}, "pts": 100}
    await door.post("UpdateCustomers3", {"customers": [{"id": "ann"}]})
    return [
        await post("/api/v1/acme/Status2"),
        await post("/api/v2023061/acme/Nothing1"),
        await post("/api/v2023061/nowhere/Status2"),
        await door.client.get("/nothing"),
        await door.client.get(url),
        await post(url, content=b" " * (BODY_BYTES_MAX + 1), headers=JSON),
        await post(url, content=b"x", headers={"content-type": "text/plain"}),
        await post(url, json={"orders": []}),
        await door.post("UpdateOrders4", {"orders": []}, token=door.token("ann")),
        await post(url, content=b"{", headers=JSON | shop),
        await door.post("CustomerBalance3", {"customer": {"shopid": "nobody"}}),
        await door.post("RedeemPoints1", refused),
    ]


async def test_one_shape_of_errors(door: Door) -> None:
    failures = await every_failure(door)
    assert {answer.status_code for answer in failures} == {400, 401, 403, 404, 405, 413, 415, 422}
    page = (await door.client.get("/docs")).text
    for answer in failures:
        body: dict[str, Any] = answer.json()
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-request-id"] == body["request_id"]
        assert body["instance"] == f"urn:leal:request:{body['request_id']}"
        assert body["status"] == answer.status_code
        assert body["detail"] == body["message"] != ""
        assert body["title"]
        place, _, anchor = body["type"].partition("#")
        assert place == "/docs"
        assert f'id="{anchor}"' in page
        extra = set(body) - {"id", "message", "type", "title", "status", "detail", "instance", "request_id"}
        assert extra <= {"errors", "reasons"}
    assert told(failures[-1]) == (422, "not_enough_points")
    assert failures[-1].json()["type"] == "/docs#error-refused"


async def test_problem_json_for_whoever_asks(door: Door) -> None:
    headers = {"accept": "application/problem+json, application/json"}
    for url in (door.url("UpdateOrders4"), "/nothing"):
        answer = await door.client.get(url, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await door.client.get(door.url("Status2"), headers=headers)).headers["content-type"] == "application/json"


async def test_every_answer_tells_the_rate(door: Door) -> None:
    answers = [answer for answer in await every_failure(door) if "/api/" in str(answer.url)]
    answers += [await door.post("Status2"), await door.post("Status2", token=None)]
    assert all("ratelimit" in answer.headers and "ratelimit-policy" in answer.headers for answer in answers)
    by_shop, by_ann = await door.post("Status2"), await door.post("Status2", token=door.token("ann"))
    assert by_shop.headers["ratelimit-policy"] == '"token-reads";q=20000;w=10'
    assert by_ann.headers["ratelimit-policy"] == '"address-reads";q=10000;w=10, "member-reads";q=200;w=10'


async def check() -> None:
    return None


async def test_too_many_calls(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web(engine, check, Limits(token_reads=3, member_reads=1, address_reads=2))
    monkeypatch.setattr(web.api._rates, "_clock", lambda: 1000.0)  # time stands still, however slow the machine is
    transport = httpx.ASGITransport(app=web)
    async with httpx.AsyncClient(transport=transport, base_url="http://leal.test") as client:
        door = await open_door(engine, client, "acme")
        ann = door.token("ann")
        for _ in range(10):
            assert (await door.post("Status2", token=ann)).status_code == 200
        over = await door.post("Status2", token=ann)
        assert told(over) == (429, "rate_limit_exceeded")
        assert over.headers["retry-after"] == "1"
        assert '"member-reads";r=0;' in over.headers["ratelimit"]
        for _ in range(10):  # guesses, and questions for what is not there, count on the address
            assert (await door.post("Status2", token="a.b.c")).status_code == 401
        for answer in (
            await door.post("Status2", token="a.b.c"),
            await client.post("/api/v2023061/nowhere/Status2"),
            await door.post("Status2", token=None),
            await door.post("Status2", token=door.token("bob")),
        ):
            assert told(answer) == (429, "rate_limit_exceeded"), answer.text
        assert (await door.post("Status2")).status_code == 200, "a shop's server counts by itself"


@pytest.mark.parametrize(
    ("path", "method", "headers", "content", "expected"),
    [
        ("/api/v1/nowhere/Nothing1", "DELETE", {"authorization": "Bearer x"}, b"{", "invalid_global_api_version"),
        ("/api/v2023061/nowhere/Nothing1", "DELETE", {"authorization": "Bearer x"}, b"{", "unknown_function"),
        ("/api/v2023061/nowhere/UpdateOrders4", "GET", {"authorization": "Bearer x"}, b"{", "method_not_allowed"),
        ("/api/v2023061/nowhere/UpdateOrders4", "POST", {"authorization": "Bearer x"}, b"{", "unknown_shop"),
        (
            "/api/v2023061/acme/UpdateOrders4", "POST",
            {"authorization": "Bearer x", "content-type": "text/plain"}, b"{", "unsupported_media_type",
        ),
        ("/api/v2023061/acme/UpdateOrders4", "POST", {"authorization": "Bearer x"} | JSON, b"{", "invalid_token"),
        ("/api/v2023061/acme/UpdateOrders4", "POST", JSON, b"{", "invalid_token"),
        (
            "/api/v2023061/acme/UpdateOrders4", "POST",
            {"authorization": "CUSTOMER"} | JSON, b"{", "token_kind_not_allowed",
        ),
        ("/api/v2023061/acme/RedeemPoints1", "POST", {"authorization": "SHOP"} | JSON, b"{}", "invalid_input"),
        (
            "/api/v2023061/acme/RedeemPoints1", "POST",
            {"authorization": "SHOP", "idempotency-key": "k" * 300} | JSON, b'{"pts": 1}', "missing_customer_identity",
        ),
    ],
)  # fmt: skip
async def test_what_is_told_first(
    door: Door, path: str, method: str, headers: dict[str, str], content: bytes, expected: str
) -> None:
    tokens = {"CUSTOMER": f"Bearer {door.token('ann')}", "SHOP": f"Bearer {door.token()}"}
    given = {name: tokens.get(value, value) for name, value in headers.items()}
    answer = await door.client.request(method, path, headers=given, content=content)
    assert answer.json()["id"] == expected
