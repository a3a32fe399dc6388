"""What a shop does and tells, on both sides: programmes, the clock, customers, orders, events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from leal.engine import commands
from leal.engine.commands import CustomerFacts, PushCustomer, PushOrder, RecordEvent, Who
from leal.engine.products import PushProduct
from leal.errors import InvalidInput, LealError
from tests.oracle import facts
from tests.oracle_machine.acts import Customer, Erase, Event, Look, Membership, Merge, Move, Product, Publish, Push
from tests.oracle_machine.engine_words import engine_order, failure_words, profile_of
from tests.oracle_machine.notes import Disagreement, Done, Gift
from tests.oracle_machine.programmes import text_of

if TYPE_CHECKING:
    from tests.oracle_machine.pair import Pair

TOTALS_ONLY: Final = "T"
"""Orders whose id begins so are told by their totals alone."""
Perform = Callable[["Pair", Any, Done], Awaitable[bool]]


async def publish(pair: Pair, act: Publish, done: Done) -> bool:
    """A programme."""
    at = max([act.effective_at, pair.now, *(version.effective_at for version in pair.oracle.shop.versions)])
    done.act = replace(act, effective_at=at)
    try:
        text = text_of(act.document, pair.slug)
        await pair.engine.publish(pair.shop, text, author="machine", effective_at=at, approver="another")
    except InvalidInput:  # not a programme: a dice made it, or a part of it was left out
        return False
    pair.oracle.publish(act.document, pair.now, at)
    await pair.compare(pair.members)
    return True


async def move(pair: Pair, act: Move, done: Done) -> bool:
    """The clock."""
    if act.to_at < pair.now:
        return False
    pair.now = act.to_at
    pair.oracle.reach(act.to_at)
    await pair.engine.advance_clock(pair.shop, act.to_at, keep_up=act.upkeep)
    await pair.compare(pair.stirred())
    return True


async def customer(pair: Pair, act: Customer, done: Done) -> bool:
    """A customer, perhaps with tags and more."""
    told, found = customer_facts(pair, act)
    for pushed in await pair.engine.push_customers(pair.shop, [PushCustomer(found)]):
        if pushed.problems:
            raise Disagreement(act.who, {"customer": (str(pushed.problems), "taken")})
    pair.oracle.push_customer(act.who, pair.now, tags=act.tags, told=told)
    await pair.compare([act.who])
    return True


def customer_facts(pair: Pair, act: Customer) -> tuple[facts.CustomerFacts, CustomerFacts]:
    """What is told of a customer, in the oracle's words and in the engine's."""
    told = _with_code(pair, act.told)
    profile = profile_of(told) | ({} if act.tags is None else {"tags": list(act.tags)})
    return told, CustomerFacts(Who(shopid=pair.know(act.who).shopid, email=told.email), profile)


async def membership(pair: Pair, act: Membership, done: Done) -> bool:
    """Somebody takes part, or does not."""
    if pair.oracle.shop.at(pair.now) is None:
        return False
    told = PushCustomer(CustomerFacts(pair.know(act.who), {}, act.how))
    await pair.engine.push_customers(pair.shop, [told])
    pair.oracle.membership(act.who, act.how, pair.now)
    await pair.compare([act.who])
    return True


async def product(pair: Pair, act: Product, done: Done) -> bool:
    """A product."""
    told = PushProduct(act.product, {"title": act.product}, list(act.tags), list(act.collections))
    await pair.engine.push_products(pair.shop, [], [told])
    pair.oracle.push_product(act.product, pair.now, collections=act.collections, tags=act.tags)
    return True


async def push(pair: Pair, act: Push, done: Done) -> bool:
    """An order."""
    await send(pair, [act])
    await pair.compare([act.who])
    return True


async def send(pair: Pair, pushes: list[Push]) -> None:
    """Orders in one call."""
    told = []
    version = pair.oracle.shop.at(pair.now)
    currency = None if version is None else version.document["currency"]
    for one in pushes:
        known = pair.told.get(one.facts.id)
        if one.facts.lines is not None or one.facts.amount_spent is not None or known is None:
            pair.told[one.facts.id] = one
        told.append(PushOrder(CustomerFacts(pair.know(one.who)), engine_order(_with_codes(pair, one.facts), currency)))
    for pushed in await pair.engine.push_orders(pair.shop, told):
        if pushed.problems:
            raise Disagreement(None, {"order": (str(pushed.problems), "taken")})
    pair.oracle.push_orders([(one.who, _with_codes(pair, one.facts)) for one in pushes], pair.now)


def _with_code(pair: Pair, told: facts.CustomerFacts) -> facts.CustomerFacts:
    """What is told of a customer with the invitation's code itself in place of its name."""
    invited = pair.invited.get(told.referral_code or "")
    return told if invited is None else replace(told, referral_code=invited.code)


