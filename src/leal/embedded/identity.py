"""Whom the server runs as: the caller, or, since PostgreSQL refuses root, a user without any rights."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from leal.embedded.errors import ELSEWHERE, NoUnprivilegedUser

RESERVED_IDS = tuple(range(65530, 65519, -1))
"""Ids that neither Debian (65000-65533 are reserved) nor systemd (65520-65533 are left alone) gives to anybody.

Unlike `nobody`, nothing else on the machine runs under such an id, so no other service can reach the data; and below
65536 it also exists inside containers that map only the first 65,536 ids."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user id and group id of the server's processes."""

    uid: int
    gid: int
    maker_uid: int
    """Who runs `initdb`, which insists on an id that has a name; the result is handed over to `uid`."""
    maker_gid: int

    @property
    def drops(self) -> bool:
        """Whether the present process has rights to shed."""
        return os.geteuid() != self.uid

    def become(self) -> None:
        """Sheds root's rights for good. Errors: NoUnprivilegedUser."""
        if not self.drops:
            return
        try:
            _shed(self.uid, self.gid)
        except OSError as error:
            raise _cannot_shed(error) from error

    def can(self, act: Callable[[], object]) -> bool:
        """Whether `act` succeeds (raises no OSError) when this user does it. Errors: NoUnprivilegedUser."""
        if not self.drops:
            return _succeeds(act)
        child = os.fork()
        if child == 0:
            verdict = 2
            try:
                _shed(self.uid, self.gid)
                verdict = 0 if _succeeds(act) else 1
            finally:
                os._exit(verdict)
        verdict = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if verdict not in (0, 1):
            raise _cannot_shed(None)
        return verdict == 0

    def run(
        self, command: Sequence[str | Path], *, as_maker: bool = False, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs `command` as this user, in `/` and with a bare environment; raises OSError where it cannot be run."""
        uid, gid = (self.maker_uid, self.maker_gid) if as_maker else (self.uid, self.gid)
        shed = os.geteuid() != uid
        return subprocess.run(
            command,
            input=given,
            text=True,
            capture_output=True,
            check=False,
            cwd="/",
            env=bare_environment(),
            user=uid if shed else None,
            group=gid if shed else None,
            extra_groups=() if shed else None,
        )


def choose_identity(home: Path, data: Path | None) -> Identity:
    """The caller; for root, the owner of the existing `data` or of `home`, else the first free reserved id.

    Errors: NoUnprivilegedUser.
    """
    if os.geteuid() != 0:
        if data is None and not _has_name(os.geteuid()):
            raise NoUnprivilegedUser(
                f"PostgreSQL makes its data only for a user with a name; this one (uid {os.geteuid()}) has none.",
                remedy=f"Run as a user that /etc/passwd knows, {ELSEWHERE}.",
            )
        return Identity(os.geteuid(), os.getegid(), os.geteuid(), os.getegid())
    for existing in (data, home):
        owner = existing.stat() if existing and existing.exists() else None
        if owner and owner.st_uid != 0:
            uid, gid = owner.st_uid, owner.st_gid
            break
    else:
        uid = gid = next((number for number in RESERVED_IDS if not _is_named(number)), 0)
    maker = uid if _has_name(uid) else _nobody()
    if uid == 0 or maker == 0:
        raise NoUnprivilegedUser(remedy=f"Run as an ordinary user, {ELSEWHERE}.")
    identity = Identity(uid, gid, maker, pwd.getpwuid(maker).pw_gid)
    identity.can(lambda: None)  # raises where rights cannot be shed
    return identity


def bare_environment() -> dict[str, str]:
    """What PostgreSQL's programs get to see: no PG* settings, no secrets of the caller."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _shed(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _is_named(number: int) -> bool:
    try:
        grp.getgrgid(number)
    except KeyError:
        return _has_name(number)
    return True


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 0


def _cannot_shed(error: OSError | None) -> NoUnprivilegedUser:
    because = f": {error.strerror}" if error else ""
    return NoUnprivilegedUser(
        f"PostgreSQL refuses to run as root, and this process may not change its user{because}.",
        remedy=f"Run as an ordinary user, {ELSEWHERE}.",
    )
