"""The engine: everything the ways in can ask for, in one place."""

from __future__ import annotations

from leal.engine.audit import LEAL
from leal.engine.commands import Key, Shop
from leal.engine.content import Contents
from leal.engine.destinations import Destinations
from leal.engine.estimates import Estimates
from leal.engine.exchange import Exchange
from leal.engine.exposures import Exposures
from leal.engine.keys import TokenKey
from leal.engine.products import Catalogue
from leal.engine.programming import Programming
from leal.engine.reading import Reading
from leal.engine.rejects import Rejected
from leal.engine.shops import Shops
from leal.engine.writing import Writing
from leal.errors import Problem
from leal.store.db import Database
from leal.tokens import OpaqueKey, Scope, Sealer, SigningKey


class Engine(Shops, Programming, Catalogue, Writing, Reading, Estimates, Exchange, Destinations, Contents, Exposures):
    """The verbs and views of all shops over one database."""

    @classmethod
    async def open(cls, db: Database, sealer: Sealer) -> Engine:
        """An engine over open connections; close it before them."""
        return cls(db, sealer)

    # --------------------------------------------------------------------------------------------------- keys

    async def signing_key(self, shop: Shop, kid: str) -> SigningKey | None:
        """A valid key that signs tokens."""
        return await self.keys.signing(shop, kid)

    async def opaque_key(self, shop: Shop, digest: bytes) -> OpaqueKey | None:
        """A valid opaque key, by its digest."""
        return await self.keys.opaque(shop, digest)

    async def add_token_key(
        self, shop: Shop, kid: str | None = None, scope: Scope = "shop", *, by: str = LEAL
    ) -> tuple[str, bytes]:
        """Make a key that signs tokens; gives its id and secret. Raises KeyExists."""
        return await self.keys.add(shop, kid, scope, by=by)

    async def add_opaque_key(
        self, shop: Shop, kid: str | None = None, scope: Scope = "shop", *, by: str = LEAL
    ) -> tuple[str, str]:
        """Make an opaque key; gives its id and the key itself. Raises KeyExists."""
        return await self.keys.add_opaque(shop, kid, scope, by=by)

    async def token_keys(self, shop: Shop) -> list[TokenKey]:
        """All token keys of the shop."""
        return await self.keys.all(shop)

    async def revoke_token_key(self, shop: Shop, kid: str, *, by: str = LEAL) -> None:
        """Make a token key invalid for good."""
        await self.keys.revoke(shop, kid, by=by)

    # ------------------------------------------------------------------------------------------------- answers

    async def kept_answer(self, shop: Shop, key: Key) -> bytes | None:
        """The answer of a whole call, given before under its caller's key; raises KeyReused."""
        return await self.repeats.answer(shop, key)

    async def keep_answer(self, shop: Shop, key: Key, answer: bytes) -> None:
        """Keep the answer of a whole call under its caller's key."""
        await self.repeats.keep(shop, key, answer)

    async def forget_old(self, shop: Shop) -> int:
        """Forget answers older than 30 days and refused items older than 90; gives how many."""
        return await self.repeats.forget_old(shop)

    # ------------------------------------------------------------------------------------------------ rejected

    async def reject(self, shop: Shop, kind: str, refused: list[tuple[bytes, list[Problem]]]) -> None:
        """Keep pushed items that were refused, each with what is wrong with it."""
        await self.rejects.keep(shop, kind, refused)

    async def rejected(self, shop: Shop) -> list[Rejected]:
        """The refused items that are still kept."""
        return await self.rejects.all(shop)

    async def drop_rejected(self, shop: Shop, ids: list[int]) -> None:
        """Forget refused items."""
        await self.rejects.drop(shop, ids)
