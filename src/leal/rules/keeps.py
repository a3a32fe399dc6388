"""What an account remembers beside its figures: rare facts that most members have none of, kept together.

A field is never changed in place: `Draft.keep` puts another value in its stead and notes it in the entry, so that
replay finds it without knowing what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Redating(msgspec.Struct, frozen=True, array_like=True):
    """A version took effect that changes the ends of the lots there were (S7.4)."""

    after_lot: int
    """Lots above this one"""
    up_to_lot: int
    """... and up to this one were there, open or empty."""
    at: int
    """When, in microseconds."""
    version: int
    tier: str | None
    """Slug of the member's tier then."""


class Keeps(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rare facts of one member; every field has an empty default, which is not stored.

    When members merge, `rules/merging.py:united_keeps` says what becomes of each.
    """

    redatings: tuple[Redating, ...] = ()
    """In order of time."""
    waiting_lapsed: dict[int, int] = {}
    """By award that waits for its event: points of it that had lapsed and were taken back (S4.6, S6.1)."""


NO_KEEPS = Keeps()
"""Of a member of whom nothing of the kind is known."""


def renewed(keeps: Keeps, changes: Mapping[str, Any]) -> Keeps:
    """What is kept after an entry that noted these fields anew; raises msgspec.ValidationError."""
    values = {field.name: getattr(keeps, field.name) for field in msgspec.structs.fields(Keeps)}
    return msgspec.convert({**msgspec.to_builtins(values, str_keys=True), **changes}, Keeps, str_keys=True)
