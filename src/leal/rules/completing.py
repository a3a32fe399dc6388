"""Completing: which ways to earn a member is shown, which of them are done, and which can be done now (S4.1, S4.7).

1. Shown is what is open now and what its `visible` holds for. What staff give by hand is no way to earn.
2. Done is what pays once and has, or what has paid this year; the first order, once there is one that counts; joining,
   once the member has joined; a tier that was entered, or lies below the present one; and whatever its caps leave
   nothing of in the present period.
3. All else can be done, by whoever takes part and may earn, if its condition holds and its total budget is not used
   up. Of a source of orders the condition asks for the order: nothing is said of it here. Who does not take part can
   join.
"""

from __future__ import annotations

from typing import NamedTuple

from leal.rules import caps
from leal.rules.account import Account
from leal.rules.calendar import local_day
from leal.rules.judging import Judge
from leal.rules.ledger import Book
from leal.rules.marking import earns
from leal.rules.membership import shown_membership
from leal.rules.programme.document import Source
from leal.rules.programme.earning_terms import AwardTerms, BonusTerms, WayTerms
from leal.rules.programme.terms import Terms
from leal.rules.stock import StockName
from leal.rules.tiers import current_tier


class SourceStanding(NamedTuple):
    """A way to earn beside one member."""

    source: Source
    can_complete: bool
    is_completed: bool
    ends_at: int
    """When it gives no more, in microseconds."""


def sources_shown(book: Book, terms: Terms, judge: Judge, now: int) -> list[SourceStanding]:
    """The ways to earn that the member sees, in the order of the document.

    May raise CustomerNeeded, CapsNeeded or StockNeeded.
    """
    found = []
    for source, award in terms.told_sources:
        starts_at, ends_at = terms.open_from_to[source.slug]
        if not starts_at <= now < ends_at or not judge.holds(terms.visible.get(source.slug)):
            continue
        done = is_done(book, terms, source, award, now)
        can = not done and _can_earn(book.account, terms, source) and _is_left(book, source, award, judge)
        found.append(SourceStanding(source, can, done, ends_at))
    return found


def is_done(book: Book, terms: Terms, source: Source, award: AwardTerms | None, now: int) -> bool:
    """Whether the source has nothing for the member now. May raise CapsNeeded."""
    account, keeps = book.account, book.account.keeps
    if source.kind == "signup":
        return account.joined_at is not None
    if source.kind == "first_order":
        return account.life.orders > 0
    if source.kind == "tier_entry":
        entered, present = terms.tier(source.tier), current_tier(account, terms)
        below = entered is not None and present is not None and entered.rank <= present.rank
        return source.tier in account.entered or below
    if source.kind in ("birthday", "anniversary"):
        paid_in = keeps.birthday_year if source.kind == "birthday" else keeps.anniversary_year
        if paid_in == local_day(now, terms.zone).year:
            return True
    if isinstance(award, WayTerms) and award.pays_once and source.slug in keeps.paid:
        return True
    if award is None or not award.period_caps:
        return False
    return caps.allowance(book, award, local_day(now, terms.zone), _asked(award)) == 0


def _asked(award: AwardTerms) -> int:
    """The points that it would give at the least."""
    if isinstance(award, BonusTerms) and award.rate is not None:
        return 1
    return award.points if isinstance(award, WayTerms | BonusTerms) else 1


def _can_earn(account: Account, terms: Terms, source: Source) -> bool:
    """Whether the member takes part and may earn; joining is for whoever does not yet."""
    if not earns(account):
        return False
    return source.kind == "signup" or shown_membership(account, terms) == "full"


def _is_left(book: Book, source: Source, award: AwardTerms | None, judge: Judge) -> bool:
    """Whether the source's condition holds, as far as it knows of no order, and some of its total budget is left."""
    if isinstance(award, WayTerms) and not judge.holds(award.condition):
        return False
    if award is None or award.budget is None or award.source != source.slug:
        return True
    left = book.shelves.left(StockName("budget", source.slug), award.budget.points)
    return left >= _asked(award) if award.budget.over == "refuse" else left > 0
