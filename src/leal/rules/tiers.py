"""Tiers: what a member has reached, until when, and what keeps or lifts it (S8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from leal.rules.account import NOTHING, Account, Counts
from leal.rules.calendar import Span, add, add_to_day, local_day, start_of_day
from leal.rules.conditions import Condition
from leal.rules.ledger import Book
from leal.rules.programme.ladder import AnniversaryYearWindow, CalendarYearWindow
from leal.rules.programme.terms import Need, Terms, TierTerms
from leal.values import NEVER

NOTHING_LACKS: Final = Need()


class Window(NamedTuple):
    """A stretch of local days; `first` None is from the beginning, `until` is the instant it ends."""

    first: date | None
    until: int


def current_tier(account: Account, terms: Terms | None) -> TierTerms | None:
    """The member's tier: the one that was earned, or the one that staff set where that holds (S8.7)."""
    return set_tier(account, terms) if is_set(account, terms) else earned_tier(account, terms)


def earned_tier(account: Account, terms: Terms | None) -> TierTerms | None:
    """The tier that the rules give; the initial one where none was earned and everyone has it."""
    if terms is None or not terms.tiers:
        return None
    return terms.tier(account.tier) or _lowest(terms)


def set_tier(account: Account, terms: Terms | None) -> TierTerms | None:
    """The tier that staff set; None is the place below the ladder, or that nothing is set."""
    if terms is None or not terms.tiers or account.set_tier is None:
        return None
    return terms.tier(account.set_tier) or (_lowest(terms) if account.set_tier == "" else None)


def tier_above(terms: Terms, tier: TierTerms | None) -> TierTerms | None:
    """The tier one step above, None at the top (S8.6)."""
    rank = -1 if tier is None else tier.rank
    return terms.tiers[rank + 1] if rank + 1 < len(terms.tiers) else None


def is_locked(account: Account, terms: Terms | None) -> bool:
    """Whether staff fixed the member's tier; a tier that is no more in the ladder fixes nothing."""
    if terms is None or not terms.tiers or account.set_tier is None or not account.set_locked:
        return False
    return account.set_tier == "" or terms.tier(account.set_tier) is not None


def is_set(account: Account, terms: Terms | None) -> bool:
    """Whether the member's tier is the one that staff set: locked, above the earned one, or the same for longer."""
    if account.set_tier is None:
        return False
    if is_locked(account, terms):
        return True
    step, earned = set_tier(account, terms), earned_tier(account, terms)
    if step is None:
        return False
    if earned is None or step.rank == earned.rank:
        return earned is None or account.set_until > account.tier_deadline_at
    return step.rank > earned.rank


def _lowest(terms: Terms) -> TierTerms | None:
    return terms.tiers[0] if terms.initial_tier else None


def window_at(terms: Terms, at: int, joined_at: int | None) -> Window:
    """The tier window that holds the instant (S8.2); a stranger's year begins today."""
    ladder = terms.programme.tiers
    kind = None if ladder is None else ladder.window
    today = local_day(at, terms.zone)
    if isinstance(kind, CalendarYearWindow):
        return _calendar_year(today.year, terms.zone)
    if isinstance(kind, AnniversaryYearWindow):
        return _anniversary_year(today, today if joined_at is None else local_day(joined_at, terms.zone), terms.zone)
    if terms.rolling_window is not None:
        return _rolling(today, terms.rolling_window, terms.zone)
    return Window(None, NEVER)


@lru_cache(maxsize=1024)
def _calendar_year(year: int, zone: ZoneInfo) -> Window:
    return Window(date(year, 1, 1), start_of_day(date(year + 1, 1, 1), zone))


@lru_cache(maxsize=20_000)
def _anniversary_year(today: date, joined: date, zone: ZoneInfo) -> Window:
    years = today.year - joined.year
    years -= add_to_day(joined, Span(12 * years, 0)) > today
    until = add_to_day(joined, Span(12 * (years + 1), 0))
    return Window(add_to_day(joined, Span(12 * years, 0)), start_of_day(until, zone))


