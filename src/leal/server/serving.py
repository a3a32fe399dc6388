"""Serving: the HTTP server of one process, from its first connection to its last answer.

How it ends, at SIGTERM:

1. Nobody new comes in: the kernel drops whoever knocks, who is refused at the next try. Whoever had come in is let in.
2. Each answer closes its connection; whoever is in the middle of a call is answered.
3. Connections that lay idle for a moment are closed, and those in use when they are done.
"""

from __future__ import annotations

import asyncio
import ctypes
import select
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import uvicorn

from leal.api.delegating import Delegate
from leal.api.rates import Limits
from leal.engine.engine import Engine
from leal.errors import Unavailable
from leal.server.protocol import BoundedProtocol
from leal.server.web import Web
from leal.store.migrate import state

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the 60 s after which proxies let go of an idle connection, so that they are first."""
DRAIN_SECONDS: Final = 30
"""How long calls under way may take after the server was told to end."""
IDLE_SECONDS: Final = 2.0
"""How long a connection may still ask after the server was told to end."""
BACKLOG: Final = 2048
SO_ATTACH_FILTER: Final = 26
BPF_RETURN_NOTHING: Final = struct.pack("HBBI", 0x06, 0, 0, 0)


class PortTaken(Unavailable):
    """Another program listens on the port, or it may not be used."""

    id = "port_taken"
    sentence = "The port cannot be used."


class Server(uvicorn.Server):
    """uvicorn, but for its end; see above."""

    def __init__(self, config: uvicorn.Config, web: Web, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._web = web
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Steps 1 to 3."""
        self._web.draining = True
        for listener in sockets or ():
            await _take_the_last(listener)
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        until = time.monotonic() + IDLE_SECONDS
        while self.server_state.connections and time.monotonic() < until and not self.force_exit:  # noqa: ASYNC110  uvicorn tells nobody
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The first SIGTERM drains, the second does not wait."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._asked_to_end)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGTERM)

    def _asked_to_end(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


async def run(
    engine: Engine,
    url: str,
    listener: socket.socket,
    ready: Callable[[], None] = lambda: None,
    *,
    trusted_proxies: Sequence[str] = (),
    public_url: str | None = None,
    limits: Limits | None = None,
    delegate: Delegate | None = None,
) -> None:
    """Serve an open engine on an open socket until SIGTERM; `url` is where the database's schema is looked at.

    Of `trusted_proxies`, addresses and networks, it is believed for whom they ask; `ready` is called once connections
    are taken; `delegate` has large pushes done elsewhere.
    """

    async def check() -> None:
        await check_schema(url)

    web = Web(engine, check, limits, public_url=public_url, delegate=delegate)
    web.figures.at_work("web")
    config = uvicorn.Config(
        web,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    try:
        await Server(config, web, ready).serve(sockets=[listener])
    finally:
        await web.close()


async def check_schema(url: str) -> None:
    """See that a server at work may go on; raises Unavailable.

    A schema that a newer release has come to meanwhile is one that this release can work with: migrations expand.
    """
    found = await state(url)
    if found.kind != "ahead":
        found.require_current()


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket on the port; raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as fault:
        message = f"{host}:{port} cannot be listened on: {fault.strerror}."
        raise PortTaken(message, "Stop what uses it, or name another port in LEAL_PORT or with --port.") from fault
    with listener:
        yield listener


async def _take_the_last(listener: socket.socket) -> None:
    """Let in those who have come in already, and nobody else: closed at once, the socket would throw them out."""
    code = ctypes.create_string_buffer(BPF_RETURN_NOTHING)
    with suppress(OSError):  # a kernel without filters: then somebody may come in too late
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(code)))
    waiting = select.poll()
    waiting.register(listener, select.POLLIN)
    until = time.monotonic() + IDLE_SECONDS
    while waiting.poll(0) and time.monotonic() < until:  # noqa: ASYNC110  the loop is to accept
        await asyncio.sleep(0)
