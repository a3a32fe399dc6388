"""The shapes of offers and rewards: what is to be had for points, what keeps somebody from it, what one then holds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from leal.api.failures import ErrorReason1
from leal.api.shapes import CustomerInput, Email, KeyedInput, LongText, MarketInput1, Shape, Words
from leal.scalars import Flake, Instant, Money

OfferType = Literal["vendible", "gift_card", "custom_reward", "free"]
RewardType = Literal["redemption", "vendible", "gift_card", "custom_reward", "free"]


class ProductView2(Shape):
    """A product as the shop last told it; of one that it never told, only the id is known."""

    bhid: Flake
    id: str
    slug: str | UnsetType = UNSET
    sku: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    image_url: str | UnsetType = UNSET
    inactive: bool | UnsetType = UNSET


class OfferGives1(Shape):
    """What an offer gives: one of these."""

    amount: Money | UnsetType = UNSET
    """Money off, or on a gift card."""
    percent: int | UnsetType = UNSET
    """Off, in permyriad: 1000 is ten percent."""
    product_id: str | UnsetType = UNSET
    free_shipping: bool | UnsetType = UNSET
    identifier: str | UnsetType = UNSET
    """What the shop hands out itself."""


class Offer1(Shape):
    """Something to be had for points."""

    id: str
    """To be named to `RedeemOffer1`."""
    type: OfferType
    title: str
    available: bool
    section: str
    """Its place on the page."""
    gives: OfferGives1
    points: int | UnsetType = UNSET
    """What it costs this customer; left out where it costs nothing."""
    desc: str | UnsetType = UNSET
    product: ProductView2 | UnsetType = UNSET
    image_url: str | UnsetType = UNSET
    starts: Instant | UnsetType = UNSET
    ends: Instant | UnsetType = UNSET
    unavailable_reasons: list[ErrorReason1] | UnsetType = UNSET
    """Everything that keeps this customer from it now."""


class CouponRedeemable1(Shape):
    """What the customer holds: a code, and what it gives at the checkout."""

    bhid: Flake
    """The reward's: the change that gave it."""
    code: str
    title: str
    type: OfferType
    gives: OfferGives1
    product: ProductView2 | UnsetType = UNSET
    expires: Instant | UnsetType = UNSET
    """When it lapses, if it is not used before."""


class AvailableReward1(Shape):
    """A code that the customer holds and has not used, or a reward that a code can be made of."""

    type: RewardType
    """`redemption`: of points; else the kind of the offer."""
    desc: str
    code: str
    """Empty where there is none yet: `UseAchievementDiscount1` makes one."""
    since: Instant
    bhid: Flake
    """The change that gave it."""
    status: Literal["unused", "locked"]
    """`locked`: an order that is not paid yet carries it."""
    reward_desc: str | UnsetType = UNSET
    pts: int | None = None
    amount: Money | None = None
    expires: Instant | UnsetType = UNSET
    """When it lapses, if it is not used before."""


class OffersInput(CustomerInput, kw_only=True):
    """Whose offers, and which of them."""

    include_unavailable: bool = False
    """Also those that cost more than the customer has, or that cannot be had for other reasons."""
    market: MarketInput1 | None = None


class OffersResult1(Shape):
    """The offers in the programme's order."""

    offers: list[Offer1]


class RedeemDestination1(Shape, kw_only=True):
    """Where what the shop hands out itself is to go; Leal keeps it with the change, and erases it with the customer."""

    name: Words | None = None
    email: Email | None = None
    phone: Words | None = None
    address: LongText | None = None


class RedeemOfferInput(KeyedInput, kw_only=True):
    """Which offer, and what is to be remembered with it."""

    offer_id: Annotated[str, Meta(min_length=1, max_length=64, examples=["five-euros"])]
    destination: RedeemDestination1 | None = None
    extras: dict[str, Any] | None = None
    """Facts of the caller's own, at most 4,000 bytes of JSON; kept with the change."""


class RedeemOfferResult(Shape):
    """What was paid, and what the customer holds now."""

    success: Literal[True]
    message: str
    offer_title: str
    pts_spent: int
    change_bhid: Flake
    coupon_code: CouponRedeemable1 | None
    """Null where the shop hands it out itself."""


class UseRewardInput(KeyedInput, kw_only=True):
    """Which reward to make a code of."""

    reward_bhid: Flake
    """As `unused_rewards` names it."""


class UseRewardResult(Shape):
    """The code."""

    coupon_code: CouponRedeemable1
