"""Tags: whether a caller's copy of an answer is still what it would be sent (`ETag`, `If-None-Match`)."""

from __future__ import annotations

import hashlib
from typing import Final

import leal
from leal.api.http import Answer

KEPT: Final = ((b"cache-control", b"private, no-cache"), (b"vary", b"Origin, Authorization"))
"""Copies may be kept by the caller alone, and used only after asking."""


def tag_of(*parts: str | bytes) -> str:
    """A tag of what an answer hangs on, or of the answer itself; another release's answers have other tags."""
    digest = hashlib.sha256(leal.__version__.encode())
    for part in (part.encode() if isinstance(part, str) else part for part in parts):
        digest.update(len(part).to_bytes(8) + part)
    return f'"{digest.hexdigest()[:32]}"'


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Whether the caller has the answer of that tag."""
    if if_none_match is None:
        return False
    known = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag in known or "*" in known


def tagged(tag: str, body: bytes | None) -> Answer:
    """The answer under its tag; without a body, that the caller's copy is right."""
    headers = ((b"etag", tag.encode()), *KEPT)
    return Answer(304, b"", headers=headers) if body is None else Answer(200, body, headers=headers)
