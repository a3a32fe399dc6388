"""Figures: what the server counts of itself, in Prometheus' form."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from leal.api.app import Served
from leal.engine.storing import CONDITIONS_FAILED

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"
SECONDS: Final = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.0, 2.0, 4.0, 8.0)


class Figures:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        requests = Counter(
            "leal_requests", "Calls, by function and HTTP status.", ("function", "status"), registry=self._registry
        )
        seconds = Histogram(
            "leal_request_seconds", "How long calls took.", ("function",), buckets=SECONDS, registry=self._registry
        )
        self._settled = Counter("leal_upkeep_settled", "Members that upkeep settled.", registry=self._registry)
        self._lag = Gauge(
            "leal_upkeep_lag_seconds",
            "How long whoever was due longest had waited, when upkeep last looked; 0 where another server leads.",
            registry=self._registry,
        )
        self._registry.register(CONDITIONS_FAILED)
        self._requests = lru_cache(maxsize=1024)(requests.labels)
        self._seconds = lru_cache(maxsize=256)(seconds.labels)

    def served(self, served: Served) -> None:
        """Count an answered call."""
        self._requests(served.function, str(served.status)).inc()
        self._seconds(served.function).observe(served.seconds)

    def settled(self, members: int) -> None:
        """Count members that upkeep settled."""
        self._settled.inc(members)

    def lag(self, seconds: float) -> None:
        """Note how long whoever was due longest had waited."""
        self._lag.set(seconds)

    def text(self) -> bytes:
        """What a scraper reads."""
        return generate_latest(self._registry)
