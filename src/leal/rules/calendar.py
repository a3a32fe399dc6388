"""Days, months and years in the programme's zone, computed once and stored as instants (S1.2, S1.3)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from leal.rules.programme.words import Period, RoundUp
from leal.values import DAY, NEVER, datetime_of, instant_of

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


class Span(NamedTuple):
    """A length of calendar time: months (a year is twelve) or days."""

    months: int
    days: int


def parse_span(text: str) -> Span:
    """Read `12 months`, `30 days` or `1 year`."""
    count, unit = text.split(" ")
    n = int(count)
    return Span(0, n) if unit.startswith("day") else Span(n * (12 if unit.startswith("year") else 1), 0)


@lru_cache(maxsize=4096)  # of a member's few instants it is asked again and again, of an instant of so many members
def local_day(at: int, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    offset = _steady_offset(at // DAY, zone)
    if offset is not None:
        return date.fromordinal(_EPOCH_DAY + (at + offset) // DAY)
    return datetime_of(at).astimezone(zone).date()


# Reckoning a day in a zone is dear, and asked for several times an order; clocks are changed on few days of a year.
@lru_cache(maxsize=20_000)
def _steady_offset(utc_day: int, zone: ZoneInfo) -> int | None:
    """Microseconds by which the zone is ahead of UTC on a day since 1970, the day before and the day after; None where
    that changes meanwhile: a local time may then be missing, or come twice."""
    try:
        first = datetime_of((utc_day - 1) * DAY)
        offsets = {_offset((first + timedelta(hours=hours)).astimezone(zone)) for hours in range(3 * 24 + 1)}
    except (OverflowError, ValueError):
        return None
    offset = offsets.pop()
    return None if offsets else offset


def _offset(local: datetime) -> int:
    """Microseconds by which a local time is ahead of UTC."""
    return (local.utcoffset() or timedelta()) // timedelta(microseconds=1)


@lru_cache(maxsize=20_000)
def start_of_day(day: date, zone: ZoneInfo) -> int:
    """The first instant of a local day."""
    return instant_at(datetime.combine(day, time.min), zone)


@lru_cache(maxsize=20_000)
def last_usable_day(ends_at: int, zone: ZoneInfo) -> date:
    """The local date of the instant just before: the last day shown to people (S1.3)."""
    return local_day(ends_at - 1, zone)


def instant_at(local: datetime, zone: ZoneInfo) -> int:
    """The instant of a naive local time: one that does not exist moves to the next that does, of two the first."""
    first, second = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    at = instant_of(first)
    if first.utcoffset() == second.utcoffset() or datetime_of(at).astimezone(zone).replace(tzinfo=None) == local:
        return at
    before, after = instant_of(second), at  # the gap lies between these two
    offset = datetime_of(after).astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime_of(middle).astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=20_000)
def add_to_day(day: date, span: Span) -> date:
    """A local day plus a span, clamped to the end of the month."""
    month = day.year * 12 + day.month - 1 + span.months
    year, month = divmod(month, 12)
    day = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day + timedelta(days=span.days)


def add(at: int, span: Span, zone: ZoneInfo, round_up: RoundUp = "none") -> int:
    """An instant plus a span, reckoned in the zone, optionally rounded up to the end of a calendar unit (S1.2).

    All is reckoned on the clock on the wall and made an instant once, for a midnight may be missing.
    """
    try:
        wall = _add_to_wall(_wall(at, zone), span)
        if round_up == "none":
            return _instant_of_wall(wall, zone)
        last = date.fromordinal(_EPOCH_DAY + (wall - 1) // DAY)  # an end itself stays where it is
        return start_of_day(_END_OF[round_up](last), zone)
    except (OverflowError, ValueError):
        return NEVER  # past the year 9999


def _wall(at: int, zone: ZoneInfo) -> int:
    """What the zone's clock on the wall shows, in microseconds as if it were in UTC."""
    offset = _steady_offset(at // DAY, zone)
    return at + (_offset(datetime_of(at).astimezone(zone)) if offset is None else offset)


def _add_to_wall(wall: int, span: Span) -> int:
    day, of_day = divmod(wall, DAY)
    return (add_to_day(date.fromordinal(_EPOCH_DAY + day), span).toordinal() - _EPOCH_DAY) * DAY + of_day


def _instant_of_wall(wall: int, zone: ZoneInfo) -> int:
    offset = _steady_offset(wall // DAY, zone)
    return instant_at(datetime_of(wall).replace(tzinfo=None), zone) if offset is None else wall - offset


def _next_month_start(day: date, months: int) -> date:
    """First day after the block of `months` months that holds the day."""
    block = (day.year * 12 + day.month - 1) // months + 1
    year, month = divmod(block * months, 12)
    return date(year, month + 1, 1)


_END_OF: dict[str, Callable[[date], date]] = {
    "day": lambda day: day + timedelta(days=1),
    "month": lambda day: _next_month_start(day, 1),
    "quarter": lambda day: _next_month_start(day, 3),
    "half-year": lambda day: _next_month_start(day, 6),
    "year": lambda day: _next_month_start(day, 12),
}


def next_month_day(after: int, month_day: str, zone: ZoneInfo) -> int:
    """Start of the next such calendar day strictly after the instant; 02-29 falls on 02-28 in common years."""
    month, day = int(month_day[:2]), int(month_day[3:])
    year = local_day(after, zone).year
    while True:
        found = start_of_day(date(year, month, min(day, monthrange(year, month)[1])), zone)
        if found > after:
            return found
        year += 1


def end_of_month_day(after: int, month_day: str, zone: ZoneInfo) -> int:
    """End of the next such calendar day strictly after the instant; 02-29 falls on 02-28 in common years."""
    month, day = int(month_day[:2]), int(month_day[3:])
    year = local_day(after, zone).year - 1  # a day of last year may end only now
    while True:
        clamped = date(year, month, min(day, monthrange(year, month)[1]))
        found = start_of_day(clamped + timedelta(days=1), zone)
        if found > after:
            return found
        year += 1


def period_start(day: date, period: Period) -> date:
    """First day of the calendar period that holds the day (S5.3); weeks start on Monday."""
    if period == "daily":
        return day
    if period == "weekly":
        return day - timedelta(days=day.weekday())
    if period == "monthly":
        return day.replace(day=1)
    if period == "yearly":
        return day.replace(month=1, day=1)
    return date.min


def period_end(day: date, period: Period) -> date | None:
    """First day after the calendar period that holds the day; None where it has no end."""
    if period in _DAYS_OF:
        return period_start(day, period) + timedelta(days=_DAYS_OF[period])
    return _next_month_start(day, _MONTHS_OF[period]) if period in _MONTHS_OF else None


_DAYS_OF: dict[Period, int] = {"daily": 1, "weekly": 7}
_MONTHS_OF: dict[Period, int] = {"monthly": 1, "yearly": 12}
