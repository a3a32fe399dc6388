"""History: the function that lists what happened to a customer, newest first."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leal.api import words
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.shapes import CustomerInput, MarketInput1, Shape
from leal.engine.commands import Change, UnknownCustomer, Who
from leal.scalars import Flake, Instant, Money
from leal.words.voice import Voice

HIDDEN: Final = frozenset({"points_matured", "points_redated", "tier_beneath", "tier_dated", "marked", "hold_extended"})
"""Types that move no points a customer would count; pages leave them out."""


OF_CUSTOMERS: Final = frozenset({"joined", "left", "became_guest", "marked", "subscription_changed"})
"""Types that are about who takes part, and how."""


class Change2(Shape):
    """One thing that happened."""

    id: Flake
    area: str
    """`points`, `tier`, `milestone` or `customer`; pages skip what they do not know."""
    type: str
    desc: str
    time: Instant
    customer_bhid: Flake
    customer_shopid: str
    customer_email: str
    order_shopid: str | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    pts_delta: int | UnsetType = UNSET
    """With area `points`, and with `milestone` where points moved."""
    amount: Money | UnsetType = UNSET
    """What the points are worth, for redemptions."""
    discount_code: str | UnsetType = UNSET
    extras: dict[str, Any] | UnsetType = UNSET
    """What was told with `RedeemOffer1`."""


class HistoryResult2(Shape):
    """Changes, newest first."""

    changes: list[Change2]


class HistoryInput(CustomerInput):
    """Whose history, and which part of it."""

    only_unused: bool = False
    """Only changes whose discount code is unused."""
    only_points: bool = False
    """Only changes that touch points."""
    limit: Annotated[int, Meta(ge=1, le=1000, examples=[100])] = 1000
    market: MarketInput1 | None = None
    after_id: Flake | None = None
    """Go on after the last change of the answer before, towards older ones."""


async def customer_history(call: Call, given: HistoryInput) -> HistoryResult2:
    """Answer CustomerHistory2; a customer's token that names nobody known has no history."""
    who = await call.person(given.customer)
    try:
        history = await call.engine.history(
            call.shop,
            who,
            only_unused=given.only_unused,
            only_points=given.only_points,
            after_id=None if given.after_id is None else int(given.after_id),
            limit=given.limit,
        )
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        return HistoryResult2(changes=[])
    speak = words.voice_for(given.market, history.terms)
    return HistoryResult2(changes=[_change(one, history.account_id, history.who, speak) for one in history.changes])


def _change(change: Change, account_id: int, who: Who, speak: Voice) -> Change2:
    area = area_of(change.type)
    note = msgspec.json.decode(change.note, type=_Note) if change.note else _Note()
    return Change2(
        id=Flake(change.id),
        area=area,
        type=change.type,
        desc=note.description or words.change_sentence(speak, change.type, change.order_id, change.title),
        time=Instant(change.at),
        customer_bhid=Flake(account_id if who.bhid is None else who.bhid),
        customer_shopid=who.shopid or "",
        customer_email=who.email or "",
        order_shopid=change.order_id or UNSET,
        hidden=True if change.type in HIDDEN else UNSET,
        pts_delta=change.points if area == "points" or (area == "milestone" and change.points) else UNSET,
        amount=UNSET if change.amount is None else Money(change.amount),
        discount_code=change.code or UNSET,
        extras=note.extras or UNSET,
    )


class _Note(msgspec.Struct):
    """The words beside a change that a customer may see; the others stay where they are."""

    description: str = ""
    extras: dict[str, Any] = {}


def area_of(type_: str) -> str:
    """What a change of the type is about: `points`, `tier` or `customer`."""
    if type_ in OF_CUSTOMERS:
        return "customer"
    if type_ == "referral_accepted":
        return "referral"
    if type_.startswith("milestone_"):
        return "milestone"
    return "tier" if type_.startswith("tier_") else "points"


FUNCTIONS: Final = (
    Function(
        "CustomerHistory2", "read", ABOUT_ONE, HistoryInput, HistoryResult2,
        customer_history, "What happened to a customer's points and tier, newest first.",
    ),
)  # fmt: skip