@lru_cache(maxsize=1024)
def _rolling(today: date, span: Span, zone: ZoneInfo) -> Window:
    return Window(_first_rolling_day(today, span), start_of_day(today + timedelta(1), zone))


def _first_rolling_day(today: date, span: Span) -> date:
    """The earliest day that has not left a rolling window: a day leaves at the start of day + span (S8.2)."""
    first = add_to_day(today, Span(-span.months, -span.days))
    while add_to_day(first, span) > today:
        first -= timedelta(1)
    while add_to_day(first, span) <= today:
        first += timedelta(1)
    return first


def sum_days(days: dict[date, Counts], first: date | None, last: date | None = None) -> Counts:
    """What counts from the first to the last day, both included; None leaves that side open."""
    total = NOTHING
    for day, counts in days.items():
        if (first is None or day >= first) and (last is None or day <= last):
            total = total.plus(counts)
    return total


def sum_since(book: Book, first: date) -> Counts:
    """What counts from a day on; asks for the day sums only where anything was counted since. May raise DaysNeeded."""
    counted_on = book.account.counted_on
    return NOTHING if counted_on is None or counted_on < first else sum_days(book.day_sums(), first)


class Have(NamedTuple):
    """What a member has of what tiers ask for: what counts, and the answers of conditions, asked when needed."""

    counts: Counts
    holds: Callable[[Condition], bool]
    """May raise CustomerNeeded."""


def window_counts(book: Book, terms: Terms, at: int) -> Counts:
    """What counts inside the window at the instant, from the cached sum where it holds; may raise DaysNeeded."""
    account = book.account
    window = window_at(terms, at, account.joined_at)
    if window.first is None:
        account.window_from, account.window_until, account.window = None, NEVER, account.life
    elif terms.rolling_window is not None:
        _roll(book, terms, terms.rolling_window, window.first, at)
    elif window.first != account.window_from or account.window_until != window.until:
        account.window = sum_since(book, window.first)
        account.window_from, account.window_until = window.first, window.until
    return _by_basis(account, terms, account.window)


def _roll(book: Book, terms: Terms, span: Span, first: date, at: int) -> None:
    """Keep the sum of a rolling window: it holds until the first day that counts leaves."""
    account = book.account
    if account.window_from is None or at >= account.window_until:
        account.window, account.window_from = sum_since(book, first), first
        days = book.day_sums() if account.window else {}
        account.window_until = _first_to_leave(terms, span, [day for day in days if day >= first and days[day]])
        return
    account.window_until = min(account.window_until, _first_to_leave(terms, span, list(book.counted)))
    if at >= account.window_until:  # what was just counted lies before the window
        account.window_from = None
        _roll(book, terms, span, first, at)


def _first_to_leave(terms: Terms, span: Span, days: list[date]) -> int:
    return min((start_of_day(add_to_day(day, span), terms.zone) for day in days), default=NEVER)


def counts_change_at(book: Book, terms: Terms, at: int) -> int:
    """The least instant after one at which time alone could change what counts inside the window; NEVER without one.

    It is the instant itself where the window's cached sum holds, else a bound before it: asks for no day sums.
    """
    account, counted_on = book.account, book.account.counted_on
    window = window_at(terms, at, account.joined_at)
    if window.first is None or counted_on is None or counted_on < window.first:
        return NEVER
    if terms.rolling_window is None and account.joined_at is not None:
        return window.until
    tomorrow = start_of_day(local_day(at, terms.zone) + timedelta(1), terms.zone)
    if terms.rolling_window is None:
        return min(window.until, tomorrow)
    if account.window_from is None or at >= account.window_until:
        return tomorrow
    span = terms.rolling_window
    leaving = (start_of_day(add_to_day(day, span), terms.zone) for day in book.counted)
    return min([account.window_until, *(leaves_at for leaves_at in leaving if leaves_at > at)])


