"""Sources apart from orders: what joining, events and news of a customer give, and how often (S4.1, S4.6, S4.7).

Such an award is fixed when it is given, by these steps:

1. Only a full member of a programme that is on, now and when it happened, earns, and nobody whose earning staff
   switched off; the source runs at the instant it happened, has not paid the member before if it pays once, and its
   condition holds now.
2. Its caps by period are asked as of the local day on which it happened, then its total budget (`caps.py`). What they
   leave is the award; where that is nothing there is none.
3. It pays debt, then enters a lot of its own, whose dates count from when it happened; it may wait for days, a date or
   a trigger, as the source says.
"""

from __future__ import annotations

from typing import Final

import msgspec

from leal.rules import accrual, caps
from leal.rules.account import DROPS, Counts
from leal.rules.calendar import local_day
from leal.rules.expiration import keep_alive, lot_end
from leal.rules.judging import Judge
from leal.rules.keeps import Wait
from leal.rules.ledger import Book, Cause, Draft
from leal.rules.lots import LotTerms, enter, is_pending, pay_debt
from leal.rules.marking import earns
from leal.rules.orders import Award, Pin
from leal.rules.programme import document as doc
from leal.rules.programme.earning_terms import ONCE, WayTerms
from leal.rules.programme.terms import Version
from leal.rules.redating import note_waiting_through, own_end
from leal.rules.stock import StockName
from leal.rules.tiers import current_tier
from leal.rules.waiting import note_waiting

_TYPES: Final = {
    "birthday": "birthday_gift", "referral_sent": "earned_as_referrer", "referral_received": "earned_as_referree",
}  # fmt: skip
"""What an award is called where it is not only earned from its source."""


def on_joining(book: Book, at: int, cause: Cause) -> bool:
    """What the first full membership pays; whether anything was (S11.4).

    Whom a version enrols as it takes effect is paid nothing from a total budget: settling touches nothing that others
    have. May raise CustomerNeeded or StockNeeded.
    """
    version, paid = book.version, False
    for way in () if version is None else version.terms.ways:
        if way.kind == "signup" and version is not None and (cause != "programme" or way.budget is None):
            paid |= award(book, version, way, at, at, cause)
    return paid


def on_event(book: Book, trigger: str, occurred_at: int, at: int) -> bool:
    """What an event pays under the version in force when it occurred; whether anything was.

    May raise CustomerNeeded, CapsNeeded or StockNeeded.
    """
    version, paid = book.versions.at(occurred_at), False
    for way in () if version is None else version.terms.ways:
        if version is not None and way.trigger == trigger:
            paid |= award(book, version, way, occurred_at, at, "member")
    return paid


def on_subscribing(book: Book, occurred_at: int, at: int) -> bool:
    """What new consent to marketing by e-mail pays; whether anything was. Raises as `on_event`."""
    version, paid = book.versions.at(occurred_at), False
    for way in () if version is None else version.terms.ways:
        if version is not None and way.kind == "newsletter" and way.trigger is None:
            paid |= award(book, version, way, occurred_at, at, "member")
    return paid


def award(
    book: Book, version: Version, way: WayTerms, occurred_at: int, at: int, cause: Cause, **facts: object
) -> bool:
    """Give what a source gives for something that happened, if it does; whether it did.

    `facts` are what the account keeps of it (`Keeps`). May raise CustomerNeeded, CapsNeeded or StockNeeded.
    """
    account, terms, present = book.account, version.terms, book.terms
    if account.membership != "full" or not earns(account):
        return False
    if present is None or not present.programme.enabled or not terms.programme.enabled:
        return False
    if not way.runs(occurred_at) or (way.pays_once and way.source in account.keeps.paid):
        return False
    if not Judge(book, at).holds(way.condition):
        return False
    dates, given = _dates(book, version, way, occurred_at, at), Award()
    if dates.flags & DROPS and dates.available_at <= at:
        return False  # what it waits for has not come in time
    day = local_day(occurred_at, terms.zone)
    allowed = caps.allowance(book, way, day, way.points)
    points = caps.within_budget(book, way, given, way.points if allowed is None else min(way.points, allowed))
    if points == 0:
        return False
    kind = _TYPES.get(way.kind, "earned_from_source")
    draft = book.draft(kind, cause, at, occurred_at=occurred_at)
    draft.award = draft.cause_number = given.number = draft.number
    draft.changes["source"] = way.source
    if given.budgeted:
        draft.changes.update(budgeted=given.budgeted)
    if version.number != account.settled_version:
        draft.changes["version"] = version.number
    if way.kind in ONCE and way.source not in account.keeps.paid:  # another version may let it pay once only
        facts["paid"] = tuple(sorted({*account.keeps.paid, way.source}))
    if facts:
        draft.keep(**facts)
    _enter(draft, version, way, dates, points)
    caps.follow(book, way, day, given, points)
    if way.qualifies:
        draft.count(day, Counts(0, points, 0))
    book.close(draft)
    return True


