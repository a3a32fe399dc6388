"""Holding: points set aside for a checkout, captured in part or whole, extended, resized, given up (S5.6)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from leal.errors import Reason, Refused
from leal.rules import limits
from leal.rules.climbing import follow_available
from leal.rules.expiration import keep_alive, passed_at
from leal.rules.keeps import HeldLot, Hold
from leal.rules.ledger import HELD, Book, Draft
from leal.rules.lots import Draw, available_lots
from leal.rules.programme import document as doc
from leal.rules.redemption import Wish, reasons_against
from leal.rules.releasing import lot_of, release, replace_hold, split
from leal.rules.returning import Redemption
from leal.rules.settling import settle
from leal.rules.worth import points_worth, value_of
from leal.values import MINUTE

OPEN_MAX = 20
"""Holds of one member that may be open at once: each entry about one tells all of them."""


class HoldWish(NamedTuple):
    """What a checkout wants set aside: points, or money in micros; for how long, the cart's subtotal in micros."""

    points: int | None
    amount: int | None = None
    minutes: int | None = None
    cart_subtotal: int | None = None


def worth(book: Book, hold: Hold) -> int:
    """Money value in micros of what a hold has set aside, by the version it was placed under."""
    return value_of(book.versions.numbered(hold.version).terms, hold.points) or 0


def place(book: Book, wish: HoldWish, now: int) -> Hold:
    """Set points aside; raises Refused with every reason that denies it."""
    points = _points(book, wish)
    reasons = reasons_against(book, Wish(points, False, wish.cart_subtotal), now)
    rules, minutes = _rules(book), wish.minutes
    if rules is None:
        reasons.append(Reason("holds_disabled"))
    elif minutes is not None and minutes > rules.longest_minutes:
        reasons.append(Reason("hold_too_long", {"longest": rules.longest_minutes}))
    if len(book.account.keeps.holds) >= OPEN_MAX:
        reasons.append(Reason("too_many_holds", {"most": OPEN_MAX}))
    if reasons or rules is None or book.terms is None:
        raise Refused(reasons)
    account, latest_at = book.account, now + rules.longest_minutes * MINUTE
    ends_at = now + (rules.default_minutes if minutes is None else minutes) * MINUTE
    draft = book.draft(HELD, "redemption", now, cause_number=account.number + 1)
    day = limits.counting_day(account.limit_day, book.terms, now)
    number, id_ = account.number + 1, draft.id
    hold = Hold(number, id_, now, min(ends_at, latest_at), latest_at, day.toordinal(), account.settled_version, ())
    return _set_aside(draft, hold, points, now)


def resize(book: Book, hold: Hold, wish: HoldWish, now: int) -> Hold:
    """Let an open hold set other points aside: fewer, or more under all rules; its end stays. Raises Refused.

    With more it counts in the limit as placed now.
    """
    points = _points(book, wish)
    if points == hold.points:
        return hold
    reasons = reasons_against(book, Wish(points, False, wish.cart_subtotal), now, hold)
    if points > hold.points and _rules(book) is None:
        reasons.append(Reason("holds_disabled"))
    if reasons:
        raise Refused(reasons)
    if points > hold.points:
        draft = book.draft(HELD, "redemption", now, cause_number=hold.number)
        return _set_aside(draft, hold, points, now)
    rest = release(book, hold, hold.points - points, now, "redemption")
    assert rest is not None  # at least one point is held
    _follow(book, hold, now)
    return rest


def capture(book: Book, hold: Hold, points: int | None, now: int) -> Redemption:
    """Spend held points, all or so many; the rest is released. Raises Refused where that is more than it holds.

    Needs no new check: what was promised at the checkout is kept.
    """
    whole, account = hold.points, book.account
    points = whole if points is None else points
    if points > whole:
        raise Refused([Reason("more_than_held", {"held": whole, "missing": points - whole})])
    draft = book.draft("redeemed_towards_order", "redemption", now, cause_number=account.number + 1)
    drawn, left = split(account, hold, points)
    draws = [_spend(draft, held) for held in drawn]
    account.held -= points
    account.redeemed += points
    keep_alive(account, book.terms, "redemption", now)
    draft.changes["captured"] = hold.number
    if any(held.since != hold.placed_at for held in drawn):
        draft.keep(drawn_at=account.keeps.drawn_at | {draft.number: tuple(held.since for held in drawn)})
    rest = replace_hold(draft, hold, left)
    entry = book.close(draft)
    terms = book.versions.numbered(hold.version).terms
    made = Redemption(
        number=entry.number,
        kind="points",
        code=None,
        status="external",
        points=points,
        amount=value_of(terms, points) or 0,
        drawn_at=hold.placed_at,
        day_ordinal=hold.day,
        draws=draws,
        returned=[0] * len(draws),
        change_id=entry.id,
    )
    if rest is not None:
        release(book, rest, rest.points, now, "redemption")
    _follow(book, hold, now)
    return made


