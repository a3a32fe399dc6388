"""Staff: the function that corrects a customer's points by hand."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from leal.api.function import Call, Function
from leal.api.shapes import Done1, KeyedInput, LongText, Shape
from leal.engine.commands import Adjust
from leal.errors import InvalidInput, Problem
from leal.rules.adjusting import Action, Adjustment
from leal.scalars import Flake
from leal.values import POINTS_MAX

BY_CHANGE: Final = "takeaway_points_for_change"


class AdjustmentInput3(Shape, kw_only=True):
    """One correction."""

    action: Action
    points: Annotated[int, Meta(ge=0, le=POINTS_MAX, examples=[250])] | None = None
    """Required by every action but `takeaway_points_for_change`."""
    change_id: Flake | None = None
    """Required by `takeaway_points_for_change`, and by it alone."""
    description: LongText = ""
    """The customer sees it."""
    private_note: LongText = ""
    """Only staff see it."""


class AdjustInput(KeyedInput, kw_only=True):
    """Corrections of one customer, all or none."""

    adjustments: Annotated[list[AdjustmentInput3], Meta(min_length=1, max_length=100)]


async def adjust_customer_state(call: Call, given: AdjustInput) -> Done1:
    """Answer AdjustCustomerState3; a correction by 0 points is accepted and does nothing."""
    who = await call.person(given.customer)
    key = call.key(given, required=True)
    problems = [
        problem for number, adjustment in enumerate(given.adjustments) for problem in _problems(number, adjustment)
    ]
    if problems:
        raise InvalidInput(problems)
    acts = [
        (
            Adjustment(adjustment.action, adjustment.points or 0),
            None if adjustment.change_id is None else int(adjustment.change_id),
            _note(adjustment, call.by),
        )
        for adjustment in given.adjustments
        if adjustment.points or adjustment.action == BY_CHANGE
    ]
    call.noted(await call.engine.adjust(call.shop, Adjust(who, acts, key, call.by)))
    return Done1()


def _problems(number: int, adjustment: AdjustmentInput3) -> list[Problem]:
    path = f"adjustments[{number}]"
    if adjustment.action == BY_CHANGE:
        if not adjustment.change_id:
            message = f'"{BY_CHANGE}" needs the id of the change.'
            return [Problem(f"{path}.change_id", "required", message, Flake.right)]
    elif adjustment.points is None:
        message = f'"{adjustment.action}" needs a number of points.'
        return [Problem(f"{path}.points", "required", message, "a whole number such as 250")]
    return []


def _note(adjustment: AdjustmentInput3, actor: str) -> dict[str, str]:
    note = {"description": adjustment.description, "private_note": adjustment.private_note, "actor": actor}
    return {name: text for name, text in note.items() if text}


FUNCTIONS: Final = (
    Function(
        "AdjustCustomerState3", "write", ("admin_customer", "shop"), AdjustInput, Done1,
        adjust_customer_state, "Gives, takes or restores points by hand, all corrections or none.",
    ),
)  # fmt: skip
