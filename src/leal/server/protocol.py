"""The protocol: HTTP/1.1 as uvicorn speaks it, but that the head of a request must come in time and have an end.

A whole answer leaves in one piece: head and body apart would each be a call of the kernel's, which is a good part of
what a short answer costs.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Final

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
)

from leal.api.http import IN_ONE_PIECE, REQUEST_ID, WHOLE, Scope

HEAD_BYTES_MAX: Final = 65_536
"""What is read of a head that has no end; one that has an end is measured by the API."""
HEAD_SECONDS_MAX: Final = 20
"""How long a head may take from its first byte, and a new connection until its first head is there."""
LINES_KEPT: Final = 1024
"""Lines of heads that are kept as they were written: most answers have the same."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._have_head()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head = False
        self._have_head()
        super().on_headers_complete()
        self.scope[IN_ONE_PIECE] = self._sent_whole  # type: ignore[typeddict-unknown-key]

    def on_message_complete(self) -> None:
        """The body is there, too."""
        super().on_message_complete()
        self.scope[WHOLE] = True  # type: ignore[typeddict-unknown-key]

    def data_received(self, data: bytes) -> None:
        """Read on; most heads come in one piece, for the others one waits, unless they go on and on."""
        super().data_received(data)
        if not self._in_head:
            return
        self._await_head()
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
            self.send_400_response("The request's head is too large.")

    def _sent_whole(self, scope: Scope, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
        """Answer at once, as the cycle does in two steps; false where something calls for these.

        The headers tell the body's length, and nothing of the connection.
        """
        cycle = self.cycle
        if cycle.scope is not scope:  # the client has asked more meanwhile, without waiting
            return False
        if cycle.disconnected or cycle.response_started or cycle.flow.write_paused or cycle.access_log:
            return False
        pieces = [STATUS_LINE[status]]
        for name, value in cycle.default_headers:
            pieces.append(_line(name, value))
        for name, value in headers:
            pieces.append(_line(name, value) if name != REQUEST_ID else _new_line(name, value))
        if not cycle.keep_alive:
            pieces.append(b"connection: close\r\n")
        pieces += b"\r\n", body
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        self.transport.write(b"".join(pieces))
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()
        return True

    def _await_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS_MAX, self.transport.close)

    def _have_head(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _new_line(name: bytes, value: bytes) -> bytes:
    """A line of a head; RuntimeError where it would be none."""
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError("a header holds what none may")
    return b"%b: %b\r\n" % (name, value)


_line = lru_cache(maxsize=LINES_KEPT)(_new_line)
"""The same of what is said again and again."""
