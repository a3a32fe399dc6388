"""What acceptance tests start from: the program on a database of their own, and servers of it."""

import base64
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from leal.engine.engine import Engine
from leal.store.db import Database
from leal.tokens import Sealer
from tests.acceptance.api.conftest import Door, open_door
from tests.acceptance.program import Program
from tests.acceptance.serving import KEY, WORKERS, Served
from tests.databases import DatabaseUrls


@pytest.fixture
def leal(database_urls: DatabaseUrls, tmp_path: Path) -> Program:
    """The program on a new, migrated database."""
    return Program(
        {
            "LEAL_DATABASE_URL": database_urls.app,
            "LEAL_OWNER_DATABASE_URL": database_urls.owner,
            "LEAL_HOME": str(tmp_path / "home"),
        },
        tmp_path,
    )


@pytest.fixture
async def engine(db: Database) -> AsyncIterator[Engine]:
    """An engine of the test's own, whose secrets the served processes can read."""
    opened = await Engine.open(db, Sealer(KEY))
    yield opened
    await opened.close()


@pytest.fixture
def serve(database_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts servers that end with the test."""
    begun: list[Served] = []

    def start(*arguments: str, url: str = database_urls.app, **environment: str) -> Served:
        home = tmp_path / str(len(begun))
        home.mkdir()
        key = {"LEAL_SECRET_KEY": base64.b64encode(KEY).decode()}
        begun.append(Served(url, home, *arguments, **key, **environment))
        return begun[-1]

    yield start
    for served in begun:
        served.kill()


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    one = serve("--workers", str(WORKERS))
    one.wait()
    return one


@pytest.fixture
async def far(served: Served, engine: Engine) -> AsyncIterator[Door]:
    async with httpx.AsyncClient(base_url=served.base) as client:
        yield await open_door(engine, client, "acme")
