"""Redemption: turning points into a discount, and taking that back (S5.2, S5.3, S5.4, S5.5)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from leal.errors import Conflict, Reason, Refused
from leal.rules import limits
from leal.rules.calendar import add
from leal.rules.climbing import follow_available
from leal.rules.codes import follow_code
from leal.rules.expiration import keep_alive
from leal.rules.keeps import Hold
from leal.rules.ledger import Book, Note
from leal.rules.lots import draw, spendable_lots
from leal.rules.marking import reasons_of_marks
from leal.rules.programme.document import Redemption as RedemptionTerms
from leal.rules.returning import Redemption, give_back
from leal.rules.rewards import hand_back, offer_of
from leal.rules.settling import settle
from leal.rules.tiers import current_tier
from leal.rules.worth import has_value, value_of
from leal.values import NEVER, format_money


class AlreadyReverted(Conflict):
    """The redemption was given back before."""

    id = "change_already_reverted"
    sentence = "This redemption was already undone."


class NotRevertible(Conflict):
    """Only redemptions for an external system, or whose code is unused, can be undone."""

    id = "invalid_redemption_for_unredeem"
    sentence = "Only a redemption without a code of ours, or whose code is unused, can be undone."


class RewardInUse(Conflict):
    """An order holds the code or reward, or used it, or it is gone already."""

    id = "reward_in_use"
    sentence = "An order uses this reward, or it is gone already."


VOIDED = "reward_voided"
"""The entry by which a reward that cost nothing is taken away again."""


class Wish(NamedTuple):
    """What a member wants to redeem: points, whether a code is wanted, the cart's subtotal in micros if known."""

    points: int
    with_code: bool
    cart_subtotal: int | None


def reasons_against(book: Book, wish: Wish, now: int, hold: Hold | None = None) -> list[Reason]:
    """Every rule of S5.2 that denies the wish, with the missing figure; empty when it is granted.

    With `hold` the wish is to stand in that hold's place (S5.6): its points may be used, and fewer need no more than
    to be an amount that may be redeemed.
    """
    terms, account = book.terms, book.account
    held = 0 if hold is None else hold.points
    if wish.points < held and terms is not None and terms.programme.redemption is not None:
        return _against_amount(terms.programme.redemption, wish.points)
    if terms is None or not terms.programme.enabled or terms.programme.redemption is None or not has_value(terms):
        return [Reason("redemption_disabled")]
    reasons = []
    if account.membership != "full":
        reasons.append(Reason("not_a_member"))
    reasons += reasons_of_marks(account)
    if wish.points > (available := account.available + held):
        missing = wish.points - available
        reasons.append(Reason("not_enough_points", {"available": available, "missing": missing}))
    reasons += _against_amount(terms.programme.redemption, wish.points)
    limit = limits.limit_in_force(terms, current_tier(account, terms))
    if limit is not None:
        state = limits.state(account, limit, limits.counting_day(account.limit_day, terms, now), hold)
        if wish.points > state.remaining:
            reasons.append(Reason("redemption_limit_reached", {**state._asdict()}))
    if wish.cart_subtotal is not None and wish.cart_subtotal < terms.minimum_cart:
        lacking = format_money(terms.minimum_cart - wish.cart_subtotal)
        figures = {"minimum": format_money(terms.minimum_cart), "missing": lacking}
        reasons.append(Reason("minimum_cart_not_reached", {**figures}))
    return reasons


def _against_amount(rules: RedemptionTerms, points: int) -> list[Reason]:
    """Whether the amount itself may be redeemed: one of the choices, or min + n steps up to max."""
    if rules.choices:
        if points in rules.choices:
            return []
        return [Reason("not_a_choice", {"choices": ", ".join(str(choice) for choice in rules.choices)})]
    reasons = []
    if points < rules.min:
        reasons.append(Reason("below_minimum", {"min": rules.min, "missing": rules.min - points}))
    elif over := (points - rules.min) % rules.step:
        reasons.append(Reason("not_a_step", {"min": rules.min, "step": rules.step, "lower": points - over}))
    if rules.max is not None and points > rules.max:
        reasons.append(Reason("above_maximum", {"max": rules.max, "over": points - rules.max}))
    return reasons


