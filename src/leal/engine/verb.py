"""A verb: one command on its way through a batch, and the member it is decided against."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple

import msgspec

from leal.engine.audit import Act
from leal.engine.commands import CustomerFacts, Key, Who
from leal.engine.rows import account_bucket
from leal.rules.account import Account
from leal.rules.ledger import Book, CapUse
from leal.rules.membership import enrol
from leal.rules.orders import Order, OrderState
from leal.rules.products import ProductFacts
from leal.rules.programme.terms import Versions
from leal.rules.returning import Redemption
from leal.rules.settling import settle, settle_opened
from leal.rules.sources import Given
from leal.rules.stock import Shelves

Outcome = Literal["done", "failed", "void"]
"""What became of something of the outbox."""


REMOVE_DISCOUNT: Final = "remove_discount"
"""Kind of what asks the shop to take a code out of its checkout that it was told of and that is void since."""


class Errand(msgspec.Struct, frozen=True):
    """Something of the outbox, and whether it still waits."""

    redemption: int | None
    """Number of the code or reward that goes on or is void with it; None: nothing does."""
    is_waiting: bool


class AwardFacts(msgspec.Struct, frozen=True):
    """What the history says of the award that a change is about."""

    award: int
    cause: str
    cause_number: int
    points: int
    """What it still gives, net of take-backs."""
    day: date | None
    qualifying: int
    change_id: int
    """The wire's id of the change that gave it."""
    given: Given | None = None
    """What else must be known of one that was given apart from orders."""


class HoldName(msgspec.Struct, frozen=True):
    """Under which reference a hold is known; `captured` is the number of the redemption it became, 0: none."""

    number: int
    id: int
    reference: str
    captured: int = 0


class Invitation(NamedTuple):
    """An invitation that a member sent; instants in microseconds."""

    id: int
    code: str
    channel: str
    destination: str | None
    sent_at: int
    expires_at: int


