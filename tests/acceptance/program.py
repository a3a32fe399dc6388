"""The program as people meet it: run as a process, with nothing but its arguments and its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

SECONDS = 240


class Ended(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


class Program:
    """`leal` with an environment of its own."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEAL_", "PYTHON"))}
        self.environment = kept | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")} | environment
        self.folder = folder

    def __call__(self, *arguments: str, stdin: str = "") -> Ended:
        """Run it to its end."""
        ended = subprocess.run(
            [sys.executable, "-m", "leal", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            env=self.environment,
            cwd=self.folder,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def well(self, *arguments: str, stdin: str = "") -> str:
        """Run it, see that it ends well, and give what it printed."""
        ended = self(*arguments, stdin=stdin)
        assert ended.code == 0, f"leal {' '.join(arguments)}: exit {ended.code}\n{ended.out}{ended.err}"
        return ended.out

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it and leave it running; its stderr goes where its stdout goes."""
        return subprocess.Popen(
            [sys.executable, "-m", "leal", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
            cwd=self.folder,
        )
