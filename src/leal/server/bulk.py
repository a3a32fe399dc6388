"""Bulk: the process of a server that does large pushes, and the channel by which web processes have them done.

The parent makes the channel before it forks: a pair of sockets without a name, which nobody but its children can reach.

1. A web process writes what is to be done into a file without a name, and sends this and one of two sockets of its own
   through the channel.
2. The bulk process reads the file when it has a place for it, says that it begins, does it, answers and hangs up. It
   goes on to the end, too, where the web process that asked has died.
3. If it hangs up, or dies, before it has begun, nothing is done, and the web process does it itself, as it does where
   nobody is at work on the other side.
4. If it dies later, nobody knows what was stored: the caller gets 503, and may push it again.
5. It ends when nobody is left who could send anything: after SIGTERM the web processes go first, each with its last
   answer. A second SIGTERM does not wait for them, but for what has begun.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from leal.api.app import Api
from leal.api.delegating import Task, Told
from leal.api.figures import Figures
from leal.api.http import Answer
from leal.api.rates import Limits, Rates
from leal.engine.engine import Engine
from leal.errors import Unavailable
from leal.server.pace import Pace, counts_of_this_thread

AT_ONCE: Final = 16
"""Pushes that are read and under way; the others wait, unread."""
NICENESS: Final = 10
"""Of the process: short calls go first where processors are scarce."""
BEGUN: Final = b"\1"
"""Sent before anything is done."""
PIECE_BYTES: Final = 64 * 1024


class Channel:
    """From the web processes of one server to its bulk process."""

    def __init__(self) -> None:
        self._front, self._back = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._front.setblocking(False)
        self._back.setblocking(False)
        self.attended: Callable[[], bool] = lambda: False
        """Whether somebody is at work at its back."""

    def close_front(self) -> None:
        """Send nothing any more."""
        self._front.close()

    def close_back(self) -> None:
        """Receive nothing."""
        self._back.close()

    def close(self) -> None:
        """Have no part in it."""
        self.close_front()
        self.close_back()

    async def delegate(self, task: Task) -> Answer | None:
        """Have it done on the other side; None: nothing of it was begun. Raises Unavailable."""
        if not self.attended():
            return None
        try:
            here = self._send(msgspec.msgpack.encode(task))
        except OSError:  # too much waits already, or there is no room for more files
            return None
        with here:
            answered = await _received(here)
        if not answered:
            return None
        try:
            told = msgspec.msgpack.decode(answered[len(BEGUN) :], type=Told)
        except msgspec.DecodeError:
            raise Unavailable("The process that did a push ended.", "Push it again.") from None
        return Answer(told.status, told.body, told.content_type, told.headers)

    def _send(self, data: bytes) -> socket.socket:
        """Pass something on; gives the socket on which it is answered. Raises OSError."""
        here, there = socket.socketpair()
        with there:
            try:
                with os.fdopen(os.memfd_create("leal-push"), "wb") as file:
                    file.write(data)
                    file.flush()
                    socket.send_fds(self._front, [b"\0"], [file.fileno(), there.fileno()])
            except BaseException:
                here.close()
                raise
        here.setblocking(False)
        return here

    def receive(self) -> tuple[int, socket.socket] | None:
        """What was sent: a file, and the socket on which it is to be answered; None where nobody can send any more.

        Raises BlockingIOError when nothing waits, OSError when there is no room for more files.
        """
        sent, received, _, _ = socket.recv_fds(self._back, 1, 2)
        if not sent:
            return None
        if len(received) != 2:
            for one in received:
                os.close(one)
            raise OSError("too many open files")
        there = socket.socket(fileno=received[1])
        there.setblocking(False)
        return received[0], there

    def fileno(self) -> int:
        """What to wait at for `receive`."""
        return self._back.fileno()


async def _received(here: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    loop = asyncio.get_running_loop()
    pieces = []
    with suppress(ConnectionError):
        while piece := await loop.sock_recv(here, PIECE_BYTES):
            pieces.append(piece)
    return b"".join(pieces)


class Bulk:
    """The other side."""

    def __init__(self, api: Api, channel: Channel) -> None:
        self._api = api
        self._channel = channel
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._told_to_end = False

    async def run(self, ready: Callable[[], None]) -> None:
        """Do what comes, until nothing can come any more, or a second SIGTERM."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._channel.fileno(), self._receive)
        loop.add_signal_handler(signal.SIGTERM, self._asked_to_end)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        ready()
        await self._ended.wait()
        loop.remove_reader(self._channel.fileno())
        self._channel.close_back()
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _asked_to_end(self) -> None:
        if self._told_to_end:
            self._ended.set()
        self._told_to_end = True

    def _receive(self) -> None:
        try:
            received = self._channel.receive()
        except OSError:  # it was for nobody; or whoever sent it sees that its socket was closed
            return
        if received is None:
            self._ended.set()
            asyncio.get_running_loop().remove_reader(self._channel.fileno())
            return
        task = asyncio.create_task(self._do(*received))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _do(self, file: int, there: socket.socket) -> None:
        with os.fdopen(file, "rb", buffering=0) as wish, there:
            async with self._places:
                wish.seek(0)
                task = msgspec.msgpack.decode(wish.read(), type=Task)
                wish.close()
                try:
                    there.send(BEGUN)
                except OSError:
                    return  # whoever asked has died, and nothing was begun
                answer = await self._api.perform(task)
            told = Told(answer.status, answer.body, answer.content_type, answer.headers)
            with suppress(OSError):
                await asyncio.get_running_loop().sock_sendall(there, msgspec.msgpack.encode(told))


async def run(engine: Engine, channel: Channel, ready: Callable[[], None]) -> None:
    """Be the bulk process until all web processes have ended."""
    os.nice(NICENESS)
    engine.spare_others(Pace(counts_of_this_thread()).rest_seconds)
    Figures().at_work("bulk")
    api = Api(engine, lambda served: None, Rates(Limits()))
    try:
        await Bulk(api, channel).run(ready)
    finally:
        await api.close()
