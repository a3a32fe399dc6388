"""Outlooks: how a consumer of the feed sees records: as they are, with further fields, or as a mapping writes them.

What changes a record by time alone, also one that a mapping writes, belongs into `leal.rules.record_due`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from leal.rules.mapped import EVERY_FIELD, PLAIN, View, mapped, mapping_of
from leal.rules.programme.terms import Terms
from leal.rules.record import Gone, Record, record
from leal.rules.standing import Standing


class Outlook(NamedTuple):
    """A way to see records."""

    columns: tuple[str, ...]
    """The fields of a record, in their order; dots are those of nested names."""
    make: Callable[[Standing, str, int], Any]
    """The record of what a member is shown, under an id, at an instant: a struct or a dict of what JSON has.

    Also of one who takes no part any more. May raise DaysNeeded or CustomerNeeded.
    """
    gone: Callable[[str], Any]
    """What is told of an id without a record; it has `deleted: true`."""


_PLAIN: Final = Outlook(
    tuple(field.encode_name for field in msgspec.structs.fields(Record)),
    lambda shown, customer_id, _: record(shown, customer_id),
    Gone,
)


def outlook_of(terms: Terms | None, view: View) -> Outlook:
    """The outlook that a view asks for, of the programme in force; raises UnknownMapping."""
    if view == PLAIN:
        return _PLAIN
    mapping = mapping_of(terms, view)
    return Outlook(
        tuple(mapping.columns),
        lambda shown, customer_id, now: mapped(mapping, shown, customer_id, now),
        mapping.tombstone,
    )


def sameness(shown: Standing, now: int) -> Any:
    """What is equal where every outlook has the same record of a member, under programmes that may differ.

    May raise DaysNeeded or CustomerNeeded.
    """
    terms = shown.terms
    if terms is None:
        return None
    tiers = [None if one is None else one.tier.slug for one in (shown.current, shown.next)]
    programme = terms.programme
    told = mapped(mapping_of(terms, EVERY_FIELD), shown, "", now)
    return told, tiers, programme.datasource, programme.timezone, programme.currency
