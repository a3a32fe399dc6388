"""Paced load: requests at a fixed rate, whether or not the answers come, timed from when each was due.

A process of its own. Each request takes a connection that is free, or a new one; so a server that falls behind is told
in the times, not hidden by callers who wait for it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from bench.load import PARTING

GRACE_SECONDS: Final = 10.0
"""How long answers may take that are still to come at the end."""


class Paced(msgspec.Struct, frozen=True):
    """What came of it, in milliseconds."""

    answers: int
    faults: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


def paced(requests: Path, port: int, seconds: int, rate: float) -> Paced:
    """So many requests a second, in another process."""
    command = [sys.executable, "-m", "bench.paced", str(requests), str(port), str(seconds), str(rate)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1], timeout=seconds + 120
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Paced)


class _Client:
    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.taken: list[float] = []
        self.faults = 0

    async def ask(self, request: bytes, due: float) -> None:
        try:
            pair = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = pair
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
        except (OSError, ValueError, asyncio.IncompleteReadError):
            self.faults += 1
            return
        self._free.append(pair)
        self.taken.append(time.perf_counter() - due)
        if not head.startswith(b"HTTP/1.1 200"):
            self.faults += 1


async def _run(requests: list[bytes], port: int, seconds: int, rate: float) -> Paced:
    client, begun = _Client(port), time.perf_counter()
    asked = []
    for number in range(int(seconds * rate)):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(client.ask(requests[number % len(requests)], due)))
    _, late = await asyncio.wait(asked, timeout=GRACE_SECONDS)
    slowest_last = sorted(client.taken) or [0.0]
    p50, p95, p99 = (slowest_last[len(slowest_last) * percent // 100] * 1e3 for percent in (50, 95, 99))
    return Paced(len(client.taken), client.faults + len(late), p50, p95, p99)


def main() -> None:
    """Replay a file of requests; the result goes to stdout as JSON."""
    path, port, seconds, rate = sys.argv[1:]
    requests = Path(path).read_bytes().split(PARTING)
    print(msgspec.json.encode(uvloop.run(_run(requests, int(port), int(seconds), float(rate)))).decode())


if __name__ == "__main__":
    main()
