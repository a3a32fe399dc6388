"""Logs: what looks like a token is never written."""

from __future__ import annotations

import pytest

from leal.server.logs import _without_tokens
from leal.tokens import make_token

JWT = make_token("acme", "k1", bytes(32), now=0)
OPAQUE = "leal_push_" + "0f" * 32


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (f"GET /api/v2023061/acme/Status2?auth={JWT}&x=1", "GET /api/v2023061/acme/Status2?(not logged)&x=1"),
        (f"Authorization: Bearer {JWT}", "Authorization: (not logged)"),
        ("authorization: bearer abc", "authorization: (not logged)"),
        (f"key {OPAQUE} is known", "key (not logged) is known"),
        (f"{JWT}", "(not logged)"),
        ("leal is serving", "leal is serving"),
    ],
)
def test_tokens_are_masked(text: str, written: str) -> None:
    assert _without_tokens(None, "info", {"event": text, "status": 200}) == {"event": written, "status": 200}
