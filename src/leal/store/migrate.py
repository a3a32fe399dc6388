"""Migrations: numbered plain SQL files, each applied once, in order, by `leal_owner`.

A file runs in one transaction together with the record of it. One that cannot (say, `create index concurrently`) opens
with the line `-- leal: no transaction` and holds a single statement that may be run again, for it can fail half-way.
A file that has been applied anywhere is never edited: its SHA-256 is kept, and another one is refused.
"""

from __future__ import annotations

import asyncio
import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, Literal

import asyncpg
import msgspec

from leal.errors import Unavailable
from leal.store.db import Conn, connect
from leal.store.queries import sql

OWNER_ROLE: Final = "leal_owner"
NO_TRANSACTION: Final = "-- leal: no transaction"
LOCK_POLL: Final = 0.1
"""Seconds between two tries for the lock while another process migrates."""

_SESSION: Final = {
    "application_name": "leal-migrate",
    "timezone": "UTC",
    "search_path": "public",
    "client_min_messages": "warning",
    "lock_timeout": "10s",  # a migration that waits makes every later query of that table wait behind it
}


class MigrationFailed(Unavailable):
    """A migration could not be applied; nothing of it is left in the database."""

    id = "migration_failed"
    sentence = "A migration could not be applied."


class UnknownSchema(Unavailable):
    """The database's schema is not the one this release works with; the remedy names the command that helps."""

    id = "unknown_schema"
    sentence = "The database's schema is not the one this release works with."


class Migration(msgspec.Struct, frozen=True):
    """One file: its name without `.sql`, its text and the SHA-256 of it."""

    name: str
    text: str
    checksum: bytes

    @property
    def transactional(self) -> bool:
        """Whether it runs in a transaction."""
        return self.text.split("\n", 1)[0].rstrip() != NO_TRANSACTION


class MigrationState(msgspec.Struct, frozen=True):
    """How a database's schema stands to this release."""

    kind: Literal["current", "behind", "ahead", "foreign"]
    """`behind`: migrations are pending; `ahead`: a newer release migrated it; `foreign`: not made by these files."""
    applied: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    """What does not fit: unknown or edited migrations, or tables that are not Leal's."""

    def require_current(self) -> None:
        """Raise UnknownSchema, with the command that helps, unless the schema is exactly this release's."""
        named = ", ".join(self.strange)
        if self.kind == "behind":
            raise UnknownSchema(f"Migrations are pending: {', '.join(self.pending)}.", "Run `leal migrate`.")
        if self.kind == "ahead":
            message = f"A newer release has migrated this database: {named}."
            raise UnknownSchema(message, "Install that release, or restore the backup made before its `leal migrate`.")
        if self.kind == "foreign":
            message = f"This database's schema was not made by Leal's migrations: {named}."
            raise UnknownSchema(message, "Name an empty database of Leal's own in LEAL_DATABASE_URL.")


def migrations(folder: Traversable | None = None) -> list[Migration]:
    """The files of a folder (unset: the package's own) in order; raises ValueError unless they count 0001, 0002, …"""
    folder = folder or files("leal.store") / "migrations"
    found = [
        Migration(file.name.removesuffix(".sql"), content.decode(), hashlib.sha256(content).digest())
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
        for content in [file.read_bytes()]
    ]
    for number, migration in enumerate(found, 1):
        if not migration.name.startswith(f"{number:04d}_"):
            raise ValueError(f"migration {number} must be called {number:04d}_…, not {migration.name}")
    return found


async def state(url: str, known: list[Migration] | None = None) -> MigrationState:
    """How the schema behind the URL stands to this release; raises Unavailable when it cannot be reached."""
    conn = await connect(url, _SESSION)
    try:
        return await _state(conn, known or migrations())
    finally:
        await conn.close()


async def migrate(owner_url: str, known: list[Migration] | None = None) -> list[str]:
    """Apply what is pending and return the names; several at once wait for each other.

    The URL is `leal_owner`'s or that of a login that may create roles (or has been granted it). Raises UnknownSchema
    when the schema is ahead or foreign, MigrationFailed when a file fails, Unavailable when there is no way in.
    """
    known = known or migrations()
    conn = await connect(owner_url, _SESSION)
    try:
        while not await conn.fetchval(sql.migration_try_lock):  # noqa: ASYNC110  the event is in another process
            await asyncio.sleep(LOCK_POLL)
        await become_owner(conn)
        found = await _state(conn, known)
        if found.kind != "behind":
            found.require_current()
        async with conn.transaction():
            await conn.execute(sql.migration_table)
        for migration in known:
            if migration.name in found.pending:
                await _apply(conn, migration)
        return list(found.pending)
    finally:
        await conn.close()  # lets go of the lock too


async def _state(conn: Conn, known: list[Migration]) -> MigrationState:
    tables = await conn.fetch(sql.migration_tables)
    others = tuple(row["name"] for row in tables if not row["own"])
    names = tuple(migration.name for migration in known)
    applied = {}
    if any(row["own"] for row in tables):
        applied = {row["name"]: row["checksum"] for row in await conn.fetch(sql.migration_applied)}
    if not applied:
        return MigrationState("foreign", strange=others) if others else MigrationState("behind", pending=names)
    edited = tuple(f"{m.name} (edited)" for m in known if applied.get(m.name, m.checksum) != m.checksum)
    pending = tuple(name for name in names if name not in applied)
    unknown = tuple(sorted(applied.keys() - set(names)))
    if edited or applied.keys() - set(unknown) != set(names[: len(names) - len(pending)]):
        return MigrationState("foreign", tuple(applied), pending, edited or pending)
    if unknown:
        return MigrationState("foreign" if pending else "ahead", tuple(applied), pending, unknown)
    return MigrationState("behind" if pending else "current", tuple(applied), pending)


async def become_owner(conn: Conn) -> None:
    """Act as `leal_owner` from here on; raises Unavailable where the login may not."""
    try:
        if await conn.fetchval(sql.who_am_i) != OWNER_ROLE:
            await conn.execute(sql.migration_roles)
            await conn.execute(sql.migration_become_owner)
    except asyncpg.PostgresError as fault:
        raise Unavailable(
            f"This login may neither become {OWNER_ROLE} nor make that role ({fault}).",
            "Set LEAL_OWNER_DATABASE_URL to a login that owns the database and may create roles, or as a superuser: "
            f"create role {OWNER_ROLE}; create role leal_app; grant {OWNER_ROLE}, leal_app to <login>; "
            f"grant create, usage on schema public to {OWNER_ROLE};",
        ) from fault


async def _apply(conn: Conn, migration: Migration) -> None:
    try:
        if migration.transactional:
            async with conn.transaction():
                await conn.execute(migration.text)
                await conn.execute(sql.migration_record, migration.name, migration.checksum)
        else:
            await conn.execute(migration.text)
            await conn.execute(sql.migration_record, migration.name, migration.checksum)
    except asyncpg.PostgresError as fault:
        raise MigrationFailed(
            f"Migration {migration.name} failed: {fault}",
            "Mend the cause and run `leal migrate` again; migrations before it are in place.",
        ) from fault
