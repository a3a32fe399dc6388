"""Orders: what a shop says of them, and the function that takes it."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from leal.api.customers import EXTRAS_BYTES_MAX, ITEMS_MAX, Customer2, facts_of, time_problems
from leal.api.function import Call, Function
from leal.api.products import Named2, Tags, named_ids
from leal.api.push import Item, answer_push
from leal.api.shapes import Ident, Input, PushResult1, Shape, Words
from leal.engine.commands import PushOrder
from leal.errors import InvalidInput, Problem
from leal.rules.orders import Order, OrderLine, OrderStatus
from leal.scalars import Instant, Money
from leal.values import MONEY_MAX, round_fraction

Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
Rate = Annotated[
    str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,12})?$", description="a decimal text above zero", examples=["1.0842"])
]

ONE: Final = Fraction(1)
"""The rate of an order that is in the programme's currency; known by identity, for to compare fractions is dear."""


class OrderProduct2(Shape):
    """A product as an order names it; collections and tags that are left out are the stored ones."""

    id: Ident
    tags: Tags | None = None
    collections: Annotated[list[Named2], Meta(max_length=250)] | None = None
    collection_ids: Annotated[list[Ident], Meta(max_length=250)] | None = None


class OrderItem2(Shape, kw_only=True):
    """A line of an order, without taxes and shipping."""

    id: Words | None = None
    """Without it, lines are told apart by their position."""
    product: OrderProduct2
    quantity: Annotated[int, Meta(ge=0, le=1_000_000, examples=[1])]
    amount_full: Money
    """Before discounts."""
    amount_spent: Money
    """After them."""
    subscription_id: Words | None = None
    """The subscription that it belongs to; left out: the order's, if it has one."""


class OrderFacts2(Shape, kw_only=True):
    """What is said of an order, but for its id and customer."""

    order_time: Instant | None = None
    update_time: Instant | None = None
    """The shop's time of this state; an older one than the stored is passed over."""
    status: OrderStatus | None = None
    items: Annotated[list[OrderItem2], Meta(max_length=2000)] | None = None
    discount_codes: Annotated[list[Words], Meta(max_length=250)] | None = None
    amount_full: Money | None = None
    amount_spent: Money | None = None
    """After discounts, without taxes and shipping; left out: the sum of the items."""
    amount_taxes: Money | None = None
    amount_shipping: Money | None = None
    amount_points: Money | None = None
    """Paid with points as tender, on top of discounts."""
    currency: Currency | None = None
    exchange_rate: Rate | None = None
    """One unit of `currency` in the programme's currency."""
    available_at: Instant | None = None
    """When its points mature, in place of the programme's rule."""
    subscription_id: Words | None = None
    """The subscription that all of it belongs to: it is one of its cycle orders."""
    store_location: Words | None = None
    referral_code: Words | None = None
    """The code of a friend's invitation; it may stand among `discount_codes`, too."""
    deleted: bool = False
    """As status `deleted`."""
    extras: dict[str, Any] | None = None


class Order2(OrderFacts2, kw_only=True):
    """An order as it is now, whole; what a later push leaves out is no longer so, but status and times stay."""

    id: Ident
    customer: Customer2


class OrdersInput(Input, kw_only=True):
    """Orders to store."""

    orders: Annotated[list[msgspec.Raw], Meta(max_length=ITEMS_MAX)]
    debug: bool = False
    """All or nothing: one fault refuses the whole call."""


def push_order(told: Order2, item: Item, currency: str | None) -> PushOrder:
    """What the engine is told of an order; `currency` is the programme's, None where that does not matter.

    Raises InvalidInput with every fault.
    """
    order, problems = read_order(told, told.id, item.path, currency)
    try:
        customer = facts_of(told.customer, f"{item.path}.customer")
    except InvalidInput as fault:
        raise InvalidInput(problems + fault.problems) from fault
    if customer.deleted:
        message = "An order does not erase its customer."
        problems.append(Problem(f"{item.path}.customer.deleted", "not_here", message, "UpdateCustomers3 does"))
    if problems:
        raise InvalidInput(problems)
    return PushOrder(customer, order, item.json)


def read_order(told: OrderFacts2, id_: str, at: str, currency: str | None) -> tuple[Order, list[Problem]]:
    """The order, and every fault of it, for which it must not be used."""
    problems = _problems(told, at)
    rate = _rate(told, currency, at, problems)
    order = Order(
        id=id_,
        status="deleted" if told.deleted else told.status,
        order_at=_plain(told.order_time),
        updated_at=_plain(told.update_time),
        lines=None if told.items is None else [_line(line, number, rate) for number, line in enumerate(told.items)],
        amount_spent=None if told.amount_spent is None else _exchanged(told.amount_spent, rate),
        amount_taxes=_exchanged(told.amount_taxes or 0, rate),
        amount_shipping=_exchanged(told.amount_shipping or 0, rate),
        amount_points=_exchanged(told.amount_points or 0, rate),
        codes=list(dict.fromkeys(code for one in _codes(told) if (code := one.strip()))),
        available_at=_plain(told.available_at),
        extras=_extras(told),
        subscription=told.subscription_id or "",
    )
    return order, problems


