"""Origins: whose pages may call a shop from a browser, by CORS. A shop lists them; without a list no page may."""

from __future__ import annotations

from typing import Final

from leal.api.function import Function
from leal.engine.commands import Shop
from leal.errors import NotAllowed
from leal.tokens import Caller

Headers = tuple[tuple[bytes, bytes], ...]

PREFLIGHT_SECONDS: Final = 86_400
"""How long a browser may remember what it was told; browsers have shorter limits of their own."""
_ALLOWED: Final = b"authorization, content-type, idempotency-key, if-none-match, x-request-id"
_EXPOSED: Final = b"x-request-id, retry-after, ratelimit, ratelimit-policy, idempotency-replayed, etag"


class ShopTokenInBrowser(NotAllowed):
    """A shop's token, or key, came from a page."""

    id = "shop_token_in_browser"
    sentence = "A shop's token never belongs in a browser: revoke its key, and let pages use customers' tokens."


def is_listed(shop: Shop, origin: str | None) -> bool:
    """Whether the page that calls is one of the shop's."""
    return origin is not None and origin in shop.origins


def shared(origin: str) -> Headers:
    """What lets a page of the origin read the answer."""
    return (b"access-control-allow-origin", origin.encode("latin-1")), (b"access-control-expose-headers", _EXPOSED)


def preflight(function: Function) -> Headers:
    """What a page of the shop's is told that asks how it may call."""
    return (
        (b"access-control-allow-methods", b"GET, POST" if function.takes_get else b"POST"),
        (b"access-control-allow-headers", _ALLOWED),
        (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
    )


def refuse_shop_tokens(caller: Caller, origin: str | None) -> None:
    """Raises ShopTokenInBrowser."""
    if caller.kind == "shop" and origin is not None:
        raise ShopTokenInBrowser
