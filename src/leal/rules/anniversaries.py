"""Anniversaries: the days of the year that pay, the birthday and the day of joining, once in each of them (S4.8).

1. Such a day is due at its first instant in the programme's zone; 29 February counts on 28 February in common years.
2. A birthday pays nothing while fewer days have passed since it was told, or changed, than the source asks for.
3. Once a source has paid in a local calendar year it does not pay in it again, though the day were another by then.
4. The day of joining pays from the next year on.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

from leal.rules.account import Account
from leal.rules.calendar import local_day, start_of_day
from leal.rules.ledger import Book
from leal.rules.programme.earning_terms import WayTerms
from leal.rules.programme.terms import Terms
from leal.rules.sources import award
from leal.values import NEVER


def next_day(account: Account, terms: Terms | None, after: int) -> int:
    """The first instant after the given one at which such a day comes that may pay the member; NEVER without one."""
    if terms is None or not terms.dated or account.membership != "full":
        return NEVER
    return min(_next(account, terms, way, after) for way in terms.dated)


def pay_days(book: Book, before: int, at: int) -> bool:
    """Pay the days that came after `before` and by now; whether anything was paid.

    May raise CustomerNeeded or CapsNeeded.
    """
    version, paid = book.version, False
    for way in () if version is None else version.terms.dated:
        if version is not None and _next(book.account, version.terms, way, before) <= at:
            year = local_day(at, version.terms.zone).year
            paid |= award(book, version, way, at, at, "time", **{f"{way.kind}_year": year})
    return paid


def _next(account: Account, terms: Terms, way: WayTerms, after: int) -> int:
    month, day, first = _anchor(account, terms, way)
    year = max(local_day(after, terms.zone).year, first.year)
    while month > 0 and year < MAXYEAR:
        found = date(year, month, min(day, monthrange(year, month)[1]))
        at = start_of_day(found, terms.zone)
        if at > after and found >= first:
            return at if at < way.ends_at else NEVER
        year += 1
    return NEVER


def _anchor(account: Account, terms: Terms, way: WayTerms) -> tuple[int, int, date]:
    """Month and day that a source pays on, and the first local day on which it may; month 0: none."""
    keeps, person = account.keeps, account.person
    if way.kind == "birthday":
        paid_in, month_day, since = keeps.birthday_year, person.birthday, person.birthday_at
        stood = timedelta(way.minimum_change_days)
    else:
        joined = account.joined_at
        month_day = "" if joined is None else local_day(joined, terms.zone).isoformat()[5:]
        paid_in, since, stood = keeps.anniversary_year, joined or 0, timedelta(1)
        if joined is not None:
            paid_in = max(paid_in, local_day(joined, terms.zone).year)
    if not month_day:
        return 0, 0, date(MINYEAR, 1, 1)
    first = max(local_day(since, terms.zone) + stood, date(max(MINYEAR, paid_in + 1), 1, 1))
    return int(month_day[:2]), int(month_day[3:]), first
