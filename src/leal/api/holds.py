"""Holds: the functions that set points aside for a checkout, spend them, extend the hold and give it up."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.redemption import Points
from leal.api.shapes import CustomerInput, Done1, Ident, KeyedInput, Shape
from leal.engine.commands import UnknownCustomer
from leal.engine.holds import CaptureHold, ExtendHold, HoldMade, PlaceHold, ReleaseHold
from leal.errors import InvalidInput, Problem
from leal.rules.holding import HoldWish
from leal.scalars import Flake, Instant, Money

Minutes = Annotated[int, Meta(ge=1, le=21_600, examples=[15])]


class Hold1(Shape):
    """Points set aside for a checkout."""

    hold_bhid: Flake
    reference: str
    pts: int
    amount: Money
    """What they are worth."""
    placed: Instant
    expires: Instant
    """When they are the customer's again, if they are not captured before."""
    latest: Instant
    """The latest that it can be extended to."""


class HoldInput(KeyedInput, kw_only=True):
    """What to set aside, under which reference, for how long."""

    reference: Ident
    """The caller's own id of the checkout. The same one again while the hold is open changes its points."""
    pts: Points | None = None
    amount: Money | None = None
    """In place of `pts`: the fewest points that may be redeemed and are worth it."""
    ttl_minutes: Minutes | None = None
    """How long; where it is left out, as long as the programme says."""
    cart_subtotal: Money | None = None


class HoldResult(Shape):
    """The hold as it is now."""

    hold: Hold1


class NamedHoldInput(KeyedInput, kw_only=True):
    """Which hold: by its id or by its reference."""

    hold_bhid: Flake | None = None
    reference: Ident | None = None

    def names(self) -> tuple[str | None, int | None]:
        """Reference and id; raises InvalidInput unless one of them is given."""
        if (self.hold_bhid is None) == (self.reference is None):
            message = "A hold is named by one of hold_bhid and reference."
            raise InvalidInput([Problem("reference", "one_of", message, "one of the two")])
        return self.reference, None if self.hold_bhid is None else int(self.hold_bhid)


class CaptureInput(NamedHoldInput, kw_only=True):
    """Which hold, and how much of it."""

    pts: Points | None = None
    """How many of its points are spent; all of them, where it is left out. The others are released."""


class CaptureResult(Shape):
    """What was spent."""

    hold_bhid: Flake
    reference: str
    pts: int
    pts_released: int
    amount: Money
    """What the spent points are worth."""
    change_bhid: Flake
    """What `Unredeem1` undoes."""


class ExtendInput(NamedHoldInput, kw_only=True):
    """Which hold, and for how long from now on."""

    ttl_minutes: Minutes | None = None


class ReleaseInput(NamedHoldInput, kw_only=True):
    """Which hold."""


class ReleaseResult(Done1, kw_only=True):
    """Points given back."""

    pts: int
    """0 where it had ended before."""


class HoldsInput(CustomerInput):
    """Whose holds."""


class HoldsResult(Shape):
    """Open holds, the newest first."""

    holds: list[Hold1]


async def hold_points(call: Call, given: HoldInput) -> HoldResult:
    """Answer HoldPoints1."""
    if (given.pts is None) == (given.amount is None) or (given.amount is not None and given.amount <= 0):
        message = "A hold is of points or of an amount of money, more than none."
        raise InvalidInput([Problem("pts", "one_of", message, 'such as {"pts": 500} or {"amount": "5.00"}')])
    who = await call.person(given.customer)
    subtotal = None if given.cart_subtotal is None else int(given.cart_subtotal)
    wish = HoldWish(given.pts, None if given.amount is None else int(given.amount), given.ttl_minutes, subtotal)
    return HoldResult(
        hold=_hold(
            call.noted(await call.engine.hold(call.shop, PlaceHold(who, wish, given.reference, call.key(given))))
        )
    )


async def capture_hold(call: Call, given: CaptureInput) -> CaptureResult:
    """Answer CaptureHold1."""
    names = given.names()
    who = await call.person(given.customer)
    done = call.noted(await call.engine.capture_hold(call.shop, CaptureHold(who, *names, given.pts, call.key(given))))
    return CaptureResult(
        hold_bhid=Flake(done.hold_id),
        reference=done.reference,
        pts=done.points,
        pts_released=done.released,
        amount=Money(done.amount),
        change_bhid=Flake(done.change_id),
    )


async def extend_hold(call: Call, given: ExtendInput) -> HoldResult:
    """Answer ExtendHold1."""
    names = given.names()
    who = await call.person(given.customer)
    command = ExtendHold(who, *names, given.ttl_minutes, call.key(given))
    return HoldResult(hold=_hold(call.noted(await call.engine.extend_hold(call.shop, command))))


async def release_hold(call: Call, given: ReleaseInput) -> ReleaseResult:
    """Answer ReleaseHold1."""
    names = given.names()
    who = await call.person(given.customer)
    done = call.noted(await call.engine.release_hold(call.shop, ReleaseHold(who, *names, call.key(given))))
    return ReleaseResult(pts=done.points)


async def customer_holds(call: Call, given: HoldsInput) -> HoldsResult:
    """Answer CustomerHolds1; a customer's token that names nobody known has none."""
    who = await call.person(given.customer)
    try:
        found = await call.engine.holds(call.shop, who)
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        return HoldsResult(holds=[])
    return HoldsResult(holds=[_hold(one) for one in found])


def _hold(made: HoldMade) -> Hold1:
    return Hold1(
        hold_bhid=Flake(made.id),
        reference=made.reference,
        pts=made.points,
        amount=Money(made.amount),
        placed=Instant(made.placed_at),
        expires=Instant(made.ends_at),
        latest=Instant(made.latest_at),
    )


FUNCTIONS: Final = (
    Function(
        "HoldPoints1", "write", ABOUT_ONE, HoldInput, HoldResult,
        hold_points, "Sets points aside for a checkout, so that nothing else spends them meanwhile.",
    ),
    Function(
        "CaptureHold1", "write", ABOUT_ONE, CaptureInput, CaptureResult,
        capture_hold, "Spends points that were set aside, all or some; the others are released.",
    ),
    Function(
        "ExtendHold1", "write", ABOUT_ONE, ExtendInput, HoldResult,
        extend_hold, "Lets points stay set aside for longer.",
    ),
    Function(
        "ReleaseHold1", "write", ABOUT_ONE, ReleaseInput, ReleaseResult,
        release_hold, "Gives points back that were set aside.",
    ),
    Function(
        "CustomerHolds1", "read", ABOUT_ONE, HoldsInput, HoldsResult,
        customer_holds, "A customer's points that are set aside at this moment.",
    ),
)  # fmt: skip
