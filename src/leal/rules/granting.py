"""Granting: giving a member what an offer gives, for nothing (S9.2)."""

from __future__ import annotations

from leal.errors import NotFound, Reason, Refused
from leal.rules import rewards
from leal.rules.calendar import add, local_day
from leal.rules.codes import follow_code
from leal.rules.ledger import Book, Draft, Note
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.returning import Redemption
from leal.values import NEVER

TAKEN = "vendible_redemption"
"""The entry by which a member took an offer."""
GIVEN = "earned_as_reward"
"""The entry by which a member was given something for nothing."""
REWARDS = (TAKEN, GIVEN)


class UnknownOffer(NotFound):
    """The programme has no such offer, or this customer does not see it."""

    id = "unknown_offer"
    sentence = "There is no such offer for this customer."


def grant(book: Book, slug: str, at: int, why: str, note: Note | None = None, **facts: object) -> Redemption:
    """Give the member what an offer of the programme in force gives, for nothing.

    Neither price, dates, condition nor the limit per member are asked. It becomes a reward without a code, which the
    member turns into one when it is wanted (`rules/offers.py:use`), or which the shop hands out. `why` is a machine's
    word for the entry, such as `milestone third-order`; nothing personal. The reward stands in `book.rewards` and is
    stored with the entry, as are rare facts to keep of the account.

    An offer with a stock gives a unit of it; raises Refused (`out_of_stock`) where none is left, and may raise
    StockNeeded: what time alone decides gives no such offer. Raises UnknownOffer where the programme has none.
    """
    terms = book.terms
    offer = None if terms is None else terms.offers.get(slug)
    if offer is None:
        raise UnknownOffer
    has_unit = rewards.take_unit(book, offer)
    if offer.stock is not None and not has_unit:
        raise Refused([Reason("out_of_stock")])
    draft = book.draft(GIVEN, "redemption", at, cause_number=book.account.number + 1)
    draft.note, draft.changes["why"] = note, why
    if facts:
        draft.keep(**facts)
    made = begun(draft, offer, "grant", has_unit=has_unit)
    finish(draft, made)
    book.rewards.append(made)
    return made


def begun(draft: Draft, offer: OfferTerms, kind: str, *, has_unit: bool) -> Redemption:
    """The reward of an entry, noted in it; points and code are the caller's to add."""
    terms, at = draft.book.terms, draft.at
    assert terms is not None  # they have the offer
    ends_at = NEVER if offer.life is None or offer.is_delivered else add(at, offer.life, terms.zone, "day")
    draft.changes["offer"] = offer.slug
    if ends_at != NEVER:
        draft.changes["code_ends_at"] = ends_at
    if has_unit:
        rewards.note_unit(draft, offer.slug, 1)
    return Redemption(
        number=draft.number,
        kind=kind,
        code=None,
        status="unused",
        points=0,
        amount=offer.amount_micros,
        drawn_at=at,
        day_ordinal=local_day(at, terms.zone).toordinal(),
        draws=[],
        returned=[],
        expires_at=ends_at,
        offer=offer.slug,
        version=draft.book.account.settled_version,
        unit=has_unit,
    )


def finish(draft: Draft, made: Redemption) -> None:
    """Close the entry of the reward, which is the member's from here on."""
    made.change_id = draft.book.close(draft).id
    follow_code(draft.book.account, made)
