"""Agreement: whether a member's day sums, orders, redemptions and notes say the same as the replayed entries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from leal.rules import accrual
from leal.rules.account import NOTHING, QUALIFIES, Account, Counts
from leal.rules.calendar import start_of_day
from leal.rules.kept import Kept, kept
from leal.rules.known import sourced_uses
from leal.rules.ledger import EVENT, Book, CapUse, Entry
from leal.rules.merging import Shift
from leal.rules.notices import next_notice
from leal.rules.orders import EARNING, Award, OrderState
from leal.rules.person import Subscription
from leal.rules.programme.earning_terms import AwardTerms
from leal.rules.programme.terms import Terms, Versions
from leal.rules.replay import Replay
from leal.rules.returning import Redemption
from leal.rules.settling import next_due
from leal.rules.tiers import Window, sum_days, window_at
from leal.rules.waiting import still_owed
from leal.values import NEVER


def days_disagree(replayed: Replay, account: Account, stored: dict[date, Counts], versions: Versions) -> Iterator[str]:
    """What of day sums and the cached window is not what the entries make it (S8.2)."""
    made = {day: counts for day, counts in replayed.days.items() if counts}
    if {day: counts for day, counts in stored.items() if counts} != made:
        yield "its day sums are not what its entries make them"
    if account.window != sum_days(made, account.window_from):
        yield "the cached sum of its tier window is not what its days make it"
    window = Window(account.window_from, account.window_until)
    if window.first is None and window.until in (0, NEVER):
        return
    if not any(_is_window(version.terms, account, window) for version in reversed(versions.all)):
        yield "its cached tier window is none of the programme's"


def due_disagrees(account: Account, versions: Versions) -> Iterator[str]:
    """Whether what is stored of when something falls due is what account and programme make it (S3.2)."""
    known = 0 < account.settled_version <= versions.newest
    terms = versions.numbered(account.settled_version).terms if known else None
    if account.next_due_at != next_due(account, terms):
        yield "next_due_at is not when something next falls due"
    if account.next_notice_at != next_notice(account, terms):
        yield "next_notice_at is not when a notice next falls due"


def kept_disagree(
    account: Account, stored: Kept, days: dict[date, Counts], versions: Versions, now: int
) -> Iterator[str]:
    """Whether record and balance that are kept are those that the account makes (S12.2, S13), the balance also by now,
    or at the last instant at which it holds."""
    if not account.settled_version <= versions.newest:
        return
    made = _keeps(account, days, versions, account.settled_at)
    if stored.record is not None and stored.record != made.record:
        yield "the record that is kept is not the one that it makes"
    if stored.balance is None:
        return
    until = stored.balance_until
    if until is None or made.balance_until is None or until > made.balance_until or stored.balance != made.balance:
        yield "the balance that is kept is not the one that it makes"
    elif stored.whole is not None and stored.whole != made.whole:
        yield "what is kept beside the balance is not what it makes"
    elif account.settled_at < (last := min(until - 1, now)):
        made = _keeps(account, days, versions, last)
        if stored.balance != made.balance or (stored.whole is not None and stored.whole != made.whole):
            yield "the balance that is kept is another before it is said to be"


def _keeps(account: Account, days: dict[date, Counts], versions: Versions, at: int) -> Kept:
    book = Book(0, account, versions, at)
    book.days = dict(days)
    return kept(book, at)


def person_disagrees(account: Account, profile: dict[str, Any], states: list[OrderState]) -> Iterator[str]:
    """Whether what the account knows of the person is what the shop told, and what orders count for (S4.8, S9.4)."""
    for ident in account.person.subscriptions.keys() | {one for state in states for one in state.subscribed}:
        known = account.person.subscriptions.get(ident, Subscription())
        if known.orders != sum(ident in state.subscribed for state in states):
            yield "the orders of a subscription are not those that count for it"
    if account.person.birthday != (profile.get("birthday") or "")[5:]:
        yield "the birthday that pays is not the customer's"


def _is_window(terms: Terms, account: Account, window: Window) -> bool:
    """Whether the programme has such a window; that of a rolling one begins at any day and holds as long as it may."""
    if terms.rolling_window is not None:
        return window.first is not None
    if window.first is None:
        return False
    return window_at(terms, start_of_day(window.first, terms.zone), account.joined_at) == window


def orders_disagree(replayed: Replay, account: Account, states: list[OrderState], versions: Versions) -> Iterator[str]:
    """What orders remember that the entries, or the terms they are pinned to, do not bear out (S4.3, S4.4)."""
    if sorted(state.number for state in states) != list(range(1, account.order_number + 1)):
        yield f"it knows {account.order_number} orders, {len(states)} are stored"
    for number in replayed.order_counts.keys() - {state.number for state in states}:
        yield f"its entries tell of an order {number}, which is not stored"
    for state in states:
        unseen = sum(
            _unseen_drops(replayed, award) for award in state.awards.values() if award.flags & QUALIFIES
        )  # dropped since the order was last told
        if state.counted.plus(Counts(0, -unseen, 0)) != replayed.order_counts.get(state.number, NOTHING):
            yield f"order {state.number} remembers other counts than its entries"
        for award in state.awards.values():
            yield from _award_disagrees(replayed, account, state.number, award)
        yield from _snapshot_disagrees(state, versions, account.settled_at)


def caps_disagree(
    replayed: Replay, states: list[OrderState], stored: dict[CapUse, int], versions: Versions
) -> Iterator[str]:
    """What of caps' use, and of total budgets, is not what orders' awards give (S4.7)."""
    made = dict(sourced_uses(replayed, versions))
    for state, source, award, terms in _capped(states, versions):
        given = award.given - _unseen_drops(replayed, award)
        if terms.period_caps and given:
            made[source, date.fromordinal(state.day_ordinal), award.number] = given
        kept = award.given if terms.budget is not None else 0
        if award.budgeted < kept or (award.budgeted > kept and (terms.budget is None or not award.dropped_seen)):
            yield f"order {state.number} took {award.budgeted} points of a total budget and gives {award.given}"
    if {use: points for use, points in stored.items() if points} != made:
        yield "what its awards use of caps is not what its orders were given"


def budgets_used(
    replayed: Replay, states: list[OrderState], versions: Versions, stored: dict[CapUse, int]
) -> dict[str, int]:
    """Points of total budgets that awards hold, by source; of an erased member what was kept (S4.7)."""
    used = dict(replayed.budgeted)
    for source, points in _kept(stored).items():
        used[source] = used.get(source, 0) + points
    for _, source, award, terms in _capped(states, versions):
        if terms.budget is not None:
            used[source] = used.get(source, 0) + award.budgeted
    return used


def _kept(stored: dict[CapUse, int]) -> dict[str, int]:
    return {source: points for (source, _, award), points in stored.items() if award == 0}


def _capped(states: list[OrderState], versions: Versions) -> Iterator[tuple[OrderState, str, Award, AwardTerms]]:
    """The orders' awards with their sources and the terms that these were pinned with."""
    for state in states:
        if state.pin is None or state.pin.version == 0:
            continue
        terms = versions.numbered(state.pin.version).terms
        for source, award in state.awards.items():
            source_terms = terms.award_terms(source)
            if source_terms is not None and award.number:
                yield state, source, award, source_terms


