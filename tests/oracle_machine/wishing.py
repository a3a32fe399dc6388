"""What members wish and staff do, on both sides: redemptions, corrections, tiers, marks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from leal.engine import commands
from leal.engine.commands import Adjust, Who
from leal.errors import LealError, Refused
from leal.rules.adjusting import Adjustment
from leal.rules.redemption import Wish
from tests.oracle import facts
from tests.oracle_machine.acts import Redeem, ReleaseTier, SetMark, SetTier, Staff, UndoGift, UndoOrder, Unredeem
from tests.oracle_machine.engine_words import failure_words
from tests.oracle_machine.notes import Disagreement, Done, Gift, Made
from tests.oracle_machine.telling_members import Perform

if TYPE_CHECKING:
    from tests.oracle_machine.pair import Pair

REASONS: Final = (
    "redemption_disabled", "not_a_member", "read_only", "rewards_disabled", "not_enough_points", "not_a_choice",
    "below_minimum", "not_a_step", "above_maximum", "redemption_limit_reached", "minimum_cart_not_reached",
)  # fmt: skip
"""The order in which the engine names the reasons of a refusal."""
NEWEST: Final = 100
"""So many changes are asked for where it is the last one that is looked for."""


async def redeem(pair: Pair, act: Redeem, done: Done) -> bool:
    """A member redeems."""
    if not pair.knows(act.who):
        return False
    answer: commands.Redeemed | tuple[str, ...]
    try:
        command = commands.Redeem(Who(shopid=act.who), Wish(act.points, act.with_code, act.cart))
        answer = await pair.engine.redeem(pair.shop, command)
    except Refused as refused:
        answer = failure_words(refused)
    code = answer.code if isinstance(answer, commands.Redeemed) and act.with_code else None
    other = pair.oracle.redeem(
        act.who, act.points, pair.now, with_code=act.with_code, cart_subtotal=act.cart, code=code
    )
    if isinstance(other, facts.Refused):
        done.refused = tuple(sorted(other.reasons, key=REASONS.index))
    if isinstance(answer, tuple) or isinstance(other, facts.Refused):
        said = sorted(answer) if isinstance(answer, tuple) else "granted"
        pair.same(act.who, "reasons", said, sorted(done.refused) or "granted")
    else:
        pair.same(act.who, "worth", answer.amount, other.value_micros)
        drawn = tuple(part for _, part, _ in answer.lots), tuple(part for _, part in other.draws)
        pair.same(act.who, "drawn", *drawn)
        pair.made[act.name] = Made(act.who, answer.change_id, other.id, code)
    await pair.compare([act.who])
    return True


async def unredeem(pair: Pair, act: Unredeem, done: Done) -> bool:
    """A redemption is undone."""
    made = pair.made.get(act.name)
    if made is None:
        return False
    answer: object
    try:
        command = commands.Unredeem(Who(shopid=made.who), made.change_id)
        answer = (await pair.engine.unredeem(pair.shop, command)).points
    except LealError as failure:
        answer = (failure.id,)
    other = pair.oracle.unredeem(made.who, made.oracle_id, pair.now)
    if isinstance(other, facts.Refused):
        done.refused = tuple(other.reasons)
    pair.same(made.who, "undone", answer, done.refused or other)
    await pair.compare([made.who])
    return True


async def staff(pair: Pair, act: Staff, done: Done) -> bool:
    """Staff correct points."""
    if not _can_be_handled(pair, act.who):
        return False
    refused = await _adjust(pair, act.who, Adjustment(act.action, act.points), None, act.name)  # type: ignore[arg-type]
    found = getattr(pair.oracle, act.action)(act.who, act.points, pair.now)
    if isinstance(found, facts.Refused):
        done.refused = refused or tuple(found.reasons)
    if bool(refused) != bool(done.refused):
        raise Disagreement(act.who, {act.action: (refused or "done", done.refused or "done")})
    if act.action == "give_points" and isinstance(found, str):
        changes = (await pair.engine.history(pair.shop, Who(shopid=act.who), limit=NEWEST)).changes
        mine = (one for one in changes if one.note and json.loads(one.note)["description"] == act.name)
        if (gave := next(mine, None)) is not None:
            pair.gifts[act.name] = Gift(act.who, gave.id, found)
    await pair.compare([act.who])
    return True


async def undo_gift(pair: Pair, act: UndoGift, done: Done) -> bool:
    """Staff take a gift back."""
    gift = pair.gifts.get(act.name)
    if gift is None:
        return False
    gave = pair.oracle.shop.accounts[gift.who].awards[gift.award].given > 0
    refused = await _adjust(pair, gift.who, Adjustment("takeaway_points_for_change"), gift.change_id, "")
    done.refused = () if gave else refused or ("nothing",)
    pair.same(gift.who, "gift taken back", not refused, gave)
    pair.oracle.takeaway_points_for_change(gift.who, gift.award, pair.now)
    await pair.compare([gift.who])
    return True


async def undo_order(pair: Pair, act: UndoOrder, done: Done) -> bool:
    """Staff take back what an order gave, if it gave anything since it is this customer's."""
    account = pair.oracle.shop.accounts.get(act.who)
    mine = [award for award in account.awards.values() if award.order == act.order] if account else []
    if account is None or len(mine) != 1 or mine[0].id not in account.given_once:
        return False
    changes = (await pair.engine.history(pair.shop, Who(shopid=act.who))).changes
    of_order = [one for one in changes if one.order_id == act.order and one.type == "earned_from_order"]
    gave = [one for one in of_order if one.points]
    if not gave:
        return False
    refused: tuple[str, ...] = ()
    for one in reversed(gave):  # what it gave before it went to another customer and came back is taken back already
        refused = await _adjust(pair, act.who, Adjustment("takeaway_points_for_change"), one.id, "")
        if refused != ("change_already_neutralised",):
            break
    done.refused = () if not mine[0].closed else refused or ("nothing",)
    pair.same(act.who, "order taken back", not refused, not mine[0].closed)
    pair.oracle.takeaway_points_for_change(act.who, act.order, pair.now)
    await pair.compare([act.who])
    return True


