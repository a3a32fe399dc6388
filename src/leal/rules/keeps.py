"""What an account remembers beside its figures: rare facts that most members have none of, kept together.

A field is never changed in place: `Draft.keep` puts another value in its stead and notes it in the entry, so that
replay finds it without knowing what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Keeps(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rare facts of one member; every field has an empty default, which is not stored.

    When members merge, `rules/merging.py:united_keeps` says what becomes of each.
    """


NO_KEEPS = Keeps()
"""Of a member of whom nothing of the kind is known."""


def renewed(keeps: Keeps, changes: Mapping[str, Any]) -> Keeps:
    """What is kept after an entry that noted these fields anew; raises msgspec.ValidationError."""
    values = {field.name: getattr(keeps, field.name) for field in msgspec.structs.fields(Keeps)}
    return msgspec.convert({**msgspec.to_builtins(values, str_keys=True), **changes}, Keeps, str_keys=True)
