"""Histories: orders and customers of the past that an import stores at their times."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from leal.engine.commands import CustomerFacts, PushOrder
from leal.errors import InvalidInput
from tests.stories.commands import COMMANDS, WHOLE, command, whole_order
from tests.stories.stage import Mismatch, Stage, Told

OF_CUSTOMERS: Final = ("customer", "subscription", "address", "comes", "membership")
"""What an import can tell of them."""


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


@command("import since", r"import since <from:WHEN> (?P<what>.+)")
async def import_customer(stage: Stage, match: re.Match[str]) -> None:
    """A customer of the past, of whom all that the line tells is known since then."""
    for verb in COMMANDS:
        inner = verb.pattern.fullmatch(match["what"])
        if inner is not None and verb.name in OF_CUSTOMERS:
            stage.lived_at = stage.instant(match["from"])
            try:
                await verb.perform(stage, inner)
            finally:
                stage.lived_at = None
            return
    raise Mismatch("a line that tells of a customer", match["what"])
