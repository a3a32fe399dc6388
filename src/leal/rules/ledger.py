"""The ledger: how a change of an account becomes an entry of its append-only, hash-chained history (S2.5, S2.6).

A `Book` is one member's ledger opened for a run of commands: the working account, the new entries, and what the
store lent it. A rule opens a `Draft`, moves lots and buckets through it, and closes it into an `Entry`.
The canonical encoding that the chain covers is documented in `docs/ledger-format.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from leal.errors import Conflict
from leal.rules.account import LOTS_AN_ENTRY, NOTHING, Account, Counts, Lot, broken_laws, broken_totals
from leal.rules.expiration import start_anew
from leal.rules.products import ProductFacts
from leal.rules.programme.terms import Terms, Version, Versions
from leal.rules.stock import Shelves
from leal.values import POINTS_MAX, format_money, next_id

if TYPE_CHECKING:
    from leal.rules.returning import Redemption

FORMAT = "leal/1"
"""Name and version of the canonical encoding."""

EVENT = "event_recorded"
"""Type of the entries that tell of an event; `changes` names its trigger."""

HELD = "points_held"
"""Type of the entries that set points aside; the cause's number is the hold's."""

SPEND_MAX = 10**18
"""Most micros a member's spend may come to (a million million units)."""

Cause = Literal["order", "redemption", "award", "staff", "time", "programme", "member"]

_canonical = msgspec.json.Encoder(order="sorted").encode


class TooLarge(Conflict):
    """A figure would leave the range that is kept exactly (S1.1)."""

    id = "too_large"
    sentence = "A figure would become too large."


class BrokenLaw(Exception):
    """A rule left the account in a state that S2 forbids: a bug, so nothing of the command is stored."""


class DaysNeeded(Exception):
    """The decision needs the member's day sums; the engine lends them and decides again."""


class LapsesNeeded(Exception):
    """The decision needs the member's lapsed lots; the engine lends them and decides again."""


class CustomerNeeded(Exception):
    """The decision needs what the shop says of the customer; the engine lends it and decides again."""


class CapsNeeded(Exception):
    """The decision needs what the member's awards use of caps; the engine lends it and decides again."""


CapUse = tuple[str, date, int]
"""What uses a cap: the source, the local day, the award."""


class Note(msgspec.Struct, frozen=True):
    """Free text of an entry, kept outside the chain, which holds a salted digest of it."""

    salt: bytes
    text: bytes
    """Canonical JSON: description, private_note, actor."""

    def commitment(self) -> bytes:
        """The digest that the entry carries."""
        return hashlib.sha256(self.salt + self.text).digest()


class Entry(msgspec.Struct, frozen=True):
    """One line of a member's history, as it is stored. Instants in microseconds, money in micros."""

    number: int
    id: int
    type: str
    cause: Cause
    cause_number: int
    award: int
    programme: int
    occurred_at: int
    effective_at: int
    recorded_at: int
    points: int
    available: int
    pending: int
    held: int
    redeemed: int
    expired: int
    earned: int
    debt: int
    moves: list[int]
    lots: list[int]
    day: date | None
    counts: Counts
    changes: str
    commitment: bytes | None
    digest: bytes = b""


def canonical(shop: int, account: int, entry: Entry) -> bytes:
    """The bytes of an entry that the chain covers: one JSON array of integers, strings and nulls."""
    e = entry
    return _canonical(
        [
            FORMAT, shop, account, e.number, e.id, e.type, e.cause, e.cause_number, e.award, e.programme,
            e.occurred_at, e.effective_at, e.recorded_at, e.points,
            e.available, e.pending, e.held, e.redeemed, e.expired, e.earned, e.debt,
            e.moves, e.lots, None if e.day is None else e.day.isoformat(),
            e.counts.spend_micros, e.counts.qualifying, e.counts.orders,
            e.changes, None if e.commitment is None else e.commitment.hex(),
        ]
    )  # fmt: skip


def chain(head: bytes, covered: bytes) -> bytes:
    """The digest of an entry: SHA-256 over the former digest (32 zero bytes at first) and its canonical bytes."""
    return hashlib.sha256(head + covered).digest()


def change_id(account: Account, effective_at: int) -> int:
    """The wire's id of the next entry: milliseconds, bucket, low bits of member and number; always above the former.

    It hangs on when the entry takes effect, so one that is due has its id before it is stored. Other members of the
    bucket have others then, by the random bits of their own ids: two members may become one.
    """
    return next_id(account.entry_id, effective_at, account.bucket, account.id + account.number + 1)


