"""Sorting: more rows than memory holds, in runs on the disk that are merged."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

import msgspec

RUN_BYTES: Final = 64 * 1024 * 1024
"""Bytes of rows kept in memory."""


class Sortable(NamedTuple):
    """A row and its place: first by whom, then by when, then by its line."""

    who: str
    at: int
    line: int
    told: bytes


class Sorter:
    """Rows, given in any order and had back in order; what does not fit into memory lies in temporary files."""

    def __init__(self, run_bytes: int = RUN_BYTES) -> None:
        self._run_bytes = run_bytes
        self._held: list[Sortable] = []
        self._bytes = 0
        self._runs: list[IO[bytes]] = []
        self.count = 0

    def add(self, row: Sortable) -> None:
        """Take in a row."""
        self._held.append(row)
        self._bytes += len(row.told) + 200
        self.count += 1
        if self._bytes > self._run_bytes:
            self._spill()

    def rows(self) -> Iterator[Sortable]:
        """All rows in order; once."""
        self._held.sort()
        yield from heapq.merge(self._held, *(_read(run) for run in self._runs))

    def close(self) -> None:
        """Let the temporary files go."""
        for run in self._runs:
            run.close()

    def _spill(self) -> None:
        self._held.sort()
        run = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the sorter
        encoder = msgspec.msgpack.Encoder()
        for row in self._held:
            data = encoder.encode(row)
            run.write(len(data).to_bytes(4, "big") + data)
        run.seek(0)
        self._runs.append(run)
        self._held, self._bytes = [], 0


def _read(run: IO[bytes]) -> Iterator[Sortable]:
    decoder = msgspec.msgpack.Decoder(Sortable)
    while size := run.read(4):
        yield decoder.decode(run.read(int.from_bytes(size, "big")))
