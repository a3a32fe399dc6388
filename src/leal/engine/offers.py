"""The verbs of offers: have one for points, make a code of a reward, and what became of what the shop was to do."""

from __future__ import annotations

import secrets

import msgspec

from leal.engine.audit import Act
from leal.engine.commands import OfferTaken, TakeOffer, UseReward, Who
from leal.engine.redeem import UnknownChange
from leal.engine.verb import Member, Outcome, Verb
from leal.errors import NotFound
from leal.rules import offers as rules
from leal.rules.codes import with_prefix
from leal.rules.ledger import Note
from leal.rules.redemption import void
from leal.rules.returning import Redemption

_encode = msgspec.json.Encoder(order="sorted").encode


class NothingWaits(NotFound):
    """Nothing of that number waits in the outbox."""

    id = "nothing_waits"
    sentence = "Nothing of that number waits in the outbox."


class TakeOfferVerb(Verb):
    """Have an offer for its points."""

    answer_type = OfferTaken

    def __init__(self, command: TakeOffer, code: str) -> None:
        self.who = command.who
        self.key = command.key
        self.offer = command.offer
        self.code = code
        self.note = Note(secrets.token_bytes(16), _encode(command.words)) if command.words else None

    def decide(self, member: Member) -> OfferTaken:
        """Draw the points, if nothing stands against it."""
        made = rules.take(member.book, self.offer, with_prefix(member.book.terms, self.code), self.note, member.now)
        member.put_redemption(made)
        if made.code is not None:
            member.claims.append(("code", made.code, made.number))
        return _told(made)


class UseRewardVerb(Verb):
    """Make a code of a reward that has none."""

    answer_type = OfferTaken

    def __init__(self, command: UseReward, code: str) -> None:
        self.who = command.who
        self.key = command.key
        self.change_ids = (command.change_id,)
        self.code = code

    def decide(self, member: Member) -> OfferTaken:
        """Give it the fresh code, or tell the one that it has."""
        reward = next((one for one in member.redemptions.values() if one.change_id in self.change_ids), None)
        if reward is None or reward.offer is None:
            raise UnknownChange
        had = reward.code
        code = with_prefix(member.book.terms, self.code)
        rules.use(member.book, reward, code, member.now)
        if had is None:
            member.put_redemption(reward)
            member.claims.append(("code", code, reward.number))
        return _told(reward)


class CloseErrandVerb(Verb):
    """What the shop was to do is done, or failed: then what it was about is taken away, and points come back (S5.5)."""

    def __init__(self, account: int, errand: int, outcome: Outcome, by: str) -> None:
        self.who = Who(bhid=account)
        self.errand = errand
        self.outcome: Outcome = outcome
        self.by = by

    def decide(self, member: Member) -> int:
        """Close it, once; gives the points that came back."""
        assert self.errand is not None
        found, points = member.errands.get(self.errand), 0
        if found is None or not found.is_waiting:
            raise NothingWaits
        first = member.book.account.number + 1
        redemption = member.redemptions.get(found.redemption or 0)
        if redemption is not None:
            if self.outcome == "done":
                rules.deliver(member.book, redemption)
            else:
                points = void(member.book, redemption, None, member.now)
            member.put_redemption(redemption)
        member.closing[self.errand] = self.outcome
        number = first if member.book.account.number >= first else None
        self.acts = [Act(self.by, f"outbox.{self.outcome}", str(self.errand), member.stored.id, number)]
        return points


def _told(reward: Redemption) -> OfferTaken:
    assert reward.offer is not None
    code = reward.code or ""
    return OfferTaken(reward.offer, reward.version, reward.points, code, reward.change_id, reward.expires_at)
