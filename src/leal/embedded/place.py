"""Where a home's data, sockets and logs lie: in the home, unless the server's user cannot get there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from leal.embedded.binaries import FAR_ROOT
from leal.embedded.errors import ELSEWHERE, DataOutOfReach, HomeNotUsable
from leal.embedded.folder import ServerFolder, make_passable
from leal.embedded.identity import Identity

SOCKET_PATH_BYTES = 90
"""Of the 107 bytes that the kernel allows a socket's path, what is left beside `/.s.PGSQL.5432`."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one server."""

    root: Path
    socket_dir: Path
    apart: bool

    @property
    def data_dir(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    @property
    def log_dir(self) -> Path:
        """PostgreSQL's own logs."""
        return self.root / "log"

    @property
    def lock_path(self) -> Path:
        """Locked by descent: every process of the server has it open from birth to death."""
        return self.root / "postgres.lock"

    def restore_socket_dir(self) -> None:
        """Makes the socket's folder again, as the server's user, after a cleaner of `/tmp` took it."""
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        _check_own(self.socket_dir, os.geteuid())

    def tidy_socket_dir(self) -> None:
        """Leaves nothing behind in `/tmp`."""
        if self.socket_dir.parent != self.root:
            with contextlib.suppress(OSError):
                self.socket_dir.rmdir()


def recorded_data(folder: ServerFolder) -> Path | None:
    """The data directory that belongs to this home, if one was ever made. Errors: DataOutOfReach."""
    try:
        data = Path((folder.path / "place").read_text("utf-8").strip()) / "postgres"
    except FileNotFoundError:
        data = folder.home / "postgres"
        return data if data.is_dir() else None
    if not data.is_dir():
        raise DataOutOfReach(
            f"The data of {folder.home} lay in {data} and is gone.",
            remedy=f"Put it back, or remove {folder.path / 'place'} to begin with an empty database.",
        )
    return data


def prepare_place(folder: ServerFolder, identity: Identity, data: Path | None) -> Place:
    """The place of the existing `data`, or of data yet to be made, with its folders. Errors: DataOutOfReach."""
    if data is not None:
        root = data.parent
        if not identity.can(lambda: os.chdir(root)):
            raise DataOutOfReach(
                f"The data lies in {root}, where its user (uid {identity.uid}) can no longer go.",
                remedy=f"Let others pass through the folders above it again (chmod o+x), {ELSEWHERE}.",
            )
    elif identity.can(lambda: os.chdir(folder.home)):
        root = folder.home
    else:
        root = _far_root(folder, identity)
    try:
        for path in (root / "log", root / "postgres.lock"):
            _own(path, identity)
        socket_dir = _socket_dir(root, identity)
    except OSError as error:
        raise HomeNotUsable(
            f"The server's folders in {root} cannot be made: {error.strerror} ({error.filename}).",
            remedy="Make the folder writable, or set LEAL_HOME to another one.",
        ) from error
    return Place(root, socket_dir, apart=root != folder.home)


def settle(folder: ServerFolder) -> None:
    """Makes the record of a far place final, now that its data exists."""
    draft = folder.path / "place.new"
    if draft.exists():
        draft.rename(folder.path / "place")


def _far_root(folder: ServerFolder, identity: Identity) -> Path:
    # A name drawn at random, so that a home removed and made anew never meets its old data.
    draft = folder.path / "place.new"
    try:
        root = Path(draft.read_text("utf-8").strip())
    except FileNotFoundError:
        root = FAR_ROOT / f"{folder.home.name.lstrip('.') or 'home'}-{secrets.token_hex(4)}"
        draft.write_text(f"{root}\n", "utf-8")
    make_passable(FAR_ROOT)
    make_passable(root)
    if not identity.can(lambda: os.chdir(root)):
        raise DataOutOfReach(
            f"Neither {folder.home} nor {root} can be reached by the server's user (uid {identity.uid}).",
            remedy=f"Let others pass through the folders above one of them (chmod o+x), {ELSEWHERE}.",
        )
    return root


def _socket_dir(root: Path, identity: Identity) -> Path:
    """A folder of the server's user alone; clients are let in by reaching it.

    In `/tmp` a name may be taken by somebody else: then the next one is tried. The session's own XDG_RUNTIME_DIR
    is no choice, for it vanishes at logout under a server that goes on.
    """
    near = root / "socket"
    if len(os.fsencode(near)) <= SOCKET_PATH_BYTES:
        _own(near, identity)
        return near
    name = f"leal-{identity.uid}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:12]}"
    for number in range(20):
        path = Path("/tmp") / (f"{name}-{number}" if number else name)
        try:
            _own(path, identity)
        except OSError:
            continue
        return path
    raise OSError(0, "every short name for the socket's folder is taken by another user", "/tmp")


def _own(path: Path, identity: Identity) -> None:
    """Makes `path` (a file where it is a `.lock`, else a folder) the server user's own; refuses what others own."""
    try:
        if path.suffix == ".lock":
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        else:
            path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    there = path.lstat()
    if there.st_uid == 0 and identity.drops:
        os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
    _check_own(path, identity.uid)


def _check_own(path: Path, uid: int) -> None:
    there = path.lstat()
    if stat.S_ISLNK(there.st_mode) or there.st_uid != uid or there.st_mode & 0o077:
        raise PermissionError(1, "it is not the server user's own", str(path))
