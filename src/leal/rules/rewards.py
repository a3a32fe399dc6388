"""Rewards: what an offer's reward used up when a member took it, and how that comes free again (S9.1, S9.2).

A reward that was taken, whatever it cost, counts in the member's periods and, where its offer has a stock, holds a unit
of it. When it is given back, both are: the unit to the stock, the use to the periods of the day it was taken on. What
lapsed, or was used, stays counted.
"""

from __future__ import annotations

from datetime import date

from leal.rules.account import Account
from leal.rules.ledger import Book, Draft
from leal.rules.limits import Tally, tally_of
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.returning import Redemption
from leal.rules.stock import StockName


def times(account: Account, slug: str) -> Tally:
    """How often the member took the offer."""
    return tally_of(account.keeps.offers.get(slug))


def count(draft: Draft, slug: str, day: date) -> None:
    """Count that the member took the offer on the local day."""
    _keep(draft, slug, times(draft.book.account, slug).more(day, 1))


def offer_of(book: Book, redemption: Redemption) -> OfferTerms:
    """The offer of a reward, under the version that it was made by."""
    assert redemption.offer is not None
    return book.versions.numbered(redemption.version).terms.offers[redemption.offer]


def take_unit(book: Book, offer: OfferTerms) -> bool:
    """Take a unit of the offer's stock, if one is left. May raise StockNeeded."""
    if offer.stock is None:
        return False
    return book.shelves.take(book.account.id, stock_of(offer), offer.stock, 1, all_or_none=True) == 1


def leave_unit(book: Book, offer: OfferTerms) -> None:
    """Put a unit of the offer's stock back. May raise StockNeeded."""
    book.shelves.put_back(book.account.id, stock_of(offer), offer.stock or 0, 1)


def units_left(book: Book, offer: OfferTerms) -> int | None:
    """Units that are left of the offer's stock; None: it has none. May raise StockNeeded."""
    return None if offer.stock is None else book.shelves.left(stock_of(offer), offer.stock)


def note_unit(draft: Draft, slug: str, units: int) -> None:
    """Note in an entry that units of an offer's stock were taken, or given back."""
    noted = draft.changes.setdefault("units", {})
    noted[slug] = noted.get(slug, 0) + units


def hand_back(draft: Draft, redemption: Redemption) -> None:
    """A reward is given back: what it used up comes free. May raise StockNeeded."""
    if redemption.offer is None:
        return
    if redemption.kind == "offer":
        day = date.fromordinal(redemption.day_ordinal)
        _keep(draft, redemption.offer, times(draft.book.account, redemption.offer).less(day, 1))
    if redemption.unit:
        leave_unit(draft.book, offer_of(draft.book, redemption))
        note_unit(draft, redemption.offer, -1)
        redemption.unit = False


def take_again(draft: Draft, redemption: Redemption) -> None:
    """A reward that was given back is used after all: it counts again, and holds a unit if one is left.

    May raise StockNeeded.
    """
    if redemption.offer is None:
        return
    known, day = times(draft.book.account, redemption.offer), date.fromordinal(redemption.day_ordinal)
    _keep(draft, redemption.offer, Tally().more(day, 1).plus(known))
    offer = offer_of(draft.book, redemption)
    if take_unit(draft.book, offer):
        redemption.unit = True
        note_unit(draft, redemption.offer, 1)


def stock_of(offer: OfferTerms) -> StockName:
    """What the units of an offer are kept as."""
    return StockName("offer", offer.slug)


def _keep(draft: Draft, slug: str, tally: Tally) -> None:
    kept = draft.book.account.keeps.offers
    if tally.day is not None:
        draft.keep(offers={**kept, slug: [tally.day.toordinal(), *tally.sums]})
