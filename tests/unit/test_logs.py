"""Logs: what looks like a token is never written, and what cannot be written fails nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from leal.server.logs import _without_tokens
from leal.tokens import make_token

JWT = make_token("acme", "k1", bytes(32), now=0)
OPAQUE = "leal_push_" + "0f" * 32


FULL: Final = """
import structlog
from leal.server.logs import configure_logs
configure_logs("info")
for _ in range(3):
    structlog.get_logger().error("batch_failed", why="x" * 9000)
print("goes on")
"""


def test_what_cannot_be_written_fails_nothing() -> None:
    command = [sys.executable, "-c", FULL]
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(command, stderr=full, stdout=subprocess.PIPE, timeout=60, check=False)
    assert told.stdout == b"goes on\n"


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
