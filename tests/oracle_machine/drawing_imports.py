"""Dice for imports: orders of the past of one customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.oracle_machine.acts import Act, Import
from tests.oracle_machine.drawing import Drawing
from tests.oracle_machine.pair import Pair

HOUR: Final = 3_600_000_000
AGO: Final = (0, 1, HOUR, 24 * HOUR, 9 * 24 * HOUR, 31 * 24 * HOUR, 92 * 24 * HOUR, 400 * 24 * HOUR)
TOLD_AFTER: Final = (None, None, 0, HOUR, 40 * 24 * HOUR)
"""How long after an order's time its state was last told; as far as now."""


NEWCOMERS: Final = ("alma", "bert", "cara", "dirk", "ella", "fred", "gina", "hans")
"""Whom the shop comes to know by an import."""


def draw_import(drawing: Drawing, pair: Pair) -> Act | None:
    """Some orders of one customer, mostly of somebody new."""
    dice = drawing.dice
    who = dice.choice(drawing.members)
    new = [one for one in NEWCOMERS if one not in drawing.members]
    if new and dice.randint(0, 2):
        who = new[0]
        drawing.members += (who,)
    found = []
    for number in range(1, dice.randint(2, 4)):
        at, later = pair.now - dice.choice(AGO), dice.choice(TOLD_AFTER)
        told = drawing._whole(pair, who).facts
        order_id = f"{told.id[:-1]}{number}" if told.lines is not None else told.id
        updated = None if later is None else min(at + later, pair.now)
        found.append(replace(told, id=order_id, order_time=at, update_time=updated, discount_codes=()))
    return Import(who, tuple(sorted(found, key=lambda one: one.order_time or 0)))
