"""The notation of stories: text that a marketing manager can read, taken apart into steps; `docs/stories.md` tells it.

Everything is checked while reading: a word or a line that is not known is a fault, and so is a story that expects
nothing, cites no rule, or goes back in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import tests.stories.checkouts
import tests.stories.friends
import tests.stories.histories
import tests.stories.subscribing  # noqa: F401  their lines are commands, too
from tests.stories.commands import COMMANDS
from tests.stories.expectations import EXPECTATIONS
from tests.stories.programmes import UnknownWords, programme
from tests.stories.stage import WHEN, Verb, moment

NO_PROGRAMME: Final = "none"
PROGRAMME: Final = "programme"
REFUSED: Final = "refused"

_RULE: Final = re.compile(r"S\d{1,2}\.\d{1,2}")
_DATED: Final = re.compile(rf"(?P<when>{WHEN})(?:\s+(?P<words>\S.*))?")


class StoryFault(Exception):
    """A story that cannot be read: the file, the line and what is wrong with it."""


class Step(NamedTuple):
    """One line of the timeline: when (None: right after the one before), and what is done or expected."""

    line: int
    text: str
    at: datetime | None
    verb: Verb | None
    """None: the clock moves, or a programme takes effect, and that is all."""
    match: re.Match[str] | None
    programme: dict[str, object] | None = None

    @property
    def expects(self) -> bool:
        """Whether the line is an expectation."""
        return self.verb is not None and self.verb.expects


class Story(NamedTuple):
    """A name, the rules it tells of, the programme it begins with, and what happens."""

    file: str
    line: int
    name: str
    rules: tuple[str, ...]
    programme: dict[str, object] | None
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """A readable name for a test report."""
        words = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
        return f"{self.file}-{words}"


class _Line(NamedTuple):
    number: int
    text: str
    indented: bool


def read_file(path: Path) -> list[Story]:
    """All stories of a file."""
    return read_stories(path.read_text(), path.stem)


def read_stories(text: str, file: str) -> list[Story]:
    """All stories of a text; raises StoryFault."""
    stories: list[list[_Line]] = []
    for line in _lines(text):
        if line.text.startswith("story ") and not line.indented:
            stories.append([])
        elif not stories:
            raise StoryFault(f"{file}:{line.number}: a story begins with the word story and its name")
        stories[-1].append(line)
    if not stories:
        raise StoryFault(f"{file}: no story")
    return [_Reader(file, lines).story() for lines in stories]


def _lines(text: str) -> Iterable[_Line]:
    for number, raw in enumerate(text.splitlines(), 1):
        words = re.sub(r"(^|\s)#.*", "", raw)
        if words.strip():
            yield _Line(number, re.sub(r"\s+", " ", words.strip()), words[0].isspace())


class _Reader:
    """Reads one story, line by line."""

    def __init__(self, file: str, lines: list[_Line]) -> None:
        self._file = file
        self._lines = lines
        self._next = 0

    def story(self) -> Story:
        head = self._take()
        rules: tuple[str, ...] = ()
        first: dict[str, object] | None = self._compiled(head, [])
        while self._next < len(self._lines):
            line = self._lines[self._next]
            keyword, _, rest = line.text.partition(" ")
            if keyword == "rules":
                rules = tuple(rest.replace(",", " ").split())
                self._take()
            elif line.text == f"{PROGRAMME} {NO_PROGRAMME}":
                first = None
                self._take()
            elif line.text == PROGRAMME:
                self._take()
                first = self._compiled(line, self._block())
            else:
                break
        story = Story(self._file, head.number, head.text.partition(" ")[2], rules, first, tuple(self._steps()))
        self._check(story)
        return story

    def _steps(self) -> Iterable[Step]:
        while self._next < len(self._lines):
            line = self._take()
            dated = _DATED.fullmatch(line.text)
            at = None if dated is None else self._moment(line, dated["when"])
            words = line.text if dated is None else (dated["words"] or "")
            if words == "":
                yield Step(line.number, line.text, at, None, None)
            elif words == PROGRAMME and at is not None:
                yield Step(line.number, line.text, at, None, None, self._compiled(line, self._block()))
            else:
                yield self._said(line, at, words)

    def _said(self, line: _Line, at: datetime | None, words: str) -> Step:
        for verb in (*COMMANDS, *EXPECTATIONS):
            if match := verb.pattern.fullmatch(words):
                return Step(line.number, line.text, at, verb, match)
        raise self._fault(line, f"not a line that is known: {words}")

    def _check(self, story: Story) -> None:
        head = self._lines[0]
        if not story.name:
            raise self._fault(head, "the story has no name")
        if not story.rules or not all(_RULE.fullmatch(rule) for rule in story.rules):
            raise self._fault(head, "name the rules it tells of, for instance: rules S4.2, S1.5")
        if not any(step.expects for step in story.steps):
            raise self._fault(head, "a story expects something")
        if not story.steps or story.steps[0].at is None:
            raise self._fault(head, "the first line of what happens has a date")
        last = story.steps[0].at
        for before, step in zip((None, *story.steps), story.steps, strict=False):
            if step.at is not None:
                if (step.at.tzinfo is None) == (last.tzinfo is None) and step.at < last:
                    raise StoryFault(f"{self._file}:{step.line}: the clock only moves forward")
                last = step.at
            refusal = step.verb is not None and step.verb.name == REFUSED
            if refusal and (before is None or before.verb is None or before.expects):
                raise StoryFault(f"{self._file}:{step.line}: what was refused stands on the line before")

    def _block(self) -> list[_Line]:
        block = []
        while self._next < len(self._lines) and self._lines[self._next].indented:
            block.append(self._take())
        if not block:
            raise self._fault(self._lines[self._next - 1], "a programme is told by indented lines below it")
        return block

    def _compiled(self, at: _Line, block: list[_Line]) -> dict[str, object]:
        try:
            return programme([line.text for line in block])
        except UnknownWords as fault:
            raise self._fault(at, f"not something a programme can say: {fault}") from fault

    def _moment(self, line: _Line, text: str) -> datetime:
        try:
            return moment(text)
        except ValueError as fault:
            raise self._fault(line, str(fault)) from fault

    def _take(self) -> _Line:
        self._next += 1
        return self._lines[self._next - 1]

    def _fault(self, line: _Line, sentence: str) -> StoryFault:
        return StoryFault(f"{self._file}:{line.number}: {sentence}")