def _unseen_drops(replayed: Replay, award: Award) -> int:
    return replayed.award_dropped.get(award.number, 0) - award.dropped_seen


def _award_disagrees(replayed: Replay, account: Account, order: int, award: Award) -> Iterator[str]:
    if award.number == 0:
        if award.given:
            yield f"order {order} remembers {award.given} points given, no entry gave any"
        return
    moved = replayed.award_earned.get(award.number, 0) + _unseen_drops(replayed, award)
    if moved != award.given + account.shortfalls.get(award.number, 0):
        yield f"order {order} remembers {award.given} points given, its entries moved {moved}"
    if award.neutralised != (award.number in replayed.neutralised):
        yield f"order {order}: whether staff took its award back is not what the entries say"
    if award.lapsed_taken != replayed.award_lapsed.get(award.number, 0):
        yield f"order {order} remembers {award.lapsed_taken} lapsed points taken back, its entries say otherwise"


def _snapshot_disagrees(state: OrderState, versions: Versions, settled_at: int) -> Iterator[str]:
    """What an order says it was given, against what its snapshot is owed under its pinned terms."""
    if state.pin is None or state.pin.version == 0:
        return
    points: dict[str, int] = {}
    counts = NOTHING
    if state.status in EARNING:
        terms = versions.numbered(state.pin.version).terms
        owed = accrual.owed(state.order, state.pin, terms, state.order_at)
        points = owed.points
        if state.pin.member:
            counts = Counts(owed.eligible_micros, 0, 1)
    for source, award in state.awards.items():
        is_owed = still_owed(award, points.get(source, 0), settled_at)
        if award.given != is_owed:
            yield f"order {state.number} was given {award.given} points, by its pinned terms it is owed {is_owed}"
    if counts.spend_micros != state.counted.spend_micros or counts.orders != state.counted.orders:
        yield f"order {state.number} counts another spend than by its pinned terms"


