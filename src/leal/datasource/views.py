"""Views: how a call says which fields of a record it wants and in which form, and how records are written as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import msgspec

from leal.decode import convert
from leal.errors import InvalidInput, Problem
from leal.rules.mapped import View
from leal.rules.programme.feeds import EXTENSIONS, Extension
from leal.rules.programme.shipped_mappings import RECORD
from leal.rules.record import Record

MappedRecord: TypeAlias = Record | dict[str, Any]
"""The record as it is, or what a mapping or further fields make of it."""
ALL: Final = "all"
EXTENSIONS_FORM: Final = rf"^\s*({ALL}|({'|'.join(EXTENSIONS)})(\s*,\s*({'|'.join(EXTENSIONS)}))*)?\s*$"
"""How further fields are written in a parameter; which of them are not known is told by their names."""


class _Extensions(msgspec.Struct):
    extensions: list[Extension]


def read_extensions(text: str) -> list[Extension]:
    """The further fields that a parameter names, with commas between them; raises InvalidInput."""
    names = [name.strip() for name in text.split(",")] if text.strip() else []
    if names == [ALL]:
        return list(EXTENSIONS)
    return convert({"extensions": names}, _Extensions).extensions


def view_of(mapping: str, extensions: Sequence[Extension]) -> View:
    """How records are wanted; raises InvalidInput where a mapping and further fields are asked for at once."""
    if extensions and mapping != RECORD:
        message = "A mapping has the fields that it names, and no others."
        raise InvalidInput([Problem("extensions", "given_twice", message, "a mapping, or extensions")])
    return View(mapping, tuple(name for name in EXTENSIONS if name in extensions))


def encode(value: Any) -> bytes:
    """Write what the datasource answers as JSON, amounts of money as numbers."""
    return _ENCODER.encode(value)


_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
