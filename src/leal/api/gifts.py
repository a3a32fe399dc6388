"""Gifts: the function by which a member's points become another's."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.redemption import Points
from leal.api.shapes import CustomerIdentity1, KeyedInput, Shape
from leal.engine.commands import EmptyIdentity
from leal.engine.gifts import Gift, UnknownReceiver
from leal.errors import NotAllowed
from leal.scalars import Flake

Message = Annotated[str, Meta(max_length=200, examples=["Happy birthday!"])]


class GiftInput(KeyedInput, kw_only=True):
    """To whom, and how many points."""

    to: CustomerIdentity1
    """Who gets them. With a customer's token by `bhid` alone."""
    pts: Points
    message: Message = ""
    """Stands in the history of both."""


class GiftResult(Shape):
    """What was given."""

    pts: int
    change_bhid: Flake
    """The change of the sender."""


class ReceiverNeedsBhid(NotAllowed):
    """A customer's token named the receiver by a shop id or an e-mail."""

    id = "receiver_needs_bhid"
    sentence = "With a customer's token a gift is given by the receiver's bhid alone."


async def give_points(call: Call, given: GiftInput) -> GiftResult:
    """Answer GiftPoints1; whoever speaks for one customer never learns whether an e-mail or a shop id is a member's."""
    if call.is_customers_own and (given.to.shopid or given.to.email):
        raise ReceiverNeedsBhid
    who = await call.person(given.customer)
    try:
        to = given.to.who()
    except EmptyIdentity:
        raise UnknownReceiver from None
    command = Gift(who, to, given.pts, given.message.strip(), call.key(given))
    done = call.noted(await call.engine.give(call.shop, command))
    return GiftResult(pts=done.points, change_bhid=Flake(done.change_id))


FUNCTIONS: Final = (
    Function(
        "GiftPoints1", "write", ABOUT_ONE, GiftInput, GiftResult,
        give_points, "Gives a customer's points to another customer.",
    ),
)  # fmt: skip
