"""The channel to the bulk process: what comes of a push when either side goes away, and when."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator

import msgspec
import pytest

from leal.api.app import Api
from leal.api.delegating import LARGE_BYTES, Task
from leal.api.rates import Limits, Rates
from leal.engine.engine import Engine
from leal.errors import Unavailable
from leal.server.bulk import AT_ONCE, BEGUN, Bulk, Channel
from leal.store.db import Database
from leal.tokens import Caller, Sealer

PUSH = Task(
    "acme",
    "UpdateCustomers3",
    Caller("shop", kid="k"),
    b'{"customers": [{"id": "ann"}]}' + b" " * LARGE_BYTES,
    [],
    "127.0.0.1",
)


@pytest.fixture
async def channel() -> AsyncIterator[Channel]:
    made = Channel()
    made.attended = lambda: True
    yield made
    made.close()


@pytest.fixture
async def engine(db: Database) -> AsyncIterator[Engine]:
    opened = await Engine.open(db, Sealer(os.urandom(32)))
    await opened.create_shop("acme")
    yield opened
    await opened.close()


@pytest.fixture
def api(engine: Engine) -> Api:
    return Api(engine, lambda served: None, Rates(Limits()))


async def test_it_is_done_on_the_other_side(channel: Channel, api: Api) -> None:
    ready = asyncio.Event()
    other = asyncio.create_task(Bulk(api, channel).run(ready.set))
    await ready.wait()
    asked = [channel.delegate(PUSH) for _ in range(2 * AT_ONCE)]
    assert {answer.status for answer in await asyncio.gather(*asked) if answer} == {200}
    answer = await channel.delegate(msgspec.structs.replace(PUSH, shop="nowhere"))
    assert answer is not None
    assert answer.status == 404
    channel.close_front()
    await other


async def test_nobody_is_there(channel: Channel) -> None:
    channel.attended = lambda: False
    assert await channel.delegate(PUSH) is None
    channel.attended = lambda: True
    channel.close_back()
    assert await channel.delegate(PUSH) is None


async def test_too_much_waits(channel: Channel) -> None:
    asked = [asyncio.create_task(channel.delegate(PUSH)) for _ in range(1000)]
    await asyncio.sleep(0.1)
    refused = [one for one in asked if one.done()]
    assert 0 < len(refused) < len(asked)
    assert {one.result() for one in refused} == {None}
    channel.close_back()
    assert set(await asyncio.gather(*asked)) == {None}


async def receive(channel: Channel) -> socket.socket:
    while True:
        try:
            received = channel.receive()
        except BlockingIOError:
            await asyncio.sleep(0)
            continue
        assert received is not None
        os.close(received[0])
        return received[1]


async def test_the_other_side_goes_away(channel: Channel) -> None:
    asked = asyncio.create_task(channel.delegate(PUSH))
    (await receive(channel)).close()
    assert await asked is None
    for sent in (BEGUN, BEGUN + b"\x94\xcc"):
        asked = asyncio.create_task(channel.delegate(PUSH))
        with await receive(channel) as there:
            there.send(sent)
        with pytest.raises(Unavailable):
            await asked


async def test_whoever_asked_went_away_before_it_was_begun(channel: Channel, api: Api, engine: Engine) -> None:
    shop = await engine.shop("acme")
    before = await engine.counts(shop)
    asked = asyncio.create_task(channel.delegate(PUSH))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    ready = asyncio.Event()
    other = asyncio.create_task(Bulk(api, channel).run(ready.set))
    await ready.wait()
    channel.close_front()
    await other
    assert await engine.counts(shop) == before
