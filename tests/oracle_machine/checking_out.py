"""What members do at a checkout and for one another, on both sides: holds and gifts."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import astuple
from typing import TYPE_CHECKING, Final, TypeVar

from leal.engine import gifts, holds
from leal.engine.commands import Who
from leal.errors import LealError
from leal.rules.holding import HoldWish
from tests.oracle import facts
from tests.oracle_machine.acts import CaptureHold, ExtendHold, Give, PlaceHold, ReleaseHold
from tests.oracle_machine.engine_words import failure_words
from tests.oracle_machine.notes import Done, Made
from tests.oracle_machine.telling_members import Perform

if TYPE_CHECKING:
    from tests.oracle_machine.pair import Pair

Answer = TypeVar("Answer")


async def place(pair: Pair, act: PlaceHold, done: Done) -> bool:
    """Points are set aside."""
    if not pair.knows(act.who):
        return False
    wish = HoldWish(act.points, act.worth, act.minutes, act.cart)
    made, refused = await _answer(
        pair.engine.hold(pair.shop, holds.PlaceHold(Who(shopid=act.who), wish, act.reference))
    )
    told = {"minutes": act.minutes, "cart": act.cart, "worth": act.worth}
    found = pair.oracle.hold(act.who, act.points, act.reference, pair.now, **told)
    return await _open(pair, act.who, made, refused, found, done)


async def capture(pair: Pair, act: CaptureHold, done: Done) -> bool:
    """A hold is paid with."""
    if not pair.knows(act.who):
        return False
    command = holds.CaptureHold(Who(shopid=act.who), act.reference, None, act.points)
    made, refused = await _answer(pair.engine.capture_hold(pair.shop, command))
    found = pair.oracle.capture(act.who, act.reference, act.points, pair.now)
    if made is not None and isinstance(found, facts.Captured):
        answered = made.points, made.amount, made.released
        pair.same(act.who, "captured", answered, (found.points, found.value_micros, found.released))
        if found.id not in [one.oracle_id for one in pair.made.values()]:
            who = pair.oracle.names.get(act.who, act.who)
            pair.made[act.name] = Made(who, made.change_id, found.id, None)
    return await _answered(pair, [act.who], refused, found if isinstance(found, facts.Refused) else None, done)


async def extend(pair: Pair, act: ExtendHold, done: Done) -> bool:
    """A hold is to last longer."""
    if not pair.knows(act.who):
        return False
    command = holds.ExtendHold(Who(shopid=act.who), act.reference, None, act.minutes)
    made, refused = await _answer(pair.engine.extend_hold(pair.shop, command))
    found = pair.oracle.extend(act.who, act.reference, act.minutes, pair.now)
    return await _open(pair, act.who, made, refused, found, done)


async def _open(
    pair: Pair,
    who: str,
    made: holds.HoldMade | None,
    refused: tuple[str, ...],
    found: facts.HoldView | facts.Refused,
    done: Done,
) -> bool:
    """Both tell the same of an open hold."""
    if made is not None and isinstance(found, facts.HoldView):
        engine = made.reference, made.points, made.amount, made.placed_at, made.ends_at, made.latest_at
        pair.same(who, "held", engine, astuple(found))
    return await _answered(pair, [who], refused, found if isinstance(found, facts.Refused) else None, done)


async def release(pair: Pair, act: ReleaseHold, done: Done) -> bool:
    """A hold is given up."""
    if not pair.knows(act.who):
        return False
    command = holds.ReleaseHold(Who(shopid=act.who), act.reference)
    made, refused = await _answer(pair.engine.release_hold(pair.shop, command))
    found = pair.oracle.release(act.who, act.reference, pair.now)
    if made is not None and not isinstance(found, facts.Refused):
        pair.same(act.who, "released", made.points, found)
    return await _answered(pair, [act.who], refused, found if isinstance(found, facts.Refused) else None, done)


async def give(pair: Pair, act: Give, done: Done) -> bool:
    """A member's points become another's."""
    if not (pair.knows(act.who) and pair.knows(act.to)):
        return False
    command = gifts.Gift(Who(shopid=act.who), Who(shopid=act.to), act.points, "")
    _, refused = await _answer(pair.engine.give(pair.shop, command))
    found = pair.oracle.give(act.who, act.to, act.points, pair.now)
    return await _answered(pair, [act.who, act.to], refused, found, done)


async def _answer(wish: Awaitable[Answer]) -> tuple[Answer | None, tuple[str, ...]]:
    """What is granted, or why it is refused."""
    try:
        return await wish, ()
    except LealError as failure:
        return None, failure_words(failure)


async def _answered(
    pair: Pair, members: list[str], refused: tuple[str, ...], found: facts.Refused | None, done: Done
) -> bool:
    """Both answered the same."""
    done.refused = refused
    pair.same(members[0], "reasons", sorted(refused), sorted(found.reasons) if found else [])
    await pair.compare(members)
    return True


CHECK_OUT: Final[dict[type, Perform]] = {
    PlaceHold: place,
    CaptureHold: capture,
    ExtendHold: extend,
    ReleaseHold: release,
    Give: give,
}
