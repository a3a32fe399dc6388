"""Forecast: what another programme would do to members, as sums over all of them (S10.2)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from leal.rules.account import Account
from leal.rules.expiration import lapses_at
from leal.rules.judging import have
from leal.rules.ledger import Book
from leal.rules.programme.terms import Terms
from leal.rules.tier_ends import can_be_kept, end_at, follower, keep_have, rank
from leal.rules.tiers import (
    after_failing,
    current_tier,
    earned_tier,
    highest_met,
    is_met,
    is_set,
    judged_counts,
    set_tier,
)
from leal.rules.worth import value_of
from leal.values import NEVER

SAMPLE = 5
"""Members named of each move."""


class Seen(NamedTuple):
    """What is compared of a member, settled under one programme or another."""

    tier: str | None
    """Slug of the tier held, the initial one included."""
    at_deadline: str | None
    """Slug of the tier that would be held were the deadline now."""
    account: Account
    terms: Terms | None


class TierMove(msgspec.Struct):
    """Members who would be in another tier; None is no tier at all."""

    before: str | None
    after: str | None
    members: int = 0
    sample: list[str] = []


class Figures(msgspec.Struct):
    """Sums over all members: points by bucket, and what they are worth in micros of the programme's currency."""

    members: int = 0
    """Full members."""
    available: int = 0
    pending: int = 0
    held: int = 0
    redeemed: int = 0
    expired: int = 0
    earned: int = 0
    debt: int = 0
    available_value: int | None = None
    """What members could spend, each one's points valued by themselves; None where points have no value."""
    pending_value: int | None = None

    def add(self, seen: Seen) -> None:
        """Count one member in."""
        account, terms = seen.account, seen.terms
        self.members += account.membership == "full"
        for bucket in ("available", "pending", "held", "redeemed", "expired", "earned", "debt"):
            setattr(self, bucket, getattr(self, bucket) + getattr(account, bucket))
        if terms is None:
            return
        available, pending = value_of(terms, account.available), value_of(terms, account.pending)
        if available is not None and pending is not None:
            self.available_value = (self.available_value or 0) + available
            self.pending_value = (self.pending_value or 0) + pending


class LotsDated(msgspec.Struct):
    """Lots that would mature or lapse at another time."""

    lots: int = 0
    points: int = 0
    members: int = 0
    sooner: int = 0
    """Points among them that would lapse sooner."""


class Forecast(msgspec.Struct):
    """What another programme would do to everybody, the moment it takes effect."""

    accounts: int = 0
    """Everybody who was looked at, members or not."""
    tiers: list[TierMove] = msgspec.field(default_factory=list)
    """Who would be in another tier at once."""
    at_deadline: list[TierMove] = msgspec.field(default_factory=list)
    """Of the others: whose next deadline would end otherwise, were it now."""
    before: Figures = msgspec.field(default_factory=Figures)
    after: Figures = msgspec.field(default_factory=Figures)
    lots: LotsDated = msgspec.field(default_factory=LotsDated)

    def add(self, name: str, before: Seen, after: Seen) -> None:
        """Count a member in, seen under the present programme and under the other."""
        self.accounts += 1
        self.before.add(before)
        self.after.add(after)
        if before.tier != after.tier:
            _note(self.tiers, before.tier, after.tier, name)
        elif before.at_deadline != after.at_deadline:
            _note(self.at_deadline, before.at_deadline, after.at_deadline, name)
        self._date(before.account, after.account)

    def _date(self, before: Account, after: Account) -> None:
        redated = 0
        for lot in after.lots:
            old = before.lot(lot.id)
            if old is None:
                continue
            was, is_ = _end(before, old.available_at, lapses_at(old)), _end(after, lot.available_at, lapses_at(lot))
            if (old.available_at, was) != (lot.available_at, is_):
                redated += 1
                self.lots.points += lot.remaining
                self.lots.sooner += lot.remaining if is_ < was else 0
        self.lots.lots += redated
        self.lots.members += redated > 0


def _end(account: Account, available_at: int, own: int) -> int:
    """When a lot would lapse: at its own end, or with everything else that is available then."""
    return min(own, max(account.everything_at, available_at))


def _note(moves: list[TierMove], before: str | None, after: str | None, name: str) -> None:
    move = next((move for move in moves if (move.before, move.after) == (before, after)), None)
    if move is None:
        move = TierMove(before, after)
        moves.append(move)
    move.members += 1
    if len(move.sample) < SAMPLE:
        move.sample.append(name)


def look(book: Book) -> Seen:
    """What a forecast compares of a settled book; may raise DaysNeeded or CustomerNeeded."""
    account, terms = book.account, book.terms
    tier = current_tier(account, terms)
    slug = None if tier is None else tier.slug
    return Seen(slug, _outcome(book, terms, slug), account, terms)


def _outcome(book: Book, terms: Terms | None, held: str | None) -> str | None:
    account = book.account
    if terms is None or end_at(account, terms) == NEVER:
        return held
    if is_set(account, terms):
        return _after_set(book, terms)
    tier, had = terms.tier(account.tier), have(book, judged_counts(book, terms))
    if tier is not None and is_met(tier.keep, had):
        return tier.slug
    after = highest_met(terms, had) if tier is None else after_failing(terms, tier, had)
    floor = set_tier(account, terms)
    after = floor if rank(floor) > rank(after) else after
    return None if after is None else after.slug


def _after_set(book: Book, terms: Terms) -> str | None:
    """What follows a tier that staff set, were its end now."""
    tier = current_tier(book.account, terms)
    if tier is None:
        after = earned_tier(book.account, terms)
    elif can_be_kept(book.account, terms, tier, keep_have(book, terms)):
        after = tier
    else:
        after = follower(book, terms, tier, book.account.settled_at)
    return None if after is None else after.slug
