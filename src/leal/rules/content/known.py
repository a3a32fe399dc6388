"""What is known: everything that choosing looks at, as plain values; of a real customer, or of one made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.calendar import last_usable_day, local_day
from leal.rules.content.chosen import CardSlot, OfferSlot
from leal.rules.content.earnings import Simulated
from leal.rules.content.loyalty import Loyalty
from leal.rules.content.profile import Profile
from leal.rules.programme.content import Content
from leal.rules.programme.content_terms import ShownOfferTerms
from leal.values import MICRO

HOUR = 3600 * MICRO


class KnownProduct(msgspec.Struct, frozen=True):
    """A product that may be recommended. Money in micros."""

    id: str
    title: str
    price_micros: int
    number: int
    """In the order in which products became known."""
    slug: str = ""
    image_url: str | None = None
    in_stock: bool = True
    collections: dict[str, str] = {}
    """Their ids, with their titles."""
    tags: list[str] = []
    points: int = 0
    permyriad: int = 10_000
    qualifying: int = 0
    """See `Earned`."""


class OrdersNeeded(Exception):
    """What is shown hangs on the customer's orders, which were not read."""


class Known(msgspec.Struct, frozen=True, gc=False):
    """What is known of one customer, and of the shop, at one instant."""

    loyalty: Loyalty
    buyer: Profile | None
    """Who the customer is to the shop; None: the orders were not read, for most banners say nothing of them."""
    simulated: Simulated
    settings: Content
    zone: ZoneInfo
    as_of: int
    """When all this was so, in microseconds."""
    offers: Sequence[ShownOfferTerms] = ()
    products: Sequence[KnownProduct] = ()
    simulated_value_micros: int | None = None
    card: CardSlot | None = None

    @property
    def profile(self) -> Profile:
        """Who the customer is to the shop; raises OrdersNeeded."""
        if self.buyer is None:
            raise OrdersNeeded
        return self.buyer

    def day(self, now: int) -> date:
        """The local day."""
        return local_day(now, self.zone)

    def is_stale(self, now: int) -> bool:
        """Whether it is too old for figures."""
        return now - self.as_of > self.settings.thresholds.stale_hours * HOUR

    @property
    def is_vip(self) -> bool:
        """Whether the tier is one of the highest."""
        return self.loyalty.is_vip(self.settings.thresholds.vip_from_rank)

    def best_offer(self, now: int) -> OfferSlot | None:
        """The offer for the customer: one for some segments before one for all, then the one that ends first."""
        found = self.eligible_offers(now)
        if not found:
            return None
        best = min(found, key=lambda one: (not one.document.segments, one.ends_at))
        return offer_slot(best, self.zone)

    def eligible_offers(self, now: int) -> list[ShownOfferTerms]:
        """The offers that run and are for the customer, in the order of the document."""
        return [
            one
            for one in self.offers
            if one.starts_at <= now < one.ends_at
            and (not one.tiers or self.loyalty.tier_slug in one.tiers)
            and (not one.document.segments or self.profile.belongs_to(one.document.segments))
        ]


def offer_slot(offer: ShownOfferTerms, zone: ZoneInfo) -> OfferSlot:
    """An offer as it is shown."""
    own = offer.document
    return OfferSlot(
        id=own.id,
        title=own.title,
        kind=own.discount_type,
        ends_at=offer.ends_at,
        ends_on=last_usable_day(offer.ends_at, zone),
        description=own.description,
        permyriad=offer.permyriad,
        amount_micros=offer.amount_micros,
        minimum_basket_micros=offer.minimum_basket_micros,
        image_url=own.image_url,
        url=own.url,
    )
