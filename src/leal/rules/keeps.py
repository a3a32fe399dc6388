"""What an account remembers beside its figures: rare facts that most members have none of, kept together.

A field is never changed in place: `Draft.keep` puts another value in its stead and notes it in the entry, so that
replay finds it without knowing what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec


class Redating(msgspec.Struct, frozen=True, array_like=True):
    """A version took effect that changes the ends of the lots there were (S7.4)."""

    after_lot: int
    """Lots above this one"""
    up_to_lot: int
    """... and up to this one were there, open or empty."""
    at: int
    """When, in microseconds."""
    version: int
    tier: str | None
    """Slug of the member's tier then."""
    waiting: tuple[int, ...] = ()
    """Lots that waited through it, though they are available since this very instant or an earlier one."""


class Passed(NamedTuple):
    """When the last common lapse passed the lots above one, up to the next of these (S11.2)."""

    after_lot: int
    at: int
    """In microseconds; 0: none has."""


class HeldLot(NamedTuple):
    """Points of one lot that a hold set aside, and since when, in microseconds."""

    lot: int
    points: int
    since: int


class Hold(msgspec.Struct, frozen=True):
    """Points set aside for a checkout, until they are captured, released or run out (S5.6).

    Instants in microseconds.
    """

    number: int
    """Number of the entry that placed it."""
    id: int
    """The wire's id of that entry."""
    placed_at: int
    ends_at: int
    """When it runs out."""
    latest_at: int
    """The latest that it can be extended to."""
    day: int
    """Local day its points count on in the redemption limit, as a proleptic ordinal."""
    version: int
    """Programme version that says what its points are worth."""
    lots: tuple[HeldLot, ...]

    @property
    def points(self) -> int:
        """All that it has set aside."""
        return sum(held.points for held in self.lots)


class Wait(msgspec.Struct, frozen=True):
    """An award apart from orders whose points wait for a trigger (S4.6)."""

    trigger: str
    source: str
    version: int
    """The programme version whose terms it has."""
    tier: str
    """The tier held when it was given; empty: none."""
    until: int
    """When it matures or is dropped without the trigger."""
    lot: int = 0
    """Its lot, which may be empty: spent points come back to it (S5.5);"""
    earned_at: int = 0
    """... and what that was earned at, in microseconds."""


class Reached(msgspec.Struct, frozen=True, omit_defaults=True):
    """A milestone as it was reached, and what it gave (S9.3)."""

    counts: str
    """What it counts."""
    reach: int
    """How much of it was asked: a number, or money in micros."""
    award: int = 0
    """The award that gave its points; 0: it gave none."""
    points: int = 0
    """What of them staff did not take back."""
    tier: str = ""
    """Slug of the tier that it gives; empty: none."""
    at: int = 0
    """When it lifted the member into its tier, or inherited that from one that was lost, in microseconds; 0: never."""

    @property
    def is_final(self) -> bool:
        """Whether staff took its points back: it is not lost any more, and does not give again."""
        return self.award != 0 and self.points == 0


class Referred(msgspec.Struct, frozen=True):
    """Whose friend a member is, and the first order that made that so (S9.5)."""

    sender: int
    """The account of whoever sent the invitation, as it was then,"""
    friend: int
    """... and the member's own: they may be others by now, by mergers."""
    referral: int
    order: int
    matures_at: int
    change_id: int
    """The wire's id of the award; 0: none."""
    rejected: bool
    least_micros: int = 0
    """What the order had to be worth, and must stay worth until the approval."""


class Keeps(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rare facts of one member; every field has an empty default, which is not stored.

    When members merge, `rules/merging.py:united_keeps` says what becomes of each.
    """

    redatings: tuple[Redating, ...] = ()
    """In order of time."""
    passed: tuple[Passed, ...] = ()
    """Common lapses before a merger, in order of the lots: that of the one passed none of the other's (S5.5, S7.2)."""
    waiting_lapsed: dict[int, int] = {}
    """By award that waits for its event: points of it that had lapsed and were taken back (S4.6, S6.1)."""
    lot_dates: dict[int, tuple[int, int, int]] = {}
    """By lot that points were spent from while it waited: its available_at, expires_at and flags since, for it may be
    dated anew until it is available (S4.5, S5.5)."""
    drawn_at: dict[int, tuple[int, ...]] = {}
    """By redemption whose points were not all drawn as it was made: when each of its draws was (S5.6, S5.7)."""
    offers: Mapping[str, list[int]] = {}
    """How often the member took each offer, by its slug: the newest local day as an ordinal, then so many times in its
    day, week, month and year, and for life (S9.1)."""
    paid: tuple[str, ...] = ()
    """Sources of a kind that may pay once, and have paid, by their slugs, in alphabetical order."""
    birthday_year: int = 0
    """The last local calendar year in which a birthday paid."""
    anniversary_year: int = 0
    """The last in which the day of joining did."""
    awaiting: dict[int, Wait] = {}
    """Awards apart from orders that wait for a trigger, by their numbers; some may have been dropped since."""
    subscribed: bool = False
    """Whether a subscription is active."""
    cycle: int = 0
    """The cycle that the subscriptions come to together."""
    milestones: dict[str, Reached] = {}
    """Those that are reached, by their slugs."""
    rewarded: tuple[str, ...] = ()
    """Those whose offer was given, once and for all."""

    holds: tuple[Hold, ...] = ()
    """Open holds, in the order in which they were placed."""
    gifts_on: date | None = None
    """Local day of the newest gift to another member,"""
    gifts_used: tuple[int, ...] = ()
    """... and the points given in each of its periods, in the order of `PERIODS` (S5.8)."""
    referred: Referred | None = None
    """Whose friend the member is."""
    befriended: tuple[Referred, ...] = ()
    """Whose friends those were whom the member took over, where it was one itself."""
    tier_on: date | None = None
    """Up to which local day it was looked at what gave the tier, or renewed it, where it is not today's zone that tells
    (S8.4)."""
    welcomed: bool = False
    """Whether the member was given what friends are welcomed with."""


NO_KEEPS = Keeps()
"""Of a member of whom nothing of the kind is known."""


def renewed(keeps: Keeps, changes: Mapping[str, Any]) -> Keeps:
    """What is kept after an entry that noted these fields anew; raises msgspec.ValidationError."""
    values = {field.name: getattr(keeps, field.name) for field in msgspec.structs.fields(Keeps)}
    return msgspec.convert({**msgspec.to_builtins(values, str_keys=True), **changes}, Keeps, str_keys=True)
