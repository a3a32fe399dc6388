"""Subscriptions: what is known of a member's, and what they come to: whether one is active, and the cycle (S9.4).

1. The cycle of one is the number of its orders that count, with those that were placed before the shop told of
   orders; or what the shop says it is, if that is more.
2. Several come to the longest, the sum or the newest of those that are active; where none is, of all the others.
3. A cancelled order lowers it like any count; that a subscription pauses or ends takes nothing of what was reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from leal.errors import Conflict
from leal.rules.ledger import Book, Cause
from leal.rules.orders import OrderState
from leal.rules.person import Person, Subscription
from leal.rules.programme.terms import Terms
from leal.values import parse_instant

MOST: Final = 100
"""Subscriptions that are kept of one customer."""


class TooManySubscriptions(Conflict):
    """A customer has more subscriptions than are kept."""

    id = "too_many_subscriptions"
    sentence = "A customer has at most 100 subscriptions."


def learn(person: Person, told: Iterable[Mapping[str, Any]]) -> Person:
    """What is known once the shop tells of subscriptions, each by its id; those it does not name stay as they were.

    Raises TooManySubscriptions.
    """
    known = dict(person.subscriptions)
    for one in told:
        before = known.get(one["id"], Subscription())
        started = one.get("started_at")
        known[one["id"]] = Subscription(
            status=one.get("status") or before.status,
            orders=before.orders,
            earlier=before.earlier if one.get("earlier_orders") is None else one["earlier_orders"],
            told_cycle=before.told_cycle if one.get("cycle") is None else one["cycle"],
            told_start=before.told_start if started is None else parse_instant(started),
            first_at=before.first_at,
        )
    return _kept(person, known)


def count_order(person: Person, state: OrderState) -> Person:
    """Let the subscriptions of an order follow whether it counts; notes in the order which it counts for.

    Raises TooManySubscriptions.
    """
    named = state.order.subscriptions() if state.counted.orders > 0 else []
    if named == state.subscribed:
        return person
    known = dict(person.subscriptions)
    for ident in state.subscribed:
        known[ident] = msgspec.structs.replace(known[ident], orders=known[ident].orders - 1)
    for ident in named:
        one = known.get(ident, Subscription())
        first_at = min(one.first_at or state.order_at, state.order_at)
        known[ident] = msgspec.structs.replace(one, orders=one.orders + 1, first_at=first_at)
    state.subscribed = named
    return _kept(person, known)


def _kept(person: Person, known: dict[str, Subscription]) -> Person:
    if len(known) > max(MOST, len(person.subscriptions)):
        raise TooManySubscriptions
    return person if known == person.subscriptions else msgspec.structs.replace(person, subscriptions=known)


def together(person: Person, terms: Terms | None) -> tuple[bool, int]:
    """Whether one is active, and the cycle that they come to."""
    active = [one for one in person.subscriptions.values() if one.is_active]
    return bool(active), _combined(active or list(person.subscriptions.values()), terms)


def most_reached(person: Person, terms: Terms | None) -> int:
    """The cycle that they could come to, whichever of them were active."""
    everyone = list(person.subscriptions.values())
    how = None if terms is None or terms.programme.subscriptions is None else terms.programme.subscriptions.cycle
    return sum(one.cycle for one in everyone) if how == "sum" else max((one.cycle for one in everyone), default=0)


def _combined(found: list[Subscription], terms: Terms | None) -> int:
    settings = None if terms is None else terms.programme.subscriptions
    if settings is None or not found:
        return 0
    if settings.cycle == "sum":
        return sum(one.cycle for one in found)
    if settings.cycle == "newest":
        return max(found, key=lambda one: (one.started_at, one.cycle)).cycle
    return max(one.cycle for one in found)


def follow(book: Book, at: int, cause: Cause, cause_number: int = 0) -> None:
    """Note in an entry what the subscriptions come to now, where that is something else than before."""
    account = book.account
    if account.is_gone or not (account.person.subscriptions or account.keeps.subscribed or account.keeps.cycle):
        return
    runs = book.terms is not None and book.terms.programme.subscriptions is not None
    active, cycle = together(account.person, book.terms) if runs else (False, 0)
    if (active, cycle) == (account.keeps.subscribed, account.keeps.cycle):
        return
    draft = book.draft("subscription_changed", cause, at, cause_number=cause_number)
    draft.keep(subscribed=active, cycle=cycle)
    book.close(draft)
