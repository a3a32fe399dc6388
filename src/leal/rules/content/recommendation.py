"""The Enriched Product Recommendation: products with the points that they earn, and where these lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from leal.rules.accrual import matches
from leal.rules.content.chosen import HIDDEN, Chosen, ProductSlot, Slots
from leal.rules.content.known import Known, KnownProduct
from leal.rules.orders import OrderLine

BLOCK: Final = "enriched-product-recommendation"

Order = Callable[[KnownProduct], Any]


def recommendation(known: Known, now: int) -> Chosen:
    """The first that fits: hidden with too few products; one-timer, quiet, vip, new of those without an order,
    default."""
    products = product_slots(known, now)
    if not products:
        return Chosen(BLOCK, HIDDEN)
    variant = variant_of(known, now)
    return Chosen(
        BLOCK,
        variant,
        Slots(
            member=known.loyalty.member,
            tier=known.loyalty.tier,
            tier_rank=known.loyalty.tier_rank,
            category=category_title(known),
            products=products,
            offer=known.best_offer(now) if variant == "quiet" else None,
        ),
    )


def variant_of(known: Known, now: int) -> str:
    """Whose taste decides, and how."""
    profile = known.profile
    days = profile.days_since(known.day(now))
    if profile.stage == "one-timer":
        return "one-timer"
    if days is not None and days > known.settings.thresholds.quiet_days:
        return "quiet"
    if profile.stage == "VIP":
        return "vip"
    return "default" if profile.orders else "new"


def picked(known: Known, now: int) -> list[KnownProduct]:
    """The products that are recommended, the best first; none where too few fit.

    In stock, with a price, never one that was bought lately, none of an excluded collection.
    """
    settings, profile = known.settings.products, known.profile
    fits = [
        one
        for one in known.products
        if one.in_stock
        and one.price_micros > 0
        and one.id not in profile.bought
        and not set(one.collections) & set(settings.exclude)
    ]
    if len(fits) < settings.least:
        return []
    return sorted(fits, key=_order(known, variant_of(known, now)))[: settings.most]


def product_slots(known: Known, now: int) -> list[ProductSlot]:
    """The products that are recommended, as they are shown."""
    return [_slot(known, one, now) for one in picked(known, now)]


def category_title(known: Known) -> str | None:
    """What the preferred category is called, where it is known."""
    category = known.profile.category
    for one in known.products:
        for ident, title in one.collections.items():
            if category is not None and category in (ident, title):
                return title
    return None


def _order(known: Known, variant: str) -> Order:
    """How products are ranked: the smaller, the better; the newest of equals."""
    profile = known.profile

    def affinity(one: KnownProduct) -> int:
        prefers = profile.category is not None and profile.category in {*one.collections, *one.collections.values()}
        return max([profile.affinities.get(each, 0) for each in one.collections], default=0) + prefers

    if variant == "one-timer":
        first = profile.first_collections
        return lambda one: (not first & set(one.collections), -affinity(one), -one.number)
    if variant == "vip":
        return lambda one: (not affinity(one), -one.number)
    if variant == "new":
        return lambda one: -one.number
    return lambda one: (-affinity(one), -one.number)


def _slot(known: Known, one: KnownProduct, now: int) -> ProductSlot:
    line = OrderLine("#0", one.id, 1, one.price_micros, collections=list(one.collections), tags=one.tags)
    for_it = [
        offer
        for offer in known.eligible_offers(now)
        if offer.document.multiplier is None and matches(offer.targets, line, empty=False)
    ]
    loyalty, link = known.loyalty, known.settings.links.product
    missing, spend = loyalty.missing, loyalty.missing_spend_micros
    leads = (missing is not None and 0 < missing <= one.qualifying) or (
        spend is not None and one.permyriad > 0 and 0 < spend <= one.price_micros
    )
    return ProductSlot(
        id=one.id,
        title=one.title,
        price_micros=one.price_micros,
        image_url=one.image_url,
        url=None if link is None else product_url(link, one),
        points=one.points,
        permyriad=one.permyriad,
        reaches=loyalty.next_tier if leads else None,
        offer=for_it[0].document.title if for_it else None,
    )


def product_url(link: str, one: KnownProduct) -> str:
    """A product's page, its id and slug written as a URL takes them."""
    return link.replace("{id}", quote(one.id, safe="")).replace("{slug}", quote(one.slug or one.id, safe=""))
