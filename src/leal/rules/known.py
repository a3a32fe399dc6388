"""Known: what a member's entries tell beside the account: awards, orders, redemptions and days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from leal.rules.account import NOTHING, Account, Counts
from leal.rules.calendar import local_day
from leal.rules.ledger import CapUse
from leal.rules.lots import Draw
from leal.rules.merging import Shift, moved_draw
from leal.rules.programme.terms import Versions
from leal.values import NEVER


class Drawn(msgspec.Struct):
    """A redemption as the entries tell it: what it drew, and what of it they gave back or spent again."""

    change_id: int
    drawn_at: int
    day: date | None
    points: int
    open_points: int
    draws: list[Draw]
    as_drawn: bool = True
    """Whether the lots are still those of the first draw: nothing was spent again."""
    ends_at: int = NEVER
    """When its code lapses."""
    offer: str | None = None
    """The offer that it is a reward of."""


class Sourced(NamedTuple):
    """An award apart from orders as its entry tells it."""

    source: str
    version: int
    occurred_at: int
    points: int


class Known:
    """Everything that orders, redemptions and day sums are held against."""

    def __init__(self) -> None:
        self.days: dict[date, Counts] = {}
        self.award_earned: dict[int, int] = {}
        """By award, how far its entries moved `earned`."""
        self.award_lapsed: dict[int, int] = {}
        """By award, lapsed points that were taken back."""
        self.neutralised: set[int] = set()
        """Awards that staff, or a referral that was rejected, took back for good."""
        self.order_counts: dict[int, Counts] = {}
        """By order, what it counts for tiers."""
        self.award_dropped: dict[int, int] = {}
        """By award, points that were dropped while pending."""
        self.order_of_award: dict[int, int] = {}
        """By award, the order it was given for."""
        self.drawn: dict[int, Drawn] = {}
        """Redemptions, by the number of the entry that drew."""
        self.holds: dict[tuple[int, int], int] = {}
        """Every hold ever placed, by its number and the wire's id: the redemption it became, 0: none."""
        self.lapsed_codes: set[int] = set()
        """Redemptions whose codes lapsed."""
        self.units: dict[str, int] = {}
        """By offer, units of its stock that rewards hold."""
        self.unspent = 0
        """Points that staff gave back, of whichever redemptions."""
        self.lapsed: dict[int, int] = {}
        """By award, points that ever lapsed."""
        self.sourced: dict[int, Sourced] = {}
        """Awards apart from orders, by their numbers."""
        self.budgeted: dict[str, int] = {}
        """By source, points that such awards hold of its total budget."""

    def forget(self) -> Known:
        """Know nothing any more; gives what was known."""
        known = Known()
        known.__dict__.update({name: self.__dict__[name] for name in vars(known)})
        Known.__init__(self)
        return known

    def learn(self, other: Known, shift: Shift) -> None:
        """Know what the entries of another member told; in this member's numbers (S11.2)."""
        for day, counts in other.days.items():
            self.days[day] = self.days.get(day, NOTHING).plus(counts)
        for name in ("award_earned", "award_lapsed", "award_dropped", "lapsed"):
            theirs: dict[int, int] = getattr(other, name)
            getattr(self, name).update({shift.entry(award): points for award, points in theirs.items()})
        self.neutralised |= {shift.entry(award) for award in other.neutralised}
        self.order_counts |= {shift.order(order): counts for order, counts in other.order_counts.items()}
        self.order_of_award |= {shift.entry(award): shift.order(order) for award, order in other.order_of_award.items()}
        for number, drawn in other.drawn.items():
            draws = [moved_draw(one, shift) for one in drawn.draws]
            self.drawn[shift.entry(number)] = msgspec.structs.replace(drawn, draws=draws)
        for (number, id_), captured in other.holds.items():
            self.holds[shift.entry(number), id_] = shift.entry(captured)
        self.lapsed_codes |= {shift.entry(number) for number in other.lapsed_codes}
        for slug, units in other.units.items():
            self.units[slug] = self.units.get(slug, 0) + units
        self.unspent += other.unspent
        self.sourced |= {shift.entry(award): sourced for award, sourced in other.sourced.items()}
        for source, points in other.budgeted.items():
            self.budgeted[source] = self.budgeted.get(source, 0) + points


def uses_told(account: Account, told: Known, uses: Iterable[CapUse], versions: Versions) -> dict[CapUse, int]:
    """What awards use of caps by period once no more has happened than the entries tell (S3.5, S4.7).

    `uses` names what they use today: the source and the day of an order's award stay as they were.
    """
    found = dict(sourced_uses(told, versions))
    for use in uses:
        if use[2] not in told.sourced and use[2] in told.award_earned:
            found[use] = told.award_earned[use[2]] - account.shortfalls.get(use[2], 0)
    return found


def sourced_uses(told: Known, versions: Versions) -> Iterator[tuple[CapUse, int]]:
    """What awards apart from orders use of caps: all of it, or nothing once they were dropped or taken back."""
    for award, (source, version, occurred_at, points) in told.sourced.items():
        terms = versions.numbered(version).terms
        way = terms.way(source)
        gone = award in told.neutralised or award in told.award_dropped
        if way is not None and way.period_caps and not gone:
            yield (source, local_day(occurred_at, terms.zone), award), points
