"""Tokens: who a caller is, as JWTs that each shop signs itself, and the seal that keeps the shops' secrets.

A token is an HS256 JWT. Its header's `kid` names one of the shop's secrets; its claims are `aud` (`BH`), `sub` (the
shop's slug, or `<slug>/<customer id>`), and optionally `iat`, `exp`, `nbf` and `l` (`admin` lifts a customer's token).
Servers may show an opaque key instead: `leal_<scope>_<64 hex digits>`, of which only the SHA-256 is stored.
Every fault is the one error `invalid_token`, so that nobody learns from it what was wrong; `reason` is for the log.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
from binascii import a2b_base64, b2a_base64
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, get_args

import jwt
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from leal.errors import LealError, Unavailable
from leal.values import MICRO

AUDIENCE: Final = "BH"
ALGORITHM: Final = "HS256"
ADMIN: Final = "admin"
SKEW_SECONDS: Final = 60
"""How far in the future `iat` may lie: clocks differ."""
TOKEN_LENGTH_MAX: Final = 4096
CUSTOMER_LENGTH_MAX: Final = 255
KID_LENGTH_MAX: Final = 64
SECRET_BYTES: Final = 32

CallerKind = Literal["anonymous", "customer", "admin_customer", "shop"]
Scope = Literal["shop", "read", "feed", "push", "content"]
"""What a key may do: everything, read, fetch feeds, push what the shop knows, sign links to content blocks."""
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)

_NONCE_BYTES: Final = 12
_OPAQUE: Final = re.compile(rf"leal_({'|'.join(SCOPES)})_[0-9a-f]{{{2 * SECRET_BYTES}}}")
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_DECODE_OPTIONS: Final[Any] = {
    "require": ["aud", "sub"],
    "verify_exp": False,  # times are compared here: exactly, and by the clock that was handed in
    "verify_iat": False,
    "verify_nbf": False,
}


class InvalidToken(LealError):
    """The token does not prove who calls; `reason` says why, for the log alone."""

    id = "invalid_token"
    sentence = "The token is not valid here."

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class Caller(msgspec.Struct, frozen=True):
    """Who calls. `customer` is the shop's own id of a customer, for the two customer kinds; `scope` that of the key."""

    kind: CallerKind
    customer: str | None = None
    kid: str | None = None
    scope: Scope = "shop"


class SigningKey(NamedTuple):
    """A key that signs tokens."""

    secret: bytes
    scope: Scope = "shop"


class OpaqueKey(NamedTuple):
    """A key that is shown itself."""

    kid: str
    scope: Scope
    digest: bytes


class Keyring(NamedTuple):
    """Where a shop's valid keys are found: signing keys by their id, opaque ones by their digest; None: not there."""

    signing: Callable[[str], Awaitable[SigningKey | None]]
    opaque: Callable[[bytes], Awaitable[OpaqueKey | None]]


ANONYMOUS: Final = Caller("anonymous")


class Sealer:
    """Encrypts secrets at rest: AES-256-GCM under a key derived from the installation's secret key."""

    def __init__(self, secret_key: bytes) -> None:
        self._secret_key = secret_key
        self._cipher = AESGCM(self.derive("token secrets"))

    def derive(self, purpose: str) -> bytes:
        """32 secret bytes that are the same each time, and tell nothing of those for other purposes."""
        info = f"leal: {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._secret_key)

    def seal(self, plain: bytes) -> bytes:
        """Encrypt; the nonce is random and stands before the ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt; raises Unavailable when it was sealed under another key, or altered."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError) as fault:
            raise Unavailable(
                "A stored secret cannot be read with this installation's secret key.",
                "Put back the LEAL_SECRET_KEY that the secrets were stored under, or issue new token keys.",
            ) from fault


def make_token(
    shop_slug: str,
    kid: str,
    secret: bytes,
    *,
    customer: str | None = None,
    ttl_seconds: int | None = None,
    level: str | None = None,
    now: int,
) -> str:
    """Sign a shop's token, or with `customer` that customer's; `now` in microseconds. Without a ttl it never ends."""
    issued_at = now // MICRO
    claims: dict[str, object] = {
        "aud": AUDIENCE,
        "sub": shop_slug if customer is None else f"{shop_slug}/{customer}",
        "iat": issued_at,
    }
    if ttl_seconds is not None:
        claims["exp"] = issued_at + ttl_seconds
    if level is not None:
        claims["l"] = level
    return jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": kid})


def make_opaque_key(scope: Scope) -> str:
    """A new opaque key."""
    return f"leal_{scope}_{secrets.token_hex(SECRET_BYTES)}"


def digest_of(opaque_key: str) -> bytes:
    """What is stored of an opaque key; its 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(opaque_key.encode()).digest()


