"""A crew: processes beside this one that store an import's parts, for one alone keeps only one processor busy.

Each runs this module as its program. It is told of the installation, then of parts, and tells of each what was refused,
in frames: four bytes of length, then MessagePack. It ends when nobody tells it anything any more.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any, Final, TypeVar

import msgspec
import uvloop

from leal.config import Settings
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.errors import LealError, Problem, Unavailable
from leal.exchange.storing import ImportKind, store
from leal.installation import Urls, opened

END_SECONDS: Final = 60
"""How long one may take to end once it is told to."""
_SIZE: Final = struct.Struct(">I")
T = TypeVar("T")


class Task(msgspec.Struct, frozen=True):
    """Where the parts of an import go."""

    urls: Urls
    settings: Settings
    shop: str
    kind: ImportKind


class Told(msgspec.Struct, frozen=True):
    """What became of a part: of each row what was refused; or why all of it failed."""

    problems: list[list[Problem]] = []
    failure: str = ""
    remedy: str = ""


class Hand:
    """One process of a crew."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def store(self, rows: Sequence[bytes]) -> list[list[Problem]]:
        """Have a part stored; gives what was refused of each row. Raises Unavailable."""
        with suppress(Unavailable):  # one that has ended may have told why
            await self.tell(rows)
        told = await self._answer()
        if told.failure:
            raise Unavailable(told.failure, told.remedy)
        return told.problems

    async def tell(self, value: object) -> None:
        """Send a frame."""
        stdin = self._process.stdin
        assert stdin is not None
        data = _packed(value)
        try:
            stdin.write(_SIZE.pack(len(data)) + data)
            await stdin.drain()
        except ConnectionError:
            raise _ended() from None

    async def _answer(self) -> Told:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            size = _SIZE.unpack(await stdout.readexactly(_SIZE.size))[0]
            return msgspec.msgpack.decode(await stdout.readexactly(size), type=Told)
        except asyncio.IncompleteReadError:
            raise _ended() from None

    async def end(self) -> None:
        """Let it go; one that does not go by itself is killed."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        try:  # an answer that nobody waits for any more is read all the same: to write it would hold the process up
            await asyncio.wait_for(self._process.communicate(), END_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def _ended() -> Unavailable:
    return Unavailable("A process that stored a part of the import ended.", "Call it again: it goes on where it was.")


@asynccontextmanager
async def crew(urls: Urls, settings: Settings, shop: str, kind: ImportKind, size: int) -> AsyncIterator[list[Hand]]:
    """So many processes, inside the block."""
    task = Task(Urls(urls.app, urls.app), msgspec.structs.replace(settings, home=settings.home.absolute()), shop, kind)
    async with AsyncExitStack() as stack:
        hands = []
        for _ in range(size):
            # In a session of its own: a terminal's Ctrl-C is answered by whoever began the import, and by nobody else.
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE, start_new_session=True
            )
            hands.append(Hand(process))
            stack.push_async_callback(hands[-1].end)
        for hand in hands:
            await hand.tell(task)
        yield hands


# ---------------------------------------------------------------------------------------------- the process itself


async def _work(given: IO[bytes], answers: IO[bytes]) -> None:
    task = await asyncio.to_thread(_read, given, Task)
    if task is None:
        return
    try:
        async with opened(task.urls, task.settings) as all_of_it:
            shop = await all_of_it.engine.shop(task.shop)
            while (rows := await asyncio.to_thread(_read, given, list[bytes])) is not None:
                _tell(answers, await _stored(all_of_it.engine, shop, task.kind, rows))
    except LealError as failure:
        _tell(answers, _failed(failure))


async def _stored(engine: Engine, shop: Shop, kind: ImportKind, rows: list[bytes]) -> Told:
    try:
        return Told([answer.problems for answer in await store(engine, shop, kind, rows)])
    except LealError as failure:
        return _failed(failure)


def _failed(failure: LealError) -> Told:
    return Told(failure=failure.message, remedy=getattr(failure, "remedy", ""))


def _tell(answers: IO[bytes], told: Told) -> None:
    data = _packed(told)
    answers.write(_SIZE.pack(len(data)) + data)
    answers.flush()


def _read(given: IO[bytes], type_: type[T]) -> T | None:
    """The next frame; None at the end, also where that comes in the middle of a frame."""
    head = given.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    size = _SIZE.unpack(head)[0]
    data = given.read(size)
    return None if len(data) < size else msgspec.msgpack.decode(data, type=type_, dec_hook=_path)


def _packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=str)


def _path(type_: type, value: Any) -> Any:
    if type_ is Path:
        return Path(value)
    raise NotImplementedError(f"{type_.__name__} is in no frame")


def main() -> None:
    """Be one process of a crew."""
    with suppress(BrokenPipeError), os.fdopen(os.dup(1), "wb") as answers:  # who began the import may be gone
        os.dup2(2, 1)  # whatever is printed is no frame
        uvloop.run(_work(sys.stdin.buffer, answers))


if __name__ == "__main__":
    main()
