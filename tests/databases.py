"""Databases for tests: one embedded server a checkout, and for each test a fresh database copied from a migrated one.

A plugin of pytest. All workers share the server; its home lies in the machine's temporary folder and is used again by
the next run. The migrated template carries the digest of the migrations in its name, so that a change makes a new one.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec
import pytest

from leal.embedded import hold
from leal.store.db import Database
from leal.store.migrate import migrate, migrations


class DatabaseUrls(msgspec.Struct, frozen=True):
    """How one database is entered: as the application, as the owner of the tables, and past row-level security."""

    app: str
    owner: str
    admin: str

    def named(self, database: str) -> DatabaseUrls:
        """The same server and roles, another database."""
        return DatabaseUrls(*(with_database(url, database) for url in (self.app, self.owner, self.admin)))


def with_database(url: str, database: str) -> str:
    """The URL with another database in it."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def server_home() -> Path:
    """The home of the tests' server: of this user and this checkout."""
    checkout = hashlib.sha256(str(Path(__file__).resolve().parent).encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"leal-tests-{os.getuid()}-{checkout}"


@pytest.fixture(scope="session")
def server_urls() -> Iterator[DatabaseUrls]:
    """The server's own database; tests do not touch it."""
    home = server_home()
    home.mkdir(exist_ok=True)
    server = hold(home)
    try:
        yield DatabaseUrls(server.url, server.owner_url, server.admin_url)
    finally:
        server.close()


@pytest.fixture(scope="session")
def template_database(server_urls: DatabaseUrls) -> str:
    """The name of a migrated database that nobody is connected to."""
    with alone():
        return asyncio.run(_make_template(server_urls))


@pytest.fixture
async def empty_database(server_urls: DatabaseUrls) -> AsyncIterator[DatabaseUrls]:
    """A new database without any schema."""
    name = await create_database(server_urls.admin, "template1")
    yield server_urls.named(name)
    await drop_database(server_urls.admin, name)


@pytest.fixture
async def database_urls(server_urls: DatabaseUrls, template_database: str) -> AsyncIterator[DatabaseUrls]:
    """A new database with the schema and no rows."""
    name = await create_database(server_urls.admin, template_database)
    yield server_urls.named(name)
    await drop_database(server_urls.admin, name)


@pytest.fixture
async def db(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """The application's connections to a new database."""
    database = await Database.open(database_urls.app)
    yield database
    await database.close()


@contextmanager
def alone() -> Iterator[None]:
    """One test worker at a time."""
    with (server_home() / "tests.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def _make_template(urls: DatabaseUrls) -> str:
    digest = hashlib.sha256(b"".join(migration.checksum for migration in migrations())).hexdigest()[:12]
    template, draft = f"leal_template_{digest}", f"leal_template_{digest}_draft"
    admin = await asyncpg.connect(urls.admin)
    try:
        await _sweep(admin)
        if not await admin.fetchval("select exists (select from pg_database where datname = $1)", template):
            await admin.execute(f"drop database if exists {draft} with (force)")
            await admin.execute(f"create database {draft} owner leal_owner")
            await migrate(urls.named(draft).owner)
            await admin.execute(f"alter database {draft} rename to {template}")
    finally:
        await admin.close()
    return template


async def _sweep(admin: asyncpg.Connection[asyncpg.Record]) -> None:
    """Drop what test runs that are no more have left."""
    for row in await admin.fetch(r"select datname from pg_database where datname like 'test\_%'"):
        if not _alive(int(row["datname"].split("_")[1])):
            await admin.execute(f"drop database if exists {row['datname']} with (force)")


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


_number = iter(range(1_000_000))


async def create_database(admin_url: str, template: str) -> str:
    """A new database copied from another; gives its name."""
    name = f"test_{os.getpid()}_{next(_number)}"
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f"create database {name} template {template} owner leal_owner")
    finally:
        await admin.close()
    return name


async def drop_database(admin_url: str, name: str) -> None:
    """Drop it, whoever is connected to it."""
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()
