"""What staff do: correct points, take back what was given, set tiers and marks by hand."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from leal.values import DAY
from tests.oracle.instants import day_start, local_day
from tests.oracle_machine.acts import ReleaseTier, SetMark, SetTier, Single, Staff, UndoGift, UndoOrder
from tests.oracle_machine.drawing import Drawing
from tests.oracle_machine.pair import Pair
from tests.oracle_machine.programmes import TIERS

ACTIONS: Final = (
    "give_points", "give_points", "takeaway_points", "takeaway_points_as_spent", "unspend_points", "forgive_debt",
)  # fmt: skip
MARKS: Final = ("tester", "readonly", "disable_rewards", "enable_rewards", "disable_earning_rewards")


def correct(drawing: Drawing, pair: Pair) -> Single | None:
    """Points are given or taken away."""
    who = drawing.member(pair)
    return None if who is None else Staff(who, drawing.one(ACTIONS), drawing.points(), drawing.name("gift "))


def take_back(drawing: Drawing, pair: Pair) -> Single | None:
    """What a gift or an order gave is taken back."""
    gifts = sorted(name for name, gift in pair.gifts.items() if drawing.who in (None, gift.who))
    if gifts and drawing.dice.randint(0, 1):
        name = drawing.dice.choice(gifts)
        return UndoGift(pair.gifts[name].who, name)
    known = drawing.told(pair)
    return known and UndoOrder(known.who, known.facts.id)


def set_tier(drawing: Drawing, pair: Pair) -> Single | None:
    """A tier is set by hand, or let go."""
    who, dice, zone = drawing.member(pair), drawing.dice, ZoneInfo(drawing.zone)
    if who is None:
        return None
    if dice.randint(0, 3) == 0:
        return ReleaseTier(who)
    days = dice.choice([None, 0, 1, 20, 60, 400])
    until = None if days is None else day_start(local_day(pair.now + days * DAY, zone), zone)
    return SetTier(who, dice.choice([*TIERS, *TIERS, None]), until, dice.randint(0, 2) == 0)


def mark(drawing: Drawing, pair: Pair) -> Single | None:
    """A mark is set or cleared."""
    who = drawing.member(pair)
    return None if who is None else SetMark(who, drawing.dice.choice(MARKS), drawing.dice.choice([True, False]))
