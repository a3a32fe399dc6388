"""Encodings: the parts of an answer compressed on their way, as the caller takes them."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final, Literal, Protocol

import zstandard

Encoding = Literal["zstd", "gzip"]
KNOWN: Final[tuple[Encoding, ...]] = ("zstd", "gzip")
"""The better first."""
_GZIP: Final = 16 + zlib.MAX_WBITS


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def chosen(accept_encoding: str | None) -> Encoding | None:
    """What an answer is compressed by; None: nothing that the caller takes, or it would rather have it plain."""
    taken: dict[str, float] = {}
    for one in (accept_encoding or "").lower().split(","):
        name, _, quality = one.partition(";")
        taken[name.strip()] = _weight(quality)
    weights = {one: taken.get(one, taken.get("*", 0.0)) for one in KNOWN}
    best = max(KNOWN, key=lambda one: weights[one])
    return best if weights[best] > 0 and weights[best] >= taken.get("identity", 0.0) else None


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


async def packed(parts: AsyncIterator[bytes], encoding: Encoding | None) -> AsyncIterator[bytes]:
    """The parts, compressed."""
    if encoding is None:
        async for part in parts:
            yield part
        return
    packer: _Packer = (
        zstandard.ZstdCompressor(level=3).compressobj()
        if encoding == "zstd"
        else zlib.compressobj(level=5, wbits=_GZIP)
    )
    async for part in parts:
        yield packer.compress(part)
    yield packer.flush()
