"""Ends of tiers: when the tier that a member has ends, what counts for keeping it, and what follows (S8.4, S8.7).

A tier that was earned ends at its deadline, one that staff set when they said. That is judged on the window that ends
there, or back to the day after it was set where that is longer, and kept, as one that was earned, where what it asks to
be kept is met. Otherwise the highest of these follows: the tier that was earned beneath it, the highest lower tier
whose requirements those sums meet, and after a lock whatever the present window gives.
"""

from __future__ import annotations

from datetime import date

from leal.rules.account import Account
from leal.rules.climbing import stand, upgrade
from leal.rules.judging import have
from leal.rules.ledger import Book, Draft
from leal.rules.programme.terms import Terms, TierTerms
from leal.rules.tiers import (
    Have,
    after_failing,
    asks,
    counts_since,
    current_tier,
    earned_tier,
    end_after_renewal,
    from_day_after,
    highest_met,
    is_locked,
    is_met,
    is_set,
    judged_counts,
    judged_first_day,
    set_tier,
    window_at,
    window_counts,
    with_grace,
)
from leal.values import NEVER


def end_at(account: Account, terms: Terms | None) -> int:
    """The instant at which the member's tier ends; NEVER where it does not, as with the initial one (S8.3)."""
    if is_set(account, terms):
        return account.set_until
    return NEVER if terms is not None and terms.tier(account.tier) is None else account.tier_deadline_at


def keep_have(book: Book, terms: Terms) -> Have:
    """What the member has at the end of the tier, were it now. May raise DaysNeeded."""
    return have(book, counts_since(book, terms, keep_first(book.account, terms)))


def keep_first(account: Account, terms: Terms) -> date | None:
    """First day of what counts for keeping the tier; None: everything does."""
    if is_set(account, terms):
        return _first_judged(account, terms, account.set_until)
    return judged_first_day(account, terms, account.tier_ends_at)


def end_when_kept(account: Account, terms: Terms, tier: TierTerms) -> int:
    """The instant at which the tier would end next, were it kept."""
    if is_set(account, terms):
        kept = with_grace(terms, tier, end_after_renewal(terms, tier, account.set_until, account.joined_at))
        return max(kept, account.tier_deadline_at) if account.tier == tier.slug else kept
    return with_grace(terms, tier, end_after_renewal(terms, tier, account.tier_ends_at, account.joined_at))


def can_be_kept(account: Account, terms: Terms, tier: TierTerms, had: Have) -> bool:
    """Whether the member keeps the tier at its end by these sums; one that was set only by what is asked for it."""
    return is_met(tier.keep, had) and (asks(tier.keep) or not is_set(account, terms))


def follower(book: Book, terms: Terms, tier: TierTerms, ends_at: int) -> TierTerms | None:
    """The tier that follows the member's one, were its end now and it not kept. May raise DaysNeeded."""
    account = book.account
    if not is_set(account, terms):
        had = have(book, judged_counts(book, terms, ends_at))
        return _higher(after_failing(terms, tier, had), set_tier(account, terms))
    had = have(book, counts_since(book, terms, _first_judged(account, terms, ends_at)))
    after = _higher(highest_met(terms, had, below=tier), earned_tier(account, terms))
    if is_locked(account, terms) and account.membership == "full":
        after = _higher(after, highest_met(terms, have(book, window_counts(book, terms, ends_at))))
    return after


def end_set_tier(book: Book, at: int) -> None:
    """The end of a tier that staff set: it is kept as one that was earned, or what the rules give follows (S8.7)."""
    account, terms = book.account, book.terms
    before, was_locked = current_tier(account, terms), is_locked(account, terms)
    step, earned, ends_at = set_tier(account, terms), earned_tier(account, terms), account.set_until
    draft = book.draft("tier_released", "time", at)
    first = None if terms is None else _first_judged(account, terms, ends_at)
    clear(draft)
    if terms is not None and step is not None and rank(step) >= rank(earned):
        had = have(book, counts_since(book, terms, first))
        kept = asks(step.keep) and is_met(step.keep, had)
        after = highest_met(terms, had, below=step)
        kept_until = end_after_renewal(terms, step, ends_at, account.joined_at)
        if kept and (account.tier != step.slug or with_grace(terms, step, kept_until) > account.tier_deadline_at):
            stand(draft, terms, step, "keep", first, kept_until)
            draft.type = "tier_renewed"
        elif after is not None and after.rank > rank(earned):
            stand(draft, terms, after, "entry", first, end_after_renewal(terms, after, ends_at, account.joined_at))
    if rank(current_tier(account, terms)) < rank(before):
        draft.type = "tier_expired"
    book.close(draft)
    if was_locked:
        upgrade(book, at, "time")


def clear(draft: Draft) -> None:
    """Let the account forget the tier that staff set, and note it in the entry."""
    account = draft.book.account
    account.set_tier, account.set_since, account.set_until, account.set_locked = None, None, NEVER, False
    note_set(draft)


def note_set(draft: Draft) -> None:
    """Write into the entry which tier staff set, after it, and which one the member has."""
    account = draft.book.account
    shown = current_tier(account, draft.book.terms)
    draft.changes.update(
        set_tier=account.set_tier,
        set_since=account.set_since,
        set_until=account.set_until,
        set_locked=account.set_locked,
        shown_tier=None if shown is None else shown.slug,
    )


def rank(tier: TierTerms | None) -> int:
    """The place of a tier in the ladder, counted from 0; -1 is below it."""
    return -1 if tier is None else tier.rank


def _first_judged(account: Account, terms: Terms, ends_at: int) -> date | None:
    """First day of what is judged at the end of a tier that staff set."""
    first = None if ends_at == NEVER else window_at(terms, ends_at - 1, account.joined_at).first
    return from_day_after(first, account.set_since, terms)


def _higher(one: TierTerms | None, other: TierTerms | None) -> TierTerms | None:
    return one if rank(one) >= rank(other) else other
