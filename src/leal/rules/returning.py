"""Giving back: redeemed points return to the member, to the lots they were drawn from (S5.5)."""

from __future__ import annotations

import msgspec

from leal.rules.account import DROPS, GRACE_USED, Account, own_first
from leal.rules.calendar import Span, add
from leal.rules.expiration import lot_end, passed_at
from leal.rules.ledger import Book, Draft
from leal.rules.lots import Draw, LotTerms, enter, pay_debt
from leal.rules.redating import own_end
from leal.rules.taking import cancel_shortfall
from leal.rules.tiers import current_tier
from leal.values import NEVER


class Redemption(msgspec.Struct):
    """A draw into `redeemed`: its lots, what was given back of each, and the code it gave.

    With an offer it is a reward, which may have cost nothing: what the member holds (S9.2).
    """

    number: int
    """Number of the entry that drew the points."""
    kind: str
    """`points` (RedeemPoints1), `staff` (takeaway_points_as_spent), `offer` (taken) or `grant` (given for nothing)."""
    code: str | None
    """None: none is due, or a reward has none yet."""
    status: str
    """`unused`, `locked`, `used`, `voided`, `lapsed`, or `external` when it has no code of ours and is no reward."""
    points: int
    amount: int
    """Money value in micros."""
    drawn_at: int
    day_ordinal: int
    """Local day its limit use counts on, as a proleptic ordinal."""
    draws: list[Draw]
    returned: list[int]
    """Points restored of each draw, in the draws' order."""
    cancelled: int = 0
    """Points given back because the order that used the code was cancelled: confirmed again, it spends them again."""
    order_number: int = 0
    """The order that locks or used the code; 0: none."""
    change_id: int = 0
    """The wire's id of the entry that drew the points."""
    turns: list[int] = []
    """Instants at which the member no longer held the code, held it again, no longer held it …"""
    locks: list[int] = []
    """Instants at which an order that was not paid locked the code, no longer did, locked it again …"""
    expires_at: int = NEVER
    """When its code, or the reward, lapses, if it is unused then."""
    offer: str | None = None
    """Slug of the offer that it is a reward of,"""
    version: int = 0
    """... and the programme version that says what this gives."""
    unit: bool = False
    """Whether it holds a unit of the offer's stock."""
    coded_at: int | None = None
    """When its code was made, in microseconds, where that was later than the reward."""

    @property
    def age(self) -> tuple[int, bool, int]:
        """By this a member's redemptions are sorted, oldest first; of one instant the own ones come before those of
        whom the member took over (S11.2)."""
        return self.drawn_at, *own_first(self.number)

    @property
    def is_reward(self) -> bool:
        """Whether the member holds something by it: a code, or what an offer gives."""
        return self.code is not None or self.offer is not None

    @property
    def is_in_hand(self) -> bool:
        """Whether it is still the member's to use: unused, or locked by an order that is not paid."""
        return self.is_reward and self.status in ("unused", "locked")

    def was_in_hand(self, at: int) -> bool:
        """Whether the member held it at an instant (S3.5)."""
        if not self.is_reward or not self.drawn_at <= at or (self.status == "unused" and self.expires_at <= at):
            return False
        return sum(turn <= at for turn in self.turns) % 2 == 0

    def as_of(self, at: int) -> Redemption:
        """The redemption as the member saw it at an instant at which the code was in hand (S3.5)."""
        was_locked = sum(lock <= at for lock in self.locks) % 2 == 1
        code = None if self.coded_at is not None and at < self.coded_at else self.code
        return msgspec.structs.replace(self, code=code, status="locked" if was_locked else "unused")

    @property
    def restored(self) -> int:
        """Points given back so far."""
        return sum(self.returned)

    @property
    def open_points(self) -> int:
        """Points that could still be given back."""
        return self.points - self.restored


def give_back(draft: Draft, redemption: Redemption, points: int) -> None:
    """Restore up to that many points of a redemption, latest-ending lot first; only what is not yet restored."""
    account = draft.book.account
    drawn_at = account.keeps.drawn_at.get(redemption.number)
    latest_first = sorted(
        range(len(redemption.draws)), key=lambda i: _ending(draft.book, redemption.draws[i]), reverse=True
    )
    for i in latest_first:
        drawn = redemption.draws[i]
        back = min(points, drawn.points - redemption.returned[i])
        if back == 0:
            continue
        redemption.returned[i] += back
        points -= back
        account.redeemed -= back
        _return_to_lot(draft, drawn, back, redemption.drawn_at if drawn_at is None else drawn_at[i])


def _return_to_lot(draft: Draft, drawn: Draw, points: int, drawn_at: int) -> None:
    """Restored points settle debt, then the award's shortfall, then return to their lot or come in a grace lot."""
    account = draft.book.account
    left = pay_debt(draft, points)
    kept = cancel_shortfall(draft, drawn.award, left)
    account.earned -= left - kept
    if kept == 0:
        return
    own = _own_terms(account, drawn)
    if drawn.available_at == NEVER or drawn.flags & DROPS:
        enter(draft, None, _freed_terms(draft, own), kept)
    elif own_end(draft.book, drawn.lot, own) > draft.at and passed_at(account, drawn.lot) <= drawn_at:
        enter(draft, drawn.lot, own, kept)
    else:
        enter(draft, None, _grace_terms(draft, own), kept)


def _ending(book: Book, drawn: Draw) -> tuple[int, int, int, int]:
    own = _own_terms(book.account, drawn)
    return (own_end(book, drawn.lot, own), own.available_at, own.earned_at, drawn.lot)


def _own_terms(account: Account, drawn: Draw) -> LotTerms:
    """The terms of the lot that points were drawn from: they may have been set anew since."""
    known = (drawn.available_at, drawn.expires_at, drawn.flags)
    return LotTerms(drawn.award, drawn.earned_at, *account.keeps.lot_dates.get(drawn.lot, known))


def _freed_terms(draft: Draft, own: LotTerms) -> LotTerms:
    """Terms of a new lot for points that were taken while they waited for an event: they wait no longer."""
    terms = draft.book.terms
    tier = current_tier(draft.book.account, terms)
    slug = None if tier is None else tier.slug
    ends_at = NEVER if terms is None else lot_end(terms, None, slug, own.earned_at, draft.at)
    return LotTerms(own.award, own.earned_at, draft.at, ends_at, own.flags & ~DROPS)


def _grace_terms(draft: Draft, own: LotTerms) -> LotTerms:
    """Terms of the new lot for points whose own end has passed; without grace left it ends at once and lapses."""
    terms = draft.book.terms
    ends_at = draft.at
    if terms is not None and terms.grace != Span(0, 0) and not own.flags & GRACE_USED:
        ends_at = add(draft.at, terms.grace, terms.zone, "day")
    return LotTerms(
        own.award, own.earned_at, min(own.available_at, draft.at), min(ends_at, NEVER), own.flags | GRACE_USED
    )
