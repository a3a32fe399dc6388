"""The kinds of acts of a random life, and how often each is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.oracle_machine import drawing_friends, drawing_people, drawing_rewards, drawing_staff
from tests.oracle_machine.acts import Act, Single, Together
from tests.oracle_machine.drawing import Drawing
from tests.oracle_machine.drawing_imports import draw_customer, draw_import
from tests.oracle_machine.drawing_rewards import has_stock
from tests.oracle_machine.pair import Pair

Kind = Callable[[Drawing, Pair], Act | None]
Of = Callable[[Drawing, Pair], Single | None]
AT_ONCE: Final[dict[Of, int]] = {
    Drawing.customer: 1,
    Drawing.membership: 1,
    Drawing.order: 10,
    Drawing.event: 5,
    drawing_people.birthday: 2,
    drawing_people.consent: 2,
    drawing_people.subscription: 3,
    drawing_rewards.take: 6,
    drawing_rewards.use: 3,
    drawing_rewards.grant: 1,
    drawing_rewards.void: 2,
    Drawing.big_order: 5,
    Drawing.status: 5,
    Drawing.again: 2,
    Drawing.refund: 6,
    Drawing.order_with_code: 5,
    Drawing.redeem: 10,
    Drawing.unredeem: 5,
    Drawing.place_hold: 4,
    Drawing.end_hold: 3,
    drawing_staff.correct: 8,
    drawing_staff.take_back: 4,
    drawing_staff.set_tier: 3,
    drawing_staff.mark: 1,
}
"""How often each kind of act is drawn for one of several members that act at once."""


def together(drawing: Drawing, pair: Pair) -> Act | None:
    """Many members do something at once; where it matters who is first (budgets, stocks, friends) one alone, or all in
    turn."""
    dice = drawing.dice
    scarce = has_stock(pair) or drawing.has(pair, "referrals") or any(not cap.get("period") for cap in _caps_of(pair))
    everybody = [who for who in drawing.members if who not in pair.oracle.names]  # somebody else by now
    alone = scarce and dice.choice([True, False])
    acts, times = [], dice.choice(drawing.turns)
    for who in [dice.choice(everybody)] if alone else everybody:
        drawing.who = who
        for kind in drawing.temper.some(dice, list(AT_ONCE), list(AT_ONCE.values()), times):
            if (act := kind(drawing, pair)) is not None:
                acts.append(act)
    drawing.who = None
    in_turn = scarce and not alone
    return Together(tuple(acts), one_call=not in_turn and dice.choice([True, False]), in_turn=in_turn) if acts else None


def _caps_of(pair: Pair) -> list[dict[str, object]]:
    """All caps of all versions."""
    sources = [source for one in pair.oracle.shop.versions for source in one.document.get("sources") or []]
    return [cap for source in sources for cap in source.get("caps") or []]


WEIGHTS: Final[dict[Kind, int]] = {
    Drawing.publish: 1,
    Drawing.time_passes: 5,
    Drawing.something_falls_due: 6,
    Drawing.a_day_ends: 3,
    Drawing.look: 10,
    Drawing.customer: 2,
    Drawing.membership: 2,
    Drawing.product: 3,
    Drawing.order: 10,
    Drawing.event: 6,
    drawing_people.birthday: 4,
    drawing_people.consent: 4,
    draw_import: 8,
    draw_customer: 5,
    drawing_people.subscription: 6,
    drawing_rewards.take: 10,
    drawing_rewards.use: 5,
    drawing_rewards.grant: 3,
    drawing_rewards.void: 3,
    drawing_rewards.deliver: 2,
    drawing_friends.invite: 5,
    drawing_friends.friend: 10,
    drawing_friends.first_order: 14,
    drawing_friends.newcomer: 14,
    drawing_friends.changes_its_mind: 20,
    together: 60,
    Drawing.big_order: 6,
    Drawing.status: 6,
    Drawing.again: 3,
    Drawing.refund: 7,
    Drawing.order_with_code: 6,
    Drawing.redeem: 12,
    Drawing.unredeem: 6,
    Drawing.place_hold: 6,
    Drawing.end_hold: 6,
    Drawing.give: 4,
    drawing_staff.correct: 10,
    drawing_staff.take_back: 5,
    drawing_staff.set_tier: 4,
    drawing_staff.mark: 1,
    Drawing.merge: 3,
    Drawing.erase: 1,
}
"""How often each kind of act is drawn, against the others."""


def any_act(drawing: Drawing, pair: Pair) -> Act | None:
    """Any act, by the temper of the life."""
    (kind,) = drawing.temper.some(drawing.dice, list(WEIGHTS), list(WEIGHTS.values()))
    return kind(drawing, pair)
