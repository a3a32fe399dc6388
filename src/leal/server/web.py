"""The web application: the API, its reference, the datasource, content blocks, and the server's health and figures."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import structlog

from leal.api import reference
from leal.api.app import PREFIX, Api
from leal.api.delegating import Delegate
from leal.api.door import Served
from leal.api.failures import answer_of
from leal.api.figures import CONTENT_TYPE, Figures
from leal.api.http import IN_ONE_PIECE, REQUEST_ID, Answer, Receive, Scope, Send, header, request_id, send_answer
from leal.api.rates import Limits, Rates
from leal.api.shapes import encode
from leal.content.app import ContentBlocks
from leal.content.asking import PREFIX as CONTENT
from leal.datasource import app as datasource
from leal.datasource import description
from leal.engine.engine import Engine
from leal.errors import NotFound, Unavailable

HTML: Final = b"text/html; charset=utf-8"
ONLY_OWN: Final = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
)
READY_TIMEOUT_SECONDS: Final = 5.0
READY_TRUST_SECONDS: Final = 1.0
"""How long one look at the database answers for: anybody may ask."""

log = structlog.get_logger("leal.server")


class Web:
    """The ASGI application of the whole server."""

    def __init__(
        self,
        engine: Engine,
        check: Callable[[], Awaitable[None]],
        limits: Limits | None = None,
        *,
        public_url: str | None = None,
        delegate: Delegate | None = None,
    ) -> None:
        """`check` raises Unavailable unless the database answers and its schema is this release's.

        `public_url` is where callers find it, where that is known; `delegate` has large pushes done elsewhere.
        """
        self.draining = False
        """Whether it is about to end: every answer is then the last one of its connection."""
        self._public_url = public_url
        self._tells = log.is_enabled_for(logging.DEBUG)
        """Whether each answered call has a line in the log."""
        self.figures = Figures()
        rates = Rates(limits or Limits())
        self.api = Api(engine, self._served, rates, delegate)
        self._datasource = datasource.Datasource(engine, self._served, rates, public_url=public_url)
        self._content = ContentBlocks(engine, self._served, rates, self.figures, public_url=public_url)
        self._check = check
        self._looked_at = -READY_TRUST_SECONDS
        self._fault: Unavailable | None = None
        self._looking = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if self.draining:
            send = _closing(send)
            scope.pop(IN_ONE_PIECE, None)
        if scope["path"].startswith(PREFIX):
            await self.api(scope, receive, send)
            return
        if scope["path"].startswith(datasource.PREFIX):
            await self._datasource(scope, receive, send)
            return
        if scope["path"].startswith(CONTENT):
            await self._content(scope, receive, send)
            return
        ident = request_id(scope)
        answer = await self._answer(scope, ident, header(scope, b"accept"))
        answer = answer._replace(headers=(*answer.headers, (REQUEST_ID, ident.encode())))
        await send_answer(scope, send, answer)

    async def close(self) -> None:
        """Wait for writes whose clients have gone, and store what was counted."""
        await self.api.close()
        await self._content.close()
        self.figures.count()

    async def _answer(self, scope: Scope, ident: str, accept: str | None) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return answer_of(NotFound("Only the functions under /api/ are called by other methods."), ident, accept)
        match scope["path"]:
            case "/healthz":
                return Answer(200, encode({"ok": True}))
            case "/readyz":
                return await self._ready(ident)
            case "/metrics":
                # Those of many processes take long enough to hold up a call.
                return Answer(200, await asyncio.to_thread(self.figures.text), CONTENT_TYPE)
            case "/openapi.json":
                return Answer(
                    200,
                    encode(description.document(self._public_url)),
                    headers=((b"access-control-allow-origin", b"*"),),
                )
            case "/docs":
                return Answer(200, reference.page(), HTML, ONLY_OWN)
            case "/":
                return Answer(307, b"", HTML, ((b"location", b"/docs"),))
        return answer_of(NotFound("Nothing is here; /docs describes the API."), ident, accept)

    async def _ready(self, ident: str) -> Answer:
        if self.draining:
            return answer_of(Unavailable("This server is about to end.", "Ask another one."), ident)
        async with self._looking:
            if time.monotonic() - self._looked_at >= READY_TRUST_SECONDS:
                self._fault = await self._look()
                self._looked_at = time.monotonic()
        return Answer(200, encode({"ok": True})) if self._fault is None else answer_of(self._fault, ident)

    async def _look(self) -> Unavailable | None:
        try:
            async with asyncio.timeout(READY_TIMEOUT_SECONDS):
                await self._check()
        except Unavailable as fault:
            log.warning("not ready", reason=fault.message)
            return fault
        except (TimeoutError, OSError) as fault:
            log.warning("not ready", reason=type(fault).__name__)
            return Unavailable()
        return None

    def _served(self, served: Served) -> None:
        self.figures.served(served)
        if not self._tells:
            return
        log.debug(
            "served",
            function=served.function,
            status=served.status,
            milliseconds=round(served.seconds * 1e3, 1),
            request=served.request,
            address=served.address,
        )


def _closing(send: Send) -> Send:
    """Sends the same, and says that the connection ends with it."""

    async def closing(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return closing
