"""The kept whole: what a balance with the whole programme tells of a member beside the plain one, as it is stored with
the account.

It holds as long as the kept balance does, together with which it is told: what counts inside the tiers' window, which
sources are done, which offers are used up. All else that the programme shows follows from these figures and the time.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from leal.rules.account import Account, Counts
from leal.rules.calendar import local_day, period_end, start_of_day
from leal.rules.completing import SourceStanding, is_done
from leal.rules.conditions import Condition
from leal.rules.kept_balance import KeptBalance, without_usual
from leal.rules.ledger import Book
from leal.rules.limits import LimitState, counting_day, limit_in_force
from leal.rules.marking import earns, reasons_of_marks
from leal.rules.offers import is_used_up, reasons_of_figures
from leal.rules.outline import Outline
from leal.rules.programme.terms import Terms
from leal.rules.rewards import times
from leal.rules.standing import TOLD, Asked, OfferStanding, ProgrammeShown, TierStanding
from leal.rules.tiers import Have, way_to
from leal.values import NEVER


class KeptWhole(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the programme tells of a member beside the balance; None is the usual at the end."""

    points: int
    """Those that tiers go by,"""
    orders: int
    """... and the orders inside their window; the money spent is part of the balance."""
    done: tuple[int, ...] | None = None
    """Sources that are done, by their places among `Terms.told_sources`."""
    used_up: tuple[str, ...] | None = None
    """Offers that the member took as often as may be."""
    events: tuple[str, ...] | None = None
    """Of those that tiers ask for: which came inside the window."""


_encode: Final = msgspec.json.Encoder().encode
read_kept_whole: Final = msgspec.json.Decoder(KeptWhole).decode
"""What was kept; takes its text."""


def keeps_whole(shown: Outline, terms: Terms) -> bool:
    """Whether it is kept of a member whose balance is: the figures alone tell it."""
    account, tier = shown.account, shown.tier
    if terms.shows_by_more or terms.caps_members or account.membership != "full":
        return False
    if account.marks and (reasons_of_marks(account) or not earns(account)):
        return False
    return tier is None or tier.limit is None or limit_in_force(terms, tier) is tier.limit


def kept_whole(book: Book, shown: Outline, terms: Terms, now: int) -> str:
    """The text that is kept of a settled member, as `KeptWhole` reads it."""
    account, had = book.account, shown.had
    assert had is not None  # of whoever takes part
    counts = had.counts
    done = [
        place for place, (source, award) in enumerate(terms.told_sources) if is_done(book, terms, source, award, now)
    ]
    gone = [offer.slug for offer in terms.offers.values() if is_used_up(account, offer, terms, now)]
    asked = {event for tier in terms.tiers for event in tier.need.events} if counts.events else ()
    came = sorted(event for event in asked if counts.events.get(event))
    told = [counts.qualifying, counts.orders, done or None, gone or None, came or None]
    return _encode(without_usual(told)).decode()


def whole_until(account: Account, terms: Terms, at: int) -> int:
    """The least instant after `at` at which it could be another though nothing happens and the balance stays: the year
    ends in which a day paid, or the period in which an offer was used up."""
    until = NEVER
    if terms.dated:
        year = local_day(at, terms.zone).year
        if max(account.keeps.birthday_year, account.keeps.anniversary_year) >= year:
            until = start_of_day(date(year + 1, 1, 1), terms.zone)
    for offer in terms.offers.values() if account.keeps.offers else ():
        if offer.per_member is not None and is_used_up(account, offer, terms, at):
            today = counting_day(times(account, offer.slug).day, terms, at)
            if (ends := period_end(today, offer.per_member.period)) is not None:
                until = min(until, start_of_day(ends, terms.zone))
    return until


def programme_kept(kept: KeptBalance, whole: KeptWhole, terms: Terms, now: int) -> ProgrammeShown:
    """What the member is shown of the programme, as `programme_beside` tells it; of offers those that are open."""
    return ProgrammeShown(_tiers(kept, whole, terms), _sources(whole, terms, now), _offers(kept, whole, terms, now))


def _tiers(kept: KeptBalance, whole: KeptWhole, terms: Terms) -> list[TierStanding]:
    events = dict.fromkeys(whole.events or (), 1)
    had = Have(Counts(kept.upgrade_spend, whole.points, whole.orders, events), _never_asked)
    found = []
    for tier in terms.tiers:
        limit = None
        if tier.limit is not None:
            total, left = tier.limit.points, kept.remaining
            remaining = total if left is None or tier.rank != kept.tier else left
            limit = LimitState(total, remaining, tier.limit.period)
        asked = TOLD if tier.rank in (kept.tier, kept.tier + 1) else Asked(tier.need, *way_to(tier.need, had))
        found.append(TierStanding(tier, asked, None, limit))
    return found


def _sources(whole: KeptWhole, terms: Terms, now: int) -> list[SourceStanding]:
    done, found = whole.done or (), []
    for place, (source, _) in enumerate(terms.told_sources):
        starts_at, ends_at = terms.open_from_to[source.slug]
        if starts_at <= now < ends_at:
            found.append(SourceStanding(source, place not in done, place in done, ends_at))
    return found


def _offers(kept: KeptBalance, whole: KeptWhole, terms: Terms, now: int) -> list[OfferStanding]:
    gone, found = whole.used_up or (), []
    tier = None if kept.tier < 0 else terms.tiers[kept.tier].slug
    for offer in terms.offers.values():
        if offer.starts_at <= now < offer.ends_at:
            points = offer.cost(tier)
            reasons = reasons_of_figures(offer, points, kept.available, is_used_up=offer.slug in gone)
            found.append(OfferStanding(offer, points, reasons))
    return found


def _never_asked(condition: Condition) -> bool:
    """None of the tiers goes by a condition."""
    raise AssertionError(condition.text)
