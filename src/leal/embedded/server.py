"""A process's hold on the embedded server of its home: while one is held, the server runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import leal
from leal.embedded.calling import ANOTHER_IS_THERE, GRACE_VARIABLE, MODULE
from leal.embedded.cluster import ADMIN
from leal.embedded.errors import BY_ID, ELSEWHERE, EmbeddedServerError, ServerDidNotStart
from leal.embedded.folder import ServerFolder, State
from leal.embedded.probe import ACCEPTING, DATABASE, PORT, knock

START_ATTEMPTS = 3
"""How often a supervisor is started that dies without a word, as under kill -9."""
PATIENCE_SECONDS = 600.0
"""How long a living supervisor may take: the recovery after a crash is as long as what was written."""
NOTICE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What can be said of a home's server without starting it."""

    running: bool
    """Whether it accepts connections."""
    phase: str
    """`absent`, `starting`, `ready`, `stopping` or `failed`."""
    supervisor_pid: int
    server_pid: int
    data_dir: Path | None
    socket_dir: Path | None
    log_dir: Path | None
    version: str
    """PostgreSQL's, e.g. `18.6`."""
    failure: str
    """Why the last supervisor gave up, if it did."""


class EmbeddedServer:
    """A hold on the server. Every call of `hold` gives one of its own, also twice in a process.

    A forked child has none: the parent's is closed in it, and it calls `hold` for itself.
    """

    def __init__(self, state: State, users_fd: int) -> None:
        self._socket_dir = state.socket_dir
        self._users_fd = users_fd
        _holds.add(self)

    @property
    def url(self) -> str:
        """The database as role `leal_app`, which the program serves with."""
        return self._url("leal_app")

    @property
    def owner_url(self) -> str:
        """The database as role `leal_owner`, which owns the schema."""
        return self._url("leal_owner")

    @property
    def admin_url(self) -> str:
        """The database as the superuser `leal_admin`, past row-level security."""
        return self._url(ADMIN)

    def close(self) -> None:
        """Lets go; the last one out has the server stopped after the grace. May be called twice."""
        if self._users_fd >= 0:
            # Closed, not unlocked: should a child have the descriptor after all, its lock stays.
            os.close(self._users_fd)
            self._users_fd = -1

    def __enter__(self) -> EmbeddedServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _url(self, role: str) -> str:
        return f"postgresql://{role}@/{DATABASE}?host={quote(self._socket_dir)}&port={PORT}"


_holds: weakref.WeakSet[EmbeddedServer] = weakref.WeakSet()


def _let_go_in_child() -> None:
    for held in list(_holds):
        held.close()


os.register_at_fork(after_in_child=_let_go_in_child)


def stderr_line(line: str) -> None:
    """Says `line` where it does not mix with a command's output."""
    print(line, file=sys.stderr, flush=True)


def hold(home: Path, *, say: Callable[[str], None] = stderr_line) -> EmbeddedServer:
    """Starts the server of `home` or joins it; returns once it accepts connections.

    After a lost connection call it again: it starts what died. Errors: every EmbeddedServerError, with its remedy.
    """
    if sys.platform != "linux":
        raise EmbeddedServerError("The embedded server runs on Linux alone.", remedy="Set LEAL_DATABASE_URL.")
    folder = ServerFolder(home)
    folder.make()
    users_fd = folder.hold_shared("users.lock")
    try:
        state = _ready(folder) if folder.supervised() else None
        return EmbeddedServer(state or _start(folder, say), users_fd)
    except BaseException:
        os.close(users_fd)
        raise


def status(home: Path) -> ServerStatus:
    """What the server of `home` does now. Errors: HomeNotUsable, for another user's home."""
    folder = ServerFolder(home)
    lives = folder.supervised()
    state = folder.read_state() or State(phase="failed", supervisor_pid=0)
    return ServerStatus(
        running=lives and _ready(folder) is not None,
        phase=state.phase if lives else "failed" if state.failure else "absent",
        supervisor_pid=state.supervisor_pid if lives else 0,
        server_pid=state.server_pid if lives else 0,
        data_dir=Path(state.data_dir) if state.data_dir else None,
        socket_dir=Path(state.socket_dir) if state.socket_dir else None,
        log_dir=Path(state.log_dir) if state.log_dir else None,
        version=state.version,
        failure="" if lives else state.failure,
    )


def _ready(folder: ServerFolder) -> State | None:
    state = folder.read_state()
    if state is not None and state.phase == "ready" and knock(Path(state.socket_dir)) == ACCEPTING:
        return state
    return None


def _start(folder: ServerFolder, say: Callable[[str], None]) -> State:
    with folder.alone("startup.lock"):
        state = _await_ready(folder, say)
        if state is not None:
            return state
        for _ in range(START_ATTEMPTS):
            _spawn(folder)
            state = _await_ready(folder, say)
            if state is not None:
                if state.apart:
                    say(f"leal: {folder.home} is closed to the database's user; the data is in {state.data_dir}")
                return state
            _raise_failure(folder)
    raise ServerDidNotStart(
        f"The supervisor of the embedded server ended {START_ATTEMPTS} times without a word.",
        remedy=f"Look at {folder.path / 'supervisor.log'} and at what kills processes here, {ELSEWHERE}.",
    )


def _await_ready(folder: ServerFolder, say: Callable[[str], None]) -> State | None:
    """The state of a server that accepts connections; nothing when no supervisor lives (any more)."""
    begun_at = time.monotonic()
    told = False
    while folder.supervised():
        state = _ready(folder)
        if state is not None:
            return state
        waited_seconds = time.monotonic() - begun_at
        if waited_seconds > PATIENCE_SECONDS:
            raise ServerDidNotStart(
                f"The embedded server did not accept connections within {PATIENCE_SECONDS:.0f} s.",
                remedy=f"Look at the logs in {folder.home}, {ELSEWHERE}.",
            )
        if waited_seconds > NOTICE_SECONDS and not told:
            say("leal: waiting for the database (it may be recovering after a crash)")
            told = True
        time.sleep(0.01)
    return None


def _spawn(folder: ServerFolder) -> None:
    """Starts a supervisor that outlives this process and shares nothing with it. Errors: ServerDidNotStart."""
    searched = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    python_path = [str(Path(entry).absolute()) for entry in [str(Path(leal.__file__).parents[1]), *searched]]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(python_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if GRACE_VARIABLE in os.environ:
        environment[GRACE_VARIABLE] = os.environ[GRACE_VARIABLE]
    begun = subprocess.run(
        [sys.executable, "-m", MODULE, str(folder.home)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment,
        start_new_session=True,
    )
    if begun.returncode not in (0, ANOTHER_IS_THERE, -9):
        last = " ".join(begun.stderr.strip().splitlines()[-1:])
        raise ServerDidNotStart(
            f"The supervisor of the embedded server failed (exit {begun.returncode}): {last}",
            remedy=f"Mend what it names, {ELSEWHERE}.",
        )


def _raise_failure(folder: ServerFolder) -> None:
    state = folder.read_state()
    if state is not None and state.phase == "failed":
        raise BY_ID.get(state.failure_id, EmbeddedServerError)(state.failure, remedy=state.remedy)
