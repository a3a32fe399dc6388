"""Open writes: how long the oldest transaction that writes has been open, by looking now and then (S12.3).

What it has changed is not told to consumers of the feed before it commits; a transaction that stays open for long is
somebody's fault, and holds up the database in other ways, too.
"""

from __future__ import annotations

from collections import deque

from leal.store.db import Database
from leal.store.queries import sql


class OpenWrites:
    """What was seen, as far back as the oldest open transaction."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        """When it was looked, in seconds, and which transaction was the next to begin then."""

    async def look(self, db: Database, now: float) -> float:
        """Look, at a moment in seconds; gives how many the oldest has been open, never too many."""
        async with db.directory() as conn:
            row = await conn.fetchrow(sql.open_writes)
        assert row is not None  # it has no condition
        return self.note(row["oldest"], row["following"], now)

    def note(self, oldest: int, following: int, now: float) -> float:
        """Note what was seen: the oldest open transaction, and the next to begin; gives the same."""
        self._seen.append((now, following))
        while self._seen and self._seen[0][1] <= oldest:
            self._seen.popleft()  # the oldest had not begun then
        return now - self._seen[0][0] if self._seen else 0.0
