"""Distribution: the statements that spread an installation's tables over the servers of a Citus cluster.

They are made of what stands in the database now. What is placed already is left as it is, so that a distribution that
broke off goes on where it was, and tables that a later release brings are placed by doing it once more. Each statement
is a transaction of its own, as Citus asks; foreign keys wait in a table of their own meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import msgspec

from leal.errors import Unavailable
from leal.store.db import Conn, connect
from leal.store.migrate import become_owner, state
from leal.store.placement import MEMBERS, REFERENCE
from leal.store.queries import sql

OLDEST_CITUS: Final = 12
"""The first major version of Citus that takes all that the schema has."""
SHARDS: Final = 32
"""Parts that members are spread over unless another number is wished: so many servers can share them at most."""

INSTALL: Final = (
    f"Install the extension citus, {OLDEST_CITUS} or newer, for the server's version of PostgreSQL on every server, "
    "name it in shared_preload_libraries, restart, run `create extension citus` in this database on each, and add the "
    "others with citus_add_node."
)
ENTER: Final = (
    "Run on every server: alter role leal_app login; alter role leal_owner login; and let both in from the others "
    "(pg_hba.conf, pg_dist_authinfo)."
)

_SESSION: Final = {
    "application_name": "leal-distribute",
    "timezone": "UTC",
    "search_path": "public",
    "client_min_messages": "warning",
    "lock_timeout": "10s",
}


class NotDistributable(Unavailable):
    """Something stands in the way of distributing this installation; nothing was changed."""

    id = "not_distributable"
    sentence = "Something stands in the way of distributing this installation."


class DistributionFailed(Unavailable):
    """A statement failed; those before it stand, and doing it again goes on there."""

    id = "distribution_failed"
    sentence = "A statement of the distribution failed."


class Step(msgspec.Struct, frozen=True):
    """One statement, and what it belongs to."""

    about: str
    statement: str


class Distribution(msgspec.Struct, frozen=True):
    """What is to be done, and what stands in the way of doing it."""

    placed: int
    """Tables that are placed already."""
    steps: tuple[Step, ...]
    hindrances: tuple[tuple[str, str], ...]
    """What is in the way, each with what helps."""

    def require_ready(self) -> None:
        """Raise NotDistributable, with everything that is in the way, unless it can be done."""
        if self.hindrances:
            whats, remedies = zip(*self.hindrances, strict=True)
            raise NotDistributable(" ".join(whats), " ".join(remedies))


async def plan(owner_url: str, shards: int = SHARDS) -> Distribution:
    """What is to be done; raises Unavailable where the database is out of reach or not of this release."""
    (await state(owner_url)).require_current()
    async with _connected(owner_url) as conn:
        return await _plan(conn, shards)


async def distribute(owner_url: str, shards: int, done: Callable[[Step], None]) -> int:
    """Do it, statement by statement; gives how many there were.

    Raises NotDistributable with everything that is in the way, DistributionFailed with the statement that failed.
    """
    (await state(owner_url)).require_current()
    async with _connected(owner_url) as conn:
        found = await _plan(conn, shards)
        found.require_ready()
        if not await conn.fetchval(sql.distribution_is_superuser):
            await become_owner(conn)
        for step in found.steps:
            try:
                await conn.execute(step.statement)
            except asyncpg.PostgresError as fault:
                raise DistributionFailed(
                    f"{step.statement}: {fault}", "Mend the cause and do it again; what was done before stands."
                ) from fault
            done(step)
        return len(found.steps)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Conn]:
    conn = await connect(url, _SESSION)
    try:
        yield conn
    finally:
        await conn.close()


async def _plan(conn: Conn, shards: int) -> Distribution:
    facts = await conn.fetchrow(sql.distribution_facts)
    assert facts is not None
    placed = [row[0] for row in await conn.fetch(sql.distribution_placed)] if facts["has_citus"] else []
    begun = await conn.fetchval(sql.distribution_has_stash)
    stash = [tuple(row) for row in await conn.fetch(sql.distribution_stash)] if begun else []
    relations, names, definitions = zip(*stash, strict=True) if stash else ((), (), ())
    rows = await conn.fetch(sql.distribution_plan, REFERENCE, MEMBERS, placed, shards, relations, names, definitions)
    steps = tuple(Step(row["step"], row["statement"]) for row in rows)
    hindrances = tuple([one async for one in _hindrances(conn, facts)])
    return Distribution(len({*placed} & {*REFERENCE, *MEMBERS}), steps, hindrances)


async def _hindrances(conn: Conn, facts: asyncpg.Record) -> AsyncIterator[tuple[str, str]]:
    if not facts["has_citus"]:
        yield "This database has no Citus.", INSTALL
    else:
        release = await conn.fetchval(sql.distribution_release)
        major = re.search(r"\d+", release)
        if major is None or int(major[0]) < OLDEST_CITUS:
            yield f"{release} is too old.", f"Install Citus {OLDEST_CITUS} or newer."
        if not await conn.fetchval(sql.distribution_nodes):
            yield "No server of the cluster takes parts of tables.", "Add servers with citus_add_node."
    if not facts["app_may_enter"]:
        yield "Citus goes to the other servers as leal_app, which may not log in.", ENTER
    if facts["served"]:
        yield f"{facts['served']} connections of Leal's servers are open.", "Stop every `leal serve` first."
