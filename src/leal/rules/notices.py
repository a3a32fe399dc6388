"""Notices: what a member is told before points lapse or a tier ends, as pure functions of a settled account (S3.2).

For each coming lapse of available points, for the tier's deadline, and for each N of `warn_days`: the notice is due at
the start of the local day that lies N days before the last usable one. Time moves over that instant once, and so the
notice is made once. Notices change neither buckets nor entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

import msgspec

from leal.rules.account import Account
from leal.rules.calendar import last_usable_day, start_of_day
from leal.rules.expiration import schedule
from leal.rules.ledger import Book
from leal.rules.programme.terms import Need, Terms
from leal.rules.tier_ends import can_be_kept, end_at, follower, keep_have, rank
from leal.rules.tiers import is_set, lacking, set_tier
from leal.rules.worth import value_of
from leal.values import NEVER


class PointsExpiring(msgspec.Struct, frozen=True):
    """Points that lapse together soon. `value_micros` is None where points have no money value."""

    due_at: int
    ends_at: int
    last_day: date
    days: int
    """How many days before the last usable one this notice was due."""
    points: int
    value_micros: int | None


class TierAtRisk(msgspec.Struct, frozen=True):
    """A tier that ends soon, for what keeps it is not reached yet."""

    due_at: int
    ends_at: int
    last_day: date
    days: int
    tier: str
    falls_to: str | None
    """Slug of the tier that follows; None: none."""
    lacking: Need
    """What keeping it still lacks."""


Notice = PointsExpiring | TierAtRisk


def next_notice(account: Account, terms: Terms | None) -> int:
    """The next instant at which a notice falls due; NEVER when none will."""
    if terms is None or account.membership != "full" or not terms.programme.enabled:
        return NEVER
    coming = (
        due_at
        for ends_at, warn_days in _ends(account, terms)
        for due_at, _ in _instants(terms, ends_at, warn_days)
        if due_at > account.settled_at
    )
    return min(coming, default=NEVER)


def notices(book: Book, since: int) -> list[Notice]:
    """What fell due after `since` and up to the instant the account is settled to, of what has not ended by then.

    Of several notices about one end the last is made, and none that the version then in force did not ask for. Amounts
    and shortfalls are those of now. May raise DaysNeeded or CustomerNeeded.
    """
    account, terms = book.account, book.terms
    if terms is None or account.membership != "full" or not terms.programme.enabled:
        return []
    made: list[Notice] = []
    for ends_at, points in _lapses(account, terms) if _before_lapses(terms) else []:
        passed = _passed(book, terms, ends_at, _before_lapses, since)
        if passed is not None:
            day = last_usable_day(ends_at, terms.zone)
            made.append(PointsExpiring(passed[0], ends_at, day, passed[1], points, value_of(terms, points)))
    at_risk = _tier_at_risk(book, terms, since)
    return made if at_risk is None else [*made, at_risk]


def _tier_at_risk(book: Book, terms: Terms, since: int) -> TierAtRisk | None:
    account = book.account
    ends_at = end_at(account, terms)
    tier = set_tier(account, terms) if is_set(account, terms) else terms.tier(account.tier)
    if tier is None or ends_at == NEVER or not _before_deadlines(terms):
        return None
    passed = _passed(book, terms, ends_at, _before_deadlines, since)
    if passed is None:
        return None
    had = keep_have(book, terms)
    if can_be_kept(account, terms, tier, had):
        return None
    after = follower(book, terms, tier, account.settled_at)  # as the balance tells it
    if rank(after) >= tier.rank:
        return None
    return TierAtRisk(
        passed[0],
        ends_at,
        last_usable_day(ends_at, terms.zone),
        passed[1],
        tier.slug,
        None if after is None else after.slug,
        lacking(tier.keep, had),
    )


def _before_lapses(terms: Terms) -> Sequence[int]:
    return terms.programme.expiration.warn_days


def _before_deadlines(terms: Terms) -> Sequence[int]:
    return [] if terms.programme.tiers is None else terms.programme.tiers.warn_days


def _ends(account: Account, terms: Terms) -> Iterator[tuple[int, Sequence[int]]]:
    """The instants that are warned of, each with the days before it."""
    if warn_days := _before_lapses(terms):
        for ends_at, _ in _lapses(account, terms):
            yield ends_at, warn_days
    if end_at(account, terms) < NEVER and (warn_days := _before_deadlines(terms)):
        yield end_at(account, terms), warn_days


def _lapses(account: Account, terms: Terms) -> list[tuple[int, int]]:
    """Each coming lapse and its available points: at the lots' own ends, and of what is left when everything lapses."""
    own = [(lapse.at, lapse.points) for lapse in schedule(account, terms)]
    if account.everything_at == NEVER or not account.available:
        return own
    before = [lapse for lapse in own if lapse[0] < account.everything_at]
    left = account.available - sum(points for _, points in before)
    return [*before, (account.everything_at, left)] if left else before


def _instants(terms: Terms, ends_at: int, warn_days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """When the notices about an end fall due, each with its number of days."""
    last_day = last_usable_day(ends_at, terms.zone)
    for days in warn_days:
        yield start_of_day(last_day - timedelta(days=days), terms.zone), days


def _passed(
    book: Book, terms: Terms, ends_at: int, warn_days: Callable[[Terms], Sequence[int]], since: int
) -> tuple[int, int] | None:
    """The last of the notices about an end that fell due since, under a version that wanted it then."""
    passed = (one for one in _instants(terms, ends_at, warn_days(terms)) if since < one[0] <= book.account.settled_at)
    return max((one for one in passed if _was_wanted(book, one, warn_days)), default=None)


def _was_wanted(book: Book, notice: tuple[int, int], warn_days: Callable[[Terms], Sequence[int]]) -> bool:
    version = book.versions.in_force(notice[0])
    return version is not None and notice[1] in warn_days(version.terms)
