"""Dice for imports: orders of the past of one customer, and what is known of one since then."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.oracle_machine import drawing_friends, drawing_people
from tests.oracle_machine.acts import Act, Customer, Import, ImportCustomer, Membership
from tests.oracle_machine.befriending import address
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
    dice, who = drawing.dice, _somebody(drawing)
    found = []
    for number in range(1, dice.randint(2, 4)):
        at, later = pair.now - dice.choice(AGO), dice.choice(TOLD_AFTER)
        told = drawing._whole(pair, who).facts
        order_id = f"{told.id[:-1]}{number}" if told.lines is not None else told.id
        updated = None if later is None else min(at + later, pair.now)
        found.append(replace(told, id=order_id, order_time=at, update_time=updated, discount_codes=()))
    return Import(who, tuple(sorted(found, key=lambda one: one.order_time or 0)))


def draw_customer(drawing: Drawing, pair: Pair) -> Act | None:
    """A customer is known since then; or more is."""
    dice, who = drawing.dice, _somebody(drawing)
    kinds = (Drawing.customer, Drawing.membership, drawing_people.birthday, drawing_people.consent)
    told = dice.choice((*kinds, drawing_people.subscription, drawing_friends.friend))(drawing, pair)
    if not isinstance(told, Customer | Membership):
        return None
    if isinstance(told, Customer) and told.told.email is not None:  # everybody has an own one
        told = replace(told, told=replace(told.told, email=address(who)))
        if who in pair.oracle.names:
            return None
    return ImportCustomer(who, replace(told, who=who), pair.now - dice.choice((*AGO, -HOUR)))


def _somebody(drawing: Drawing) -> str:
    """Mostly somebody new."""
    new = [one for one in NEWCOMERS if one not in drawing.members]
    if new and drawing.dice.randint(0, 2):
        drawing.members += (new[0],)
        return new[0]
    return drawing.dice.choice(drawing.members)
