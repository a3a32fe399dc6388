"""The kept balance: what the plain balance tells of a member beside the programme, as it is stored with the account.

It can be thrown away at any time, and made of the account again. Whoever reads it sees to it that it still holds: its
instant has not come, no newer version is in force, no entry was made since.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import msgspec

from leal.rules.account import Account, Membership
from leal.rules.calendar import local_day, period_end, start_of_day
from leal.rules.expiration import Lapse
from leal.rules.ledger import Book
from leal.rules.limits import counting_day, limit_in_force, state
from leal.rules.membership import shown_membership
from leal.rules.outline import Outline
from leal.rules.programme.terms import Need, Terms
from leal.rules.programme.words import Period, RedemptionLimit
from leal.rules.standing import TierEnd, anniversary, tier_end
from leal.rules.tiers import NOTHING_LACKS, way_to, window_at
from leal.values import NEVER


class KeptWay(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far a requirement is that is not met: progress in permyriad, and what lacks of each threshold."""

    progress: int
    points: int | None = None
    spend_micros: int | None = None
    orders: int | None = None
    events: tuple[str, ...] = ()


class KeptEnd(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """When the tier ends, what follows, until when it goes on if it is kept, and what lacks for that; instants in
    microseconds."""

    deadline_at: int
    falls_to: str
    extended_deadline_at: int
    keep: KeptWay | None = None
    """None: it is met."""


class KeptLapse(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The next points to lapse; the last day on which they are usable as it is written."""

    at: int
    day: str
    points: int


class KeptBalance(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a balance tells of a member. Money in micros, instants in microseconds; None is the usual at the end."""

    available: int
    pending: int
    held: int
    earned: int
    redeemed: int
    expired: int
    debt: int
    membership: Membership
    spend_micros: int
    upgrade_spend: int
    tier: int
    """Its rank; -1: below the ladder."""
    anniversary_day: str | None = None
    next_lapse: KeptLapse | None = None
    ahead: KeptWay | None = None
    """What lacks of the next tier; None also where there is none."""
    everything_at: int | None = None
    end: KeptEnd | None = None
    lacking: KeptWay | None = None
    """What lacks of the tier's own requirement."""
    remaining: int | None = None
    """What is left of the limit in force; None: all of it, or there is none."""
    global_remaining: int | None = None


_encode: Final = msgspec.json.Encoder().encode
read_kept_balance: Final = msgspec.json.Decoder(KeptBalance).decode
"""What was kept; takes its text."""


def keeps_balance(shown: Outline) -> bool:
    """Whether a member's balance is kept: the member takes part, and the account tells all that is shown.

    It does not where a tier asks for what a condition says, which may read what the shop tells of the customer or
    count days; milestones and subscriptions are left to those who make the balance.
    """
    terms = shown.terms
    if terms is None or not shown.is_member:
        return False
    programme = terms.programme
    return not programme.milestones and programme.subscriptions is None and not terms.tiers_go_by_conditions


def kept_balance(book: Book, shown: Outline, terms: Terms, lapse: Lapse | None, now: int) -> str:
    """The text that is kept of a settled member's balance, whose next lapse is known, as `KeptBalance` reads it.

    May raise DaysNeeded.
    """
    account, tier, had = book.account, shown.tier, shown.had
    assert had is not None  # of whoever takes part
    joined_on = anniversary(account, terms)
    told = [
        account.available,
        account.pending,
        account.held,
        account.earned,
        account.redeemed,
        account.expired,
        account.debt,
        shown_membership(account, terms),
        account.life.spend_micros,
        had.counts.spend_micros,
        -1 if tier is None else tier.rank,
        joined_on,
        None if lapse is None else (lapse.at, lapse.day, lapse.points),
        None if shown.lacks is None else _way(shown.lacks, shown.progress),
        None if shown.everything_at == NEVER else shown.everything_at,
        None if shown.tier_ends_at == NEVER or tier is None else _end(tier_end(book, terms, tier, now)),
        None if tier is None else _way(*way_to(tier.need, had)),
    ]
    if account.limit_day is not None:
        told += (left for _, left in _limits_used(account, shown, terms, now))
    return _encode(without_usual(told)).decode()


def holds_until(book: Book, shown: Outline, terms: Terms, at: int, counts_until: int) -> int:
    """The least instant after `at` at which what is kept could be another though nothing happens; the instant itself
    where that is at once. What counts inside the window changes at `counts_until`.

    Something falls due; what counts leaves a window, or the window of what is judged moves on; a moment at which
    everything lapses passes; a limit's period ends.
    """
    account = book.account
    until = min(account.next_due_at, counts_until, shown.everything_at)
    if account.limit_day is not None:
        until = min(until, _limits_until(account.limit_day, account, shown, terms, at))
    if shown.tier_ends_at != NEVER:
        until = min(until, _judged_until(book, terms, at))
    return until


def _limits_until(newest: date, account: Account, shown: Outline, terms: Terms, at: int) -> int:
    """Until when the same is left of the limits, where points were redeemed, last on the day `newest`."""
    today, until = counting_day(newest, terms, at), NEVER
    for period, left in _limits_used(account, shown, terms, at):
        if left is not None and period is not None and (ends := period_end(today, period)):
            until = min(until, start_of_day(ends, terms.zone))
    return until


def _limits_used(
    account: Account, shown: Outline, terms: Terms, at: int
) -> tuple[tuple[Period | None, int | None], tuple[Period | None, int | None]]:
    """The period, and what is left, of the limit in force and of the common one, where points were redeemed; None: all
    of it, or there is none."""
    rules, day = terms.programme.redemption, counting_day(account.limit_day, terms, at)
    common = None if rules is None else rules.limit
    return _left(account, limit_in_force(terms, shown.tier), day), _left(account, common, day)


def _left(account: Account, limit: RedemptionLimit | None, day: date) -> tuple[Period | None, int | None]:
    if limit is None:
        return None, None
    total, remaining, period = state(account, limit, day)
    return period, None if remaining == total else remaining


def _judged_until(book: Book, terms: Terms, at: int) -> int:
    """Until when what is judged at the end of a tier, were it now, is of the same days (S8.4)."""
    joined_at = book.account.joined_at
    window = window_at(terms, at, joined_at)
    if window.first is None:
        return NEVER
    if window_at(terms, at - 1, joined_at) != window:  # the window that ended this instant is judged for it yet
        return at
    if terms.rolling_window is None and joined_at is not None:
        return window.until
    return start_of_day(local_day(at, terms.zone) + timedelta(1), terms.zone)


def lacks_of(way: KeptWay | None) -> Need:
    """What lacks, as it was before it was kept."""
    if way is None:
        return NOTHING_LACKS
    return Need(way.points, way.spend_micros, way.orders, events=way.events)


def _way(lacking: Need, progress: int) -> list[Any] | None:
    if lacking is NOTHING_LACKS:
        return None
    return without_usual([progress, lacking.points, lacking.spend_micros, lacking.orders, lacking.events or None])


def _end(end: TierEnd | None) -> list[Any] | None:
    if end is None:
        return None
    keep = _way(end.keep.lacking, end.keep.progress)
    return without_usual([end.deadline_at, end.falls_to, end.extended_deadline_at, keep])


def without_usual(values: list[Any]) -> list[Any]:
    """The values without those at the end that are as usual."""
    while values[-1] is None:
        values.pop()
    return values
