"""A database and an engine for many lives, with a clock that stands still unless a life moves it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from leal.engine.engine import Engine
from leal.rules import paging
from leal.store.db import Database
from leal.store.queries import sql
from tests import databases
from tests.databases import DatabaseUrls
from tests.engines import new_engine


@contextmanager
def still_clock() -> Iterator[None]:
    """The database's clock stands still, so that a sandbox's moves only when it is moved."""
    moving = {name: query for name, query in sql.items() if "clock_timestamp()" in query.text}
    for name, query in moving.items():
        sql.__dict__[name] = query.text.replace("clock_timestamp()", "timestamptz '2026-01-01 00:00:00+00'")
    try:
        yield
    finally:
        for name in moving:
            del sql.__dict__[name]


@contextmanager
def small_pages() -> Iterator[None]:
    """Open lots that wait lie in pages as soon as there are a few, as of somebody who has hundreds."""
    usual, paging.LOTS_A_PAGE = paging.LOTS_A_PAGE, 2
    try:
        yield
    finally:
        paging.LOTS_A_PAGE = usual


@asynccontextmanager
async def world(urls: DatabaseUrls, template: str) -> AsyncIterator[tuple[Engine, Database]]:
    """An engine over a new database, which need not survive a crash of the machine."""
    name = await databases.create_database(urls.admin, template)
    admin = await asyncpg.connect(urls.admin)
    await admin.execute(f"alter database {name} set synchronous_commit = off")
    await admin.close()
    database = await Database.open(urls.named(name).app)
    engine = await new_engine(database)
    try:
        yield engine, database
    finally:
        await engine.close()
        await database.close()
        await databases.drop_database(urls.admin, name)
