"""Milestones: counts that pay once when they are reached, and are taken back when they are no longer (S9.3, S6.3).

1. A milestone counts the cycle of subscriptions, orders, eligible spend or qualifying points for life, or time since
   joining: that is due at the first instant of the day on which the term is over.
2. Full members of a programme that is on reach it at once, in the order of the document, until nothing moves; also
   where a version adds or lowers one. It gives points, a tier above the present one, with the end that entering it
   gives, an offer for nothing, or several of these.
3. When what it counts falls below what was asked when it was reached, through refunds, it is taken back: the points by
   the order of S6.1; the tier, if the member is in it by this alone. Reached again, it gives again. Time, a version and
   the end of a subscription take nothing back, nor does what staff took back give again. The reward of an offer stays,
   and is given once and for all.
"""

from __future__ import annotations

from msgspec import structs

from leal.rules.account import Account
from leal.rules.calendar import add_to_day, local_day, start_of_day
from leal.rules.climbing import enter_tier, fall_from_given, follow_available, is_in_by, lifts
from leal.rules.expiration import keep_alive, lot_end
from leal.rules.granting import grant
from leal.rules.keeps import Reached
from leal.rules.ledger import Book, Draft
from leal.rules.lots import LotTerms, enter, pay_debt
from leal.rules.marking import earns
from leal.rules.programme.terms import MilestoneTerms, Terms
from leal.rules.subscriptions import most_reached
from leal.rules.taking import take_back
from leal.rules.tiers import current_tier
from leal.values import NEVER


def next_tenure(account: Account, terms: Terms | None, after: int) -> int:
    """The first instant after the given one at which time alone reaches a milestone; NEVER without one."""
    if terms is None or not terms.milestones or account.membership != "full" or not terms.programme.enabled:
        return NEVER
    coming = (
        _due(account, terms, one)
        for one in terms.milestones
        if one.counts == "tenure" and one.slug not in account.keeps.milestones
    )
    return min((at for at in coming if at > after), default=NEVER)


def reach_due(book: Book, before: int, at: int) -> bool:
    """Give what time since joining reached after `before` and by now; whether there was any. All else that is reached
    then waits for the ladder (S3.2). May raise DaysNeeded or CustomerNeeded."""
    account, terms = book.account, book.terms
    if terms is None or not terms.milestones or not _may_reach(account, terms):
        return False
    fresh = [one for one in terms.milestones if one.counts == "tenure" and one.slug not in account.keeps.milestones]
    due = [one for one in fresh if before < _due(account, terms, one) <= at]
    for one in due:
        _reach(book, terms, one, at)
    return bool(due)


def follow(book: Book, at: int) -> None:
    """Take back what is no longer reached, then give what is. May raise LapsesNeeded, DaysNeeded or CustomerNeeded."""
    account, terms = book.account, book.terms
    if terms is None or account.is_gone:
        return
    lost = [slug for slug, one in account.keeps.milestones.items() if _is_lost(account, terms, one)]
    for slug in lost:
        _take_back(book, slug, at)
    moved = bool(lost)
    while terms.milestones and _may_reach(account, terms):
        fresh = (one for one in terms.milestones if one.slug not in account.keeps.milestones)
        reached = next((one for one in fresh if _is_reached(account, terms, one)), None)
        if reached is None:
            break
        _reach(book, terms, reached, at)
        moved = True
    if moved:
        follow_available(book, at, "programme", 0)


def count(account: Account, milestone: str) -> int:
    """What a member has of what such a milestone counts; for time nothing is counted."""
    counts = {
        "cycle": account.keeps.cycle,
        "orders": account.life.orders,
        "spend": account.life.spend_micros,
        "points": account.life.qualifying,
    }
    return counts.get(milestone, 0)


def _may_reach(account: Account, terms: Terms) -> bool:
    return account.membership == "full" and terms.programme.enabled and earns(account)


