"""Calls of another server: what it is sent, how it may fail, and where calls do not lead at all."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator

import pytest

from leal.hooks.retrying import is_passing, pause_seconds
from leal.hooks.sending import Answered, BadTarget, Unanswered, get, is_public, post, read_target
from leal.hooks.signing import make_secret, signed, written
from tests.receiving import Elsewhere, elsewhere

BODY = b'{"a":1}'


@pytest.fixture(scope="module")
def there() -> Iterator[Elsewhere]:
    """A server of somebody else's."""
    with elsewhere() as found:
        yield found


async def call(there: Elsewhere, word: str, *, body: bytes = BODY, within_seconds: float = 20) -> Answered:
    """One call of the server, which behaves as the word says."""
    there.behave(word)
    target = read_target(f"{there.url}/hook?x=1", allow_private=True)
    return await post(
        target,
        [("content-type", "application/json")],
        body,
        allow_private=True,
        within_seconds=within_seconds,
    )


async def test_a_body_arrives_and_its_answer_comes_back(there: Elsewhere) -> None:
    answer = await call(there, "200")
    assert (answer.status, answer.body) == (200, b"{}")
    came = there.taken()[-1]
    assert (came["path"], came["body"]) == ("/hook?x=1", BODY)
    assert came["headers"]["content-type"] == "application/json"
    assert came["headers"]["host"] == there.url.removeprefix("http://")
    large = b"x" * 3_000_000
    assert (await call(there, "200", body=large)).status == 200
    assert there.taken()[-1]["body"] == large


async def test_what_is_asked_for_is_read_as_far_as_wanted(there: Elsewhere) -> None:
    await call(there, "200")
    target = read_target(f"{there.url}/taken", allow_private=True)
    answer = await get(target, allow_private=True, within_seconds=20, bytes_max=10_000_000)
    assert (answer.status, json.loads(answer.body)[-1]["path"]) == (200, "/hook?x=1")
    short = await get(target, allow_private=True, within_seconds=20, bytes_max=len(answer.body) - 1)
    assert short.body == answer.body[:-1]
    with pytest.raises(Unanswered):
        await get(target, allow_private=True, within_seconds=20, bytes_max=10)


async def test_a_body_in_crumbs_holds_nobody_up() -> None:
    """Each crumb of a body is added to what came, not copied together with it."""
    size = 600_000

    async def crumbs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * size + b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(crumbs, "127.0.0.1", 0) as server:
        target = read_target(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", allow_private=True)
        begun = time.process_time()
        answer = await get(target, allow_private=True, within_seconds=20, bytes_max=1_000_000)
        assert answer.body == b"x" * size
        assert time.process_time() - begun < 4


@pytest.mark.parametrize(
    ("word", "status"), [("204", 204), ("301 http://127.0.0.1/", 301), ("early", 200), ("unended", 200), ("500", 500)]
)
async def test_any_proper_answer_is_one(there: Elsewhere, word: str, status: int) -> None:
    assert (await call(there, word)).status == status
    assert (await call(there, "429 7")).headers["retry-after"] == "7"


@pytest.mark.parametrize("word", ["half", "head", "reset", "noise", "flood"])
async def test_what_is_no_answer_is_none(there: Elsewhere, word: str) -> None:
    with pytest.raises(Unanswered):
        await call(there, word)


@pytest.mark.parametrize("word", ["hang 5", "drip"])
async def test_whoever_takes_too_long_is_left(there: Elsewhere, word: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Unanswered, match=r"no answer within 0\.5 seconds"):
        await call(there, word, within_seconds=0.5)
    assert time.monotonic() - begun < 3


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unanswered, match="ConnectionRefusedError"):
        await post(read_target(f"http://127.0.0.1:{port}", allow_private=True), [], BODY, allow_private=True)


async def test_a_server_without_a_certificate_of_its_name_is_not_told(there: Elsewhere) -> None:
    before = len(there.taken())
    with pytest.raises(Unanswered):
        await post(read_target(there.url.replace("http", "https"), allow_private=True), [], BODY, allow_private=True)
    assert len(there.taken()) == before


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https:///x", "example.com", "https://u:p@example.com/",
        "https://example.com/#x", "https://example.com:99999/", "https://[::1/", "https://exa mple.com/",
        "https://example.com/\r\nx: y", "https://127.0.0.1/", "https://10.1.2.3/", "https://192.168.0.1:8443/",
        "https://169.254.169.254/latest/", "https://[::1]/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/",
        "https://0.0.0.0/", "https://[64:ff9b::7f00:1]/", "https://100.64.0.1/", "https://224.0.0.1/",
        f"https://example.com/{'x' * 2000}",
    ],
)  # fmt: skip
def test_where_calls_do_not_lead(url: str) -> None:
    with pytest.raises(BadTarget):
        read_target(url, allow_private=False)


def test_where_calls_may_lead() -> None:
    assert read_target("https://hooks.example.com/in?x=1", allow_private=False)[:4] == (
        True, "hooks.example.com", 443, "/in?x=1",
    )  # fmt: skip
    assert read_target("https://1.1.1.1:8443", allow_private=False).authority == "1.1.1.1:8443"
    assert read_target("http://[::1]:80/", allow_private=True).authority == "[::1]"
    assert is_public("2606:4700::1111")
    for inside in ("2002:7f00:1::", "::127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b:1::7f00:1", "fec0::1", "::", "::1"):
        assert not is_public(inside), inside


async def test_a_name_that_leads_inside_is_not_followed(there: Elsewhere) -> None:
    """The name is fit to be called; where it leads is found out at the call."""
    before = len(there.taken())
    port = there.url.rpartition(":")[2]
    target = read_target(f"https://localhost:{port}/", allow_private=False)
    with pytest.raises(BadTarget):
        await post(target, [], BODY, allow_private=False)
    assert len(there.taken()) == before


def test_a_message_is_signed_as_standard_webhooks_has_it() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = dict(signed([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'))
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    other = make_secret()
    both = dict(signed([secret, other], "m", 1, BODY))["webhook-signature"].split(" ")
    assert both[1] == f"v1,{base64.b64encode(hmac.digest(other, b'm.1.' + BODY, hashlib.sha256)).decode()}"
    assert written(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert len(other) == 32


def test_pauses_grow_and_a_server_may_ask_for_longer_ones() -> None:
    assert [pause_seconds(tries, None, 0, 1.0) for tries in (1, 2, 3, 9, 10, 1000)] == [1, 2, 4, 256, 300, 300]
    assert pause_seconds(3, None, 0, 0.0) == 2
    assert pause_seconds(1, "7", 0, 0.5) == 7
    assert pause_seconds(9, "7", 0, 0.0) == 128
    assert pause_seconds(1, "99999", 0, 0.5) == 3600
    assert pause_seconds(1, "Thu, 01 Jan 1970 00:01:00 GMT", 30.0, 0.5) == 30
    for nothing in ("", "soon", "-5", "1.5", "Thu, 01 Jan 1970 00:00:00 GMT", "²"):
        assert pause_seconds(1, nothing, 30.0, 1.0) == 1
    assert [is_passing(status) for status in (408, 429, 500, 503, 400, 404, 410, 301)] == [True] * 4 + [False] * 4
