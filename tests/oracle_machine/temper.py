"""The temper of a life: what it does much more often than others, and what hardly ever.

In lives that draw everything as often as all others each is an average one, and what only many acts of one kind or
none of another lead to comes up in none of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from random import Random
from typing import Final, TypeVar

T = TypeVar("T", bound=Hashable)
EVEN: Final = (1,)
MOODY: Final = (1, 10, 10, 50)
"""How often a life does a thing, against what is usual."""


class Temper:
    """The tastes of one life, each drawn as it is first asked for."""

    def __init__(self, moods: tuple[int, ...] = EVEN) -> None:
        self._moods = moods
        self._tastes: dict[Hashable, int] = {}

    def some(self, dice: Random, things: Sequence[T], weights: Sequence[int] | None = None, times: int = 1) -> list[T]:
        """Some of the things, each as often as its weight and the life's taste for it say."""
        for thing in things:
            if thing not in self._tastes:
                self._tastes[thing] = dice.choice(self._moods)
        tastes = [self._tastes[thing] for thing in things]
        if weights is not None:
            tastes = [taste * weight for taste, weight in zip(tastes, weights, strict=True)]
        return dice.choices(things, tastes, k=times)
