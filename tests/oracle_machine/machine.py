"""The machine: Hypothesis chooses what happens in a shop, act by act."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from leal.engine.engine import Engine
from tests.oracle_machine.drawing import Drawing
from tests.oracle_machine.kinds import WEIGHTS, Kind
from tests.oracle_machine.lives import Lived
from tests.oracle_machine.notes import Disagreement
from tests.oracle_machine.pair import Pair
from tests.oracle_machine.telling import story_of

KINDS: Final[tuple[Kind, ...]] = tuple(kind for kind, weight in WEIGHTS.items() for _ in range((weight + 3) // 4))
"""Every kind of act, about as often as its weight says."""


class Side(RuleBasedStateMachine):
    """Random acts; the engine and the loop that they are played in come from the test."""

    runner: ClassVar[asyncio.Runner]
    engine: ClassVar[Engine]
    next_slug: ClassVar[Callable[[], str]]
    done: ClassVar[Callable[[Pair], None]]

    @initialize(dice=st.randoms(use_true_random=False))
    def found(self, dice: Random) -> None:
        """The shop opens, nearly always with a programme."""
        self.drawing = Drawing(dice, members=3)
        slug = type(self).next_slug()
        self.pair = self.runner.run(Pair.open(self.engine, slug, self.drawing.start_at))
        if dice.randint(0, 9):
            self._act(Drawing.publish)

    @rule(dice=st.randoms(use_true_random=False), kind=st.sampled_from(KINDS))
    def something_happens(self, dice: Random, kind: Kind) -> None:
        self.drawing.dice = dice
        self._act(kind)

    def teardown(self) -> None:
        """Every figure is proved from the entries."""
        if not hasattr(self, "pair"):
            return
        try:
            self.runner.run(self.pair.finish())
        except Disagreement as failure:
            self._tell(failure)
        type(self).done(self.pair)

    def _act(self, kind: Kind) -> None:
        act = kind(self.drawing, self.pair)
        if act is None:
            return
        try:
            self.runner.run(self.pair.play(act))
        except Disagreement as failure:
            self._tell(failure)

    def _tell(self, failure: Disagreement) -> None:
        """What disagrees is told as the story so far."""
        lived = Lived(self.pair, self.drawing.zone, self.drawing.start_at, failure)
        raise AssertionError(f"{failure}\n\n{story_of(lived, 'What Hypothesis found')}") from None
