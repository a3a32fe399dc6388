"""Facts as the oracle takes them, in the engine's words."""

from __future__ import annotations

from typing import Final

import msgspec

from leal.api.orders import OrderFacts2, read_order
from leal.decode import decode_json
from leal.errors import LealError, Refused
from leal.rules.orders import Order, OrderLine
from leal.values import format_instant
from tests.oracle import facts

FOREIGN: Final = "CHF"
"""The currency of orders that have an exchange rate: no shop's."""


def engine_order(told: facts.OrderFacts, currency: str | None) -> Order:
    """The same push in the engine's words; one in another currency is read as the API reads it."""
    if told.exchange_rate is not None:
        read, problems = read_order(decode_json(_wire(told), OrderFacts2), told.id, "order", currency)
        assert not problems, problems
        return read
    lines = None
    if told.lines is not None:
        lines = [
            OrderLine(
                line.id or f"#{place}",
                line.product,
                line.quantity,
                line.amount_spent,
                collections=None if line.collections is None else list(line.collections),
                tags=None if line.tags is None else list(line.tags),
                subscription=line.subscription or "",
            )
            for place, line in enumerate(told.lines)
        ]
    return Order(
        id=told.id,
        status=told.status,  # type: ignore[arg-type]  # the oracle takes any word
        order_at=told.order_time,
        updated_at=told.update_time,
        lines=lines,
        amount_spent=told.amount_spent,
        amount_taxes=told.taxes or 0,
        amount_shipping=told.shipping or 0,
        amount_points=told.points_tender or 0,
        codes=list(told.discount_codes or ()),
        available_at=told.available_at,
        subscription=told.subscription or "",
    )


def _wire(told: facts.OrderFacts) -> bytes:
    """The order as a shop sends it."""
    lines = [
        {
            "id": line.id,
            "product": {"id": line.product, "collection_ids": line.collections, "tags": line.tags},
            "quantity": line.quantity,
            "subscription_id": line.subscription or "",
            "amount_full": line.amount_spent,
            "amount_spent": line.amount_spent,
        }
        for line in told.lines or ()
    ]
    times = {"order_time": told.order_time, "update_time": told.update_time, "available_at": told.available_at}
    said: dict[str, object] = {name: None if at is None else format_instant(at) for name, at in times.items()}
    said |= {"status": told.status, "items": None if told.lines is None else lines, "amount_spent": told.amount_spent}
    said |= {"amount_taxes": told.taxes, "amount_shipping": told.shipping, "amount_points": told.points_tender}
    said |= {"currency": FOREIGN, "exchange_rate": told.exchange_rate, "discount_codes": told.discount_codes}
    said |= {"subscription_id": told.subscription}
    return msgspec.json.encode({name: value for name, value in said.items() if value is not None})


def profile_of(told: facts.CustomerFacts) -> dict[str, object]:
    """What the shop tells of a customer, in the engine's words."""
    found: dict[str, object] = {}
    if told.born is not None:
        found["birthday"] = told.born if len(told.born) != len("05-17") else f"0000-{told.born}"
    if told.subscribed is not None:
        found["email_marketing_consent"] = "subscribed" if told.subscribed else "unsubscribed"
    if told.subscribed_at is not None:
        found["email_marketing_consent_change_time"] = format_instant(told.subscribed_at)
    if told.subscriptions is not None:
        found["subscriptions"] = [_subscription(one) for one in told.subscriptions]
    if told.referral_code is not None:
        found["referral_code"] = told.referral_code
    if told.phone is not None:
        found["phone"] = told.phone
    return found


def _subscription(told: facts.SubscriptionFacts) -> dict[str, object]:
    said = {
        "id": told.id,
        "status": told.status,
        "started_at": None if told.started_at is None else format_instant(told.started_at),
        "cycle": told.cycle,
        "earlier_orders": told.earlier_orders,
    }
    return {name: value for name, value in said.items() if value is not None}


def failure_words(failure: LealError) -> tuple[str, ...]:
    """Why something was refused: its reasons, or what it is."""
    if isinstance(failure, Refused):
        return tuple(reason.code for reason in failure.reasons)
    return (failure.id,)
