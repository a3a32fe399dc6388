"""Triggers: the function that tells of an event of the shop's own."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from leal.api.customers import time_problems
from leal.api.function import EVERYONE, Call, Function
from leal.api.shapes import Done1, Ident, KeyedInput
from leal.engine.commands import RecordEvent
from leal.errors import InvalidInput, NotAllowed
from leal.scalars import Instant

TriggerSlug = Annotated[str, Meta(min_length=1, max_length=64, examples=["newsletter-confirmed"])]


class TriggerInput(KeyedInput, kw_only=True):
    """Which event came, for whom."""

    trigger: TriggerSlug
    """A trigger of the programme, by its slug."""
    event_id: Ident | None = None
    """The caller's own id of the event; the same one counts once for each customer and trigger, for good."""
    order_id: Ident | None = None
    """The order whose points it releases; without it, all of the customer's that wait for the trigger."""
    occurred_at: Instant | None = None
    """When it happened; now, where it is left out. With a shop token alone."""


class OccurredAtNeedsShopToken(NotAllowed):
    """Another moment than now was told, and not with a shop token."""

    id = "occurred_at_needs_shop_token"
    sentence = "Only a shop token may tell of an event of another moment."


async def record_trigger(call: Call, given: TriggerInput) -> Done1:
    """Answer RecordCustomTrigger1; without a token always in the same way, whomever the event is about."""
    who = await call.person(given.customer)
    by_shop = call.caller.kind == "shop"
    if given.occurred_at is not None and not by_shop:
        raise OccurredAtNeedsShopToken
    if problems := time_problems(given.occurred_at, "occurred_at"):
        raise InvalidInput(problems)
    occurred_at = None if given.occurred_at is None else int(given.occurred_at)
    anonymous = call.caller.kind == "anonymous"
    key = None if anonymous else call.key(given)  # nobody's key must not meet the shop's answer
    command = RecordEvent(who, given.trigger, given.event_id, occurred_at, given.order_id, key)
    if anonymous:
        await call.engine.record_event_unseen(call.shop, command)
    else:
        call.noted(await call.engine.record_event(call.shop, command, by_browser=not by_shop))
    return Done1()


FUNCTIONS: Final = (
    Function(
        "RecordCustomTrigger1", "write", EVERYONE, TriggerInput, Done1,
        record_trigger, "Tells of an event of the shop's own; without a shop token only of those that are open to it.",
        by_get=True, push=True,
    ),
)  # fmt: skip
