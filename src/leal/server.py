"""The server: the API, its reference and its health, on one port until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
import uvicorn

from leal.api import openapi, reference
from leal.api.app import PREFIX, Api, Served
from leal.api.failures import answer_of
from leal.api.figures import CONTENT_TYPE, Figures
from leal.api.http import Answer, Receive, Scope, Send, header, request_id, send_answer
from leal.api.rates import Limits
from leal.api.shapes import encode
from leal.config import Settings
from leal.engine.engine import Engine
from leal.errors import NotFound, Unavailable
from leal.installation import installation
from leal.jobs import upkeep
from leal.store.migrate import state

HTML: Final = b"text/html; charset=utf-8"
ONLY_OWN: Final = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
)
KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the 60 s after which proxies let go of an idle connection, so that they are first."""
DRAIN_SECONDS: Final = 30
READY_TIMEOUT_SECONDS: Final = 5.0
READY_TRUST_SECONDS: Final = 1.0
"""How long one look at the database answers for: anybody may ask."""

log = structlog.get_logger("leal.server")


class PortTaken(Unavailable):
    """Another program listens on the port, or it may not be used."""

    id = "port_taken"
    sentence = "The port cannot be used."


class Web:
    """The ASGI application of the whole server."""

    def __init__(self, engine: Engine, check: Callable[[], Awaitable[None]], limits: Limits | None = None) -> None:
        """`check` raises Unavailable unless the database answers and its schema is this release's."""
        self.figures = Figures()
        self.api = Api(engine, self._served, limits)
        self._check = check
        self._looked_at = -READY_TRUST_SECONDS
        self._fault: Unavailable | None = None
        self._looking = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith(PREFIX):
            await self.api(scope, receive, send)
            return
        ident = request_id(scope)
        answer = await self._answer(scope, ident, header(scope, b"accept"))
        answer = answer._replace(headers=(*answer.headers, (b"x-request-id", ident.encode())))
        await send_answer(send, answer, without_body=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, ident: str, accept: str | None) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return answer_of(NotFound("Only the functions under /api/ are called by other methods."), ident, accept)
        match scope["path"]:
            case "/healthz":
                return Answer(200, encode({"ok": True}))
            case "/readyz":
                return await self._ready(ident)
            case "/metrics":
                return Answer(200, self.figures.text(), CONTENT_TYPE)
            case "/openapi.json":
                return Answer(200, encode(openapi.document()), headers=((b"access-control-allow-origin", b"*"),))
            case "/docs":
                return Answer(200, reference.page(), HTML, ONLY_OWN)
            case "/":
                return Answer(307, b"", HTML, ((b"location", b"/docs"),))
        return answer_of(NotFound("Nothing is here; /docs describes the API."), ident, accept)

    async def _ready(self, ident: str) -> Answer:
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
        log.debug("served", function=served.function, status=served.status, milliseconds=round(served.seconds * 1e3, 1))


class Server(uvicorn.Server):
    """uvicorn, but for signals: they end the serving, and what is around it closes in its turn."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The first signal drains, the second does not wait."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


async def serve(
    settings: Settings, *, host: str | None = None, port: int | None = None, ready: Callable[[], None] = lambda: None
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what has begun; `ready` is called once connections are taken.

    Raises PortTaken, UnknownSchema, Unavailable.
    """
    configure_logs(settings.log_level)
    with listening(host or settings.host, port or settings.port) as listener:
        async with installation(settings) as opened:
            await run(
                opened.engine,
                opened.urls.app,
                listener,
                ready,
                upkeep_seconds=settings.upkeep_seconds,
                limits=limits_of(settings),
            )


async def run(
    engine: Engine,
    url: str,
    listener: socket.socket,
    ready: Callable[[], None] = lambda: None,
    *,
    upkeep_seconds: int = 0,
    limits: Limits | None = None,
) -> None:
    """Serve an open engine on an open socket; `url` is where the database's schema is looked at.

    Every `upkeep_seconds` what fell due is stored; 0: never.
    """

    async def check() -> None:
        (await state(url)).require_current()

    web = Web(engine, check, limits)
    config = uvicorn.Config(
        web,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    try:
        async with upkeep(engine, web.figures, upkeep_seconds):
            await Server(config, ready).serve(sockets=[listener])
    finally:
        await web.api.close()


def limits_of(settings: Settings) -> Limits:
    """How often callers may call."""
    return Limits(**{name: getattr(settings, f"rate_{name}") for name in Limits.__struct_fields__})


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket on the port; raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as fault:
        message = f"{host}:{port} cannot be listened on: {fault.strerror}."
        raise PortTaken(message, "Stop what uses it, or name another port in LEAL_PORT or with --port.") from fault
    with listener:
        yield listener


def configure_logs(level: str) -> None:
    """Logs on stderr: lines for people on a terminal, JSON elsewhere. Nothing personal is ever handed to them."""
    people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *((structlog.dev.ConsoleRenderer(),) if people else (_exceptions, structlog.processors.JSONRenderer())),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


_exceptions = structlog.processors.ExceptionRenderer(
    # Values of variables would carry personal data into the log.
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
