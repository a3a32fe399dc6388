"""How friends come: invitations, and what the shop tells that leads to one, or shows who is no friend."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from leal.values import DAY, MICRO
from tests.oracle.facts import CustomerFacts, LineFacts, OrderFacts
from tests.oracle_machine.acts import Act, Customer, Look, Merge, Move, Push, Refer, Single, Together, UndoOrder
from tests.oracle_machine.befriending import address
from tests.oracle_machine.drawing import ALONE, Drawing, order_id
from tests.oracle_machine.pair import Pair

CHANNELS: Final = ("sms", "whatsapp")
PHONES: Final = ("0612345678", "0687654321")
FRIENDS: Final = ("ida", "joe", "kay", "lou", "max", "ned", "ola", "pam", "ray", "sue", "tim", "zak")
"""Who comes by an invitation and was never heard of."""
INVITERS: Final = 3
"""So many members invite friends: what became of it is compared after each act."""


def invite(drawing: Drawing, pair: Pair) -> Act | None:
    """A member invites, by a channel that anybody may read, or by e-mail a certain one."""
    dice, inviters = drawing.dice, [who for who in drawing.members[:INVITERS] if who in pair.members]
    if not inviters or not drawing.has(pair, "referrals"):
        return None
    friend = dice.choice([None, None, *drawing.members[:8], *FRIENDS[:3]])
    channel = "email" if friend else dice.choice(CHANNELS)
    return Refer(dice.choice(inviters), drawing.name("REF"), channel, friend)


def friend(drawing: Drawing, pair: Pair) -> Act | None:
    """The shop tells of somebody a phone, an e-mail, or the code of an invitation."""
    if not drawing.has(pair, "referrals"):
        return None
    dice = drawing.dice
    who = dice.choice([one for one in drawing.members if one not in pair.oracle.names])  # merged: another's address
    told = [
        CustomerFacts(phone=dice.choice(PHONES)),
        CustomerFacts(email=address(dice.choice([who, f"{who}.x", f"home+{who}"]))),
    ]
    told += [CustomerFacts(referral_code=name) for name in sorted(pair.invited)]
    return Customer(who, None, dice.choice(told))


def first_order(drawing: Drawing, pair: Pair) -> Act | None:
    """Somebody who has ordered nothing yet does, by an invitation, by its code or without one."""
    dice, ordered = drawing.dice, {push.who for push in pair.told.values()}
    new = [who for who in drawing.members if who not in ordered and who not in pair.oracle.names]
    if not new or not pair.invited:
        return None
    who, codes = dice.choice(new), dice.choice([(), (dice.choice(sorted(pair.invited)),)])
    return _first(drawing, pair, who, codes)


def _first(drawing: Drawing, pair: Pair, who: str, codes: tuple[str, ...]) -> Push:
    """Somebody's first order."""
    dice = drawing.dice
    status, placed_at = (
        dice.choice(["confirmed"] * 4 + ["completed", "unconfirmed"]),
        pair.now - dice.choice([0, 0, 0, DAY]),
    )
    lines = (LineFacts("candle", dice.choice([20, 60, 250]) * MICRO, id="l0"),)
    return Push(who, OrderFacts(order_id(who, 1), status, placed_at, pair.now, lines, None, 0, 0, 0, codes))


def newcomer(drawing: Drawing, pair: Pair) -> Act | None:
    """Somebody who was never heard of comes by an invitation, is perhaps told of first, and orders."""
    dice = drawing.dice
    who = next((one for one in FRIENDS if one not in drawing.members), None)
    if who is None or not pair.invited:
        return invite(drawing, pair)
    drawing.members += (who,)
    name = sorted(pair.invited)[-dice.randint(1, min(3, len(pair.invited)))]
    email, code = CustomerFacts(email=address(who)), CustomerFacts(referral_code=name)
    before: list[Single] = [
        Customer(who, None, told) for told in dice.choice([(), (), (code,), (email,), (email, code)])
    ]
    order = _first(drawing, pair, who, dice.choice([(), (name,)]) if before else (name,))
    return Together((*before, order), one_call=False)


def changes_its_mind(drawing: Drawing, pair: Pair) -> Act | None:
    """The order that made a friend is taken back, or comes back; the delay ends; both are looked at, or are one."""
    dice, known = drawing.dice, [one for one in pair.oracle.friends if one.friend and one.friend in pair.members]
    if not known:
        return None
    one = dice.choice([*known[-3:], *known])
    assert one.friend is not None
    told = pair.told.get(one.order)
    alone = OrderFacts(one.order, dice.choice(ALONE), None, pair.now)
    acts: list[Act] = [Push(one.friend, alone), Push(one.friend, alone), UndoOrder(one.friend, one.order)]
    if told is not None and told.facts.lines is not None:
        paid = dice.choice([0, 20, 49_999_999, 50_000_000, 250 * MICRO])
        less = tuple(replace(line, amount_spent=paid) for line in told.facts.lines[:1])
        acts += [Push(one.friend, replace(told.facts, lines=less, update_time=pair.now, status=None))] * 2
        acts.append(Push(dice.choice(pair.members), replace(told.facts, update_time=pair.now)))
    if one.approved_at > pair.now:
        acts += [Move(one.approved_at - dice.choice([0, 1]), dice.choice([True, False]))] * 4
    at = dice.choice([one.approved_at, one.confirmed_at]) - dice.choice([0, 1])
    acts += [Look(who, at) for who in (one.friend, one.inviter) if who in pair.members and who is not None]
    if one.inviter in pair.members and one.inviter != one.friend and dice.randint(0, 3) == 0:
        acts.append(Merge(*dice.choice([(one.inviter, (one.friend,)), (one.friend, (one.inviter,))])))
    return dice.choice(acts)
