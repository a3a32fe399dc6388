"""Times and durations as they are written on the command line."""

from zoneinfo import ZoneInfo

import click
import pytest

from leal.cli.times import UTC, parse_duration, read_target, read_time
from leal.values import format_instant, parse_instant

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("90s", (0, 0, 90)),
        ("15min", (0, 0, 900)),
        ("1h", (0, 0, 3600)),
        ("30d", (0, 30, 0)),
        ("2w", (0, 14, 0)),
        ("2mo", (2, 0, 0)),
        ("1y6mo", (18, 0, 0)),
        ("1d12h", (0, 1, 43_200)),
        ("30 days", (0, 30, 0)),
        ("1 Month 2 hours", (1, 0, 7200)),
    ],
)
def test_durations_are_read(text: str, parts: tuple[int, int, int]) -> None:
    assert parse_duration(text) == parts


@pytest.mark.parametrize("text", ["", "d", "3", "3 fortnights", "1h!", "-1h", "1.5h", "5m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|minutes or months"):
        parse_duration(text)


def test_a_date_is_its_first_moment_in_the_zone() -> None:
    assert format_instant(read_time("1998-07-01", NEW_YORK)) == "1998-07-01T04:00:00Z"
    assert format_instant(read_time("1998-07-01", UTC)) == "1998-07-01T00:00:00Z"
    assert format_instant(read_time("1998-07-01T09:30:00+02:00", NEW_YORK)) == "1998-07-01T07:30:00Z"


@pytest.mark.parametrize("text", ["1998-02-30", "tomorrow", "1998-07-01T09:30:00", "01.07.1998"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time"):
        read_time(text, UTC)


@pytest.mark.parametrize(
    ("step", "after"),
    [
        ("+1mo", "1998-02-28T17:00:00Z"),  # a month's last day, where the day is lacking
        ("+3mo", "1998-04-30T16:00:00Z"),  # noon stays noon in summer time
        ("+1mo1d", "1998-03-01T17:00:00Z"),  # months before days
        ("+24h", "1998-02-01T17:00:00Z"),
        ("1998-03-01", "1998-03-01T05:00:00Z"),
    ],
)
def test_a_clock_is_moved_by_the_zones_calendar(step: str, after: str) -> None:
    assert format_instant(read_target(step, parse_instant("1998-01-31T17:00:00Z"), NEW_YORK)) == after


def test_a_clock_is_not_moved_past_the_calendar() -> None:
    with pytest.raises(click.BadParameter, match="past the year 9999"):
        read_target("+9000y", parse_instant("1998-01-31T17:00:00Z"), UTC)
