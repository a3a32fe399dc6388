"""Templates: data that were made once, kept as databases of a server whose home stays, and copied for each run.

A template's name bears the digest of what it was made by. Where the schema, the rules or the generator are others now,
it is made anew, and the former one of its size is dropped.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import asyncpg

import leal
from bench.served import held_home
from bench.server import VARIABLE, Server, embedded, given
from leal.embedded import status

T = TypeVar("T")

FOLDER: Final = Path(__file__).parent
PACKAGE: Final = Path(leal.__file__).parent
MADE_BY: Final = (
    FOLDER / "shops.py",
    FOLDER / "twins.py",
    PACKAGE / "store" / "migrations",
    PACKAGE / "rules",
    PACKAGE / "examples",
)
"""The generator, the schema, and what decides what rows hold."""


@contextmanager
def kept_home() -> Iterator[tuple[Path, Server]]:
    """The home of this checkout's benchmark, with its server: the embedded one, or the one that is given.

    One run at a time has it. Raises SystemExit where it cannot be had.
    """
    checkout = hashlib.sha256(str(FOLDER).encode()).hexdigest()[:8]
    path = Path(tempfile.gettempdir()) / f"leal-bench-{os.getuid()}-{checkout}"
    path.mkdir(mode=0o755, exist_ok=True)
    with (path / "bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"Another benchmark is at work in {path}: wait for its end.") from None
        if url := os.environ.get(VARIABLE):
            with given(url) as server:
                yield path, server
            return
        with held_home(path) as held:
            there = status(path)
            yield path, embedded(held, there.server_pid, there.version)


def digest() -> str:
    """Of everything that the data are made by."""
    whole = hashlib.sha256()
    for place in MADE_BY:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]


class Templates:
    """The templates of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def copied(self, kind: str, mark: str, into: str) -> bool:
        """Put a copy of a template in the place of a database; False where there is no such template."""
        name = self._name(kind, mark)

        async def copy(conn: asyncpg.Connection) -> bool:
            if not await conn.fetchval("select exists (select from pg_database where datname = $1)", name):
                return False
            await self._put(conn, name, into)
            return True

        return self._run(copy)

    def keep(self, kind: str, mark: str, database: str) -> None:
        """Keep a database as a template, in the place of those of its kind."""
        self.forget(kind)
        self._run(lambda conn: self._put(conn, database, self._name(kind, mark)))

    def forget(self, kind: str) -> None:
        """Drop the templates of a kind."""

        async def gone(conn: asyncpg.Connection) -> None:
            for row in await conn.fetch(
                "select datname from pg_database where starts_with(datname, $1)", self._name(kind, "")
            ):
                await conn.execute(f"drop database {row['datname']} with (force)")

        self._run(gone)

    def empty(self, database: str) -> None:
        """Put an empty database in the place of one."""
        self._run(lambda conn: self._put(conn, "template0", database))

    def drop(self, database: str) -> None:
        """Drop a database, if it is there."""

        async def gone(conn: asyncpg.Connection) -> None:
            await conn.execute(f"drop database if exists {database} with (force)")

        self._run(gone)

    def _run(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        async def opened() -> T:
            conn = await asyncpg.connect(self._server.admin_url)
            try:
                return await work(conn)
            finally:
                await conn.close()

        return asyncio.run(opened())

    def _name(self, kind: str, mark: str) -> str:
        return self._server.named(f"kept_{kind}_of_{mark}")

    async def _put(self, conn: asyncpg.Connection, source: str, target: str) -> None:
        """A copy under a name of its own first: a run that is killed leaves no half of one."""
        draft = self._server.named(f"draft_{target.removeprefix(self._server.prefix)}")
        owner = f" owner {self._server.owner}" if self._server.owner else ""
        await conn.execute(f"drop database if exists {draft} with (force)")
        await conn.execute(f"create database {draft} template {source} strategy file_copy{owner}", timeout=None)
        await conn.execute(f"drop database if exists {target} with (force)")
        await conn.execute(f"alter database {draft} rename to {target}")
