"""Differences of two documents: every field that changed, named so that a person finds it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from leal.rules.programme.differences import field_changes
from tests.unit.programme.edited import GONE, edited


def changes(edits: dict[str, object]) -> list[tuple[str, Any, Any]]:
    """What changes with the edits of the full example."""
    return [(one.path, one.before, one.after) for one in field_changes(edited({}), edited(edits))]


def test_the_same_document_has_no_differences() -> None:
    assert changes({}) == []


def test_a_field_is_told_with_both_values() -> None:
    assert [path for path, _, _ in changes({"title": "Another"})] == ["title"]
    (change,) = changes({"points.rounding": "ceil"})
    assert change[2] == "ceil"


def test_a_field_left_out_is_told_with_its_default() -> None:
    ((path, before, after),) = changes({"points.rounding": GONE})
    assert (path, after) == ("points.rounding", "floor")
    assert before not in (None, "floor")


def test_a_part_is_named_by_its_slug() -> None:
    first = edited({}).sources[0].slug
    assert [path for path, _, _ in changes({"sources[0].title": "Another"})] == [f"sources[{first}].title"]


def test_a_part_that_went_or_came_is_one_change() -> None:
    tiers = edited({}).tiers
    assert tiers is not None
    last = len(tiers.steps) - 1
    ((path, before, after),) = changes({f"tiers.steps[{last}].slug": "renamed"})[:1]
    assert (path, before) == ("tiers.steps[renamed]", None)
    assert after["slug"] == "renamed"
    gone = changes({f"tiers.steps[{last}].slug": "renamed"})[1]
    assert (gone[0], gone[2]) == (f"tiers.steps[{tiers.steps[last].slug}]", None)


def test_another_order_of_parts_is_told() -> None:
    programme = edited({})
    assert len(programme.sources) > 1
    turned = msgspec.structs.replace(programme, sources=programme.sources[::-1])
    (change,) = field_changes(programme, turned)
    assert change.path == "sources (order)"
    assert change.after == change.before[::-1]


def test_of_the_first_version_every_field_is_new() -> None:
    found = field_changes(None, edited({}))
    assert all(change.before is None for change in found)
    assert {"shop", "currency", "timezone"} <= {change.path for change in found}


@pytest.mark.parametrize("edit", [{"currency": "KWD"}, {"points.grace": "0 days"}])
def test_a_change_back_is_the_change_turned_round(edit: dict[str, object]) -> None:
    there, back = field_changes(edited({}), edited(edit)), field_changes(edited(edit), edited({}))
    assert [(one.path, one.after, one.before) for one in back] == [(one.path, one.before, one.after) for one in there]