class Draft:
    """An entry in the making: remembers the buckets before it and gathers what it moves."""

    def __init__(
        self, book: Book, kind: str, cause: Cause, at: int, occurred_at: int | None, cause_number: int, award: int
    ) -> None:
        self.book = book
        self.type = kind
        self.cause: Cause = cause
        self.at = at
        self.occurred_at = at if occurred_at is None else occurred_at
        self.cause_number = cause_number
        self.award = award
        self.visible_before = book.account.available + book.account.pending
        self.moves: list[int] = []
        self.lots: list[int] = []
        self.day: date | None = None
        self.counts = NOTHING
        self.changes: dict[str, Any] = {}
        self.note: Note | None = None

    @property
    def number(self) -> int:
        """The number this entry will have."""
        return self.book.account.number + 1

    @property
    def id(self) -> int:
        """The wire's id it will have."""
        return change_id(self.book.account, self.at)

    def move(self, lot: Lot, points: int, held: int = 0) -> None:
        """Change what remains in a lot and what of it is held; an emptied lot is closed."""
        lot.remaining += points
        lot.held += held
        self.moves += (lot.id, lot.award, points, held)
        if held or (lot.held and lot.free == points):  # what was held as a whole fell due at no time
            self.book.lots_due = 0
        if held or points > 0:
            self.book.spendable = None
        if lot.remaining == 0:
            self.book.account.lots_at_hand.remove(lot)

    def date_lot(self, lot: Lot) -> None:
        """Note the terms of a lot that is new or dated anew."""
        self.lots += (lot.id, lot.award, lot.earned_at, lot.available_at, lot.expires_at, lot.flags)
        self.book.spendable = None
        due = lot.available_at if lot.available_at > self.book.account.settled_at else lot.expires_at
        self.book.lots_due = min(self.book.lots_due, due)

    def keep(self, **facts: object) -> None:
        """Put rare facts of the account anew, by the names of their fields."""
        account = self.book.account
        account.keeps = msgspec.structs.replace(account.keeps, **facts)
        self.changes.setdefault("keeps", {}).update(msgspec.to_builtins(facts, str_keys=True))

    def count(self, day: date, counts: Counts) -> None:
        """Count for tiers on a local day, for life and inside the cached window (S8.2)."""
        self.day, self.counts = day, self.counts.plus(counts)
        account = self.book.account
        account.life = account.life.plus(counts)
        account.counted_on = day if account.counted_on is None else max(account.counted_on, day)
        if account.window_from is None or day >= account.window_from:
            account.window = account.window.plus(counts)
        if self.book.days is not None:
            self.book.days[day] = self.book.days.get(day, NOTHING).plus(counts)
        self.book.counted[day] = self.book.counted.get(day, NOTHING).plus(counts)


