"""The words everything else is made of: money in millionths, instants in microseconds, ids, exact rounding.

Money is an `int` of millionths of the shop's currency ("micros"). An instant is an `int` of microseconds since
1970-01-01T00:00:00Z (names end in `_at`). Points are `int`. No float comes near any of them (S1.1).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

MICRO: Final = 1_000_000
"""Millionths in one unit of money, microseconds in one second."""
MINUTE: Final = 60 * MICRO
DAY: Final = 86_400 * MICRO
"""Microseconds in 24 hours (not in a local day)."""
INT64_MAX: Final = 2**63 - 1
POINTS_MAX: Final = 10**15
"""Most points any one figure may hold: sums of thousands of them still fit 64 bits."""
MONEY_MAX: Final = 10**17
"""Most micros of one amount (a hundred thousand million units)."""
NEVER: Final = INT64_MAX
"""The instant that does not come: a lot that never lapses, an account for which nothing is due."""

Rounding = Literal["floor", "half_up", "ceil"]

_LAST_ID_MS: Final = 2**41 - 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONEY: Final = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]{1,30}))?")
_HEX16: Final = re.compile(r"[0-9a-f]{16}")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def round_fraction(value: Fraction, mode: Rounding) -> int:
    """Round an exact figure to an integer (S1.5): `floor`, `half_up` (a half goes up) or `ceil`."""
    if mode == "floor":
        return value.numerator // value.denominator
    if mode == "ceil":
        return -(-value.numerator // value.denominator)
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def spread(total: int, weights: list[int]) -> list[int]:
    """Divide `total` over `weights` by largest remainder, ties to the first (S1.5); the parts add up to it."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


@lru_cache(4_096)  # shops have few prices, and orders have many lines
def parse_money(text: str) -> int:
    """Read a decimal such as `12.50` into micros; more than six fraction digits must be zeros.

    Raises ValueError with a sentence fit for a person.
    """
    match = _MONEY.fullmatch(text)
    if match is None:
        raise ValueError('is not a decimal amount such as "12.50"')
    sign, units, fraction = match.groups("")
    if len(fraction) > 6 and fraction[6:].strip("0"):
        raise ValueError("has more than six fraction digits")
    micros = int(units + (fraction + "000000")[:6])
    if micros > MONEY_MAX:
        raise ValueError("is too large")
    return -micros if sign else micros


def format_money(micros: int) -> str:
    """Write micros as the wire's `monetary`: a decimal with exactly six fraction digits."""
    if micros < 0:
        return f"-{format_money(-micros)}"
    return f"{micros // MICRO}.{micros % MICRO:06d}"


@lru_cache(4_096)  # an order's times are often the same
def parse_instant(text: str) -> int:
    """Read an RFC 3339 time with an offset into microseconds since 1970; finer fractions are cut.

    Raises ValueError with a sentence fit for a person.
    """
    if _TIME.fullmatch(text) is None:
        raise ValueError('is not an RFC 3339 time with an offset, such as "2024-05-01T11:22:33Z"')
    try:
        # as UTC, for what cannot be written again there does not exist either
        return instant_of(datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(UTC))
    except (ValueError, OverflowError):
        raise ValueError('is not a time that exists; write it like "2024-05-01T11:22:33Z"') from None


@lru_cache(4_096)  # tiers and points of many members end at the same
def format_instant(at: int) -> str:
    """Write an instant as RFC 3339 in UTC, with fraction digits only where there are any."""
    text = datetime_of(at).replace(tzinfo=None).isoformat()
    return text.rstrip("0") + "Z" if "." in text else text + "Z"


def instant_of(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * MICRO + since.microseconds


def datetime_of(at: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=at)


def least_id(at: int, bucket: int) -> int:
    """The least id of what happens at an instant: its milliseconds, ten bits of bucket, twelve free.

    The milliseconds are full in September 2039: what is later goes on from the last but one.
    """
    return min(at // 1000, _LAST_ID_MS) << 22 | bucket << 12


def next_id(former: int, at: int, bucket: int, low: int = 0) -> int:
    """The id of what happens at an instant, above the former: the one after that, if it is of the same millisecond, and
    where its twelve bits are full the first of the next, which is in the bucket again."""
    following = former + 1
    if not following & 0xFFF:
        following = max(following, least_id(((former >> 22) + 1) * 1000, bucket))
    return max(following, least_id(at, bucket) | low & 0xFFF)


def format_id(number: int) -> str:
    """Write a 64-bit id as the wire's `bubbleflake`: 16 lower-case hex digits that sort by creation."""
    return f"{number:016x}"


def parse_id(text: str) -> int:
    """Read a `bubbleflake`; raises ValueError when it is not one."""
    if _HEX16.fullmatch(text) is None or (number := int(text, 16)) > INT64_MAX:
        raise ValueError("is not an id of 16 hex digits")
    return number
