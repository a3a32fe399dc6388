"""Importing: orders and customers of the past, stored at their times by both sides (S4.10).

Who is known is drawn only where both are settled to the same instant, or not beyond the first of the orders: what
upkeep stored decides what is late news.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leal.engine.commands import CustomerFacts, PushCustomer, PushOrder
from tests.oracle_machine.acts import Customer, Import, ImportCustomer
from tests.oracle_machine.engine_words import engine_order
from tests.oracle_machine.notes import Disagreement, Done
from tests.oracle_machine.reading import settled_until
from tests.oracle_machine.telling_members import Perform, customer_facts

if TYPE_CHECKING:
    from tests.oracle_machine.pair import Pair


async def import_orders(pair: Pair, act: Import, done: Done) -> bool:
    """They are stored in one call."""
    times = [one.order_time for one in act.orders if one.order_time is not None and one.order_time <= pair.now]
    version = pair.oracle.shop.at(pair.now)
    if version is None or not times or len(times) != len(act.orders) or not await _is_sure(pair, act.who, min(times)):
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


async def import_customer(pair: Pair, act: ImportCustomer, done: Done) -> bool:
    """A customer is known since then."""
    if pair.oracle.shop.at(pair.now) is None or not await _is_sure(pair, act.who, min(act.since, pair.now)):
        return False
    if isinstance(act.told, Customer):
        told, found = customer_facts(pair, act.told)
        pair.oracle.push_customer(act.who, pair.now, tags=act.told.tags, told=told, since=act.since)
    else:
        found = CustomerFacts(pair.know(act.who), {}, act.told.how)
        pair.oracle.membership(act.who, act.told.how, pair.now, since=act.since)
    for answer in await pair.engine.push_customers(pair.shop, [PushCustomer(found, at=act.since)], keep=False):
        if answer.problems:
            raise Disagreement(None, {"import": (str(answer.problems), "taken")})
    pair.lived_until[act.who] = pair.now
    await pair.compare([act.who])
    return True


async def _is_sure(pair: Pair, who: str, first_at: int) -> bool:
    """Whether it does not depend on upkeep whether what happened then is late news."""
    if not pair.knows(who):
        return True
    account = pair.oracle.shop.accounts[pair.oracle.names.get(who, who)]
    stored = await settled_until(pair.engine, pair.shop, who)
    return account.version is not None and (stored == account.settled or first_at >= max(stored, account.settled))


IMPORT: Final[dict[type, Perform]] = {Import: import_orders, ImportCustomer: import_customer}
