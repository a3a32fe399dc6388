"""Facts as the oracle takes them, in the engine's words."""

from __future__ import annotations

from leal.errors import LealError, Refused
from leal.rules.orders import Order, OrderLine
from tests.oracle import facts


def engine_order(told: facts.OrderFacts) -> Order:
    """The same push in the engine's words."""
    lines = None
    if told.lines is not None:
        lines = [
            OrderLine(
                line.id or f"#{place}",
                line.product,
                line.quantity,
                line.amount_spent,
                collections=list(line.collections),
                tags=list(line.tags),
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
    )


def failure_words(failure: LealError) -> tuple[str, ...]:
    """Why something was refused: its reasons, or what it is."""
    if isinstance(failure, Refused):
        return tuple(reason.code for reason in failure.reasons)
    return (failure.id,)
