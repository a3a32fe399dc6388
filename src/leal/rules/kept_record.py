"""The kept record: the text of a member's record as it is stored beside the account, so that nobody need make it again.

It can be thrown away at any time, and made of the account again. Whoever reads it sees to it that it still holds:
nothing fell due since (`next_due_at`, `record_due_at`), no newer version is in force, no entry was made since.
"""

from __future__ import annotations

from typing import Final

import msgspec

from leal.rules.ledger import Book, DaysNeeded
from leal.rules.outline import outline
from leal.rules.record import Record, record
from leal.rules.tiers import current_tier, tier_above

NO_PART: Final = ""
"""Kept of somebody who takes no part."""
_ID: Final = '{"customer_id":'
_NOBODY: Final = len(_ID) + len('""')

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Record).decode


def kept_record(book: Book, now: int) -> str | None:
    """What is kept of a settled member's record: its JSON but for the id, with which it begins.

    None where nothing is: the record goes by a condition, which may read what the shop says of the customer, or the
    account alone does not tell it. What the record goes by is brought up to `now` with it, as by `record_due.refresh`.
    """
    account, terms = book.account, book.terms
    if account.is_gone:
        return None
    if terms is not None and account.membership == "full":
        above = tier_above(terms, current_tier(account, terms))
        if account.joined_at is None or (above is not None and above.need.condition is not None):
            return None
    try:
        shown = outline(book, now)
    except DaysNeeded:
        return None
    return _encode(record(shown, ""))[_NOBODY:].decode() if shown.is_member else NO_PART


def read_kept(kept: str, customer_id: str) -> Record:
    """The record that is kept, under the id that it goes by."""
    return _decode(f"{_ID}{_encode(customer_id).decode()}{kept}") if kept else Record(customer_id, member=False)
