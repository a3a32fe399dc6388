"""`leal serve` as it is run: a parent with its children, who die, are replaced, and end without losing a call."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from leal.engine.engine import Engine
from tests.acceptance.api.conftest import Door, order
from tests.acceptance.serving import WORKERS, Served
from tests.databases import DatabaseUrls
from tests.homes import alive, fetch, wait_until


class Load:
    """Clients that push orders and read, over connections that are kept and over fresh ones, until nobody listens."""

    def __init__(self, door: Door, base: str) -> None:
        self.door = door
        self.base = base
        self.answers: Counter[str] = Counter()
        self.pushed = 0

    async def client(self, name: str, keeps: bool) -> None:
        limits = httpx.Limits(max_keepalive_connections=None if keeps else 0)
        number = 0
        async with httpx.AsyncClient(base_url=self.base, limits=limits, timeout=60) as client:
            while True:
                number += 1
                body = {"orders": [order(f"{name}-{number}", name, "10")]}
                headers = {"authorization": f"Bearer {self.door.token()}"}
                try:
                    if number % 3:
                        answer = await client.get(self.door.url("Status2"))
                    else:
                        answer = await client.post(self.door.url("UpdateOrders4"), json=body, headers=headers)
                        self.pushed += answer.json().get("rejected") == []
                    self.answers[str(answer.status_code)] += 1
                except httpx.ConnectError:
                    self.answers["refused"] += 1
                    return
                except httpx.TransportError as fault:
                    self.answers[repr(fault)] += 1
                    return


async def test_a_server_under_load_ends_without_losing_a_call(served: Served, far: Door, engine: Engine) -> None:
    load = Load(far, served.base)
    clients = [asyncio.create_task(load.client(f"c{number}", number % 2 == 0)) for number in range(16)]
    while load.answers["200"] < 20 * len(clients):
        assert not any(client.done() for client in clients), (load.answers, served.told())
        await asyncio.sleep(0.05)
    served.process.send_signal(signal.SIGTERM)
    await asyncio.gather(*clients)
    assert await asyncio.to_thread(served.process.wait, 60) == 0
    assert load.answers.keys() == {"200", "refused"}
    assert load.answers["refused"] == len(clients)
    assert (await engine.counts(far.shop))["orders"] == load.pushed > 0


async def test_who_dies_is_replaced_and_what_it_counted_stays(served: Served, far: Door) -> None:
    jobs = served.children()[-1]
    asked = 60
    for _ in range(asked):  # each over a connection of its own, so that both may answer
        async with httpx.AsyncClient(base_url=served.base) as client:
            assert (await client.get(far.url("Status2"))).status_code == 200
    counted = 'leal_requests_total{function="Status2",status="200"}'
    wait_until(lambda: served.figures().get(counted) == asked)  # each process counts within a tenth of a second
    before = served.figures()
    assert (before['leal_processes{kind="web"}'], before['leal_processes{kind="jobs"}']) == (WORKERS, 1)
    for pid in served.children():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(served.children()) == WORKERS + 2 and not alive(jobs))
    wait_until(lambda: _figures(served).get('leal_processes{kind="jobs"}') == 1)
    wait_until(lambda: _figures(served).get('leal_processes{kind="bulk"}') == 1)
    after = served.figures()
    assert after[counted] == asked
    assert after['leal_processes{kind="web"}'] == WORKERS
    assert after['leal_process_restarts_total{kind="web"}'] == WORKERS
    assert after['leal_process_restarts_total{kind="jobs"}'] == 1
    assert after['leal_process_restarts_total{kind="bulk"}'] == 1
    assert [line["kind"] for line in served.lines() if line["event"] == "a process died"].count("web") == WORKERS
    assert served.end() == 0


def _figures(served: Served) -> dict[str, float]:
    try:
        return served.figures()
    except httpx.TransportError:
        return {}


def test_who_keeps_dying_is_replaced_ever_more_slowly(served: Served) -> None:
    pauses = []
    for _ in range(3):
        jobs = served.children()[-1]
        os.kill(jobs, signal.SIGKILL)
        wait_until(lambda: len(served.children()) == WORKERS + 2 and jobs not in served.children())  # noqa: B023
        pauses.append([line for line in served.lines() if line["event"] == "a process died"][-1]["next_in_seconds"])
    assert pauses == [0, 1, 2]
    assert httpx.get(f"{served.base}/readyz").status_code == 200


HANGS = """
import asyncio, mmap, signal, socket, sys, time
from leal.server.processes import Parent

hung = mmap.mmap(-1, 1)

async def work(ready):
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    ready()
    await ended.wait()

async def hang_once(ready):
    if hung[0]:
        print("replaced", flush=True)
        return await work(ready)
    hung[0] = 1
    ready()
    await asyncio.sleep(0.1)
    time.sleep(60)  # nobody else has a turn

