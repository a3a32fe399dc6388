"""The kept record: the text of a member's record as it is stored beside the account, so that nobody need make it again.

It can be thrown away at any time, and made of the account again. Whoever reads it sees to it that it still holds:
nothing fell due since (`next_due_at`, `record_due_at`), no newer version is in force, no entry was made since.
"""

from __future__ import annotations

from typing import Final

import msgspec

from leal.rules.outline import Outline
from leal.rules.programme.terms import Terms
from leal.rules.record import End, Record, nobody, record_with

NO_PART: Final = ""
"""Kept of somebody who takes no part."""
_ID: Final = '{"customer_id":'
_NOBODY: Final = len(_ID) + len('""')

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Record).decode


def kept_record(shown: Outline, terms: Terms, coming: list[End]) -> str:
    """What is kept of the record of somebody who takes part: its JSON but for the id, with which it begins."""
    return _encode(record_with(shown, "", terms, coming))[_NOBODY:].decode()


def written(told: Record) -> bytes:
    """The JSON of a record."""
    return _encode(told)


def written_kept(kept: str, customer_id: str) -> bytes:
    """The JSON of the record that is kept, under the id that it goes by."""
    if not kept:
        return written(nobody(customer_id))
    return b"%b%b%b" % (_ID.encode(), _encode(customer_id), kept.encode())


def read_kept(kept: str, customer_id: str) -> Record:
    """The record that is kept, under the id that it goes by."""
    return _decode(f"{_ID}{_encode(customer_id).decode()}{kept}") if kept else Record(customer_id, member=False)
