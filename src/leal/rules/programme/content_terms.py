"""The content part, compiled: offers that blocks may show, with their instants, amounts and targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.calendar import start_of_day
from leal.rules.programme.content import Content, ShownOffer
from leal.rules.programme.document import Programme, Targets
from leal.rules.programme.earning_terms import LineFactor
from leal.rules.programme.findings import time_of
from leal.values import parse_money

_YES: Final = frozenset({"yes", "true", "x", "✓", "✔", "oui", "ja"})
"""Cells of the benefits table that say no more than that there is one."""


class ShownOfferTerms(msgspec.Struct, frozen=True):
    """An offer that blocks may show: from its start until before its end, in microseconds."""

    document: ShownOffer
    starts_at: int
    ends_at: int
    permyriad: int
    """Of a percentage: hundredths of a percent. Of a multiplier: the factor, 10000 being once."""
    amount_micros: int
    minimum_basket_micros: int
    tiers: frozenset[str]
    """Slugs of the tiers that its multiplier is for; empty: everybody."""
    targets: Targets
    """What it is for; naming nothing: everything."""


class ContentTerms(msgspec.Struct, frozen=True):
    """How a programme's content blocks are chosen."""

    document: Content
    offers: list[ShownOfferTerms]
    """In the order of the document."""


def compile_content(programme: Programme, zone: ZoneInfo, factors: list[LineFactor]) -> ContentTerms:
    """Compile a validated content part; without one, the blocks as they are by default."""
    document = programme.content or Content()
    by_slug = {factor.slug: factor for factor in factors}
    return ContentTerms(document, [_offer(one, zone, by_slug) for one in document.offers])


def benefit_titles(programme: Programme, cells: Mapping[str, str], codes: list[str]) -> list[str]:
    """What a tier with these cells and codes gives, as people read it: the title that the content part has for a code,
    else the feature's, with what the cell says beyond yes."""
    titles = {} if programme.content is None else programme.content.benefits
    found = []
    for feature in programme.tier_features:
        if feature.code in codes:
            cell = cells.get(feature.slug, "").strip()
            title = feature.title if cell.casefold() in _YES else f"{feature.title} ({cell})"
            found.append(titles.get(feature.code, title))
    return found


def end_of(until: str, zone: ZoneInfo) -> int:
    """The first instant after `valid_until`: a day alone belongs to it wholly."""
    if len(until) > 10:
        return time_of(until, zone)
    return start_of_day(date.fromisoformat(until) + timedelta(days=1), zone)


def _offer(one: ShownOffer, zone: ZoneInfo, factors: dict[str, LineFactor]) -> ShownOfferTerms:
    starts_at, ends_at = time_of(one.valid_from, zone), end_of(one.valid_until, zone)
    factor = None if one.multiplier is None else factors[one.multiplier]
    value = 0 if one.discount_value is None else parse_money(one.discount_value)
    permyriad = 0
    if factor is not None:
        starts_at, ends_at = max(starts_at, factor.starts_at), min(ends_at, factor.ends_at)
        permyriad = int(factor.factor * 10_000)
    elif one.discount_type == "percentage":
        permyriad = int(Fraction(value, 10_000))
    return ShownOfferTerms(
        document=one,
        starts_at=starts_at,
        ends_at=ends_at,
        permyriad=permyriad,
        amount_micros=value if one.discount_type == "fixed_amount" else 0,
        minimum_basket_micros=0 if one.minimum_basket is None else parse_money(one.minimum_basket),
        tiers=frozenset() if factor is None else factor.tiers,
        targets=(factor.targets or Targets()) if factor is not None else _targets(one),
    )


def _targets(one: ShownOffer) -> Targets:
    return Targets(products=one.products, collections=one.collections, tags=one.tags)