async def set_tier(pair: Pair, act: SetTier, done: Done) -> bool:
    """Staff set a tier."""
    if not _can_be_handled(pair, act.who):
        return False
    adjustment = Adjustment("set_tier", tier=act.tier, until_at=act.until, lock=act.lock)
    refused = await _adjust(pair, act.who, adjustment, None, "")
    found = pair.oracle.set_tier(act.who, act.tier, pair.now, until=act.until, lock=act.lock)
    return await _answered(pair, act.who, refused, found, done)


async def release_tier(pair: Pair, act: ReleaseTier, done: Done) -> bool:
    """Staff let a tier go."""
    if not _can_be_handled(pair, act.who):
        return False
    refused = await _adjust(pair, act.who, Adjustment("release_tier"), None, "")
    return await _answered(pair, act.who, refused, pair.oracle.release_tier(act.who, pair.now), done)


async def set_mark(pair: Pair, act: SetMark, done: Done) -> bool:
    """Staff set or clear a mark."""
    if not _can_be_handled(pair, act.who):
        return False
    adjustment = Adjustment("set_mark" if act.on else "clear_mark", mark=act.mark)  # type: ignore[arg-type]
    refused = await _adjust(pair, act.who, adjustment, None, "")
    return await _answered(pair, act.who, refused, pair.oracle.mark(act.who, act.mark, pair.now, on=act.on), done)


def _can_be_handled(pair: Pair, who: str) -> bool:
    """Whether there is a programme, and such a customer."""
    return pair.oracle.shop.at(pair.now) is not None and pair.knows(who)


async def _answered(pair: Pair, who: str, refused: tuple[str, ...], found: facts.Refused | None, done: Done) -> bool:
    """Both answered the same."""
    done.refused = refused
    pair.same(who, "reasons", sorted(refused), sorted(found.reasons) if found else [])
    await pair.compare([who])
    return True


async def _adjust(pair: Pair, who: str, adjustment: Adjustment, change_id: int | None, why: str) -> tuple[str, ...]:
    """Reasons of the refusal; none where it is done."""
    words = {"description": why or "by hand", "actor": "ann"}
    try:
        await pair.engine.adjust(pair.shop, Adjust(Who(shopid=who), [(adjustment, change_id, words)]))
    except LealError as failure:
        return failure_words(failure)
    return ()


WISH: Final[dict[type, Perform]] = {
    Redeem: redeem,
    Unredeem: unredeem,
    Staff: staff,
    UndoGift: undo_gift,
    UndoOrder: undo_order,
    SetTier: set_tier,
    ReleaseTier: release_tier,
    SetMark: set_mark,
}
