"""A plan on the wire: what publishing a document would change; tiers by their slugs."""

from __future__ import annotations

from typing import Any

import msgspec

from leal.api.shapes import Shape
from leal.engine.plans import Plan
from leal.rules.forecast import Figures, TierMove
from leal.scalars import Instant, Money


class PlannedField1(Shape):
    """A field that is written otherwise; null: it is not there."""

    path: str
    before: Any
    after: Any


class PlannedMove1(Shape):
    """Members who would be in another tier; null is no tier."""

    from_: str | None = msgspec.field(name="from")
    to: str | None
    members: int
    sample: list[str]
    """Some of them, by the shop's own ids where they have one."""


class PlannedFigures1(Shape):
    """Sums over all members."""

    members: int
    available: int
    pending: int
    held: int
    debt: int
    earned: int
    redeemed: int
    expired: int
    available_value: Money | None
    pending_value: Money | None


class PlannedPoints1(Shape):
    """Points and what they are worth, with and without the change."""

    before: PlannedFigures1
    after: PlannedFigures1


class PlannedLots1(Shape):
    """Points that would mature or lapse at another time."""

    lots: int
    points: int
    members: int
    points_sooner: int
    """Of them, those that would lapse sooner."""


class PlanResult1(Shape):
    """What publishing a document would change."""

    shop: str
    plan: str
    """The hash that `ApplyProgramme1` takes."""
    planned_on_version: int
    """The newest version; 0: none yet."""
    at: Instant
    """Everything is told as of then."""
    fields: list[PlannedField1]
    members_looked_at: int
    tiers: list[PlannedMove1]
    """Who would be in another tier at once."""
    tiers_at_next_deadline: list[PlannedMove1]
    """Whose next deadline would end otherwise, were it now."""
    points: PlannedPoints1
    lots_redated: PlannedLots1


def plan_result(plan: Plan) -> PlanResult1:
    """The plan as it is written."""
    forecast = plan.forecast
    lots = forecast.lots
    return PlanResult1(
        shop=plan.shop,
        plan=plan.hash,
        planned_on_version=plan.version,
        at=Instant(plan.at),
        fields=[PlannedField1(one.path, one.before, one.after) for one in plan.fields],
        members_looked_at=forecast.accounts,
        tiers=[_move(move) for move in forecast.tiers],
        tiers_at_next_deadline=[_move(move) for move in forecast.at_deadline],
        points=PlannedPoints1(_figures(forecast.before), _figures(forecast.after)),
        lots_redated=PlannedLots1(lots.lots, lots.points, lots.members, lots.sooner),
    )


def _move(move: TierMove) -> PlannedMove1:
    return PlannedMove1(move.before, move.after, move.members, move.sample)


def _figures(figures: Figures) -> PlannedFigures1:
    def money(micros: int | None) -> Money | None:
        return None if micros is None else Money(micros)

    return PlannedFigures1(
        figures.members,
        figures.available,
        figures.pending,
        figures.held,
        figures.debt,
        figures.earned,
        figures.redeemed,
        figures.expired,
        money(figures.available_value),
        money(figures.pending_value),
    )
