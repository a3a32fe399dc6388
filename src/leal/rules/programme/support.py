"""The parts of the programme document that this release does not run; `apply` refuses them by name.

Each line of the table goes when the release that runs the part comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from leal.errors import Problem
from leal.rules.programme import document as doc
from leal.rules.programme.earning_terms import WAYS

_SOURCE_KINDS: Final = frozenset(
    {"order", "manual", "first_order", "product", "tier_entry", "subscription_order", *WAYS}
)
"""Kinds of source that earn."""

_NEVER_RUN: Final[dict[tuple[type, str], str]] = {}
"""Fields that must be left at their default."""

_VALUES_NOT_RUN: Final[dict[tuple[type, str], tuple[frozenset[object], str]]] = {}
"""Values of fields that are not run."""

_PARTS_NOT_RUN: Final[dict[type, str]] = {}
"""Parts that are not run wherever they stand."""


def unsupported(programme: doc.Programme) -> list[Problem]:
    """Every part the document asks for that this release does not run, with the code `not_yet_supported`."""
    return list(_walk(programme, ""))


def _walk(part: msgspec.Struct, path: str) -> Iterator[Problem]:
    if type(part) in _PARTS_NOT_RUN:
        yield _problem(path, _PARTS_NOT_RUN[type(part)])
        return
    if isinstance(part, doc.Source) and part.kind not in _SOURCE_KINDS:
        yield _problem(f"{path}.kind", f"Sources of kind {part.kind}")
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        place = f"{path}.{field.encode_name}" if path else field.encode_name
        key = (type(part), field.name)
        if key in _NEVER_RUN:
            if value is not None and value != []:
                yield _problem(place, _NEVER_RUN[key])
            continue
        if key in _VALUES_NOT_RUN and value in _VALUES_NOT_RUN[key][0]:
            yield _problem(place, _VALUES_NOT_RUN[key][1])
        for number, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, msgspec.Struct):
                yield from _walk(item, f"{place}[{number}]")
        if isinstance(value, msgspec.Struct):
            yield from _walk(value, place)


def _problem(path: str, part: str) -> Problem:
    return Problem(path, "not_yet_supported", f"{part}: not run by this release yet.", "leave it out for now")
