"""Tokens: exact ends, tolerated skew, kinds, and secrets that only their key opens."""

from __future__ import annotations

import os

import jwt
import pytest

from leal.errors import Unavailable
from leal.tokens import (
    ANONYMOUS,
    Caller,
    InvalidToken,
    Keyring,
    OpaqueKey,
    Sealer,
    SigningKey,
    digest_of,
    make_opaque_key,
    make_token,
    read_token,
)
from leal.values import MICRO

SECRET = bytes(range(32))
NOW = 1_700_000_000 * MICRO


OPAQUE = make_opaque_key("read")


async def signing(kid: str) -> SigningKey | None:
    return SigningKey(SECRET) if kid == "k1" else None


async def opaque(digest: bytes) -> OpaqueKey | None:
    return OpaqueKey("k2", "read", digest) if digest == digest_of(OPAQUE) else None


async def read(token: str, now: int = NOW) -> Caller:
    return await read_token(token, "acme", Keyring(signing, opaque), now)


def sign(**claims: object) -> str:
    return jwt.encode({"aud": "BH", "sub": "acme/7", **claims}, SECRET, algorithm="HS256", headers={"kid": "k1"})


async def test_kinds() -> None:
    assert await read("") == ANONYMOUS
    assert await read(make_token("acme", "k1", SECRET, now=NOW)) == Caller("shop", None, "k1")
    assert await read(make_token("acme", "k1", SECRET, customer="a/b/c", now=NOW)) == Caller("customer", "a/b/c", "k1")
    admin = make_token("acme", "k1", SECRET, customer="7", level="admin", now=NOW)
    assert await read(admin) == Caller("admin_customer", "7", "k1")
    assert await read(sign(l="customer")) == Caller("customer", "7", "k1")


async def test_opaque_keys() -> None:
    assert await read(OPAQUE) == Caller("shop", None, "k2", "read")
    wrong = (OPAQUE[:-1], OPAQUE + "0", OPAQUE.upper(), OPAQUE.replace("read", "shop"), OPAQUE.replace("read", "root"))
    for token in (*wrong, make_opaque_key("read")):
        with pytest.raises(InvalidToken):
            await read(token)


async def test_the_end_is_exact() -> None:
    token = make_token("acme", "k1", SECRET, ttl_seconds=10, now=NOW)
    assert (await read(token, NOW + 10 * MICRO - 1)).kind == "shop"
    with pytest.raises(InvalidToken):
        await read(token, NOW + 10 * MICRO)


async def test_a_minute_of_skew() -> None:
    for claim in ("iat", "nbf"):
        token = sign(**{claim: NOW // MICRO + 60})
        assert (await read(token)).customer == "7"
        with pytest.raises(InvalidToken):
            await read(token, NOW - 1)


@pytest.mark.parametrize("value", ["soon", True, [], float("inf"), float("nan")])
async def test_times_are_numbers(value: object) -> None:
    for claim in ("exp", "iat", "nbf"):
        with pytest.raises(InvalidToken):
            await read(sign(**{claim: value}))


@pytest.mark.parametrize("sub", ["", "/", "acme/", "acmex", "other", "acme/" + "x" * 256, "acme/a\0b", 7, None])
async def test_subjects(sub: object) -> None:
    with pytest.raises(InvalidToken):
        await read(sign(sub=sub) if isinstance(sub, str) else _raw(sub))


def _raw(sub: object) -> str:
    return jwt.api_jws.encode(
        b'{"aud":"BH","sub":%s}' % (b"7" if sub == 7 else b"null"), SECRET, algorithm="HS256", headers={"kid": "k1"}
    )


async def test_a_token_with_a_bit_changed() -> None:
    token = make_token("acme", "k1", SECRET, now=NOW)
    for position in range(0, len(token), 7):
        changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        if (
            jwt.utils.base64url_decode(changed.rsplit(".", 1)[1]) == jwt.utils.base64url_decode(token.rsplit(".", 1)[1])
            and changed.rsplit(".", 1)[0] == token.rsplit(".", 1)[0]
        ):
            continue  # the last letter's spare bits
        with pytest.raises(InvalidToken):
            await read(changed)


async def test_the_error_tells_nothing() -> None:
    with pytest.raises(InvalidToken) as caught:
        await read(sign(exp=1))
    assert "expired" in caught.value.reason
    assert "expired" not in caught.value.message


def test_sealed_secrets() -> None:
    sealer = Sealer(os.urandom(32))
    sealed = sealer.seal(SECRET)
    assert SECRET not in sealed
    assert sealer.seal(SECRET) != sealed
    assert sealer.unseal(sealed) == SECRET
    for wrong in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"short"):
        with pytest.raises(Unavailable):
            sealer.unseal(wrong)
    with pytest.raises(Unavailable):
        Sealer(os.urandom(32)).unseal(sealed)
