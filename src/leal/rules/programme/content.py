"""The content part of the programme document: what content blocks show from when on, and where they lead."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from leal.rules.programme.theme import Theme
from leal.rules.programme.words import Money, Names, Part, Slug, Text, Time, Title

Stage = Literal["prospect", "one-timer", "repeat", "loyal", "at-risk", "dormant", "VIP"]
"""How far a customer has come with the shop."""

Near = Annotated[int, Meta(ge=0, le=10**12, examples=[200])] | Annotated[str, Meta(pattern=r"^([1-9]?[0-9]|100)%$")]
"""Points that lack at the most, or a share of the step between two tiers such as `10%`."""

Days = Annotated[int, Meta(ge=1, le=3660)]
Url = Annotated[str, Meta(pattern=r"^https://[^\s\"'<>\\]+$", max_length=2000, examples=["https://shop.example/club"])]
Host = Annotated[
    str, Meta(pattern=r"^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253, examples=["www.shop.example"])
]


class Thresholds(Part, frozen=True):
    """From where on a block says something else."""

    near_banner: Near = 200
    """The Loyalty Programme Banner tells of the next tier when at most so much lacks."""
    near_value: Near = 300
    """The same of the Customer Value Block."""
    vip_from_rank: Annotated[int, Meta(ge=1, le=50)] | None = None
    """Tiers from this one on are VIP, the lowest being 1; null: the highest alone."""
    one_timer_days: Days = 30
    """Days after a first order from which the Lifecycle Banner becomes urgent."""
    quiet_days: Days = 60
    """Days without an order after which recommendations come with an offer."""
    tier_end_days: Days = 30
    """Days before a tier ends, unless more is done, from which that is told."""
    stale_hours: Annotated[int, Meta(ge=1, le=8760)] = 48
    """Age of what is known of a member from which no figures are told any more."""


class Stages(Part, frozen=True):
    """Which orders make which stage of a customer's life."""

    loyal_orders: Annotated[int, Meta(ge=2, le=10_000)] = 5
    """Orders from which a repeat customer is loyal."""
    at_risk_days: Days = 120
    """Days without an order from which a customer of more than one is at risk."""
    dormant_days: Days = 365
    """Days without an order from which any customer is dormant."""


class ShownOffer(Part, frozen=True, kw_only=True):
    """An offer that blocks may show; what it promises is for the shop to keep."""

    id: Slug
    title: Title
    description: Text = ""
    discount_type: Literal["percentage", "fixed_amount", "free_shipping", "points_multiplier"]
    discount_value: Money | None = None
    """Percent, or an amount of money."""
    multiplier: Slug | None = None
    """Only `points_multiplier`: the multiplier of the programme that gives the points, with its targets and dates."""
    segments: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=50)] = []
    """Stages or segments of customers that it is for; empty: all."""
    valid_from: Time
    valid_until: Time
    minimum_basket: Money | None = None
    products: Names = []
    collections: Names = []
    tags: Names = []
    """What it is for, as for a multiplier; none of the three: everything."""
    image_url: Url | None = None
    url: Url | None = None


class Products(Part, frozen=True):
    """Which products are recommended."""

    least: Annotated[int, Meta(ge=1, le=6)] = 3
    """With fewer that fit, none is shown."""
    most: Annotated[int, Meta(ge=1, le=6)] = 6
    exclude: Names = []
    """Collections whose products are never recommended."""


class Links(Part, frozen=True):
    """Where buttons lead; a button without its link is not shown."""

    shop: Url | None = None
    join: Url | None = None
    rewards: Url | None = None
    product: Url | None = None
    """Of one product; `{id}` and `{slug}` stand for the product's own."""
    hosts: Annotated[list[Host], Meta(max_length=50)] = []
    """Further hosts that clicks may lead to, beside those of the links and offers here."""


class Card(Part, frozen=True, kw_only=True):
    """The member card that blocks show to members."""

    extra: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,64}$", examples=["card_number"])]
    """Which of the customer's `extras` has its number."""
    symbol: Literal["code128", "ean13", "qr"] = "code128"


class Content(Part, frozen=True):
    """The content blocks."""

    thresholds: Thresholds = Thresholds()
    stages: Stages = Stages()
    offers: Annotated[list[ShownOffer], Meta(max_length=200)] = []
    products: Products = Products()
    benefits: dict[Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,64}$")], Title] = {}
    """What benefits are called in blocks, by their codes, in place of their features' titles."""
    theme: Theme = Theme()
    width: Annotated[int, Meta(ge=280, le=1200)] = 600
    """Of pictures, in pixels."""
    card: Card | None = None
    languages: Annotated[list[Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")]], Meta(max_length=50)] = []
    """Languages that blocks speak; empty: all that Leal knows. To others the programme's own is spoken."""
    links: Links = Links()
    control_percent: Annotated[int, Meta(ge=0, le=50)] = 0
    """Share of members to whom nothing is shown, so that the others can be compared with them."""
