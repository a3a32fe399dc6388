"""Leadership: the one process of several on a database that works, by an advisory lock on a connection of its own."""

from __future__ import annotations

from typing import Final, Literal

from leal.errors import Unavailable
from leal.store.db import CONNECT_TIMEOUT, LOST, Conn, Database, discard
from leal.store.queries import sql

Task = Literal["upkeep", "pushes"]
LOCKS: Final[dict[Task, int]] = {"upkeep": 5495412922, "pushes": 5495412923}
"""The numbers of the locks; fixed, for servers of several releases share them."""


class Leadership:
    """One process's bid for a lock that belongs to the session: it is free again the moment that session ends."""

    def __init__(self, db: Database, task: Task) -> None:
        self._db = db
        self._lock = LOCKS[task]
        self._conn: Conn | None = None
        self._leads = False

    async def held(self) -> bool:
        """Whether this process leads now; where nobody does, it begins to. Unavailable: the database is away."""
        if self._conn is None or self._conn.is_closed():
            self._leads = False
            self._conn = await self._db.connect_apart()
        try:
            if self._leads:
                await self._conn.fetchval(sql.still_there, timeout=CONNECT_TIMEOUT)
            else:
                self._leads = await self._conn.fetchval(sql.try_to_lead, self._lock, timeout=CONNECT_TIMEOUT)
        except LOST as fault:
            await self.give_up()
            raise Unavailable("The database connection that leads broke.", "See that the database runs.") from fault
        return self._leads

    async def give_up(self) -> None:
        """Close the connection, and so let another process lead."""
        conn, self._conn, self._leads = self._conn, None, False
        if conn is not None:
            await discard(conn)
