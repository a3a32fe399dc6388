"""Customers to choose for: one programme, and what is known of somebody, changed in a few places."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import msgspec

from leal.rules.calendar import start_of_day
from leal.rules.content.choosing import choose
from leal.rules.content.chosen import Block, Chosen
from leal.rules.content.earnings import Simulated
from leal.rules.content.known import Known, KnownProduct
from leal.rules.content.loyalty import Loyalty, Step
from leal.rules.content.profile import Profile
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Terms, compile_terms
from leal.values import MICRO, parse_instant

NOW: Final = parse_instant("2026-07-03T09:00:00+02:00")
TODAY: Final = date(2026, 7, 3)

PROGRAMME: Final = """
shop: corner
title: Club Alma
currency: EUR
timezone: Europe/Paris
locale: en
points: {value: 0.05}
sources:
  - {slug: purchases, title: Buy, kind: order, points: 2, per: 1}
multipliers:
  - {slug: shoes, title: Shoes, factor: 20000, targets: {collections: [shoes]}, ends_at: 2026-07-10}
tiers:
  window: {kind: lifetime}
  steps:
    - {slug: silver, name: Silver, features: {delivery: "no", gift: a card}}
    - {slug: gold, name: Gold, requires: {points: 3000}, features: {delivery: "yes", gift: a candle}}
    - {slug: platinum, name: Platinum, requires: {points: 8000}, features: {delivery: "yes", gift: a box}}
tier_features:
  - {slug: delivery, title: Free delivery}
  - {slug: gift, title: A birthday gift}
content:
  offers:
    - id: everybody
      title: Something for everybody
      discount_type: fixed_amount
      discount_value: 10
      valid_from: 2026-01-01
      valid_until: 2026-07-05
      minimum_basket: 60
    - id: second
      title: Off your second order
      discount_type: percentage
      discount_value: 15
      segments: [one-timer]
      valid_from: 2026-07-01
      valid_until: 2026-07-15
    - id: gone
      title: Too late
      discount_type: free_shipping
      segments: [one-timer]
      valid_from: 2026-06-01
      valid_until: 2026-07-02
    - id: shoes
      title: Double points on shoes
      discount_type: points_multiplier
      multiplier: shoes
      segments: [VIP]
      valid_from: 2026-06-01
      valid_until: 2026-12-31
  links:
    shop: https://alma.example/
    join: https://alma.example/club
    rewards: https://alma.example/rewards
    product: https://alma.example/p/{slug}
"""
TERMS: Final[Terms] = compile_terms(read_programme(PROGRAMME))

SILVER: Final = Loyalty(
    is_known=True, member=True, tier="Silver", tier_slug="silver", tier_rank=1, tiers=3, points=2340,
    points_value_micros=117 * MICRO, missing=660, step=3000, goal=3000, next_tier="Gold",
    spend_to_next_micros=330 * MICRO, benefits=["A birthday gift (a card)"], next_benefits=["Free delivery"],
)  # fmt: skip
PLATINUM: Final = Loyalty(
    is_known=True, member=True, tier="Platinum", tier_slug="platinum", tier_rank=3, tiers=3, points=8450,
    points_value_micros=422_500_000, benefits=["Free delivery", "A birthday gift (a box)"],
)  # fmt: skip
OUTSIDE: Final = Loyalty(
    is_known=True, tiers=3, benefits=["A birthday gift (a card)"],
    steps=[Step("Gold", 3000, ["Free delivery"]), Step("Platinum", 8000, ["Free delivery"])],
)  # fmt: skip
NOBODY: Final = msgspec.structs.replace(OUTSIDE, is_known=False)


def expiring(days: int, points: int = 1240, *, soon: bool | None = None) -> dict[str, Any]:
    """Points whose last day is so many days ahead."""
    day = TODAY + timedelta(days)
    return {
        "expiring": points, "expires_on": day, "expires_soon": 0 <= days <= 30 if soon is None else soon,
        "expires_at": start_of_day(day + timedelta(1), TERMS.zone), "expiring_value_micros": points * 50_000,
    }  # fmt: skip


def bought(stage: Any = "repeat", orders: int = 12, days: int = 20, **more: Any) -> Profile:
    """Somebody of the stage whose last order was so many days ago."""
    first = TODAY - timedelta(days if orders == 1 else days + 340)
    return Profile(
        stage=stage, segment=more.pop("segment", stage), orders=orders, spend_micros=orders * 90 * MICRO,
        first_on=first, last_on=TODAY - timedelta(days), first_order_micros=90 * MICRO, **more,
    )  # fmt: skip


def product(ident: str, number: int, *collections: str, **more: Any) -> KnownProduct:
    """A product for 100 euros."""
    return KnownProduct(
        id=ident, title=ident.title(), price_micros=100 * MICRO, number=number, slug=ident, image_url=None,
        collections={one: one.title() for one in collections}, points=200, qualifying=200, **more,
    )  # fmt: skip


SHELF: Final = [
    product("boot", 1, "shoes"),
    product("coat", 2, "coats"),
    product("hat", 3),
    product("scarf", 4, "coats"),
]


def known(loyalty: Loyalty = SILVER, profile: Profile | None = None, **more: Any) -> Known:
    """What is known; without more a member of Silver with a year of orders."""
    base: dict[str, Any] = {
        "loyalty": loyalty,
        "buyer": bought() if profile is None else profile,
        "simulated": Simulated(0, 0),
        "settings": TERMS.content.document,
        "zone": TERMS.zone,
        "as_of": NOW,
        "offers": TERMS.content.offers,
        "products": SHELF,
    }
    return Known(**{**base, **more})


def member(**changes: Any) -> Loyalty:
    """The member of Silver, changed."""
    return msgspec.structs.replace(SILVER, **changes)


def shown(block: Block, *given: Any, at: int = NOW, **more: Any) -> Chosen:
    """What is chosen for whom this is known of."""
    return choose(block, known(*given, **more), at)
