"""Climbing: how a member enters, keeps and leaves tiers, as entries of the history (S8.3, S8.4, S8.8)."""

from __future__ import annotations

from datetime import date

from leal.rules.account import QUALIFIES, Account, Counts
from leal.rules.calendar import local_day
from leal.rules.expiration import keep_alive, lot_end
from leal.rules.judging import have
from leal.rules.ledger import Book, Cause, Draft
from leal.rules.lots import LotTerms, enter, pay_debt
from leal.rules.marking import earns
from leal.rules.programme.terms import Terms, TierTerms
from leal.rules.taking import take_back
from leal.rules.tiers import (
    Have,
    after_failing,
    current_tier,
    day_of_tier,
    earned_tier,
    end_after_entry,
    end_after_renewal,
    highest_met,
    is_locked,
    is_met,
    is_set,
    judged_counts,
    judged_first_day,
    sum_days,
    window_at,
    window_counts,
    with_grace,
)
from leal.values import NEVER


def upgrade(book: Book, at: int, cause: Cause, cause_number: int = 0) -> None:
    """Enter the highest tier whose requirements are met, if it is above the present one (S8.3)."""
    while _upgrade(book, at, cause, cause_number):
        pass


def _upgrade(book: Book, at: int, cause: Cause, cause_number: int) -> bool:
    """One step of it: whether points for entering may have lifted the member further."""
    terms, account = book.terms, book.account
    if terms is None or not terms.tiers:
        return False
    counts = window_counts(book, terms, at)  # keeps the cached sum, also outside membership and under a lock
    if account.membership != "full" or is_locked(account, terms):
        return False
    present, reached = earned_tier(account, terms), highest_met(terms, have(book, counts))
    if reached is None or (present is not None and reached.rank <= present.rank):
        return False
    draft = book.draft("tier_acquired", cause, at, cause_number=cause_number)
    ends_at = end_after_entry(terms, reached, at, account.joined_at)
    stand(draft, terms, reached, "entry", window_at(terms, at, account.joined_at).first, ends_at)
    book.close(draft)
    return _pay_entry(book, terms, reached, at)


def _pay_entry(book: Book, terms: Terms, tier: TierTerms, at: int) -> bool:
    """Points for entering a tier, once per tier and member (S8.4); whether any were paid."""
    account, entry = book.account, terms.entries.get(tier.slug)
    if entry is None or tier.slug in account.entered or not (entry.starts_at <= at < entry.ends_at and earns(account)):
        return False
    draft = book.draft("earned_from_source", "programme", at)
    draft.award = draft.cause_number = draft.number
    account.earned += entry.points
    keep_alive(account, terms, "award", at)
    left = pay_debt(draft, entry.points)
    flags = QUALIFIES if entry.qualifies else 0
    ends_at = lot_end(terms, entry.lot_span, tier.slug, at, at)
    enter(draft, None, LotTerms(draft.award, at, at, ends_at, flags), left)
    known = [draft.award, entry.points]
    if entry.qualifies:
        day = local_day(at, terms.zone)
        draft.count(day, Counts(0, entry.points, 0))
        known.append(day.toordinal())
    account.entered = {**account.entered, tier.slug: known}
    draft.changes["entered"] = account.entered
    book.close(draft)
    return True


def _take_entry_back(book: Book, terms: Terms, lost: TierTerms, kept: TierTerms | None, at: int) -> None:
    """A tier that should not have been entered gives back what entering it paid (S8.4)."""
    account = book.account
    for tier in terms.tiers[(-1 if kept is None else kept.rank) + 1 : lost.rank + 1]:
        award, points, *counted_on = account.entered.get(tier.slug, [0, 0])
        if not points:
            continue
        draft = book.draft("tier_points_returned", "programme", at, cause_number=award, award=award)
        take_back(draft, award, points)
        for day in counted_on:
            draft.count(date.fromordinal(day), Counts(0, -points, 0))
        account.entered = {**account.entered, tier.slug: [award, 0]}
        draft.changes["entered"] = account.entered
        book.close(draft)


def follow_available(book: Book, at: int, cause: Cause, cause_number: int) -> None:
    """Where tiers go by available points, whatever raises those may lift the member (S8.1)."""
    terms = book.terms
    if terms is not None and terms.programme.tiers is not None and terms.programme.tiers.basis == "available":
        upgrade(book, at, cause, cause_number)


