"""Times and durations as people write them on a command line."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import click

from leal.values import MICRO, NEVER, instant_of, parse_instant

_DURATION: Final = re.compile(r"(\d{1,6}) ?([a-z]+)")
_SECONDS: Final = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_DAYS: Final = {"d": 1, "day": 1, "w": 7, "week": 7}
_MONTHS: Final = {"mo": 1, "month": 1, "y": 12, "year": 12}
UTC: Final = ZoneInfo("UTC")
"""The zone of a shop that has no programme yet."""
_UNITS: Final = "s, min, h, d, w, mo or y"


class Duration(click.ParamType[int]):
    """A length of exact time such as `90s`, `15min`, `1h`, `30d`; a value is its seconds."""

    name = "DURATION"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Seconds; a day is 24 hours. Months and years have no exact length and are refused."""
        if isinstance(value, int):
            return value
        months, days, seconds = self._parts(str(value), param, ctx)
        if months:
            self.fail(f"{value!r} has no exact length; write it in days, such as 30d", param, ctx)
        if days * 86_400 + seconds == 0:
            self.fail(f"{value!r} is no time at all; write it like 1h", param, ctx)
        return days * 86_400 + seconds

    def _parts(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int, int]:
        try:
            return parse_duration(text)
        except ValueError as fault:
            self.fail(f"{text!r} {fault}", param, ctx)


def parse_duration(text: str) -> tuple[int, int, int]:
    """Months, days and seconds of `1y`, `2mo`, `30d`, `1d12h`, `30 days`; raises ValueError with a sentence."""
    text = text.strip().lower()
    months = days = seconds = place = 0
    while match := _DURATION.match(text, place):
        count, unit = int(match.group(1)), match.group(2)
        unit = unit if unit in _SECONDS or len(unit) < 3 else unit.removesuffix("s")
        if unit in _SECONDS:
            seconds += count * _SECONDS[unit]
        elif unit in _DAYS:
            days += count * _DAYS[unit]
        elif unit in _MONTHS:
            months += count * _MONTHS[unit]
        elif unit == "m":
            raise ValueError("could mean minutes or months; write min or mo")
        else:
            break
        place = match.end() + (text[match.end() : match.end() + 1] == " ")
    if place < len(text) or not text:
        raise ValueError(f"is not a duration; write a number and {_UNITS}, such as 30d or 1h")
    return months, days, seconds


def read_time(text: str, zone: ZoneInfo) -> int:
    """An instant from RFC 3339, or from a date, meaning its first moment in the zone; BadParameter otherwise."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return instant_of(datetime.combine(date.fromisoformat(text), datetime.min.time(), zone))
        return parse_instant(text)
    except ValueError:
        example = "1998-07-01 or 1998-07-01T09:30:00Z"
        raise click.BadParameter(f"{text!r} is not a time; write it like {example}") from None


def read_target(text: str, now: int, zone: ZoneInfo) -> int:
    """Where a clock shall be moved: a time, or `+` and a duration after `now`, in days and months of the zone."""
    if not text.startswith("+"):
        return read_time(text, zone)
    from leal.rules.calendar import Span, add

    try:
        months, days, seconds = parse_duration(text[1:])
    except ValueError as fault:
        raise click.BadParameter(f"{text!r} {fault}") from None
    target = add(add(now, Span(months, 0), zone), Span(0, days), zone)
    if target == NEVER:
        raise click.BadParameter(f"{text!r} leads past the year 9999")
    return target + seconds * MICRO
