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


class Rates:
    """The buckets of one process."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that only go forward."""
        self._per_second: dict[tuple[str, Kind], int] = {
            (what, kind): getattr(limits, f"{what}_{kind}s")
            for what in get_args(What)
            for kind in get_args(Kind)
            if getattr(limits, f"{what}_{kind}s")
        }
        """Calls, where they are limited."""
        self._clock = clock
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, kind: Kind, uses: list[Use]) -> tuple[Header, ...]:
        """Count a call on each of its buckets; gives the headers that tell what is left.

        Raises RateLimitExceeded, with `retry_after` in seconds and the same `headers`, when one of them is empty; then
        none is counted on.
        """
        now = self._clock()
        limited = [
            self._look(use, kind, per_second, now)
            for use in uses
            if (per_second := self._per_second.get((use.what, kind)))
        ]
        wait = max((state.wait for state in limited), default=0.0)
        if wait > 0:
            message = f"Too many calls in a short time; again in {math.ceil(wait)} s."
            headers = _headers([(state, state.left(now)) for state in limited], now)
            raise RateLimitExceeded(message, retry_after=math.ceil(wait), headers=headers)
        for state in limited:
            self._full_at[state.key] = state.full_at = state.full_at + state.cost
            self._full_at.move_to_end(state.key)
        while len(self._full_at) > BUCKETS_MAX:
            self._full_at.popitem(last=False)
        return _headers([(state, state.left(now)) for state in limited], now)

    def _look(self, use: Use, kind: Kind, per_second: int, now: float) -> _Bucket:
        name = f"{use.what}-{kind}s"
        full_at = max(self._full_at.get((name, use.whose), now), now)
        return _Bucket((name, use.whose), per_second, full_at, full_at + 1 / per_second - WINDOW_SECONDS - now)


class _Bucket:
    __slots__ = ("cost", "full_at", "key", "name", "quota", "wait")

    def __init__(self, key: tuple[str, str], per_second: int, full_at: float, wait: float) -> None:
        self.key = key
        self.name = key[0]
        self.quota = per_second * WINDOW_SECONDS
        self.cost = 1 / per_second
        self.full_at = full_at
        self.wait = wait if wait > 1e-6 else 0.0  # floats: the last call of a bucket is not refused
        """Seconds until it holds one call."""

    def left(self, now: float) -> int:
        """Calls that it holds."""
        return max(0, math.floor((now + WINDOW_SECONDS - self.full_at) / self.cost + 1e-6))


def _headers(states: list[tuple[_Bucket, int]], now: float) -> tuple[Header, ...]:
    """`RateLimit-Policy` and `RateLimit`, in the form of draft-ietf-httpapi-ratelimit-headers-10."""
    if not states:
        return ()
    policies = ", ".join(f'"{state.name}";q={state.quota};w={WINDOW_SECONDS}' for state, _ in states)
    lefts = ", ".join(f'"{state.name}";r={left};t={math.ceil(state.full_at - now)}' for state, left in states)
    return (b"ratelimit-policy", policies.encode()), (b"ratelimit", lefts.encode())


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
