"""The verbs of members: redeem points, and take that back (S5.2, S5.5)."""

from __future__ import annotations

from leal.engine.commands import Redeem, Redeemed, Unredeem, Unredeemed
from leal.engine.verb import Member, Verb
from leal.errors import NotFound
from leal.rules import redemption as rules
from leal.rules.codes import with_prefix


class UnknownChange(NotFound):
    """No redemption of this member has that change id."""

    id = "not_found"
    sentence = "This customer has no such change."


class RedeemVerb(Verb):
    """Turn points into a discount."""

    answer_type = Redeemed

    def __init__(self, command: Redeem, code: str) -> None:
        self.who = command.who
        self.wish = command.wish
        self.key = command.key
        self.code = code
        """A fresh code without the programme's prefix, made at the edge: rules know no chance."""

    def decide(self, member: Member) -> Redeemed:
        """Draw the points, if every rule allows it."""
        made = rules.redeem(member.book, self.wish, with_prefix(member.book.terms, self.code), member.now)
        member.put_redemption(made)
        if made.code is not None:
            member.claims.append(("code", made.code, made.number))
        return Redeemed(
            code=made.code or "",
            points=made.points,
            amount=made.amount,
            change_id=made.change_id,
            lots=[(one.lot, one.points, one.expires_at) for one in made.draws],
            expires_at=made.expires_at,
        )


class UnredeemVerb(Verb):
    """Undo a redemption."""

    answer_type = Unredeemed

    def __init__(self, command: Unredeem) -> None:
        self.who = command.who
        self.key = command.key
        self.change_ids = (command.change_id,)

    def decide(self, member: Member) -> Unredeemed:
        """Give the points back to the lots they came from."""
        redemption = next((one for one in member.redemptions.values() if one.change_id in self.change_ids), None)
        if redemption is None:
            raise UnknownChange
        points = rules.unredeem(member.book, redemption, member.now)
        member.put_redemption(redemption)
        return Unredeemed(points)
