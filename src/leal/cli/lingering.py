"""The process that keeps the embedded server up for a while after `leal database-url`, so that psql can come and go.

1. Of several at once one goes on; each later `leal database-url` only makes its time start anew.
2. It holds the server as every command does.
3. It ends when the time is over and no connection is open, or when the home is gone.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Final
from urllib.parse import parse_qs, urlsplit

from leal.embedded import EmbeddedServer, hold

LINGER_SECONDS: Final = 600
POLL_SECONDS: Final = 1.0
_FILE: Final = "lingering"
"""In the home: locked by the process that lingers, touched by whoever asks."""


def linger(home: Path) -> None:
    """Keep the server of `home` up for LINGER_SECONDS from now; the caller holds it meanwhile."""
    path = home.absolute() / _FILE
    path.touch()
    with path.open() as file:
        if not _lock(file):
            return
    subprocess.Popen(
        [sys.executable, "-m", __name__, str(path.parent)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def main(home: Path) -> None:
    """Be that process."""
    path = home / _FILE
    with path.open() as file:
        if not _lock(file):
            return
        with hold(home, say=lambda _line: None) as server:
            while path.exists() and (_left_seconds(path) > 0 or _is_used(server)):
                time.sleep(POLL_SECONDS)


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _left_seconds(path: Path) -> float:
    return path.stat().st_mtime + LINGER_SECONDS - time.time()


def _is_used(server: EmbeddedServer) -> bool:
    """Whether anybody is connected: the kernel lists the sockets that the server has accepted under its path."""
    folder = parse_qs(urlsplit(server.url).query)["host"][0]
    connected = " 03 "  # the state of an accepted socket
    with Path("/proc/net/unix").open() as sockets:
        return any(folder in line and connected in line for line in sockets)


if __name__ == "__main__":
    main(Path(os.fsdecode(sys.argv[1])))
