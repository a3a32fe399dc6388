"""Large pushes through `leal serve`: a process of its own does them, answers as any other would, and may die."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from leal.engine.engine import Engine
from leal.server.web import Web
from tests.acceptance.api.conftest import Door, open_door, order
from tests.acceptance.serving import WORKERS, Served
from tests.homes import wait_until

MANY = 4000
"""Orders that take a second and more."""
MEMBERS = 40


def orders(count: int, first: int = 0) -> dict[str, Any]:
    return {"orders": [order(f"o{number}", f"m{number % MEMBERS}", "1") for number in range(first, first + count)]}


async def push(door: Door, body: dict[str, Any]) -> httpx.Response:
    return await door.post("UpdateOrders4", body, timeout=60)


@pytest.fixture
def bulk(served: Served) -> int:
    """The process's id."""
    return served.children()[WORKERS]


async def stored(engine: Engine, door: Door, least: int = 1) -> int:
    """How many orders there are, once there are so many."""
    async with asyncio.timeout(60):
        while (count := (await engine.counts(door.shop))["orders"]) < least:  # noqa: ASYNC110  others store them
            await asyncio.sleep(0.02)
    return count


async def require_right(engine: Engine, door: Door) -> None:
    """Each of `MANY` orders gave its points, once."""
    assert (await engine.counts(door.shop))["orders"] == MANY
    assert (await engine.verify(door.shop)).faults == []
    for number in range(MEMBERS):
        assert (await door.balance(f"m{number}"))["pts_earned"] == MANY // MEMBERS * 10


async def test_large_pushes_keep_nobody_waiting(served: Served, far: Door, bulk: int) -> None:
    os.kill(bulk, signal.SIGSTOP)
    pushing = asyncio.create_task(push(far, orders(100)))
    await asyncio.sleep(0.5)
    small = await far.post("UpdateOrders4", orders(3, first=100))
    assert (small.status_code, pushing.done()) == (200, False)
    os.kill(bulk, signal.SIGCONT)
    answer = await pushing
    assert answer.json() == {"ok": True, "rejected": []}
    counted = 'leal_requests_total{function="UpdateOrders4",status="200"}'
    wait_until(lambda: served.figures().get(counted) == 2)
    assert served.figures()['leal_processes{kind="bulk"}'] == 1
    answered = [line for line in served.lines() if line.get("request") == answer.headers["x-request-id"]]
    assert [line["event"] for line in answered] == ["served"]


@pytest.fixture
async def near(engine: Engine) -> AsyncIterator[Door]:
    """Another shop, whose pushes are done where they come in."""

    async def check() -> None:
        return None

    web = Web(engine, check)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://leal.test") as client:
        yield await open_door(engine, client, "rival")
    await web.close()


async def test_they_answer_byte_for_byte_as_where_they_come_in(far: Door, near: Door, engine: Engine) -> None:
    page = "https://shop.example"
    bad = orders(100)
    bad["orders"][7]["items"][0]["quantity"] = -1
    bad["orders"][9] = 7
    late = orders(100) | {"orders": [*orders(99)["orders"], order("late", "m1", "1", currency="EUR")]}
    for door in (far, near):
        await engine.set_origins(door.shop, allow=[page], forbid=[])
    padding = " " * 10_000
    asked: list[tuple[str, Any, dict[str, str]]] = [
        ("UpdateOrders4", orders(100), {}),
        ("UpdateOrders4", bad, {}),
        ("UpdateOrders4", bad | {"debug": True}, {}),
        ("UpdateOrders4", bad | {"debug": True}, {"accept": "application/problem+json"}),
        ("UpdateOrders4", late, {}),
        ("UpdateOrders4", orders(100), {"idempotency-key": "one"}),
        ("UpdateOrders4", orders(100), {"idempotency-key": "one"}),
        ("UpdateOrders4", bad, {"idempotency-key": "one"}),
        ("UpdateOrders4", orders(100), {"idempotency-key": "x" * 300}),
        ("UpdateOrders4", {"orders": 7, "padding": padding}, {}),
        ("UpdateOrders4", f'{{"orders": [], "orders": []{padding}}}', {}),
        ("UpdateOrders4", f'{{"orders": [{padding}', {}),
        ("UpdateOrders4", orders(6000), {}),
        ("UpdateOrders4", orders(100), {"origin": page}),
        ("UpdateCustomers3", {"customers": [{"id": f"c{number}", "tags": ["vip"]} for number in range(500)]}, {}),
        ("UpdateProducts3", {"products": [{"id": f"p{number}", "title": "Soap"} for number in range(500)]}, {}),
    ]
    for number, (function, body, headers) in enumerate(asked):
        told = []
        for door in (far, near):
            content = body if isinstance(body, str) else httpx.Request("POST", "/", json=body).read()
            plain = {"content-type": "application/json", "authorization": f"Bearer {door.token()}"}
            answer = await door.client.post(
                door.url(function), content=content, headers=plain | headers | {"x-request-id": f"r{number}"}
            )
            shown = {name: value for name, value in answer.headers.items() if name not in ("date", "ratelimit")}
            assert "ratelimit" in answer.headers
            told.append((answer.status_code, answer.content, shown))
        assert told[0] == told[1]
    for door in (far, near):
        assert (await engine.counts(door.shop))["orders"] == 100


