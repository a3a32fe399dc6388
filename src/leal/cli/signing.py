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
    found, secret = await key_to_sign_with(engine, shop, scope, kid)
    return make_token(shop.slug, found, secret, customer=customer, ttl_seconds=ttl_seconds, level=level, now=now)


async def key_to_sign_with(engine: Engine, shop: Shop, scope: Scope, kid: str | None = None) -> tuple[str, bytes]:
    """The key `kid`, else the newest of that scope, made where there is none: its id and secret. Raises UnknownKey."""
    signing = [key for key in await engine.token_keys(shop) if key.revoked_at is None and not key.opaque]
    fitting = [key for key in signing if (key.scope == scope if kid is None else key.kid == kid)]
    for key in sorted(fitting, key=lambda key: key.created_at, reverse=True):
        if (found := await engine.signing_key(shop, key.kid)) is not None:
            return key.kid, found.secret
    if kid is not None:
        raise UnknownKey("The shop has no valid key of that id that signs tokens.")
    return await engine.add_token_key(shop, scope=scope)
