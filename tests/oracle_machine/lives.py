"""Lives of a shop: a random one, and one that is played again."""

from __future__ import annotations

import time
from random import Random

from leal.engine.engine import Engine
from tests.oracle_machine.acts import Life
from tests.oracle_machine.drawing import Drawing
from tests.oracle_machine.kinds import any_act
from tests.oracle_machine.notes import Disagreement
from tests.oracle_machine.pair import OracleMaker, Pair
from tests.oracle_machine.temper import EVEN, MOODY, Temper

TRIES_A_STEP = 20
"""Kinds of act drawn in search of one that applies."""


class Lived:
    """A life as it went, and how it failed."""

    def __init__(self, pair: Pair, zone: str, start_at: int, failure: Disagreement | None) -> None:
        self.pair, self.failure = pair, failure
        self.life = Life(start_at, zone, tuple(done.act for done in pair.done))


async def random_life(
    engine: Engine,
    slug: str,
    seed: int,
    *,
    steps: int,
    members: int = 8,
    turns: tuple[int, ...] = (1, 2),
    make: OracleMaker | None = None,
    until: float | None = None,
) -> Lived:
    """A life out of a seed: nearly always with a programme from the beginning. Ends early at `until` (monotonic).

    Of members who act at once each does as many things as one of `turns` before they are compared. Two of three
    lives have a temper.
    """
    temper = Temper(MOODY if seed % 3 else EVEN)
    drawing = Drawing(Random(seed), members=members, turns=turns, temper=temper)
    pair = await Pair.open(engine, slug, drawing.start_at, make)
    try:
        if drawing.dice.randint(0, 9):
            await _one(drawing, pair, Drawing.publish)
        for _ in range(steps):
            if until is not None and time.monotonic() > until:
                break
            await _one(drawing, pair, any_act)
        await pair.finish()
    except Disagreement as failure:
        return Lived(pair, drawing.zone, drawing.start_at, failure)
    return Lived(pair, drawing.zone, drawing.start_at, None)


async def _one(drawing: Drawing, pair: Pair, kind: object) -> None:
    """One act that applies."""
    assert callable(kind)
    for _ in range(TRIES_A_STEP):
        act = kind(drawing, pair)
        if act is not None and await pair.play(act):
            return


async def replay(
    engine: Engine, slug: str, life: Life, make: OracleMaker | None = None, *, until: float | None = None
) -> Lived:
    """The same acts again; those that do not apply any more are left out. Ends early at `until` (monotonic)."""
    pair = await Pair.open(engine, slug, life.start_at, make)
    try:
        for act in life.acts:
            if until is not None and time.monotonic() > until:
                return Lived(pair, life.zone, life.start_at, None)
            await pair.play(act)
        await pair.finish()
    except Disagreement as failure:
        return Lived(pair, life.zone, life.start_at, failure)
    return Lived(pair, life.zone, life.start_at, None)
