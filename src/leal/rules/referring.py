"""Referring: a friend's first order, by a member's invitation, pays both sides, once (S9.5)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import msgspec

from leal.rules import milestones
from leal.rules.account import Account, Counts
from leal.rules.calendar import Span, add, local_day, period_start
from leal.rules.climbing import end_early, upgrade
from leal.rules.granting import grant
from leal.rules.keeps import Referred
from leal.rules.ledger import Book
from leal.rules.orders import EARNING, OrderState
from leal.rules.programme import document as doc
from leal.rules.programme.terms import Terms
from leal.rules.settling import settle
from leal.rules.sources import Given, award, take_away
from leal.rules.taking import take_back
from leal.values import parse_money

ACCEPTED = "referral_accepted"
REJECTED = "referral_rejected"


class Paid(NamedTuple):
    """What one side was given: the wire's id of the change, 0 where it was nothing, and its points."""

    change_id: int
    points: int


class Taken(NamedTuple):
    """What is to be taken back of one side: the award, what it still gives, what it counts for tiers, its source."""

    award: int
    points: int
    day: date | None
    qualifying: int
    given: Given | None


class Accepted(msgspec.Struct, frozen=True):
    """What became of a friend's first order: for the sender, and why it was rejected, if it was."""

    sender: Paid
    qualified_at: int
    matures_at: int
    rejected: str | None = None


def came(account: Account) -> tuple[Referred, ...]:
    """Whose friend a member is: by the own first order, and by those of whom it took over."""
    referred = account.keeps.referred
    return () if referred is None else (referred, *account.keeps.befriended)


def rules_of(terms: Terms | None) -> doc.Referrals | None:
    """What a programme says of referrals; nothing while it is off."""
    programme = None if terms is None else terms.programme
    return programme.referrals if programme is not None and programme.enabled else None


def is_due(book: Book, before: OrderState | None, state: OrderState, now: int) -> bool:
    """Whether an order that changed may make somebody a friend who came, as it first qualifies, or undo that.

    `now` is the shop's: also of a replayed order, what it must be worth is asked as the friend is accepted.
    """
    known = came(book.account)
    if known:
        return any(one.order == state.number and is_open(book.account, one) for one in known)
    version = book.versions.in_force(now)
    rules = None if version is None else rules_of(version.terms)
    if rules is None or book.account.membership != "full":
        return False
    least = parse_money(rules.minimum_order)
    return _qualifies(state, least) and (before is None or not _qualifies(before, least))


def is_open(account: Account, referred: Referred) -> bool:
    """Whether a referral is qualified, and may still be taken back."""
    return not referred.rejected and account.settled_at < referred.matures_at


def undoes(account: Account, referred: Referred, state: OrderState | None) -> bool:
    """Whether what the friend's first order is now takes the referral back: it no longer qualifies, before maturity."""
    return is_open(account, referred) and (state is None or not _qualifies(state, referred.least_micros))


def _qualifies(state: OrderState, least_micros: int) -> bool:
    """Whether it is the first order of a full member, is paid for, and is large enough."""
    pin = state.pin
    if pin is None or not pin.member or not pin.is_first or state.status not in EARNING:
        return False
    return state.counted.orders > 0 and state.counted.spend_micros >= least_micros


def may_be_welcomed(book: Book) -> bool:
    """Whether the programme has a welcome for friends, and the member is still before the first order that counts."""
    account, programme = book.account, None if book.terms is None else book.terms.programme
    if programme is None or not programme.enabled or programme.referrals is None:
        return False
    if programme.referrals.friend_welcome is None or account.membership != "full" or account.life.orders:
        return False
    return not account.keeps.welcomed and account.keeps.referred is None


def welcome(friend: Book, now: int) -> None:
    """Give a friend who came by an invitation, before the first order, what the programme welcomes friends with."""
    rules = None if friend.terms is None else friend.terms.programme.referrals
    if rules is not None and rules.friend_welcome is not None and may_be_welcomed(friend):
        grant(friend, rules.friend_welcome, now, "friend_welcome", welcomed=True)


