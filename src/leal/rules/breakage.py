"""Breakage: the share of available points that will lapse unspent, estimated from what became of earlier points.

A life table by age in whole months. Of the points that a lot held as it reached an age, so many were spent within that
month and so many lapsed early, because their owner was inactive; what a lot's own end or a fixed day took was not lost
to choice and says nothing of them. From age to end a lot keeps the product of what its months leave.

The steps: (1) a month of a lot counts if it is over; points that come later are at risk from their month on; (2) the
rate of an age is the sum over all members; (3) an available lot is carried from the middle of its month to its end;
(4) beyond the oldest age seen the rates of the last six months go on, while the interval reaches from all spent to
nothing spent; (5) the interval adds what members of the past differ by: fifty groups of them, each left out in turn
(the jackknife); (6) and what those of today may: as if each spent either all or nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.ledger import Entry
from leal.rules.liability import GIFTS, Figures, age_months
from leal.rules.merging import FROM

MONTHS_MAX: Final = 120
"""Ages beyond are not told apart from what was never seen."""
GROUPS: Final = 50
MEMBERS_NEEDED: Final = 200
MONTHS_NEEDED: Final = 6
MONTHS_CARRIED: Final = 6
"""Last ages whose rates go on beyond what was seen."""
STUDENT: Final = Decimal("2.01")
"""The two-sided 95 % quantile of Student's t for fifty groups."""

Tail = Literal["as before", "all spent", "none spent"]


class Outstanding:
    """The available points of which it is asked how many will lapse."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int | None], int] = {}
        """By their age in months and the age at their end; None: they have none."""
        self.squares = 0
        """The squares of members' points, summed."""

    def add(self, cells: dict[tuple[int, int | None], int]) -> None:
        """Add one member's."""
        for cell, points in cells.items():
            self.cells[cell] = self.cells.get(cell, 0) + points
        self.squares += sum(cells.values()) ** 2


class Risk(msgspec.Struct):
    """Points that reached an age, and what of them was spent or lapsed early within that month."""

    reached: int = 0
    spent: int = 0
    lapsed: int = 0


class History:
    """What became of points, by age in months, for each group of members."""

    def __init__(self) -> None:
        self.groups: list[list[Risk]] = [[] for _ in range(GROUPS)]
        self.members = 0
        """Members of whom some points have lived a whole month."""

    def add(self, bucket: int, lives: Lives, at: int, zone: ZoneInfo) -> None:
        """Add what became of the points of a member of that bucket by an instant."""
        table = self.groups[bucket % GROUPS]
        counted = [_live(table, life, age_months(life.earned_at, at, zone), zone) for life in lives.by_lot.values()]
        self.members += any(counted)

    def rates(self, without: int | None = None) -> list[Risk]:
        """The sums over all groups, or all but one, up to the last age that any points reached."""
        seen = max(map(len, self.groups))
        sums = [Risk() for _ in range(seen)]
        for number, table in enumerate(self.groups):
            if number != without:
                for whole, part in zip(sums, table, strict=False):
                    whole.reached += part.reached
                    whole.spent += part.spent
                    whole.lapsed += part.lapsed
        while sums and not sums[-1].reached:
            sums.pop()
        return sums


class Event(NamedTuple):
    """Points that came into a lot or left it."""

    at: int
    kind: Literal["in", "spent", "lapsed", "out"]
    points: int


class Life(msgspec.Struct):
    """What happened to the points of one lot."""

    earned_at: int
    expires_at: int
    events: list[Event] = []


class Lives:
    """What happened to the lots of one member, as the entries tell it."""

    def __init__(self) -> None:
        self.by_lot: dict[int, Life] = {}

    def follow(self, entry: Entry, before: Figures, *, is_early: bool) -> None:
        """Follow the next entry; `is_early`: points that lapse in it before their own end, do so for inactivity."""
        for i in range(0, len(entry.lots), 6):
            lot, _, earned_at, _, expires_at, _ = entry.lots[i : i + 6]
            known = self.by_lot.get(lot)
            events = [] if known is None else known.events
            self.by_lot[lot] = Life(earned_at, expires_at, events)
        for i in range(0, len(entry.moves), 4):
            lot, _, points, _ = entry.moves[i : i + 4]
            life = self.by_lot.get(lot)
            if life is None or points == 0:
                continue
            kind: Literal["in", "spent", "lapsed", "out"] = "in" if points > 0 else "out"
            if points < 0 and entry.redeemed > before.redeemed and entry.type not in (FROM, *GIFTS):
                kind = "spent"
            elif points < 0 and entry.expired > before.expired and is_early and entry.effective_at < life.expires_at:
                kind = "lapsed"
            life.events.append(Event(entry.effective_at, kind, abs(points)))


