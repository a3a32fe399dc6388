"""The parts of a balance that hang on the programme alone: written as JSON once, for all who are shown them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar, cast

import msgspec

from leal.api.balance_shapes import (
    PointValueBucket2,
    RedemptionConfiguration2,
    Source2,
    TierFeature1,
    TierFeatureValue1,
)
from leal.api.shapes import derived_id, encode
from leal.rules.completing import SourceStanding
from leal.rules.programme.terms import Terms
from leal.rules.worth import has_value
from leal.scalars import Instant, Money
from leal.values import NEVER, parse_money

T = TypeVar("T")

PARTS_KEPT: Final = 64
"""Programmes whose parts are kept; beyond, all are written anew."""


class Parts:
    """The parts of one shop's programme."""

    def __init__(self, shop: str, terms: Terms) -> None:
        self.terms = terms
        self._shop = shop
        self._kept: dict[Hashable, Any] = {}
        features = terms.programme.tier_features
        self.redemption = None if (rules := _redemption(terms)) is None else written(rules)
        """How points become money."""
        self.features = written(
            [
                TierFeature1(
                    bhid=derived_id("feature", shop, feature.slug),
                    title=feature.title,
                    description=feature.description or msgspec.UNSET,
                )
                for feature in features
            ]
        )
        """The rows of the table of benefits."""
        ladder = terms.programme.tiers
        self.cells = [
            written(
                [
                    TierFeatureValue1(
                        bhid=derived_id("feature", shop, feature.slug),
                        title=feature.title,
                        value=step.features[feature.slug],
                    )
                    for feature in features
                    if feature.slug in step.features
                ]
            )
            for step in ([] if ladder is None else ladder.steps)
        ]
        """What each tier has in it, by rank."""

    def source(self, standing: SourceStanding) -> Source2:
        """A way to earn beside a member."""
        key = "source", standing.source.slug, standing.can_complete, standing.is_completed
        return self.once(key, lambda: _source(self._shop, standing))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What hangs on the programme and the key alone, made and written when it is first asked for."""
        return self.known(key, lambda: written(make()))

    def known(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same of what is not written."""
        found: T | None = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found


_known: Final[dict[tuple[int, str], Parts]] = {}


def parts_of(shop: str, terms: Terms) -> Parts:
    """The parts of a shop's programme; compiled terms never change."""
    parts = _known.get((id(terms), shop))
    if parts is None or parts.terms is not terms:
        if len(_known) >= PARTS_KEPT:
            _known.clear()
        parts = _known[id(terms), shop] = Parts(shop, terms)
    return parts


def written(value: T) -> T:
    """Its JSON, to stand in the value's place where that is written."""
    return cast(T, msgspec.Raw(encode(value)))


def _redemption(terms: Terms) -> RedemptionConfiguration2 | None:
    rules = terms.programme.redemption
    if rules is None or not has_value(terms):
        return None
    buckets = [PointValueBucket2(threshold=threshold, value=Money(value)) for threshold, value in terms.buckets]
    return RedemptionConfiguration2(
        pt_value=Money(terms.point_value or 0),
        min=rules.min,
        max=rules.max,
        step=rules.step,
        buckets=rules.choices or msgspec.UNSET,
        point_value_buckets=buckets or msgspec.UNSET,
    )


def _source(shop: str, standing: SourceStanding) -> Source2:
    source = standing.source
    return Source2(
        bhid=derived_id("source", shop, source.slug),
        slugs=[source.slug],
        title=source.title,
        can_complete=standing.can_complete,
        is_completed=standing.is_completed,
        kind=source.kind,
        points=msgspec.UNSET if source.points is None else source.points,
        per=msgspec.UNSET if source.per is None else Money(parse_money(source.per)),
        multiplier=source.multiplier or msgspec.UNSET,
        description=source.description or msgspec.UNSET,
        link=source.link or msgspec.UNSET,
        ends_at=msgspec.UNSET if standing.ends_at == NEVER else Instant(standing.ends_at),
    )
