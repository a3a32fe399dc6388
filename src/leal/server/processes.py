"""The processes of one server: a parent that holds the port and the database, its web processes, one that does large
pushes, and one for the jobs.

1. The parent opens the port, sees to the database and its schema, and forks a process for each post.
2. Who dies is replaced: at once, then after ever longer pauses while it goes on dying. One that dies before the server
   was complete once ends it all: then something is wrong that only a person can mend.
3. Who hangs is killed, and so replaced: its loop counts, and the parent sees when it no longer does.
4. At SIGTERM or SIGINT the parent closes its port and has every child end as `serving` describes; a second signal
   does not wait. A parent that vanishes takes its children along: the pipe breaks that nobody else writes to.
"""

from __future__ import annotations

import asyncio
import gc
import mmap
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, Final, NoReturn, TypeAlias

import structlog
import uvloop
from prometheus_client import Counter

from leal.api.rates import Limits
from leal.config import Settings
from leal.datasource.daily import Daily
from leal.errors import LealError, Unavailable
from leal.installation import Urls, held_database, opened, ready_schema
from leal.jobs import run as run_jobs
from leal.server.bulk import Channel
from leal.server.bulk import run as run_bulk
from leal.server.logs import configure_logs
from leal.server.scoreboard import clear, forget
from leal.server.serving import DRAIN_SECONDS, listening
from leal.server.serving import run as run_web

PAUSES_SECONDS: Final = (0, 1, 2, 4, 8, 16, 30)
"""Before a post is filled again that has been left so many times in short order."""
STEADY_SECONDS: Final = 60
"""Who worked that long did not die in short order."""
HUNG_SECONDS: Final = 60
"""How long a process at work may let nobody have a turn."""
LOOKS: Final = 4
"""How often in that time the parent looks. Looks are counted, not seconds: a machine that was stopped hung nobody."""
KILL_SECONDS: Final = DRAIN_SECONDS + 15
"""How long children may take to end."""
HEARD: Final = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGUSR1}
RESTARTS: Final = Counter(
    "leal_process_restarts", "Processes of this server that were replaced.", ("kind",), registry=None
)

Ready: TypeAlias = Callable[[], None]
Work: TypeAlias = Callable[[Ready], Coroutine[Any, Any, None]]
"""What a child does until it is told to end; it calls its argument once it is at work."""

log = structlog.get_logger("leal.processes")


class NotStarted(Unavailable):
    """A process of the server ended before the server was complete."""

    id = "server_not_started"
    sentence = "A process of the server ended as it started."


class Post:
    """A place that one process at a time fills."""

    def __init__(self, number: int, kind: str, work: Work) -> None:
        self.number = number
        self.kind = kind
        self.work = work
        self.pid = 0
        self.filled_at = 0.0
        self.left = 0
        """How often in short order."""
        self.beat = 0
        """The last that was seen of whoever fills it; 0 before it is at work."""
        self.silent = 0
        """How often in a row nothing new was seen."""

    def pause_seconds(self) -> float:
        """How long it stays empty; the clock of `filled_at` is time.monotonic."""
        self.left = 1 if time.monotonic() - self.filled_at >= STEADY_SECONDS else self.left + 1
        return PAUSES_SECONDS[min(self.left, len(PAUSES_SECONDS)) - 1]


