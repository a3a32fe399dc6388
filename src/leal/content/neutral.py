"""Neutral answers: what takes a block's place where there is nothing to show, or something failed; never an error."""

from __future__ import annotations

import struct
import zlib
from typing import Final, Literal

from leal.api.http import JSON, Answer

Form = Literal["html", "png", "gif", "json"]
"""How a block may be fetched."""

HTML: Final = b"text/html; charset=utf-8"
PNG: Final = b"image/png"
GIF: Final = b"image/gif"
TYPES: Final[dict[Form, bytes]] = {"html": HTML, "png": PNG, "gif": GIF, "json": JSON}
ACROSS: Final = 600
"""Width of the empty picture; it is one pixel high."""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


EMPTY_PNG: Final = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", ACROSS, 1, 8, 4, 0, 0, 0))  # grey with transparency
    + _chunk(b"IDAT", zlib.compress(bytes(1 + 2 * ACROSS), 9))
    + _chunk(b"IEND", b"")
)
"""A transparent picture: mail programs that are shown none would draw a broken one."""


def neutral(form: Form) -> Answer:
    """The empty picture, the empty fragment, or 204."""
    if form == "json":
        return Answer(204, b"")
    if form == "html":
        return Answer(200, b"", HTML)
    return Answer(200, EMPTY_PNG, PNG)
