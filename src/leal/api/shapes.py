"""The wire's shared shapes: what many functions take and give, and the limits on what they take."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leal.engine.commands import EmptyIdentity, Who
from leal.scalars import Flake, encode_scalar
from leal.values import INT64_MAX

Ident = Annotated[str, Meta(min_length=1, max_length=255, examples=["1234"])]
"""An id that the shop gave."""
Words = Annotated[str, Meta(max_length=255)]
LongText = Annotated[str, Meta(max_length=2000)]
Email = Annotated[str, Meta(max_length=320, examples=["ann@example.com"])]
Hex16 = Annotated[
    str,
    Meta(
        pattern=r"^([0-7][0-9a-f]{15})?$",
        description="an id of 16 lower-case hex digits",
        examples=["018f3a5b7c9d0e12"],
    ),
]
IdempotencyKey = Annotated[str, Meta(min_length=1, max_length=255, examples=["order-1007-redeem"])]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]

_FLAKE_NONE: Final = "0" * 16


class Shape(msgspec.Struct):
    """What every wire type is: named fields, with unknown ones ignored when it is read."""


class CustomerIdentity1(Shape):
    """Names a customer by any of three ids; each one given must match the record or be missing on it."""

    bhid: Hex16 | None = None
    shopid: Words | None = None
    email: Email | None = None

    def who(self) -> Who:
        """As the engine is told; raises EmptyIdentity."""
        bhid = int(self.bhid, 16) if self.bhid and self.bhid != _FLAKE_NONE else None
        who = Who(bhid=bhid, shopid=self.shopid or None, email=(self.email or "").strip().casefold() or None)
        if who.is_empty:
            raise EmptyIdentity
        return who


class Input(Shape):
    """What every function takes."""

    auth: str | None = None
    """The token, where it cannot travel in the header `Authorization`."""


class CustomerInput(Input):
    """What every function about one customer takes."""

    customer: CustomerIdentity1 | None = None
    """Required with a shop token; with a customer's token it can only be that customer."""


class MarketInput1(Shape):
    """Where a page is shown: chooses the language of sentences. What is not known there gives the programme's own."""

    locale: Words | None = None
    """A language with or without a country, such as `de`, `de_AT` or `de-AT`."""
    currency: Words | None = None
    """Not looked at yet, as `country` and `key`."""
    country: Words | None = None
    key: Words | None = None


class KeyedInput(CustomerInput):
    """What functions take that must not happen twice."""

    idempotency_key: IdempotencyKey | None = None
    """A text of the caller's own; a repeat with the same one does nothing and answers the same. Also a header,
    `Idempotency-Key`."""
    market: MarketInput1 | None = None


class Done1(Shape):
    """Nothing to say but that it is done."""

    ok: Literal[True] = True


class ItemFault1(Shape):
    """One fault of an input: where it is, what is wrong, what would be right."""

    path: str
    code: str
    message: str
    right: str | UnsetType = UNSET


class RejectedItem1(Shape):
    """A pushed item that does not count; it is kept until it is replayed or dropped."""

    index: int
    """Its position in the pushed array, from 0."""
    id: str | None
    """The id it was pushed under, where it can be told."""
    errors: list[ItemFault1]


class PushResult1(Done1, kw_only=True):
    """What became of a push; items that are not named count."""

    rejected: list[RejectedItem1]


@lru_cache(maxsize=4096)
def derived_id(kind: str, shop: str, slug: str) -> Flake:
    """A stable id for a part of the programme that has none but its slug."""
    digest = hashlib.sha256(f"{kind}\n{shop}\n{slug}".encode()).digest()
    return Flake(int.from_bytes(digest[:8]) & INT64_MAX)


def encode(value: Any) -> bytes:
    """Write a wire value as JSON."""
    return _ENCODER.encode(value)


_ENCODER: Final = msgspec.json.Encoder(enc_hook=encode_scalar)