def judge_deadline(book: Book, at: int) -> None:
    """At the tier's deadline: renew it if its keep requirements are met, else let the member fall (S8.4)."""
    terms, account = book.terms, book.account
    if terms is None:
        return
    tier = terms.tier(account.tier)
    had, ended_at = have(book, judged_counts(book, terms)), account.tier_ends_at
    first = judged_first_day(account, terms, ended_at)
    kept = tier is not None and is_met(tier.keep, had)
    after = tier if kept else highest_met(terms, had) if tier is None else after_failing(terms, tier, had)
    draft = book.draft("tier_renewed" if kept else "tier_expired", "time", at)
    ends_at = NEVER if after is None else end_after_renewal(terms, after, ended_at, account.joined_at)
    met = after is not None and is_met(after.need, had)
    stand(draft, terms, after, "keep" if kept else "entry" if met else "nothing", first, ends_at)
    book.close(draft)


def leave_ladder(book: Book, at: int) -> None:
    """A version that takes the member's tier out of the ladder leaves the initial one, or none (S8.8)."""
    terms, account = book.terms, book.account
    if terms is None or account.tier is None or terms.tier(account.tier) is not None:
        return
    draft = book.draft("tier_expired", "programme", at)
    stand(draft, terms, None, "nothing", None, NEVER)
    book.close(draft)


def lower(book: Book, at: int) -> None:
    """A version that says so lets whoever does not meet what their tier asks fall at once (S8.8)."""
    terms, account = book.terms, book.account
    present = earned_tier(account, terms)
    transition = None if terms is None else terms.programme.transition
    if terms is None or transition is None or transition.tiers == "keep" or present is None or account.tier is None:
        return
    had, first = have(book, judged_counts(book, terms, at)), judged_first_day(account, terms, at)
    if is_met(present.keep, had):
        return
    after = after_failing(terms, present, had)
    if after is not None and after.rank >= present.rank:
        return
    draft = book.draft("tier_expired", "programme", at)
    ends_at = NEVER if after is None else end_after_entry(terms, after, at, account.joined_at)
    met = after is not None and is_met(after.need, had)
    stand(draft, terms, after, "entry" if met else "nothing", first, ends_at)
    book.close(draft)


def enter_tier(book: Book, terms: Terms, slug: str, at: int) -> None:
    """Lift the member into a tier above the earned one that is given, whatever it asks (S9.3). May raise DaysNeeded."""
    account, step = book.account, terms.tier(slug)
    if step is None or not lifts(account, terms, step):
        return
    window_counts(book, terms, at)
    draft = book.draft("tier_acquired", "programme", at)
    ends_at = end_after_entry(terms, step, at, account.joined_at)
    stand(draft, terms, step, "nothing", window_at(terms, at, account.joined_at).first, ends_at)
    book.close(draft)
    if _pay_entry(book, terms, step, at):
        upgrade(book, at, "programme")


def lifts(account: Account, terms: Terms, step: TierTerms) -> bool:
    """Whether a tier that is given is above the earned one, and no lock keeps it back (S9.3)."""
    present = earned_tier(account, terms)
    return not is_locked(account, terms) and (present is None or step.rank > present.rank)


def is_in_by(account: Account, terms: Terms | None, slug: str, since: int) -> bool:
    """Whether the member is in the earned tier because at an instant a tier was given, that one or a higher one that a
    lock kept back, and by nothing that was asked (S9.3)."""
    given, held = (None, None) if terms is None else (terms.tier(slug), terms.tier(account.tier))
    if given is None or held is None or (account.tier_since, account.tier_version) != (since, 0):
        return False
    return given.rank >= held.rank


def fall_from_given(book: Book, floor: str | None, at: int) -> None:
    """Let go of a tier that was given, unless it is met; `floor` is one that is still given (S9.3). May raise
    DaysNeeded."""
    account, terms = book.account, book.terms
    if terms is None:
        return
    tier, met = terms.tier(account.tier), highest_met(terms, have(book, window_counts(book, terms, at)))
    if tier is None or (met is not None and met.rank >= tier.rank):
        return
    given = terms.tier(floor)
    if given is not None and met is not None and met.rank >= given.rank:
        given = None
    after = given or met
    draft = book.draft("tier_expired", "programme", at)
    ends_at = NEVER if after is None else end_after_entry(terms, after, at, account.joined_at)
    asked = "entry" if given is None else "nothing"
    stand(draft, terms, after, asked, window_at(terms, at, account.joined_at).first, ends_at)
    book.close(draft)
    _take_entry_back(book, terms, tier, after, at)


