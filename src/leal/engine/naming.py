"""Naming: what an entry is about, by the title that the programme gave the source, the offer or the milestone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Protocol

from leal.rules.programme.terms import Versions


class _Titled(Protocol):
    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...


def named(
    type_: str, version: int, changes: str, versions: Versions, *, source: str | None = None, offer: str | None = None
) -> tuple[str | None, str | None]:
    """The title, and the kind where it is a source; one that the programme has no more goes by its slug.

    `changes` is what the entry notes, as JSON; `source` and `offer` are slugs that are known from elsewhere.
    """
    facts: dict[str, Any] = json.loads(changes) if changes else {}
    source, milestone = source or facts.get("source"), facts.get("milestone")
    if version == 0:
        return source or offer or milestone, None
    programme = versions.numbered(version).terms.programme
    if offer is not None:
        return _title(programme.offers, offer), None
    if milestone is not None:
        return _title(programme.milestones, milestone), None
    if source is None and type_ == "earned_from_source" and "entered" in facts:
        tiers = sorted(facts["entered"], key=lambda tier: facts["entered"][tier][0])
        entry = next((one for one in programme.sources if one.kind == "tier_entry" and one.tier == tiers[-1]), None)
        return (None, "tier_entry") if entry is None else (entry.title, entry.kind)
    found = next((one for one in programme.sources if one.slug == source), None)
    return (source, None) if found is None else (found.title, found.kind)


def _title(titled: Iterable[_Titled], slug: str) -> str:
    return next((one.title for one in titled if one.slug == slug), slug)
