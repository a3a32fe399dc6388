"""Calendar: days and spans go by the zone's clocks, also around the days on which these are changed (S1.2)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from leal.rules.calendar import Span, add, add_to_day, instant_at, local_day
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
    local = datetime_of(at).astimezone(zone)
    expected = instant_at(datetime.combine(add_to_day(local.date(), span), local.time()), zone)

    assert local_day(at, zone) == local.date()
    assert add(at, span, zone) == expected
    assert add(at, span, zone, "day") == _end_of_day(expected, zone)


def _end_of_day(at: int, zone: ZoneInfo) -> int:
    day: date = datetime_of(at - 1).astimezone(zone).date()
    return instant_at(datetime.combine(day + timedelta(days=1), time.min), zone)
