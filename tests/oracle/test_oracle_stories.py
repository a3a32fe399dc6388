"""The oracle plays stories that the engine plays, too: both come to what they expect."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.playing import faults
from tests.stories import notation

FILES = (
    "bonuses", "codes", "counting", "erasing", "everything", "expiring", "lapsing_codes", "milestones", "offers",
    "importing", "referring", "rewards", "settling", "transitions", "ways",
)  # fmt: skip
"""Those of whose lines the oracle knows all."""
NOT_COVERED = {
    "An order that moves to another customer takes its cycle along",
    "The same wish twice under one key is one",
}
STORIES = [
    story
    for name in FILES
    for story in notation.read_file(Path(notation.__file__).parent / f"{name}.story")
    if story.name not in NOT_COVERED
]


@pytest.mark.parametrize("story", STORIES, ids=[story.id for story in STORIES])
def test_story(story: notation.Story) -> None:
    assert list(faults(story)) == []
