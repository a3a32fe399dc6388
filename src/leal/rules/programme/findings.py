"""What a check of the programme document notes down, and the small readings that several checks share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from leal.errors import Problem
from leal.faults import described, listed, near
from leal.values import instant_of, parse_instant, parse_money

_DAYS: Final = {"day": 1, "month": 28, "year": 365}
"""Days that a unit of a term lasts at least."""


class Findings:
    """The faults found so far; each says where, what, why and what would be right."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, path: str, code: str, message: str, right: str) -> None:
        """Note one fault."""
        self.problems.append(Problem(path, code, message, right))

    def required(self, path: str, message: str, right: str) -> None:
        """Something that other parts of the document call for is missing."""
        self.add(path, "required", message, right)

    def no_effect(self, path: str, message: str, right: str) -> None:
        """Something that would silently do nothing."""
        self.add(path, "without_effect", message, right)

    def contradiction(self, path: str, message: str, right: str) -> None:
        """Two parts that cannot both be meant."""
        self.add(path, "contradiction", message, right)

    def unique(self, words: Iterable[tuple[str, str]], what: str) -> None:
        """Each second use of a word, given as (path, word), is a fault."""
        first: dict[str, str] = {}
        for path, word in words:
            if word in first:
                message = f"The {what} {described(word)} is already used at {first[word]}."
                self.add(path, "duplicate", message, f"a {what} of its own")
            else:
                first[word] = path

    def known(self, path: str, word: str, words: Iterable[str], what: str) -> bool:
        """A reference must name something that the document defines."""
        defined = list(words)
        if word in defined:
            return True
        message = f"There is no {what} {described(word)} in this programme.{near(word, defined)}"
        self.add(path, "unknown_reference", message, listed(defined) if defined else f"define the {what} first")
        return False

    def positive(self, path: str, amount: str | None, what: str) -> None:
        """An amount of money that must be more than zero where it is given."""
        if amount is not None and parse_money(amount) == 0:
            self.add(path, "out_of_range", f"{what} is zero.", 'more than zero, such as "0.01"')

    def span(self, path: str, starts_at: str | None, ends_at: str | None, zone: ZoneInfo) -> None:
        """Both times must exist and stand in order."""
        start, end = self._time(f"{path}.starts_at", starts_at, zone), self._time(f"{path}.ends_at", ends_at, zone)
        if start is not None and end is not None and start >= end:
            message = f"It ends at {ends_at}, which is not after its start {starts_at}."
            self.contradiction(f"{path}.ends_at", message, "an end after the start; a day alone means its first moment")

    def _time(self, path: str, text: str | None, zone: ZoneInfo) -> int | None:
        if text is None:
            return None
        try:
            return time_of(text, zone)
        except ValueError as error:
            right = '"2025-03-01" for the first moment of a day, or "2025-03-01T09:00:00+01:00"'
            self.add(path, "bad_date", f"{described(text)} {error}.", right)
            return None

    def month_day(self, path: str, text: str) -> None:
        """A calendar day `MM-DD` that some year has; 29 February counts as the 28th in common years."""
        month, day = int(text[:2]), int(text[3:])
        try:
            date(2024, month, day)
        except ValueError:
            self.add(path, "bad_date", f"No year has the day {text}.", 'a day such as "12-31" or "02-29"')


def time_of(text: str, zone: ZoneInfo) -> int:
    """The instant a time of the document means: a day alone is its first moment in the programme's zone.

    Raises ValueError with a sentence about it that lacks its subject.
    """
    if len(text) > 10:
        return parse_instant(text)
    try:
        return instant_of(datetime.combine(date.fromisoformat(text), time.min, zone))
    except (ValueError, OverflowError):
        raise ValueError("is not a day that exists") from None


def least_days(term: str) -> int:
    """The days that a term such as `12 months` lasts at least."""
    count, unit = term.split()
    return int(count) * _DAYS[unit.rstrip("s")]