def accept(
    friend: Book, sender: Book, referral: int, state: OrderState, reason: str | None, now: int
) -> Accepted | None:
    """Pay both sides for the friend's first order; with a reason against it nobody is paid, and the friend is nobody's
    friend any more. None: the order does not qualify. May raise what asks to be lent more.
    """
    version = friend.versions.in_force(now)
    rules = None if version is None else rules_of(version.terms)
    if version is None or rules is None or state.pin is None or friend.account.membership != "full":
        return None
    least = parse_money(rules.minimum_order)
    if not _qualifies(state, least):
        return None
    at = state.pin.confirmed_at
    matures_at = max(add(at, Span(0, rules.delay_days), version.terms.zone), now if rules.delay_days == 0 else 0)
    paid = Paid(0, 0) if reason else _pay(friend, rules, "referral_received", at, now)
    theirs = Paid(0, 0) if reason else _pay(sender, rules, "referral_sent", at, now)
    draft = friend.draft(REJECTED if reason else ACCEPTED, "member", now)
    people = (sender.account.id, friend.account.id)
    draft.keep(
        referred=Referred(*people, referral, state.number, matures_at, paid.change_id, reason is not None, least)
    )
    friend.close(draft)
    for book in (friend,) if sender is friend else (friend, sender):
        upgrade(book, now, "member")
        settle(book, now)  # a lot already past its end lapses in an entry made now, once tiers followed (S3.2, S4.9)
        milestones.follow(book, now)
    return Accepted(theirs, at, matures_at, reason)


def _pay(book: Book, rules: doc.Referrals, kind: str, at: int, now: int) -> Paid:
    """Give what the first source of the kind that gives anything gave when the order was confirmed; it waits as long as
    the approval does, by the rules of now."""
    version = book.versions.at(at)
    waits = doc.PendingDelay(days=rules.delay_days) if rules.delay_days else doc.PendingAtOnce()
    for way in () if version is None else version.terms.ways:
        earned = book.account.earned
        if way.kind != kind or version is None:
            continue
        if award(book, version, msgspec.structs.replace(way, pending=waits), at, now, "member"):
            return Paid(book.entries[-1].id, book.account.earned - earned)
    return Paid(0, 0)


def reject(
    friend: Book, referred: Referred, sender: Book | None, friends: Taken | None, senders: Taken | None, now: int
) -> None:
    """Take back what both were given; `sender` is None where nobody is left."""
    own, *others = (
        msgspec.structs.replace(one, rejected=True) if one == referred else one for one in came(friend.account)
    )
    _take(friend, friends, now, referred=own, befriended=tuple(others))
    if sender is not None and senders is not None:
        _take(sender, senders, now)


def _take(book: Book, taken: Taken | None, now: int, **facts: object) -> None:
    draft = book.draft(REJECTED, "member", now)
    if taken is not None and taken.points:
        draft.award = taken.award
        take_back(draft, taken.award, taken.points)
        if taken.given is not None:
            take_away(draft, taken.given)
        if taken.day is not None and taken.qualifying:
            draft.count(taken.day, Counts(0, -taken.qualifying, 0))
    if facts:
        draft.keep(**facts)
    entry = book.close(draft)
    if entry.counts.qualifying:
        end_early(book, now, "member", entry.number)
    settle(book, now)
    milestones.follow(book, now)


def over_limit(rules: doc.Referrals, zone: Any, qualified: list[int], at: int) -> bool:
    """Whether as many friends came in the calendar period as a member may bring."""
    limit = rules.per_member
    if limit is None:
        return False
    start = period_start(local_day(at, zone), limit.period)
    return sum(period_start(local_day(one, zone), limit.period) == start for one in qualified) >= limit.count


def same_person(mine: tuple[str | None, dict[str, Any]], theirs: tuple[str | None, dict[str, Any]]) -> bool:
    """Whether two customers have one phone or one mailbox: a tag after `+` and dots before the `@` make no other."""
    (email, profile), (other, others) = mine, theirs
    phones = ["".join(filter(str.isdigit, str(one.get("phone") or ""))) for one in (profile, others)]
    if phones[0] and phones[0] == phones[1]:
        return True
    return bool(email and other and _mailbox(email) == _mailbox(other))


def _mailbox(email: str) -> str:
    name, _, host = email.casefold().rpartition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{host}"