def _with_codes(pair: Pair, told: facts.OrderFacts) -> facts.OrderFacts:
    """The push with the codes themselves in place of their names."""
    if told.discount_codes is None:
        return told
    made = {name: one.code or name for name, one in pair.made.items()}
    made |= {name: one.code for name, one in pair.invited.items()}
    return replace(told, discount_codes=tuple(made.get(name, name) for name in told.discount_codes))


async def event(pair: Pair, act: Event, done: Done) -> bool:
    """A trigger."""
    if not pair.knows(act.who):
        return False
    refused: tuple[str, ...] = ()
    told = RecordEvent(Who(shopid=act.who), act.trigger, act.event_id, act.occurred_at, act.order)
    try:
        await pair.engine.record_event(pair.shop, told)
    except LealError as failure:
        refused = failure_words(failure)
    answer = pair.oracle.trigger(
        act.who, act.trigger, pair.now, occurred_at=act.occurred_at, event_id=act.event_id, order=act.order
    )
    done.refused = tuple(answer.reasons) if isinstance(answer, facts.Refused) else ()
    pair.same(act.who, "event", refused, done.refused)
    await pair.compare([act.who])
    return True


async def merge(pair: Pair, act: Merge, done: Done) -> bool:
    """Customers become one."""
    if act.who not in pair.members or not act.others or not set(act.others) <= set(pair.members) - {act.who}:
        return False
    await pair.engine.merge_customers(pair.shop, commands.Merge([Who(shopid=one) for one in (act.who, *act.others)]))
    prefixes = pair.oracle.merge(act.who, list(act.others), pair.now)
    pair.members = [one for one in pair.members if one not in act.others]
    now = dict.fromkeys(prefixes, act.who)
    for name, made in pair.made.items():
        pair.made[name] = msgspec.structs.replace(made, who=now.get(made.who, made.who))
    for name, invited in pair.invited.items():
        pair.invited[name] = msgspec.structs.replace(invited, who=now.get(invited.who, invited.who))
    for name, push in pair.told.items():
        pair.told[name] = replace(push, who=now.get(push.who, push.who))
    for name, gift in pair.gifts.items():
        award = prefixes.get(gift.who, "") + gift.award
        pair.gifts[name] = Gift(now.get(gift.who, gift.who), gift.change_id, award)
    await pair.compare([act.who])
    return True


async def erase(pair: Pair, act: Erase, done: Done) -> bool:
    """A customer is forgotten."""
    if act.who not in pair.members:
        return False
    told = PushCustomer(CustomerFacts(Who(shopid=act.who), deleted=True))
    await pair.engine.push_customers(pair.shop, [told])
    pair.oracle.erase(act.who, pair.now)
    pair.members.remove(act.who)
    pair.made = {name: made for name, made in pair.made.items() if made.who != act.who}
    pair.invited = {name: invited for name, invited in pair.invited.items() if invited.who != act.who}
    pair.told = {name: push for name, push in pair.told.items() if push.who != act.who}
    pair.gifts = {name: gift for name, gift in pair.gifts.items() if gift.who != act.who}
    return True


async def look(pair: Pair, act: Look, done: Done) -> bool:
    """Another instant."""
    return await pair.look(act.who, act.at)


TELL: Final[dict[type, Perform]] = {
    Publish: publish,
    Move: move,
    Customer: customer,
    Membership: membership,
    Product: product,
    Push: push,
    Event: event,
    Merge: merge,
    Erase: erase,
    Look: look,
}