def _live(table: list[Risk], life: Life, months: int, zone: ZoneInfo) -> bool:
    """Add the whole months of a lot to a table; whether there were any."""
    months = min(months, MONTHS_MAX)
    left, place, counted = 0, 0, False
    ages = [age_months(life.earned_at, event.at, zone) for event in life.events]
    for month in range(months):
        gone = spent = lapsed = 0
        while place < len(ages) and ages[place] <= month:
            event = life.events[place]
            if event.kind == "in":
                left += event.points
            elif event.kind == "spent":
                spent += event.points
            elif event.kind == "lapsed":
                lapsed += event.points
            else:
                gone += event.points
            place += 1
        if left:
            while len(table) <= month:
                table.append(Risk())
            table[month].reached += left
            table[month].spent += spent
            table[month].lapsed += lapsed
            counted = True
        left -= spent + lapsed + gone
        if not left and place == len(ages):
            break
    return counted


class Breakage(NamedTuple):
    """The estimate. Points."""

    members: int
    """Whose points the history is made of."""
    months: int
    """Ages that were seen."""
    available: int
    """The points that are estimated: available ones that have an end."""
    without_end: int
    """Available points that never lapse, of which nothing is foreseen."""
    beyond: int
    """Those of the estimated points whose end lies beyond the ages that were seen."""
    expected: int | None
    """How many of them will lapse; None: there is too little history."""
    low: int | None
    """The interval of 95 %."""
    high: int | None


def estimate(history: History, outstanding: Outstanding) -> Breakage:
    """Estimate how many of the available points will lapse unspent."""
    rates = history.rates()
    lapse_early = any(risk.lapsed for risk in rates)
    known = {cell: points for cell, points in outstanding.cells.items() if cell[1] is not None or lapse_early}
    available = sum(known.values())
    without_end = sum(outstanding.cells.values()) - available
    beyond = sum(points for (_, end), points in known.items() if end is None or end >= len(rates))
    told = (history.members, len(rates), available, without_end, beyond)
    if history.members < MEMBERS_NEEDED or len(rates) < MONTHS_NEEDED:
        return Breakage(*told, None, None, None)
    expected = _kept(rates, known, "as before")
    others = [_kept(history.rates(number), known, "as before") for number, table in enumerate(history.groups) if table]
    count, mean = len(others), sum(others, Decimal(0)) / len(others)
    variance = sum(((other - mean) ** 2 for other in others), Decimal(0)) * (count - 1) / count
    share = expected / available if available else Decimal(0)
    margin = STUDENT * (variance + share * (1 - share) * outstanding.squares).sqrt()
    low, high = _kept(rates, known, "all spent") - margin, _kept(rates, known, "none spent") + margin
    return Breakage(*told, round(expected), max(0, int(low)), min(available, int(high) + 1))


def _kept(rates: list[Risk], cells: dict[tuple[int, int | None], int], tail: Tail) -> Decimal:
    """Points that the rates leave unspent."""
    tables: dict[int | None, list[Decimal]] = {}
    whole = Decimal(0)
    for (age, end), points in cells.items():
        if end not in tables:
            tables[end] = _shares(rates, end, tail)
        shares = tables[end]
        place = min(age, len(shares) - 2)
        whole += points * (shares[place] + shares[place + 1]) / 2
    return whole


def _shares(rates: list[Risk], end: int | None, tail: Tail) -> list[Decimal]:
    """By age, the share of points ending at an age that lapses unspent; and last, of those that have come to it."""
    carried = rates[-MONTHS_CARRIED:]
    reached = sum(risk.reached for risk in carried)
    spent, lapsed = _rate(sum(r.spent for r in carried), reached), _rate(sum(r.lapsed for r in carried), reached)
    last = MONTHS_MAX if end is None else max(end, 0)
    share = Decimal(1)
    if end is None or last >= len(rates):
        if tail == "all spent":
            share = Decimal(0)
        elif end is None and tail == "as before":
            share = lapsed / (spent + lapsed) if spent + lapsed else Decimal(0)
    shares = [share]
    for age in range(last, -1, -1):
        if age < len(rates):
            risk = rates[age]
            share = _rate(risk.lapsed, risk.reached) + (1 - _rate(risk.spent + risk.lapsed, risk.reached)) * share
        elif tail == "as before":
            share = lapsed + (1 - spent - lapsed) * share
        shares.append(share)
    return shares[::-1]


def _rate(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(0)


class Aged(NamedTuple):
    """What has become of points by an age, were nothing taken back and had none an end; permyriad, floored."""

    months: int
    reached: int
    """Points that reached the month before."""
    unspent: int
    spent: int
    lapsed: int


def ageing(history: History) -> list[Aged]:
    """What becomes of points with age: unspent, spent, lapsed for inactivity."""
    spent = lapsed = Decimal(0)
    found = []
    for month, risk in enumerate(history.rates()):
        unspent = 1 - spent - lapsed
        spent += unspent * _rate(risk.spent, risk.reached)
        lapsed += unspent * _rate(risk.lapsed, risk.reached)
        shares = (int(share * 10_000) for share in (1 - spent - lapsed, spent, lapsed))
        found.append(Aged(month + 1, risk.reached, *shares))
    return found
