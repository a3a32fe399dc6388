"""Staff: the function that corrects a customer's points by hand."""

from __future__ import annotations

from typing import Annotated, Final, get_args

from msgspec import UNSET, Meta, UnsetType

from leal.api.function import Call, Function
from leal.api.shapes import Done1, KeyedInput, LongText, Shape
from leal.engine.commands import Adjust
from leal.errors import InvalidInput, Problem
from leal.rules.account import Mark
from leal.rules.adjusting import POINTLESS, Action, Adjustment
from leal.scalars import Flake, Instant
from leal.values import POINTS_MAX

BY_CHANGE: Final = ("takeaway_points_for_change", "void_reward")
ON_TIERS: Final = frozenset({"set_tier", "release_tier"})
ON_MARKS: Final = frozenset({"set_mark", "clear_mark"})


class AdjustmentInput3(Shape, kw_only=True):
    """One correction."""

    action: Action
    points: Annotated[int, Meta(ge=0, le=POINTS_MAX, examples=[250])] | None = None
    """Required by every action on points but `takeaway_points_for_change`."""
    change_id: Flake | None = None
    """Required by `takeaway_points_for_change` and `void_reward`, and by them alone."""
    subject_slug: Annotated[str, Meta(max_length=64, examples=["gold"])] | UnsetType | None = UNSET
    """`set_tier`: the tier; null is the place below the ladder, or its initial tier. `give_reward`: the offer."""
    until: Instant | None = None
    """`set_tier`: when it ends; left out: for good."""
    lock: bool = False
    """`set_tier`: whether neither orders nor refunds nor deadlines move the customer before; else it is a floor."""
    mark: Mark | None = None
    """Required by `set_mark` and `clear_mark`."""
    description: LongText = ""
    """The customer sees it. `set_tier` and `release_tier` demand it, or a `private_note`: the reason."""
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
            Adjustment(
                adjustment.action,
                0 if adjustment.action in POINTLESS else adjustment.points or 0,
                tier=(adjustment.subject_slug or None) if adjustment.action == "set_tier" else None,
                offer=(adjustment.subject_slug or None) if adjustment.action == "give_reward" else None,
                until_at=None if adjustment.until is None else int(adjustment.until),
                lock=adjustment.lock,
                mark=adjustment.mark,
            ),
            None if adjustment.change_id is None else int(adjustment.change_id),
            _note(adjustment, call.by),
        )
        for adjustment in given.adjustments
        if adjustment.points or adjustment.action in POINTLESS
    ]
    call.noted(await call.engine.adjust(call.shop, Adjust(who, acts, key, call.by)))
    return Done1()


def _problems(number: int, adjustment: AdjustmentInput3) -> list[Problem]:
    path = f"adjustments[{number}]"
    if adjustment.action in ON_TIERS:
        return _problems_of_tier(path, adjustment)
    if adjustment.action in ON_MARKS:
        if adjustment.mark is None:
            right = ", ".join(get_args(Mark))
            return [Problem(f"{path}.mark", "required", f'"{adjustment.action}" needs a mark.', right)]
        return []
    if adjustment.action == "give_reward":
        if not adjustment.subject_slug:
            right = "the slug of an offer of the programme"
            return [Problem(f"{path}.subject_slug", "required", '"give_reward" needs an offer.', right)]
    elif adjustment.action in BY_CHANGE:
        if not adjustment.change_id:
            message = f'"{adjustment.action}" needs the id of the change.'
            return [Problem(f"{path}.change_id", "required", message, Flake.right)]
    elif adjustment.points is None:
        message = f'"{adjustment.action}" needs a number of points.'
        return [Problem(f"{path}.points", "required", message, "a whole number such as 250")]
    return []


def _problems_of_tier(path: str, adjustment: AdjustmentInput3) -> list[Problem]:
    problems = []
    if adjustment.action == "set_tier" and adjustment.subject_slug is UNSET:
        right = "the slug of a tier, or null for the lowest place"
        problems.append(Problem(f"{path}.subject_slug", "required", '"set_tier" needs a tier.', right))
    if not (adjustment.description or adjustment.private_note):
        right = "a description, which the customer sees, or a private_note"
        problems.append(Problem(f"{path}.description", "required", "A tier set by hand needs a reason.", right))
    return problems


def _note(adjustment: AdjustmentInput3, actor: str) -> dict[str, str]:
    note = {"description": adjustment.description, "private_note": adjustment.private_note, "actor": actor}
    return {name: text for name, text in note.items() if text}


FUNCTIONS: Final = (
    Function(
        "AdjustCustomerState3", "write", ("admin_customer", "shop"), AdjustInput, Done1,
        adjust_customer_state, "Moves points, sets tiers and marks, gives rewards by hand, all corrections or none.",
    ),
)  # fmt: skip
