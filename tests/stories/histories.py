"""Histories: orders of the past that an import stores at their times."""

from __future__ import annotations

import re

import msgspec

from leal.engine.commands import CustomerFacts, PushOrder
from leal.errors import InvalidInput
from tests.stories.commands import WHOLE, command, whole_order
from tests.stories.stage import Stage, Told


@command("import", f"import {WHOLE}")
async def import_order(stage: Stage, match: re.Match[str]) -> None:
    """An order of the past; told no other time of its state, it was like this from then on."""
    told = whole_order(stage, match)
    if " updated " not in match["options"]:
        told = msgspec.structs.replace(told, updated_at=told.order_at)
    stage.orders[told.id] = Told(match["who"], told)
    push = PushOrder(CustomerFacts(stage.known(match["who"])), told, at=told.order_at)
    for _ in range(1 if stage.upkeep else 2):
        for pushed in await stage.engine.push_orders(stage.shop, [push], keep=False):
            if pushed.problems:
                raise InvalidInput(pushed.problems)
