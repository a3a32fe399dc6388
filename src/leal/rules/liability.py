"""Liability: what all members of a shop have at an instant, by age and by end of the points, and what moved it there.

What is outstanding is `available + pending + held - debt`, which is `earned - redeemed - expired` (S2.2). So each
entry of the ledger moves it by what it moves these three, and opening, movements and closing add up to the point.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.account import Account, Lot
from leal.rules.calendar import last_usable_day, local_day
from leal.rules.expiration import moment_at, next_moment
from leal.rules.ledger import Entry
from leal.rules.lots import is_pending
from leal.rules.merging import FROM, INTO
from leal.rules.programme.document import GlobalDate
from leal.rules.programme.terms import Terms
from leal.values import NEVER

AGES: Final = (0, 1, 3, 6, 12, 24)
"""Where the bands of age begin, in whole months since the points were earned."""
ERASED: Final = "erased"
GIFTS: Final = frozenset({"points_given", "points_received"})
"""Entries of points that one member gives to another."""


class Figures(NamedTuple):
    """The buckets of an account, or of many."""

    available: int = 0
    pending: int = 0
    held: int = 0
    redeemed: int = 0
    expired: int = 0
    earned: int = 0
    debt: int = 0

    def plus(self, other: Figures | Account | Entry) -> Figures:
        """The sum of both."""
        return Figures(*(mine + getattr(other, name) for name, mine in zip(Figures._fields, self, strict=True)))

    @property
    def outstanding(self) -> int:
        """What members have, less what they owe."""
        return self.available + self.pending + self.held - self.debt


def figures_of(one: Account | Entry) -> Figures:
    """The buckets of an account, or those after an entry."""
    return Figures(one.available, one.pending, one.held, one.redeemed, one.expired, one.earned, one.debt)


class Movements(msgspec.Struct):
    """What changed the outstanding points of a period, each with its sign."""

    earned: int = 0
    reversed: int = 0
    """Taken back: refunds, events that did not come, tiers that ended early."""
    redeemed: int = 0
    returned: int = 0
    """Redemptions undone."""
    expired: int = 0
    """Less lapsed points that were taken back: those did not lapse in the end."""
    adjusted: int = 0
    """By staff, and debt forgiven to those who were erased."""
    gifts: int = 0
    """Between members: nothing in sum."""
    merged: int = 0
    """Nothing in sum: what one customer gives up, another one gets."""

    def book(self, entry: Entry, before: Figures) -> None:
        """Book what an entry moved."""
        earned = entry.earned - before.earned
        redeemed = entry.redeemed - before.redeemed
        expired = entry.expired - before.expired
        if entry.type in (FROM, INTO):
            self.merged += earned - redeemed - expired
            return
        if entry.type in GIFTS:
            self.gifts += earned - redeemed - expired
            return
        if entry.cause == "staff":
            self.adjusted += earned - redeemed - expired
            return
        if entry.type == ERASED:
            self.adjusted += earned
        else:
            self.earned += max(earned, 0)
            self.reversed += min(earned, 0)
        self.redeemed -= max(redeemed, 0)
        self.returned -= min(redeemed, 0)
        self.expired -= expired

    @property
    def net(self) -> int:
        """The change of what is outstanding."""
        return sum(msgspec.structs.astuple(self))


class Heap(msgspec.Struct):
    """Points of lots, by what members can do with them."""

    available: int = 0
    pending: int = 0
    held: int = 0

    @property
    def points(self) -> int:
        """All of them."""
        return self.available + self.pending + self.held


def add_lot(heap: Heap, account: Account, lot: Lot) -> None:
    """Put what is left of a lot of a settled account on a heap."""
    if is_pending(account, lot):
        heap.pending += lot.free
    else:
        heap.available += lot.free
    heap.held += lot.held


def total(heaps: Iterable[Heap]) -> Heap:
    """All heaps as one."""
    whole = Heap()
    for heap in heaps:
        whole.available += heap.available
        whole.pending += heap.pending
        whole.held += heap.held
    return whole


def months_between(first: date, last: date) -> int:
    """Whole calendar months from one local day to a later one."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def age_months(earned_at: int, at: int, zone: ZoneInfo) -> int:
    """How old points are, in whole months by the zone's calendar."""
    return max(0, months_between(local_day(earned_at, zone), local_day(at, zone)))


def age_band(months: int) -> int:
    """Where the band begins that an age is in."""
    return max(begin for begin in AGES if begin <= months)


def end_if_nothing_happens(account: Account, lot: Lot, terms: Terms | None) -> int:
    """When what is left of a lot lapses unless something happens before: its own end or the moment of all (S7.3)."""
    own = lot.expires_at if lot.expires_at == NEVER else max(lot.expires_at, lot.available_at)
    moment = moment_at(account, terms, account.settled_at)
    if terms is None or moment == NEVER or lot.available_at == NEVER:
        return own
    if lot.available_at >= moment:  # it matures after that moment: only a later fixed day finds it
        policy = terms.programme.expiration.everything
        return min(own, next_moment(terms, lot.available_at)) if isinstance(policy, GlobalDate) else own
    return min(own, moment)


def end_month(ends_at: int, at: int, zone: ZoneInfo) -> date | None:
    """First day of the month in which points are last usable; None: they do not lapse.

    Held points past their end lapse when their hold ends, so they stand in the present month.
    """
    return None if ends_at == NEVER else max(last_usable_day(ends_at, zone), local_day(at, zone)).replace(day=1)


def face_value(terms: Terms | None) -> Fraction | None:
    """Micros that one point is worth at the most (S5.4); None where points have no value.

    With value buckets the best of their rates: the figure is never too small, however members save up.
    """
    if terms is None:
        return None
    rates = [Fraction(value, threshold) for threshold, value in terms.buckets]
    if terms.point_value is not None:
        rates.append(Fraction(terms.point_value))
    return max(rates, default=None)


def worth(rate: Fraction | None, points: int) -> int | None:
    """Micros that points are worth at a rate, cut towards zero; None without one."""
    if rate is None:
        return None
    micros = abs(points) * rate.numerator // rate.denominator
    return micros if points >= 0 else -micros
