"""Customers: what a shop says of them, and the function that takes it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from leal.api.function import Call, Function
from leal.api.push import Item, answer_push
from leal.api.shapes import Email, Ident, Input, LongText, PushResult1, Shape, Words
from leal.engine.commands import CustomerFacts, PushCustomer, Who
from leal.errors import InvalidInput, Problem
from leal.scalars import Instant
from leal.values import parse_instant

ITEMS_MAX: Final = 5000
EXTRAS_BYTES_MAX: Final = 16_384
EARLIEST: Final = parse_instant("1900-01-01T00:00:00Z")
LATEST: Final = parse_instant("2200-01-01T00:00:00Z")

_BIRTHDAY: Final = r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$"
Birthday = Annotated[
    str,
    Meta(
        pattern=_BIRTHDAY,
        description="a date such as 1980-05-17, or 0000-05-17 where the year is not known",
        examples=["1980-05-17"],
    ),
]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Consent = Literal["subscribed", "unsubscribed"] | None


class Subscription1(Shape):
    """A subscription as the shop knows it; what is left out or null stays as it was."""

    id: Ident
    status: Literal["active", "paused", "ended"] | None = None
    """A new one is `active`."""
    started_at: Instant | None = None
    """Left out: when its first order was placed."""
    cycle: Count | None = None
    """How many cycle orders it has come to; the larger of this and of those that are counted holds."""
    earlier_orders: Count | None = None
    """Cycle orders that were never pushed; they are added to those that are counted."""


class Customer2(Shape):
    """A customer as the shop knows it; what is left out or null stays as it was, an empty text clears it."""

    id: Words | None = None
    """The shop's id; it may be left out where the e-mail is given."""
    email: Email | None = None
    phone: Words | None = None
    first_name: Words | None = None
    last_name: Words | None = None
    full_name: Words | None = None
    birthday: Birthday | None = None
    tags: Annotated[list[Words], Meta(max_length=250)] | None = None
    alt_emails: Annotated[list[Email], Meta(max_length=50)] | None = None
    email_verified: bool | Words | None = None
    email_marketing_consent: Consent = None
    email_marketing_consent_change_time: Instant | None = None
    sms_marketing_consent: Consent = None
    sms_marketing_consent_change_time: Instant | None = None
    optin: bool | None = None
    """Short for a `membership` of `full` (true) or `none` (false)."""
    membership: Literal["none", "guest", "full"] | None = None
    """Whether the customer takes part; left out, the programme or what was last said decides."""
    signed_up_at: Instant | None = None
    subscriptions: Annotated[list[Subscription1], Meta(max_length=100)] | None = None
    """What is new of the customer's subscriptions; those that are not named stay as they were."""
    referral_code: Words | None = None
    """The code of a friend's invitation that the customer came by; it counts until the first order."""
    locale: Words | None = None
    note: LongText | None = None
    extras: dict[str, Any] | None = None
    """Anything of the shop's own, up to 16 KB of JSON."""
    deleted: bool = False
    """Erases the customer for good; whoever is not known is none any more. In an order it is a fault."""


_OF_PROFILE: Final = tuple(
    name for name in Customer2.__struct_fields__ if name not in ("id", "email", "optin", "membership", "deleted")
)
"""What is kept of what the shop says."""


class CustomersInput(Input, kw_only=True):
    """Customers to store."""

    customers: Annotated[list[msgspec.Raw], Meta(max_length=ITEMS_MAX)]
    debug: bool = False
    """All or nothing: one fault refuses the whole call."""


def facts_of(customer: Customer2, at: str) -> CustomerFacts:
    """What the engine is told of a customer; raises InvalidInput with every fault, its path under `at`."""
    dot = f"{at}." if at else ""
    problems = []
    email = (customer.email or "").strip()
    if not customer.id and not email:
        message = "The customer has neither an id nor an e-mail."
        problems.append(Problem(f"{dot}id", "required", message, 'such as "id": "1234"'))
    if email and ("@" not in email[1:-1] or any(character.isspace() for character in email)):
        message = "The e-mail is not an address."
        problems.append(Problem(f"{dot}email", "bad_format", message, "such as ann@example.com"))
    if customer.birthday and not _day_exists(customer.birthday):
        message = f"The day {customer.birthday} does not exist."
        problems.append(Problem(f"{dot}birthday", "bad_format", message, "such as 1980-05-17 or 0000-05-17"))
    for name in ("signed_up_at", "email_marketing_consent_change_time", "sms_marketing_consent_change_time"):
        problems += time_problems(getattr(customer, name), f"{dot}{name}")
    for number, one in enumerate(customer.subscriptions or []):
        problems += time_problems(one.started_at, f"{dot}subscriptions[{number}].started_at")
    if customer.extras is not None and len(msgspec.json.encode(customer.extras)) > EXTRAS_BYTES_MAX:
        message = f"The extras are larger than {EXTRAS_BYTES_MAX} bytes of JSON."
        problems.append(Problem(f"{dot}extras", "too_long", message, "fewer or shorter extras"))
    if problems:
        raise InvalidInput(problems)
    who = Who(shopid=customer.id or None, email=email.casefold() or None)
    membership = customer.membership
    if membership is None and customer.optin is not None:
        membership = "full" if customer.optin else "none"
    return CustomerFacts(who, _profile(customer), membership, customer.deleted)


def _profile(customer: Customer2) -> dict[str, Any]:
    return {
        name: value.write() if isinstance(value, Instant) else value
        for name in _OF_PROFILE
        if (value := getattr(customer, name)) is not None
    } | ({} if customer.subscriptions is None else {"subscriptions": [_plain(one) for one in customer.subscriptions]})


def _plain(subscription: Subscription1) -> dict[str, Any]:
    told = msgspec.structs.asdict(subscription)
    if subscription.started_at is not None:
        told["started_at"] = subscription.started_at.write()
    return {name: value for name, value in told.items() if value is not None}


def time_problems(at: Instant | None, path: str) -> list[Problem]:
    """A fault, where a time lies outside of the years that any shop could mean."""
    if at is None or EARLIEST <= at < LATEST:
        return []
    message = "The time is not between the years 1900 and 2200."
    return [Problem(path, "out_of_range", message, Instant.right)]


def birthday_is_right(text: str) -> bool:
    """Whether it is a day as a birthday is written, and exists."""
    return re.fullmatch(_BIRTHDAY, text) is not None and _day_exists(text)


def _day_exists(day: str) -> bool:
    year = "2000" if day.startswith("0000") else day[:4]  # 29 February is a birthday in no particular year
    try:
        date.fromisoformat(f"{year}{day[4:]}")
    except ValueError:
        return False
    return True


async def update_customers(call: Call, given: CustomersInput) -> PushResult1:
    """Answer UpdateCustomers3."""
    items = [Item("customers", number, bytes(raw)) for number, raw in enumerate(given.customers)]

    def command(customer: Customer2, item: Item) -> PushCustomer:
        if customer.deleted and call.caller.scope != "shop":
            message = "A key that only pushes does not erase."
            problem = Problem(f"{item.path}.deleted", "key_scope_not_allowed", message, "a key of the scope shop")
            raise InvalidInput([problem])
        return PushCustomer(facts_of(customer, item.path), item.json, call.by)

    return await answer_push(call, "customer", items, Customer2, command, call.engine.push_customers, given.debug)


FUNCTIONS: Final = (
    Function(
        "UpdateCustomers3", "write", ("shop",), CustomersInput, PushResult1,
        update_customers, "Stores what the shop says of its customers; pushing one again changes nothing.",
        raw=True, push=True,
    ),
)  # fmt: skip
