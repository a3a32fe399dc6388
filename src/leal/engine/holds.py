"""Holds: points set aside for a checkout, captured, extended, given up; what is wished, answered and shown (S5.6)."""

from __future__ import annotations

import msgspec

from leal.engine.commands import Key, Shop, Who
from leal.engine.lending import decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.verb import HoldName, Member, Verb
from leal.engine.views import settled
from leal.errors import Conflict, NotFound
from leal.rules import holding as rules
from leal.rules.account import own_first
from leal.rules.holding import HoldWish
from leal.rules.keeps import Hold
from leal.rules.ledger import Book
from leal.store.db import Database
from leal.store.queries import sql


class PlaceHold(msgspec.Struct, frozen=True):
    """Set points aside for a checkout under a reference of the caller's, or other points under the same one (S5.6)."""

    who: Who
    wish: HoldWish
    reference: str
    key: Key | None = None


class CaptureHold(msgspec.Struct, frozen=True):
    """Spend the points of a hold, named by its id or reference; None: all of them."""

    who: Who
    reference: str | None = None
    hold_id: int | None = None
    points: int | None = None
    key: Key | None = None


class ExtendHold(msgspec.Struct, frozen=True):
    """Let a hold last so many minutes from now on; None: as long as the programme says."""

    who: Who
    reference: str | None = None
    hold_id: int | None = None
    minutes: int | None = None
    key: Key | None = None


class ReleaseHold(msgspec.Struct, frozen=True):
    """Give the points of a hold back."""

    who: Who
    reference: str | None = None
    hold_id: int | None = None
    key: Key | None = None


class HoldMade(msgspec.Struct, frozen=True):
    """An open hold: points, their worth in micros, instants in microseconds."""

    id: int
    reference: str
    points: int
    amount: int
    placed_at: int
    ends_at: int
    latest_at: int
    replayed: bool = False


class Captured(msgspec.Struct, frozen=True):
    """Held points that were spent, and those that were released; `amount` in micros, `change_id` of the redemption."""

    hold_id: int
    reference: str
    points: int
    released: int
    amount: int
    change_id: int
    replayed: bool = False


class Released(msgspec.Struct, frozen=True):
    """Points of a hold given back."""

    points: int
    replayed: bool = False


class UnknownHold(NotFound):
    """The member has no hold of that id or reference."""

    id = "hold_not_found"
    sentence = "This customer has no such hold."


class HoldEnded(Conflict):
    """The hold was released or has run out."""

    id = "hold_ended"
    sentence = "This hold was released or has run out; its points are the customer's again."


class HoldCaptured(Conflict):
    """The hold was captured: its points are spent."""

    id = "hold_captured"
    sentence = "This hold was captured before; its reference is used up."


def told(book: Book, hold: Hold, reference: str) -> HoldMade:
    """An open hold as its caller learns of it."""
    return HoldMade(
        hold.id, reference, hold.points, rules.worth(book, hold), hold.placed_at, hold.ends_at, hold.latest_at
    )


def _named(member: Member, verb: Verb) -> list[HoldName]:
    """The holds that a command names by reference or id."""
    reference, id_ = verb.hold_names or (None, None)
    return [one for one in member.holds.values() if one.reference == reference or one.id == id_]


def _open(member: Member, found: list[HoldName]) -> tuple[Hold, HoldName] | None:
    """The newest of them that is open."""
    names = {one.number: one for one in found}
    newest_first = reversed(member.book.account.keeps.holds)
    return next(((hold, names[hold.number]) for hold in newest_first if hold.number in names), None)


class PlaceVerb(Verb):
    """Set points aside under a reference, or let the open hold of that reference have other points."""

    answer_type = HoldMade

    def __init__(self, command: PlaceHold) -> None:
        self.who, self.key = command.who, command.key
        self.wish = command.wish
        self.hold_names = (command.reference, None)
        self._reference = command.reference

    def decide(self, member: Member) -> HoldMade:
        """Place it, or resize it, if every rule allows that."""
        found = _named(member, self)
        if (open_ := _open(member, found)) is not None:
            resized = rules.resize(member.book, open_[0], self.wish, member.now)
            return told(member.book, resized, self._reference)
        if any(one.captured for one in found):
            raise HoldCaptured
        placed = rules.place(member.book, self.wish, member.now)
        member.put_hold(HoldName(placed.number, placed.id, self._reference))
        return told(member.book, placed, self._reference)


class _NamedVerb(Verb):
    """What is done to a hold that is named."""

    def __init__(self, command: CaptureHold | ExtendHold | ReleaseHold) -> None:
        self.who, self.key = command.who, command.key
        self.hold_names = (command.reference, command.hold_id)

    def _known(self, member: Member) -> list[HoldName]:
        found = _named(member, self)
        if not found:
            raise UnknownHold
        return found


class CaptureVerb(_NamedVerb):
    """Spend held points; a hold that was captured answers the same again."""

    answer_type = Captured

    def __init__(self, command: CaptureHold) -> None:
        super().__init__(command)
        self._points = command.points

    def decide(self, member: Member) -> Captured:
        """Capture it whole or in part."""
        found = self._known(member)
        if (open_ := _open(member, found)) is not None:
            hold, name = open_
            made = rules.capture(member.book, hold, self._points, member.now)
            member.put_redemption(made)
            member.put_hold(msgspec.structs.replace(name, captured=made.number))
            return Captured(
                name.id, name.reference, made.points, hold.points - made.points, made.amount, made.change_id
            )
        captured = [(member.redemptions[one.captured], one) for one in found if one.captured]
        if not captured:
            raise HoldEnded
        known, before = max(captured, key=lambda pair: (pair[0].drawn_at, *own_first(pair[1].number)))  # when placed
        if self._points not in (None, known.points):
            raise HoldCaptured
        return Captured(before.id, before.reference, known.points, 0, known.amount, known.change_id, replayed=True)


class ExtendVerb(_NamedVerb):
    """Let a hold last longer."""

    answer_type = HoldMade

    def __init__(self, command: ExtendHold) -> None:
        super().__init__(command)
        self._minutes = command.minutes

    def decide(self, member: Member) -> HoldMade:
        """Extend it, within its whole life."""
        found = self._known(member)
        if (open_ := _open(member, found)) is None:
            raise HoldCaptured if any(one.captured for one in found) else HoldEnded
        hold, name = open_
        return told(member.book, rules.extend(member.book, hold, self._minutes, member.now), name.reference)


class ReleaseVerb(_NamedVerb):
    """Give a hold up; one that has ended already gives nothing back, and that is no fault."""

    answer_type = Released

    def decide(self, member: Member) -> Released:
        """Release it."""
        found = self._known(member)
        if (open_ := _open(member, found)) is not None:
            return Released(rules.give_up(member.book, open_[0], member.now))
        if any(one.captured for one in found):
            raise HoldCaptured
        return Released(0)


async def open_holds(db: Database, shop: Shop, programmes: Programmes, who: Who) -> list[HoldMade]:
    """A member's open holds now, the newest first; raises EmptyIdentity, UnknownCustomer or IdentityMismatch."""
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        member, versions, real_at, now = await settled(conn, shop, programmes, who)
        account = member.stored
        if not account.keeps.holds:
            return []
        members = {account.id: member}
        await decide_with_loans(
            conn, shop.id, members, [account.id], lambda _: member.start(shop.id, versions, real_at, now)
        )
        rows = await conn.fetch(sql.verify_holds, [account.bucket], shop.id, [account.id])
    references = {row["number"]: row["reference"] for row in rows}
    return [told(member.book, hold, references[hold.number]) for hold in reversed(member.book.account.keeps.holds)]
