"""The data directory: made once, whole or not at all, and checked at every start."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from leal.embedded.binaries import Binaries
from leal.embedded.errors import ELSEWHERE, DataOfOtherVersion, ServerDidNotStart
from leal.embedded.identity import Identity
from leal.embedded.settings import SETTINGS_FILE

ADMIN = "leal_admin"
"""The superuser, past row-level security."""

_HBA = """\
# Whoever reaches the socket is let in: its folder is open to the server's user and root alone.
local all all trust
"""


def ensure_cluster(data_dir: Path, binaries: Binaries, identity: Identity) -> None:
    """Makes the cluster in `data_dir` unless it is there. Errors: DataOfOtherVersion, ServerDidNotStart."""
    if not data_dir.exists():
        _create(data_dir, binaries, identity)
    made_by = (data_dir / "PG_VERSION").read_text("utf-8").strip()
    if made_by != binaries.major:
        raise DataOfOtherVersion(
            f"The data in {data_dir} was made by PostgreSQL {made_by}; the installed one is {binaries.version}.",
            remedy=f"Install the release of Leal that made it, export and import, or run pg_upgrade, {ELSEWHERE}.",
        )


def write_settings(data_dir: Path, text: str) -> None:
    """Puts `text` in the place of the settings of the last start."""
    fresh = data_dir / f"{SETTINGS_FILE}.new"
    fresh.write_text(text, "utf-8")
    fresh.replace(data_dir / SETTINGS_FILE)


def _create(data_dir: Path, binaries: Binaries, identity: Identity) -> None:
    fresh = data_dir.with_name("postgres.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700)
    if os.geteuid() != identity.maker_uid:
        os.chown(fresh, identity.maker_uid, identity.maker_gid)
    initdb: list[str | Path] = [binaries.program("initdb"), "-D", fresh, "-U", ADMIN, "-A", "trust", "-E", "UTF8"]
    initdb += ["--data-checksums", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb += ["--no-sync", "--no-instructions"]
    _run(identity, initdb)
    statements = Path(__file__).with_name("cluster.sql").read_text("utf-8")
    single: list[str | Path] = [
        binaries.program("postgres"),
        "--single",
        "-j",
        "-c",
        "log_checkpoints=off",
        "-D",
        fresh,
        "postgres",
    ]
    _run(identity, single, given=statements)
    (fresh / "pg_hba.conf").write_text(_HBA, "utf-8")
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(f"\ninclude '{SETTINGS_FILE}'\n# Your own settings, which win over Leal's:\n")
    if identity.uid != identity.maker_uid:
        _hand_over(fresh, identity)
    os.sync()  # initdb was told not to; the data must be on the disk before it gets its name
    fresh.rename(data_dir)
    _sync_folder(data_dir.parent)


def _run(identity: Identity, command: list[str | Path], given: str = "") -> None:
    try:
        done = identity.run(command, as_maker=True, given=given)
    except OSError as error:
        raise ServerDidNotStart(f"{command[0]} cannot be run: {error.strerror}.", remedy=_REMEDY) from error
    # A standalone backend ends well after a statement that failed.
    if done.returncode != 0 or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        name = Path(command[0]).name
        raise ServerDidNotStart(f"{name} failed (exit {done.returncode}): {' '.join(last)}", remedy=_REMEDY)


_REMEDY = f"Look at the message and at the room on the disk, {ELSEWHERE}."


def _hand_over(tree: Path, identity: Identity) -> None:
    for _, folders, files, fd in os.fwalk(tree):
        for name in (*folders, *files):
            os.chown(name, identity.uid, identity.gid, dir_fd=fd, follow_symlinks=False)
    os.chown(tree, identity.uid, identity.gid)


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
