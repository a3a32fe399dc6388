"""Token keys: the secrets that sign a shop's tokens, sealed at rest, several at a time for rotation."""

from __future__ import annotations

import secrets
import time

import msgspec

from leal.engine.commands import Shop
from leal.errors import Conflict, NotFound
from leal.store.db import Database
from leal.store.queries import sql
from leal.tokens import Sealer

SECRET_BYTES = 32
TRUSTED_FOR = 1.0
"""Seconds of real time for which a key, once read, is taken as valid: how late a revocation may be noticed."""


class TokenKey(msgspec.Struct, frozen=True):
    """A token key as its owner sees it; instants in microseconds."""

    kid: str
    created_at: int
    revoked_at: int | None


class KeyExists(Conflict):
    """A token key of that id is there already."""

    id = "key_exists"
    sentence = "A token key of that id is there already; ids are never used again."


class UnknownKey(NotFound):
    """The shop has no token key of that id."""

    id = "unknown_key"
    sentence = "The shop has no token key of that id."


class TokenKeys:
    """The token keys of every shop."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        self._db = db
        self._sealer = sealer
        self._known: dict[tuple[int, str], tuple[float, bytes | None]] = {}

    async def find(self, shop: Shop, kid: str) -> bytes | None:
        """The secret of a valid key; None when it is unknown or revoked."""
        known = self._known.get((shop.id, kid))
        if known is not None and time.monotonic() - known[0] < TRUSTED_FOR:
            return known[1]
        async with self._db.shop(shop.id) as conn:
            sealed = await conn.fetchval(sql.read_token_key, shop.id, kid)
        secret = None if sealed is None else self._sealer.unseal(sealed)
        if len(self._known) > 10_000:  # made-up key ids must not fill the memory
            self._known.clear()
        self._known[shop.id, kid] = (time.monotonic(), secret)
        return secret

    async def add(self, shop: Shop, kid: str | None = None) -> tuple[str, bytes]:
        """Make a key; gives its id and secret. Raises KeyExists."""
        kid = kid or f"key-{secrets.token_hex(4)}"
        secret = secrets.token_bytes(SECRET_BYTES)
        async with self._db.shop(shop.id) as conn:
            if await conn.fetchval(sql.insert_token_key, shop.id, kid, self._sealer.seal(secret)) is None:
                raise KeyExists
        self._known.pop((shop.id, kid), None)
        return kid, secret

    async def all(self, shop: Shop) -> list[TokenKey]:
        """All keys, oldest first, without their secrets."""
        async with self._db.shop(shop.id) as conn:
            rows = await conn.fetch(sql.all_token_keys, shop.id)
        return [TokenKey(row["kid"], row["created_at"], row["revoked_at"]) for row in rows]

    async def revoke(self, shop: Shop, kid: str) -> None:
        """Make a key invalid for good. Raises UnknownKey."""
        async with self._db.shop(shop.id) as conn:
            if await conn.fetchval(sql.revoke_token_key, shop.id, kid) is None:
                raise UnknownKey
        self._known.pop((shop.id, kid), None)
