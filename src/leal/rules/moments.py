"""Moments: when all of a member's points would lapse at once, told again from the entries (S7.2, S3.5).

No entry holds that moment: it hangs on the calendar, on what keeps points alive and on the versions that took effect,
and all of these are in the history.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from leal.rules.account import Account
from leal.rules.expiration import keep_alive, move_forward, next_moment, pass_moment, start_clock, switch_policy
from leal.rules.granting import REWARDS
from leal.rules.ledger import HELD, Entry
from leal.rules.merging import FROM
from leal.rules.programme.terms import Terms, Versions
from leal.values import NEVER


def moments_of(entries: Iterable[Entry], versions: Versions) -> tuple[int, int | None]:
    """The moment as the last of the entries left it, NEVER where none was set, and the last one that had come by then.

    Microseconds since 1970.
    """
    account = Account(0, 0)
    version, last_at = 0, 0
    for entry in entries:
        if not entry.programme:
            continue
        for number in range(version + 1, entry.programme + 1) if version else ():
            former, taking_effect = versions.numbered(number - 1), versions.numbered(number)
            at = max(taking_effect.effective_at, last_at)
            pass_moment(account, former.terms, at)
            switch_policy(account, former.terms, taking_effect.terms, at)
        version, last_at = entry.programme, entry.effective_at
        _follow(account, versions.numbered(version).terms, entry)
    return account.everything_at, account.everything_passed_at


def follow_versions(account: Account, versions: Versions, until: int) -> None:
    """The versions that took effect for a past account after its last entry; all else that they brought it was entered.

    So nothing is judged again by what the shop told since (S3.5, S9.6). Microseconds since 1970.
    """
    while (coming := versions.after(account.settled_version)) is not None and coming.effective_at <= until:
        former = versions.numbered(account.settled_version).terms if account.settled_version else None
        account.settled_at = max(account.settled_at, coming.effective_at)
        pass_moment(account, former, account.settled_at)
        switch_policy(account, former, coming.terms, account.settled_at)
        account.settled_version = coming.number


def _spends(entry: Entry) -> bool:
    """Whether the entry of a redemption tells of points spent: not of a hold, nor of a reward that cost nothing."""
    if entry.type in REWARDS:
        return entry.points != 0
    return entry.type != HELD


def _follow(account: Account, terms: Terms, entry: Entry) -> None:
    account.settled_at = entry.effective_at
    pass_moment(account, terms, entry.effective_at)
    if entry.type == FROM:
        changes = json.loads(entry.changes)
        account.everything_at, account.everything_passed_at = changes["everything_at"], changes["everything_passed_at"]
        account.joined_at = changes["joined_at"]
        return
    if "everything_at" in entry.changes:
        start_clock(account, json.loads(entry.changes).get("everything_at", NEVER))
    if entry.type == "joined" and account.joined_at is None:
        account.joined_at = entry.effective_at
        move_forward(account, next_moment(terms, entry.effective_at))
    elif entry.award and (entry.type.startswith("earned_") or entry.type in ("birthday_gift", "milestone_reached")):
        keep_alive(account, terms, "award", entry.occurred_at)
    elif entry.cause == "redemption" and entry.cause_number == entry.number and _spends(entry):
        keep_alive(account, terms, "redemption", entry.effective_at)
