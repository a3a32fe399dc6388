"""The detached process that is the server's parent: `python -m leal.embedded.supervisor HOME`, one per home.

1. It takes its lock, goes to the background and finds or makes the data.
2. It gives up root's rights for good, if it has any, and launches the server or adopts a living one.
3. While anybody holds the users' lock it restarts a server that died.
4. When nobody did for the grace it takes that lock itself, stops the server and ends.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import NoReturn

from msgspec.structs import replace

from leal.embedded.binaries import Binaries, find_binaries
from leal.embedded.calling import ANOTHER_IS_THERE, GRACE_VARIABLE
from leal.embedded.cluster import ensure_cluster, write_settings
from leal.embedded.errors import ELSEWHERE, EmbeddedServerError, ServerDidNotStart
from leal.embedded.folder import ServerFolder, State, try_lock, unlock, write_state
from leal.embedded.identity import Identity, choose_identity
from leal.embedded.place import Place, prepare_place, recorded_data, settle
from leal.embedded.postmaster import Postmaster, bring_up
from leal.embedded.probe import ACCEPTING, SOCKET_NAME, knock
from leal.embedded.settings import settings_text, usable_memory_mb

GRACE_SECONDS = 2.0
POLL_SECONDS = 0.2
STOP_SECONDS = 120.0
START_ATTEMPTS = 5
LOG_BYTES = 1_000_000


class Supervisor:
    """Watches one server from its start to its end."""

    def __init__(self, place: Place, binaries: Binaries, users_fd: int, state_fd: int, grace_seconds: float) -> None:
        self.place = place
        self.binaries = binaries
        self.users_fd = users_fd
        self.state_fd = state_fd
        self.grace_seconds = grace_seconds
        self.asked_to_stop = False
        self.server: Postmaster | None = None
        self.state = State(
            phase="starting",
            supervisor_pid=os.getpid(),
            data_dir=str(place.data_dir),
            socket_dir=str(place.socket_dir),
            log_dir=str(place.log_dir),
            version=binaries.version,
            apart=place.apart,
        )

    def run(self) -> None:
        """Steps 2 to 4. Errors: ServerDidNotStart."""
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        try:
            self._start()
            self._watch()
        finally:
            self._say(replace(self.state, phase="stopping"))
            if self.server is not None:
                self.server.stop(STOP_SECONDS)
            self.place.tidy_socket_dir()

    def _watch(self) -> None:
        idle_since: float | None = None
        while not self.asked_to_stop:
            time.sleep(min(POLL_SECONDS, self.grace_seconds / 2))
            if os.fstat(self.users_fd).st_nlink == 0:
                return  # the home was removed
            if not try_lock(self.users_fd):
                idle_since = None
                if not self._well():
                    self._start()
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since >= self.grace_seconds:
                return  # with the lock: who arrives now waits until this process is gone
            unlock(self.users_fd)

    def _well(self) -> bool:
        assert self.server is not None
        if not self.server.alive():
            return False
        if (self.place.socket_dir / SOCKET_NAME).exists():
            return True
        self.server.stop(STOP_SECONDS)  # a cleaner of /tmp took the socket: nobody can come in any more
        return False

    def _start(self) -> None:
        self._say(replace(self.state, phase="starting", server_pid=0))
        for attempt in range(START_ATTEMPTS):
            if attempt:
                time.sleep(attempt)
            text = settings_text(self.place.socket_dir, self.place.log_dir, usable_memory_mb())
            write_settings(self.place.data_dir, text)
            self.place.restore_socket_dir()
            self.server = bring_up(self.place, self.binaries)
            if self._accepting(self.server) or self.asked_to_stop:
                self._say(replace(self.state, phase="ready", server_pid=self.server.pid))
                return
        raise ServerDidNotStart(
            f"PostgreSQL did not start in {START_ATTEMPTS} attempts: {_last_words(self.place.log_dir)}",
            remedy=f"Look at the logs in {self.place.log_dir}, {ELSEWHERE}.",
        )

    def _accepting(self, server: Postmaster) -> bool:
        """Waits as long as it lives: the recovery after a crash may take minutes."""
        while server.alive() and not self.asked_to_stop:
            answer = knock(self.place.socket_dir)
            if answer == ACCEPTING:
                return True
            if answer[:2] in ("28", "3D"):
                raise ServerDidNotStart(
                    f"The server in {self.place.data_dir} refuses the role leal_app or the database leal ({answer}).",
                    remedy=f"Restore the role, the database and pg_hba.conf, {ELSEWHERE}.",
                )
            time.sleep(0.01)
        return False

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _say(self, state: State) -> None:
        self.state = state
        write_state(self.state_fd, state)


def main(home: Path) -> int:
    """Becomes the supervisor of `home`, in the background; returns ANOTHER_IS_THERE if it has one."""
    folder = ServerFolder(home)
    lock = folder.open("supervisor.lock")
    patience = time.monotonic() + 2.0
    while not try_lock(lock):  # a passing look at the lock is no supervisor
        if time.monotonic() > patience:
            return ANOTHER_IS_THERE
        time.sleep(0.01)
    users_fd = folder.open("users.lock")
    state_fd = folder.open("state.json")
    write_state(state_fd, State(phase="starting", supervisor_pid=os.getpid()))
    _redirect(folder)
    if os.fork() == 0:
        _serve(folder, users_fd, state_fd)
    return 0


def _serve(folder: ServerFolder, users_fd: int, state_fd: int) -> NoReturn:
    code = 1
    try:
        write_state(state_fd, State(phase="starting", supervisor_pid=os.getpid()))
        place, binaries, identity = _prepare(folder)
        identity.become()  # from here on Python's own files may be out of reach: nothing may be imported late
        grace_seconds = float(os.environ.get(GRACE_VARIABLE) or GRACE_SECONDS)
        Supervisor(place, binaries, users_fd, state_fd, grace_seconds).run()
        code = 0
    except EmbeddedServerError as error:
        _fail(state_fd, error)
    except BaseException as error:
        traceback.print_exc()
        _fail(
            state_fd,
            ServerDidNotStart(
                f"The supervisor failed: {type(error).__name__}: {error}",
                remedy=f"Look at {folder.path / 'supervisor.log'}, {ELSEWHERE}.",
            ),
        )
    finally:
        os._exit(code)


def _prepare(folder: ServerFolder) -> tuple[Place, Binaries, Identity]:
    data = recorded_data(folder)
    identity = choose_identity(folder.home, data)
    binaries = find_binaries(identity)
    place = prepare_place(folder, identity, data)
    ensure_cluster(place.data_dir, binaries, identity)
    settle(folder)
    return place, binaries, identity


def _redirect(folder: ServerFolder) -> None:
    """Keeps nothing of the command's own streams open; what is said from now on goes to the log."""
    log = folder.open("supervisor.log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    if os.fstat(log).st_size > LOG_BYTES:
        os.ftruncate(log, 0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(nothing)
    os.close(log)


def _fail(state_fd: int, error: EmbeddedServerError) -> None:
    print(f"{error.id}: {error.message} {error.remedy}", file=sys.stderr, flush=True)
    failed = State(
        phase="failed",
        supervisor_pid=os.getpid(),
        failure_id=error.id,
        failure=error.message,
        remedy=error.remedy,
    )
    write_state(state_fd, failed)


def _last_words(log_dir: Path) -> str:
    """The last line of PostgreSQL's newest log."""
    logs = sorted(log_dir.glob("*.log"), key=lambda path: path.stat().st_mtime)
    lines = logs[-1].read_text("utf-8", "replace").splitlines() if logs else []
    return lines[-1] if lines else "it said nothing."


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
