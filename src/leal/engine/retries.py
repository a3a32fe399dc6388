"""Retries: which failures of a transaction are only others in its way, and what a caller is told when they stay."""

from __future__ import annotations

import asyncpg

from leal.engine.lending import Stale
from leal.errors import Unavailable

TRIES = 5
"""Times a single command is tried when others are in its way."""

RETRYABLE = (
    Stale,
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)


def busy(cause: BaseException) -> Unavailable:
    """What a caller is told when every try met somebody else."""
    failure = Unavailable("Others kept changing the same data.", "Try again.")
    failure.__cause__ = cause
    return failure
