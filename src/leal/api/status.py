"""Status: the function that tells a caller who it is taken for."""

from __future__ import annotations

from typing import Final, Literal

from leal.api.function import EVERYONE, Call, Function
from leal.api.shapes import Input, Shape
from leal.engine.commands import UnknownCustomer, Who
from leal.rules.membership import shown_membership
from leal.scalars import Flake, Instant

MembershipStatus1 = Literal["none", "guest", "full"]


class StatusUser1(Shape):
    """The token's customer."""

    shopid: str
    bhid: Flake | None
    """Null while the shop's pushes have not made it known."""


class StatusResult1(Shape):
    """Who calls, and whether the programme runs."""

    now: Instant
    """The shop's clock; a sandbox has its own."""
    logged_in: bool
    user: StatusUser1 | None
    shop_slug: str
    membership: MembershipStatus1
    """With no customer, or an unknown one, an empty customer is judged."""
    program_enabled: bool


async def status(call: Call, given: Input) -> StatusResult1:
    """Answer Status2."""
    customer = call.caller.customer
    user = None
    try:
        if customer is None:
            raise UnknownCustomer
        balance = await call.engine.balance(call.shop, Who(shopid=customer))
        user = StatusUser1(shopid=customer, bhid=Flake(balance.account_id))
    except UnknownCustomer:
        balance = await call.engine.logged_out(call.shop)
        user = None if customer is None else StatusUser1(shopid=customer, bhid=None)
    return StatusResult1(
        now=Instant(balance.now),
        logged_in=customer is not None,
        user=user,
        shop_slug=call.shop.slug,
        membership=shown_membership(balance.standing.account, balance.standing.terms),
        program_enabled=balance.standing.terms is not None,
    )


FUNCTIONS: Final = (
    Function(
        "Status2", "read", EVERYONE, Input, StatusResult1,
        status, "Who the token speaks for, the shop's time, and whether its programme runs.",
    ),
)  # fmt: skip