class Member:
    """One member inside a batch: what was loaded, and what the decisions so far made of it."""

    def __init__(self, account: Account, *, is_new: bool) -> None:
        self.stored = account
        self.is_new = is_new
        self.stored_orders: dict[str, OrderState] = {}
        self.stored_redemptions: dict[int, Redemption] = {}
        self.stored_holds: dict[int, HoldName] = {}
        """By number, the holds that commands name."""
        self.stored_invitations: dict[int, Invitation] = {}
        """By id, where a command wants them."""
        self.answers: dict[bytes, tuple[bytes, bytes]] = {}
        """Answers given before under callers' keys: request and answer."""
        self.day_sums: dict[Any, Any] | None = {} if is_new else None
        self.lapses: tuple[dict[int, int], dict[int, int]] | None = ({}, {}) if is_new else None
        self.uses: dict[CapUse, int] | None = {} if is_new else None
        """What its awards use of caps, where it was lent."""
        self.shelves = Shelves()
        """The stocks at hand, which it shares with the others of its transaction."""
        self.profile: dict[str, Any] | None = {} if is_new else None
        """What the shop says of the customer, where it was lent."""
        self.products: dict[str, ProductFacts] = {}
        """Facts of the products that lines without their own name."""
        self.awards: dict[int, AwardFacts] = {}
        """By the id of a change: the award it is about."""
        self.knows_open = False
        """Whether all redemptions that are not wholly given back were loaded."""
        self.errands: dict[int, Errand] = {}
        """What commands name of the outbox, by id."""
        self.stored_events: set[bytes] = set()
        """Digests of the event ids, among those that commands name, that were recorded before."""
        self.settled_only = False
        """Whether it is stored though no entry was made: upkeep has moved it on in time."""

    @classmethod
    def founded(cls, account: int, versions: Versions, now: int, at: int | None = None) -> Member:
        """A new member: an empty account, settled to now under the version in force.

        With `at` it is founded then, by an import; before the first version that one held (S4.4).
        """
        version = versions.in_force(now)
        if version is not None and at is not None and at < now:
            version, now = versions.at(at), at
        number = 0 if version is None else version.number
        return cls(Account(account, account_bucket(account), settled_at=now, settled_version=number), is_new=True)

    def start(self, shop: int, versions: Versions, real_at: int, now: int, *, settled: bool = False) -> None:
        """Open the book afresh and settle it, unless nothing is due; whatever an earlier try decided is forgotten."""
        self.book = Book(shop, self.stored, versions, real_at)
        self.book.days = None if self.day_sums is None else dict(self.day_sums)
        if self.lapses is not None:
            self.book.lapses, self.book.drops = dict(self.lapses[0]), dict(self.lapses[1])
        self.book.uses = None if self.uses is None else dict(self.uses)
        self.book.shelves = self.shelves
        self.shelves.forget(self.stored.id)
        self.book.profile = self.profile
        self.book.products = self.products
        self.now = self.present = max(now, self.stored.settled_at)
        """The instant that decisions are made at, and the shop's own: they differ in a replay."""
        self.orders = dict(self.stored_orders)
        self.redemptions = {number: _copy(one) for number, one in self.stored_redemptions.items()}
        self.changed_orders: dict[str, str] = {}
        """Orders to store, by id, with the status to store."""
        self.changed_redemptions: set[int] = set()
        self.holds = dict(self.stored_holds)
        self.changed_holds: set[int] = set()
        self.invitations = dict(self.stored_invitations)
        self.referrals_due: set[int] = set()
        """The orders that are to be looked at for a referral, once they are stored; 0: the member, for a welcome."""
        self.came_by: set[tuple[str, str]] = set()
        """Names of invitations, by code or address: where one is known, the member is looked at for a welcome."""
        self.events = set(self.stored_events)
        self.new_events: dict[bytes, int] = {}
        """Digests of event ids to keep, each with the number of the entry that recorded it."""
        self.undone: set[int] = set()
        """Changes of awards that staff took back, by their ids on the wire."""
        self.claims: list[tuple[str, str, int]] = []
        self.given: dict[bytes, tuple[bytes, bytes]] = {}
        """Answers to keep under callers' keys."""
        self.closing: dict[int, Outcome] = {}
        """Things of the outbox to close, by id, with what became of them."""
        if not settled:
            if self.is_new:
                settle(self.book, self.now)
            else:
                settle_opened(self.book, self.now)
            self.note_rewards()

    def reach(self, at: int) -> None:
        """Settle on to a later instant."""
        if at > self.now:
            settle(self.book, at)
            self.now = at
        self.present = max(self.present, at)

    def hear(self, facts: CustomerFacts | None) -> dict[str, Any]:
        """Let the decisions from here on know what a command tells of the customer; gives what they knew before.

        Somebody new joins here, where the programme enrols by itself and the command does not say otherwise.
        """
        known = self.book.told
        if facts is not None and facts.profile:
            self.book.told = {**known, **facts.profile}
        if self.is_new and (facts is None or facts.membership is None):
            enrol(self.book, self.now)
        return known

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to store.

        What fell due and came to nothing, a version too, is kept where the shop tells something new: it is not judged
        again by that.
        """
        account, stored = self.book.account, self.stored
        made = self.book.entries or self.changed_orders or self.changed_redemptions or self.closing
        passed = (account.next_due_at, account.settled_version) != (stored.next_due_at, stored.settled_version)
        return bool(
            self.is_new or self.settled_only or made or account.person != stored.person or (self.book.told and passed)
        )

    def redemptions_by_code(self) -> dict[str, Redemption]:
        """The loaded redemptions that have a code, the oldest first."""
        oldest_first = sorted(self.redemptions.values(), key=lambda one: one.age)
        return {one.code: one for one in oldest_first if one.code is not None}

    def note_rewards(self) -> None:
        """Keep the rewards that were given for nothing, and let all that are loaded know which of them lapsed."""
        for reward in self.book.rewards:
            if reward.number not in self.redemptions:
                self.put_redemption(reward)
        for number in self.book.lapsed_codes.keys() & self.redemptions.keys():
            redemption = self.redemptions[number]
            if redemption.status == "unused" and number not in self.book.account.codes:
                redemption.status = "lapsed"
                self.put_redemption(redemption)

    def rewards_with(self, stored: Iterable[Redemption]) -> list[Redemption]:
        """Stored rewards, and those in hand that are not stored yet, newest first."""
        new = (self.redemptions[one.number] for one in self.book.rewards)
        fresh = (one for one in new if one.is_in_hand)
        return sorted([*stored, *fresh], key=lambda one: one.age, reverse=True)

    def note_turns(self) -> None:
        """Note of every changed code that is about to be stored whether it went out of the member's hand, or came back,
        and whether an order locks it.

        To be called once, when all is decided: codes that came back within one decision never left.
        """
        for number in self.changed_redemptions:
            redemption, before = self.redemptions[number], self.stored_redemptions.get(number)
            in_hand = before is None or before.is_in_hand
            if redemption.is_reward and in_hand and number in self.book.lapsed_codes:  # whatever became of it since
                redemption.turns.append(self.book.lapsed_codes[number])
                in_hand = False
            if redemption.is_reward and redemption.is_in_hand != in_hand:
                redemption.turns.append(self.now)
            if (redemption.status == "locked") != (before is not None and before.status == "locked"):
                redemption.locks.append(self.now)

    def put_hold(self, name: HoldName) -> None:
        """Keep a new hold's name, or that it was captured."""
        self.holds[name.number] = name
        self.changed_holds.add(name.number)

    def invite(self, made: Invitation) -> None:
        """Keep a new invitation."""
        self.invitations[made.id] = made
        self.claims.append(("referral", made.code, made.id))

    @property
    def new_invitations(self) -> list[Invitation]:
        """Those that are to be stored."""
        return [one for id_, one in self.invitations.items() if id_ not in self.stored_invitations]

    def put_redemption(self, redemption: Redemption) -> None:
        """Keep a new or changed redemption."""
        self.redemptions[redemption.number] = redemption
        self.changed_redemptions.add(redemption.number)


