"""A served installation: `leal serve` as a process with its children, and what its log says."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

KEY = bytes(range(32))
"""The secret key of served processes, so that a test's own engine can read what they seal."""
WORKERS = 2


class Served:
    """A serving parent and its children."""

    def __init__(self, url: str, home: Path, *arguments: str, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = home / "served.log"
        environ = {
            "LEAL_DATABASE_URL": url,
            "LEAL_HOME": str(home),
            "LEAL_PORT": str(self.port),
            "LEAL_LOG_LEVEL": "debug",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "leal", "serve", *arguments],
            env=os.environ | environ | environment,
            stderr=self.log.open("w"),
        )
        self.base = f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Until all its processes are at work."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            if "leal: serving on" in self.log.read_text():
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def told(self) -> str:
        """All it said."""
        return self.log.read_text()

    def lines(self) -> list[dict[str, Any]]:
        """The log, without what is said to people."""
        return [json.loads(line) for line in self.told().splitlines() if line.startswith("{")]

    def children(self) -> list[int]:
        """The processes it has forked and that live, the oldest first."""
        pid = self.process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def figures(self) -> dict[str, float]:
        """What `/metrics` tells."""
        text = httpx.get(f"{self.base}/metrics").text
        return {name: float(value) for name, value in re.findall(r"^(\w.*) (\S+)$", text, re.MULTILINE)}

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)

    def kill(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.end()
