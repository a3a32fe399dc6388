"""Back-testing: what members did, lived through again under a programme, month by month."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from leal.errors import LealError
from leal.rules import milestones
from leal.rules.account import Account
from leal.rules.expiration import keep_alive
from leal.rules.ledger import Book
from leal.rules.lots import available_lots, draw
from leal.rules.membership import enrol
from leal.rules.ordering import upsert_order
from leal.rules.orders import Order
from leal.rules.person import NOBODY, learn_birthday
from leal.rules.programme.terms import Terms, Version, Versions
from leal.rules.settling import settle
from leal.rules.stock import Shelf, Shelves, StockName
from leal.rules.tiers import current_tier
from leal.rules.worth import value_of
from leal.values import NEVER

KNOWN_SINCE: Final = 1
"""Whoever's birthday is known has told it long ago, for a life that is lived again."""


class Deed(NamedTuple):
    """Something that a member did: placed an order, or redeemed points."""

    at: int
    order: Order | None
    points: int = 0


class Side(msgspec.Struct):
    """Sums over all members of one stretch of time. Points; money in micros of the programme's currency."""

    earned: int = 0
    """In the stretch, net of what was taken back."""
    redeemed: int = 0
    expired: int = 0
    available: int = 0
    """At its end."""
    pending: int = 0
    worth: int | None = None
    """What available and pending points are worth at its end, each member's by themselves; None: nothing."""
    tiers: dict[str, int] = {}
    """Members by the slug of their tier at its end; those without one are left out."""


class Life:
    """One member's life under one programme: an account that begins empty."""

    def __init__(self, account: int, profile: dict[str, Any], terms: Terms, born_at: int, shelves: Shelves) -> None:
        versions = Versions([Version(1, -NEVER, terms)])
        self.book = Book(1, Account(account, 0, settled_at=born_at, settled_version=1), versions, born_at)
        self.book.days, self.book.lapses, self.book.drops, self.book.uses = {}, {}, {}, {}  # nothing happened before
        self.book.shelves = shelves
        self.book.profile = profile
        self.terms = terms
        self.left_out = 0
        """Orders that the programme could not take, for a figure would have become too large."""
        self.book.account.person = learn_birthday(NOBODY, profile.get("birthday") or "", KNOWN_SINCE)
        enrol(self.book, born_at)

    def do(self, deed: Deed) -> None:
        """Settle to the deed's instant and do it again; of points to redeem, as many as there are."""
        book = self.book
        settle(book, deed.at)
        if deed.order is not None:
            try:
                upsert_order(book, None, deed.order, {}, deed.at)
                milestones.follow(book, deed.at)
            except LealError:
                self.left_out += 1
            return
        points = min(deed.points, book.account.available)
        if points == 0:
            return
        draft = book.draft("redeemed_towards_order", "redemption", deed.at, cause_number=book.account.number + 1)
        draw(draft, available_lots(book.account, points), points)
        book.account.redeemed += points
        keep_alive(book.account, self.terms, "redemption", deed.at)
        book.close(draft)
        settle(book, deed.at)

    def count_into(self, side: Side, at: int, before: tuple[int, int, int]) -> tuple[int, int, int]:
        """Settle to the end of a stretch and add to its sums; gives earned, redeemed and expired by then."""
        settle(self.book, at)
        account, terms = self.book.account, self.terms
        side.earned += account.earned - before[0]
        side.redeemed += account.redeemed - before[1]
        side.expired += account.expired - before[2]
        side.available += account.available
        side.pending += account.pending
        worth = [value_of(terms, account.available), value_of(terms, account.pending)]
        if None not in worth:
            side.worth = (side.worth or 0) + sum(one or 0 for one in worth)
        tier = current_tier(account, terms)
        if tier is not None:
            side.tiers[tier.slug] = side.tiers.get(tier.slug, 0) + 1
        return account.earned, account.redeemed, account.expired


def budgets(terms: Terms) -> Shelves:
    """The programme's total budgets, nothing of them given yet (S4.7)."""
    shelves = Shelves()
    for source, total in terms.budgets.items():
        shelves.at_hand[StockName("budget", source)] = Shelf(total, total, is_whole=True)
    return shelves


def live(
    account: int,
    profile: dict[str, Any],
    terms: Terms,
    deeds: list[Deed],
    ends: list[int],
    sides: list[Side],
    shelves: Shelves,
) -> int:
    """Live one member's deeds, in order of time, under a programme; `profile` is what the shop says of the member.

    `shelves`: the programme's `budgets`, which members use up in the order in which they are lived.

    `ends` are instants in order: the first begins the first stretch, every other ends one, whose sums are in `sides`.
    Gives how many orders were left out.
    """
    life = Life(account, profile, terms, deeds[0].at, shelves)
    waiting = list(reversed(deeds))
    seen = (0, 0, 0)
    for i, end in enumerate(ends):
        while waiting and waiting[-1].at < end:
            life.do(waiting.pop())
        if deeds[0].at >= end:
            continue  # not known yet
        seen = life.count_into(sides[i - 1] if i else Side(), end, seen)
    return life.left_out
