"""The account: what one member owns and counts at one instant, and the conservation law it obeys (S2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from leal.rules.keeps import NO_KEEPS, Keeps
from leal.rules.person import NOBODY, Person
from leal.rules.programme.words import PERIODS
from leal.values import NEVER

GRACE_USED = 1
"""Lot flag: its points came back after their end and get no second grace (S5.5)."""
QUALIFIES = 4
"""Lot flag: its points count for tiers, on the local day they were earned."""
DROPS = 2
"""Lot flag: at `available_at` it is dropped, not matured: the awaited event has not come in time (S4.6)."""

LOTS_AN_ENTRY = 32
"""Open lots that are asked anew for each entry, by the laws and for what falls due; with more of them, now and then."""

Mark = Literal["tester", "readonly", "disable_rewards", "enable_rewards", "disable_earning_rewards"]
"""What staff may mark a member with; see `rules/marking.py`."""
Membership = Literal["none", "guest", "full"]
Enrolment = Literal["open", "decided", "merged", "erased"]
"""Who says what the membership is: the programme; the shop or the customer; or nobody any more (S11)."""


GONE: tuple[Enrolment, ...] = ("merged", "erased")
"""Of an account that is nobody's any more."""


class LotsNeeded(Exception):
    """The decision needs open lots that lie in pages; the engine lends them and decides again.

    All of them, or such as fall due by an instant, so many points of those that are drawn first, some lots by their
    ids, or those of some awards.
    """

    def __init__(
        self, until: int = NEVER, *, points: int = 0, lots: Iterable[int] = (), awards: Iterable[int] = ()
    ) -> None:
        super().__init__(until, points, lots, awards)
        self.until, self.points, self.lots, self.awards = until, points, lots, awards


class Lot(msgspec.Struct, array_like=True):
    """Points of one award that share their dates (S2.4). Instants are microseconds since 1970."""

    id: int
    award: int
    points: int
    """The most that remained in it since it was opened."""
    remaining: int
    held: int
    earned_at: int
    available_at: int
    expires_at: int
    flags: int = 0

    def copy(self) -> Lot:
        """An independent copy."""
        return _copied(self)

    @property
    def free(self) -> int:
        """Points that are not set aside by a hold."""
        return self.remaining - self.held


_copied: Final[Callable[[Lot], Lot]] = Lot.__copy__  # type: ignore[attr-defined]  # it is there; the stubs are silent


DrawKey: TypeAlias = tuple[int, int, int, int]
draw_order: Final[Callable[[Lot], DrawKey]] = attrgetter("expires_at", "available_at", "earned_at", "id")
"""Sort key of S5.1: earliest own end, then earliest availability, earliest earned, lowest id."""


class Page(msgspec.Struct, frozen=True):
    """Open lots in a row of their own beside the account's (`paging`): all of them wait, or all are available; none
    is held."""

    first_lot: int
    """The id of the first of them, by which the page goes."""
    points: int
    due_at: int
    """When the first of them to do so becomes available; of available ones, ends."""
    drawn_from: DrawKey | None
    """The first one's place in the order of drawing, where they are available."""
    lot_ids: tuple[int, int]
    """The least and the greatest."""
    awards: tuple[int, int]
    """The least and the greatest."""
    lots: list[Lot] | None
    """None: they were not asked for."""

    def may_have(self, lots: Iterable[int], awards: Iterable[int]) -> bool:
        """Whether one of the lots, by their ids, or one of the awards, may be in it."""
        return any(self.lot_ids[0] <= lot <= self.lot_ids[1] for lot in lots) or any(
            self.awards[0] <= award <= self.awards[1] for award in awards
        )


def own_first(number: int) -> tuple[bool, int]:
    """Sort key of numbers of entries, and so of awards and redemptions: the own ones, then those of whom the member
    took over, one after the other, each as they came (S11.2)."""
    return number < 0, abs(number)


class Counts(msgspec.Struct, frozen=True):
    """What counts for tiers over some stretch of days: money in micros, points, orders, events (S8.2)."""

    spend_micros: int = 0
    qualifying: int = 0
    orders: int = 0
    events: dict[str, int] = {}
    """How often each trigger came, by its slug; never changed in place."""

    def plus(self, other: Counts) -> Counts:
        """The sum of both."""
        events = self.events or other.events
        if self.events and other.events:
            events = {slug: self.events.get(slug, 0) + other.events.get(slug, 0) for slug in self.events | other.events}
        return Counts(
            self.spend_micros + other.spend_micros,
            self.qualifying + other.qualifying,
            self.orders + other.orders,
            events,
        )

    def is_short_of(self, other: Counts) -> bool:
        """Whether less was spent, or fewer points or orders count."""
        return (
            self.spend_micros < other.spend_micros or self.qualifying < other.qualifying or self.orders < other.orders
        )

    def __bool__(self) -> bool:
        return bool(self.spend_micros or self.qualifying or self.orders or self.events)