def redeem(book: Book, wish: Wish, code: str | None, now: int) -> Redemption:
    """Draw the points and make the redemption; raises Refused with every reason that denies it."""
    if reasons := reasons_against(book, wish, now):
        raise Refused(reasons)
    terms, account = book.terms, book.account
    assert terms is not None  # no terms is a reason of its own
    day = limits.counting_day(account.limit_day, terms, now)
    draft = book.draft("redeemed_towards_order", "redemption", now, cause_number=account.number + 1)
    drawn = draw(draft, spendable_lots(book, wish.points), wish.points)
    account.redeemed += wish.points
    limits.count(account, day, wish.points)
    keep_alive(account, terms, "redemption", now)
    draft.changes.update(limit_day=day.isoformat(), limit_used=account.limit_used)
    ends_at = NEVER if terms.coupon_span is None else add(now, terms.coupon_span, terms.zone, "day")
    if wish.with_code and ends_at != NEVER:
        draft.changes["code_ends_at"] = ends_at
    entry = book.close(draft)
    made = Redemption(
        number=entry.number,
        kind="points",
        code=code if wish.with_code else None,
        status="unused" if wish.with_code else "external",
        points=wish.points,
        amount=value_of(terms, wish.points) or 0,
        drawn_at=now,
        day_ordinal=day.toordinal(),
        draws=drawn,
        returned=[0] * len(drawn),
        change_id=entry.id,
        expires_at=ends_at if wish.with_code else NEVER,
    )
    follow_code(account, made)
    settle(book, now)  # what falls due next may have been drawn
    return made


def unredeem(book: Book, redemption: Redemption, now: int) -> int:
    """Undo an unused or external redemption and give back its limit use; gives the points (S5.3, S5.5).

    So can the purchase of an offer whose code is unused; not that of a gift card, which may have been used where nobody
    tells of it. Raises AlreadyReverted or NotRevertible; the redemption is changed in place. May raise StockNeeded.
    """
    if redemption.open_points == 0 and (redemption.points or redemption.status == "voided"):
        raise AlreadyReverted
    if redemption.status not in ("unused", "external") or not _is_revertible(book, redemption):
        raise NotRevertible
    return _undo(book, redemption, None, now)


def _is_revertible(book: Book, redemption: Redemption) -> bool:
    if redemption.kind != "offer":
        return redemption.kind == "points"
    offer = offer_of(book, redemption)
    return offer.document.kind != "gift_card" and not offer.is_delivered


def void(book: Book, redemption: Redemption, note: Note | None, now: int) -> int:
    """Take away a code or reward that is unused, by staff; gives the points that come back (S5.5).

    Raises RewardInUse. May raise StockNeeded. The redemption is changed in place.
    """
    if redemption.status != "unused":
        raise RewardInUse
    return _undo(book, redemption, note, now)


def _undo(book: Book, redemption: Redemption, note: Note | None, now: int) -> int:
    account, points = book.account, redemption.open_points
    draft = book.draft("points_returned" if points else VOIDED, "redemption", now, cause_number=redemption.number)
    draft.note = note
    give_back(draft, redemption, points)
    if redemption.kind == "points":
        limits.uncount(account, date.fromordinal(redemption.day_ordinal), points)
        draft.changes["limit_used"] = account.limit_used
    hand_back(draft, redemption)
    if redemption.status == "unused":
        redemption.status = "voided"
        follow_code(account, redemption)
    book.close(draft)
    follow_available(book, now, "redemption", redemption.number)
    settle(book, now)  # points past their end lapse in an entry made now; the others' lots end again (S5.5)
    return points
