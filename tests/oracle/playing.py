"""The oracle as it plays a story of `tests/stories`: the same lines, the same expectations, no engine."""

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle import plays, sights  # noqa: F401 (they say what lines mean)
from tests.oracle.facts import Refused
from tests.oracle.instants import from_local, instant_of
from tests.oracle.oracle import Oracle
from tests.oracle.stage import ACTS, SHOWN, Player
from tests.stories.expectations import EXPECTATIONS
from tests.stories.notation import Step, Story

HOUR = 3_600_000_000
NOT_TOLD = frozenset({"history", "sees", "record", "notices", "errands", "drew", "same", "expires", "membership"})
"""What the oracle does not say."""
SAID = {"no_customers_match_customer_identity": "not_a_member", "unknown": "unknown_trigger"}
"""What the oracle says in other words."""


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
        wanted = [reason.split()[0] for reason in match["expected"].split(", ")]
        if found != sorted(SAID.get(reason, reason) for reason in wanted):
            yield f"{step.line}: {step.text}: {found}"
    elif step.expects:
        yield from expect(player, name, match, f"{step.line}: {step.text}")
    else:
        if name not in ACTS:
            raise Unknown(f"{name}: teach it to tests/oracle/plays.py, or name the story in NOT_COVERED")
        player.answer = perform(player, name, match)


def perform(player: Player, name: str, match: re.Match[str]) -> Any:
    """What happens by a line; under a key that was used, what was answered then."""
    key = match.groupdict().get("key")
    body, _, label = match[0].partition(" -> ")
    if key not in player.keys:
        answer = ACTS[name](player, match)
        if key is not None:
            player.keys[key] = body, answer, label or None
        return answer
    asked, answer, known = player.keys[key]
    if asked != body:
        return Refused(frozenset({"idempotency_key_reused"}))
    for part in ("", " id"):
        if label and f"{known}{part}" in player.made:
            player.made[f"{label}{part}"] = player.made[f"{known}{part}"]
    return answer


def expect(player: Player, name: str, match: re.Match[str], line: str, at: int | None = None) -> Iterator[str]:
    """What an expectation finds, where that is something else."""
    if name == "as of":
        inner = next((verb.name, m) for verb in EXPECTATIONS if (m := verb.pattern.fullmatch(match["what"])))
        yield from expect(player, *inner, line, player.instant(match["when"]))
    elif name not in NOT_TOLD:
        if name not in SHOWN:
            raise Unknown(f"{name}: teach it to tests/oracle/sights.py, or name the story in NOT_COVERED")
        who = match["who"] if "who" in match.groupdict() else ""
        player.oracle.reach(player.now)
        view = player.oracle.account(who, player.now if at is None else at)
        found = SHOWN[name](player, match, view)
        if found != match["expected"]:
            yield f"{line}: {found}"