NOTHING = Counts()


class Account(msgspec.Struct):
    """One member of one shop, settled to `settled_at`. The rules change a working copy of it (S2.1)."""

    id: int
    bucket: int
    # history
    number: int = 0
    entry_id: int = 0
    head: bytes = bytes(32)
    settled_at: int = 0
    settled_version: int = 0
    next_due_at: int = NEVER
    # the seven buckets
    available: int = 0
    pending: int = 0
    held: int = 0
    redeemed: int = 0
    expired: int = 0
    earned: int = 0
    debt: int = 0
    lots_at_hand: list[Lot] = []
    """The open lots, but for those in pages; see `lots`, and `lots_until`."""
    paged_points: int = 0
    """Points of the open lots in pages that wait."""
    paged_due_at: int = NEVER
    """When the first of those is available."""
    paged_ends: dict[int, int] = {}
    """Points of the open lots in pages that are available, by their own end; never changed in place."""
    paged_from: DrawKey | None = None
    """Where in the order of drawing the first of those stands: nothing after it is drawn before it."""
    lent_pages: tuple[Page, ...] = ()
    """Pages whose lots are at hand, as they are stored."""
    other_pages: tuple[Page, ...] | None = None
    """Those whose lots are not; None: nothing was read of any."""
    lot_number: int = 0
    shortfalls: dict[int, int] = {}
    """Points written off, by the award they lack on (S6.1)."""
    waiting: dict[int, list[int]] = {}
    """By award that is dropped unless its event comes: when, what it gives, the day it counts on (0: none) (S4.6)."""
    # what counts
    order_number: int = 0
    life: Counts = NOTHING
    window: Counts = NOTHING
    window_from: date | None = None
    window_until: int = NEVER
    counted_on: date | None = None
    """The latest local day that anything was counted on: no window that begins later holds anything."""
    # tier
    tier: str | None = None
    tier_since: int | None = None
    """Instant of entry or of the last renewal."""
    tier_from: date | None = None
    """First day of what was judged then; None: everything."""
    tier_asked: Literal["entry", "keep"] = "entry"
    """Which requirements were judged then, under `tier_version`; 0: none, it was a fall of one step."""
    tier_version: int = 0
    tier_ends_at: int = NEVER
    """The tier's end without grace."""
    tier_deadline_at: int = NEVER
    """The end with grace, when the tier is judged."""
    set_tier: str | None = None
    """The tier that staff set by hand, `""` for the lowest place; None: none is set (S8.7)."""
    set_since: int | None = None
    set_until: int = NEVER
    """When it ends."""
    set_locked: bool = False
    """Whether nothing moves the member away from it before; else it is only the least that the member has."""
    entered: dict[str, list[int]] = {}
    """By tier that paid for entering: the award, the points of it that were not taken back (S8.4), and, where
    they count for tiers, the local day on which they do."""
    # redemption limit
    limit_day: date | None = None
    limit_used: list[int] = msgspec.field(default_factory=lambda: [0] * len(PERIODS))
    """By period, in the order of `PERIODS`."""
    # membership
    membership: Membership = "none"
    joined_at: int | None = None
    enrolment: Enrolment = "open"
    marks: list[Mark] = []
    """Set by staff, in alphabetical order."""
    # global expiration
    everything_at: int = NEVER
    """When all available points lapse (S7.2)."""
    everything_lapsed_at: int | None = None
    """When they last did."""
    everything_passed_at: int | None = None
    """When such a moment last came, whether or not there was anything to lapse; of some lots a later one may have come
    before a merger (`keeps.passed`)."""
    next_notice_at: int = NEVER
    """When the next notice falls due (S3.2)."""
    record_due_at: int = NEVER
    """When the datasource's record could change though nothing falls due (S12.3)."""
    codes: dict[int, int] = {}
    """When each unused code that has an end lapses, by the number of its redemption (S9.2)."""
    keeps: Keeps = NO_KEEPS
    """Rare facts, never changed in place."""
    person: Person = NOBODY
    """What was told of the person that the rules need at hand; no entry tells it, and it is never changed in place."""

    def copy(self) -> Account:
        """A working copy: nothing done to it is seen in the original."""
        other: Account = self.__copy__()  # type: ignore[attr-defined]  # it is there; the stubs are silent
        other.lots_at_hand = list(map(_copied, self.lots_at_hand))
        other.shortfalls = dict(self.shortfalls)
        other.waiting = dict(self.waiting)
        other.codes = dict(self.codes)
        other.limit_used = list(self.limit_used)
        return other

    @property
    def is_gone(self) -> bool:
        """Whether it is nobody's any more: merged into another, or erased (S11.2, S11.3)."""
        return self.enrolment in GONE

    @property
    def has_pages(self) -> bool:
        """Whether open lots lie in pages and are not at hand."""
        return bool(self.paged_points or self.paged_ends)

    @property
    def pages_due_at(self) -> int:
        """When the first open lot in pages becomes available, or ends."""
        return min(self.paged_due_at, *self.paged_ends) if self.paged_ends else self.paged_due_at

    @property
    def lots(self) -> list[Lot]:
        """All open lots. Raises LotsNeeded."""
        return self.lots_until(NEVER)

    def lots_until(self, at: int) -> list[Lot]:
        """The open lots at hand; none in a page becomes available, or ends, by the instant. Raises LotsNeeded."""
        if self.has_pages and self.pages_due_at <= at:
            raise LotsNeeded(at)
        return self.lots_at_hand

    def lot(self, lot_id: int) -> Lot | None:
        """The open lot of that id. Raises LotsNeeded."""
        found = next((lot for lot in self.lots_at_hand if lot.id == lot_id), None)
        if found is None and self._may_have_paged([lot_id], []):
            raise LotsNeeded(0, lots=[lot_id])
        return found

    def lots_of(self, award: int) -> list[Lot]:
        """The open lots of an award. Raises LotsNeeded."""
        if self._may_have_paged([], [award]):
            raise LotsNeeded(0, awards=[award])
        return [lot for lot in self.lots_at_hand if lot.award == award]

    def _may_have_paged(self, lots: list[int], awards: list[int]) -> bool:
        if self.other_pages is None:
            return self.has_pages
        return any(page.may_have(lots, awards) for page in self.other_pages)


