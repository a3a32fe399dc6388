"""The worked examples of the concepts' pages come true: each is a story that is played."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leal.engine.engine import Engine
from leal.store.db import Database
from tests.stories.notation import Story, read_stories
from tests.stories.playing import play

PAGES = sorted((Path(__file__).parents[2] / "docs" / "concepts").glob("*.md"))
_EXAMPLE = re.compile(r"^```story\n(.*?)^```$", re.MULTILINE | re.DOTALL)

EXAMPLES = [
    story for page in PAGES for text in _EXAMPLE.findall(page.read_text()) for story in read_stories(text, page.stem)
]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("story", EXAMPLES, ids=[story.id for story in EXAMPLES])
async def test_example(story: Story, stage_engine: Engine, stage_db: Database, slug: str) -> None:
    await play(story, stage_engine, stage_db, f"{slug}-kept-up", upkeep=True)
    await play(story, stage_engine, stage_db, f"{slug}-left-alone", upkeep=False)


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_every_concept_has_an_example(page: Path) -> None:
    assert _EXAMPLE.search(page.read_text()), f"{page.name} has no example that is played"
