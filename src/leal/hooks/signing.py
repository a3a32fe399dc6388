"""Signatures by which a receiver knows that a call is Leal's, as Standard Webhooks has them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def make_secret() -> bytes:
    """A new secret."""
    return secrets.token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """The secret as receivers are given it."""
    return PREFIX + base64.b64encode(secret).decode()


def signed(secrets_: list[bytes], ident: str, at_seconds: int, body: bytes) -> list[tuple[str, str]]:
    """The headers that name and sign a message: one signature for each secret, so that secrets can be changed.

    `at_seconds` is real time since 1970: receivers refuse what is old.
    """
    content = f"{ident}.{at_seconds}.".encode() + body
    made = (base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode() for secret in secrets_)
    return [
        ("webhook-id", ident),
        ("webhook-timestamp", str(at_seconds)),
        ("webhook-signature", " ".join(f"v1,{one}" for one in made)),
    ]
