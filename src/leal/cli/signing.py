"""Signing a token with one of a shop's valid keys; the first token of a scope makes its first key."""

from __future__ import annotations

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.engine.keys import UnknownKey
from leal.tokens import Scope, make_token


async def sign(
    engine: Engine,
    shop: Shop,
    *,
    customer: str | None = None,
    ttl_seconds: int | None = None,
    level: str | None = None,
    kid: str | None = None,
    scope: Scope = "shop",
    now: int,
) -> str:
    """A token of the shop, or of its customer; `now` in microseconds of real time.

    Signed with the key `kid`, else with the newest of that scope. Raises UnknownKey.
    """
    signing = [key for key in await engine.token_keys(shop) if key.revoked_at is None and not key.opaque]
    fitting = [key for key in signing if (key.scope == scope if kid is None else key.kid == kid)]
    for key in sorted(fitting, key=lambda key: key.created_at, reverse=True):
        if (found := await engine.signing_key(shop, key.kid)) is not None:
            return _made(shop, key.kid, found.secret, customer, ttl_seconds, level, now)
    if kid is not None:
        raise UnknownKey("The shop has no valid key of that id that signs tokens.")
    kid, secret = await engine.add_token_key(shop, scope=scope)
    return _made(shop, kid, secret, customer, ttl_seconds, level, now)


def _made(
    shop: Shop, kid: str, secret: bytes, customer: str | None, ttl_seconds: int | None, level: str | None, now: int
) -> str:
    return make_token(shop.slug, kid, secret, customer=customer, ttl_seconds=ttl_seconds, level=level, now=now)
