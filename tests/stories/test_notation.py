"""The notation refuses what it does not know, and a story that does not come true says where and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leal.engine.engine import Engine
from leal.store.db import Database
from tests.stories.commands import COMMANDS
from tests.stories.expectations import EXPECTATIONS
from tests.stories.notation import Story, StoryFault, read_stories
from tests.stories.playing import StoryFailed, play
from tests.stories.programmes import WORDS, programme

PAGE = Path(__file__).parents[2] / "docs" / "stories.md"
GOOD = """
story Points are earned
rules S4.2
programme
  2 points per 1.00
2025-01-10 12:00 order anna A1 100.00
balance anna available 200
"""


def page_stories() -> list[Story]:
    """The examples of the page on the notation."""
    return [
        story
        for text in re.findall(r"^```story\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
        for story in read_stories(text, "page")
    ]


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (GOOD.replace("order anna", "buy anna"), "good:6: not a line that is known: buy anna A1 100.00"),
        (GOOD.replace("100.00", "100,00"), "good:6: not a line that is known"),
        (GOOD.replace("100.00", "100.00 in cash"), "good:6: not a line that is known"),
        (GOOD.replace("available", "avaliable"), "good:7: not a line that is known"),
        (GOOD.replace("2 points", "two points"), "good:4: not something a programme can say: two points per 1.00"),
        (GOOD.replace("  2 points per 1.00\n", ""), "good:4: a programme is told by indented lines below it"),
        (GOOD.replace("balance anna available 200\n", ""), "good:2: a story expects something"),
        (GOOD.replace("rules S4.2\n", ""), "good:2: name the rules it tells of"),
        (GOOD.replace("S4.2", "section four"), "good:2: name the rules it tells of"),
        (GOOD.replace("2025-01-10 12:00 order", "order"), "good:2: the first line of what happens has a date"),
        (GOOD.replace("01-10", "02-30"), "good:6: "),
        (GOOD + "2025-01-10 11:59\n", "good:8: the clock only moves forward"),
        (GOOD + "refused not_enough_points\n", "good:8: what was refused stands on the line before"),
        ("2025-01-10 customer anna", "good:1: a story begins with the word story"),
        ("# nothing", "good: no story"),
    ],
)
def test_what_cannot_be_read_is_refused(broken: str, complaint: str) -> None:
    with pytest.raises(StoryFault) as fault:
        read_stories(broken, "good")
    assert str(fault.value).startswith(complaint)


@pytest.mark.parametrize(
    ("broken", "expected", "found"),
    [
        (GOOD.replace("available 200", "available 100"), "available 100", "available 200"),
        (
            GOOD + "redeem anna 201\n",
            "no refusal",
            "refused: The programme's rules do not allow this: not_enough_points available 200 missing 1.",
        ),
        (GOOD + "redeem anna 200\nrefused not_enough_points\n", "not_enough_points", "granted"),
        (GOOD + "redeem anna 201\nrefused not_enough_points missing 2\n", "missing 2", "missing 1"),
        (GOOD + "history anna joined\n", "joined", "joined, earned_from_order +200"),
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_what_does_not_come_true_is_told(
    broken: str, expected: str, found: str, stage_engine: Engine, stage_db: Database, slug: str
) -> None:
    (story,) = read_stories(broken, "good")
    with pytest.raises(StoryFailed) as failure:
        await play(story, stage_engine, stage_db, slug, upkeep=True)
    told = str(failure.value)
    assert "Points are earned (good.story:" in told
    assert re.search(rf"^  expected  .*{re.escape(expected)}$", told, re.MULTILINE)
    assert re.search(rf"^  found     .*{re.escape(found)}$", told, re.MULTILINE)
    assert re.search(r"2025-01-10 12:00:\d\d  earned_from_order +\+200  A1", told)


def test_the_page_has_examples() -> None:
    assert len(page_stories()) >= 2


@pytest.mark.parametrize("story", page_stories(), ids=[story.id for story in page_stories()])
@pytest.mark.asyncio(loop_scope="session")
async def test_the_examples_of_the_page_come_true(
    story: Story, stage_engine: Engine, stage_db: Database, slug: str
) -> None:
    await play(story, stage_engine, stage_db, f"{slug}-kept-up", upkeep=True)
    await play(story, stage_engine, stage_db, f"{slug}-left-alone", upkeep=False)


def test_the_page_tells_every_line() -> None:
    text = PAGE.read_text()
    told = re.findall(r"<!-- (.+?) -->", text)
    assert sorted(told) == sorted(verb.name for verb in (*COMMANDS, *EXPECTATIONS))


def test_the_page_tells_all_that_a_programme_can_say() -> None:
    block = PAGE.read_text().partition("## What a programme can say\n\n```\n")[2].partition("```")[0]
    said = [words for line in block.splitlines() for words in re.split(r"\s{2,}", line) if words]
    for words in said:
        programme([words])
    untold = [pattern.pattern for pattern, _ in WORDS if not any(pattern.fullmatch(words) for words in said)]
    assert untold == []
