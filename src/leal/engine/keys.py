"""Keys: what opens a shop, several at a time for rotation, each for all or for a part of its functions.

A signing key is a secret that signs JWTs, sealed at rest. An opaque key is shown to the server itself; of it only a
digest is kept. Both have an id that is never used again.
"""

from __future__ import annotations

import secrets

import msgspec

from leal.engine.audit import LEAL, Act, note_acts
from leal.engine.commands import Shop
from leal.engine.trusting import Trusted
from leal.errors import Conflict, NotFound
from leal.store.db import Database
from leal.store.queries import sql
from leal.tokens import OpaqueKey, Scope, Sealer, SigningKey, digest_of, make_opaque_key

SECRET_BYTES = 32
TRUSTED_FOR = 1.0
"""Seconds of real time for which a key, once read, is taken as valid: how late a revocation may be noticed."""
KNOWN_MAX = 10_000
"""Keys kept in mind: made-up ones must not fill the memory."""


class TokenKey(msgspec.Struct, frozen=True):
    """A key as its owner sees it; instants in microseconds."""

    kid: str
    scope: Scope
    opaque: bool
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
    """The keys of every shop."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        self._db = db
        self._sealer = sealer
        self._signing = Trusted(self._read_signing, seconds=TRUSTED_FOR, most=KNOWN_MAX)
        self._opaque = Trusted(self._read_opaque, seconds=TRUSTED_FOR, most=KNOWN_MAX)

    async def signing(self, shop: Shop, kid: str) -> SigningKey | None:
        """A valid signing key; None when it is unknown or revoked."""
        return await self._signing.get((shop.id, kid))

    async def opaque(self, shop: Shop, digest: bytes) -> OpaqueKey | None:
        """A valid opaque key by its digest; None when it is unknown or revoked."""
        return await self._opaque.get((shop.id, digest))

    async def add(
        self, shop: Shop, kid: str | None = None, scope: Scope = "shop", *, by: str = LEAL
    ) -> tuple[str, bytes]:
        """Make a signing key; gives its id and secret. Raises KeyExists."""
        secret = secrets.token_bytes(SECRET_BYTES)
        made = await self._insert(shop, kid, self._sealer.seal(secret), scope, opaque=False, by=by)
        self._signing.forget((shop.id, made))
        return made, secret

    async def add_opaque(
        self, shop: Shop, kid: str | None = None, scope: Scope = "shop", *, by: str = LEAL
    ) -> tuple[str, str]:
        """Make an opaque key; gives its id and the key, which nobody can read again. Raises KeyExists."""
        text = make_opaque_key(scope)
        return await self._insert(shop, kid, digest_of(text), scope, opaque=True, by=by), text

    async def all(self, shop: Shop) -> list[TokenKey]:
        """All keys, oldest first, without their secrets."""
        async with self._db.shop(shop.id) as conn:
            return [TokenKey(**dict(row)) for row in await conn.fetch(sql.all_token_keys, shop.id)]

    async def revoke(self, shop: Shop, kid: str, *, by: str = LEAL) -> None:
        """Make a key invalid for good. Raises UnknownKey."""
        async with self._db.transaction(shop.id) as conn:
            if await conn.fetchval(sql.revoke_token_key, shop.id, kid) is None:
                raise UnknownKey
            await note_acts(conn, shop.id, [Act(by, "key.revoked", kid)])
        self._signing.forget((shop.id, kid))
        self._opaque.forget()

    async def _insert(self, shop: Shop, kid: str | None, secret: bytes, scope: Scope, *, opaque: bool, by: str) -> str:
        kid = kid or f"key-{secrets.token_hex(4)}"
        async with self._db.transaction(shop.id) as conn:
            if await conn.fetchval(sql.insert_token_key, shop.id, kid, secret, scope, opaque) is None:
                raise KeyExists
            await note_acts(conn, shop.id, [Act(by, "key.added", kid, after={"scope": scope})])
        return kid

    async def _read_signing(self, name: tuple[int, str]) -> SigningKey | None:
        shop, kid = name
        async with self._db.shop(shop) as conn:
            row = await conn.fetchrow(sql.read_token_key, shop, kid)
        return None if row is None else SigningKey(self._sealer.unseal(row["secret"]), row["scope"])

    async def _read_opaque(self, name: tuple[int, bytes]) -> OpaqueKey | None:
        shop, digest = name
        async with self._db.shop(shop) as conn:
            row = await conn.fetchrow(sql.read_opaque_key, shop, digest)
        return None if row is None else OpaqueKey(row["kid"], row["scope"], row["secret"])
