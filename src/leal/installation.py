"""An installation: the database and the engine that the settings describe, opened in one place for every way in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from leal.config import Settings
from leal.embedded import hold
from leal.embedded.server import stderr_line
from leal.engine.engine import Engine
from leal.store import migrate as migrations
from leal.store.db import Database
from leal.tokens import Sealer


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


@asynccontextmanager
async def database(settings: Settings, *, say: Callable[[str], None] = stderr_line) -> AsyncIterator[Urls]:
    """The database's URLs, reachable inside the block: the embedded server is started or joined, and held for it.

    Raises EmbeddedServerError; an external database is not touched.
    """
    if settings.database_url is not None:
        yield Urls(settings.database_url, settings.migration_url or settings.database_url)
        return
    server = await asyncio.to_thread(hold, settings.home, say=say)
    try:
        yield Urls(server.url, server.owner_url, server.admin_url)
    finally:
        server.close()


@asynccontextmanager
async def installation(
    settings: Settings, *, migrate: bool = False, say: Callable[[str], None] = stderr_line
) -> AsyncIterator[Installation]:
    """The open engine, inside the block: database → schema → connections → engine.

    The embedded database is migrated when it is behind, an external one only with `migrate`. Raises UnknownSchema with
    the command that helps, Unavailable with its remedy.
    """
    async with database(settings, say=say) as urls:
        state = await migrations.state(urls.owner if urls.embedded else urls.app)
        if state.kind == "behind" and (migrate or urls.embedded):
            await migrations.migrate(urls.owner)
        else:
            state.require_current()
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
