"""Outlooks: how a consumer of the feed sees records: as they are, with further fields, or as a mapping writes them.

What changes a record by time alone, also one that a mapping writes, belongs into `leal.rules.record_due`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from leal.rules.ledger import Book
from leal.rules.mapped import EVERY_FIELD, PLAIN, View, mapped, mapped_record, mapping_of, wants_keep
from leal.rules.outline import Outline, outline
from leal.rules.programme.terms import Terms
from leal.rules.record import Gone, Record, record


class Outlook(NamedTuple):
    """A way to see records."""

    columns: tuple[str, ...]
    """The fields of a record, in their order; dots are those of nested names."""
    keep: bool
    """Whether the outlines that it makes records of are to tell what lacks for keeping the tier."""
    make: Callable[[Outline, str, int], Any]
    """The record of a member, under an id, at an instant: a struct or a dict of what JSON has.

    Also of one who takes no part any more.
    """
    of_record: Callable[[Record], Any] | None
    """The same of a plain record, where that is all that it needs."""
    gone: Callable[[str], Any]
    """What is told of an id without a record; it has `deleted: true`."""


_PLAIN: Final = Outlook(
    tuple(field.encode_name for field in msgspec.structs.fields(Record)),
    False,
    lambda shown, customer_id, _: record(shown, customer_id),
    lambda told: told,
    Gone,
)


def outlook_of(terms: Terms | None, view: View) -> Outlook:
    """The outlook that a view asks for, of the programme in force; raises UnknownMapping."""
    if view == PLAIN:
        return _PLAIN
    mapping = mapping_of(terms, view)
    return Outlook(
        tuple(mapping.columns),
        wants_keep(mapping),
        lambda shown, customer_id, now: mapped(mapping, shown, customer_id, now),
        (lambda told: mapped_record(mapping, told, terms)) if mapping.tells_record_alone else None,
        mapping.tombstone,
    )


def sameness(book: Book, now: int) -> Any:
    """What is equal where every outlook has the same record of a member, under programmes that may differ.

    May raise DaysNeeded or CustomerNeeded.
    """
    shown = outline(book, now, keep=True)
    terms = shown.terms
    if terms is None:
        return None
    tiers = [None if one is None else one.slug for one in (shown.tier, shown.above)]
    programme = terms.programme
    told = mapped(mapping_of(terms, EVERY_FIELD), shown, "", now)
    return told, tiers, programme.datasource, programme.timezone, programme.currency
