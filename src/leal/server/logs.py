"""Logs: lines on stderr that carry what happened and never whom it happened to.

Everything the program logs goes through here, that of its libraries as well. Of an exception its kind and its place are
told, not its words: a database's message may quote the row that it is about.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from typing import Any, Final

import structlog

_TOKEN: Final = re.compile(r"\beyJ[\w-]*\.[\w-]*\.[\w-]*|\bleal_[a-z]+_\w+|(?i:\bbearer )\S+|\bauth=[^&\s]+")
"""JWTs, opaque keys, and whatever stands where a token does."""
TOLD_FRAMES: Final = 20
"""Places told of one exception, the innermost."""


def configure_logs(level: str) -> None:
    """Log on stderr from here on: lines for people on a terminal, JSON elsewhere."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words,
        _without_tokens,
    ]
    people = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, logging.getLevelName(level.upper())), force=True)


class _Lines(structlog.WriteLogger):
    """Lines on stderr, each in one piece, for several processes share it. Where it takes none, as on a full disk, they
    are lost: nothing fails because it could not be told."""

    def __init__(self, *_: Any) -> None:
        super().__init__(sys.stderr)

    def msg(self, message: str) -> None:
        """Write a line."""
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warning = warn = error = critical = exception = fatal = failure = err = msg


def _without_words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put kinds and places in the room of an exception."""
    given = event.pop("exc_info", None)
    fault = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if given is True:
        fault = sys.exc_info()[1]
    if fault is not None:
        event["exception"] = [_told(one) for one in _chain(fault)]
    return event


def _without_tokens(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Nobody hands tokens to the log; were one in a text all the same, it is not written."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _TOKEN.sub("(not logged)", value)
    return event


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """The fault and what it came from, the outermost first."""
    seen: set[int] = set()
    one: BaseException | None = fault
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _told(fault: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(fault.__traceback__)[-TOLD_FRAMES:]
    told: dict[str, Any] = {
        "kind": type(fault).__qualname__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(code := getattr(fault, "sqlstate", None), str):
        told["sqlstate"] = code
    return told
