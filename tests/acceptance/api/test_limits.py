"""Limits: on heads and bodies, in size and in time, over real sockets; and what JSON, forms and queries may hold."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from leal.api import http
from leal.server import protocol
from leal.server.serving import listening, run
from tests.acceptance.api.conftest import Door
from tests.databases import DatabaseUrls

JSON = {"content-type": "application/json"}


class Socket:
    """A connection to the served shop, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def answer(self) -> bytes:
        """All that comes until the server closes."""
        async with asyncio.timeout(20):
            return await self.reader.read()


@pytest.fixture
async def port(door: Door, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Where the shop is served, by a server without patience."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS_MAX", 1.0)
    monkeypatch.setattr(http, "BODY_SECONDS_MAX", 0.5)
    ready = asyncio.Event()
    with listening("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(run(door.engine, database_urls.app, listener, ready.set))
        await ready.wait()
        yield listener.getsockname()[1]
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, 10)


async def connect(port: int) -> Socket:
    return Socket(*await asyncio.open_connection("127.0.0.1", port))


HEAD = b"POST /api/v2023061/acme/Status2 HTTP/1.1\r\nhost: x\r\n"


async def test_a_head_must_come_in_time(port: int) -> None:
    for begun in (b"", b"POST /api/v2023061/acme", HEAD):
        socket = await connect(port)
        began = time.monotonic()
        await socket.send(begun)
        assert await socket.answer() == b""
        assert 0.3 < time.monotonic() - began < 10
    socket = await connect(port)
    await socket.send(HEAD, b"content-length: 2\r\n\r\n{}")
    await asyncio.sleep(1.5)  # an answered connection may wait for its next call
    await socket.send(HEAD, b"content-length: 2\r\nconnection: close\r\n\r\n{}")
    assert (await socket.answer()).count(b"HTTP/1.1 200 OK") == 2


async def test_a_body_must_come_in_time(port: int) -> None:
    socket = await connect(port)
    await socket.send(HEAD, b"content-length: 20\r\nconnection: close\r\n\r\n{")
    answer = await socket.answer()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"id":"body_too_slow"' in answer


async def test_a_head_must_have_an_end(port: int) -> None:
    socket = await connect(port)
    try:
        await socket.send(HEAD, *(b"x-%d: %s\r\n" % (number, b"a" * 8000) for number in range(1000)))
        answer = await socket.answer()
    except ConnectionError:
        return  # closed while more was being sent
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_head_may_not_be_large(port: int) -> None:
    socket = await connect(port)
    await socket.send(HEAD, b"connection: close\r\nx-large: " + b"a" * 40_000 + b"\r\n\r\n")
    answer = await socket.answer()
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"id":"headers_too_large"' in answer


