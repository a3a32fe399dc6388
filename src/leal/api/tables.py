"""Tables: rows of one type, written as one JSON document, as JSON lines, or as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET

from leal.api.http import Answer
from leal.api.shapes import Shape, encode

TabularDataFormat1 = Literal["json", "jsonl", "csv"]
LISTED_MAX: Final = 1000
"""Rows in one answer at most."""

Listed: TypeAlias = "Answer | Shape"

_TYPES: Final = {"jsonl": b"application/x-ndjson", "csv": b"text/csv; charset=utf-8"}


def table_answer(rows: list[Any], type_: type[Shape], form: TabularDataFormat1, whole: type[Any]) -> Listed:
    """The rows in the form that was asked for; as `json` they are the one field of `whole`."""
    if form == "json":
        shape: Shape = whole(rows)
        return shape
    if form == "jsonl":
        return Answer(200, b"".join(encode(row) + b"\n" for row in rows), _TYPES[form])
    return Answer(200, _csv(rows, type_).encode(), _TYPES[form])


def _csv(rows: list[Any], type_: type[Shape]) -> str:
    names = [field.encode_name for field in msgspec.structs.fields(type_)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])
    return text.getvalue()


def _cell(value: Any) -> Any:
    """A plain value as its text, a list as JSON, nothing as an empty cell."""
    if value is None or value is UNSET:
        return ""
    if isinstance(value, str):
        return value
    text = encode(value).decode()
    return msgspec.json.decode(text) if text.startswith('"') else text
