"""Checks of the datasource: that each mapping can be written, and that nothing in it is without effect (S12.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from leal.faults import described, listed, near
from leal.rules.computing import VARIABLES, Computed, compile_computed
from leal.rules.conditions import BadCondition
from leal.rules.programme.document import Programme
from leal.rules.programme.feeds import DELETED, FORMATS, KINDS, PATTERN, Kind, MappedField, Mapping
from leal.rules.programme.findings import Findings
from leal.rules.programme.shipped_mappings import RECORD

FIELDS_USUAL: Final = 64
"""Fields of one datasource that some tools take at most."""
NAME_USUAL: Final = re.compile(r"[a-z][a-z0-9_-]*")
"""Names that some tools take."""


def check_feeds(programme: Programme, found: Findings) -> None:
    """Every mapping of the datasource."""
    mappings = [] if programme.datasource is None else programme.datasource.mappings
    found.unique(((f"datasource.mappings[{n}].slug", one.slug) for n, one in enumerate(mappings)), "slug")
    for number, mapping in enumerate(mappings):
        _mapping(f"datasource.mappings[{number}]", mapping, programme, found)


def unusual(programme: Programme) -> Iterator[str]:
    """Sentences about mappings that some tools would not take as they are; they are no faults."""
    for mapping in [] if programme.datasource is None else programme.datasource.mappings:
        if len(mapping.fields) > FIELDS_USUAL:
            yield f"mapping {mapping.slug}: {len(mapping.fields)} fields; some tools take {FIELDS_USUAL} at most"
        if names := [field.name for field in mapping.fields if not NAME_USUAL.fullmatch(field.name)]:
            told = listed(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            yield f"mapping {mapping.slug}: some tools take only names like loyalty_tier, not {told}"


def _mapping(path: str, mapping: Mapping, programme: Programme, found: Findings) -> None:
    if mapping.slug == RECORD:
        message = f"The mapping {RECORD} is the record as it is."
        found.add(f"{path}.slug", "not_allowed_here", message, "a slug of its own, such as crm")
    _names(path, mapping, found)
    computed = [
        _field(f"{path}.fields[{number}]", field, mapping, found) for number, field in enumerate(mapping.fields)
    ]
    told = {field.source for field in mapping.fields if field.source is not None}
    reads = told.union(*(one.reads for one in computed if one is not None))
    if "customer_id" not in told:
        message = "No field tells customer_id: nobody could say whose record it is."
        found.required(f"{path}.fields", message, "a field with from: customer_id")
    tiers = [step.slug for step in programme.tiers.steps] if programme.tiers else []
    for slug in mapping.tier_names:
        found.known(f"{path}.tier_names.{slug}", slug, tiers, "tier")
    if mapping.tier_names and not told & {"tier", "next_tier"}:
        found.no_effect(f"{path}.tier_names", "No field tells a tier.", "a field with from: tier, or none of these")
    if mapping.soon_days is not None and "points_expiring_soon" not in reads:
        message = "No field reads points_expiring_soon."
        found.no_effect(f"{path}.soon_days", message, "a field with from: points_expiring_soon, or no soon_days")
    if mapping.expiring == "within_window" and not reads & {"points_expiring", "points_expiration_date"}:
        message = "No field reads points_expiring."
        found.no_effect(f"{path}.expiring", message, "a field with from: points_expiring, or expiring: next")
    if mapping.expiring == "next" and mapping.window_days != 30:
        found.no_effect(f"{path}.window_days", "Only what lapses next is told.", "expiring: within_window")
    if mapping.thousands == mapping.decimal:
        message = f"Thousands and fractions are parted by the same {described(mapping.decimal)}."
        found.contradiction(f"{path}.decimal", message, "another mark")
    _words(path, mapping, found)


def _names(path: str, mapping: Mapping, found: Findings) -> None:
    """No name twice, none that is both a value and something that holds values, and none of a tombstone's."""
    names = [(f"{path}.fields[{number}].name", field.name) for number, field in enumerate(mapping.fields)]
    found.unique(names, "name")
    outer = {name[:place] for _, name in names for place in range(len(name)) if name[place] == "."}
    for place, name in names:
        if name in outer:
            message = f"{described(name)} is a value, and holds other fields."
            found.contradiction(place, message, "another name for one of them")
        if name.partition(".")[0] == DELETED:
            message = f"{DELETED} says that a customer is no more."
            found.add(place, "not_allowed_here", message, "another name")


def _field(path: str, field: MappedField, mapping: Mapping, found: Findings) -> Computed | None:
    """One field; gives what it computes, where it does and can."""
    given = [("from", field.source), ("constant", field.constant), ("cel", field.cel)]
    told = [name for name, value in given if value is not None]
    if len(told) != 1:
        message = f"It has {' and '.join(told)}." if told else "It does not say what it tells."
        found.add(path, "contradiction" if told else "required", message, "one of from, constant and cel")
        return None
    computed = None
    kind: Kind | None = None if field.source is None else KINDS[field.source]
    if field.cel is not None:
        computed = _computed(f"{path}.cel", field.cel, found)
        if computed is None:
            return None
        kind = computed.kind
    _form(path, field, kind, found)
    if field.separator is not None and (kind != "texts" or (field.format or mapping.lists) != "joined"):
        found.no_effect(f"{path}.separator", "It is no list that is joined.", "format: joined, or no separator")
    if (field.yes is not None or field.no is not None) and kind != "flag":
        word = "yes" if field.yes is not None else "no"
        found.no_effect(f"{path}.{word}", "It is not true or false.", "no words for these")
    if field.items and kind != "ends":
        found.no_effect(f"{path}.items", "It is no list of days with points.", "from: expirations, or no items")
    if len(set(field.items.values())) < len(field.items) or field.items.get("date") == "points":
        found.contradiction(f"{path}.items", "Two of the names are one.", "a name for each")
    _words(path, field, found)
    return computed


def _computed(path: str, text: str, found: Findings) -> Computed | None:
    try:
        return compile_computed(text)
    except BadCondition as bad:
        for fault in bad.faults:
            place = f"Line {fault.line}, column {fault.column}: " if fault.line else ""
            message = f"{place}{fault.message}{near(fault.unknown, VARIABLES) if fault.unknown else ''}"
            right = listed(list(VARIABLES)) if fault.unknown else "a value such as 'member ? tier : \"none\"'"
            found.add(path, "bad_condition", message, right)
        return None


def _form(path: str, field: MappedField, kind: Kind | None, found: Findings) -> None:
    """The form must be one of its kind's."""
    if field.format is None:
        return
    forms = FORMATS[kind or "text"]
    if not forms:
        found.no_effect(f"{path}.format", "It is written in one way only.", "no format")
    elif field.format not in forms and not ("date" in forms and re.fullmatch(PATTERN, field.format)):
        right = listed(list(forms)) + (', or a pattern such as "DD/MM/YYYY"' if "date" in forms else "")
        found.add(f"{path}.format", "bad_format", f"It cannot be written as {described(field.format)}.", right)


def _words(path: str, part: Mapping | MappedField, found: Findings) -> None:
    """The words for true and false are both given, and two."""
    if (part.yes is None) != (part.no is None):
        lacks, has = ("no", "yes") if part.no is None else ("yes", "no")
        found.required(f"{path}.{lacks}", f"There is a word for {has}, and none for {lacks}.", "a word for each")
    elif part.yes is not None and part.yes == part.no:
        found.contradiction(f"{path}.no", "True and false have the same word.", "another word")
