"""When a call of another server is tried again, and how long that waits."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

AGAIN: Final = frozenset({408, 425, 429})
FIRST_SECONDS: Final = 1.0
"""The longest pause before the second try; twice as long before each further one."""
LONGEST_SECONDS: Final = 300.0
TOLD_SECONDS_MAX: Final = 3600.0
"""Whoever asks for a longer pause is asked again after this one."""


def is_passing(status: int) -> bool:
    """Whether what a status says may pass by itself."""
    return status in AGAIN or status >= 500


def pause_seconds(failures: int, retry_after: str | None, now_seconds: float, chance: float) -> float:
    """How long to wait after so many failures in a row, at the least as long as the server asks.

    `chance` from 0 to 1 spreads those who wait; half of the pause is certain.
    """
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures - 1, 20))
    own = longest * (0.5 + chance / 2)
    return max(own, min(_told_seconds(retry_after, now_seconds), TOLD_SECONDS_MAX))


def _told_seconds(retry_after: str | None, now_seconds: float) -> float:
    """The header `Retry-After`: seconds, or a date; 0 where it says nothing."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return 0.0
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now_seconds)
