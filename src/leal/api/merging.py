"""Merging: the function that makes several customers one."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType

from leal.api.function import Call, Function
from leal.api.shapes import CustomerIdentity1, Done1, KeyedInput, LongText, Shape
from leal.engine.commands import Merge, MergeSide
from leal.scalars import Flake, Money

CUSTOMERS_MAX: Final = 20


class MergeInput(KeyedInput, kw_only=True):
    """Which customers become one."""

    customers: Annotated[list[CustomerIdentity1], Meta(min_length=2, max_length=CUSTOMERS_MAX)]
    """All become the first; where they contradict one another, an earlier one is right."""
    description: LongText = ""
    """The customer sees it."""
    private_note: LongText = ""
    """Only staff see it."""
    preview: bool = False
    """Tells what would come of it, and changes nothing; it needs no idempotency key."""


class MergeSide1(Shape, kw_only=True):
    """What a customer has beside a merger."""

    bhid: Flake
    shopid: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    pts_available: int
    pts_pending: int
    pts_held: int
    pts_redeemed: int
    pts_expired: int
    pts_earned: int
    pts_debt: int
    order_count: int
    total_spend: Money
    tier: str | None


class MergeResult1(Done1, kw_only=True):
    """What came of it, or would come of it."""

    preview: bool
    """Whether nothing was changed."""
    before: list[MergeSide1]
    """The customers as they were, each once; only one where they were merged before."""
    after: MergeSide1


async def merge_customers(call: Call, given: MergeInput) -> MergeResult1:
    """Answer MergeCustomers1."""
    words = {"description": given.description, "private_note": given.private_note, "actor": call.by}
    key = None if given.preview else call.key(given, required=True)
    customers = [customer.who() for customer in given.customers]
    merge = Merge(customers, words, key, given.preview, call.by)
    merged = call.noted(await call.engine.merge_customers(call.shop, merge))
    return MergeResult1(preview=given.preview, before=[_side(one) for one in merged.before], after=_side(merged.after))


def _side(side: MergeSide) -> MergeSide1:
    return MergeSide1(
        bhid=Flake(side.who.bhid or 0),
        shopid=side.who.shopid or UNSET,
        email=side.who.email or UNSET,
        pts_available=side.available,
        pts_pending=side.pending,
        pts_held=side.held,
        pts_redeemed=side.redeemed,
        pts_expired=side.expired,
        pts_earned=side.earned,
        pts_debt=side.debt,
        order_count=side.orders,
        total_spend=Money(side.spend_micros),
        tier=side.tier,
    )


FUNCTIONS: Final = (
    Function(
        "MergeCustomers1", "write", ("shop",), MergeInput, MergeResult1,
        merge_customers, "Makes several customers the first of them; with `preview` only tells what would come of it.",
    ),
)  # fmt: skip
