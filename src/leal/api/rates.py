"""Rates: how often callers may call, by token, member and address, reads apart from writes.

A bucket holds ten seconds' worth of calls and fills at the rate that is set. Of each only one number is kept: when it
will be full again. The process keeps them in its memory, so that several processes allow as many times as much.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal, NamedTuple, get_args

import msgspec

from leal.errors import LealError

WINDOW_SECONDS: Final = 10
"""How much a bucket holds: what may be called at once after a pause."""
BUCKETS_MAX: Final = 50_000
"""Buckets kept; beyond, whoever has not called for the longest time starts with a full one again."""
ROUNDED: Final = 1e-6
"""What floats may be wrong by, of seconds or calls: the last call of a bucket is not refused."""

Kind = Literal["read", "write"]
What = Literal["token", "member", "address"]
Header = tuple[bytes, bytes]


class RateLimitExceeded(LealError):
    """The caller calls more often than is allowed."""

    id = "rate_limit_exceeded"
    sentence = "Too many calls in a short time; see Retry-After."


class Limits(msgspec.Struct, frozen=True):
    """Calls a second; 0: as many as one likes."""

    token_reads: int = 2000
    token_writes: int = 1000
    member_reads: int = 20
    member_writes: int = 10
    address_reads: int = 1000
    address_writes: int = 500


class Use(NamedTuple):
    """What a call is counted on."""

    what: What
    whose: str


class _Limit(NamedTuple):
    """How often something may be called."""

    name: str
    cost: float
    """Seconds in which one call comes back."""
    policy: str
    """How it is told."""


class Rates:
    """The buckets of one process."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that only go forward."""
        self._limits: dict[tuple[str, Kind], _Limit] = {
            (what, kind): _limit(f"{what}-{kind}s", per_second)
            for what in get_args(What)
            for kind in get_args(Kind)
            if (per_second := getattr(limits, f"{what}_{kind}s"))
        }
        """What is limited."""
        self._clock = clock
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, kind: Kind, uses: list[Use]) -> tuple[Header, ...]:
        """Count a call on each of its buckets; gives the headers that tell what is left.

        Raises RateLimitExceeded, with `retry_after` in seconds and the same `headers`, when one of them is empty; then
        none is counted on.
        """
        now, full_at = self._clock(), self._full_at
        looked: list[tuple[_Limit, tuple[str, str], float]] = []
        wait = 0.0
        for use in uses:
            limit = self._limits.get((use.what, kind))
            if limit is not None:
                key = limit.name, use.whose
                full = max(full_at.get(key, now), now)
                looked.append((limit, key, full))
                wait = max(wait, full + limit.cost - WINDOW_SECONDS - now)
        if wait > ROUNDED:
            message = f"Too many calls in a short time; again in {math.ceil(wait)} s."
            headers = _headers([(limit, full) for limit, _, full in looked], now)
            raise RateLimitExceeded(message, retry_after=math.ceil(wait), headers=headers)
        left = []
        for limit, key, full in looked:
            full_at[key] = later = full + limit.cost
            full_at.move_to_end(key)
            left.append((limit, later))
        while len(full_at) > BUCKETS_MAX:
            full_at.popitem(last=False)
        return _headers(left, now)


def _limit(name: str, per_second: int) -> _Limit:
    quota = per_second * WINDOW_SECONDS
    return _Limit(name, 1 / per_second, f'"{name}";q={quota};w={WINDOW_SECONDS}')


def _headers(buckets: list[tuple[_Limit, float]], now: float) -> tuple[Header, ...]:
    """`RateLimit-Policy` and `RateLimit`, in the form of draft-ietf-httpapi-ratelimit-headers-10, of limits and when
    their buckets will be full."""
    if not buckets:
        return ()
    policies = ", ".join([limit.policy for limit, _ in buckets])
    left = ", ".join(
        [f'"{limit.name}";r={_left(limit, full, now)};t={math.ceil(full - now)}' for limit, full in buckets]
    )
    return (b"ratelimit-policy", policies.encode()), (b"ratelimit", left.encode())


def _left(limit: _Limit, full: float, now: float) -> int:
    """Calls that a bucket holds."""
    return max(0, math.floor((now + WINDOW_SECONDS - full) / limit.cost + ROUNDED))


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """Whose address it is: of IPv6 the first 64 bits, which one customer of a provider has for itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False).network_address)
    return str(parsed)
