"""Figures: what the server counts of itself, in Prometheus' form."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from leal.api.app import Served

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
        self._requests = lru_cache(maxsize=1024)(requests.labels)
        self._seconds = lru_cache(maxsize=256)(seconds.labels)

    def served(self, served: Served) -> None:
        """Count an answered call."""
        self._requests(served.function, str(served.status)).inc()
        self._seconds(served.function).observe(served.seconds)

    def text(self) -> bytes:
        """What a scraper reads."""
        return generate_latest(self._registry)
