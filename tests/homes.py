"""Homes for embedded servers of tests, and what is done to their processes; a plugin of pytest."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

import leal
from leal.embedded import EmbeddedServer, ServerStatus, hold, status

GRACE_SECONDS = 0.2
ROOT = os.geteuid() == 0
"""Root's server runs as a user without rights; everybody else's as that user."""
HOLDER = """
import sys
from pathlib import Path
from leal.embedded import hold
held = hold(Path(sys.argv[1]), say=lambda line: None)
print(held.url, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAL_SERVER_GRACE_SECONDS", str(GRACE_SECONDS))
    monkeypatch.setenv("PYTHONPATH", str(Path(leal.__file__).parents[1]))


@pytest.fixture
def folder(short_grace: None) -> Iterator[Path]:
    """A folder that every user may pass through, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="leal-test-"))
    path.chmod(0o711)
    yield path
    for home in path.rglob("server/state.json"):
        end(home.parents[1])
    shutil.rmtree(path)


@pytest.fixture
def home(folder: Path) -> Path:
    return folder / "home"


@pytest.fixture
def held(home: Path) -> Iterator[EmbeddedServer]:
    with hold(home) as server:
        yield server


def end(home: Path) -> None:
    """Stops whatever still runs for `home` and removes data that had to lie elsewhere."""
    seen = status(home)
    if seen.supervisor_pid:
        os.kill(seen.supervisor_pid, signal.SIGTERM)
        wait_until(lambda: status(home).phase in ("absent", "failed"))
    if seen.data_dir and home not in seen.data_dir.parents:
        shutil.rmtree(seen.data_dir.parent)


def kill(pid: int) -> None:
    assert pid > 1
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def stopped(home: Path) -> bool:
    return status(home).phase == "absent"


def holder(home: Path) -> subprocess.Popen[str]:
    """Another process with a hold on the server of `home`; ready when its first line is read."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def running(home: Path) -> ServerStatus:
    seen = status(home)
    assert seen.running
    return seen


def fetch(url: str, statement: str) -> object:
    return asyncio.run(ask(url, statement))


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