Parent(socket.socket(), [("well", work), ("ill", hang_once)], lambda: None, hung_seconds=1).run()
"""


def test_who_hangs_is_killed_and_replaced() -> None:
    parent = subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        told: list[str] = []
        while told[-1:] != ["replaced\n"]:
            told.append(parent.stdout.readline())
            assert told[-1], told
        parent.terminate()
        assert parent.wait(30) == 0
    finally:
        parent.kill()
    assert sum("a process hangs" in line and "ill" in line for line in told) == 1
    assert not any("well" in line for line in told)


def test_children_do_not_outlive_their_parent(served: Served) -> None:
    children = served.children()
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    wait_until(lambda: not any(alive(pid) for pid in children))
    with socket.create_server(("127.0.0.1", served.port)):
        pass


def test_ctrl_c_reaches_everybody_and_ends_well(serve: Callable[..., Served]) -> None:
    one = serve(LEAL_UPKEEP_SECONDS="0", LEAL_PUSH_SECONDS="0")
    one.wait()
    assert len(one.children()) == 2  # nothing to do by itself: one answers, one does large pushes
    for pid in [*one.children(), one.process.pid]:
        os.kill(pid, signal.SIGINT)
    assert one.process.wait(20) == 0
    assert "Traceback" not in one.told()


def test_a_server_that_cannot_start_says_why_and_ends(
    serve: Callable[..., Served], database_urls: DatabaseUrls
) -> None:
    one = serve(url=database_urls.owner)  # which may not become the application's role
    assert one.process.wait(30) == 1
    assert [line["help"] for line in one.lines() if line["event"] == "a process cannot work"]
    assert "leal: A process of the server ended as it started" in one.told()


async def test_the_log_is_structured_and_quotes_nothing_of_a_call(served: Served, far: Door) -> None:
    token = far.token("ann@example.com")
    spoilt = token[:-4] + "AAAA"
    for given in (token, spoilt):
        await far.client.get(far.url("CustomerBalance3"), headers={"authorization": f"Bearer {given}"})
        await far.client.get(far.url("CustomerBalance3"), params={"auth": given})
        await far.client.post(far.url("CustomerBalance3"), json={"auth": given})
        await far.client.post(far.url("CustomerBalance3"), data={"auth": given})
        await far.client.post(far.url("UpdateOrders4"), content=f'{{"auth": "{given}", "orders": [')
    await far.client.get(far.url("Status2"), headers={"x-request-id": "asked-1"})
    _send_raw(served.port, f"GET /{spoilt} HTTP/9.9\r\nauthorization: {token}\r\n\r\n")
    assert served.end() == 0
    text = served.told()
    assert not [word for word in ("ann@example.com", token.split(".")[1], token[-20:], spoilt[-20:]) if word in text]
    said = [line for line in text.splitlines() if not line.startswith("leal: ")]
    assert len(served.lines()) == len(said)  # what libraries log is no exception
    answered = [line for line in served.lines() if line["event"] == "served"]
    assert len(answered) == 11
    assert all(line["request"] and line["function"] and line["status"] for line in answered)
    assert answered[-1]["request"] == "asked-1"
    assert len([line for line in served.lines() if line["event"] == "token refused"]) == 6


def _send_raw(port: int, text: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(text.encode())
        return connection.recv(1000)


@pytest.mark.parametrize(
    ("trusted", "told"), [("127.0.0.0/8", "203.0.113.9"), ("10.0.0.1", "127.0.0.1"), ("", "127.0.0.1")]
)
def test_a_caller_s_address_is_what_a_trusted_proxy_says(serve: Callable[..., Served], trusted: str, told: str) -> None:
    one = serve(LEAL_TRUSTED_PROXIES=trusted, LEAL_PUBLIC_URL="https://loyalty.example.com/")
    one.wait()
    claimed = {"x-forwarded-for": "198.51.100.1, 203.0.113.9", "x-forwarded-proto": "https"}
    httpx.get(f"{one.base}/api/v2023061/acme/Status2", headers=claimed)
    document: Any = httpx.get(f"{one.base}/openapi.json").json()
    assert document["servers"] == [{"url": "https://loyalty.example.com"}]
    assert one.end() == 0
    (line,) = [line for line in one.lines() if line["event"] == "served"]
    assert line["address"] == told


def test_only_the_parent_holds_the_embedded_server(folder: Path) -> None:
    one = Served("", folder, "--workers", "2")
    one.wait()
    url = f"postgresql://leal_app@/leal?host={folder / 'socket'}&port=5432"
    holders = [pid for pid in [one.process.pid, *one.children()] if _has_open(pid, folder / "server" / "users.lock")]
    assert holders == [one.process.pid]
    os.kill(one.children()[0], signal.SIGKILL)
    wait_until(lambda: len(one.children()) == 4)
    time.sleep(1)  # longer than the grace
    assert fetch(url, "select 1") == 1
    assert one.end() == 0


def _has_open(pid: int, path: Path) -> bool:
    return any(fd.samefile(path) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.exists())
