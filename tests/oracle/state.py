"""The simple state of the oracle: versions, accounts, lots, awards, orders and redemptions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from tests.oracle.belongings import Reached, Subscription
from tests.oracle.conditions import Known
from tests.oracle.facts import OrderFacts
from tests.oracle.instants import Term
from tests.oracle.versions import Document, Version


@dataclass(frozen=True)
class LifeTerms:
    """How long the points of a lot live (S7.1); no term: for ever."""

    term: Term | None
    zone: ZoneInfo
    since: str = "available"
    round_up: str = "day"
    not_before: int | None = None
    shortened: tuple[tuple[Term, str, str, ZoneInfo, int], ...] = ()
    """Term, since, rounding, zone of versions that shortened it; the instant before which they end nothing (S7.4)."""


@dataclass
class Lot:
    """Points of one award with their dates (S2.4)."""

    id: int
    award: str
    earned_at: int
    available_at: int | None
    terms: LifeTerms
    pending: bool = False
    expires_at: int | None = None
    remaining: int = 0
    lapsed: int = 0
    grace_used: bool = False
    made: int = 0  # which lot of the account it is, by when points first came to it; 0: none came yet
    pending_rule: Document = field(default_factory=dict)
    limit_at: int | None = None
    lapses: tuple[int, ...] = ()  # when all available points of its account lapsed

    def ended(self, now: int) -> bool:
        """Whether its own end has come."""
        return self.expires_at is not None and self.expires_at <= now

    def lapsed_between(self, since: int, now: int) -> bool:
        """Whether all available points of its account lapsed after the one instant and until the other."""
        return any(since < lapse <= now for lapse in self.lapses)


@dataclass
class Award:
    """What one source gives for one cause, and what is still given (S4.3)."""

    id: str
    source: str | None
    order: str | None
    version: int
    occurred_at: int
    day: date  # by the zone of its version
    qualifies: bool
    allowance: int | None = None
    given: int = 0
    budgeted: int = 0  # what it took of its source's total budget; points that time dropped are not returned to it
    shortfall: int = 0
    closed: bool = False  # neutralised by staff
    dropped: bool = False  # its event did not come in time; it comes back only with the order's completion
    tier_entered: str | None = None
    milestone: str | None = None
    came: int = 0  # with the how-manieth of those whom the member took over; 0: the member's own


@dataclass
class PinnedLine:
    """What a line keeps from the order's first confirmation."""

    multiplier: tuple[int, int]  # numerator, denominator
    eligible: bool
    products: frozenset[str]  # slugs of the fixed product sources it meets
    product: str  # another product under the same key is a new line
    subscribed: bool  # whether it belongs to a subscription


@dataclass
class Pin:
    """What an order keeps from its first confirmation (S4.4)."""

    version: int
    occurred_at: int
    day: date  # by the zone of its version
    confirmed_at: int
    tier: str | None
    member: bool
    first: bool
    gives: bool = True  # unless staff took earning from the member
    lines: dict[str, PinnedLine] = field(default_factory=dict)


@dataclass
class Order:
    """The order as last told, with what it pinned."""

    id: str
    stamp: int
    facts: OrderFacts
    pin: Pin | None = None
    completed_at: int | None = None
    eligible_micros: int = 0
    counts: bool = False  # it stands, and was first confirmed by a member


@dataclass
class Draw:
    """Points that a redemption took from a lot (None: from nowhere, they became debt)."""

    lot: int | None
    points: int
    at: int
    restored: int = 0
    waited: bool = False  # it was drawn while it waited for an event

    @property
    def left(self) -> int:
        """What is not yet restored."""
        return self.points - self.restored


@dataclass
class Redemption:
    """Points that were spent; `unused`, `locked`, `used`, `voided`, `lapsed` are of codes, `external` has none."""

    id: str
    at: int
    day: date  # on which it counts in limits
    points: int
    code: str | None
    status: str
    counts: bool
    draws: list[Draw] = field(default_factory=list)
    undone: bool = False
    uncounted: int = 0  # given back to the limit
    order: str | None = None
    lapses_at: int | None = None
    returned: int = 0  # by the cancelling of its order
    offer: str | None = None
    kind: str = ""
    handed_out: bool = False  # by the shop: it has no code
    piece: bool = False  # it holds a piece of its offer's stock
    uses: bool = False  # it counts in its offer's limit
    given: bool = False  # for nothing
    came: int = 0  # with the how-manieth of those whom the member took over; 0: the member's own

    @property
    def age(self) -> tuple[int, int]:
        """The order of a member's redemptions, oldest first."""
        return self.at, self.came


