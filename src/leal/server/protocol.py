"""The protocol: HTTP/1.1 as uvicorn speaks it, but that the head of a request must come in time and have an end."""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from leal.api.http import WHOLE

HEAD_BYTES_MAX: Final = 65_536
"""What is read of a head that has no end; one that has an end is measured by the API."""
HEAD_SECONDS_MAX: Final = 20
"""How long a head may take from its first byte, and a new connection until its first head is there."""


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

    def _await_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS_MAX, self.transport.close)

    def _have_head(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
