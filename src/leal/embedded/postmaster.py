"""The running PostgreSQL: launched or adopted, watched, stopped, and swept up after."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from leal.embedded.binaries import Binaries
from leal.embedded.folder import try_lock
from leal.embedded.identity import bare_environment
from leal.embedded.place import Place
from leal.embedded.probe import SOCKET_NAME

STRAGGLER_SECONDS = 1.0
"""How long processes that outlive their postmaster may take to notice, before they are killed."""


class Postmaster:
    """The server's first process: our child, or an orphan of a dead supervisor."""

    def __init__(self, pid: int, child: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self._child = child
        self._born = _born(pid)

    def alive(self) -> bool:
        """False also for one that is dead and not yet reaped by its parent."""
        if self._child is not None and self._child.poll() is not None:
            return False
        return self._born != "" and _born(self.pid) == self._born

    def stop(self, timeout_seconds: float) -> None:
        """Ends every session and shuts down in order; without order when that takes longer than the timeout."""
        for number, seconds in ((signal.SIGINT, timeout_seconds), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            if self.alive():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, number)
            deadline = time.monotonic() + seconds
            while self.alive() and time.monotonic() < deadline:
                time.sleep(0.01)


def bring_up(place: Place, binaries: Binaries) -> Postmaster:
    """The postmaster of `place`: a living one is adopted, else what a dead one left is cleared and one launched.

    Every process of the server inherits the lock on `postgres.lock`, so that the lock is free exactly when the last
    of them is gone, however it died, whatever became of its process id and in whatever container it ran.
    """
    deadline = time.monotonic() + STRAGGLER_SECONDS
    while True:
        found = _find(place)
        if found is not None:
            return found
        lock = os.open(place.lock_path, os.O_RDWR | os.O_CLOEXEC)
        try:
            if try_lock(lock):
                _clear(place)
                return _launch(place, binaries, lock)
        finally:
            os.close(lock)
        if time.monotonic() > deadline:
            # A busy session does not notice its postmaster's death; nothing it does can be committed any more.
            for pid in _processes_in(place.data_dir):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _launch(place: Place, binaries: Binaries, lock: int) -> Postmaster:
    child = subprocess.Popen(
        [binaries.program("postgres"), "-D", place.data_dir],
        stdin=subprocess.DEVNULL,
        cwd="/",
        env=bare_environment(),
        pass_fds=(lock,),
        start_new_session=True,
    )
    return Postmaster(child.pid, child)


def _find(place: Place) -> Postmaster | None:
    """The living postmaster that the data directory names; one that listens elsewhere is stopped."""
    try:
        lines = (place.data_dir / "postmaster.pid").read_text("utf-8").splitlines()
        pid, socket_dir = int(lines[0]), lines[4]
    except (OSError, ValueError, IndexError):
        return None
    found = Postmaster(pid)
    if not found.alive() or not _works_in(pid, place.data_dir):
        return None
    if socket_dir != str(place.socket_dir):  # the home was moved under it
        found.stop(timeout_seconds=60)
        return None
    return found


def _clear(place: Place) -> None:
    for path in (
        place.data_dir / "postmaster.pid",
        place.socket_dir / SOCKET_NAME,
        place.socket_dir / f"{SOCKET_NAME}.lock",
    ):
        path.unlink(missing_ok=True)


def _born(pid: int) -> str:
    """When the process started, in the kernel's count; empty for a dead one, reaped or not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _works_in(pid: int, data_dir: Path) -> bool:
    """Whether the process is one of the server on `data_dir`: they all work in that directory."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data_dir)
    except OSError:
        return False


def _processes_in(data_dir: Path) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _works_in(pid, data_dir) and _name(pid) == "postgres"]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
