"""What every part of the engine stands on: connections, compiled programmes, keys, refused items and kept answers."""

from __future__ import annotations

from leal.engine.clocks import read_clock
from leal.engine.commands import Shop
from leal.engine.gathering import Gathering
from leal.engine.keys import TokenKeys
from leal.engine.open_writes import OpenWrites
from leal.engine.programmes import Programmes
from leal.engine.records import content_rows, kept_by_ids
from leal.engine.rejects import Rejects
from leal.engine.repeats import Repeats
from leal.engine.views import Gathered
from leal.rules.programme.terms import Terms
from leal.store.db import Database
from leal.tokens import Sealer


class Ground:
    """The state that the parts of the engine share."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        self._db = db
        self._sealer = sealer
        self._programmes = Programmes()
        self._balances = Gathered.by(db)
        self._kept_records = Gathering(db, kept_by_ids)
        self._content_members = Gathering(db, content_rows)
        self._open_writes = OpenWrites()
        self.keys = TokenKeys(db, sealer)
        self.rejects = Rejects(db)
        self.repeats = Repeats(db)

    async def terms(self, shop: Shop) -> Terms | None:
        """The compiled terms in force now; None before the first programme."""
        async with self._db.shop(shop.id) as conn:
            clock = await read_clock(conn, shop.id)
            versions = await self._programmes.upto(conn, shop.id, clock.newest)
        version = versions.in_force(clock.now)
        return None if version is None else version.terms
