"""Programmes tried out, published and undone: the part of the engine that a merchant changes rules through."""

from __future__ import annotations

from collections.abc import Callable

from leal.engine import publish
from leal.engine.backtests import Backtest, backtest
from leal.engine.commands import Shop
from leal.engine.ground import Ground
from leal.engine.plans import Plan, plan


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
    ) -> int:
        """Publish a programme; gives its version. Raises InvalidInput or NotYetSupported with every fault.

        With the hash of a `plan` it raises PlanOutdated or PlanOfAnother where that was made on another version or of
        another document.
        """
        return await publish.publish(
            self._db, shop, text, author=author, note=note, effective_at=effective_at, plan=plan
        )

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
        return await publish.programme_text(self._db, shop, version)