def broken_laws(account: Account) -> list[str]:
    """Every sentence of S2.2 and S2.4 that does not hold for the account; empty when it is whole."""
    return broken_totals(account) + broken_lots(account, sums_of(account.lots_at_hand, account.settled_at))


def broken_totals(a: Account) -> list[str]:
    """Those that its buckets alone tell."""
    broken: list[str] = []
    if a.earned + a.debt != a.available + a.pending + a.held + a.redeemed + a.expired:
        broken.append("earned + debt = available + pending + held + redeemed + expired")
    if min(a.available, a.pending, a.held, a.redeemed, a.expired, a.earned, a.debt) < 0:
        broken.append("no bucket is negative")
    if a.debt and a.available + a.pending:
        broken.append("debt = 0 or available + pending = 0")
    return broken


class LotSums(NamedTuple):
    """What lots have together."""

    remaining: int = 0
    held: int = 0
    pending: int = 0
    """Free points that are not available yet."""
    faulty: int = 0
    """Lots that hold more than remains, or of which more remains than they had."""


def sums_of(lots: Iterable[Lot], at: int) -> LotSums:
    """What lots have together at an instant."""
    remaining = held = pending = faulty = 0
    for lot in lots:  # once: there may be thousands
        remaining += lot.remaining
        held += lot.held
        if lot.available_at > at:
            pending += lot.remaining - lot.held
        if not 0 <= lot.held <= lot.remaining <= lot.points:
            faulty += 1
    return LotSums(remaining, held, pending, faulty)


def broken_lots(a: Account, at_hand: LotSums) -> list[str]:
    """Those that its lots tell, of which those at hand have so much together."""
    broken: list[str] = []
    if at_hand.faulty:
        broken.append("0 <= held <= remaining <= points in every lot")
    if at_hand.remaining + a.paged_points + sum(a.paged_ends.values()) != a.available + a.pending + a.held:
        broken.append("the remaining points of open lots add up to available + pending + held")
    if at_hand.held != a.held:
        broken.append("the held points of open lots add up to held")
    if a.keeps.holds or a.held:
        by_lot: dict[int, int] = {}
        for part in (part for hold in a.keeps.holds for part in hold.lots):
            by_lot[part.lot] = by_lot.get(part.lot, 0) + part.points
        if by_lot != {lot.id: lot.held for lot in a.lots_at_hand if lot.held}:
            broken.append("what holds have set aside is what is held of every lot")
    if at_hand.pending + a.paged_points != a.pending:
        broken.append("the free points of lots that are not available yet add up to pending")
    if a.has_pages and a.pages_due_at <= a.settled_at:
        broken.append("no lot in pages is due")
    return broken