def end_early(book: Book, at: int, cause: Cause, cause_number: int) -> None:
    """End a tier that a refund undid: what was asked at its entry or last renewal is no longer met (S8.4)."""
    account = book.account
    terms = book.terms
    tier = earned_tier(account, terms)
    if terms is None or tier is None or account.tier is None or account.tier_since is None or tier.life.protect:
        return
    if terms.programme.tiers is not None and terms.programme.tiers.basis == "available":
        return
    if account.tier_version == 0:  # one step down, without meeting what it asks: there is nothing to fall short of
        return
    asked_terms = book.versions.numbered(account.tier_version).terms
    asked = asked_terms.tier(account.tier)
    if asked is None:
        return
    # what is judged are the day sums as they are today
    counts = sum_days(book.day_sums(), account.tier_from, day_of_tier(account, terms))
    then = have(book, counts)
    need = asked.keep if account.tier_asked == "keep" else asked.need
    # A tag that has gone since ends no tier before its deadline: of a whole that was met, the condition was, too.
    if is_met(need, Have(then.counts, lambda condition: need.every or then.holds(condition))):
        return
    after = highest_met(terms, have(book, window_counts(book, terms, at)))
    then_met = highest_met(terms, then)
    since, first = None, window_at(terms, at, account.joined_at).first
    if then_met is not None and (after is None or then_met.rank > after.rank):
        after, since, first = then_met, account.tier_since, account.tier_from  # earned then, and held since
    if after is not None and after.rank >= tier.rank:
        return
    draft = book.draft("tier_expired", cause, at, cause_number=cause_number)
    ends_at = NEVER if after is None else end_after_entry(terms, after, since or at, account.joined_at)
    stand(draft, terms, after, "entry", first, ends_at, since)
    book.close(draft)
    _take_entry_back(book, terms, tier, after, at)


def _keep_day(draft: Draft, today: date) -> None:
    """Keep up to which day it is looked at what gives a tier now, where another zone had brought a later one."""
    account = draft.book.account
    newest = account.counted_on
    day = newest if account.tier is not None and newest is not None and newest > today else None
    if day != account.keeps.tier_on:
        draft.keep(tier_on=day)


def keep_day_of_tier(book: Book, former: Terms | None, terms: Terms, at: int) -> None:
    """A version moves the zone: the day on which the tier was entered, or renewed, stays the one that it was (S8.4)."""
    if former is None or former.zone == terms.zone:
        return
    day = day_of_tier(book.account, former)
    if day != day_of_tier(book.account, terms):
        draft = book.draft("tier_dated", "programme", at)
        draft.keep(tier_on=day)
        book.close(draft)


def stand(
    draft: Draft,
    terms: Terms,
    tier: TierTerms | None,
    asked: str,
    first: date | None,
    ends_at: int,
    since: int | None = None,
) -> None:
    """Put the member into a tier, since now or an earlier instant, and note every changed fact in the entry.

    Where the member is shown a tier that staff set, before and after, the entry says that this moved beneath it.
    """
    account = draft.book.account
    was_covered = is_set(account, terms)
    account.tier = None if tier is None or (tier.rank == 0 and terms.initial_tier) else tier.slug
    account.tier_since = None if account.tier is None else draft.at if since is None else since
    account.tier_from = None if account.tier is None else first
    if since is None:
        _keep_day(draft, local_day(draft.at, terms.zone))
    account.tier_asked = "keep" if asked == "keep" else "entry"
    account.tier_version = 0 if account.tier is None or asked == "nothing" else account.settled_version
    account.tier_ends_at = NEVER if account.tier is None else ends_at
    account.tier_deadline_at = NEVER if tier is None or account.tier is None else with_grace(terms, tier, ends_at)
    draft.changes.update(
        tier=account.tier,
        tier_since=account.tier_since,
        tier_from=None if account.tier_from is None else account.tier_from.isoformat(),
        tier_asked=account.tier_asked,
        tier_version=account.tier_version,
        tier_ends_at=account.tier_ends_at,
        tier_deadline_at=account.tier_deadline_at,
    )
    if is_set(account, terms):
        shown = current_tier(account, terms)
        draft.changes["shown_tier"] = None if shown is None else shown.slug
        draft.type = "tier_beneath" if was_covered else draft.type
