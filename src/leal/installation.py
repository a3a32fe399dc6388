"""An installation: the database and the engine that the settings describe, opened in one place for every way in."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import msgspec

from leal.config import Settings
from leal.embedded import hold
from leal.embedded.server import stderr_line
from leal.engine.engine import Engine
from leal.store import migrate as migrations
from leal.store.db import Database
from leal.tokens import Sealer

YOUNG_OBJECTS: Final = 5_000
"""So many new ones and garbage is looked for among them: a batch's live until it is stored, which at Python's 700 let
every collection walk them in vain."""


class Urls(msgspec.Struct, frozen=True):
    """How the database is entered; `admin`, the superuser's way, is known of the embedded server alone."""

    app: str
    owner: str
    admin: str | None = None

    @property
    def embedded(self) -> bool:
        """Whether it is the embedded server's."""
        return self.admin is not None


class Installation(msgspec.Struct, frozen=True):
    """What a way in works with."""

    engine: Engine
    db: Database
    urls: Urls
    settings: Settings


@contextmanager
def held_database(settings: Settings, *, say: Callable[[str], None] = stderr_line) -> Iterator[Urls]:
    """The database's URLs, reachable inside the block: the embedded server is started or joined, and held for it.

    Blocks while the server starts. Raises EmbeddedServerError; an external database is not touched.
    """
    if settings.database_url is not None:
        yield Urls(settings.database_url, settings.migration_url or settings.database_url)
        return
    server = hold(settings.home, say=say)
    try:
        yield Urls(server.url, server.owner_url, server.admin_url)
    finally:
        server.close()


@asynccontextmanager
async def database(settings: Settings, *, say: Callable[[str], None] = stderr_line) -> AsyncIterator[Urls]:
    """The same without blocking."""
    holding = held_database(settings, say=say)
    urls = await asyncio.to_thread(holding.__enter__)
    try:
        yield urls
    finally:
        holding.__exit__(None, None, None)


async def ready_schema(urls: Urls, *, migrate: bool = False) -> None:
    """See that the schema is this release's: the embedded database's is brought there, another's only with `migrate`.

    Raises UnknownSchema with the command that helps, Unavailable with its remedy.
    """
    state = await migrations.state(urls.owner if urls.embedded else urls.app)
    if state.kind == "behind" and (migrate or urls.embedded):
        await migrations.migrate(urls.owner)
    else:
        state.require_current()


@asynccontextmanager
async def opened(urls: Urls, settings: Settings) -> AsyncIterator[Installation]:
    """The open engine, inside the block: connections → engine. Raises Unavailable with its remedy."""
    gc.set_threshold(YOUNG_OBJECTS)
    db = await Database.open(
        urls.app,
        connections=settings.database_connections,
        statement_timeout_ms=settings.statement_timeout_ms,
        lock_timeout_ms=settings.lock_timeout_ms,
    )
    try:
        engine = await Engine.open(db, Sealer(settings.key()))
        try:
            yield Installation(engine, db, urls, settings)
        finally:
            await engine.close()
    finally:
        await db.close()


@asynccontextmanager
async def installation(
    settings: Settings, *, migrate: bool = False, say: Callable[[str], None] = stderr_line
) -> AsyncIterator[Installation]:
    """All of it: database → schema → connections → engine. Raises what each of them raises."""
    async with database(settings, say=say) as urls:
        await ready_schema(urls, migrate=migrate)
        async with opened(urls, settings) as all_of_it:
            yield all_of_it
