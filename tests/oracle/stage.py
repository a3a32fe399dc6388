"""The stage on which the oracle plays a story: one shop, its clock, and what the lines of a story mean."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.facts import AccountView, OrderFacts
from tests.oracle.instants import from_local, instant_of
from tests.oracle.oracle import Oracle
from tests.stories.stage import moment, written_instant

TICK = 1_000  # the clock goes on between lines
MINUTE = 60_000_000
ACTS: dict[str, Callable[["Player", re.Match[str]], Any]] = {}
SHOWN: dict[str, Callable[["Player", re.Match[str], AccountView], str]] = {}


def act(name: str) -> Callable[[Callable[["Player", re.Match[str]], Any]], Callable[["Player", re.Match[str]], Any]]:
    """Make a function what happens by a line."""

    def register(function: Callable[["Player", re.Match[str]], Any]) -> Callable[["Player", re.Match[str]], Any]:
        ACTS[name] = function
        return function

    return register


@dataclass
class Player:
    """A story under way."""

    oracle: Oracle
    zone: ZoneInfo
    at: int
    ticks: int = 0
    told: dict[str, OrderFacts] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    """Codes and ids that the story calls by a name."""
    gifts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Who got what the story calls by a reason, and the award."""
    keys: dict[str, tuple[str, Any, str | None]] = field(default_factory=dict)
    """What was asked under a key, the answer, and the story's name for that."""
    answer: Any = None
    lived_at: int | None = None
    """The past instant at which an import has what is told of customers."""

    @property
    def now(self) -> int:
        """The instant of a line."""
        return self.at + self.ticks * TICK

    def instant(self, text: str) -> int:
        """The instant of a time as the story writes it."""
        return moment_in(text, self.zone)

    def minute(self, at: int) -> str:
        """The minute of an instant as the story writes it."""
        return written_instant(at // MINUTE * MINUTE, self.zone)


def moment_in(text: str, zone: ZoneInfo) -> int:
    """A local time, or one of UTC."""
    at = moment(text)
    return from_local(at, zone) if at.tzinfo is None else instant_of(at)


def shown(name: str) -> Callable[[Callable[["Player", re.Match[str], AccountView], str]], None]:
    """Make a function what is found of an expectation, in its own words."""

    def register(function: Callable[["Player", re.Match[str], AccountView], str]) -> None:
        SHOWN[name] = function

    return register
