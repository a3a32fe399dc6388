"""Tokens: our own reading and the JWT library's give the same verdict, whatever a token looks like."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leal import tokens
from leal.tokens import Caller, InvalidToken, Keyring, SigningKey, make_token, read_token
from leal.values import MICRO

SECRET = bytes(range(32))
OTHER = bytes(range(32, 64))
NOW_SECONDS = 1_700_000_000
NOW = NOW_SECONDS * MICRO
LETTERS = "ABCDwxyz0189-_+/=. \n\t!é"


async def signing(kid: str) -> SigningKey | None:
    return SigningKey(SECRET) if kid == "k1" else None


async def opaque(_: bytes) -> None:
    return None


async def own(token: str) -> Caller | None:
    try:
        return await read_token(token, "acme", Keyring(signing, opaque), NOW)
    except InvalidToken:
        return None


def by_library(token: str) -> Caller | None:
    """The verdict when the library alone takes the token apart."""
    if len(token) > tokens.TOKEN_LENGTH_MAX or not token.isascii():
        return None
    try:
        header = jwt.get_unverified_header(f"{token.partition('.')[0]}..")
        if header.get("kid") != "k1" or header.get("alg") != "HS256":
            return None
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="BH", options=tokens._DECODE_OPTIONS)
        times = {name: claims[name] for name in ("exp", "iat", "nbf") if claims.get(name) is not None}
        if any(
            type(value) not in (int, float) or value != value or abs(value) == float("inf") for value in times.values()
        ):
            return None
        if times.get("exp", 2 * NOW_SECONDS) <= NOW_SECONDS:
            return None
        if max(times.get("iat", 0), times.get("nbf", 0)) > NOW_SECONDS + 60:
            return None
        return tokens._caller(tokens._Claims("BH", claims["sub"], level=claims.get("l")), "acme", "k1", "shop")
    except (jwt.PyJWTError, InvalidToken, ValueError):
        return None


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: bytes, payload: bytes, secret: bytes = SECRET) -> str:
    return signed_text(text(header), text(payload), secret)


def signed_text(header: str, payload: str, secret: bytes = SECRET) -> str:
    """Signed as it stands, even where it is no base64."""
    return f"{header}.{payload}.{text(hmac.digest(secret, f'{header}.{payload}'.encode(), 'sha256'))}"


odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.lists(st.just("BH"), max_size=2)
)


def mostly(usual: st.SearchStrategy[Any], rare: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 7).flatmap(lambda chance: usual if chance else rare)


subjects = st.sampled_from(["acme/", "acme/\0", "other/7", "acme/\ud800", "acme/" + "x" * 256]) | odd
times = st.sampled_from([NOW_SECONDS, NOW_SECONDS + 61, NOW_SECONDS + 60.5, -1, 1e3, 1e400, 10**400, 2**64, "1"]) | odd
claims = st.fixed_dictionaries(
    {
        "aud": mostly(st.just("BH"), odd),
        "sub": mostly(st.sampled_from(["acme", "acme/7", "acme/a/b"]), subjects),
    },
    optional={
        "exp": mostly(st.integers(NOW_SECONDS + 1, 2 * NOW_SECONDS), times),
        "iat": mostly(st.integers(0, NOW_SECONDS + 60), times),
        "nbf": mostly(st.integers(0, NOW_SECONDS + 60), times),
        "jti": mostly(st.text(max_size=4), odd),
        "l": st.sampled_from(["admin", "", "customer", "x", 1, None]),
        "iss": odd,
        "extra": odd,
    },
)
headers = mostly(
    st.just({"typ": "JWT", "alg": "HS256", "kid": "k1"}),
    st.fixed_dictionaries(
        {
            "alg": st.sampled_from(["HS256", "HS256", "none", "HS384", "hs256", None, 1]),
            "kid": st.sampled_from(["k1", "k2", 1]),
        },
        optional={"typ": odd, "crit": st.sampled_from([[], ["b64"], ["exp"], "b64", None]), "b64": odd, "jku": odd},
    ),
)
payloads = claims.map(json.dumps).map(str.encode)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "utf-32-le"])


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A token with letters put in, taken out and changed, signed before or afterwards."""
    token = signed(json.dumps(draw(headers)).encode(), draw(payloads), draw(mostly(st.just(SECRET), st.just(OTHER))))
    parts = token.split(".")
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        which = draw(st.integers(0, 2))
        part = parts[which]
        at = draw(st.one_of(st.just(len(part)), st.integers(0, len(part))))
        parts[which] = part[: max(0, at - draw(st.integers(0, 1)))] + draw(st.sampled_from([*LETTERS, ""])) + part[at:]
    if draw(st.booleans()):
        return signed_text(parts[0], parts[1])
    return ".".join(parts)


@settings(max_examples=400)
@given(changed() | st.text(alphabet=LETTERS, min_size=1, max_size=40))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'{"aud":"BH","sub":"acme","sub":"acme/7"}'))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'{"aud":"BH","sub":7,"sub":"acme/7"}'))
@example(signed(b'{"alg":"HS256","kid":"k1","crit":["exp"]}', b'{"aud":"BH","sub":"acme/7"}'))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'{"aud":["BH"],"sub":"acme/7","exp":1e400}'))
@example(signed(b'{"alg":"none","kid":"k1"}', b'{"aud":"BH","sub":"acme/7"}').rpartition(".")[0] + ".")
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'{"aud":"BH","sub":"acme/7","jti":null}'))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'[{"aud":"BH","sub":"acme/7"}]'))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b"[" * 2000))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'{"aud":"BH","sub":"acme/7","e\xc0p":1}'))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'{"aud":"BH","sub":"acme/7","e":"\n"}'))
@example(signed(b'{"alg":"HS256","kid":"k1"}', b'{"aud":"BH","sub":"acme/7","iss":"\n"}'))
@example(signed_text(text(b'{"alg":"HS256","kid":"k1"}') + "=", text(b'{"aud":"BH","sub":"acme/7"}') + "="))
async def test_the_verdict_is_the_librarys(token: str) -> None:
    assert await own(token) == by_library(token)


@settings(max_examples=100)
@given(payloads, encodings)
async def test_other_encodings_of_the_claims(payload: bytes, encoding: str) -> None:
    token = signed(b'{"alg":"HS256","kid":"k1"}', payload.decode().encode(encoding))
    assert await own(token) == by_library(token)


async def test_every_other_last_letter_of_a_signature_is_refused() -> None:
    token = make_token("acme", "k1", SECRET, customer="7", now=NOW)
    assert await own(token) == Caller("customer", "7", "k1")
    others = {token[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}
    for other in others - {token}:
        assert await own(other) is None


async def test_usual_tokens_never_reach_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every call would cost what the library costs."""
    usual = [
        make_token("acme", "k1", SECRET, customer="7", now=NOW),
        make_token("acme", "k1", SECRET, ttl_seconds=10, level="admin", customer="ü", now=NOW),
        jwt.encode({"sub": "acme", "aud": "BH", "jti": "1"}, SECRET, algorithm="HS256", headers={"kid": "k1"}),
    ]

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(jwt, "decode", never)
    assert [(await read_token(token, "acme", Keyring(signing, opaque), NOW)).customer for token in usual] == [
        "7",
        "ü",
        None,
    ]
