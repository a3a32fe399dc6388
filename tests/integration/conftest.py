"""What the engine's tests start from: an engine over a new database, another one beside it, and a shop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.store.db import Database
from tests.databases import DatabaseUrls
from tests.engines import found_shop, new_engine


@pytest.fixture
async def engine(db: Database) -> AsyncIterator[Engine]:
    """An engine over a new database."""
    engine = await new_engine(db)
    yield engine
    await engine.close()


@pytest.fixture
async def second(database_urls: DatabaseUrls) -> AsyncIterator[Engine]:
    """An engine of another process, as far as the database can tell."""
    database = await Database.open(database_urls.app)
    engine = await new_engine(database)
    yield engine
    await engine.close()
    await database.close()


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    """A shop with a programme."""
    return await found_shop(engine)


@pytest.fixture
async def admin(database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection past the engine, which nothing binds."""
    conn = await asyncpg.connect(database_urls.admin)
    yield conn
    await conn.close()