def _copy(redemption: Redemption) -> Redemption:
    return msgspec.structs.replace(
        redemption,
        draws=list(redemption.draws),
        returned=list(redemption.returned),
        turns=list(redemption.turns),
        locks=list(redemption.locks),
    )


class Verb(ABC):
    """One command in a batch: what it needs loaded, and how it is decided."""

    who: Who
    facts: CustomerFacts | None = None
    """What the command tells of the customer."""
    makes_known = True
    """Whether a customer whom it tells of and nobody knows is made known."""
    erases = False
    """Whether it erases its member: it then goes by itself (`erasing.py`)."""
    order_id: str | None = None
    """The order that it pushes."""
    about_order: str | None = None
    """An order that it names without telling it."""
    order: Order | None = None
    """The order that it tells of."""
    updated_at: int | None = None
    """The shop's time of the order's snapshot, where it gives one."""
    codes: tuple[str, ...] = ()
    at: int | None = None
    """The instant that it is replayed at, in place of now (S4.10)."""
    key: Key | None = None
    answer_type: Any = None
    """The type that a kept answer is read back into."""
    change_ids: tuple[int, ...] = ()
    """Changes whose redemption or award must be loaded."""
    hold_names: tuple[str | None, int | None] | None = None
    """Reference or id of the hold that it is about."""
    wants_open_redemptions = False
    wants_invitations = False
    acts: Sequence[Act] = ()
    """What the audit notes of it, once it is decided."""
    released: str | None = None
    """The trigger whose coming releases points of all orders that wait for it: they must be loaded."""
    errand: int | None = None
    """What of the outbox it is about."""
    friends: Sequence[int] = ()
    """Members who are to be looked at for a referral, or a welcome, once it is stored."""
    event_key: bytes | None = None
    """Digest of the event's id: which of them were recorded before must be loaded."""

    @property
    def told(self) -> dict[str, Any]:
        """What of the customer's profile is to be stored once the command is granted."""
        return {} if self.facts is None else self.facts.profile

    @abstractmethod
    def decide(self, member: Member) -> Any:
        """Decide against a settled member; pure. May raise LealError, and what asks to be lent more."""


class Pending:
    """A verb waiting for its answer."""

    __slots__ = ("failure", "future", "group", "outcome", "verb")

    def __init__(self, verb: Verb, future: asyncio.Future[Any]) -> None:
        self.verb = verb
        self.future = future
        self.outcome: Any = None
        self.failure: BaseException | None = None
        self.group: str | None = None
        """What it must keep its turn with, where that is not its member."""

    def settle_future(self) -> None:
        """Hand the outcome to whoever waits, if anybody still does."""
        if self.future.done():
            return
        if self.failure is not None:
            self.future.set_exception(self.failure)
        else:
            self.future.set_result(self.outcome)
