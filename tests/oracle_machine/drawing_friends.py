"""How friends come: invitations, and what the shop tells that leads to one, or shows who is no friend."""

from __future__ import annotations

from typing import Final

from tests.oracle.facts import CustomerFacts
from tests.oracle_machine.acts import Act, Customer, Refer
from tests.oracle_machine.befriending import address
from tests.oracle_machine.drawing import Drawing
from tests.oracle_machine.pair import Pair

CHANNELS: Final = ("sms", "whatsapp")
PHONES: Final = ("0612345678", "0687654321")
INVITERS: Final = 3
"""So many members invite friends: what became of it is compared after each act."""


def invite(drawing: Drawing, pair: Pair) -> Act | None:
    """A member invites, by a channel that anybody may read, or by e-mail a certain one."""
    dice, inviters = drawing.dice, [who for who in drawing.members[:INVITERS] if who in pair.members]
    if not inviters or not drawing.has(pair, "referrals"):
        return None
    friend = dice.choice([None, None, *drawing.members[:8]])
    channel = "email" if friend else dice.choice(CHANNELS)
    return Refer(dice.choice(inviters), drawing.name("REF"), channel, friend)


def friend(drawing: Drawing, pair: Pair) -> Act | None:
    """The shop tells of somebody a phone, an e-mail, or the code of an invitation."""
    if not drawing.has(pair, "referrals"):
        return None
    dice = drawing.dice
    who = dice.choice([one for one in drawing.members if one not in pair.oracle.names])  # merged: another's address
    told = [CustomerFacts(phone=dice.choice(PHONES)), CustomerFacts(email=address(dice.choice([who, f"{who}.x"])))]
    told += [CustomerFacts(referral_code=name) for name in sorted(pair.invited)]
    return Customer(who, None, dice.choice(told))
