"""Order details: the functions that tell what an order gives, before it is placed and after."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leal.api.customers import Customer2, facts_of
from leal.api.function import EVERYONE, Call, Function
from leal.api.orders import OrderFacts2, programme_currency, read_order
from leal.api.shapes import CustomerInput, Ident, Input, MarketInput1, Shape, Words
from leal.engine.commands import CustomerFacts, UnknownOrder, Who
from leal.errors import InvalidInput, Problem
from leal.rules.ledger import TooLarge
from leal.rules.order_details import LineDetails, OrderDetails
from leal.scalars import Flake, Money
from leal.values import INT64_MAX

MonetaryWithCurrency = Annotated[
    tuple[Money, str], Meta(description="an amount and its currency, as ISO 4217 names it")
]


class Cart2(OrderFacts2, kw_only=True):
    """An order that need not be placed yet: it may lack id and customer."""

    id: Words = ""
    customer: Customer2 | None = None
    """Its tags and extras count for the estimate; nothing of it is stored."""


class EstimateInput(CustomerInput, kw_only=True):
    """What would be ordered, and for whom."""

    order: Cart2
    market: MarketInput1 | None = None


class OrderInput(Input, kw_only=True):
    """Which order."""

    order_id: Ident
    market: MarketInput1 | None = None


class OrderLineDetails1(Shape, kw_only=True):
    """What one line contributes; the lines' points need not add up, for an order is rounded once."""

    id: str
    """The line's own, or its position as `#0`; `#taxes` and `#shipping` where the programme counts them."""
    bhid: Flake
    subtotal_amount: MonetaryWithCurrency
    """Before discounts."""
    accrual_amount: MonetaryWithCurrency
    """What points are computed on."""
    accrual_pts_approx: int
    multiplier: int
    """In ten-thousandths; 0: the line does not earn."""
    line_discounts: MonetaryWithCurrency | UnsetType = UNSET
    extra_discounts: MonetaryWithCurrency | UnsetType = UNSET
    """What of the order was paid with points."""


class OrderAward1(Shape):
    """What one way to earn gives for the order."""

    source: str
    """Its slug."""
    pts: int


class OrderDetailsResult1(Shape, kw_only=True):
    """What an order gives, and why."""

    pts: int
    pts_from_rewards: int = 0
    lines: list[OrderLineDetails1]
    awards: list[OrderAward1]
    accrual_debug_info: str
    """For people who look into it; its form may change."""


def details_result(found: OrderDetails) -> OrderDetailsResult1:
    """Order details as the wire has them."""
    return OrderDetailsResult1(
        pts=found.points,
        lines=[_line(found, line) for line in found.lines],
        awards=[OrderAward1(source, points) for source, points in found.awards.items()],
        accrual_debug_info="; ".join(f"{name}: {value}" for name, value in found.grounds.items()),
    )


def _line(found: OrderDetails, line: LineDetails) -> OrderLineDetails1:
    digest = hashlib.sha256(f"line\n{found.order_id}\n{line.key}".encode()).digest()
    discounts = line.full_micros - line.spent_micros
    return OrderLineDetails1(
        id=line.key,
        bhid=Flake(int.from_bytes(digest[:8]) & INT64_MAX),
        subtotal_amount=(Money(line.full_micros), found.currency),
        accrual_amount=(Money(line.eligible_micros), found.currency),
        accrual_pts_approx=line.points,
        multiplier=line.permyriad,
        line_discounts=(Money(discounts), found.currency) if discounts else UNSET,
        extra_discounts=(Money(line.tender_micros), found.currency) if line.tender_micros else UNSET,
    )


async def estimate_accrual(call: Call, given: EstimateInput) -> OrderDetailsResult1:
    """Answer EstimateAccrual1; who calls without a token is told of a new customer, whomever is named."""
    cart = given.order
    order, problems = read_order(cart, cart.id, "order", await programme_currency(call))
    named = cart.customer is not None and bool(cart.customer.id or cart.customer.email)
    facts = None
    try:
        if cart.customer is not None:
            facts = facts_of(cart.customer if named else _nameless(cart.customer), "order.customer")
    except InvalidInput as fault:
        problems += fault.problems
    if problems:
        raise InvalidInput(problems)
    who = await _whom(call, given, facts if named else None)
    try:
        return details_result(await call.engine.estimate(call.shop, who, order, facts))
    except TooLarge as fault:
        raise InvalidInput([Problem("order", "out_of_range", fault.message, "smaller amounts")]) from fault


def _nameless(told: Customer2) -> Customer2:
    """A customer without id and e-mail may be estimated for; the name given here leads nowhere."""
    return msgspec.structs.replace(told, id="-")


async def _whom(call: Call, given: EstimateInput, named: CustomerFacts | None) -> Who | None:
    """Whom an estimate is for: the token's customer; with a shop's token whom the call names, or else the order."""
    if call.caller.kind == "anonymous":
        return None
    if call.caller.customer is None and given.customer is None:
        return None if named is None else named.who
    return await call.person(given.customer)


async def query_order_details(call: Call, given: OrderInput) -> OrderDetailsResult1:
    """Answer QueryOrderDetails1; another's order is not found, and without a token none is."""
    if call.caller.kind == "anonymous":
        raise UnknownOrder
    return details_result(await call.engine.order_details(call.shop, given.order_id, customer=call.caller.customer))


FUNCTIONS: Final = (
    Function(
        "EstimateAccrual1", "read", EVERYONE, EstimateInput, OrderDetailsResult1,
        estimate_accrual, "The points an order would give if it were pushed now.",
    ),
    Function(
        "QueryOrderDetails1", "read", EVERYONE, OrderInput, OrderDetailsResult1,
        query_order_details, "The points an order gave, line by line.",
    ),
)  # fmt: skip
