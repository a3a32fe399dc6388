"""The bare handler: what any server in Python must do for a read, and nothing else.

It runs the same statement on the same connections, gathered in the same way, behind the same HTTP server, and answers
with as many constant bytes. `/read/<name>` reads a member by the shop's id; `/constant/<bytes>` asks nobody, and has so
many bytes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from functools import lru_cache
from typing import Final

import uvicorn
import uvloop

from bench.shops import SLUG
from leal.api.http import Answer, Receive, Scope, Send, read_body, send_answer
from leal.config import Settings
from leal.engine.commands import Shop
from leal.engine.gathering import Gathering
from leal.engine.views import balances_by_shopids
from leal.installation import installation
from leal.server.protocol import BoundedProtocol
from leal.store.db import Database

READ: Final = "/read/"
CONSTANT: Final = "/constant/"
READY: Final = "serving on"
BYTES: Final = 932
"""About as long as the answer to the read that it is held against."""


class Bare:
    """The ASGI application."""

    def __init__(self, db: Database, shop: Shop) -> None:
        self._gathering = Gathering(db, balances_by_shopids)
        self._shop = shop
        self._answer = Answer(200, b"x" * BYTES)

    @staticmethod
    @lru_cache(maxsize=4)
    def _constant(size: int) -> Answer:
        return Answer(200, b"x" * size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; 404 where nobody has the name."""
        await read_body(scope, receive)
        path: str = scope["path"]
        if path.startswith(CONSTANT):
            await send_answer(scope, send, self._constant(int(path.removeprefix(CONSTANT))))
            return
        found = path.startswith(READ) and await self._gathering.row(self._shop, path.removeprefix(READ)) is None
        await send_answer(scope, send, Answer(404, b"") if found else self._answer)


async def _serve(port: int) -> None:
    async with installation(Settings.load(os.environ), migrate=False) as there:
        shop = await there.engine.shop(SLUG)
        app = Bare(there.engine._db, shop)
        config = uvicorn.Config(
            app,
            http=BoundedProtocol, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
            host="127.0.0.1", port=port,
        )  # fmt: skip
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        print(READY, port, flush=True)
        await task


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