def _due(account: Account, terms: Terms, one: MilestoneTerms) -> int:
    if account.joined_at is None or one.span is None:
        return NEVER
    try:
        return start_of_day(add_to_day(local_day(account.joined_at, terms.zone), one.span), terms.zone)
    except (OverflowError, ValueError):
        return NEVER  # past the year 9999


def _is_reached(account: Account, terms: Terms, one: MilestoneTerms) -> bool:
    if one.counts == "tenure":
        return _due(account, terms, one) <= account.settled_at
    return count(account, one.counts) >= one.reach


def _is_lost(account: Account, terms: Terms, one: Reached) -> bool:
    if one.is_final or one.counts == "tenure":
        return False
    have = most_reached(account.person, terms) if one.counts == "cycle" else count(account, one.counts)
    return have < one.reach


def _reach(book: Book, terms: Terms, one: MilestoneTerms, at: int) -> None:
    account, points = book.account, one.points or 0
    offer = None if one.slug in account.keeps.rewarded else one.offer
    draft = book.draft("milestone_reached", "programme", at)
    draft.changes["milestone"] = one.slug
    award = 0
    if points:
        draft.award = draft.cause_number = award = draft.number
        account.earned += points
        keep_alive(account, terms, "award", at)
        tier = current_tier(account, terms)
        ends_at = lot_end(terms, None, None if tier is None else tier.slug, at, at)
        enter(draft, None, LotTerms(award, at, at, ends_at), pay_debt(draft, points))
    given = terms.tier(one.tier)
    lifted_at = at if given is not None and lifts(account, terms, given) else 0
    _note(draft, one.slug, Reached(one.counts, one.reach, award, points, one.tier or "", lifted_at))
    if offer is not None:
        draft.keep(rewarded=tuple(sorted({*account.keeps.rewarded, one.slug})))
    book.close(draft)
    if offer is not None:
        grant(book, offer, at, f"milestone {one.slug}")
    if one.tier is not None:
        enter_tier(book, terms, one.tier, at)


def _take_back(book: Book, slug: str, at: int) -> None:
    account, one = book.account, book.account.keeps.milestones[slug]
    draft = book.draft("milestone_lost", "programme", at, cause_number=one.award, award=one.award)
    draft.changes["milestone"] = slug
    if one.points:
        take_back(draft, one.award, one.points)
    _note(draft, slug, None)
    holds = bool(one.tier) and is_in_by(account, book.terms, one.tier, one.at)
    heir, stays = _heir(book) if holds else (None, False)
    if heir is not None:
        since = account.tier_since if stays else at
        _note(draft, heir, structs.replace(account.keeps.milestones[heir], at=since or at))
    book.close(draft)
    if holds and not stays:
        fall_from_given(book, None if heir is None else account.keeps.milestones[heir].tier, at)


def _heir(book: Book) -> tuple[str | None, bool]:
    """The milestone still reached that gives the highest tier, and whether that holds the member in the earned one."""
    terms = book.terms
    found = (
        [] if terms is None else [(slug, terms.tier(one.tier)) for slug, one in book.account.keeps.milestones.items()]
    )
    ranks = {slug: tier.rank for slug, tier in found if tier is not None}
    best = max(ranks, key=lambda slug: ranks[slug], default=None)
    held = None if terms is None else terms.tier(book.account.tier)
    return best, best is not None and held is not None and ranks[best] >= held.rank


def forget_points(draft: Draft, award: int) -> None:
    """Points of a milestone that staff took back are not taken back again, and it does not give again."""
    for slug, one in draft.book.account.keeps.milestones.items():
        if one.award == award and one.points:
            _note(draft, slug, Reached(one.counts, one.reach, award, 0, one.tier, one.at))
            return


def _note(draft: Draft, slug: str, reached: Reached | None) -> None:
    others = {other: one for other, one in draft.book.account.keeps.milestones.items() if other != slug}
    draft.keep(milestones=others if reached is None else others | {slug: reached})