def _codes(told: OrderFacts2) -> list[str]:
    return [*(told.discount_codes or []), *([told.referral_code] if told.referral_code else [])]


def _problems(told: OrderFacts2, at: str) -> list[Problem]:
    problems: list[Problem] = []
    for name in ("amount_full", "amount_spent", "amount_taxes", "amount_shipping", "amount_points"):
        if (getattr(told, name) or 0) < 0:
            problems.append(_negative(f"{at}.{name}"))
    seen: dict[str, int] = {}
    for number, line in enumerate(told.items or []):
        if line.amount_full < 0:
            problems.append(_negative(f"{at}.items[{number}].amount_full"))
        if line.amount_spent < 0:
            problems.append(_negative(f"{at}.items[{number}].amount_spent"))
        first = seen.setdefault(_key(line, number), number)
        if first != number:
            message = f"The line {line.id} stands twice in the order, first as items[{first}]."
            path = f"{at}.items[{number}].id"
            problems.append(Problem(path, "duplicate", message, "each line once, with the sum of both"))
    for name in ("order_time", "update_time", "available_at"):
        if (instant := getattr(told, name)) is not None:
            problems += time_problems(instant, f"{at}.{name}")
    if told.extras is not None and len(msgspec.json.encode(told.extras)) > EXTRAS_BYTES_MAX:
        message = f"The extras are larger than {EXTRAS_BYTES_MAX} bytes of JSON."
        problems.append(Problem(f"{at}.extras", "too_long", message, "fewer or shorter extras"))
    if told.deleted and told.status not in (None, "deleted", "canceled"):
        message = f'The order is marked deleted, but its status is "{told.status}".'
        problems.append(Problem(f"{at}.status", "contradiction", message, '"canceled", or no status'))
    return problems


def _negative(path: str) -> Problem:
    return Problem(path, "out_of_range", "The amount is less than zero.", 'zero or more, such as "12.50"')


def _rate(told: OrderFacts2, currency: str | None, at: str, problems: list[Problem]) -> Fraction:
    """The factor into the programme's currency; 1 for an order that is in it."""
    if told.currency is None or currency is None or told.currency == currency:
        return ONE
    path = f"{at}.exchange_rate"
    if told.exchange_rate is None:
        message = f"The order is in {told.currency}, the programme in {currency}; the rate is missing."
        problems.append(Problem(path, "required", message, f'"exchange_rate": one {told.currency} in {currency}'))
        return ONE
    rate = Fraction(told.exchange_rate)
    amounts = [told.amount_full, told.amount_spent, told.amount_taxes, told.amount_shipping, told.amount_points]
    amounts += [amount for line in told.items or [] for amount in (line.amount_full, line.amount_spent)]
    if rate == 0:
        problems.append(Problem(path, "out_of_range", "The rate is zero.", 'a decimal above zero such as "1.0842"'))
    elif max(amount or 0 for amount in amounts) * rate > MONEY_MAX:
        problems.append(Problem(path, "out_of_range", "At this rate an amount is too large.", "a smaller rate"))
    return rate


def _exchanged(micros: int, rate: Fraction) -> int:
    """An amount in the programme's currency, to the nearest micro, a half up."""
    return int(micros) if rate is ONE else round_fraction(micros * rate, "half_up")


def _line(line: OrderItem2, number: int, rate: Fraction) -> OrderLine:
    product = line.product
    return OrderLine(
        key=_key(line, number),
        product=product.id,
        quantity=line.quantity,
        amount_spent=_exchanged(line.amount_spent, rate),
        amount_full=_exchanged(line.amount_full, rate),
        collections=named_ids(product.collections, product.collection_ids),
        tags=product.tags,
        subscription=line.subscription_id or "",
    )


def _key(line: OrderItem2, number: int) -> str:
    return line.id or f"#{number}"


def _extras(told: OrderFacts2) -> dict[str, object]:
    """What is kept of an order beside what earns."""
    extras: dict[str, object] = dict(told.extras or {})
    if told.store_location:
        extras["store_location"] = told.store_location
    if told.currency:
        extras["currency"] = told.currency
    if told.exchange_rate:
        extras["exchange_rate"] = told.exchange_rate
    return extras


def _plain(at: Instant | None) -> int | None:
    return None if at is None else int(at)


async def update_orders(call: Call, given: OrdersInput) -> PushResult1:
    """Answer UpdateOrders4."""
    items = [Item("orders", number, bytes(raw)) for number, raw in enumerate(given.orders)]
    currency = await programme_currency(call) if any(b'"currency"' in item.json for item in items) else None

    def command(order: Order2, item: Item) -> PushOrder:
        return push_order(order, item, currency)

    return await answer_push(call, "order", items, Order2, command, call.engine.push_orders, given.debug)


async def programme_currency(call: Call) -> str | None:
    """The currency of the programme in force; None without one."""
    terms = await call.engine.terms(call.shop)
    return None if terms is None else terms.programme.currency


FUNCTIONS: Final = (
    Function(
        "UpdateOrders4", "write", ("shop",), OrdersInput, PushResult1,
        update_orders, "Stores orders as they are now, each whole; pushing one again changes nothing.",
        raw=True, push=True,
    ),
)  # fmt: skip
