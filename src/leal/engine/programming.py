"""Programmes tried out, published and undone: the part of the engine that a merchant changes rules through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from leal.engine import approvals, publish
from leal.engine.backtests import Backtest, backtest
from leal.engine.clocks import read_clock
from leal.engine.commands import Key, Shop
from leal.engine.ground import Ground
from leal.engine.plans import Plan, plan
from leal.engine.publish import Publication, Published
from leal.rules.programme.document import Programme


class Programming(Ground):
    """What the engine does with programmes."""

    async def publish(
        self,
        shop: Shop,
        text: str,
        *,
        author: str,
        note: str = "",
        effective_at: int | None = None,
        plan: str | None = None,
        approver: str | None = None,
        key: Key | None = None,
    ) -> int:
        """Publish a programme; gives its version. Raises InvalidInput with every fault.

        With the hash of a `plan` it raises PlanOutdated or PlanOfAnother where that was made on another version or of
        another document. One that shortens lives needs a plan (PlanNeeded) and an approver: without one, it waits for
        `decide`, and Refused (`second_person_needed`) names the approval.
        """
        wish = Publication(
            text=text,
            author=author,
            note=note,
            effective_at=effective_at,
            plan=plan,
            approver=approver,
            key=None if key is None else key.key,
        )
        read = await asyncio.to_thread(publish.printed, shop, text)  # once, and before a connection is taken
        if approver is None:
            wish = await self._require_two(shop, wish, read[0])
        return await publish.publish(self._db, shop, wish, read)

    async def _require_two(self, shop: Shop, wish: Publication, programme: Programme) -> Publication:
        """What shortens lives waits for a second person, with its plan (S7.4); a first version can shorten none."""
        if not publish.shortens(programme):
            return wish
        async with self._db.shop(shop.id) as conn:
            newest = (await read_clock(conn, shop.id)).newest
        if newest == 0:  # the plan holds it to being the first, should another be published meanwhile
            return msgspec.structs.replace(wish, plan=wish.plan or publish.plan_hash(programme, newest))
        if wish.plan is None:
            raise publish.PlanNeeded
        publish.require_plan(wish.plan, programme, newest)
        told = {"plan": wish.plan, "note": wish.note, "document": wish.text}
        raise await approvals.ask(self._db, shop, wish, None, told)

    async def plan(self, shop: Shop, text: str, progress: Callable[[int, int], None] | None = None) -> Plan:
        """What publishing a programme would change; raises as `publish` does (S10.2)."""
        return await plan(self._db, shop, self._programmes, text, progress)

    async def backtest(
        self, shop: Shop, text: str, from_at: int, to_at: int, progress: Callable[[int, int], None] | None = None
    ) -> Backtest:
        """The shop's orders lived again under a document's programme; raises InvalidInput or NoProgramme."""
        return await backtest(self._db, shop, self._programmes, text, from_at, to_at, progress)

    async def undo_programme(self, shop: Shop, *, author: str) -> tuple[int, int]:
        """Publish the version before the newest again; gives the new number and the old one. Raises NothingToUndo."""
        return await publish.undo(self._db, shop, author=author)

    async def programme(self, shop: Shop, version: int | None = None) -> str:
        """The canonical document of a version, the newest by default; raises NoProgramme."""
        return (await self.published(shop, version)).document

    async def published(self, shop: Shop, version: int | None = None) -> Published:
        """A version with who published it and why, the newest by default; raises NoProgramme."""
        return await publish.published(self._db, shop, version)
