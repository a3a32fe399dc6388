"""Differences: the fields in which one programme document is another than the one before it (S10.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from leal.rules.programme.document import Programme


class FieldChange(msgspec.Struct, frozen=True):
    """A field that changed, as plain values; None where the field, or the part it belongs to, is not there."""

    path: str
    """Such as `tiers.steps[gold].requires.spend`: parts with a slug are named by it."""
    before: Any
    after: Any


def field_changes(before: Programme | None, after: Programme) -> list[FieldChange]:
    """Every field that differs, defaults included, in the order of the document; all of it where there was none."""
    return list(_changes("", {} if before is None else _whole(before), _whole(after)))


def _whole(value: Any) -> Any:
    """A part of the document as plain values, defaults included."""
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        fields: dict[str, Any] = {} if config.tag is None else {str(config.tag_field): config.tag}
        return fields | {
            field.encode_name: _whole(getattr(value, field.name)) for field in msgspec.structs.fields(value)
        }
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return {key: _whole(part) for key, part in value.items()} if isinstance(value, dict) else value


def _changes(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _changes(f"{path}.{key}" if path else key, before.get(key), after.get(key))
        return
    old, new = _by_slug(before), _by_slug(after)
    if old is None or new is None or not (old or new):
        yield FieldChange(path, before, after)
        return
    for slug in [*new, *(slug for slug in old if slug not in new)]:
        yield from _changes(f"{path}[{slug}]", old.get(slug), new.get(slug))
    stayed = [slug for slug in old if slug in new]
    if stayed != [slug for slug in new if slug in old]:
        yield FieldChange(f"{path} (order)", list(old), list(new))


def _by_slug(parts: Any) -> dict[str, Any] | None:
    """The parts of a list by their slugs; None where it is no list of parts that have one."""
    if parts is None:
        return {}
    if not isinstance(parts, list) or not all(isinstance(part, dict) and "slug" in part for part in parts):
        return None
    return {part["slug"]: part for part in parts}
