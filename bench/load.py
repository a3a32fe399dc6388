"""The load: a file of prepared requests, replayed over many connections by a process of its own.

The process is wrk where it is installed, else this module's client. The file holds whole HTTP requests, parted by the
byte 30. They are taken in turn, from the beginning again after the last; ten `#`, wherever they stand in one, become
its running number.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, cast

import msgspec
import uvloop

CONNECTIONS: Final = 32
PARTING: Final = b"\x1e"
NUMBER: Final = b"#" * 10
"""Stands for ten digits, so that a request's length does not change."""

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


class Load(msgspec.Struct, frozen=True):
    """What came of it. `faults`: answers that were no success, and broken connections."""

    answers: int
    seconds: float
    faults: int
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def post(path: str, token: str, body: bytes) -> bytes:
    """One request for the file."""
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    head += f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def write_requests(path: Path, requests: Iterable[bytes]) -> None:
    """Prepare the file."""
    path.write_bytes(PARTING.join(requests))


def generator() -> str:
    """What puts the load on: `wrk` or `own`."""
    return "wrk" if shutil.which("wrk") else "own"


def drive(requests: Path, port: int, seconds: int, *, first: int, connections: int = CONNECTIONS) -> Load:
    """Put load on the port of this machine, numbering from `first` on; in another process, which is waited for."""
    if generator() == "wrk":
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "20s",
            "-s",
            str(Path(__file__).with_suffix(".lua")),
        ]
        command += [f"http://127.0.0.1:{port}", "--", str(requests), str(first)]
    else:
        command = [sys.executable, "-m", "bench.load", str(requests), str(port), str(seconds), str(first)]
        command += [str(connections)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1], timeout=seconds + 60
    )
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Load)


class _Client:
    """What the connections share: the requests, and the counts."""

    def __init__(self, requests: list[bytes], first: int) -> None:
        self.requests = _numbered(requests, first)
        self.stopped = False
        self.faults = 0
        self.taken_ns: list[int] = []


def _numbered(requests: list[bytes], first: int) -> Iterator[bytes]:
    for number in itertools.count(first + 1):
        yield requests[number % len(requests)].replace(NUMBER, b"%010d" % number)


class _Connection(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is there."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        self._answer = b""
        self._wanted = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent
        self._send()

    def _send(self) -> None:
        self._answer, self._wanted = b"", 0
        self._sent_ns = time.perf_counter_ns()
        self._transport.write(next(self._client.requests))

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._wanted:
            head, found, _ = self._answer.partition(_HEAD_END)
            if not found:
                return
            length = head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0]
            self._wanted = len(head) + len(_HEAD_END) + int(length or 0)  # 204 has no body, and no length
        if len(self._answer) < self._wanted or self._client.stopped:
            return
        self._client.taken_ns.append(time.perf_counter_ns() - self._sent_ns)
        if not self._answer.startswith(b"HTTP/1.1 2"):
            self._client.faults += 1
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._client.stopped:
            self._client.faults += 1


async def _replay(requests: list[bytes], port: int, seconds: int, first: int, connections: int) -> Load:
    client = _Client(requests, first)
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(client), "127.0.0.1", port)
    await asyncio.sleep(began + seconds - time.perf_counter())
    client.stopped = True
    took = time.perf_counter() - began
    slowest_last = sorted(client.taken_ns) or [0]
    p50, p99 = (slowest_last[len(slowest_last) * percent // 100] / 1e6 for percent in (50, 99))
    return Load(len(client.taken_ns), took, client.faults, p50, p99)


def main() -> None:
    """Replay a file of requests; the result goes to stdout as JSON."""
    path, port, seconds, first, connections = sys.argv[1:]
    requests = Path(path).read_bytes().split(PARTING)
    load = uvloop.run(_replay(requests, *map(int, (port, seconds, first, connections))))
    print(msgspec.json.encode(load).decode())


if __name__ == "__main__":
    main()
