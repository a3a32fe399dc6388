"""Importing: orders of the past, stored at their times by both sides (S4.10).

Who is known is drawn only where both are settled to the same instant, or not beyond the first of the orders: what
upkeep stored decides what is late news.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leal.engine.commands import CustomerFacts, PushOrder
from tests.oracle_machine.acts import Import
from tests.oracle_machine.engine_words import engine_order
from tests.oracle_machine.notes import Disagreement, Done
from tests.oracle_machine.reading import settled_until
from tests.oracle_machine.telling_members import Perform

if TYPE_CHECKING:
    from tests.oracle_machine.pair import Pair


async def import_orders(pair: Pair, act: Import, done: Done) -> bool:
    """They are stored in one call."""
    times = [one.order_time for one in act.orders if one.order_time is not None and one.order_time <= pair.now]
    version = pair.oracle.shop.at(pair.now)
    if version is None or not times or len(times) != len(act.orders):
        return False
    if pair.knows(act.who):
        name = pair.oracle.names.get(act.who, act.who)
        account, stored = pair.oracle.shop.accounts[name], await settled_until(pair.engine, pair.shop, act.who)
        if account.version is None or (stored != account.settled and min(times) < max(stored, account.settled)):
            return False
    currency = version.document["currency"]
    told = []
    for one in act.orders:
        dated = replace(one, update_time=one.order_time if one.update_time is None else one.update_time)
        told.append(
            PushOrder(CustomerFacts(pair.know(act.who)), engine_order(dated, currency), at=one.order_time),
        )
    for answer in await pair.engine.push_orders(pair.shop, told, keep=False):
        if answer.problems:
            raise Disagreement(None, {"import": (str(answer.problems), "taken")})
    pair.oracle.import_orders(act.who, act.orders, pair.now)
    pair.lived_until[act.who] = pair.now
    await pair.compare([act.who])
    return True


IMPORT: Final[dict[type, Perform]] = {Import: import_orders}
