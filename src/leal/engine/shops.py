"""Shops, their clocks, and what is done for a whole shop: the part of the engine that is about tenants."""

from __future__ import annotations

import re

from leal.engine import publish
from leal.engine.audit import LEAL, Act, Noted, note_acts, read_acts
from leal.engine.clocks import read_clock
from leal.engine.commands import Shop, UnknownShop
from leal.engine.ground import Ground
from leal.engine.outbox import Waiting, waiting
from leal.engine.referrals import settle_due
from leal.engine.rows import shop_from
from leal.engine.trusting import Trusted
from leal.engine.upkeep import Kept, keep_up, waiting_micros
from leal.errors import InvalidInput, Problem
from leal.store.db import Database
from leal.store.leadership import Leadership, Task
from leal.store.queries import sql
from leal.tokens import Sealer

TRUSTED_FOR = 1.0
"""Seconds for which a shop's row, once read, is taken as it is; its clock and programme are read anew each time."""
SHOPS_MAX = 10_000
"""Shops kept in mind."""
ORIGINS_MAX = 100
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(https://{_LABEL}(\.{_LABEL})*|http://(localhost|({_LABEL}\.)+localhost|127\.0\.0\.1|\[::1\]))(:[1-9][0-9]{{0,4}})?"
)


class Shops(Ground):
    """What the engine does with shops."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        super().__init__(db, sealer)
        self._shops = Trusted(self._read_shop, seconds=TRUSTED_FOR, most=SHOPS_MAX)

    async def shop(self, slug: str) -> Shop:
        """The shop of that slug; raises UnknownShop."""
        return await self._shops.get(slug)

    async def _read_shop(self, slug: str) -> Shop:
        row = None
        if "\0" not in slug:  # no text of the database holds one
            async with self._db.directory() as conn:
                row = await conn.fetchrow(sql.shop_by_slug, slug)
        if row is None:
            raise UnknownShop(f"There is no shop {slug[:64]!r}.")
        return shop_from(row)

    async def shops(self) -> list[Shop]:
        """All shops, by slug."""
        async with self._db.directory() as conn:
            return [shop_from(row) for row in await conn.fetch(sql.all_shops)]

    async def create_shop(self, slug: str, *, sandbox: bool = False, clock_at: int | None = None) -> Shop:
        """Found a shop, a sandbox with its clock at an instant if wanted; raises InvalidInput or ShopExists."""
        return await publish.create_shop(self._db, slug, sandbox=sandbox, clock_at=clock_at)

    async def set_origins(self, shop: Shop, *, allow: list[str], forbid: list[str], by: str = LEAL) -> tuple[str, ...]:
        """Change whose pages may call the shop; gives them all. Raises InvalidInput with every fault."""
        problems = [
            Problem(
                "allow",
                "bad_format",
                f"{origin[:80]!r} is no origin.",
                "such as https://shop.example.com, in small letters",
            )
            for origin in allow
            if len(origin) > 300 or _ORIGIN.fullmatch(origin) is None
        ]
        if len(set(shop.origins) - set(forbid) | set(allow)) > ORIGINS_MAX:
            problems.append(Problem("allow", "too_many", f"More than {ORIGINS_MAX} origins.", "fewer origins"))
        if problems:
            raise InvalidInput(problems)
        async with self._db.transaction(shop.id) as conn:
            origins = await conn.fetchval(sql.set_origins, shop.id, allow, forbid)
            act = Act(by, "shop.origins", before={"origins": shop.origins}, after={"origins": origins})
            await note_acts(conn, shop.id, [act])
        self._shops.forget(shop.slug)
        return tuple(origins)

    async def now(self, shop: Shop) -> int:
        """The shop's clock, in microseconds since 1970."""
        async with self._db.shop(shop.id) as conn:
            return (await read_clock(conn, shop.id)).now

    async def advance_clock(self, shop: Shop, to_at: int, *, keep_up: bool = True, by: str = LEAL) -> int:
        """Move a sandbox's clock forward; returns once all that fell due is stored, with how many members that was.

        Without `keep_up` nothing is stored yet: right for a replay that moves the clock many times.
        """
        await publish.advance_clock(self._db, shop, to_at, by=by)
        return (await self.keep_up(shop)).settled if keep_up else 0

    async def keep_up(self, shop: Shop) -> Kept:
        """Store all that fell due in the shop, and look at orders whose referral nobody has looked at yet."""
        try:
            return await keep_up(self._db, shop, self._programmes)
        finally:
            await settle_due(self._db, shop, self._programmes)

    async def waiting_micros(self, shop: Shop) -> int | None:
        """How long whoever has been due longest has waited for upkeep; None: nobody is due."""
        return await waiting_micros(self._db, shop)

    async def outbox(self, shop: Shop, after_id: int = 0) -> list[Waiting]:
        """A page of what members are to be told and nobody has delivered yet, oldest first."""
        return await waiting(self._db, shop, after_id)

    async def audit(
        self, shop: Shop, *, action: str | None = None, after_id: int | None = None, limit: int = 1000
    ) -> list[Noted]:
        """A page of what staff and operators did, newest first."""
        return await read_acts(self._db, shop, action=action, after_id=after_id, limit=limit)

    def leadership(self, task: Task = "upkeep") -> Leadership:
        """A bid to be the one process that does what one of several on this database should do."""
        return Leadership(self._db, task)

    async def members(self, shop: Shop) -> int:
        """How many members the shop has."""
        async with self._db.shop(shop.id) as conn:
            count: int = await conn.fetchval(sql.member_count, shop.id)
        return count

    async def counts(self, shop: Shop) -> dict[str, int]:
        """How many orders, members and entries the shop holds."""
        async with self._db.shop(shop.id) as conn:
            row = await conn.fetchrow(sql.shop_counts, shop.id)
        return {} if row is None else dict(row)
