"""Mapped records: what a mapping writes of a member at one instant (S12.4).

The seam between mappings and whatever sends records out: lookups, snapshots, streams of changes, files, destinations.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from leal.errors import NotFound
from leal.faults import described, listed
from leal.rules.extensions import Windows, facts, facts_of_nobody
from leal.rules.mapping import CompiledMapping, Ground
from leal.rules.outline import Outline
from leal.rules.programme.feeds import EXTENSIONS, Extension, MappedField, Mapping
from leal.rules.programme.shipped_mappings import RECORD, SHIPPED
from leal.rules.programme.terms import Terms
from leal.rules.record import Record


class UnknownMapping(NotFound):
    """The programme has no such mapping."""

    id = "unknown_mapping"
    sentence = "There is no mapping of that name."

    def __init__(self, mapping: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no mapping {described(mapping)}; there are {listed(sorted(known))}.")


class View(NamedTuple):
    """How records are wanted: by a mapping, or as they are, with some of the fields beyond the eleven."""

    mapping: str = RECORD
    extensions: tuple[Extension, ...] = ()


PLAIN: Final = View()
"""The record as it is: eleven fields."""
EVERY_FIELD: Final = View(extensions=tuple(EXTENSIONS))
"""The record with all that is known beside it."""


def mapping_of(terms: Terms | None, view: View) -> CompiledMapping:
    """The mapping that a view asks for, of the programme in force; raises UnknownMapping."""
    datasource = None if terms is None else terms.programme.datasource
    if view.extensions:
        return _extended(view.extensions, 30 if datasource is None else datasource.soon_days)
    if terms is not None and view.mapping in terms.mappings:
        return terms.mappings[view.mapping]
    if view.mapping not in SHIPPED:
        raise UnknownMapping(view.mapping, {*SHIPPED, *(() if terms is None else terms.mappings)})
    return _shipped(view.mapping)


def wants_keep(mapping: CompiledMapping) -> bool:
    """Whether the mapping tells what lacks for keeping the tier, which is to be in the outline then."""
    return "points_to_keep_tier" in mapping.reads


def mapped(mapping: CompiledMapping, shown: Outline, customer_id: str, now: int) -> dict[str, Any]:
    """The JSON object that a mapping writes of what a member is shown at `now`.

    Money in it is Decimal, to be written as a number.
    """
    return mapping.document(facts(shown, customer_id, now, mapping.reads, windows(mapping)), ground(shown.terms))


def mapped_record(mapping: CompiledMapping, told: Record, terms: Terms | None) -> dict[str, Any]:
    """The same of a record, by a mapping that tells nothing else."""
    return mapping.document(msgspec.structs.asdict(told), ground(terms))


def mapped_nobody(mapping: CompiledMapping, terms: Terms | None, customer_id: str, now: int) -> dict[str, Any]:
    """The JSON object that a mapping writes of somebody who takes no part."""
    return mapping.document(facts_of_nobody(terms, customer_id, now, mapping.reads), ground(terms))


def windows(mapping: CompiledMapping) -> Windows:
    """The windows of days by which the mapping tells what is near."""
    return Windows(mapping.soon_days, mapping.expiring_days)


def ground(terms: Terms | None) -> Ground:
    """What writing needs to know of the programme."""
    return Ground() if terms is None else Ground(terms.zone, terms.minor_unit)


@cache
def _shipped(slug: str) -> CompiledMapping:
    return CompiledMapping(SHIPPED[slug], 30)


@lru_cache(maxsize=256)
def _extended(extensions: tuple[Extension, ...], soon_days: int) -> CompiledMapping:
    more = [MappedField(name=name, source=name) for name in extensions]
    return CompiledMapping(Mapping(slug=RECORD, fields=[*SHIPPED[RECORD].fields, *more]), soon_days)
