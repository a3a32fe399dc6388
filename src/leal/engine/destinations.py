"""Destinations: where a shop's records are pushed to, how far each has come, and what it refused.

Everything that a destination took before its cursor needs never be told again; what came after may be told twice. The
cursor moves only from where it was read, so that of two processes that push at once one starts over.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from leal.engine.audit import LEAL, Act, note_acts
from leal.engine.commands import Shop
from leal.engine.cursors import read_cursor
from leal.engine.feed import cursor_now
from leal.engine.ground import Ground
from leal.errors import Conflict, NotFound
from leal.rules.mapped import View, mapping_of
from leal.store.queries import sql

REFUSALS_KEPT: Final = 20
"""Refused records of a destination that are told; the others are only counted."""
REASON_MAX: Final = 500


class DestinationExists(Conflict):
    """The shop has a destination of that name already."""

    id = "destination_exists"
    sentence = "The shop has a destination of that name already."


class UnknownDestination(NotFound):
    """The shop has no destination of that name."""

    id = "unknown_destination"
    sentence = "The shop has no destination of that name."


class Refusal(msgspec.Struct, frozen=True):
    """A record that a destination refused."""

    customer_id: str
    status: int


class Destination(msgspec.Struct, frozen=True):
    """A destination as it stands; instants in microseconds of real time."""

    name: str
    url: str
    mapping: str
    batch_records: int
    """Records in one call, at most."""
    batch_bytes: int
    """Bytes of one call, at most, unless a single record is longer."""
    created_at: int
    paused_at: int | None
    cursor: str | None
    """Where it goes on; None: with a snapshot."""
    sent: int
    gone: int
    refused: int
    refusals: tuple[Refusal, ...]
    failures: int
    """Tries that failed, one after the other."""
    failure: str | None
    failed_at: int | None
    try_at: int | None
    """It is not tried before."""
    taken_at: int | None


class Taken(msgspec.Struct, frozen=True):
    """What a destination took of a page."""

    sent: int
    gone: tuple[str, ...]
    """Ids that were told to be gone; what was noted of them is forgotten."""
    refusals: tuple[Refusal, ...]


class Destinations(Ground):
    """What the engine knows of where records are pushed to."""

    async def add_destination(
        self,
        shop: Shop,
        name: str,
        url: str,
        secret: bytes,
        *,
        mapping: str = View().mapping,
        batch_records: int = 500,
        batch_bytes: int = 1_000_000,
        from_now: bool = False,
        by: str = LEAL,
    ) -> None:
        """Push the shop's records to a URL from now on, after a snapshot of all unless `from_now`.

        Raises DestinationExists, UnknownMapping.
        """
        mapping_of(await self.terms(shop), View(mapping))
        async with self._db.transaction(shop.id) as conn:
            cursor = await cursor_now(conn, shop) if from_now else None
            sealed = self._sealer.seal(secret)
            added = await conn.fetchval(
                sql.insert_destination, shop.id, name, url, mapping, sealed, batch_records, batch_bytes, cursor
            )
            if added is None:
                raise DestinationExists
            await note_acts(conn, shop.id, [Act(by, "destination.added", name, after={"mapping": mapping})])

    async def destinations(self, shop: Shop) -> list[Destination]:
        """The shop's destinations, by name."""
        async with self._db.shop(shop.id) as conn:
            rows = await conn.fetch(sql.read_destinations, shop.id)
        return [_destination(dict(row)) for row in rows]

    async def destination(self, shop: Shop, name: str) -> Destination:
        """One of them; raises UnknownDestination."""
        found = next((one for one in await self.destinations(shop) if one.name == name), None)
        if found is None:
            raise UnknownDestination
        return found

    async def destination_secrets(self, shop: Shop, name: str) -> list[bytes]:
        """What signs a destination's calls, also the former secret while it is changed; raises UnknownDestination."""
        async with self._db.shop(shop.id) as conn:
            sealed = await conn.fetchrow(sql.read_destination_secrets, shop.id, name)
        if sealed is None:
            raise UnknownDestination
        return [self._sealer.unseal(one) for one in sealed if one is not None]

    async def rotate_destination(
        self, shop: Shop, name: str, secret: bytes, *, keep_hours: int = 24, by: str = LEAL
    ) -> None:
        """Sign a destination's calls with another secret; with the former one too for so many hours.

        Raises UnknownDestination.
        """
        async with self._db.transaction(shop.id) as conn:
            sealed = self._sealer.seal(secret)
            if await conn.fetchval(sql.rotate_destination_secret, shop.id, name, sealed, keep_hours) is None:
                raise UnknownDestination
            await note_acts(conn, shop.id, [Act(by, "destination.rotated", name, after={"keep_hours": keep_hours})])

    async def pause_destination(self, shop: Shop, name: str, *, paused: bool, by: str = LEAL) -> None:
        """Push nothing there any more, or go on where it was left; raises UnknownDestination."""
        async with self._db.transaction(shop.id) as conn:
            if await conn.fetchval(sql.pause_destination, shop.id, name, paused) is None:
                raise UnknownDestination
            await note_acts(conn, shop.id, [Act(by, "destination.paused" if paused else "destination.resumed", name)])

    async def remove_destination(self, shop: Shop, name: str, *, by: str = LEAL) -> None:
        """Forget a destination; raises UnknownDestination."""
        async with self._db.transaction(shop.id) as conn:
            if await conn.fetchval(sql.remove_destination, shop.id, name) is None:
                raise UnknownDestination
            await note_acts(conn, shop.id, [Act(by, "destination.removed", name)])

    async def destination_took(self, shop: Shop, known: Destination, cursor: str | None, taken: Taken) -> bool:
        """Note what it took, and that it goes on at a cursor; False where another process was quicker."""
        refusals = [*taken.refusals[::-1], *(one for one in known.refusals if one.customer_id not in taken.gone)]
        kept = msgspec.json.encode(refusals[:REFUSALS_KEPT]).decode()
        async with self._db.shop(shop.id) as conn:
            noted = await conn.fetchval(
                sql.destination_took, shop.id, known.name, known.cursor, cursor,
                taken.sent, len(taken.gone), len(taken.refusals), kept,
            )  # fmt: skip
        return noted is not None

    async def destination_failed(
        self, shop: Shop, name: str, reason: str, pause_seconds: float, *, pause: bool = False
    ) -> None:
        """Note that a try failed and is not repeated before so many seconds; `pause`: until somebody resumes it."""
        async with self._db.shop(shop.id) as conn:
            await conn.fetchval(sql.destination_failed, shop.id, name, reason[:REASON_MAX], pause_seconds, pause)

    async def untold_micros(self, shop: Shop, known: Destination) -> int | None:
        """For how long the oldest change has waited that a destination was not told; None: it was told of all.

        None also before its snapshot is told. Changes that only time makes are known once they are settled.
        """
        if known.cursor is None:
            return None
        seen = read_cursor(known.cursor, shop.id).seen
        async with self._db.shop(shop.id) as conn:
            found: int | None = await conn.fetchval(sql.oldest_untold, shop.id, seen)
        return found


def _destination(row: dict[str, Any]) -> Destination:
    refusals = msgspec.json.decode(row["refusals"], type=tuple[Refusal, ...])
    return Destination(**{**row, "refusals": refusals})
