"""Redemption: the functions that turn points into a discount and take that back."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.shapes import KeyedInput, Shape
from leal.engine.commands import Redeem, Unredeem
from leal.errors import NotFound
from leal.rules.redemption import Wish
from leal.scalars import Flake, Instant, Money
from leal.values import NEVER, POINTS_MAX

Points = Annotated[int, Meta(ge=1, le=POINTS_MAX, examples=[500])]


class RedeemInput(KeyedInput, kw_only=True):
    """How many points, and for what cart."""

    pts: Points
    no_coupon: bool = False
    """Take the points only; the caller gives the discount itself."""
    cart_subtotal: Money | None = None


class RedeemResult(Shape):
    """The code, and what it is worth."""

    code: str
    """Empty with `no_coupon`."""
    pts: int
    amount: Money
    change_bhid: Flake
    expires: Instant | UnsetType = UNSET
    """When the code lapses, if it is not used before."""


class UnredeemInput(KeyedInput, kw_only=True):
    """Which redemption to undo."""

    change_bhid: Flake


class UnredeemResult(Shape):
    """Points given back."""

    success: Literal[True]
    pts: int


async def redeem_points(call: Call, given: RedeemInput) -> RedeemResult:
    """Answer RedeemPoints1."""
    who = await call.person(given.customer)
    subtotal = None if given.cart_subtotal is None else int(given.cart_subtotal)
    wish = Wish(given.pts, not given.no_coupon, subtotal)
    done = call.noted(await call.engine.redeem(call.shop, Redeem(who, wish, call.key(given))))
    expires = UNSET if done.expires_at == NEVER else Instant(done.expires_at)
    return RedeemResult(
        code=done.code,
        pts=done.points,
        amount=Money(done.amount),
        change_bhid=Flake(done.change_id),
        expires=expires,
    )


async def unredeem(call: Call, given: UnredeemInput) -> UnredeemResult:
    """Answer Unredeem1."""
    if given.change_bhid == 0:
        raise NotFound("There is no such change.")
    who = await call.person(given.customer)
    done = call.noted(await call.engine.unredeem(call.shop, Unredeem(who, int(given.change_bhid), call.key(given))))
    return UnredeemResult(success=True, pts=done.points)


FUNCTIONS: Final = (
    Function(
        "RedeemPoints1", "write", ABOUT_ONE, RedeemInput, RedeemResult,
        redeem_points, "Turns points into a discount code, or takes them for a discount of the caller's.",
    ),
    Function(
        "Unredeem1", "write", ABOUT_ONE, UnredeemInput, UnredeemResult,
        unredeem, "Gives back the points of an unused redemption.",
    ),
)  # fmt: skip
