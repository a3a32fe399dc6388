"""Crashes: kill -9 of a process at work and of the database lose nothing that was answered, and repeat nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from leal.embedded import EmbeddedServer, hold, status
from leal.store.db import Database
from leal.store.migrate import migrate
from tests.databases import DatabaseUrls
from tests.engines import SLUG, new_engine
from tests.hammer.journal import Answer, Wish, read
from tests.hammer.reckoning import ask_again, discrepancies
from tests.hammer.shared import found_shared_shop, shared_faults

MEMBERS = 10
CHECKOUT = Path(__file__).resolve().parents[2]
ANSWERS_A_ROUND = 40
"""Answers that clients have in hand before something is killed."""
PATIENCE_SECONDS = 60.0


@pytest.fixture
async def prepared(database_urls: DatabaseUrls) -> DatabaseUrls:
    """A database with a shop and its members."""
    await prepare(database_urls)
    return database_urls


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of its own, which the database's user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="leal-crash-"))
    folder.chmod(0o711)
    yield folder / "home"
    supervisor, data = status(folder / "home").supervisor_pid, status(folder / "home").data_dir
    if supervisor:
        os.kill(supervisor, signal.SIGTERM)
        asyncio.run(until(lambda: not status(folder / "home").supervisor_pid))
    if data is not None and folder not in data.parents:
        shutil.rmtree(data.parent)
    shutil.rmtree(folder)


@pytest.fixture
async def own_server(home: Path) -> AsyncIterator[EmbeddedServer]:
    server = await asyncio.to_thread(hold, home, say=lambda line: None)
    await migrate(server.owner_url)
    await prepare(DatabaseUrls(server.url, server.owner_url, server.admin_url))
    yield server
    server.close()


async def prepare(urls: DatabaseUrls) -> None:
    db = await Database.open(urls.app)
    engine = await new_engine(db)
    await found_shared_shop(engine, MEMBERS)
    await engine.close()
    await db.close()


async def until(true: Callable[[], bool]) -> None:
    """Returns once it is true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110 - what happens outside this process sets no event
            await asyncio.sleep(0.05)


def start(url: str, path: Path, seed: int) -> subprocess.Popen[bytes]:
    """A client that goes on until it is killed."""
    arguments = [sys.executable, "-m", "tests.hammer.client", url, str(path), str(seed), "0", str(MEMBERS)]
    return subprocess.Popen(arguments, cwd=CHECKOUT)


def answered(paths: list[Path]) -> int:
    """How many commands are done, as far as the clients have written it down."""
    return sum(path.read_bytes().count(b'"outcome":"done"') for path in paths if path.exists())


def under_way(paths: list[Path]) -> bool:
    """Whether all of them are at it, and enough is done."""
    return all(answered([path]) for path in paths) and answered(paths) >= ANSWERS_A_ROUND


def kill(client: subprocess.Popen[bytes]) -> None:
    """End a client in the middle of whatever it does."""
    assert client.poll() is None, "it ended by itself"
    client.kill()
    client.wait()


async def reckon(urls: DatabaseUrls, wishes: dict[str, Wish], answers: dict[str, Answer]) -> int:
    """Repeat what is unknown, then find every book in order; gives how much was unknown."""
    db = await Database.open(urls.app)
    engine = await new_engine(db)
    shop = await engine.shop(SLUG)
    assert (await engine.verify(shop)).faults == []
    unknown = await ask_again(engine, shop, wishes, answers)
    await engine.keep_up(shop)
    assert (await engine.verify(shop)).faults == []
    admin = await asyncpg.connect(urls.admin)
    assert await discrepancies(admin, wishes, answers) == []
    assert await shared_faults(admin, wishes, answers) == []
    await admin.close()
    await engine.close()
    await db.close()
    return unknown


@pytest.mark.timeout(300)
async def test_a_killed_process_loses_nothing(prepared: DatabaseUrls, tmp_path: Path) -> None:
    paths = [tmp_path / f"{seed}.jsonl" for seed in range(4)]
    for round_ in range(0, 4, 2):
        pair = [start(prepared.app, paths[seed], seed) for seed in (round_, round_ + 1)]
        theirs = paths[round_ : round_ + 2]
        await until(lambda theirs=theirs: under_way(theirs))  # type: ignore[misc]
        for client in pair:
            kill(client)
    wishes, answers = read(paths)
    unknown = await reckon(prepared, wishes, answers)
    print(f"killed processes: {len(answers)} answers, {unknown} unknown")
    assert unknown > 0, "nothing was under way when the processes were killed"


@pytest.mark.timeout(300)
async def test_a_killed_database_loses_nothing(own_server: EmbeddedServer, home: Path, tmp_path: Path) -> None:
    """Once as after a power cut, once by stopping every session at once; the supervisor starts it again."""
    urls = DatabaseUrls(own_server.url, own_server.owner_url, own_server.admin_url)
    paths = [tmp_path / f"{seed}.jsonl" for seed in range(3)]
    clients = [start(urls.app, path, seed) for seed, path in enumerate(paths)]
    try:
        await until(lambda: under_way(paths))  # who is about to begin while the database is away ends
        for how in (signal.SIGQUIT, signal.SIGKILL):
            before = answered(paths)
            await until(lambda before=before: answered(paths) >= before + ANSWERS_A_ROUND)  # type: ignore[misc]
            postmaster = status(home).server_pid
            assert postmaster > 1
            os.kill(postmaster, how)
            await until(lambda gone=postmaster: status(home).running and status(home).server_pid != gone)  # type: ignore[misc]
        before = answered(paths)
        await until(lambda: answered(paths) >= before + ANSWERS_A_ROUND)
        await until(lambda: under_way(paths))
    finally:
        for client in clients:
            kill(client)
    wishes, answers = read(paths)
    unknown = await reckon(urls, wishes, answers)
    print(f"killed database: {len(answers)} answers, {unknown} unknown")
    assert unknown > 0, "nothing was under way when the database was killed"
