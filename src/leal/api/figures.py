"""Figures: what the server counts of itself, in Prometheus' form."""

from __future__ import annotations

import asyncio
import struct
import time
from bisect import bisect_left
from collections import Counter as Tally
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from leal.api.door import Served
from leal.engine.storing import CONDITIONS_FAILED
from leal.server.scoreboard import shared_folder

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"
SECONDS: Final = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.0, 2.0, 4.0, 8.0)


COUNTED_WITHIN_SECONDS: Final = 0.1
"""How late an answered call may be counted: to count a hundred at once takes little longer than one."""
READ_TRIES: Final = 20
"""How often the scoreboard is read anew that was met while a process began to write into it."""
READ_PAUSE_SECONDS: Final = 0.01
"""Between two of these tries."""

T = TypeVar("T")


class Figures:
    """The counters of one process; where processes count together, `text` tells those of all."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        requests = Counter(
            "leal_requests", "Calls, by function and HTTP status.", ("function", "status"), registry=self._registry
        )
        seconds = _Durations(
            "leal_request_seconds", "How long calls took.", ("function",), buckets=SECONDS, registry=self._registry
        )
        self._settled = Counter("leal_upkeep_settled", "Members that upkeep settled.", registry=self._registry)
        self._lag = Gauge(
            "leal_upkeep_lag_seconds",
            "How long whoever was due longest had waited, when upkeep last looked; 0 where another server leads.",
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._open_write = Gauge(
            "leal_feed_lag_seconds",
            "How long the oldest writing transaction has been open, whose changes the feed cannot tell yet.",
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._pushed = Counter(
            "leal_pushed", "Records, and ids that are gone, that destinations took.", registry=self._registry
        )
        self._push_failed = Counter(
            "leal_push_failed", "Tries to push that destinations did not answer well.", registry=self._registry
        )
        self._content = Counter(
            "leal_content", "Content blocks, by form and what came of it.", ("function", "outcome"),
            registry=self._registry,
        )  # fmt: skip
        self._content_lost = Counter(
            "leal_content_lost", "Impressions and clicks that could not be stored.", registry=self._registry
        )
        self._processes = Gauge(
            "leal_processes",
            "Processes of this server that are at work.",
            ("kind",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._registry.register(CONDITIONS_FAILED)
        self._requests = lru_cache(maxsize=1024)(requests.labels)
        self._seconds = lru_cache(maxsize=256)(seconds.labels)
        self._served: deque[Served] = deque()
        """Answered calls that are not counted yet; others' threads may take from it."""
        self._blocks: deque[tuple[str, str]] = deque()
        """Content blocks that are not counted yet, each with what became of it."""

    def served(self, served: Served) -> None:
        """Count an answered call, with those that are answered soon after it."""
        if not self._served:
            asyncio.get_running_loop().call_later(COUNTED_WITHIN_SECONDS, self.count)
        self._served.append(served)

    def content(self, function: str, outcome: str) -> None:
        """Count a content block that was asked for, and what became of it, with the call that asked, which is
        answered next."""
        self._blocks.append((function, outcome))

    def count(self) -> None:
        """Count the calls that were answered until now."""
        calls: Tally[tuple[str, int]] = Tally()
        took: dict[str, list[float]] = {}
        for one in _taken(self._served):
            calls[one.function, one.status] += 1
            took.setdefault(one.function, []).append(one.seconds)
        for (function, outcome), times in Tally(_taken(self._blocks)).items():
            self._content.labels(function, outcome).inc(times)
        for (function, status), times in calls.items():
            self._requests(function, str(status)).inc(times)
        for function, seconds in took.items():
            self._seconds(function).observe_all(seconds)

    def settled(self, members: int) -> None:
        """Count members that upkeep settled."""
        self._settled.inc(members)

    def lag(self, seconds: float) -> None:
        """Note how long whoever was due longest had waited."""
        self._lag.set(seconds)

    def open_write(self, seconds: float) -> None:
        """Note how long the oldest writing transaction has been open."""
        self._open_write.set(seconds)

    def pushed(self, records: int) -> None:
        """Count what a destination took."""
        self._pushed.inc(records)

    def push_failed(self) -> None:
        """Count a try that failed."""
        self._push_failed.inc()

    def content_lost(self, count: int) -> None:
        """Count impressions and clicks that are not stored any more."""
        self._content_lost.inc(count)

    def at_work(self, kind: str) -> None:
        """Note that this process works, as one of a kind."""
        self._processes.labels(kind).set(1)

    def text(self) -> bytes:
        """What a scraper reads. It may wait for a process that begins to count: call it beside the event loop."""
        self.count()
        folder = shared_folder()
        if folder is None:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, folder)  # type: ignore[no-untyped-call]
        for left in reversed(range(READ_TRIES)):
            try:
                return generate_latest(together)
            except (struct.error, ValueError):  # a file that another process is just making
                if not left:
                    raise
                time.sleep(READ_PAUSE_SECONDS)
        raise AssertionError("unreachable")


def _taken(waiting: deque[T]) -> Iterator[T]:
    """All that waits, which then waits no more; other threads may take some of it meanwhile."""
    with suppress(IndexError):
        while True:
            yield waiting.popleft()


class _Durations(Histogram):
    """A histogram that takes many at once."""

    def observe_all(self, seconds: list[float]) -> None:
        """Observe them all: as many writes as there are buckets that they fall into, and one."""
        self._sum.inc(sum(seconds))
        for place, times in Tally(bisect_left(self._upper_bounds, one) for one in seconds).items():
            self._buckets[place].inc(times)
