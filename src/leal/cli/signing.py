"""Signing a token with a shop's newest valid key; a shop's first token makes its first key."""

from __future__ import annotations

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.tokens import make_token


async def sign(
    engine: Engine,
    shop: Shop,
    *,
    customer: str | None = None,
    ttl_seconds: int | None = None,
    level: str | None = None,
    now: int,
) -> str:
    """A token of the shop, or of its customer; `now` in microseconds of real time."""
    valid = [key for key in await engine.token_keys(shop) if key.revoked_at is None]
    for key in sorted(valid, key=lambda key: key.created_at, reverse=True):
        if (secret := await engine.token_key(shop, key.kid)) is not None:
            return _made(shop, key.kid, secret, customer, ttl_seconds, level, now)
    kid, secret = await engine.add_token_key(shop)
    return _made(shop, kid, secret, customer, ttl_seconds, level, now)


def _made(
    shop: Shop, kid: str, secret: bytes, customer: str | None, ttl_seconds: int | None, level: str | None, now: int
) -> str:
    return make_token(shop.slug, kid, secret, customer=customer, ttl_seconds=ttl_seconds, level=level, now=now)