def redemptions_disagree(
    replayed: Replay, account: Account, redemptions: list[Redemption], states: list[OrderState]
) -> Iterator[str]:
    """What redemptions remember that the entries and orders do not bear out (S5.5, S5.7)."""
    if {one.number for one in redemptions} != replayed.drawn.keys():
        yield "its redemptions are not those that its entries drew"
    if account.codes != {
        one.number: one.expires_at for one in redemptions if one.status == "unused" and one.expires_at != NEVER
    }:
        yield "the codes that it waits to see lapse are not its unused ones"
    if sum(one.open_points for one in redemptions) != account.redeemed:
        yield "its redemptions, less what was given back, do not add up to redeemed"
    named = {(number, state.number) for state in states for number in state.used}
    for one in redemptions:
        drawn = replayed.drawn.get(one.number)
        if drawn is None:
            continue
        if (one.points, one.change_id, one.drawn_at) != (drawn.points, drawn.change_id, drawn.drawn_at) or (
            drawn.day is not None and one.day_ordinal != drawn.day.toordinal()
        ):
            yield f"redemption {one.number} is not what its entry drew"
        if one.expires_at != drawn.ends_at or (one.status == "lapsed" and one.number not in replayed.lapsed_codes):
            yield f"redemption {one.number}: when its code lapses is not what its entries say"
        if (drawn.as_drawn and one.draws != drawn.draws) or sum(draw.points for draw in one.draws) < one.open_points:
            yield f"redemption {one.number} drew other lots than it says"
        if one.offer != drawn.offer:
            yield f"redemption {one.number} is of offer {one.offer}, its entry of {drawn.offer}"
        if one.is_reward and (len(one.turns) % 2 == 0) != one.is_in_hand:
            yield f"redemption {one.number}: whether its code is still the member's is not what its turns say"
        if one.code is not None and (len(one.locks) % 2 == 1) != (one.status == "locked"):
            yield f"redemption {one.number}: whether an order locks its code is not what its locks say"
        if any(turns != sorted(turns) or turns[0] < one.drawn_at for turns in (one.turns, one.locks) if turns):
            yield f"redemption {one.number}: its turns are not in the order of time"
        if any(not 0 <= back <= draw.points for draw, back in zip(one.draws, one.returned, strict=False)):
            yield f"redemption {one.number} gave back more than it drew"
        if one.open_points > drawn.open_points or (replayed.unspent == 0 and one.open_points != drawn.open_points):
            yield f"redemption {one.number} gave back other points than its entries"
        alone = ("locked",) if one.offer is not None and one.code is None else ("locked", "used")
        known = (one.number, one.order_number) in named if one.order_number else one.status not in alone
        if not known or (one.status == "unused" and one.order_number):
            yield f"redemption {one.number} and order {one.order_number} do not name one another"


def holds_disagree(replayed: Replay, stored: list[tuple[int, int, int]]) -> Iterator[str]:
    """Names of holds (number, wire's id, the redemption it became) that are not those its entries placed (S5.6)."""
    if {(number, id_): captured for number, id_, captured in stored} != replayed.holds:
        yield "the names of its holds are not of those that its entries placed and captured"


def offers_disagree(replayed: Replay, account: Account, redemptions: list[Redemption]) -> Iterator[str]:
    """What of units and uses of offers is not what the member's rewards hold (S9.1)."""
    units: dict[str, int] = {}
    uses: dict[str, int] = {}
    for one in redemptions:
        if one.offer is not None and one.unit:
            units[one.offer] = units.get(one.offer, 0) + 1
        if one.offer is not None and one.kind == "offer" and one.status != "voided":
            uses[one.offer] = uses.get(one.offer, 0) + 1
    if units != {slug: count for slug, count in replayed.units.items() if count}:
        yield "its rewards hold other units of stocks than its entries took"
    if uses != {slug: figures[-1] for slug, figures in account.keeps.offers.items() if figures[-1]}:
        yield "how often it took offers is not what its rewards make it"


def taken_disagree(replayed: Replay, known: Iterable[tuple[int, Shift]]) -> Iterator[str]:
    """Whether those whom a member took over are known under the numbers that its entries gave them (S11.2)."""
    stored = {source: (shift.entry_base, shift.entries, shift.order_base) for source, shift in known}
    if stored != {source: shift[:3] for source, shift in replayed.everybody_taken().items()}:
        yield "whom it took over is not what its entries tell"


def events_disagree(entries: Iterable[Entry], kept: list[int]) -> Iterator[str]:
    """Kept event ids, by the entry that recorded each, whose entry is none of an event."""
    numbers = {entry.number for entry in entries if entry.type == EVENT}
    for number in kept:
        if number > 0 and number not in numbers:  # 0: of somebody who was taken over
            yield f"an event id is kept for entry {number}, which records no event"


def notes_disagree(entries: Iterable[Entry], notes: dict[int, tuple[bytes, str]]) -> Iterator[str]:
    """Notes, salt and text by entry, that are not what their entries committed to; an erased one is none (S2.6)."""
    for entry in entries:
        note = notes.get(entry.number)
        if note is None:
            continue
        if entry.commitment is None:
            yield f"entry {entry.number} has a note that it did not commit to"
        elif hashlib.sha256(note[0] + note[1].encode()).digest() != entry.commitment:
            yield f"the note of entry {entry.number} was changed"
