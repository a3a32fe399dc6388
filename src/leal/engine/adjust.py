"""The verb of staff: corrections by hand, all of one call or none, each with its note (S6.4)."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from leal.engine.audit import Act
from leal.engine.clocks import refuse_far
from leal.engine.commands import Adjust, Adjusted, SecondPersonNeeded
from leal.engine.redeem import UnknownChange
from leal.engine.verb import Member, Verb
from leal.errors import Conflict
from leal.rules.adjusting import Adjustment, adjust, neutralise
from leal.rules.ledger import Note
from leal.rules.redemption import void
from leal.rules.replay import BUCKETS
from leal.rules.tiers import current_tier

_encode = msgspec.json.Encoder(order="sorted").encode


class AlreadyNeutralised(Conflict):
    """The change's award was taken back by staff before."""

    id = "change_already_neutralised"
    sentence = "What this change earned was already taken back and cannot be taken back again."


class AdjustVerb(Verb):
    """Apply staff corrections to one member."""

    answer_type = Adjusted

    def __init__(self, command: Adjust) -> None:
        """Raises InvalidInput where a tier is set to an end beyond which nothing can be told."""
        refuse_far(*((f"adjustments[{i}].until", one.until_at) for i, (one, _, _) in enumerate(command.adjustments)))
        self.who = command.who
        self.key = command.key
        self.by, self.approved_by = command.by, command.approved_by
        self.adjustments = [
            (adjustment, change_id, _note(words)) for adjustment, change_id, words in command.adjustments
        ]
        self.change_ids = tuple(change_id for _, change_id, _ in self.adjustments if change_id is not None)
        self.wants_open_redemptions = any(one.action == "unspend_points" for one, _, _ in self.adjustments)

    def decide(self, member: Member) -> Adjusted:
        """Apply each correction in order; raises SecondPersonNeeded where that takes two."""
        self._require_two(member)
        before, first = figures(member), member.book.account.number + 1
        taken: set[int] = set()
        for adjustment, change_id, note in self.adjustments:
            if adjustment.action == "takeaway_points_for_change":
                _neutralise(member, adjustment, change_id, note, taken)
            elif adjustment.action == "void_reward":
                _void(member, change_id, note)
            else:
                _apply(member, adjustment, note)
        after = {"approved_by": self.approved_by} if self.approved_by else {}
        what = "+".join(dict.fromkeys(adjustment.action for adjustment, _, _ in self.adjustments))
        self.acts = [
            Act(self.by, "customer.adjusted", what, member.stored.id, first, before, figures(member) | after),
        ]
        return Adjusted()

    def _require_two(self, member: Member) -> None:
        """More points than staff may correct alone want a second person."""
        terms = member.book.terms
        staff = None if terms is None else terms.programme.staff
        if staff is None or staff.alone_up_to is None or self.approved_by is not None:
            return
        points = 0
        for adjustment, change_id, _ in self.adjustments:
            known = member.awards.get(change_id or 0)
            points += adjustment.points if known is None else known.points
        if points > staff.alone_up_to:
            raise SecondPersonNeeded(member.stored.id, points)


def figures(member: Member) -> dict[str, Any]:
    """What an audit compares of an account."""
    account = member.book.account
    figures: dict[str, Any] = {name: getattr(account, name) for name in BUCKETS}
    tier = current_tier(account, member.book.terms)
    by_hand = {"set_tier": account.set_tier, "set_until": account.set_until, "set_locked": account.set_locked}
    return (
        figures
        | {"tier": None if tier is None else tier.slug, "marks": account.marks}
        | (by_hand if account.set_tier is not None else {})
    )


def _note(words: dict[str, str]) -> Note | None:
    kept = {name: text for name, text in words.items() if text}
    return Note(secrets.token_bytes(16), _encode(kept)) if kept else None


def _apply(member: Member, adjustment: Adjustment, note: Note | None) -> None:
    by_age = sorted(member.redemptions.values(), key=lambda one: one.age)
    open_ = [one for one in by_age if one.open_points]
    outcome = adjust(member.book, adjustment, note, open_, member.now)
    for redemption in [*outcome.restored, *([outcome.drawn] if outcome.drawn is not None else [])]:
        member.put_redemption(redemption)


def _void(member: Member, change_id: int | None, note: Note | None) -> None:
    """Take a reward or code away that is unused."""
    redemption = next((one for one in member.redemptions.values() if one.change_id == change_id), None)
    if redemption is None:
        raise UnknownChange
    void(member.book, redemption, note, member.now)
    member.put_redemption(redemption)


def _neutralise(
    member: Member, adjustment: Adjustment, change_id: int | None, note: Note | None, taken: set[int]
) -> None:
    """Take back what one change earned, once and for all."""
    known = member.awards.get(change_id or 0)
    if known is None:
        raise UnknownChange
    if known.award in taken:
        raise AlreadyNeutralised
    taken.add(known.award)
    if known.cause == "order":
        state = next((one for one in member.orders.values() if one.number == known.cause_number), None)
        if state is None:  # the order is another member's by now, who is paid for it; what was written off is no more
            raise AlreadyNeutralised
        award = next((one for one in state.awards.values() if one.number == known.award), None)
        if award is None:
            raise UnknownChange
        if award.neutralised:
            raise AlreadyNeutralised
        member.orders[state.order.id] = neutralise(member.book, state, known.award, note, member.now)
        member.changed_orders[state.order.id] = state.status
        return
    if known.points <= 0:
        raise AlreadyNeutralised
    whole = msgspec.structs.replace(
        adjustment,
        award=known.award,
        award_points=known.points,
        award_day=known.day,
        award_qualifying=known.qualifying,
        given=known.given,
    )
    _apply(member, whole, note)
    member.undone.add(known.change_id)