class Book:
    """One member's ledger, open for a run of commands. The account given is copied; the original stays as it was."""

    def __init__(self, shop: int, account: Account, versions: Versions, recorded_at: int) -> None:
        self.shop = shop
        self.account = account.copy()
        self.versions = versions
        self.recorded_at = recorded_at
        """Real time, when we learnt it."""
        self.entries: list[Entry] = []
        self.opened = 0
        """Drafts opened so far; a refusal that left it as it was touched nothing."""
        self.notes: dict[int, Note] = {}
        self.days: dict[date, Counts] | None = None
        """Day sums, where the store lent them."""
        self.lapses: dict[int, int] | None = None
        """Points that lapsed, by award, where the store lent them."""
        self.drops: dict[int, int] | None = None
        """Points dropped because an awaited event did not come, by award; lent together with the lapses."""
        self.profile: dict[str, Any] | None = None
        """What the shop had said of the customer before this run, where the store lent it: personal data."""
        self.told: dict[str, Any] = {}
        """What this run's commands say of the customer, over what is stored."""
        self.products: Mapping[str, ProductFacts] = {}
        """Facts of products, as far as the store lent them."""
        self.lapsed_codes: dict[int, int] = {}
        """Codes that lapsed in this run: the instant, by the number of the redemption."""
        self.failed_conditions: list[str] = []
        """Conditions that failed instead of being true or false (S9.6)."""
        self.counted: dict[date, Counts] = {}
        """What this run adds to the day sums."""
        self.uses: dict[CapUse, int] | None = None
        """Points that awards use of caps, where the store lent them (S4.7)."""
        self.used: dict[CapUse, int] = {}
        """What this run adds to them, drops apart."""
        self.fresh_drops: dict[int, int] = {}
        """Points that this run dropped, by award: they use no cap any more."""
        self.rewards: list[Redemption] = []
        """Rewards that this run gave the member for nothing."""
        self.shelves = Shelves()
        """Stocks that this run may take from, shared with the other members of its transaction."""
        self.lots_due = 0
        """No lot falls due before this; 0: they are to be asked."""
        self.spendable: list[Lot] | None = None
        """Available lots in the order they are drawn; some may be empty since. None: they are to be asked."""
        self._unproven = 0
        """Entries closed since the laws of lots were last checked."""

    @property
    def version(self) -> Version | None:
        """The programme version the account is settled under; None: no programme yet."""
        number = self.account.settled_version
        return self.versions.numbered(number) if number else None

    @property
    def terms(self) -> Terms | None:
        """The terms in force for this account."""
        number = self.account.settled_version
        return self.versions.terms[number] if number else None

    def day_sums(self) -> dict[date, Counts]:
        """The day sums; raises DaysNeeded where they were not lent."""
        if self.days is None:
            raise DaysNeeded
        return self.days

    def customer(self) -> dict[str, Any]:
        """What the shop says of the customer; raises CustomerNeeded where it was not lent."""
        if self.profile is None:
            raise CustomerNeeded
        return {**self.profile, **self.told}

    def lapsed(self, award: int) -> int:
        """Points of an award that ever lapsed; may raise LapsesNeeded."""
        if self.account.expired == 0:
            return 0
        if self.lapses is None:
            raise LapsesNeeded
        return self.lapses.get(award, 0)

    def dropped(self, award: int) -> int:
        """Points of an award that were dropped while pending (S4.6); may raise LapsesNeeded."""
        if self.drops is None:
            raise LapsesNeeded
        return self.drops.get(award, 0)

    def note_lapse(self, award: int, points: int) -> None:
        """Keep what was lent up to date when a lot lapses."""
        if self.lapses is not None:
            self.lapses[award] = self.lapses.get(award, 0) + points

    def note_drop(self, award: int, points: int) -> None:
        """Keep what was lent up to date when a lot is dropped; what it used of caps is free again."""
        if self.drops is not None:
            self.drops[award] = self.drops.get(award, 0) + points
        self.fresh_drops[award] = self.fresh_drops.get(award, 0) + points
        for use in self.uses or ():
            if self.uses is not None and use[2] == award:
                self.uses[use] -= points

    def cap_uses(self) -> dict[CapUse, int]:
        """What awards use of caps; raises CapsNeeded where it was not lent."""
        if self.uses is None:
            raise CapsNeeded
        return self.uses

    def cap_use_freed(self) -> dict[int, int]:
        """Points by which awards use less of caps after this run: taken back, or dropped."""
        freed = dict(self.fresh_drops)
        for (_, _, award), points in self.used.items():
            if points < 0:
                freed[award] = freed.get(award, 0) - points
        return freed

    def use_cap(self, source: str, day: date, award: int, points: int) -> None:
        """An award uses so many points of its caps more, or fewer."""
        use = (source, day, award)
        self.used[use] = self.used.get(use, 0) + points
        if self.uses is not None:
            self.uses[use] = self.uses.get(use, 0) + points

    def draft(
        self, kind: str, cause: Cause, at: int, *, occurred_at: int | None = None, cause_number: int = 0, award: int = 0
    ) -> Draft:
        """Begin an entry that takes effect at the instant."""
        self.opened += 1
        return Draft(self, kind, cause, at, occurred_at, cause_number, award)

    def prove(self) -> None:
        """Check every law of entries that did not ask all lots; whoever stores a book must. Raises BrokenLaw."""
        if self._unproven and (broken := broken_laws(self.account)):
            raise BrokenLaw(f"account {self.account.id}: {'; '.join(broken)}")
        self._unproven = 0

    def close(self, draft: Draft, *, more_go: bool = False) -> Entry:
        """Finish an entry: check the laws, number it, chain it. Raises BrokenLaw. With `more_go` the next entries take
        more of what is there at the same instant: it needs no moment at which it lapses."""
        account = self.account
        if not more_go:
            draft.changes.update(start_anew(account, self.terms, draft.at))
        self._unproven += 1
        if len(account.lots_at_hand) <= self._unproven * LOTS_AN_ENTRY:
            self.prove()
        elif broken := broken_totals(account):
            raise BrokenLaw(f"account {account.id}, {draft.type}: {'; '.join(broken)}")
        if max(account.earned, account.redeemed, account.expired, account.debt) > POINTS_MAX:
            raise TooLarge(f"No figure of a member may exceed {POINTS_MAX} points.")
        if max(account.life.spend_micros, -account.life.qualifying) > SPEND_MAX:
            raise TooLarge(f"A member's spend may not exceed {format_money(SPEND_MAX)}.")
        entry = Entry(
            number=account.number + 1,
            id=change_id(account, draft.at),
            type=draft.type,
            cause=draft.cause,
            cause_number=draft.cause_number,
            award=draft.award,
            programme=account.settled_version,
            occurred_at=draft.occurred_at,
            effective_at=draft.at,
            recorded_at=self.recorded_at,
            points=account.available + account.pending - draft.visible_before,
            available=account.available,
            pending=account.pending,
            held=account.held,
            redeemed=account.redeemed,
            expired=account.expired,
            earned=account.earned,
            debt=account.debt,
            moves=draft.moves,
            lots=draft.lots,
            day=draft.day,
            counts=draft.counts,
            changes=_canonical(draft.changes).decode() if draft.changes else "",
            commitment=None if draft.note is None else draft.note.commitment(),
        )
        digest = chain(account.head, canonical(self.shop, account.id, entry))
        msgspec.structs.force_setattr(entry, "digest", digest)  # nobody has seen it yet
        account.number, account.entry_id, account.head = entry.number, entry.id, digest
        self.entries.append(entry)
        if draft.note is not None:
            self.notes[entry.number] = draft.note
        return entry
