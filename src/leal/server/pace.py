"""Pace: how long the bulk process rests after each piece of its work, so that short calls find a processor free.

A lower priority alone does not see to that: whoever wakes while all processors are kept busy waits on one of them, by
whomever the others are kept busy; and PostgreSQL does not know for whom a statement is.

1. Linux counts how long a thread ran, and how long it was ready to run and waited for a processor.
2. If it waited for more than the share `SCARCE` of the time that it ran lately, others need processors, too. Then each
   piece is followed by a rest `REST` times as long, during which this process asks nothing of anybody.
3. Pushes always go on: four fifths of the time that they have a processor for stay theirs, and who waits `STARVED`
   times as long as it runs has given way enough by its priority, and does not rest. Nor does it while nobody else needs
   the processors, or where Linux does not tell.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, TypeAlias

Counts: TypeAlias = Callable[[], tuple[float, float]]
"""Gives for how many seconds a thread ran so far, and for how many it waited for a processor."""

COUNTED: Final = "/proc/thread-self/schedstat"
"""Both in nanoseconds; then how often it ran."""
SCARCE: Final = 0.25
"""By itself it waits for 0.02 to 0.06, for 0.6 to 0.9 beside single calls on two cores that these keep busy."""
STARVED: Final = 3.0
REST: Final = 0.25
"""With 0.5 and 1 single calls wait a little less, and a fifth and two fifths fewer orders are pushed."""
LATELY_SECONDS: Final = 0.2
"""Of running: what lies back so far counts half."""
LONGEST_SECONDS: Final = 0.02
"""Of a rest: in hours without a push some little work adds up, which was no piece."""


class Pace:
    """The pace of one thread."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._ran, self._waited = counts()
        self._lately_ran = self._lately_waited = 0.0

    def rest_seconds(self) -> float:
        """How long to rest after the piece that ends now."""
        ran, waited = self._counts()
        worked = ran - self._ran
        kept = 0.5 ** (worked / LATELY_SECONDS)
        self._lately_ran = self._lately_ran * kept + worked
        self._lately_waited = self._lately_waited * kept + waited - self._waited
        self._ran, self._waited = ran, waited
        if SCARCE * self._lately_ran < self._lately_waited < STARVED * self._lately_ran:
            return min(REST * worked, LONGEST_SECONDS)
        return 0.0


def counts_of_this_thread() -> Counts:
    """Those of the thread that calls this; they stay 0 where Linux does not tell."""
    try:
        file = os.open(COUNTED, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return lambda: (0.0, 0.0)

    def read() -> tuple[float, float]:
        ran_ns, waited_ns, _ = map(int, os.pread(file, 100, 0).split())
        return ran_ns / 1e9, waited_ns / 1e9

    return read
