"""Trusting: what was read a moment ago is taken as it is, and those who ask when it is too old share one reading.

Without that, each second's first calls, which come together, would each ask the database for their shop and their key.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)
Found = TypeVar("Found")


class Trusted(Generic[Name, Found]):
    """What is known by its names in one process."""

    def __init__(self, read: Callable[[Name], Coroutine[Any, Any, Found]], *, seconds: float, most: int) -> None:
        """What `read` gives is trusted for so long; so many names are kept in mind at the most."""
        self._read = read
        self._seconds = seconds
        self._most = most
        self._known: dict[Name, tuple[float, Found]] = {}
        self._readings: dict[Name, asyncio.Task[Found]] = {}

    async def get(self, name: Name) -> Found:
        """What is under the name. Raises what the reading raises, which is not trusted."""
        known = self._known.get(name)
        if known is not None and time.monotonic() - known[0] < self._seconds:
            return known[1]
        reading = self._readings.get(name)
        if reading is None:
            reading = self._readings[name] = asyncio.create_task(self._read(name))
            reading.add_done_callback(lambda done: self._note(name, done, time.monotonic()))
        return await asyncio.shield(reading)  # it is others', too

    def forget(self, name: Name | None = None) -> None:
        """Let whoever asks from now on read the name anew, or every name."""
        for held in (self._known, self._readings):
            if name is None:
                held.clear()
            else:
                held.pop(name, None)

    def _note(self, name: Name, reading: asyncio.Task[Found], at: float) -> None:
        failed = reading.cancelled() or reading.exception() is not None
        if self._readings.get(name) is not reading:  # forgotten since it began
            return
        del self._readings[name]
        if failed:
            return
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[name] = at, reading.result()
