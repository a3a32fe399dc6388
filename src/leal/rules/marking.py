"""Marking: what staff note on a member so that the rules treat the member otherwise.

* `tester`: nothing follows from it; it tells people and reports that this is no real customer;
* `readonly`: points cannot be spent (S5.2);
* `disable_rewards`: the same, because rewards were taken from this member; `enable_rewards` is its opposite, and each
  takes the other's place;
* `disable_earning_rewards`: what happens from now on gives no points. An order first confirmed then counts for tiers,
  but none of its sources gives, now or later; points for entering a tier are not paid.
"""

from __future__ import annotations

from typing import Final

from leal.errors import Reason
from leal.rules.account import Account, Mark
from leal.rules.ledger import Book, Note

_OPPOSITE: Final[dict[Mark, Mark]] = {"disable_rewards": "enable_rewards", "enable_rewards": "disable_rewards"}


def mark(book: Book, word: Mark, note: Note | None, now: int, *, on: bool) -> None:
    """Set or clear a mark, as an entry of the history; one that is as wished stays so."""
    account = book.account
    others = [one for one in account.marks if one != word and not (on and one == _OPPOSITE.get(word))]
    draft = book.draft("marked", "staff", now)
    draft.note = note
    account.marks = sorted([*others, word]) if on else others
    draft.changes["marks"] = account.marks
    book.close(draft)


def united_marks(account: Account, joining: Account) -> list[Mark]:
    """The marks of both once one member took another over; of two opposites, the one's who took over (S11.2)."""
    brought = {word for word in joining.marks if _OPPOSITE.get(word) not in account.marks}
    return sorted({*account.marks, *brought})


def reasons_of_marks(account: Account) -> list[Reason]:
    """What marks have against spending points (S5.2)."""
    reasons = []
    if "readonly" in account.marks:
        reasons.append(Reason("read_only"))
    if "disable_rewards" in account.marks:
        reasons.append(Reason("rewards_disabled"))
    return reasons


def earns(account: Account) -> bool:
    """Whether what the member does gives points."""
    return "disable_earning_rewards" not in account.marks
