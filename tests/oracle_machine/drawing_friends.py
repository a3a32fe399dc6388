"""How friends come: invitations, and what the shop tells that leads to one, or shows who is no friend."""

from __future__ import annotations

from typing import Final

from leal.values import DAY, MICRO
from tests.oracle.facts import CustomerFacts, LineFacts, OrderFacts
from tests.oracle_machine.acts import Act, Customer, Push, Refer
from tests.oracle_machine.befriending import address
from tests.oracle_machine.drawing import Drawing, order_id
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


def first_order(drawing: Drawing, pair: Pair) -> Act | None:
    """Somebody who has ordered nothing yet does, by an invitation, by its code or without one."""
    dice, ordered = drawing.dice, {push.who for push in pair.told.values()}
    new = [who for who in drawing.members if who not in ordered and who not in pair.oracle.names]
    if not new or not pair.invited:
        return None
    who, codes = dice.choice(new), dice.choice([(), (dice.choice(sorted(pair.invited)),)])
    placed_at = pair.now - dice.choice([0, 0, 0, DAY])
    lines = (LineFacts("candle", dice.choice([20, 60, 250]) * MICRO, id="l0"),)
    told = OrderFacts(order_id(who, 1), "confirmed", placed_at, pair.now, lines, None, 0, 0, 0, codes)
    return Push(who, told)