async def read_token(token: str, shop_slug: str, keys: Keyring, now: int) -> Caller:
    """Who the token speaks for at `now` (microseconds); an empty one is anonymous. Raises InvalidToken."""
    if not token:
        return ANONYMOUS
    if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
        raise InvalidToken("malformed")
    if token.startswith("leal_") and _OPAQUE.fullmatch(token):
        return await _opaque_caller(token, keys)
    signed, _, signature = token.rpartition(".")
    header, _, payload = signed.partition(".")
    kid, is_plain = _header(header)
    key = await keys.signing(kid)
    if key is None:
        raise InvalidToken("unknown or revoked key")
    claims = _plain_claims(signed, payload, signature, key.secret) if is_plain else None
    if claims is None:
        claims = _claims_by_library(token, key.secret)
    _check_times(claims, now)
    return _caller(claims, shop_slug, kid, key.scope)


async def _opaque_caller(token: str, keys: Keyring) -> Caller:
    digest = digest_of(token)
    key = await keys.opaque(digest)
    if key is None or not hmac.compare_digest(key.digest, digest):
        raise InvalidToken("unknown or revoked key")
    return Caller("shop", None, key.kid, key.scope)


class _Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a proven token says. The types are those of usual tokens; the library's may hold any.

    Others are forbidden because what is passed over is not looked at: not even whether it is UTF-8.
    """

    aud: str
    sub: str
    iat: int | None = None
    exp: int | None = None
    nbf: int | None = None
    jti: str = ""
    iss: Any = None
    level: Any = msgspec.field(name="l", default=None)


_decode_claims: Final = msgspec.json.Decoder(_Claims).decode


# All tokens of one key have the same header.
@lru_cache(maxsize=4096)
def _header(text: str) -> tuple[str, bool]:
    """The header's `kid`, and whether it says nothing but that and what every token's says."""
    try:
        header = jwt.get_unverified_header(f"{text}..")
    except (jwt.PyJWTError, ValueError, RecursionError) as fault:
        raise InvalidToken("malformed") from fault
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= KID_LENGTH_MAX or not _is_text(kid):
        raise InvalidToken("no kid")
    if header.get("alg") != ALGORITHM:
        raise InvalidToken("another algorithm")
    return kid, header.keys() <= {"alg", "kid", "typ"}


def _plain_claims(signed: str, payload: str, signature: str, secret: bytes) -> _Claims | None:
    """What a token of the usual form says, under a plain header; None where only the library can tell.

    It takes an eighth of the library's time, and accepts less: the one way to write the signature, and claims of the
    plain types.
    """
    made = to_url(hmac.digest(secret, signed.encode(), "sha256"))
    if not hmac.compare_digest(made, signature.encode()):
        return None
    try:
        decoded = from_url(payload)
        if decoded is None:
            return None
        claims = _decode_claims(decoded)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return claims if claims.aud == AUDIENCE else None


def to_url(data: bytes) -> bytes:
    """Base64 as a URL has it, without padding; the library's own takes three times as long."""
    return b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


def from_url(text: str) -> bytes | None:
    """What `to_url` wrote; None where it did not, for there is one way to write it. Raises ValueError where the text
    is no base64."""
    told = text.encode()
    data = a2b_base64(told.translate(_FROM_URL) + b"==")
    return data if to_url(data) == told else None


# What an unusual token says does not change, so it is taken apart once. Times are judged each time.
@lru_cache(maxsize=1024)
def _claims_by_library(token: str, secret: bytes) -> _Claims:
    try:
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM], audience=AUDIENCE, options=_DECODE_OPTIONS)
    except (jwt.PyJWTError, ValueError, RecursionError) as fault:
        raise InvalidToken(type(fault).__name__) from fault
    iat, exp, nbf, level = (claims.get(name) for name in ("iat", "exp", "nbf", "l"))
    return _Claims(AUDIENCE, str(claims["sub"]), iat, exp, nbf, level=level)


def _check_times(claims: _Claims, now: int) -> None:
    """`exp` is exact: usable while now < exp. `iat` and `nbf` may lie a minute ahead."""
    if claims.exp is not None and now >= _seconds(claims.exp, "exp") * MICRO:
        raise InvalidToken("expired")
    for name, since in (("iat", claims.iat), ("nbf", claims.nbf)):
        if since is not None and now + SKEW_SECONDS * MICRO < _seconds(since, name) * MICRO:
            raise InvalidToken(f"{name} lies ahead")


def _seconds(value: Any, name: str) -> int | float:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise InvalidToken(f"{name} is no time")


def _caller(claims: _Claims, shop_slug: str, kid: str, scope: Scope) -> Caller:
    slug, slash, customer = claims.sub.partition("/")  # a customer's id may hold further slashes
    if slug != shop_slug:
        raise InvalidToken("another shop's")
    if not slash:
        return Caller("shop", None, kid, scope)
    if not 0 < len(customer) <= CUSTOMER_LENGTH_MAX or not _is_text(customer):
        raise InvalidToken("no customer")
    level = claims.level
    if level == ADMIN:
        return Caller("admin_customer", customer, kid, scope)
    if level not in (None, "", "customer"):
        raise InvalidToken("unknown level")
    return Caller("customer", customer, kid, scope)


def _is_text(value: str) -> bool:
    """Whether PostgreSQL could hold it."""
    return "\0" not in value and (value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value))
