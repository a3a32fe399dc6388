"""Files: read whether they are compressed or not, and written whole or not at all."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

import zstandard

from leal.errors import InvalidInput, Problem

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
STDIO: Final = "-"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says when no more can be written; other failures to write are somebody else's, such as a pipe's."""


class Source(io.RawIOBase):
    """The bytes of a file or of stdin as they lie there, digested on the way and counted."""

    def __init__(self, raw: IO[bytes], size: int) -> None:
        self._raw = raw
        self.size = size
        """0: not known."""
        self.read_bytes = 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what comes next."""
        got = self._raw.read(len(buffer))
        buffer[: len(got)] = got
        self.read_bytes += len(got)
        self.digest.update(got)
        return len(got)


@contextmanager
def reading(path: str) -> Iterator[tuple[Source, IO[bytes]]]:
    """A file, or stdin for `-`: what it holds as it lies there, and decompressed. Raises InvalidInput."""
    try:
        raw = sys.stdin.buffer if path == STDIO else Path(path).open("rb")  # noqa: SIM115  closed below
    except OSError as fault:
        right = "a file that can be read, or - for stdin"
        raise InvalidInput([Problem(path, "unreadable_file", f"{fault.strerror}.", right)]) from fault
    try:
        source = Source(raw, 0 if path == STDIO else os.fstat(raw.fileno()).st_size)
        buffered = io.BufferedReader(source, 1 << 20)
        begin = buffered.peek(4)[:4]
        plain: IO[bytes] = buffered
        if begin.startswith(GZIP):
            plain = cast("IO[bytes]", gzip.GzipFile(fileobj=buffered))
        elif begin.startswith(ZSTD):
            reader = zstandard.ZstdDecompressor().stream_reader(buffered, read_across_frames=True)
            plain = cast("IO[bytes]", io.BufferedReader(cast("io.RawIOBase", reader), 1 << 20))
        try:
            yield source, plain
        except (EOFError, gzip.BadGzipFile, zstandard.ZstdError) as fault:
            message = "The compressed file is damaged, or cut short."
            raise InvalidInput([Problem(path, "unreadable_file", message, "the whole file")]) from fault
    finally:
        if path != STDIO:
            raw.close()


@contextmanager
def writing(path: str) -> Iterator[IO[bytes]]:
    """A file that appears under its name once it is whole and on the disk; `-` is stdout.

    A new one is its owner's alone, for it tells of people; one that was there keeps its mode. What is no file, such as
    a pipe or /dev/null, is written into. A name that ends in `.gz` or `.zst` is compressed. Raises InvalidInput where
    it cannot be written.
    """
    try:
        with _stdout() if path == STDIO else _file(path) as plain:
            yield plain
    except OSError as fault:
        if fault.errno not in _FULL:
            raise
        raise InvalidInput([Problem(path, "unreadable_file", f"{fault.strerror}.", "a place with room")]) from fault


@contextmanager
def _stdout() -> Iterator[IO[bytes]]:
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except OSError:  # what is left of it is not tried again at the end of the process
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


@contextmanager
def _file(path: str) -> Iterator[IO[bytes]]:
    target = Path(os.path.realpath(path))
    unfinished: Path | None = None
    try:
        if path.endswith(os.sep) and not target.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))  # a folder is meant, and not there
        if target.exists() and not target.is_file():
            file = target.open("wb")
        else:
            unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
            file = open(unfinished, "xb", opener=_private)  # noqa: SIM115  closed below
    except OSError as fault:
        right = "a place that can be written, or - for stdout"
        raise InvalidInput([Problem(path, "unreadable_file", f"{fault.strerror}.", right)]) from fault
    try:
        with file:
            with _compressed(file, target.name) as plain:
                yield plain
            file.flush()
            if unfinished is not None:
                if target.exists():
                    os.fchmod(file.fileno(), target.stat().st_mode & 0o777)
                os.fsync(file.fileno())
        if unfinished is not None:
            unfinished.replace(target)
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _compressed(file: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    if name.endswith(".gz"):
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as packed:
            yield cast("IO[bytes]", packed)
    elif name.endswith(".zst"):
        with zstandard.ZstdCompressor(level=6).stream_writer(file, closefd=False) as packer:
            yield cast("IO[bytes]", packer)
    else:
        yield file


def form_of(path: str) -> str:
    """The form a file's name tells: its ending, without that of a compression; empty where it tells none."""
    name = Path(path).name.lower().removesuffix(".gz").removesuffix(".zst")
    ending = name.rpartition(".")[2] if "." in name else ""
    return {"jsonl": "ndjson"}.get(ending, ending)
