"""The scoreboard: a folder in which the processes of one server count together, so that any of them tells all figures.

What a process counted stays when it dies, but for a last tenth of a second of calls where it is killed; its gauges are
taken away (`forget`).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Read by prometheus_client as it is imported."""


@contextmanager
def scoreboard() -> Iterator[None]:
    """Whatever is counted inside the block, by this process and those it forks, is counted together.

    To be entered before anything that counts is imported.
    """
    if "prometheus_client" in sys.modules:
        raise RuntimeError("a scoreboard is opened before anything that counts is imported")
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="leal-figures-")
    try:
        yield
    finally:
        clear()


def shared_folder() -> str | None:
    """Where this process counts together with others, if it does."""
    return os.environ.get(VARIABLE)


def clear() -> None:
    """Remove the folder; whoever still counts goes on, and nobody reads it."""
    if folder := shared_folder():
        shutil.rmtree(folder, ignore_errors=True)


def forget(pid: int) -> None:
    """Take away the gauges of a process that has ended, and files that it was killed over, which nobody can read."""
    if (folder := shared_folder()) is not None:
        from prometheus_client.multiprocess import mark_process_dead  # imported late: see `scoreboard`

        mark_process_dead(pid)  # type: ignore[no-untyped-call]
        for file in Path(folder).glob(f"*_{pid}.db"):
            if not file.stat().st_size:
                file.unlink()
