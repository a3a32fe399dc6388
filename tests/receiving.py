"""The receiver of the tests as they speak with it: started, told how to behave, asked what it took."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx


class Elsewhere:
    """A server of somebody else's, in a process of its own."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._skipped = 0

    def behave(self, *words: str) -> None:
        """How it answers the next calls, one word each."""
        httpx.post(f"{self.url}/behave", json=words).raise_for_status()

    def taken(self) -> list[dict[str, Any]]:
        """Every call that came, but those that were skipped: path, headers, body, the word it was answered by."""
        found = httpx.get(f"{self.url}/taken").raise_for_status().json()
        return [one | {"body": base64.b64decode(one["body"])} for one in found[self._skipped :]]

    def skip(self) -> None:
        """Forget what came so far."""
        self._skipped += len(self.taken())


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """A server that is there inside the block."""
    process = subprocess.Popen([sys.executable, "-m", "tests.receiver"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Elsewhere(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
