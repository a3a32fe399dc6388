"""Giving: points of one member that become another's (S5.8)."""

from __future__ import annotations

from datetime import date

from leal.errors import Reason, Refused
from leal.rules import limits, milestones
from leal.rules.account import GRACE_USED
from leal.rules.calendar import period_start
from leal.rules.climbing import follow_available
from leal.rules.expiration import start_clock
from leal.rules.keeps import Keeps
from leal.rules.ledger import Book, Note
from leal.rules.limits import LimitState
from leal.rules.lots import LotTerms, available_lots, draw, enter, pay_debt
from leal.rules.marking import earns, reasons_of_marks
from leal.rules.programme.words import PERIODS, Period, RedemptionLimit
from leal.rules.returning import Redemption
from leal.rules.settling import settle
from leal.rules.worth import value_of


def reasons_against(sender: Book, receiver: Book, points: int, now: int) -> list[Reason]:
    """Every rule that denies the gift, with the missing figure; empty when it is granted. Both are settled to `now`."""
    terms, account = sender.terms, sender.account
    rules = None if terms is None else terms.programme.gifts
    if terms is None or rules is None or not terms.programme.enabled:
        return [Reason("gifts_disabled")]
    reasons = [] if account.membership == "full" else [Reason("not_a_member")]
    reasons += reasons_of_marks(account)
    if not _may_take(receiver):
        reasons.append(Reason("receiver_not_eligible"))
    if points > account.available:
        missing = points - account.available
        reasons.append(Reason("not_enough_points", {"available": account.available, "missing": missing}))
    if points < rules.min:
        reasons.append(Reason("gift_too_small", {"min": rules.min, "missing": rules.min - points}))
    if rules.limit is not None:
        state = left_of(account.keeps, rules.limit, limits.counting_day(account.keeps.gifts_on, terms, now))
        if points > state.remaining:
            reasons.append(Reason("gift_limit_reached", {**state._asdict()}))
    return reasons


def _may_take(receiver: Book) -> bool:
    account = receiver.account
    return account.membership == "full" and "readonly" not in account.marks and earns(account)


def give(sender: Book, receiver: Book, points: int, notes: tuple[Note | None, Note | None], now: int) -> Redemption:
    """Let a member's points become another's; raises Refused with every reason that denies it.

    They are drawn as if they were spent, and keep their ends; the receiver's debt is paid first. It counts for no tier,
    keeps no points alive, and is outside of the redemption limit.
    """
    if reasons := reasons_against(sender, receiver, points, now):
        raise Refused(reasons)
    terms, account = sender.terms, sender.account
    assert terms is not None  # no terms is a reason of its own
    day = limits.counting_day(account.keeps.gifts_on, terms, now)
    draft = sender.draft("points_given", "member", now, cause_number=account.number + 1)
    draft.note = notes[0]
    drawn = draw(draft, available_lots(account, points), points)
    account.redeemed += points
    draft.keep(gifts_on=day, gifts_used=_counted(account.keeps, day, points))
    draft.changes["receiver"] = receiver.account.id
    entry = sender.close(draft)
    got = receiver.draft("points_received", "member", now, cause_number=receiver.account.number + 1)
    got.note, got.award = notes[1], got.number
    got.changes["sender"] = account.id
    receiver.account.earned += points
    for one in drawn:
        left = pay_debt(got, one.points)
        own = LotTerms(got.award, now, now, one.expires_at, one.flags & GRACE_USED)
        if left:
            enter(got, None, own, left)
    got.changes.update(start_clock(receiver.account, account.everything_at))
    receiver.close(got)
    settle(sender, now)  # what falls due next may have been given
    follow_available(receiver, now, "member", got.award)
    settle(receiver, now)
    milestones.follow(receiver, now)  # points for entering a tier may count
    return Redemption(
        number=entry.number,
        kind="gift",
        code=None,
        status="external",
        points=points,
        amount=value_of(terms, points) or 0,
        drawn_at=now,
        day_ordinal=day.toordinal(),
        draws=drawn,
        returned=[0] * len(drawn),
        change_id=entry.id,
    )


def left_of(keeps: Keeps, limit: RedemptionLimit, day: date) -> LimitState:
    """What is left of the limit of gifts on the day."""
    return LimitState(limit.points, max(0, limit.points - _used(keeps, limit.period, day)), limit.period)


def _used(keeps: Keeps, period: Period, day: date) -> int:
    if keeps.gifts_on is None or period_start(keeps.gifts_on, period) != period_start(day, period):
        return 0
    return keeps.gifts_used[PERIODS.index(period)]


def _counted(keeps: Keeps, day: date, points: int) -> tuple[int, ...]:
    return tuple(_used(keeps, period, day) + points for period in PERIODS)


def united(ours: Keeps, theirs: Keeps) -> tuple[date | None, tuple[int, ...]]:
    """What both together have given: the newer one's day, and in each of its periods the sum (S11.2)."""
    day = max(filter(None, (ours.gifts_on, theirs.gifts_on)), default=None)
    if day is None:
        return None, ()
    return day, tuple(_used(ours, period, day) + _used(theirs, period, day) for period in PERIODS)
