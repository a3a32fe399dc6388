"""Offers: what a programme gives for points, compiled for the rules (S9.1)."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.calendar import Span, parse_span
from leal.rules.conditions import Condition
from leal.rules.programme import document as doc
from leal.rules.programme.earning_terms import compiled, instant_in
from leal.values import NEVER, parse_money

ONCE = doc.CountLimit(1, "lifetime")
"""How often a member takes what costs nothing, where the programme does not say: else there were codes without end."""


class OfferTerms(msgspec.Struct, frozen=True):
    """One offer: what it costs, whom and when it is for, what it gives."""

    slug: str
    document: doc.Offer
    points: int
    """What it costs in points, where the tier has no price of its own."""
    tier_points: Mapping[str, int]
    amount_micros: int
    """Money off, or on a gift card; 0: it gives something else."""
    stock: int | None
    per_member: doc.CountLimit | None
    starts_at: int
    ends_at: int
    life: Span | None
    """How long what it gives can be used; None: for good."""
    visible: Condition | None
    condition: Condition | None

    def cost(self, tier: str | None) -> int:
        """Points that a member of the tier pays."""
        return self.points if tier is None else self.tier_points.get(tier, self.points)

    @property
    def is_delivered(self) -> bool:
        """Whether the shop hands it out itself: it has no code."""
        return self.document.gives.identifier is not None

    @property
    def hangs_on_more(self) -> bool:
        """Whether what is shown of it hangs on conditions, on what others take, or on a product's facts."""
        return bool(self.visible or self.condition or self.stock is not None or self.document.gives.product)


def compile_offers(programme: doc.Programme, zone: ZoneInfo) -> dict[str, OfferTerms]:
    """The offers of a validated programme."""
    return {offer.slug: _compiled(offer, zone) for offer in programme.offers}


def _compiled(offer: doc.Offer, zone: ZoneInfo) -> OfferTerms:
    return OfferTerms(
        slug=offer.slug,
        document=offer,
        points=offer.points,
        tier_points=offer.tier_points,
        amount_micros=0 if offer.gives.amount is None else parse_money(offer.gives.amount),
        stock=offer.stock,
        per_member=offer.per_member or (ONCE if offer.kind == "free" else None),
        starts_at=instant_in(offer.starts_at, zone, -NEVER),
        ends_at=instant_in(offer.ends_at, zone, NEVER),
        life=None if offer.expires is None else parse_span(offer.expires),
        visible=compiled(offer.visible, "visible"),
        condition=compiled(offer.condition, "visible"),
    )
