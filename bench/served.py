"""The served installation: the embedded server of a home, and `leal serve` on a server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from bench.server import Server
from leal.embedded import EmbeddedServer, hold, status

CHECKOUT: Final = Path(__file__).parents[1]
GRACE_SECONDS: Final = 0.5
START_SECONDS: Final = 30
STOP_SECONDS: Final = 60
UNLIMITED: Final = {
    f"LEAL_RATE_{whose}_{calls}": "0" for whose in ("TOKEN", "MEMBER", "ADDRESS") for calls in ("READS", "WRITES")
}
"""What can be served is measured, not what one caller is allowed."""


class Serving(NamedTuple):
    """A program that serves."""

    pids: tuple[int, ...]
    """Of the processes that answer."""
    port: int
    bulk: tuple[int, ...] = ()
    """Of the process that does large pushes."""


@contextmanager
def held_home(path: Path) -> Iterator[EmbeddedServer]:
    """The embedded server of a home, which is stopped afterwards."""
    os.environ["LEAL_SERVER_GRACE_SECONDS"] = str(GRACE_SECONDS)
    path.chmod(0o755)  # root's server runs as another user, who must get there
    server = hold(path)
    try:
        yield server
    finally:
        server.close()
        deadline = time.monotonic() + STOP_SECONDS
        while status(path).phase != "absent" and time.monotonic() < deadline:
            time.sleep(0.1)


@contextmanager
def serving(folder: Path, server: Server, workers: int) -> Iterator[Serving]:
    """`leal serve` on the server, with so many processes that answer, once it serves."""
    with _started(folder, server, workers, "leal", "serve", "--port") as found:
        parent = found.pids[0]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        yield found._replace(
            pids=tuple(map(int, children[:workers])), bulk=tuple(map(int, children[workers : workers + 1]))
        )


@contextmanager
def bare(folder: Path, server: Server) -> Iterator[Serving]:
    """The bare handler on the server, once it serves."""
    with _started(folder, server, 1, "bench.bare") as found:
        yield found


@contextmanager
def _started(folder: Path, server: Server, workers: int, module: str, *arguments: str) -> Iterator[Serving]:
    """A program whose last argument is the port it is given, once it serves."""
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEAL_")}
    environment = kept | server.variables(folder) | UNLIMITED | {"LEAL_WORKERS": str(workers)}
    environment["LEAL_LOG_LEVEL"] = "warning"
    log = folder / "serve.log"
    command = [sys.executable, "-m", module, *arguments, str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file, cwd=CHECKOUT)
        try:
            if not _serves(process, log):
                raise RuntimeError(f"{module} does not serve:\n{log.read_text(errors='replace')}")
            yield Serving((process.pid,), port)
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
