"""The server as a process: real sockets, its pages, its figures, its end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from leal.engine.engine import Engine
from leal.errors import Unavailable
from leal.server.serving import PortTaken, listening, run
from leal.server.web import Web
from leal.values import parse_instant
from tests.acceptance.api.conftest import PROGRAMME, Door, open_door, order
from tests.acceptance.serving import Served
from tests.databases import DatabaseUrls
from tests.engines import push


@pytest.fixture
def served(database_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Served]:
    process = Served(database_urls.app, tmp_path)
    process.wait()
    yield process
    process.kill()


@pytest.fixture
async def far(served: Served, engine: Engine) -> AsyncIterator[Door]:
    """A shop of this test's own making, called through the other process. Its keys are sealed with the test's key, so
    only anonymous calls are answered."""
    async with httpx.AsyncClient(base_url=served.base) as client:
        yield await open_door(engine, client, "acme")


async def test_pages(served: Served, far: Door) -> None:
    client = far.client
    assert (await client.get("/healthz")).json() == {"ok": True}
    assert (await client.get("/readyz")).json() == {"ok": True}
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    page = await client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r"(?:src|href)=\"(?!#|openapi\.json)", page.text) == []
    assert "url(" not in page.text
    assert (await client.get("/")).headers["location"] == "/docs"
    status = await client.get(far.url("Status2"))
    assert (status.status_code, status.json()["shop_slug"]) == (200, "acme")
    head = await client.head("/healthz")
    assert (head.status_code, head.content) == (200, b"")
    figures = (await client.get("/metrics")).text
    assert 'leal_requests_total{function="Status2",status="200"} 1.0' in figures
    assert 'leal_request_seconds_count{function="Status2"} 1.0' in figures


async def test_it_keeps_up_by_itself(served: Served, engine: Engine) -> None:
    """A sandbox's clock is moved in another process, which stores nothing; a server of its own accord does."""
    founded_at = parse_instant("2026-01-05T12:00:00Z")
    shop = await engine.create_shop("acme", sandbox=True, clock_at=founded_at)
    await engine.publish(shop, PROGRAMME.format(slug="acme"), author="test")
    await engine.push_orders(shop, [push("ann", "o1", 10)])
    await engine.advance_clock(shop, parse_instant("2027-03-01T00:00:00Z"), keep_up=False)
    async with httpx.AsyncClient(base_url=served.base) as client, asyncio.timeout(30):
        text = (await client.get("/metrics")).text
        while "leal_upkeep_settled_total 1.0" not in text:
            await asyncio.sleep(0.1)
            text = (await client.get("/metrics")).text
    assert "leal_upkeep_lag_seconds " in text
    assert await engine.waiting_micros(shop) is None


async def test_the_log_tells_nothing_personal(served: Served, far: Door) -> None:
    body = {"customer": {"email": "ann@example.com"}, "auth": "secret-token"}
    answer = await far.client.post(far.url("CustomerBalance3"), json=body)
    assert answer.status_code == 401
    await far.client.get(far.url("Status2"), params={"auth": "secret-token", "x": "ann@example.com"})
    served.end()
    text = served.told()
    assert "ann@example.com" not in text
    assert "secret-token" not in text
    assert any(line.get("reason") == "malformed" for line in served.lines())


async def test_it_ends_when_told_to(served: Served, far: Door) -> None:
    assert (await far.client.get("/healthz")).status_code == 200
    assert served.end() == 0


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as first, pytest.raises(PortTaken) as caught, listening(*first.getsockname()):
        raise AssertionError("the port was free")
    assert "LEAL_PORT" in caught.value.remedy


async def test_not_ready(engine: Engine) -> None:
    looks = 0

    async def check() -> None:
        nonlocal looks
        looks += 1
        raise Unavailable("the database of 10.0.0.7 is away", "start it")

    transport = httpx.ASGITransport(app=Web(engine, check))
    async with httpx.AsyncClient(transport=transport, base_url="http://leal.test") as client:
        answers = await asyncio.gather(*(client.get("/readyz") for _ in range(5)))
        assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(503, "unavailable")}
        assert "10.0.0.7" not in answers[0].text
        assert (await client.get("/healthz")).status_code == 200
    assert looks == 1


def test_an_old_schema_is_refused(empty_database: DatabaseUrls, tmp_path: Path) -> None:
    process = Served(empty_database.app, tmp_path)
    assert process.process.wait(30) == 1
    assert "help: Run `leal migrate`." in process.told()


async def test_a_write_goes_on_without_its_client(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client goes away in the middle of a write: the write is stored all the same."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    push = door.engine.push_orders

    async def slow(*given: Any, **more: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await push(*given, **more)

    monkeypatch.setattr(door.engine, "push_orders", slow)
    call = asyncio.create_task(door.post("UpdateOrders4", {"orders": [order("1", "ann", "10")]}))
    await begun.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    go_on.set()
    for _ in range(200):
        answer = await door.post("CustomerBalance3", {"customer": {"shopid": "ann"}})
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.01)
    assert answer.json()["pts_earned"] == 100


async def test_what_has_begun_is_answered_before_the_end(
    door: Door, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, begun, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    push = door.engine.push_orders

    async def slow(*given: Any, **more: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await push(*given, **more)

    monkeypatch.setattr(door.engine, "push_orders", slow)
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        serving = asyncio.create_task(run(door.engine, database_urls.app, listener, ready.set))
        await ready.wait()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            far = Door(door.engine, door.shop, door.kid, door.secret, client)
            call = asyncio.create_task(far.post("UpdateOrders4", {"orders": [order("1", "ann", "10")]}))
            await begun.wait()
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert not serving.done()
            with pytest.raises(httpx.TransportError):
                await httpx.AsyncClient().get(f"http://127.0.0.1:{port}/healthz")
            go_on.set()
            assert (await call).json() == {"ok": True, "rejected": []}
            await asyncio.wait_for(serving, 10)
    assert (await door.balance("ann"))["pts_earned"] == 100
