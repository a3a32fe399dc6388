"""What the rules need at hand of what was told of a person: in no entry, and gone when the person is erased."""

from __future__ import annotations

from typing import Literal

import msgspec


class Subscription(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of a customer's, as the shop told it and as orders count (S9.4)."""

    status: Literal["", "active", "paused", "ended"] = ""
    """As the shop last told it; empty: it never did, and it is active."""
    orders: int = 0
    """Its orders that count."""
    earlier: int = 0
    """Its orders that were placed before the shop told of orders."""
    told_cycle: int = 0
    """The cycle that the shop says it has come to."""
    told_start: int = 0
    """When the shop says that it began, in microseconds; 0: it does not say."""
    first_at: int = 0
    """When its first order was placed; 0: none counted yet."""

    @property
    def is_active(self) -> bool:
        """Whether it goes on, as far as that is known."""
        return self.status in ("", "active")

    @property
    def cycle(self) -> int:
        """How many cycle orders it has come to."""
        return max(self.told_cycle, self.earlier + self.orders)

    @property
    def started_at(self) -> int:
        """When it began, as far as that is known."""
        return self.told_start or self.first_at


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """The facts of one member that time or an order asks for; the whole profile stands apart, and may be lent."""

    birthday: str = ""
    """Month and day as `05-17`; empty: not known."""
    birthday_at: int = 0
    """When it was told, cleared or last changed, in microseconds; 0: nothing was ever told."""
    subscriptions: dict[str, Subscription] = {}
    """By the shop's ids."""


NOBODY = Person()
"""Of a member of whom nothing of the kind was told."""


def learn_birthday(person: Person, told: str, at: int) -> Person:
    """What is known once the shop tells a birthday, with or without its year; the same day again changes nothing."""
    birthday = told[5:]
    return (
        person
        if person.birthday_at and birthday == person.birthday
        else msgspec.structs.replace(person, birthday=birthday, birthday_at=at)
    )


def united(ours: Person, theirs: Person) -> Person:
    """What is known of one who takes another over: the own facts, and where there are none the other's (S11.2)."""
    whose = ours if ours.birthday_at else theirs
    both = dict(theirs.subscriptions)
    for ident, one in ours.subscriptions.items():
        both[ident] = _both(one, both[ident]) if ident in both else one
    return Person(whose.birthday, whose.birthday_at, both)


def _both(ours: Subscription, theirs: Subscription) -> Subscription:
    """One subscription that two customers had who are one now."""
    return Subscription(
        status=ours.status or theirs.status,
        orders=ours.orders + theirs.orders,
        earlier=max(ours.earlier, theirs.earlier),
        told_cycle=max(ours.told_cycle, theirs.told_cycle),
        told_start=ours.told_start or theirs.told_start,
        first_at=min(filter(None, (ours.first_at, theirs.first_at)), default=0),
    )