async def test_kill_9_in_the_middle(served: Served, far: Door, bulk: int, engine: Engine) -> None:
    pushing = asyncio.create_task(push(far, orders(MANY)))
    await stored(engine, far)
    os.kill(bulk, signal.SIGKILL)
    answer = await pushing
    assert (answer.status_code, answer.json()["id"]) == (503, "unavailable")
    assert answer.headers["retry-after"]
    assert await stored(engine, far) < MANY
    again = [push(far, orders(MANY)), push(far, orders(MANY))]
    assert [answer.json() for answer in await asyncio.gather(*again)] == [{"ok": True, "rejected": []}] * 2
    await require_right(engine, far)
    assert served.end() == 0


async def test_what_it_had_not_begun_when_it_died_is_done(far: Door, bulk: int, engine: Engine) -> None:
    os.kill(bulk, signal.SIGSTOP)
    pushes = [asyncio.create_task(push(far, orders(100, first=100 * number))) for number in range(MANY // 100)]
    await asyncio.sleep(1)
    os.kill(bulk, signal.SIGKILL)
    assert {(await pushing).status_code for pushing in pushes} == {200}
    await require_right(engine, far)


async def test_while_nobody_is_there_pushes_are_done_where_they_come_in(served: Served, far: Door, bulk: int) -> None:
    for _ in range(3):
        before = set(served.children())
        os.kill(bulk, signal.SIGKILL)
        wait_until(lambda: bool(set(served.children()) - before))  # noqa: B023
        (bulk,) = set(served.children()) - before
    os.kill(bulk, signal.SIGKILL)
    wait_until(lambda: len(served.children()) == WORKERS + 1)
    answer = await push(far, orders(100))
    assert answer.json() == {"ok": True, "rejected": []}
    assert len(served.children()) == WORKERS + 1


async def test_sigterm_in_the_middle(served: Served, far: Door, engine: Engine) -> None:
    pushing = asyncio.create_task(push(far, orders(MANY)))
    await stored(engine, far)
    served.process.send_signal(signal.SIGTERM)
    answer = await pushing
    assert answer.json() == {"ok": True, "rejected": []}
    assert await asyncio.to_thread(served.process.wait, 60) == 0
    assert (await engine.counts(far.shop))["orders"] == MANY


async def test_a_second_sigterm_does_not_wait_but_ends_what_has_begun(
    served: Served, far: Door, engine: Engine
) -> None:
    pushing = asyncio.create_task(push(far, orders(MANY)))
    await stored(engine, far)
    for _ in range(2):
        served.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
    await asyncio.gather(pushing, return_exceptions=True)
    assert await asyncio.to_thread(served.process.wait, 60) == 0
    assert (await engine.counts(far.shop))["orders"] == MANY


@pytest.mark.parametrize("who", ["the client", "the web process"])
async def test_who_asked_goes_away(served: Served, far: Door, engine: Engine, who: str) -> None:
    content = httpx.Request("POST", "/", json=orders(MANY)).read()
    head = f"POST {far.url('UpdateOrders4')} HTTP/1.1\r\nhost: leal\r\ncontent-type: application/json\r\n"
    head += f"authorization: Bearer {far.token()}\r\ncontent-length: {len(content)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        await asyncio.to_thread(connection.sendall, head.encode() + content)
        await stored(engine, far)
        if who == "the web process":
            for pid in served.children()[:WORKERS]:
                os.kill(pid, signal.SIGKILL)
    await stored(engine, far, MANY)
    wait_until(lambda: len(served.children()) == WORKERS + 2)
    await require_right(engine, far)
    assert served.end() == 0


async def test_nothing_stays_open(served: Served, far: Door, bulk: int) -> None:
    def opened() -> list[int]:
        return [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in served.children()[: WORKERS + 1]]

    await push(far, orders(100))
    before = opened()
    for _ in range(30):
        await push(far, orders(100))
    wait_until(lambda: all(now <= at_first + 3 for now, at_first in zip(opened(), before, strict=True)))
