"""Adjusting: what staff do to a member's points by hand, always with who and why (S6.4)."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from leal.errors import Reason, Refused
from leal.rules.account import QUALIFIES, Counts, Mark
from leal.rules.appointing import appoint, release
from leal.rules.calendar import local_day
from leal.rules.climbing import end_early, follow_available, upgrade
from leal.rules.codes import follow_code
from leal.rules.expiration import lot_end
from leal.rules.granting import grant
from leal.rules.ledger import Book, Draft, Entry, Note
from leal.rules.lots import LotTerms, enter, pay_debt, spend_all
from leal.rules.marking import mark
from leal.rules.milestones import forget_points
from leal.rules.ordering import follow_caps, note_drops
from leal.rules.orders import OrderState
from leal.rules.returning import Redemption, give_back
from leal.rules.rewards import hand_back
from leal.rules.settling import settle
from leal.rules.sources import Given, take_away
from leal.rules.taking import note_write_off, take_back
from leal.rules.tiers import current_tier
from leal.rules.waiting import remember
from leal.rules.worth import value_of

Action = Literal[
    "give_points", "takeaway_points", "takeaway_points_for_change", "takeaway_points_as_spent", "unspend_points",
    "forgive_debt", "set_tier", "release_tier", "set_mark", "clear_mark", "give_reward", "void_reward",
]  # fmt: skip
POINTLESS: Final = frozenset(
    {
        "takeaway_points_for_change", "set_tier", "release_tier", "set_mark", "clear_mark", "give_reward",
        "void_reward",
    }
)  # fmt: skip
"""Actions that do not say how many points."""


class Adjustment(msgspec.Struct, frozen=True):
    """One act of staff."""

    action: Action
    points: int = 0
    award: int = 0
    """`takeaway_points_for_change`: the award to take back and neutralise."""
    award_points: int = 0
    """... what it still gives, net of take-backs, where no order keeps that figure,"""
    award_day: date | None = None
    """... the local day it counts on for tiers, if it does,"""
    award_qualifying: int = 0
    """... how many points of it count there,"""
    given: Given | None = None
    """... and by which source it was given, if it was by one apart from orders."""
    tier: str | None = None
    """`set_tier`: the slug; None is the place below the ladder, or its initial tier,"""
    until_at: int | None = None
    """... its end in microseconds; None: for good,"""
    lock: bool = False
    """... and whether nothing moves the member before."""
    mark: Mark | None = None
    """`set_mark` and `clear_mark`."""
    offer: str | None = None
    """`give_reward`: the slug of what is given for nothing."""


class Outcome(msgspec.Struct):
    """What an adjustment made beside entries."""

    drawn: Redemption | None = None
    """The draw that `takeaway_points_as_spent` made."""
    restored: list[Redemption] = []
    """Redemptions that gave points back."""


def adjust(book: Book, adjustment: Adjustment, note: Note | None, open_: list[Redemption], now: int) -> Outcome:
    """Apply one staff action, settled to `now`; raises Refused.

    `open_`: the member's redemptions that are not wholly restored, oldest first.
    """
    if adjustment.points < 1 and adjustment.action not in POINTLESS:
        raise Refused([Reason("no_points", {"min": 1})])
    if _without_points(book, adjustment, note, now):
        return Outcome()
    draft = book.draft("manual_correction", "staff", now)
    draft.note = note
    outcome = Outcome()
    match adjustment.action:
        case "give_points":
            give(draft, adjustment.points, now, qualifies=book.terms is not None and book.terms.manual_qualifies)
        case "takeaway_points":
            take_back(draft, 0, adjustment.points)
        case "takeaway_points_for_change":
            draft.award = draft.cause_number = adjustment.award
            take_back(draft, adjustment.award, adjustment.award_points)
            _forget_entry(draft, adjustment.award)
            forget_points(draft, adjustment.award)
            if adjustment.given is not None:
                take_away(draft, adjustment.given)
            if adjustment.award_day is not None and adjustment.award_qualifying:
                draft.count(adjustment.award_day, Counts(0, -adjustment.award_qualifying, 0))
        case "takeaway_points_as_spent":
            outcome.drawn = _take_as_spent(draft, adjustment.points, now)
        case "unspend_points":
            outcome.restored = _unspend(draft, adjustment.points, open_, now)
        case "forgive_debt":
            _forgive(draft, adjustment.points)
    entry = book.close(draft)
    if outcome.drawn is not None:
        outcome.drawn.change_id = entry.id
    _tiers_follow(book, entry, now)
    return outcome


def _without_points(book: Book, adjustment: Adjustment, note: Note | None, now: int) -> bool:
    """Acts on tier and marks; whether it was one."""
    match adjustment.action:
        case "set_tier":
            appoint(book, adjustment.tier, adjustment.until_at, note, now, locked=adjustment.lock)
        case "release_tier":
            release(book, note, now)
        case "set_mark" | "clear_mark" if adjustment.mark is not None:
            mark(book, adjustment.mark, note, now, on=adjustment.action == "set_mark")
        case "give_reward" if adjustment.offer is not None:
            grant(book, adjustment.offer, now, "staff", note)
        case _:
            return False
    return True


def neutralise(book: Book, state: OrderState, number: int, note: Note | None, now: int) -> OrderState:
    """Take back all that one award of an order gave and mark it, so that it never gives again (S6.4)."""
    source = next(slug for slug, award in state.awards.items() if award.number == number)
    state, award = msgspec.structs.replace(state), msgspec.structs.replace(state.awards[source], neutralised=True)
    note_drops(book, state, award)
    draft = book.draft("manual_correction", "staff", now, cause_number=award.number, award=award.number)
    draft.note = note
    taken = take_back(draft, award.number, award.given, award.lapsed_taken)
    award.lapsed_taken += taken.from_lapsed
    counted = state.counted
    if award.flags & QUALIFIES and award.given:
        change = Counts(0, -award.given, 0)
        draft.count(date.fromordinal(state.day_ordinal), change)
        counted = counted.plus(change)
    follow_caps(book, state, source, award, -award.given)
    award.given = 0
    remember(draft, state, award)
    _tiers_follow(book, book.close(draft), now)
    return msgspec.structs.replace(state, awards={**state.awards, source: award}, counted=counted)


def _forget_entry(draft: Draft, award: int) -> None:
    """Points for entering a tier that staff took back are not taken back again when the tier ends early (S8.4)."""
    account = draft.book.account
    entered = {tier: [award, 0] if known[0] == award else known for tier, known in account.entered.items()}
    if entered != account.entered:
        account.entered = draft.changes["entered"] = entered


def _tiers_follow(book: Book, entry: Entry, now: int) -> None:
    """Tiers move with what staff gave or took of what counts for them (S6.3); lots that ended lapse."""
    if entry.counts.qualifying < 0:
        end_early(book, now, "staff", entry.number)
    if entry.counts:
        upgrade(book, now, "staff", entry.number)
    follow_available(book, now, "staff", entry.number)
    settle(book, now)


def give(draft: Draft, points: int, now: int, *, qualifies: bool = False) -> None:
    """Points from staff: an award of their own, available at once; it counts for tiers where its source says so."""
    book, terms = draft.book, draft.book.terms
    if terms is None:
        raise Refused([Reason("programme_disabled")])
    draft.award = draft.number
    book.account.earned += points
    left = pay_debt(draft, points)
    tier = current_tier(book.account, terms)
    slug = None if tier is None else tier.slug
    ends_at = lot_end(terms, terms.manual_span, slug, now, now)
    enter(draft, None, LotTerms(draft.award, now, now, ends_at), left)
    if qualifies:
        draft.count(local_day(now, terms.zone), Counts(0, points, 0))


def _take_as_spent(draft: Draft, points: int, now: int) -> Redemption:
    """Available, then pending points move to redeemed; refused beyond them."""
    book, account = draft.book, draft.book.account
    if points > account.available + account.pending:
        have = account.available + account.pending
        raise Refused([Reason("not_enough_points", {"available": have, "missing": points - have})])
    drawn = spend_all(draft, points)
    account.redeemed += points
    draft.cause_number = draft.number
    terms = book.terms
    amount = 0 if terms is None else value_of(terms, points) or 0
    day = local_day(now, terms.zone if terms is not None else ZoneInfo("UTC"))
    return Redemption(
        draft.number, "staff", None, "external", points, amount, now, day.toordinal(), drawn, [0] * len(drawn)
    )


def _unspend(draft: Draft, points: int, open_: list[Redemption], now: int) -> list[Redemption]:
    """Give back what was spent, latest redemption first; what exceeds it is earned and does not qualify.

    What was spent for good comes before codes that could still be used; such a code is void once any of it came back,
    and one that an order holds locked is left alone.
    """
    restored = []
    spent = [one for one in reversed(open_) if one.status not in ("unused", "locked")]
    unused = [one for one in reversed(open_) if one.status == "unused"]
    for redemption in spent + unused:
        back = min(points, redemption.open_points)
        if back == 0:
            continue
        give_back(draft, redemption, back)
        if redemption.status == "unused":
            redemption.status = "voided"
            hand_back(draft, redemption)
            follow_code(draft.book.account, redemption)
        restored.append(redemption)
        points -= back
    if points:
        give(draft, points, now)
    return restored


def _forgive(draft: Draft, points: int) -> None:
    """Debt forgiven becomes earned again (S2.3, S6.2)."""
    account = draft.book.account
    if points > account.debt:
        raise Refused([Reason("more_than_debt", {"debt": account.debt})])
    account.debt -= points
    account.earned += points
    note_write_off(draft, "forgiven", points)
