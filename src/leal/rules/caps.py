"""Caps: the most points a source may give a member in a calendar period, and all members together (S4.4, S4.7).

1. At its order's first confirmation an award is held against the caps by period, the shortest first: each is asked for
   what the former ones left of the rule's points. `trim` allows what it has left, `refuse` nothing where that is less.
2. The least of what they had left is pinned: the award never gives more, whatever other awards use or give back.
3. Its use falls on the order's local day, in the period that holds this day, late news too; what is taken back or
   dropped is given back to that period.
4. A total budget is asked whenever the award grows beyond what it once took of it, and pins only where it gives less
   than was asked. Points that are taken back return to it; those that a time-out drops do not, for time is told when
   somebody looks, and what others may have must not hang on that.
"""

from __future__ import annotations

from datetime import date

from leal.rules.calendar import period_start
from leal.rules.ledger import Book
from leal.rules.orders import Award
from leal.rules.programme.earning_terms import AwardTerms
from leal.rules.programme.words import Period
from leal.rules.stock import StockName


def used(book: Book, source: str, period: Period, day: date) -> int:
    """Points that the source gave the member in the period of the day, net. May raise CapsNeeded."""
    start = period_start(day, period)
    return sum(
        points
        for (slug, on, _), points in book.cap_uses().items()
        if slug == source and period_start(on, period) == start
    )


def allowance(book: Book, source: AwardTerms, day: date, points: int) -> int | None:
    """The most that the caps by period allow an award of the day that would give so many points; None: any number.

    May raise CapsNeeded.
    """
    allowed: int | None = None
    for cap in source.period_caps:
        assert cap.period is not None
        left = max(0, cap.points - used(book, source.source, cap.period, day))
        asked = points if allowed is None else min(points, allowed)
        if cap.over == "refuse" and asked > left:
            return 0
        allowed = left if allowed is None else min(allowed, left)
    return allowed


def within_budget(book: Book, source: AwardTerms, award: Award, points: int) -> int:
    """How many of the points the total budget lets an award have that grows to them; what it lacks is taken of it.

    May raise StockNeeded.
    """
    budget, lacking = source.budget, points - award.budgeted
    if budget is None or lacking <= 0:
        return points
    refuses = budget.over == "refuse" and award.number == 0
    award.budgeted += book.shelves.take(
        book.account.id, StockName("budget", source.source), budget.points, lacking, all_or_none=refuses
    )
    return award.budgeted


def follow(book: Book, source: AwardTerms, day: date, award: Award, change: int) -> None:
    """Note that an award gives so many points more, or fewer: use goes up, or back to the period of the award's day.

    May raise StockNeeded.
    """
    if source.period_caps:
        book.use_cap(source.source, day, award.number, change)
    back = min(-change, award.budgeted)
    if source.budget is not None and back > 0:
        book.shelves.put_back(book.account.id, StockName("budget", source.source), source.budget.points, back)
        award.budgeted -= back
