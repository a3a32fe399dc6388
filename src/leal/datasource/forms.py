"""Forms: records written as JSON lines, as one JSON document, or as CSV; each says the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol

import msgspec

Form = Literal["ndjson", "json", "csv"]
TYPES: Final[dict[Form, bytes]] = {
    "ndjson": b"application/x-ndjson",
    "json": b"application/json",
    "csv": b"text/csv; charset=utf-8",
}
DELETED: Final = "deleted"
"""The column of a table of changes that says which ids have no record any more."""

_encoder: Final = msgspec.json.Encoder(decimal_format="number")


class Writer(Protocol):
    """Records on their way into a form."""

    def begin(self) -> bytes:
        """What comes before all records."""

    def rows(self, told: Sequence[Any]) -> bytes:
        """Some records."""

    def end(self) -> bytes:
        """What comes after all records."""


class JsonLines:
    """A record a line; where the feed goes on is told beside it."""

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, told: Sequence[Any]) -> bytes:
        """A line each."""
        return _encoder.encode_lines(told)

    def end(self) -> bytes:
        """Nothing."""
        return b""


class JsonDocument:
    """`{"records": [...], ...}`, with what is told beside the records after them."""

    def __init__(self, beside: dict[str, Any]) -> None:
        self._beside = beside
        self._is_first = True

    def begin(self) -> bytes:
        """The opening."""
        return b'{"records":['

    def rows(self, told: Sequence[Any]) -> bytes:
        """Elements of the array."""
        if not told:
            return b""
        comma = b"" if self._is_first else b","
        self._is_first = False
        return comma + _encoder.encode(told)[1:-1]

    def end(self) -> bytes:
        """What is told beside them."""
        beside = _encoder.encode(self._beside)
        return b"]}" if beside == b"{}" else b"]," + beside[1:]


class Csv:
    """A line of names, then a line a record: nothing as an empty cell, lists as JSON."""

    def __init__(self, columns: Sequence[str], *, with_deleted: bool) -> None:
        self._columns = [*columns, DELETED] if with_deleted else list(columns)

    def begin(self) -> bytes:
        """The names."""
        return _lines([self._columns])

    def rows(self, told: Sequence[Any]) -> bytes:
        """A line each."""
        plain = [msgspec.to_builtins(one) for one in told]
        return _lines([[_cell(_at(one, column)) for column in self._columns] for one in plain])

    def end(self) -> bytes:
        """Nothing."""
        return b""


def writer(form: Form, columns: Sequence[str], *, with_deleted: bool, beside: dict[str, Any]) -> Writer:
    """The writer of a form. `with_deleted`: changes are told; `beside`: what a JSON document tells of the whole."""
    if form == "ndjson":
        return JsonLines()
    return JsonDocument(beside) if form == "json" else Csv(columns, with_deleted=with_deleted)


def _lines(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _at(told: dict[str, Any], column: str) -> Any:
    """What stands at a name, whose dots are those of nested names; None where nothing does."""
    if column in told:
        return told[column]
    outer, dot, inner = column.partition(".")
    return _at(told[outer], inner) if dot and isinstance(told.get(outer), dict) else None


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _encoder.encode(value).decode() if isinstance(value, list | dict) else value
