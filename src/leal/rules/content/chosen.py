"""What was chosen: a block's variant and its slots, typed values that are not yet words."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, get_args

import msgspec

Block = Literal[
    "loyalty-programme-banner", "customer-value-block", "lifecycle-banner", "personalised-digest",
    "enriched-product-recommendation",
]  # fmt: skip
BLOCKS: Final[tuple[Block, ...]] = get_args(Block)


class Progress(msgspec.Struct, frozen=True, gc=False):
    """How far to the next tier, in points; 0 <= current < goal."""

    current: int
    goal: int


class SpendProgress(msgspec.Struct, frozen=True, gc=False):
    """The same where the next tier asks for money spent."""

    current_micros: int
    goal_micros: int


class OfferSlot(msgspec.Struct, frozen=True, omit_defaults=True):
    """An offer as it is shown."""

    id: str
    title: str
    kind: Literal["percentage", "fixed_amount", "free_shipping", "points_multiplier"]
    ends_at: int
    """When it ends, in microseconds; the first instant at which it is over."""
    ends_on: date
    """The last local day on which it can be had."""
    description: str = ""
    permyriad: int = 0
    """Of a percentage: the share in hundredths of a percent. Of a multiplier: the factor, 20000 for double points."""
    amount_micros: int = 0
    minimum_basket_micros: int = 0
    image_url: str | None = None
    url: str | None = None


class ProductSlot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product as it is recommended; money in micros of the shop's currency."""

    id: str
    title: str
    price_micros: int
    image_url: str | None = None
    url: str | None = None
    points: int = 0
    """What the member would earn with one of it now."""
    permyriad: int = 10_000
    """The multipliers among that, combined: 20000 for double points."""
    reaches: str | None = None
    """The tier that those points lead to."""
    offer: str | None = None
    """Title of the offer that is for it."""


class CardSlot(msgspec.Struct, frozen=True):
    """The member card: what its symbol holds."""

    number: str
    symbol: Literal["code128", "ean13", "qr"]


class Slots(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a variant shows; each variant fills in its own. Money in micros of the shop's currency."""

    first_name: str | None = None
    member: bool = False
    tier: str | None = None
    tier_rank: int | None = None
    """From 1 on."""
    points: int | None = None
    """Points that can be spent."""
    points_value_micros: int | None = None
    points_missing: int | None = None
    """To the next tier."""
    spend_missing_micros: int | None = None
    """To the next tier, where money spent leads there and points do not."""
    next_tier: str | None = None
    progress: Progress | None = None
    spend_progress: SpendProgress | None = None
    benefits: list[str] = []
    """Of the tier held, by their titles."""
    next_benefits: list[str] = []
    """What the next tier adds to them."""
    suggested_spend_micros: int | None = None
    """What an order must come to, so that it leads to the next tier; whole units of the currency."""
    points_expiring: int | None = None
    expires_on: date | None = None
    """The last local day on which these points can be used."""
    expires_at: int | None = None
    """The instant at which that day ends."""
    expiring_value_micros: int | None = None
    welcome_points: int | None = None
    """What joining itself gives."""
    simulated_points: int | None = None
    """What the last orders would have given a member."""
    simulated_orders: int | None = None
    simulated_value_micros: int | None = None
    tier_ends_on: date | None = None
    points_to_keep: int | None = None
    spend_to_keep_micros: int | None = None
    orders: int | None = None
    orders_this_year: int | None = None
    spend_micros: int | None = None
    months_together: int | None = None
    """Whole months since the first order."""
    since: date | None = None
    """Local day of the first order."""
    first_order_micros: int | None = None
    days_since_order: int | None = None
    category: str | None = None
    """Title of the collection that is preferred."""
    offer: OfferSlot | None = None
    products: list[ProductSlot] = []
    card: CardSlot | None = None
    as_of: int | None = None
    """Where what is known is old: since when; figures are then left out."""


class Chosen(msgspec.Struct, frozen=True, gc=False):
    """What a customer is shown of one block."""

    block: Block
    variant: str
    """`hidden`: nothing."""
    slots: Slots = Slots()

    @property
    def is_hidden(self) -> bool:
        """Whether nothing is to be shown."""
        return self.variant == HIDDEN


HIDDEN: Final = "hidden"
