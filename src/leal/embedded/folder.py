"""The folder `LEAL_HOME/server`: the locks by which processes agree on one server, and its supervisor's notes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from leal.embedded.errors import HomeNotUsable

STATE_BYTES = 4096
"""The state is one write of fixed size, so that its writer needs a descriptor only and no way to the folder."""


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the supervisor says of itself; true only while it holds its lock."""

    phase: Literal["starting", "ready", "stopping", "failed"]
    supervisor_pid: int
    server_pid: int = 0
    data_dir: str = ""
    socket_dir: str = ""
    log_dir: str = ""
    version: str = ""
    apart: bool = False
    """Whether the data had to lie outside LEAL_HOME."""
    failure_id: str = ""
    failure: str = ""
    remedy: str = ""


class ServerFolder:
    """`LEAL_HOME/server` of one home.

    - `users.lock`: held shared by every process that uses the server. The supervisor takes it exclusively before
      it stops the server and keeps it until it is gone: whoever has it shared knows that no stop is under way.
    - `startup.lock`: held exclusively while a process looks for a supervisor and starts one.
    - `supervisor.lock`: held exclusively by the supervisor as long as it lives.
    """

    def __init__(self, home: Path) -> None:
        self.home = Path(os.path.realpath(home))
        self.path = self.home / "server"

    def make(self) -> None:
        """Creates the home and this folder where missing. Errors: HomeNotUsable."""
        try:
            if os.geteuid() == 0:
                make_passable(self.home)
            else:
                self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.mkdir(mode=0o700, exist_ok=True)
            self._give_to_home_owner(self.path)
        except OSError as error:
            raise self._not_usable(error) from error

    def open(self, name: str, flags: int = os.O_RDWR | os.O_CREAT) -> int:
        """A descriptor, closed on exec, of the file `name`. Errors: HomeNotUsable."""
        path = self.path / name
        try:
            fd = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            self._give_to_home_owner(path)
        except OSError as error:
            raise self._not_usable(error) from error
        return fd

    def hold_shared(self, name: str) -> int:
        """A descriptor with a shared lock on `name`; waits for an exclusive one to end."""
        while True:
            fd = self.open(name)
            fcntl.flock(fd, fcntl.LOCK_SH)
            # The folder may have been removed and made anew between the two calls.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(fd), (self.path / name).stat()):
                    return fd
            os.close(fd)
            self.make()

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Holds `name` exclusively; waits for it."""
        fd = self.open(name)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def supervised(self) -> bool:
        """Whether a supervisor lives."""
        try:
            fd = os.open(self.path / "supervisor.lock", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._not_usable(error) from error
        try:
            return not try_lock(fd, shared=True)
        finally:
            os.close(fd)

    def read_state(self) -> State | None:
        """What a supervisor, living or dead, last wrote; nothing where none ever did."""
        for _ in range(5):
            try:
                return msgspec.json.decode((self.path / "state.json").read_bytes().strip(), type=State)
            except FileNotFoundError:
                return None
            except msgspec.DecodeError:
                time.sleep(0.002)  # met in the middle of a write
        return None

    def _give_to_home_owner(self, path: Path) -> None:
        owner = self.home.stat()
        if os.geteuid() == 0 and owner.st_uid != 0 and path.lstat().st_uid == 0:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def _not_usable(self, error: OSError) -> HomeNotUsable:
        with contextlib.suppress(OSError):
            owner = self.home.stat()
            if owner.st_uid != os.geteuid() and stat.S_ISDIR(owner.st_mode):
                return HomeNotUsable(
                    f"LEAL_HOME {self.home} belongs to another user (uid {owner.st_uid}): {error.strerror}.",
                    remedy="Run as that user, or set LEAL_HOME to a folder of your own.",
                )
        return HomeNotUsable(
            f"LEAL_HOME {self.home} cannot be used: {error.strerror} ({error.filename}).",
            remedy="Set LEAL_HOME to a folder that this user may create or write.",
        )


def make_passable(path: Path) -> None:
    """Makes the folder where it is missing, so that root's unprivileged server may pass through, whatever the umask."""
    for missing in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
        missing.mkdir(exist_ok=True)
        missing.chmod(0o711 if missing == path else 0o755)


def try_lock(fd: int, *, shared: bool = False) -> bool:
    """Takes the lock on `fd` if nobody stands against it, without waiting."""
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(fd: int) -> None:
    """Gives the lock on `fd` back, keeping the descriptor."""
    fcntl.flock(fd, fcntl.LOCK_UN)


def write_state(fd: int, state: State) -> None:
    """Writes `state` over the last one through the descriptor of `state.json`."""
    body = msgspec.json.encode(state)
    if len(body) > STATE_BYTES:
        body = msgspec.json.encode(msgspec.structs.replace(state, failure=state.failure[:400], remedy=""))
    os.pwrite(fd, body.ljust(STATE_BYTES), 0)
