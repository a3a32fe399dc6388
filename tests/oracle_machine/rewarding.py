"""What becomes of offers and rewards, on both sides: taken, granted, turned into a code, taken away, delivered."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final

from leal.engine.commands import Adjust, OfferTaken, TakeOffer, UseReward, Who
from leal.errors import LealError
from leal.rules.adjusting import Adjustment
from tests.oracle import facts
from tests.oracle_machine import acts
from tests.oracle_machine.engine_words import failure_words
from tests.oracle_machine.notes import Done, Made
from tests.oracle_machine.telling_members import Perform

if TYPE_CHECKING:
    from tests.oracle_machine.pair import Pair


async def take(pair: Pair, act: acts.Take, done: Done) -> bool:
    """A member has an offer for its points."""
    if not pair.knows(act.who):
        return False
    made, refused = await _answer(pair.engine.take_offer(pair.shop, TakeOffer(Who(shopid=act.who), act.offer)))
    found = pair.oracle.take(act.who, act.offer, pair.now, code=made.code if made else None)
    return await _taken(pair, act.who, act.name, made, refused, found, done)


async def use(pair: Pair, act: acts.UseReward, done: Done) -> bool:
    """A code is made of the oldest reward of an offer that has none."""
    if not pair.knows(act.who):
        return False
    shown = await pair.balance(act.who)
    bare = [one for one in reversed(shown.rewards) if one.offer == act.offer and one.code is None]
    oldest = next((one for one in bare if not shown.given[one.version, act.offer].is_delivered), None)
    if oldest is None:
        return False
    made, refused = await _answer(pair.engine.use_reward(pair.shop, UseReward(Who(shopid=act.who), oldest.change_id)))
    found = pair.oracle.use(act.who, act.offer, pair.now, code=made.code if made else None)
    return await _taken(pair, act.who, act.name, made, refused, found, done)


async def _taken(
    pair: Pair,
    who: str,
    name: str,
    made: OfferTaken | None,
    refused: tuple[str, ...],
    found: facts.Taken | facts.Refused,
    done: Done,
) -> bool:
    """Both gave the same reward, which has a name from here on."""
    same_reasons(pair, who, refused, found, done)
    if made is not None and isinstance(found, facts.Taken):
        pair.same(who, "cost", made.points, found.points)
        pair.made[name] = Made(pair.oracle.names.get(who, who), made.change_id, found.id, made.code or None)
    await pair.compare([who])
    return True


def same_reasons(pair: Pair, who: str, refused: tuple[str, ...], found: object, done: Done) -> None:
    """Both refused it for the same reasons, or neither did; they are told in the engine's order."""
    done.refused = refused
    pair.same(who, "reasons", sorted(refused), sorted(found.reasons) if isinstance(found, facts.Refused) else [])


async def grant(pair: Pair, act: acts.Grant, done: Done) -> bool:
    """Staff give what an offer gives."""
    if not pair.knows(act.who) or pair.oracle.shop.at(pair.now) is None:
        return False
    refused = await _adjust(pair, act.who, Adjustment("give_reward", offer=act.offer), None)
    return await _done(pair, act.who, refused, pair.oracle.grant(act.who, act.offer, pair.now), done)


async def void(pair: Pair, act: acts.Void, done: Done) -> bool:
    """Staff take a reward away."""
    made = pair.made.get(act.name)
    if made is None:
        return False
    refused = await _adjust(pair, made.who, Adjustment("void_reward"), made.change_id)
    return await _done(pair, made.who, refused, pair.oracle.void_reward(made.who, made.oracle_id, pair.now), done)


async def deliver(pair: Pair, act: acts.Deliver, done: Done) -> bool:
    """What the shop was to do about it is done, or failed; only what waits in the outbox can be."""
    made = pair.made.get(act.name)
    if made is None:
        return False
    await pair.engine.keep_up(pair.shop)
    for one in await pair.engine.outbox(pair.shop):
        about = one.payload.get("code") or one.payload.get("change_bhid")
        if about in (made.code, f"{made.change_id:016x}"):
            try:
                await pair.engine.close_errand(pair.shop, one.id, "done" if act.done else "failed", by="staff")
            except LealError as failure:  # what an order uses cannot fail any more
                done.refused = failure_words(failure)
            pair.oracle.deliver(made.who, made.oracle_id, pair.now, done=act.done)
            await pair.compare([made.who])
            return True
    return False


async def _answer(wish: Awaitable[OfferTaken]) -> tuple[OfferTaken | None, tuple[str, ...]]:
    """What is granted, or why it is refused."""
    try:
        return await wish, ()
    except LealError as failure:
        return None, failure_words(failure)


async def _done(
    pair: Pair, who: str, refused: tuple[str, ...], found: facts.Taken | facts.Refused | None, done: Done
) -> bool:
    """Both did it, or refused it for the same reasons."""
    same_reasons(pair, who, refused, found, done)
    await pair.compare([who])
    return True


async def _adjust(pair: Pair, who: str, adjustment: Adjustment, change_id: int | None) -> tuple[str, ...]:
    """Reasons of the refusal; none where it is done."""
    words = {"description": "by hand", "actor": "ann"}
    try:
        await pair.engine.adjust(pair.shop, Adjust(Who(shopid=who), [(adjustment, change_id, words)]))
    except LealError as failure:
        return failure_words(failure)
    return ()


REWARD: Final[dict[type, Perform]] = {
    acts.Take: take,
    acts.UseReward: use,
    acts.Grant: grant,
    acts.Void: void,
    acts.Deliver: deliver,
}
