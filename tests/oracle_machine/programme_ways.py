"""Random ways to earn apart from orders: joining, days of the year, events, news of the customer."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from tests.oracle_machine.programme_dice import Document, a_source, condition, maybe

BY_TIME: Final = ("birthday", "anniversary")
BY_EVENT: Final = ("trigger", "review", "social", "newsletter")
PERIODS: Final = ("daily", "weekly", "monthly", "yearly", "lifetime")


def ways(dice: Random, triggers: list[str]) -> list[Document]:
    """Some of them, in any order."""
    found = [_way(dice, triggers, kind) for kind in ("signup", *BY_TIME) if maybe(dice)]
    if maybe(dice, 3):
        found.append(_way(dice, triggers, "newsletter"))
    for kind in BY_EVENT if triggers else ():
        if maybe(dice, 3):
            trigger = dice.choice(triggers)
            found.append(_way(dice, triggers, kind, trigger=trigger, slug=f"{kind}-{trigger}"))
    dice.shuffle(found)
    return found


def _way(dice: Random, triggers: list[str], kind: str, **more: Any) -> Document:
    points = dice.choice([13, 35, 90])
    found = a_source(kind, points=points, **more) | condition(dice, "way", triggers, 6)
    if maybe(dice, 3):
        found["caps"] = _caps(dice, kind, points)
    if maybe(dice, 3):
        found["qualifies"] = True
    if maybe(dice, 4):
        found["pending"] = waiting(dice, triggers)
    if maybe(dice, 4):
        found["expires"] = dice.choice(["1 month", "45 days", "2 years"])
    if maybe(dice, 6):
        found |= {"starts_at": "2024-03-01", "ends_at": "2025-03-01"}
    if kind == "birthday" and maybe(dice):
        found["minimum_change_days"] = dice.choice([0, 1, 5])
    return found


def _caps(dice: Random, kind: str, points: int) -> list[Document]:
    """A cap by a period, a total budget where time does not drive it, or both."""
    over = {"over": dice.choice(["trim", "refuse"])}
    found = [{"points": points * dice.choice([1, 2]) + 5, "period": dice.choice(PERIODS)} | over]
    if kind not in BY_TIME and maybe(dice, 4):
        found.append({"points": points * dice.choice([1, 3]) + 7} | over)
    return found


def waiting(dice: Random, triggers: list[str]) -> Document:
    """How points wait that no order gives."""
    rules: list[Document] = [
        {"mode": "at_once"},
        {"mode": "delay", "days": dice.choice([1, 14])},
        {"mode": "date", "day": dice.choice(["02-29", "12-31", "06-15"])},
    ]
    for trigger in triggers:
        waits = {"mode": "event", "event": "trigger", "trigger": trigger}
        rules += [waits, waits | {"timeout": "1 month", "then": dice.choice(["drop", "mature"])}]
    return dice.choice(rules)
