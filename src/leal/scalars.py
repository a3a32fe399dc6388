"""The three scalars of the wire: money, instants and ids, as integers that know how they are read and written.

A wire type says `amount: Money`; a decoded value is an `int` (micros, microseconds, a 64-bit id) and goes into the
engine as it is. Writing needs the class again, `Money(micros)`, so that `encode_scalar` knows which form is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final, Self

from leal.values import (
    INT64_MAX,
    MONEY_MAX,
    format_id,
    format_instant,
    format_money,
    parse_id,
    parse_instant,
    parse_money,
)


class Scalar(int):
    """An integer with a form of its own on the wire."""

    right: ClassVar[str]
    """What a right one looks like, with an example."""

    @classmethod
    def read(cls, value: object) -> Self:
        """Read what JSON held; raises ValueError with a sentence about it that lacks its subject."""
        raise NotImplementedError

    def write(self) -> str:
        """The form on the wire."""
        raise NotImplementedError


class Money(Scalar):
    """Micros of the shop's currency; on the wire a decimal string, on input also an integer of micros."""

    right = 'a decimal string such as "12.50", or an integer of millionths such as 12500000'

    @classmethod
    def read(cls, value: object) -> Self:
        """Read `"12.50"` or 12500000; a JSON number with a fraction is refused, because it is not exact."""
        if isinstance(value, str):
            return cls(parse_money(value))
        if isinstance(value, int) and not isinstance(value, bool):
            if abs(value) > MONEY_MAX:
                raise ValueError("is too large")
            return cls(value)
        if isinstance(value, float):
            raise ValueError("is a number with a fraction, which is not exact")
        raise ValueError("is not an amount of money")

    def write(self) -> str:
        """A decimal with exactly six fraction digits."""
        return format_money(self)


class Instant(Scalar):
    """Microseconds since 1970 in UTC; on the wire an RFC 3339 time."""

    right = 'an RFC 3339 time with an offset, such as "2024-05-01T11:22:33Z"'

    @classmethod
    def read(cls, value: object) -> Self:
        """Read `"2024-05-01T11:22:33Z"` with any offset."""
        if not isinstance(value, str):
            raise ValueError("is not a time")
        return cls(parse_instant(value))

    def write(self) -> str:
        """RFC 3339 in UTC."""
        return format_instant(self)


class Flake(Scalar):
    """A 64-bit id; on the wire a `bubbleflake` of 16 hex digits."""

    right = 'an id of 16 lower-case hex digits, such as "018f3a5b7c9d0e12"'

    @classmethod
    def read(cls, value: object) -> Self:
        """Read 16 hex digits."""
        if not isinstance(value, str):
            raise ValueError("is not an id")
        return cls(parse_id(value))

    def write(self) -> str:
        """16 lower-case hex digits."""
        if not 0 <= self <= INT64_MAX:
            raise ValueError(f"{int(self)} is not an id")
        return format_id(self)


_READERS: Final[dict[type, Callable[[object], Scalar]]] = {one: one.read for one in (Money, Instant, Flake)}


def decode_scalar(type_: type, value: object) -> object:
    """The `dec_hook` of msgspec decoders; raises ValueError or NotImplementedError."""
    if (read := _READERS.get(type_)) is not None:
        return read(value)
    raise NotImplementedError(f"{type_.__name__} has no form on the wire")


_WRITERS: Final[dict[type, Callable[[int], str]]] = {Money: format_money, Instant: format_instant}


def encode_scalar(value: Any) -> object:
    """The `enc_hook` of msgspec encoders; raises NotImplementedError."""
    if (write := _WRITERS.get(type(value))) is not None:
        return write(value)
    if isinstance(value, Scalar):
        return value.write()
    raise NotImplementedError(f"{type(value).__name__} has no form on the wire")
