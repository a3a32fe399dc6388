"""The redemption limit: the most points a member may redeem in a calendar period (S5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from leal.rules.account import Account
from leal.rules.calendar import local_day, period_start
from leal.rules.keeps import Hold
from leal.rules.programme.terms import Terms, TierTerms
from leal.rules.programme.words import PERIODS, Period, RedemptionLimit
from leal.rules.worth import has_value


class LimitState(NamedTuple):
    """A limit as a member meets it."""

    total: int
    remaining: int
    period: Period


class Tally(NamedTuple):
    """What was counted in the day, week, month and year of the newest day it was counted on, and for life."""

    day: date | None = None
    sums: Sequence[int] = (0,) * len(PERIODS)
    """By period, in the order of `PERIODS`."""

    def within(self, period: Period, day: date) -> int:
        """What was counted in the period that holds the day, which is not before the newest one."""
        if self.day is None or period_start(self.day, period) != period_start(day, period):
            return 0
        return self.sums[PERIODS.index(period)]

    def more(self, day: date, count: int) -> Tally:
        """With so much counted on the day, which is never before the newest one."""
        return Tally(day, [self.within(period, day) + count for period in PERIODS])

    def less(self, day: date, count: int) -> Tally:
        """With so much given back to the periods that hold the day; older periods no longer matter."""
        newest = self.day
        if newest is None:
            return self
        sums = [
            max(0, sum_ - count) if period_start(day, period) == period_start(newest, period) else sum_
            for period, sum_ in zip(PERIODS, self.sums, strict=True)
        ]
        return Tally(newest, sums)

    def plus(self, other: Tally) -> Tally:
        """Both together: the newer one's day, and in each of its periods the sum (S11.2)."""
        day = max(filter(None, (self.day, other.day)), default=None)
        if day is None:
            return Tally()
        return Tally(day, [self.within(period, day) + other.within(period, day) for period in PERIODS])


def tally_of(figures: list[int] | None) -> Tally:
    """A tally kept as its day's ordinal and its sums; None: nothing was counted."""
    return Tally() if figures is None else Tally(date.fromordinal(figures[0]), figures[1:])


def _redeemed(account: Account) -> Tally:
    return Tally(account.limit_day, account.limit_used)


def used(account: Account, period: Period, day: date) -> int:
    """Points counted in the period that holds the day, which is not before the newest redemption."""
    if account.limit_day is None:
        return 0
    return _redeemed(account).within(period, day)


def count(account: Account, day: date, points: int) -> None:
    """Count a redemption on its local day. The day is never before the newest one counted."""
    account.limit_day, sums = _redeemed(account).more(day, points)
    account.limit_used = list(sums)


def uncount(account: Account, day: date, points: int) -> None:
    """Give counted points back to the period of their redemption; older periods no longer matter."""
    account.limit_used = list(_redeemed(account).less(day, points).sums)


def united(account: Account, other: Account) -> tuple[date | None, list[int]]:
    """What both together have used: the newer one's day, and in each of its periods the sum (S11.2)."""
    day, sums = _redeemed(account).plus(_redeemed(other))
    return day, list(sums)


def follow_hold(account: Account, before: Hold | None, after: Hold | None, captured: int) -> None:
    """What an entry that left a hold as `after` did: more points count anew, on its day; fewer go back to their own,
    but for those that were captured (S5.3)."""
    had, has = (0 if hold is None else hold.points for hold in (before, after))
    if before is not None:
        uncount(account, date.fromordinal(before.day), had if has > had else had - has - captured)
    if after is not None and has > had:
        count(account, date.fromordinal(after.day), has)


def state(account: Account, limit: RedemptionLimit, day: date, but: Hold | None = None) -> LimitState:
    """What is left of a limit on the day; `but` is a hold that is not to count."""
    counted = used(account, limit.period, day)
    if but is not None and period_start(date.fromordinal(but.day), limit.period) == period_start(day, limit.period):
        counted -= but.points
    return LimitState(limit.points, max(0, limit.points - counted), limit.period)


def limit_in_force(terms: Terms, tier: TierTerms | None) -> RedemptionLimit | None:
    """The tier's limit, which replaces the global one outright; None is unlimited, or points without value."""
    redemption = terms.programme.redemption
    if redemption is None or not has_value(terms):
        return None
    if tier is not None and tier.unlimited:
        return None
    if tier is not None and tier.limit is not None:
        return tier.limit
    return redemption.limit


def counting_day(newest: date | None, terms: Terms, at: int) -> date:
    """The day on which something counts at an instant: today, or the newest one on which anything did, where another
    version's zone had brought that already."""
    today = local_day(at, terms.zone)
    return today if newest is None else max(newest, today)
