"""Checks of the conditions: each is compiled for where it stands, and its faults point into its text (S9.6)."""

from __future__ import annotations

from collections.abc import Iterator

from leal.faults import listed, near
from leal.rules.conditions import BadCondition, Fault, Kind, compile_condition, names_of
from leal.rules.programme.document import Programme
from leal.rules.programme.earning_terms import condition_kind
from leal.rules.programme.findings import Findings


def check_conditions(programme: Programme, found: Findings) -> None:
    """Every condition that this release runs."""
    for path, text, kind in _conditions(programme):
        if text is None:
            continue
        try:
            compile_condition(text, kind)
        except BadCondition as bad:
            for fault in bad.faults:
                _note(path, fault, kind, found)


def _conditions(programme: Programme) -> Iterator[tuple[str, str | None, Kind]]:
    for number, source in enumerate(programme.sources):
        yield f"sources[{number}].visible", source.visible, "visible"
        yield f"sources[{number}].condition", source.condition, condition_kind(source)
    for number, multiplier in enumerate(programme.multipliers):
        yield f"multipliers[{number}].condition", multiplier.condition, "multiplier"
    for number, offer in enumerate(programme.offers):
        yield f"offers[{number}].visible", offer.visible, "visible"
        yield f"offers[{number}].condition", offer.condition, "visible"
    for number, step in enumerate(programme.tiers.steps if programme.tiers else []):
        yield f"tiers.steps[{number}].visible", step.visible, "visible"
        for field, needs in (("requires", step.requires), ("keep", step.keep)):
            if needs is not None:
                yield f"tiers.steps[{number}].{field}.condition", needs.condition, "tier"


def _note(path: str, fault: Fault, kind: Kind, found: Findings) -> None:
    names = names_of(kind)
    place = f"Line {fault.line}, column {fault.column}: " if fault.line else ""
    message = f"{place}{fault.message}{near(fault.unknown, names) if fault.unknown else ''}"
    right = listed(names) if fault.unknown else """true or false of what is known, such as '"vip" in customer.tags'"""
    found.add(path, "bad_condition", message, right)
