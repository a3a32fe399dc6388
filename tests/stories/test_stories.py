"""Every story comes true, whether upkeep runs or not and however often the shop sends its orders."""

from __future__ import annotations

from pathlib import Path

import pytest

from leal.engine.engine import Engine
from leal.rules import paging
from leal.store.db import Database
from tests.stories.notation import Story, read_file
from tests.stories.playing import play

STORIES = [story for path in sorted(Path(__file__).parent.glob("*.story")) for story in read_file(path)]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("story", STORIES, ids=[story.id for story in STORIES])
async def test_story(
    story: Story, stage_engine: Engine, stage_db: Database, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(paging, "LOTS_A_PAGE", 1)  # as of somebody with hundreds of lots that wait
        await play(story, stage_engine, stage_db, f"{slug}-kept-up", upkeep=True)
    await play(story, stage_engine, stage_db, f"{slug}-left-alone", upkeep=False)


def test_stories_have_names_of_their_own() -> None:
    names = [story.id for story in STORIES]
    assert sorted({name for name in names if names.count(name) > 1}) == []
