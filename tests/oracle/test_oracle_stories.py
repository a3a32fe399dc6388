"""The oracle plays the stories that the engine plays: both come to what they expect."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.playing import faults
from tests.stories import notation

NOT_COVERED = {
    "A condition that fails counts as false": "conditions in their full language",
}
"""Files and stories of things that the oracle, or who plays it, does not know."""
STORIES = [
    story
    for path in sorted(Path(notation.__file__).parent.glob("*.story"))
    for story in notation.read_file(path)
    if not {path.stem, story.name} & set(NOT_COVERED)
]


@pytest.mark.parametrize("story", STORIES, ids=[story.id for story in STORIES])
def test_story(story: notation.Story) -> None:
    assert list(faults(story)) == []


def test_what_is_not_covered_is_there() -> None:
    known = {story.name for story in STORIES} | {story.file for story in STORIES}
    everything = [*Path(notation.__file__).parent.glob("*.story")]
    names = {path.stem for path in everything} | {s.name for path in everything for s in notation.read_file(path)}
    assert set(NOT_COVERED) <= names - known
