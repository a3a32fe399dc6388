"""The estimate of breakage, against points whose fate is known."""

from __future__ import annotations

import random
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from leal.rules.breakage import MEMBERS_NEEDED, Breakage, Event, History, Life, Lives, Outstanding, ageing, estimate
from leal.rules.calendar import Span, add
from leal.rules.liability import age_months
from leal.values import NEVER, parse_instant

ZONE: Final = ZoneInfo("Europe/Berlin")
BEGIN: Final = parse_instant("2020-01-10T12:00:00Z")
MEMBERS: Final = 600
TERM: Final = 12


def months(count: int, days: int = 0) -> int:
    """So many months and days after the beginning."""
    return add(BEGIN, Span(count, days), ZONE)


def end_of(born: int) -> int:
    """The end of the same day a term later."""
    return add(born, Span(TERM, 0), ZONE, "day")


def one_life(born: int, at: int, spent: list[int]) -> tuple[Life, int]:
    """A lot of 100 points, `spent` in each month of its life, as it stands at an instant; and what will lapse of it."""
    life = Life(born, end_of(born), [Event(born, "in", 100)])
    for month, points in enumerate(spent):
        when = add(born, Span(month, 9), ZONE)
        if points and when <= at:
            life.events.append(Event(when, "spent", points))
    if life.expires_at <= at:
        life.events.append(Event(life.expires_at, "out", 100 - sum(spent)))
    return life, 100 - sum(spent)


def told(fates: list[list[int]], last: int) -> tuple[Breakage, int]:
    """The estimate at `last` months for members born one after another over `last` months; and the truth."""
    history, outstanding, truth = History(), Outstanding(), 0
    at = months(last)
    for member, spent in enumerate(fates):
        life, lapses = one_life(months(member % last, member % 27), at, spent)
        lives = Lives()
        lives.by_lot[1] = life
        history.add(member, lives, at, ZONE)
        if life.expires_at > at:
            age = age_months(life.earned_at, at, ZONE)
            left = 100 - sum(event.points for event in life.events if event.kind == "spent")
            outstanding.add({(age, age_months(life.earned_at, life.expires_at - 1, ZONE)): left})
            truth += lapses
    return estimate(history, outstanding), truth


def test_what_always_went_the_same_way_is_foreseen_to_the_point() -> None:
    """Spent at the same ages by everybody: what will lapse is known, and the interval is narrow."""
    found, truth = told([[0, 10, 0, 20, 0, 0, 5, 0, 0, 0, 0, 25]] * MEMBERS, 30)
    assert found.expected is not None
    assert found.low is not None
    assert found.high is not None
    assert (found.beyond, found.without_end) == (0, 0)
    assert truth * 0.98 < found.expected < truth * 1.02
    assert found.low < truth < found.high
    assert found.high - found.low < truth * 0.3


def test_the_truth_lies_within_the_interval() -> None:
    """Members differ much in how they spend; in about 95 of 100 shops the interval holds what then comes."""
    within = 0
    for seed in range(12):
        chance = random.Random(seed)
        fates = []
        for _ in range(MEMBERS):
            eager, left, spent = chance.random() < 0.3, 100, []
            for _ in range(TERM):
                now = chance.randint(0, left) if chance.random() < (0.2 if eager else 0.01) else 0
                spent.append(now)
                left -= now
            fates.append(spent)
        found, truth = told(fates, 30)
        assert found.low is not None
        assert found.high is not None
        within += found.low <= truth <= found.high
    assert within >= 10


def test_beyond_what_was_seen_the_interval_reaches_from_all_spent_to_nothing_spent() -> None:
    found, truth = told([[4] * TERM] * MEMBERS, 8)
    assert found.months == 8
    assert found.beyond == found.available
    assert found.expected is not None
    assert found.high is not None
    assert found.low == 0
    assert found.high > found.available * 0.75
    assert truth * 0.8 < found.expected < truth * 1.2


@pytest.mark.parametrize(("members", "last"), [(MEMBERS_NEEDED - 1, 30), (MEMBERS, 5)])
def test_too_little_history_says_so(members: int, last: int) -> None:
    found, _ = told([[1] * TERM] * members, last)
    assert (found.expected, found.low, found.high) == (None, None, None)
    assert found.available > 0


def test_points_without_an_end_are_not_expected_to_lapse() -> None:
    history = History()
    for member in range(MEMBERS):
        lives = Lives()
        lives.by_lot[1] = Life(BEGIN, NEVER, [Event(BEGIN, "in", 100), Event(months(2), "spent", 50)])
        history.add(member, lives, months(10), ZONE)
    outstanding = Outstanding()
    outstanding.add({(10, None): 50 * MEMBERS})
    found = estimate(history, outstanding)
    assert (found.available, found.without_end, found.expected) == (0, 50 * MEMBERS, 0)
    assert [(aged.months, aged.unspent) for aged in ageing(history)][:4] == [
        (1, 10000),
        (2, 10000),
        (3, 5000),
        (4, 5000),
    ]


def test_points_that_lapsed_for_inactivity_are_history_too() -> None:
    """Half of them lapse in their fourth month, the rest is spent in the seventh: half of the young ones will lapse."""
    history = History()
    for member in range(MEMBERS):
        lives = Lives()
        fate = Event(months(3, 1), "lapsed", 100) if member % 2 else Event(months(6, 1), "spent", 100)
        lives.by_lot[1] = Life(BEGIN, NEVER, [Event(BEGIN, "in", 100), fate])
        history.add(member, lives, months(12), ZONE)
    outstanding = Outstanding()
    outstanding.add({(1, None): 1000, (5, None): 1000})
    found = estimate(history, outstanding)
    assert (found.available, found.without_end, found.expected) == (2000, 0, 500)
