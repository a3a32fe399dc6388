"""The oracle as it plays a story of `tests/stories`: the same lines, the same expectations, no engine."""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tests.oracle import plays, sights  # noqa: F401 (they say what lines mean)
from tests.oracle.facts import Refused
from tests.oracle.instants import from_local, instant_of
from tests.oracle.oracle import Oracle
from tests.oracle.stage import ACTS, SHOWN, Player
from tests.stories.expectations import EXPECTATIONS
from tests.stories.notation import Step, Story

HOUR = 3_600_000_000
NOT_TOLD = frozenset({"history", "way", "sees", "record", "notices", "errands", "drew", "same", "value", "expires"})
"""What the oracle does not say."""


class Unknown(Exception):
    """A line that the oracle does not understand."""


def faults(story: Story) -> Iterator[str]:
    """Plays a story and tells every line that does not come true."""
    first = story.steps[0]
    assert first.at is not None
    zone = ZoneInfo("UTC" if story.programme is None else str(story.programme["timezone"]))
    start = from_local(first.at, zone) if first.at.tzinfo is None else instant_of(first.at)
    player = Player(Oracle(start=start - HOUR), zone, start)
    if story.programme is not None:
        player.oracle.publish({"shop": "s", **story.programme}, start - HOUR)
    for step in story.steps:
        yield from play(player, step)


def play(player: Player, step: Step) -> Iterator[str]:
    """Plays one line."""
    player.ticks += 1
    if step.at is not None:
        if step.programme is not None:
            player.zone = ZoneInfo(str(step.programme["timezone"]))
        at = from_local(step.at, player.zone) if step.at.tzinfo is None else instant_of(step.at)
        if step.programme is not None:
            player.oracle.publish({"shop": "s", **step.programme}, player.now, at)
        if at != player.at:
            player.at, player.ticks = at, 1
    if step.verb is None or step.match is None:
        return
    name, match = step.verb.name, step.match
    if name == "refused":
        found = sorted(player.answer.reasons) if isinstance(player.answer, Refused) else ["granted"]
        if found != sorted(reason.split()[0] for reason in match["expected"].split(", ")):
            yield f"{step.line}: {step.text}: {found}"
    elif step.expects:
        yield from expect(player, name, match, f"{step.line}: {step.text}")
    else:
        if name not in ACTS:
            raise Unknown(name)
        player.answer = ACTS[name](player, match)


def expect(player: Player, name: str, match: re.Match[str], line: str, at: int | None = None) -> Iterator[str]:
    """What an expectation finds, where that is something else."""
    if name == "as of":
        inner = next((verb.name, m) for verb in EXPECTATIONS if (m := verb.pattern.fullmatch(match["what"])))
        yield from expect(player, *inner, line, player.instant(match["when"]))
    elif name not in NOT_TOLD:
        if name not in SHOWN:
            raise Unknown(name)
        who = match["who"] if "who" in match.groupdict() else ""
        view = player.oracle.account(who, player.now if at is None else at)
        found = SHOWN[name](player, match, view)
        if found != match["expected"]:
            yield f"{line}: {found}"