def _by_basis(account: Account, terms: Terms, counts: Counts) -> Counts:
    """The counts with the points that tiers go by: what qualified, or what is available (S8.1)."""
    ladder = terms.programme.tiers
    if ladder is None or ladder.basis == "qualifying":
        return counts
    return msgspec.structs.replace(counts, qualifying=account.available)


def is_met(need: Need, had: Have) -> bool:
    """Whether the requirement as a whole is met (S8.1); a tier that asks nothing is met. May raise CustomerNeeded.

    A condition is asked last, and only where the counts leave it open.
    """
    if not asks(need):
        return True
    every, counts = need.every, had.counts  # asked often: without a list of them
    if (wanted := need.points) is not None and (wanted <= 0 or counts.qualifying >= wanted) is not every:
        return not every
    if (wanted := need.spend_micros) is not None and (wanted <= 0 or counts.spend_micros >= wanted) is not every:
        return not every
    if (wanted := need.orders) is not None and (wanted <= 0 or counts.orders >= wanted) is not every:
        return not every
    for event in need.events:
        if (counts.events.get(event, 0) >= 1) is not every:
            return not every
    return every if need.condition is None else had.holds(need.condition)


def progress(need: Need, had: Have) -> int:
    """Permyriad, floored: the smallest share for `all`, the largest for `any`; 10000 only when met (S8.5)."""
    return 10_000 if is_met(need, had) else _share(need, had)


def _share(need: Need, had: Have) -> int:
    """The progress towards a requirement that is not met."""
    counts, shares = had.counts, []
    if need.points is not None:
        shares.append(_part(counts.qualifying, need.points))
    if need.spend_micros is not None:
        shares.append(_part(counts.spend_micros, need.spend_micros))
    if need.orders is not None:
        shares.append(_part(counts.orders, need.orders))
    for event in need.events:
        shares.append(_part(counts.events.get(event, 0), 1))
    if need.condition is not None:
        shares.append(10_000 * had.holds(need.condition))
    return min(shares) if need.every else max(shares)


def _part(have: int, wanted: int) -> int:
    return 10_000 if have >= wanted else have * 10_000 // wanted if have > 0 else 0


def lacking(need: Need, had: Have) -> Need:
    """What is still lacking of each threshold; nothing at all when the requirement is met (S8.5)."""
    return NOTHING_LACKS if is_met(need, had) else _lacks(need, had)


def way_to(need: Need, had: Have) -> tuple[Need, int]:
    """What is lacking, and the progress (S8.5), asked for at once. May raise CustomerNeeded."""
    return (NOTHING_LACKS, 10_000) if is_met(need, had) else (_lacks(need, had), _share(need, had))


def _lacks(need: Need, had: Have) -> Need:
    """What is still lacking of a requirement that is not met."""
    counts = had.counts
    return Need(
        points=_short(need.points, counts.qualifying),
        spend_micros=_short(need.spend_micros, counts.spend_micros),
        orders=_short(need.orders, counts.orders),
        every=need.every,
        events=tuple([event for event in need.events if not counts.events.get(event)]),
        condition=None if need.condition is None or had.holds(need.condition) else need.condition,
    )


def _short(wanted: int | None, have: int) -> int | None:
    return None if wanted is None or have >= wanted else wanted - have


def highest_met(terms: Terms, had: Have, *, below: TierTerms | None = None) -> TierTerms | None:
    """The highest tier, or the highest `below` one, whose requirements are met; the initial one always is.

    May raise CustomerNeeded.
    """
    for tier in reversed(terms.tiers if below is None else terms.tiers[: below.rank]):
        if (tier.rank or terms.initial_tier or asks(tier.need)) and is_met(tier.need, had):
            return tier
    return None


def asks(need: Need) -> bool:
    """Whether the requirement asks anything."""
    return (
        need.points is not None
        or need.spend_micros is not None
        or need.orders is not None
        or need.condition is not None
        or bool(need.events)
    )