@dataclass
class Hold:
    """Points set aside for a checkout: `open`, `captured` or `ended`."""

    reference: str
    placed_at: int
    ends_at: int
    latest_at: int
    day: date  # on which it counts in limits: of its placing, or since it grew
    version: int  # that says what its points are worth
    status: str = "open"
    draws: list[Draw] = field(default_factory=list)
    redemption: str | None = None

    @property
    def points(self) -> int:
        """What it holds."""
        return sum(one.points for one in self.draws)


@dataclass(frozen=True)
class Proof:
    """What a tier was entered or renewed on: what was asked, and of which days."""

    asked: Document
    first: date
    last: date


@dataclass(frozen=True)
class ByHand:
    """A tier that staff set (S8.7); no tier: below the ladder; no end: for good."""

    tier: str | None
    since: int
    until: int | None
    locked: bool


@dataclass
class Account:
    """Everything about one customer."""

    customer: str
    settled: int
    version: int | None = None
    joined_at: int | None = None  # the first full membership
    full: bool = False
    decided: bool = False  # by the shop or the customer: programmes enrol no more
    earned: int = 0
    debt: int = 0
    redeemed: int = 0
    expired: int = 0
    lots: list[Lot] = field(default_factory=list)
    lots_made: int = 0
    awards: dict[str, Award] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    redemptions: dict[str, Redemption] = field(default_factory=dict)
    took_over: int = 0  # how many others, they with theirs
    touched: bool = False  # by a wish, by staff, by an event, or subscriptions came to something
    tags: tuple[str, ...] | None = None  # as the shop last told them
    holds: list[Hold] = field(default_factory=list)
    gifted: list[tuple[date, int]] = field(default_factory=list)  # on which day, and how many points
    events: list[tuple[str, date]] = field(default_factory=list)  # those that count: which, and on which day
    counted_on: date = date.min  # the newest day of what counts for tiers
    event_ids: set[tuple[str, str]] = field(default_factory=set)
    waiting: list[tuple[OrderFacts, int]] = field(default_factory=list)
    tier: str | None = None  # the one that the rules give, perhaps beneath one set by hand
    by_hand: ByHand | None = None
    marks: set[str] = field(default_factory=set)
    tier_since: int = 0
    tier_day: date = date.min  # up to which it was looked at what gave it
    tier_by: str | None = None  # the milestone that gave the tier
    base_deadline: int | None = None
    deadline: int | None = None
    proof: Proof | None = None
    fell: bool = False  # something that counts for tiers was taken away since the ladder was last looked at
    given_once: set[str] = field(default_factory=set)  # awards that gave something once
    paid_tiers: set[str] = field(default_factory=set)
    paid_once: set[str] = field(default_factory=set)  # slugs of sources that pay once
    paid_years: set[tuple[str, int]] = field(default_factory=set)  # slugs of sources that pay once a year
    born: str | None = None  # month and day
    born_told_at: int = 0
    subscribed: bool | None = None  # to the newsletter
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    cycled: dict[str, int] = field(default_factory=dict)  # of orders that counted: when the first was placed
    reached: dict[str, Reached] = field(default_factory=dict)  # milestones
    barred: set[str] = field(default_factory=set)  # milestones whose points staff took back
    rewarded: set[str] = field(default_factory=set)  # milestones whose offer was given
    referral_code: str | None = None
    email: str | None = None
    phone: str | None = None
    welcomed: bool = False
    days_until: int = 0  # until when days of the year have been looked at
    last_activity: int = 0
    global_moment: int | None = None
    stirred: bool = False  # points became available since it was last looked at whether a moment ends them

    def __post_init__(self) -> None:
        self.days_until = max(self.days_until, self.settled)

    @property
    def untouched(self) -> bool:
        """Whether nothing ever happened to the account: the shop has told of somebody, and that is all."""
        return not (self.full or self.decided or self.touched or self.took_over or self.joined_at)

    @property
    def available(self) -> int:
        """Points that can be spent."""
        return sum(lot.remaining for lot in self.lots if not lot.pending)

    @property
    def pending(self) -> int:
        """Points that wait."""
        return sum(lot.remaining for lot in self.lots if lot.pending)

    @property
    def held(self) -> int:
        """Points set aside."""
        return sum(hold.points for hold in self.holds if hold.status == "open")

    def make(self, lot: Lot) -> None:
        """Points come to a lot for the first time."""
        if not lot.made:
            self.lots_made += 1
            lot.made = self.lots_made

    def set_tier(self, version: Version) -> ByHand | None:
        """The tier set by hand, where the ladder has it: else it does nothing."""
        one, steps = self.by_hand, version.part("tiers").get("steps") or []
        known = one is not None and one.tier in (None, *(step["slug"] for step in steps))
        return one if known and steps else None

    def shows_set_tier(self, version: Version) -> bool:
        """Whether the tier set by hand is the one that the member has: a lock, the higher one, the one that lasts."""
        one = self.set_tier(version)
        if one is None or one.locked:
            return one is not None
        places = [step["slug"] for step in version.part("tiers")["steps"]]
        mine = places.index(self.tier) if self.tier in places else -1
        theirs = places.index(one.tier) if one.tier is not None else -1
        if mine != theirs:
            return theirs > mine
        return self.deadline is not None and (one.until is None or one.until > self.deadline)

    def tier_held(self, version: Version) -> str | None:
        """The tier that the member has."""
        if not self.shows_set_tier(version):
            return self.tier
        assert self.by_hand is not None
        first = version.part("tiers")["steps"][0]
        return self.by_hand.tier or (None if first.get("requires") else str(first["slug"]))

    def known(self, version: Version) -> Known:
        """What conditions may ask about the member."""
        standing = [order for order in self.orders.values() if order.counts]
        return {
            "customer.tags": self.tags or (),
            "member.tier": self.tier_held(version) or "",
            "member.points_available": self.available,
            "member.points_earned": self.earned,
            "member.spend_micros": sum(order.eligible_micros for order in standing),
            "member.orders": len(standing),
            "member.events": Counter(slug for slug, _ in self.events),
        }

    def lot(self, number: int) -> Lot:
        """The lot of a number."""
        return self.lots[number]

    def check(self) -> None:
        """The conservation law (S2.2)."""
        left, right = self.earned + self.debt, self.available + self.pending + self.held + self.redeemed + self.expired
        assert left == right, f"earned + debt = {left}, the rest {right}"
        assert min(self.earned, self.debt, self.redeemed, self.expired) >= 0
        assert all(lot.remaining >= 0 and lot.lapsed >= 0 for lot in self.lots)
        assert self.debt == 0 or self.available + self.pending == 0


@dataclass
class Shop:
    """The versions published so far and all accounts."""

    versions: list[Version] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    erased: list[Account] = field(default_factory=list)  # what they were given stays given
    products: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def by_effect(self) -> list[Version]:
        """Every version in the order in which they take effect; of one instant the later published is the later."""
        return sorted(self.versions, key=lambda version: (version.effective_at, version.number))

    def at(self, when: int) -> Version | None:
        """The version in force at an instant."""
        return next((version for version in reversed(self.by_effect()) if version.effective_at <= when), None)

    def pinned_at(self, when: int) -> Version:
        """The version in force at an instant, the first for older ones."""
        return self.at(when) or self.by_effect()[0]

    def of(self, account: Account) -> Version:
        """The version that an account is settled under."""
        assert account.version is not None
        return self.versions[account.version]

    def awards(self, source: str, account: Account) -> Iterator[Award]:
        """Every award of a source over all members; the account given stands for its stored self."""
        others = [other for name, other in self.accounts.items() if name != account.customer]
        for one in [*others, *self.erased, account]:
            yield from (award for award in one.awards.values() if award.source == source)
