"""The served installation: an embedded server in a home of its own, and `leal serve` on it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from leal.embedded import EmbeddedServer, hold, status

GRACE_SECONDS: Final = 0.5
START_SECONDS: Final = 30
STOP_SECONDS: Final = 60
UNLIMITED: Final = {
    f"LEAL_RATE_{whose}_{calls}": "0" for whose in ("TOKEN", "MEMBER", "ADDRESS") for calls in ("READS", "WRITES")
}
"""What can be served is measured, not what one caller is allowed."""


@contextmanager
def home() -> Iterator[tuple[Path, EmbeddedServer]]:
    """A new home with its embedded server; both are gone afterwards."""
    os.environ["LEAL_SERVER_GRACE_SECONDS"] = str(GRACE_SECONDS)
    with tempfile.TemporaryDirectory(prefix="leal-bench-") as folder:
        path = Path(folder)
        path.chmod(0o755)  # root's server runs as another user, who must get there
        server = hold(path)
        try:
            yield path, server
        finally:
            server.close()
            deadline = time.monotonic() + STOP_SECONDS
            while status(path).phase != "absent" and time.monotonic() < deadline:
                time.sleep(0.1)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """`leal serve` on the home; gives the id of the process that answers, and the port, once it serves."""
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEAL_")}
    environment = kept | {"LEAL_HOME": str(folder), "LEAL_LOG_LEVEL": "warning"} | UNLIMITED
    log = folder / "serve.log"
    command = [sys.executable, "-m", "leal", "serve", "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
        try:
            if not _serves(process, log):
                raise RuntimeError(f"leal serve does not serve:\n{log.read_text(errors='replace')}")
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            yield int(children[0]), port
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _serves(process: subprocess.Popen[bytes], log: Path) -> bool:
    """Wait for its own word: whoever else took the port meanwhile might answer in its place."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if b"serving on" in log.read_bytes():
            return True
        time.sleep(0.02)
    return False
