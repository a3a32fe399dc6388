"""Cursors: how far a consumer of the feed has come, as a text that it hands back.

A cursor counts transactions, not rows or times: `seen` is a snapshot of the database, and whatever it does not see is
still to be told, also of a transaction that began long before and commits long after. It is bound to its shop and to
the life of its database: a copy or a restored one counts its own transactions.
"""

from __future__ import annotations

import base64
import binascii
import re
from itertools import pairwise
from typing import Final, Self

import msgspec

from leal.errors import InvalidInput, LealError, Problem

LENGTH_MAX: Final = 16_384
_SNAPSHOT: Final = re.compile(r"[0-9]{1,20}:[0-9]{1,20}:([0-9]{1,20}(,[0-9]{1,20})*)?")
_XID: Final = re.compile(r"[0-9]{1,20}")
_FORM: Final = 1
BEFORE_ALL: Final = (-1, 0)
"""Before every member."""


class ResnapshotRequired(LealError):
    """The feed cannot go on from the cursor: it is of another life of the database, or what came after is forgotten."""

    id = "resnapshot_required"
    sentence = "The feed cannot go on from this cursor; begin with a new snapshot."


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last note of a change that was told."""

    xid: str
    bucket: int
    account: int
    gone: str = ""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far a consumer has come."""

    form: int
    epoch: str
    """Of the database, as `feed_state` tells it."""
    shop: int
    seen: str
    """The snapshot whose every transaction is told."""
    until: str = ""
    """Inside a run of pages: the snapshot that they lead to; empty between runs."""
    place: Place | None = None
    """Inside a run of pages: the last note of a change that was told."""
    due: tuple[int, int] | None = None
    """Inside a run of pages: of those whom time changed, the last that was told, by bucket and id."""
    member: tuple[int, int] | None = None
    """Inside a snapshot: the last member that was told, by bucket and id."""

    @classmethod
    def first(cls, epoch: str, shop: int, seen: str) -> Self:
        """The cursor before a snapshot."""
        return cls(_FORM, epoch, shop, seen, member=BEFORE_ALL)

    def run(self, until: str) -> Cursor:
        """The cursor at the start of a run of pages."""
        return msgspec.structs.replace(self, until=until, due=BEFORE_ALL)

    @property
    def after_all(self) -> Cursor:
        """The cursor once a snapshot, or a run of pages, is told whole."""
        return Cursor(_FORM, self.epoch, self.shop, self.until or self.seen)

    def text(self) -> str:
        """As the consumer keeps it."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


def read_cursor(text: str, shop: int) -> Cursor:
    """The cursor of a text; raises InvalidInput, or ResnapshotRequired where it is another shop's."""
    try:
        if len(text) > LENGTH_MAX:
            raise ValueError
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(plain, type=Cursor)
        _require_sound(cursor)
    except (binascii.Error, msgspec.DecodeError, ValueError) as fault:
        message = "This is no cursor of the feed."
        raise InvalidInput(
            [Problem("since", "bad_format", message, "the cursor of the last page, unchanged")]
        ) from fault
    if cursor.shop != shop:
        raise ResnapshotRequired("The cursor is another shop's; begin with a new snapshot.")
    return cursor


def _require_sound(cursor: Cursor) -> None:
    snapshots = [cursor.seen, *([cursor.until] if cursor.until else [])]
    places = [] if cursor.place is None else [cursor.place]
    members = [(one.bucket, one.account) for one in places]
    members += [one for one in (cursor.due, cursor.member) if one is not None]
    sound = (
        cursor.form == _FORM
        and all(_SNAPSHOT.fullmatch(one) and _ordered(one) for one in snapshots)
        and all(_XID.fullmatch(one.xid) and int(one.xid) < 2**63 and len(one.gone) <= 320 for one in places)
        and all(-1 <= bucket < 1024 and 0 <= account < 2**63 for bucket, account in members)
        and "\x00" not in "".join(one.gone for one in places)
    )
    if not sound:
        raise ValueError


def _ordered(snapshot: str) -> bool:
    """Whether the database reads it as a snapshot: xmin <= xmax, between them the open ones, rising."""
    xmin, xmax, still_open = snapshot.split(":")
    low, high = int(xmin), int(xmax)
    numbers = [int(one) for one in still_open.split(",") if one]
    rising = all(one < other for one, other in pairwise(numbers))
    return 0 < low <= high < 2**63 and rising and all(low <= one < high for one in numbers)


def last_transaction(cursor: Cursor) -> int:
    """The first transaction that was still to begin for the cursor."""
    return int((cursor.until or cursor.seen).split(":")[1])


def oldest_transaction(cursor: Cursor) -> int:
    """The first transaction that the cursor may not have been told."""
    return int(cursor.seen.split(":")[0])
