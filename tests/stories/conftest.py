"""One database for all stories of a test worker; each story has a shop of its own in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest
import pytest_asyncio

from leal.engine.engine import Engine
from leal.store.db import Database
from tests import databases
from tests.databases import DatabaseUrls
from tests.engines import new_engine

_number = count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage_db(server_urls: DatabaseUrls, template_database: str) -> AsyncIterator[Database]:
    """Connections to a database of the worker's own."""
    name = await databases.create_database(server_urls.admin, template_database)
    database = await Database.open(server_urls.named(name).app)
    yield database
    await database.close()
    await databases.drop_database(server_urls.admin, name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage_engine(stage_db: Database) -> AsyncIterator[Engine]:
    """The engine that plays all stories."""
    engine = await new_engine(stage_db)
    yield engine
    await engine.close()


@pytest.fixture
def slug() -> str:
    """A shop that no story has used."""
    return f"story-{next(_number)}"