def _dates(book: Book, version: Version, way: WayTerms, occurred_at: int, at: int) -> accrual.Dates:
    """When the award matures and ends: as an order's that was placed when it happened and is confirmed now."""
    tier = current_tier(book.account, book.terms)
    pin = Pin(version.number, None if tier is None else tier.slug, True, occurred_at, {})
    return accrual.award_dates(version.terms, way, pin, occurred_at, None, None, at)


def _enter(draft: Draft, version: Version, way: WayTerms, dates: accrual.Dates, points: int) -> None:
    """Let the points pay debt and enter their lot, and remember what they wait for."""
    book, account, terms, at = draft.book, draft.book.account, version.terms, draft.at
    account.earned += points
    keep_alive(account, book.terms, "award", draft.occurred_at)
    lot = enter(draft, None, LotTerms(draft.award, draft.occurred_at, *dates), pay_debt(draft, points))
    if dates.available_at <= at:
        return
    if dates.flags & DROPS:
        day = local_day(draft.occurred_at, terms.zone).toordinal() if way.qualifies else 0
        account.waiting[draft.award] = [dates.available_at, points, day]
        note_waiting(draft)
    if isinstance(way.pending, doc.PendingEvent) and way.pending.trigger is not None:
        tier = current_tier(account, book.terms)
        slug = "" if tier is None else tier.slug
        wait = Wait(way.pending.trigger, way.source, version.number, slug, dates.available_at, lot, draft.occurred_at)
        draft.keep(awaiting={**_still_awaiting(draft), draft.award: wait})


def _still_awaiting(draft: Draft) -> dict[int, Wait]:
    """The awards that wait for a trigger and have not matured or been dropped by time."""
    account = draft.book.account
    return {award: wait for award, wait in account.keeps.awaiting.items() if wait.until > account.settled_at}


def mature_on(book: Book, trigger: str, now: int) -> None:
    """Let mature what of such awards waits for the trigger, which came now (S4.6)."""
    account = book.account
    came = {
        award: wait for award, wait in account.keeps.awaiting.items() if wait.trigger == trigger and wait.until > now
    }
    for number, wait in sorted(came.items()):
        draft = book.draft("points_matured", "member", now, award=number)
        left = _still_awaiting(draft)
        del left[number]
        draft.keep(awaiting=left)
        if account.waiting.pop(number, None) is not None:
            note_waiting(draft)
        _date_now(draft, number, wait, now)
        book.close(draft)


def _date_now(draft: Draft, award: int, wait: Wait, now: int) -> None:
    """Let an award's lot be available from now on, so that what was spent from it while it waited comes back so."""
    book, account = draft.book, draft.book.account
    terms = book.versions.numbered(wait.version).terms
    way = terms.way(wait.source)
    span = None if way is None else way.lot_span
    for lot in [lot for lot in account.lots_of(award) if is_pending(account, lot)]:
        lot.available_at, lot.flags = now, lot.flags & ~DROPS
        lot.expires_at = lot_end(terms, span, wait.tier or None, lot.earned_at, now)
        note_waiting_through(draft, lot.id, draft.at)
        lot.expires_at = own_end(book, lot.id, lot)
        draft.date_lot(lot)
        draft.moves += (lot.id, lot.award, 0, 0)
        account.pending -= lot.free
        account.available += lot.free
    if (spent := account.keeps.lot_dates.get(wait.lot)) is not None:
        note_waiting_through(draft, wait.lot, draft.at)
        ends_at = lot_end(terms, span, wait.tier or None, wait.earned_at, now)
        draft.keep(lot_dates=account.keeps.lot_dates | {wait.lot: (now, ends_at, spent[2] & ~DROPS)})


class Given(msgspec.Struct, frozen=True):
    """What staff must know of such an award to take it back: its source, its version and what it took of a budget."""

    source: str
    version: int
    budgeted: int = 0


def take_away(draft: Draft, given: Given) -> None:
    """Forget an award that staff take back whole: it waits for nothing, and its caps are free. May raise CapsNeeded or
    StockNeeded."""
    book, account, number = draft.book, draft.book.account, draft.award
    for (source, day, award_), points in list(book.cap_uses().items()):
        if award_ == number and points:
            book.use_cap(source, day, number, -points)
    if given.budgeted:
        way = book.versions.numbered(given.version).terms.way(given.source)
        assert way is not None
        assert way.budget is not None  # it took of it
        book.shelves.put_back(account.id, StockName("budget", given.source), way.budget.points, given.budgeted)
        draft.changes.update(source=given.source, budgeted=-given.budgeted)
    if account.waiting.pop(number, None) is not None:
        note_waiting(draft)
    if number in account.keeps.awaiting:
        left = _still_awaiting(draft)
        left.pop(number, None)
        draft.keep(awaiting=left)
