"""What the shop newly tells of customers: birthdays, consent, subscriptions."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from leal.values import DAY
from tests.oracle.facts import CustomerFacts, SubscriptionFacts
from tests.oracle.instants import local_day
from tests.oracle_machine.acts import Customer, Single
from tests.oracle_machine.drawing import HOUR, Drawing
from tests.oracle_machine.pair import Pair

AWAY: Final = (0, 1, 1, 2, 9, 31, 60, -1)
"""Days from today to the birthday that is told."""


def birthday(drawing: Drawing, pair: Pair) -> Single | None:
    """A birthday, often a near one, with its year or without; or that it is not known."""
    if not drawing.has_source(pair, "birthday"):
        return None
    dice = drawing.dice
    day = local_day(pair.now, ZoneInfo(drawing.zone)) + timedelta(dice.choice(AWAY))
    near = f"{day:%m-%d}"
    born = dice.choice([near, near, near, f"1980-{near}", "02-29", ""])
    return Customer(drawing.anyone(), None, CustomerFacts(born=born))


def consent(drawing: Drawing, pair: Pair) -> Single | None:
    """Whether a customer is subscribed to the newsletter, perhaps since when."""
    if not drawing.has_source(pair, "newsletter"):
        return None
    dice = drawing.dice
    since = dice.choice([None, None, pair.now - HOUR, pair.now - 40 * DAY, pair.now + HOUR])
    told = CustomerFacts(subscribed=dice.choice([True, True, False]), subscribed_at=since)
    return Customer(drawing.anyone(), None, told)


def subscription(drawing: Drawing, pair: Pair) -> Single | None:
    """A subscription, as far as the shop says anything of it."""
    if not drawing.has(pair, "subscriptions"):
        return None
    dice = drawing.dice
    told = SubscriptionFacts(
        dice.choice(["S1", "S2", "S3"]),
        dice.choice([None, "active", "active", "paused", "ended"]),
        dice.choice([None, None, pair.now - 40 * DAY, pair.now]),
        dice.choice([None, None, 1, 2, 5]),
        dice.choice([None, None, 0, 1, 3]),
    )
    return Customer(drawing.anyone(), None, CustomerFacts(subscriptions=(told,)))
