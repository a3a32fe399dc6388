"""Content tokens: links that show one customer one block, in which nothing of the customer can be read.

A token is base64url, without padding, of: the length of its key's id, that id, and what AES-256-SIV makes of the epoch
of the customer's links (two bytes), its end (four bytes, minutes since 1970, 0 for none) and the customer's id (the
rest), bound to the shop's slug and the block. The key is derived by HKDF from a secret of the shop of scope `content`.
The same wish makes the same token, so that lists of links can be made again; whoever has many learns nothing from them.
Every fault is the one error `invalid_token`; the tag is compared in constant time.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from leal.tokens import CUSTOMER_LENGTH_MAX, InvalidToken, Scope, SigningKey, from_url, to_url
from leal.values import MINUTE

SCOPE: Final[Scope] = "content"
LENGTH_MAX: Final = 1600
"""Longer than any that is made: ids have 255 characters at most, of four bytes at most."""

_HEAD: Final = struct.Struct(">HI")
_TAG_BYTES: Final = 16


class ContentToken(NamedTuple):
    """What a token says: whose it is, and until when."""

    customer: str
    """The id that the customer's record goes under."""
    epoch: int = 0
    """How often the customer's links had been revoked when it was made."""
    expires_at: int | None = None
    """The first instant, in microseconds, at which it shows nothing; a whole minute."""


def make_content_token(kid: str, secret: bytes, shop_slug: str, block: str, said: ContentToken) -> str:
    """Seal a token for one block."""
    minutes = 0 if said.expires_at is None else max(1, said.expires_at // MINUTE)
    plain = _HEAD.pack(said.epoch, minutes) + said.customer.encode()
    named = kid.encode()
    sealed = _cipher(secret).encrypt(plain, _bound(shop_slug, block))
    return to_url(bytes([len(named)]) + named + sealed).decode()


async def read_content_token(
    token: str, shop_slug: str, block: str, keys: Callable[[str], Awaitable[SigningKey | None]], now: int
) -> ContentToken:
    """What a token for the block says at `now` (microseconds of real time); raises InvalidToken."""
    kid, sealed = _parts(token)
    key = await keys(kid)
    if key is None or key.scope != SCOPE:
        raise InvalidToken("unknown or revoked key")
    said = _opened(key.secret, sealed, shop_slug, block)
    if said.expires_at is not None and now >= said.expires_at:
        raise InvalidToken("expired")
    return said


def _parts(token: str) -> tuple[str, bytes]:
    """The key's id, and what is sealed."""
    try:
        whole = from_url(token) if 0 < len(token) <= LENGTH_MAX else None
        if whole is None:
            raise InvalidToken("malformed")
        end = 1 + whole[0]
        kid, sealed = whole[1:end].decode(), whole[end:]
    except (ValueError, IndexError) as fault:
        raise InvalidToken("malformed") from fault
    if len(sealed) <= _TAG_BYTES + _HEAD.size or not kid or "\0" in kid:
        raise InvalidToken("malformed")
    return kid, sealed


def _opened(secret: bytes, sealed: bytes, shop_slug: str, block: str) -> ContentToken:
    try:
        plain = _cipher(secret).decrypt(sealed, _bound(shop_slug, block))
        epoch, minutes = _HEAD.unpack(plain[: _HEAD.size])
        customer = plain[_HEAD.size :].decode()
    except (InvalidTag, UnicodeDecodeError) as fault:
        raise InvalidToken("altered, or for another block or shop") from fault
    if not 0 < len(customer) <= CUSTOMER_LENGTH_MAX or "\0" in customer:
        raise InvalidToken("no customer")
    return ContentToken(customer, epoch, minutes * MINUTE or None)


@lru_cache(maxsize=1024)
def _cipher(secret: bytes) -> AESSIV:
    return AESSIV(HKDF(algorithm=SHA256(), length=64, salt=None, info=b"leal: content tokens").derive(secret))


def _bound(shop_slug: str, block: str) -> list[bytes]:
    return [b"leal content 1", shop_slug.encode(), block.encode()]