class Parent:
    """The parent, from the first child to the last."""

    def __init__(
        self,
        listener: socket.socket,
        kinds: Iterable[tuple[str, Work]],
        ready: Ready,
        *,
        channel: Channel | None = None,
        hung_seconds: float = HUNG_SECONDS,
    ) -> None:
        self._listener = listener
        self._channel = channel
        self._posts = [Post(number, kind, work) for number, (kind, work) in enumerate(kinds)]
        self._ready = ready
        self._pid = os.getpid()
        self._beats = mmap.mmap(-1, len(self._posts))  # a byte a post, written by the child: not 0 once it is at work
        self._look_seconds = hung_seconds / LOOKS
        self._look_at = time.monotonic() + self._look_seconds
        self._lifeline, self._lifeline_end = os.pipe()
        self._empty: dict[int, float] = {}  # posts to be filled again, and when
        self._complete = False
        self._kill_at: float | None = None  # set: the server ends
        self._failed = False

    def is_at_work(self, kind: str) -> bool:
        """Whether a process of that kind is; children know it, too."""
        return any(self._beats[post.number] for post in self._posts if post.kind == kind)

    def run(self) -> None:
        """Be the parent until all children have ended. Raises NotStarted."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        gc.collect()
        gc.freeze()  # what the children share with the parent stays untouched
        try:
            for post in self._posts:
                self._fill(post)
            while any(post.pid for post in self._posts) or self._kill_at is None:
                self._hear(signal.sigtimedwait(HEARD, self._patience_seconds()))
        finally:
            gc.unfreeze()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            os.close(self._lifeline)
            os.close(self._lifeline_end)
        if self._failed:
            raise NotStarted("A process of the server ended as it started; the log above says why.")

    def _patience_seconds(self) -> float:
        until = min([self._look_at, *self._empty.values(), *([self._kill_at] if self._kill_at else [])])
        return max(0.0, until - time.monotonic())

    def _hear(self, heard: signal.struct_siginfo | None) -> None:
        if heard is not None and heard.si_signo in (signal.SIGTERM, signal.SIGINT):
            self._end()
        self._reap()
        if not self._complete and all(self._beats):
            self._complete = True
            self._ready()
        now = time.monotonic()
        for number, at in list(self._empty.items()):
            if now >= at:
                del self._empty[number]
                RESTARTS.labels(self._posts[number].kind).inc()
                self._fill(self._posts[number])
        if now >= self._look_at:
            self._look_at = now + self._look_seconds
            self._look()
        if self._kill_at is not None and now >= self._kill_at:
            self._tell(signal.SIGKILL)

    def _reap(self) -> None:
        for post in self._posts:
            if not post.pid:
                continue
            pid, status = os.waitpid(post.pid, os.WNOHANG)
            if not pid:
                continue
            forget(pid)
            post.pid = 0
            self._beats[post.number] = 0
            if self._kill_at is not None:
                continue
            if not self._complete:
                self._failed = True
                self._end()
                continue
            pause_seconds = post.pause_seconds()
            self._empty[post.number] = time.monotonic() + pause_seconds
            code = os.waitstatus_to_exitcode(status)
            log.error("a process died", kind=post.kind, pid=pid, code=code, next_in_seconds=pause_seconds)

    def _look(self) -> None:
        """Kill whoever hangs; while the server ends, `_kill_at` sees to that."""
        for post in self._posts:
            beat = self._beats[post.number]
            post.silent = post.silent + 1 if post.pid and beat and beat == post.beat else 0
            post.beat = beat
            if post.silent == LOOKS and self._kill_at is None:
                log.error("a process hangs", kind=post.kind, pid=post.pid)
                os.kill(post.pid, signal.SIGKILL)

    def _end(self) -> None:
        """Have every child end; told again, they do not wait."""
        self._listener.close()
        if self._channel is not None:
            self._channel.close()  # its other side ends when nobody holds this one any more
        self._empty.clear()
        self._kill_at = self._kill_at or time.monotonic() + KILL_SECONDS
        self._tell(signal.SIGTERM)

    def _tell(self, number: signal.Signals) -> None:
        for post in self._posts:
            if post.pid:
                os.kill(post.pid, number)

    def _fill(self, post: Post) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        post.filled_at = time.monotonic()
        post.pid = os.fork()
        if not post.pid:
            self._be(post)

    def _be(self, post: Post) -> NoReturn:
        """Do the work of a post, in a process of its own."""
        code = 1
        try:
            os.close(self._lifeline_end)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C reaches everybody; the parent answers it
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD - {signal.SIGTERM})  # which the work itself unblocks
            uvloop.run(self._work(post))
            code = 0
        except LealError as fault:
            log.error("a process cannot work", kind=post.kind, reason=fault.message, help=getattr(fault, "remedy", ""))
        except BaseException:
            log.exception("a process failed", kind=post.kind)
        finally:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    async def _work(self, post: Post) -> None:
        def ready() -> None:
            beat()
            if os.getppid() == self._pid:
                os.kill(self._pid, signal.SIGUSR1)

        def orphaned() -> None:
            loop.remove_reader(self._lifeline)
            clear()
            os.kill(os.getpid(), signal.SIGTERM)

        def beat() -> None:
            self._beats[post.number] = self._beats[post.number] % 255 + 1
            loop.call_later(self._look_seconds / 2, beat)

        loop = asyncio.get_running_loop()
        loop.add_reader(self._lifeline, orphaned)
        await post.work(ready)


def serve(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    ready: Ready = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what has begun; `ready` is called once all processes are at work.

    Raises PortTaken, UnknownSchema, Unavailable, NotStarted.
    """
    configure_logs(settings.log_level)
    settings.key()  # made, or found wanting, before there are children
    with listening(host or settings.host, port or settings.port) as listener, held_database(settings) as urls:
        asyncio.run(ready_schema(urls))
        channel = Channel()
        kinds: list[tuple[str, Work]] = [("web", _web(urls, settings, listener, channel))] * (
            workers or settings.workers
        )
        kinds.append(("bulk", _bulk(urls, settings, listener, channel)))
        if settings.upkeep_seconds or settings.push_seconds:
            kinds.append(("jobs", _jobs(urls, settings, listener, channel)))
        parent = Parent(listener, kinds, ready, channel=channel)
        channel.attended = partial(parent.is_at_work, "bulk")
        parent.run()


def _web(urls: Urls, settings: Settings, listener: socket.socket, channel: Channel) -> Work:
    async def work(ready: Ready) -> None:
        channel.close_back()
        async with opened(urls, settings) as all_of_it:
            await run_web(
                all_of_it.engine,
                urls.app,
                listener,
                ready,
                trusted_proxies=settings.trusted_proxies,
                public_url=settings.public_url,
                limits=Limits(**{name: getattr(settings, f"rate_{name}") for name in Limits.__struct_fields__}),
                delegate=channel.delegate,
            )

    return work


def _bulk(urls: Urls, settings: Settings, listener: socket.socket, channel: Channel) -> Work:
    async def work(ready: Ready) -> None:
        listener.close()
        channel.close_front()
        async with opened(urls, settings) as all_of_it:
            await run_bulk(all_of_it.engine, channel, ready)

    return work


def _jobs(urls: Urls, settings: Settings, listener: socket.socket, channel: Channel) -> Work:
    async def work(ready: Ready) -> None:
        listener.close()
        channel.close()
        async with opened(urls, settings) as all_of_it:
            engine, folder = all_of_it.engine, settings.feed_folder
            await run_jobs(
                engine,
                ready,
                upkeep_seconds=settings.upkeep_seconds,
                push_seconds=settings.push_seconds,
                push_private=settings.push_private,
                daily=None if folder is None else Daily(engine, folder, settings.feed_hour),
            )

    return work