def extend(book: Book, hold: Hold, minutes: int | None, now: int) -> Hold:
    """Let a hold last so many minutes from now on, never less than before; raises Refused beyond its whole life.

    Without a time of its own the wish is cut there, unless the hold is at its longest already.
    """
    rules = _rules(book) or doc.Holds()
    ends_at = now + (rules.default_minutes if minutes is None else minutes) * MINUTE
    if minutes is None and hold.ends_at < hold.latest_at:
        ends_at = min(ends_at, hold.latest_at)
    if ends_at > hold.latest_at:
        left = (hold.latest_at - now) // MINUTE
        raise Refused([Reason("hold_at_its_longest", {"left": left})])
    if ends_at <= hold.ends_at:
        return hold
    draft = book.draft("hold_extended", "redemption", now, cause_number=hold.number)
    after = replace_hold(draft, hold, list(hold.lots), ends_at=ends_at)
    book.close(draft)
    assert after is not None  # it still has its lots
    return after


def give_up(book: Book, hold: Hold, now: int) -> int:
    """Release a hold as a whole; gives its points."""
    release(book, hold, hold.points, now, "redemption")
    _follow(book, hold, now)
    return hold.points


def _rules(book: Book) -> doc.Holds | None:
    return None if book.terms is None else book.terms.programme.holds


def _points(book: Book, wish: HoldWish) -> int:
    """The points that are wished for; for money the fewest that may be redeemed and are worth it (S1.5, S5.4)."""
    if wish.points is not None:
        return wish.points
    return 1 if book.terms is None else points_worth(book.terms, wish.amount or 0)


def _set_aside(draft: Draft, hold: Hold, points: int, now: int) -> Hold:
    """Take what a hold lacks to so many points out of the available lots (S5.1), and count all of it now (S5.3)."""
    book, account, terms = draft.book, draft.book.account, draft.book.terms
    assert terms is not None  # no terms is a reason against it
    more, lots = points - hold.points, list(hold.lots)
    account.available -= more
    account.held += more
    for lot in available_lots(account, more):
        taken = min(more, lot.free)
        if taken:
            draft.move(lot, 0, taken)
            _add(lots, HeldLot(lot.id, taken, now), passed_at(account, lot.id))
        more -= taken
    day = limits.counting_day(account.limit_day, terms, now)
    limits.uncount(account, date.fromordinal(hold.day), hold.points)
    limits.count(account, day, points)
    draft.changes.update(limit_day=day.isoformat(), limit_used=account.limit_used)
    after = replace_hold(draft, hold, lots, day=day.toordinal(), version=account.settled_version)
    assert after is not None  # it holds a point at least
    book.close(draft)
    settle(book, now)  # what falls due next may be held now
    return after


def _add(lots: list[HeldLot], more: HeldLot, lapsed_at: int) -> None:
    """Add points of a lot to those of it that are held already, where no lapse of everything lies between."""
    for number, held in enumerate(lots):
        if held.lot == more.lot and held.since >= lapsed_at:
            lots[number] = held._replace(points=held.points + more.points)
            return
    lots.append(more)


def _spend(draft: Draft, held: HeldLot) -> Draw:
    lot = lot_of(draft.book.account, held)
    drawn = Draw(lot.id, lot.award, held.points, lot.earned_at, lot.available_at, lot.expires_at, lot.flags)
    draft.move(lot, -held.points, -held.points)
    return drawn


def _follow(book: Book, hold: Hold, now: int) -> None:
    """Points that came free may lift the member, and lapse then where their lot has ended (S3.2)."""
    follow_available(book, now, "redemption", hold.number)
    settle(book, now)
