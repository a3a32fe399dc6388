"""Calendar: days and spans go by the zone's clocks, also around the days on which these are changed (S1.2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leal.rules.calendar import Span, add, add_to_day, instant_at, local_day, start_of_day
from leal.values import datetime_of, instant_of

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",  # its clocks went back from midnight into the day before
        "America/Havana",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",  # by half an hour
        "Pacific/Apia",  # which left out a day
        "Africa/Casablanca",
    )
]


def _changes(zone: ZoneInfo) -> list[datetime]:
    """Hours of some years at which the clocks of the zone are changed, and one at which they are not."""
    hours = [
        datetime(year, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(hours=hour)
        for year in (2011, 2017, 2024)
        for hour in range(366 * 24)
    ]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    changed = [hours[i] for i in range(1, len(hours)) if offsets[i] != offsets[i - 1]]
    return [*changed, hours[4000]]


CHANGES = [(zone, instant_of(moment)) for zone in ZONES for moment in _changes(zone)]
HOUR = 3600 * 10**6


@given(
    st.sampled_from(CHANGES),
    st.integers(-50 * HOUR, 50 * HOUR),
    st.builds(Span, st.integers(-14, 14), st.integers(-40, 400)),
    st.booleans(),
)
def test_an_instant_and_a_span_are_reckoned_on_the_zones_clocks(
    change: tuple[ZoneInfo, int], beside: int, span: Span, back: bool
) -> None:
    zone, changed_at = change
    at = changed_at + beside
    if back:  # so that the sum comes near the change
        day = add_to_day(datetime_of(at).astimezone(zone).date(), Span(-span.months, -span.days))
        at = instant_at(datetime.combine(day, datetime_of(at).astimezone(zone).time()), zone)
    wall = datetime_of(at).astimezone(zone).replace(tzinfo=None, fold=0)
    moved = datetime.combine(add_to_day(wall.date(), span), wall.time())
    next_day = (moved - timedelta(microseconds=1)).date() + timedelta(days=1)  # an end itself stays where it is

    assert local_day(at, zone) == wall.date()
    assert add(at, span, zone) == instant_at(moved, zone)
    assert add(at, span, zone, "day") == start_of_day(next_day, zone)


@pytest.mark.parametrize(
    ("begun", "ends"),
    [
        ("2027-03-30T22:00:00.000001+00:00", "2027-05-01"),  # on the wall just after the midnight that is missing
        ("2027-03-30T22:00:00+00:00", "2027-04-30"),  # that midnight itself, an end already
        ("2027-03-30T22:30:00+00:00", "2027-05-01"),
        ("2027-03-30T21:59:59+00:00", "2027-05-01"),  # from the evening of the 30th, clamped by nothing
    ],
)
def test_what_is_rounded_up_is_rounded_on_the_clock_on_the_wall(begun: str, ends: str) -> None:
    """Cairo's clocks go forward at the midnight with which 30 April 2027 begins."""
    at, cairo = instant_of(datetime.fromisoformat(begun)), ZoneInfo("Africa/Cairo")
    assert add(at, Span(1, 0), cairo, "day") == start_of_day(date.fromisoformat(ends), cairo)


def test_of_a_time_that_comes_twice_the_second_leads_to_the_first_of_another_such_day() -> None:
    zone = ZoneInfo("America/New_York")
    second = instant_of(datetime(2026, 11, 1, 6, 30, tzinfo=ZoneInfo("UTC")))  # 01:30 again
    assert add(second, Span(0, 371), zone) == instant_of(datetime(2027, 11, 7, 5, 30, tzinfo=ZoneInfo("UTC")))