async def test_what_is_asked_without_waiting_is_answered_in_its_order(port: int) -> None:
    socket = await connect(port)
    asked = [b"GET /docs", b"HEAD /docs", b"GET /nowhere", b"POST /api/v2023061/acme/Status2", b"GET /healthz"]
    more = b"content-length: 2\r\n\r\n{}"
    await socket.send(
        b"".join(b"%b HTTP/1.1\r\nhost: x\r\n%b" % (one, more if b"POST" in one else b"\r\n") for one in asked[:-1])
    )
    await socket.send(asked[-1] + b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    left, found = await socket.answer(), []
    for one in asked:
        head, _, left = left.partition(b"\r\n\r\n")
        told = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        size = 0 if one.startswith(b"HEAD") else int(told[b"content-length"])
        body, left = left[:size], left[size:]
        found.append((head.split()[1], told[b"content-type"].partition(b";")[0], len(told[b"x-request-id"]), body))
    docs, bare, nowhere, status, health = found
    assert docs[:3] == bare[:3] == (b"200", b"text/html", 32)
    assert docs[3].endswith(b"</html>")
    assert bare[3] == left == b""
    assert nowhere[:3] == (b"404", b"application/json", 32)
    assert b"not_found" in nowhere[3]
    assert status[0] == health[0] == b"200"
    assert health[3] == b'{"ok":true}'


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


BAD: list[tuple[str, str, str]] = [
    ('{"pts": 5, "pts": 6}', "pts", "doubled_key"),
    ('{"pts": 5, "customer": {"shopid": "a", "shopid": "b"}}', "customer.shopid", "doubled_key"),
    ('{"pts": 100, "cart_subtotal": 12.5}', "cart_subtotal", "wrong_type"),
    ('{"pts": 100, "cart_subtotal": 12.0}', "cart_subtotal", "wrong_type"),
    ('{"pts": 100, "cart_subtotal": 1e3}', "cart_subtotal", "wrong_type"),
    ('{"pts": 100.0}', "pts", "wrong_type"),
    ('{"pts": NaN}', "", "not_json"),
    ('{"pts": 100, "cart_subtotal": Infinity}', "", "not_json"),
    ('{"pts": 100, "note": 1e999}', "note", "out_of_range"),
    ('{"pts": 9223372036854775808}', "pts", "out_of_range"),
    ('{"pts": 100, "note": "\\u0000"}', "note", "bad_text"),
    (json.dumps({"pts": 100, "note": nested(32)}), "", "too_deep"),
]


@pytest.mark.parametrize(("body", "path", "code"), BAD)
async def test_json_that_is_refused(door: Door, body: str, path: str, code: str) -> None:
    headers = JSON | {"authorization": f"Bearer {door.token()}"}
    answer = await door.client.post(door.url("RedeemPoints1"), content=body, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (400, "invalid_input")
    assert (path, code) in [(fault["path"], fault["code"]) for fault in answer.json()["errors"]]


async def test_thirty_two_levels_are_read(door: Door) -> None:
    await door.give("ann", 500)
    body = {"customer": {"shopid": "ann"}, "pts": 100, "note": nested(31)}
    assert (await door.post("RedeemPoints1", body)).status_code == 200


@pytest.mark.parametrize(
    ("form", "path", "code"),
    [
        ({"pts": "100", "cart_subtotal": "12.5.0"}, "cart_subtotal", "bad_format"),
        ({"pts": "1e2"}, "pts", "wrong_type"),
        ({"pts": "100", "customer": '{"shopid": "a", "shopid": "b"}'}, "customer.shopid", "doubled_key"),
        ({"pts": "100", "customer": '{"shopid": "a"}', "customer.email": "b"}, "customer.email", "given_twice"),
        ({"pts": "100", "customer": json.dumps({"extra": nested(32)})}, "", "too_deep"),
        ({"pts": "100", "customer": '{"shopid": NaN}'}, "customer", "wrong_type"),
        ({"pts": "100", "customer": '{"shopid": 1.5}'}, "customer.shopid", "wrong_type"),
        ({"adjustments": '[{"action": "give_points", "points": 1.5}]'}, "adjustments[0].points", "wrong_type"),
    ],
)
async def test_forms_are_read_as_strictly(door: Door, form: dict[str, str], path: str, code: str) -> None:
    function = "AdjustCustomerState3" if "adjustments" in form else "RedeemPoints1"
    answer = await door.client.post(door.url(function), data={**form, "auth": door.token()})
    assert (answer.status_code, answer.json()["id"]) == (400, "invalid_input"), answer.text
    assert (path, code) in [(fault["path"], fault["code"]) for fault in answer.json()["errors"]]


async def test_nested_values_in_forms_and_queries(door: Door) -> None:
    """The same wish in every way to write it down."""
    await door.give("12", 5000)
    auth = door.token()
    ways: list[dict[str, str]] = [
        {"customer.shopid": "12", "pts": "100", "cart_subtotal": "25.50"},
        {"customer": '{"shopid": "12"}', "pts": "100", "cart_subtotal": "25500000"},
    ]
    for way in ways:
        answer = await door.client.post(door.url("RedeemPoints1"), data={**way, "auth": auth})
        assert (answer.status_code, answer.json()["pts"]) == (200, 100), answer.text
    adjustments = '[{"action": "give_points", "points": 200, "description": "caf\u00e9 & more"}]'
    body = {"customer.shopid": "12", "adjustments": adjustments, "idempotency_key": "a", "auth": auth}
    assert (await door.client.post(door.url("AdjustCustomerState3"), data=body)).json() == {"ok": True}
    query = {"customer.shopid": "12", "limit": "1", "only_points": "TRUE", "auth": auth}
    for params in (query, {**query, "customer": '{"shopid":"12"}'} | {"customer.shopid": ""}):
        given = {name: value for name, value in params.items() if value}
        changes = (await door.client.get(door.url("CustomerHistory2"), params=given)).json()["changes"]
        assert [change["desc"] for change in changes] == ["caf\u00e9 & more"]
