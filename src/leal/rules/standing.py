"""Standing: everything a member is shown at one instant, as a pure function of account, programme and now (S13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from leal.errors import Reason
from leal.rules import limits
from leal.rules.account import Account
from leal.rules.calendar import local_day
from leal.rules.completing import SourceStanding, sources_shown
from leal.rules.expiration import Lapse, moment_after_lapse, moment_at, next_lapse
from leal.rules.judging import Judge, have
from leal.rules.ledger import Book
from leal.rules.limits import LimitState
from leal.rules.offers import cost, unavailable_reasons, visible_offers
from leal.rules.programme.document import Milestone
from leal.rules.programme.offer_terms import OfferTerms
from leal.rules.programme.terms import Need, Terms, TierTerms, Versions
from leal.rules.programme.words import RedemptionLimit
from leal.rules.stock import Shelves
from leal.rules.tier_ends import end_at, end_when_kept, follower, keep_have
from leal.rules.tiers import (
    NOTHING_LACKS,
    Have,
    current_tier,
    tier_above,
    way_to,
    window_counts,
)
from leal.rules.worth import value_of
from leal.values import NEVER


class Asked(NamedTuple):
    """Requirements as one member meets them: thresholds, what lacks, and progress in permyriad (S8.5)."""

    need: Need
    lacking: Need
    progress: int


TOLD: Final = Asked(Need(), NOTHING_LACKS, 10_000)
"""Of a tier of which whoever asks knows how far the member is."""


class TierEnd(NamedTuple):
    """When a tier ends, what keeps it, and what follows otherwise (S8.4)."""

    deadline_at: int
    falls_to: str
    keep: Asked
    extended_deadline_at: int


class TierStanding(NamedTuple):
    """A tier beside one member."""

    tier: TierTerms
    asked: Asked
    end: TierEnd | None = None
    limit: LimitState | None = None


class OfferStanding(NamedTuple):
    """An offer beside one member: its price in points, and everything that keeps the member from it."""

    offer: OfferTerms
    points: int
    reasons: list[Reason]


class MilestoneStanding(NamedTuple):
    """A milestone beside one member."""

    milestone: Milestone
    is_reached: bool


class ProgrammeShown(NamedTuple):
    """What a member is shown of the programme: tiers, sources and offers, each beside the member."""

    tiers: Sequence[TierStanding]
    sources: Sequence[SourceStanding]
    offers: Sequence[OfferStanding]


class Standing(NamedTuple):
    """What a member is shown. Money in micros, instants in microseconds."""

    account: Account
    terms: Terms | None = None
    available_value: int | None = None
    pending_value: int | None = None
    upgrade_spend: int = 0
    anniversary_day: date | None = None
    everything_at: int | None = None
    """When all available points lapse, where the programme has such a moment (S7.3)."""
    next_lapse: Lapse | None = None
    current: TierStanding | None = None
    next: TierStanding | None = None
    limit: LimitState | None = None
    global_limit: LimitState | None = None
    tiers: Sequence[TierStanding] = ()
    """Those that the member sees."""
    milestones: Sequence[MilestoneStanding] | None = None
    """All of them; None: the programme has none, and no subscriptions."""
    sources: Sequence[SourceStanding] = ()
    offers: Sequence[OfferStanding] = ()
    """Those that the member sees."""


def standing(book: Book, now: int, *, full: bool) -> Standing:
    """What the member of a settled book is shown at `now`; `full` adds ladder, sources and offers.

    May raise DaysNeeded, CustomerNeeded, CapsNeeded or StockNeeded.
    """
    account, terms = book.account, book.terms
    if terms is None or not terms.programme.enabled:
        return Standing(
            account, None, None, None, account.life.spend_micros, None, None, None, None, None, None, None, []
        )
    counts = window_counts(book, terms, now)
    had = have(book, counts)
    tier = current_tier(account, terms)
    today = limits.counting_day(account.limit_day, terms, now)
    above = tier_above(terms, tier)
    redemption = terms.programme.redemption
    common = None if redemption is None else redemption.limit
    common_state = _limit(account, common, today)
    limit = limits.limit_in_force(terms, tier)
    everything_at = moment_at(account, terms, now)
    current = None if tier is None else TierStanding(tier, _asked(tier.need, had), tier_end(book, terms, tier, now))
    ahead = None if above is None else TierStanding(above, _asked(above.need, had))
    shown = Standing(
        account=account,
        terms=terms,
        available_value=value_of(terms, account.available),
        pending_value=value_of(terms, account.pending),
        upgrade_spend=counts.spend_micros,
        anniversary_day=anniversary(account, terms),
        everything_at=None if everything_at == NEVER else everything_at,
        next_lapse=next_lapse(account, terms),
        current=current,
        next=ahead,
        limit=_limit(account, limit, today) if limit is not common else common_state,
        global_limit=common_state,
        milestones=_milestones(account, terms),
    )
    if not full:
        return shown
    tiers, sources, offers = _programme(book, terms, current, ahead, had, now)
    return shown._replace(tiers=tiers, sources=sources, offers=offers)


def programme_beside(book: Book, now: int) -> ProgrammeShown:
    """What a member who takes part is shown of the programme. Of the member's tier, and of the next, it does not say
    what is lacking, nor of the former when it ends: whoever asks knows.

    May raise DaysNeeded, CustomerNeeded, CapsNeeded or StockNeeded.
    """
    account, terms = book.account, book.terms
    assert terms is not None  # it is in force
    tier = current_tier(account, terms)
    current, ahead = (None if one is None else TierStanding(one, TOLD) for one in (tier, tier_above(terms, tier)))
    return _programme(book, terms, current, ahead, have(book, window_counts(book, terms, now)), now)


def _programme(
    book: Book, terms: Terms, current: TierStanding | None, ahead: TierStanding | None, had: Have, now: int
) -> ProgrammeShown:
    account, judge = book.account, Judge(book, now)
    today = limits.counting_day(account.limit_day, terms, now)
    tiers = [_in_ladder(account, step, current, ahead, had, today) for step in terms.tiers if judge.holds(step.visible)]
    offers = [
        OfferStanding(offer, cost(book, offer), unavailable_reasons(book, offer, now))
        for offer in visible_offers(book, now)
    ]
    return ProgrammeShown(tiers, sources_shown(book, terms, judge, now), offers)


def logged_out(shop: int, versions: Versions, now: int, shelves: Shelves, *, full: bool) -> Standing:
    """What a stranger is shown: an empty account run through the same rules (S13.2); `shelves` has all budgets."""
    version = versions.in_force(now)
    account = Account(0, 0, settled_at=now, settled_version=0 if version is None else version.number)
    if version is not None:
        account.everything_at = moment_after_lapse(version.terms, now)  # a fixed day is everybody's
    book = Book(shop, account, versions, now)
    book.days, book.profile, book.uses, book.shelves = {}, {}, {}, shelves
    return standing(book, now, full=full)


def _milestones(account: Account, terms: Terms) -> list[MilestoneStanding] | None:
    programme = terms.programme
    if not programme.milestones and programme.subscriptions is None:
        return None
    reached = account.keeps.milestones
    return [MilestoneStanding(one, one.slug in reached) for one in programme.milestones]


def _limit(account: Account, limit: RedemptionLimit | None, today: date) -> LimitState | None:
    return None if limit is None else limits.state(account, limit, today)


def anniversary(account: Account, terms: Terms) -> date | None:
    """The local day of joining, where the programme tells it."""
    if account.joined_at is None or not terms.programme.anniversary_day:
        return None
    return local_day(account.joined_at, terms.zone)


def _asked(need: Need, had: Have) -> Asked:
    return Asked(need, *way_to(need, had))


def tier_end(book: Book, terms: Terms, tier: TierTerms, now: int) -> TierEnd | None:
    """When the tier ends; what it falls to is told as if the deadline were now and it were not kept (S8.4)."""
    account = book.account
    ends_at = end_at(account, terms)
    if ends_at == NEVER:
        return None
    falls_to = follower(book, terms, tier, now)
    return TierEnd(
        ends_at,
        "" if falls_to is None else falls_to.name,
        _asked(tier.keep, keep_have(book, terms)),
        end_when_kept(account, terms, tier),
    )


def _in_ladder(
    account: Account, step: TierTerms, current: TierStanding | None, ahead: TierStanding | None, had: Have, today: date
) -> TierStanding:
    """A step of the ladder, beside what is known of the member's tier and of the next."""
    if current is not None and current.tier is step:
        return current._replace(limit=_limit(account, step.limit, today))
    limit = None if step.limit is None else LimitState(step.limit.points, step.limit.points, step.limit.period)
    if ahead is not None and ahead.tier is step:
        return ahead._replace(limit=limit)
    return TierStanding(step, _asked(step.need, had), None, limit)