# ------------------------------------------------------------------------------------------------------ deadlines


def end_after_entry(terms: Terms, tier: TierTerms, at: int, joined_at: int | None) -> int:
    """The end, without grace, of a tier entered at the instant (S8.3): a term, or the end of the next window."""
    if tier.life.ends == "term" and tier.term is not None:
        return add(at, tier.term, terms.zone, tier.life.round_up)
    window = window_at(terms, at, joined_at)
    if tier.life.ends == "never" or window.until == NEVER:
        return NEVER
    return window_at(terms, window.until, joined_at).until


def end_after_renewal(terms: Terms, tier: TierTerms, ended_at: int, joined_at: int | None) -> int:
    """The end, without grace, of a tier renewed (or fallen to) at an end: a term more, or the window begun there."""
    if tier.life.ends == "term" and tier.term is not None:
        return add(ended_at, tier.term, terms.zone, tier.life.round_up)
    return NEVER if tier.life.ends == "never" else window_at(terms, ended_at, joined_at).until


def with_grace(terms: Terms, tier: TierTerms, ends_at: int) -> int:
    """The deadline that is shown and judged (S8.4); an initial tier and one that never falls have none."""
    if ends_at == NEVER or tier.life.downgrade == "never" or (tier.rank == 0 and terms.initial_tier):
        return NEVER
    return ends_at if tier.grace == _NO_SPAN else _after_grace(ends_at, tier.grace, terms.zone, tier.life.round_up)


_NO_SPAN: Final = Span(0, 0)
_after_grace: Final = lru_cache(maxsize=1024)(add)
"""Tiers of many members end at the same instants."""


def judged_first_day(account: Account, terms: Terms, ends_at: int) -> date | None:
    """First day of the window judged at an end: the window that ends there, or back to the day after entry (S8.4)."""
    first = window_at(terms, ends_at - 1, account.joined_at).first
    if first is not None and account.keeps.tier_on is not None:
        return min(first, account.keeps.tier_on + timedelta(days=1))
    return from_day_after(first, account.tier_since, terms)


def from_day_after(first: date | None, since: int | None, terms: Terms) -> date | None:
    """The first day of a window, or the day after an instant where that is before."""
    if first is None or since is None or since >= start_of_day(first, terms.zone):
        return first
    return min(first, local_day(since, terms.zone) + timedelta(days=1))


def day_of_tier(account: Account, terms: Terms) -> date | None:
    """The local day of entry or last renewal, up to which it was looked at what gave the tier."""
    if account.keeps.tier_on is not None or account.tier_since is None:
        return account.keeps.tier_on
    return local_day(account.tier_since, terms.zone)


def judged_counts(book: Book, terms: Terms, ends_at: int | None = None) -> Counts:
    """What counts at the tier's deadline, were it now; or at another end. May raise DaysNeeded."""
    account = book.account
    first = judged_first_day(account, terms, account.tier_ends_at if ends_at is None else ends_at)
    return counts_since(book, terms, first)


def counts_since(book: Book, terms: Terms, first: date | None) -> Counts:
    """What counts from a day on (None: the beginning), from the cached sum where it is that. May raise DaysNeeded."""
    account = book.account
    if first is None:
        return _by_basis(account, terms, account.life)
    cached = first == account.window_from and terms.rolling_window is None
    return _by_basis(account, terms, account.window if cached else sum_since(book, first))


def after_failing(terms: Terms, tier: TierTerms, had: Have) -> TierTerms | None:
    """The tier that follows when the keep requirements fail: what is earned, or at most one step down (S8.4)."""
    earned = highest_met(terms, had, below=tier)
    if tier.life.downgrade == "one_step" and tier.rank > 0:
        step = terms.tiers[tier.rank - 1]
        return step if earned is None or earned.rank < step.rank else earned
    return earned
