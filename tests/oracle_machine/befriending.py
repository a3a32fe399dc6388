"""What members do to bring friends, on both sides: invitations, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leal.engine.commands import Who
from leal.engine.invitations import Refer
from leal.errors import LealError
from tests.oracle_machine import acts
from tests.oracle_machine.engine_words import failure_words
from tests.oracle_machine.notes import Done, Invited
from tests.oracle_machine.rewarding import same_reasons
from tests.oracle_machine.telling_members import Perform

if TYPE_CHECKING:
    from tests.oracle_machine.pair import Pair


def address(friend: str) -> str:
    """Where a story says that somebody lives."""
    return f"{friend}@example.com"


async def refer(pair: Pair, act: acts.Refer, done: Done) -> bool:
    """A member invites somebody."""
    if not pair.knows(act.who):
        return False
    refused: tuple[str, ...] = ()
    made, to = None, None if act.friend is None else address(act.friend)
    try:
        made = await pair.engine.refer(pair.shop, Refer(Who(shopid=act.who), act.channel, to))
    except LealError as failure:
        refused = failure_words(failure)
    code = made.code if made else act.name
    found = pair.oracle.refer(act.who, act.channel, pair.now, email=to, code=code)
    same_reasons(pair, act.who, refused, found, done)
    if made is not None:
        pair.same(act.who, "invitation", made.code, found)
        pair.invited[act.name] = Invited(pair.oracle.names.get(act.who, act.who), made.code)
    await pair.compare([act.who])
    return True


async def compare_referrals(pair: Pair, who: str) -> None:
    """What became of a member's invitations is told the same by both; of one instant, which two who became one sent,
    in either order."""
    told = await pair.engine.referrals(pair.shop, Who(shopid=who))
    sides = told.rows, pair.oracle.referrals(who, pair.now)
    engine, oracle = ([(one.sent_at, one.code, one.channel, one.status, one.points) for one in side] for side in sides)
    newest_first = [sorted(side, key=lambda one: one[0], reverse=True) for side in (engine, oracle)]
    pair.same(who, "order of referrals", [engine, oracle], newest_first)
    engine, oracle = (sorted(side, key=lambda one: one[:2], reverse=True) for side in (engine, oracle))
    pair.same(who, "referrals", engine, oracle)


BEFRIEND: Final[dict[type, Perform]] = {acts.Refer: refer}
