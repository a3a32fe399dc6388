"""The pair: one shop kept by the engine and by the oracle, told the same acts at the same instants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import msgspec

from leal.engine import commands
from leal.engine.commands import Adjust, Balance, CustomerFacts, PushCustomer, PushOrder, Who
from leal.engine.engine import Engine
from leal.errors import InvalidInput, LealError, Refused
from leal.rules.account import broken_laws
from leal.rules.adjusting import Adjustment
from leal.rules.redemption import Wish
from tests.oracle import facts
from tests.oracle.oracle import Oracle
from tests.oracle_machine.acts import (
    Act,
    Customer,
    Look,
    Membership,
    Move,
    Publish,
    Push,
    Redeem,
    Single,
    Staff,
    Together,
    UndoGift,
    UndoOrder,
    Unredeem,
)
from tests.oracle_machine.comparing import differences, of_engine, of_oracle
from tests.oracle_machine.engine_words import engine_order
from tests.oracle_machine.programmes import Document, text_of

TOTALS_ONLY: Final = "T"
"""Orders whose id begins so are told by their totals alone."""
REASONS: Final = (
    "redemption_disabled", "not_a_member", "not_enough_points", "not_a_choice", "below_minimum", "not_a_step",
    "above_maximum", "redemption_limit_reached", "minimum_cart_not_reached",
)  # fmt: skip
"""The order in which the engine names the reasons of a refusal."""


class Disagreement(AssertionError):
    """Engine and oracle show something else, or an account proves to be broken."""

    def __init__(self, who: str | None, differing: dict[str, tuple[object, object]], at: int | None = None) -> None:
        self.who, self.differing, self.at = who, differing, at
        told = [f"{name}: the engine {engine}, the oracle {oracle}" for name, (engine, oracle) in differing.items()]
        super().__init__("\n".join(f"{who or 'the shop'}: {line}" for line in told))

    @property
    def kind(self) -> tuple[str, ...]:
        """What differs, without the figures."""
        return tuple(sorted(self.differing))


class Made(msgspec.Struct, frozen=True):
    """A redemption that both made."""

    who: str
    change_id: int
    oracle_id: str
    code: str | None


class Gift(msgspec.Struct, frozen=True):
    """A gift of staff: whose, the id of the change, the oracle's award."""

    who: str
    change_id: int
    award: str


class Done(msgspec.Struct, eq=False):
    """An act as it happened: when, and with the reasons of its refusal, by the oracle."""

    act: Act
    at: int
    refused: tuple[str, ...] = ()


OracleMaker = Callable[[int], Oracle]


class Pair:
    """One sandbox shop twice. Every act is followed by a comparison of the members it touches."""

    def __init__(self, engine: Engine, shop: commands.Shop, slug: str, oracle: Oracle, start_at: int) -> None:
        self._engine, self._slug, self.shop = engine, slug, shop
        self.oracle = oracle
        self.now = start_at
        self.operations, self.compared = 0, 0
        self.acts: list[Act] = []
        self.done: list[Done] = []
        self.members: list[str] = []
        self.made: dict[str, Made] = {}
        self.gifts: dict[str, Gift] = {}
        self.told: dict[str, Push] = {}

    @classmethod
    async def open(cls, engine: Engine, slug: str, start_at: int, make: OracleMaker | None = None) -> Pair:
        """Found the shop on both sides."""
        shop = await engine.create_shop(slug, sandbox=True, clock_at=start_at)
        return cls(engine, shop, slug, make(start_at) if make else Oracle(start=start_at), start_at)

    async def play(self, act: Act) -> bool:
        """Let an act happen; false where it does not apply. Raises Disagreement."""
        self.acts.append(act)
        singles: list[Act] = list(act.acts) if isinstance(act, Together) else [act]
        pushed = len(singles)
        if isinstance(act, Together) and act.one_call:
            singles = await self._push_together(act.acts)
        pushed -= len(singles)
        happened = await asyncio.gather(*(self._note(single) for single in singles), return_exceptions=True)
        for one in happened:
            if isinstance(one, BaseException):
                raise one
        if not (pushed or any(happened)):
            self.acts.pop()
            return False
        return True

    async def _note(self, act: Act) -> bool:
        """Let one act happen and write down how it went."""
        done = Done(act, self.now)
        self.done.append(done)
        if not await self._perform(act, done):
            self.done.remove(done)
            return False
        self.operations += 1
        return True

    async def _perform(self, act: Act, done: Done) -> bool:
        match act:
            case Publish():
                return await self._publish(act.document, act.effective_at)
            case Move():
                return await self._move(act.to_at, upkeep=act.upkeep)
            case Customer():
                return await self._customer(act.who)
            case Membership():
                return await self._membership(act)
            case Push():
                return await self._push(act.who, act.facts)
            case Redeem():
                return await self._redeem(act, done)
            case Unredeem():
                return await self._unredeem(act, done)
            case Staff():
                return await self._staff(act, done)
            case UndoGift():
                return await self._undo_gift(act, done)
            case UndoOrder():
                return await self._undo_order(act, done)
            case Look():
                return await self._look(act.who, act.at)
        raise ValueError(act)

    # ----------------------------------------------------------------------------------------- programme and clock

    async def _publish(self, document: Document, effective_at: int) -> bool:
        effective_at = max([effective_at, self.now, *(version.effective_at for version in self.oracle.shop.versions)])
        try:
            text = text_of(document, self._slug)
            await self._engine.publish(self.shop, text, author="machine", effective_at=effective_at, approver="another")
        except InvalidInput:  # not a programme: a dice made it, or a part of it was left out
            return False
        self.oracle.publish(document, self.now, effective_at)
        await self.compare(self.members)
        return True

    async def _move(self, to_at: int, *, upkeep: bool) -> bool:
        if to_at < self.now:
            return False
        self.now = to_at
        await self._engine.advance_clock(self.shop, to_at, keep_up=upkeep)
        await self.compare(self.members)
        return True

    # ----------------------------------------------------------------------------------------------------- members

    async def _customer(self, who: str) -> bool:
        self._know(who)
        await self._engine.push_customers(self.shop, [PushCustomer(CustomerFacts(Who(shopid=who)))])
        self.oracle.push_customer(who, self.now)
        await self.compare([who])
        return True

    async def _membership(self, act: Membership) -> bool:
        if self.oracle.shop.at(self.now) is None:
            return False
        self._know(act.who)
        told = PushCustomer(CustomerFacts(Who(shopid=act.who), {}, act.how))
        await self._engine.push_customers(self.shop, [told])
        self.oracle.membership(act.who, act.how, self.now)
        await self.compare([act.who])
        return True

    async def _push(self, who: str, told: facts.OrderFacts) -> bool:
        await self._send([Push(who, told)])
        await self.compare([who])
        return True

    async def _push_together(self, acts: tuple[Single, ...]) -> list[Act]:
        """The orders among the acts in one call; the other acts."""
        pushes = [act for act in acts if isinstance(act, Push)]
        if not pushes:
            return list(acts)
        self.done += [Done(push, self.now) for push in pushes]
        await self._send(pushes)
        await self.compare([push.who for push in pushes])
        self.operations += len(pushes)
        return [act for act in acts if not isinstance(act, Push)]

    async def _send(self, pushes: list[Push]) -> None:
        told = []
        for push in pushes:
            self._know(push.who)
            known = self.told.get(push.facts.id)
            if push.facts.lines is not None or push.facts.amount_spent is not None or known is None:
                self.told[push.facts.id] = push
            told.append(PushOrder(CustomerFacts(Who(shopid=push.who)), engine_order(self._with_codes(push.facts))))
        for pushed in await self._engine.push_orders(self.shop, told):
            if pushed.problems:
                raise Disagreement(None, {"order": (str(pushed.problems), "taken")})
        for push in pushes:
            self.oracle.push_order(push.who, self._with_codes(push.facts), self.now)

    def _with_codes(self, told: facts.OrderFacts) -> facts.OrderFacts:
        """The push with the codes themselves in place of their names."""
        if told.discount_codes is None:
            return told
        names = told.discount_codes
        codes = tuple(self.made[name].code or name if name in self.made else name for name in names)
        return replace(told, discount_codes=codes)

    async def _redeem(self, act: Redeem, done: Done) -> bool:
        if act.who not in self.members:
            return False
        answer: commands.Redeemed | tuple[str, ...]
        try:
            command = commands.Redeem(Who(shopid=act.who), Wish(act.points, act.with_code, act.cart))
            answer = await self._engine.redeem(self.shop, command)
        except Refused as refused:
            answer = tuple(reason.code for reason in refused.reasons)
        code = answer.code if isinstance(answer, commands.Redeemed) and act.with_code else None
        other = self.oracle.redeem(
            act.who, act.points, self.now, with_code=act.with_code, cart_subtotal=act.cart, code=code
        )
        if isinstance(other, facts.Refused):
            done.refused = tuple(sorted(other.reasons, key=REASONS.index))
        if isinstance(answer, tuple) or isinstance(other, facts.Refused):
            said = sorted(answer) if isinstance(answer, tuple) else "granted"
            self._same(act.who, "reasons", said, sorted(done.refused) or "granted")
        else:
            self._same(act.who, "worth", answer.amount, other.value_micros)
            self._same(
                act.who, "drawn", tuple(part for _, part, _ in answer.lots), tuple(part for _, part in other.draws)
            )
            self.made[act.name] = Made(act.who, answer.change_id, other.id, code)
        await self.compare([act.who])
        return True

    async def _unredeem(self, act: Unredeem, done: Done) -> bool:
        made = self.made.get(act.name)
        if made is None:
            return False
        answer: object
        try:
            command = commands.Unredeem(Who(shopid=made.who), made.change_id)
            answer = (await self._engine.unredeem(self.shop, command)).points
        except LealError as failure:
            answer = (failure.id,)
        other = self.oracle.unredeem(made.who, made.oracle_id, self.now)
        if isinstance(other, facts.Refused):
            done.refused = tuple(other.reasons)
        self._same(made.who, "undone", answer, done.refused or other)
        await self.compare([made.who])
        return True

    # ------------------------------------------------------------------------------------------------------- staff

    async def _staff(self, act: Staff, done: Done) -> bool:
        if self.oracle.shop.at(self.now) is None or act.who not in self.members:
            return False
        refused = await self._adjust(act.who, Adjustment(act.action, act.points), None, act.name)  # type: ignore[arg-type]
        debt = self.oracle.account(act.who, self.now).debt
        found: object
        if act.action == "forgive_debt" and act.points > debt:
            found = facts.Refused(frozenset({"not_enough_debt"}))
        else:
            found = getattr(self.oracle, act.action)(act.who, act.points, self.now)
        if isinstance(found, facts.Refused):
            done.refused = refused or tuple(found.reasons)
        self._same(act.who, act.action, "refused" if refused else "done", "refused" if done.refused else "done")
        if act.action == "give_points" and isinstance(found, str):
            changes = (await self._engine.history(self.shop, Who(shopid=act.who))).changes
            newest = next((one for one in changes if one.type == "manual_correction"), None)
            if newest is not None:
                self.gifts[act.name] = Gift(act.who, newest.id, found)
        await self.compare([act.who])
        return True

    async def _undo_gift(self, act: UndoGift, done: Done) -> bool:
        gift = self.gifts.get(act.name)
        if gift is None:
            return False
        gave = self.oracle.shop.accounts[gift.who].awards[gift.award].given > 0
        refused = await self._adjust(gift.who, Adjustment("takeaway_points_for_change"), gift.change_id, "")
        done.refused = () if gave else refused or ("nothing",)
        self._same(gift.who, "gift taken back", not refused, gave)
        self.oracle.takeaway_points_for_change(gift.who, gift.award, self.now)
        await self.compare([gift.who])
        return True

    async def _undo_order(self, act: UndoOrder, done: Done) -> bool:
        account = self.oracle.shop.accounts.get(act.who)
        mine = [award for award in account.awards.values() if award.order == act.order] if account else []
        if len(mine) != 1:
            return False
        changes = (await self._engine.history(self.shop, Who(shopid=act.who))).changes
        of_order = [one for one in changes if one.order_id == act.order and one.type == "earned_from_order"]
        gave = [one for one in of_order if one.points]
        if not gave:
            return False
        refused = await self._adjust(act.who, Adjustment("takeaway_points_for_change"), gave[-1].id, "")
        done.refused = () if not mine[0].closed else refused or ("nothing",)
        self._same(act.who, "order taken back", not refused, not mine[0].closed)
        self.oracle.takeaway_points_for_change(act.who, act.order, self.now)
        await self.compare([act.who])
        return True

    async def _adjust(self, who: str, adjustment: Adjustment, change_id: int | None, why: str) -> tuple[str, ...]:
        """Reasons of the refusal; none where it is done."""
        words = {"description": why or "by hand", "actor": "ann"}
        try:
            await self._engine.adjust(self.shop, Adjust(Who(shopid=who), [(adjustment, change_id, words)]))
        except Refused as refused:
            return tuple(reason.code for reason in refused.reasons)
        except LealError as failure:
            return (failure.id,)
        return ()

    # --------------------------------------------------------------------------------------------------- comparing

    async def balance(self, who: str, at: int | None = None) -> Balance:
        """What the engine shows."""
        return await self._engine.balance(self.shop, Who(shopid=who), full=True, unused=True, at=at)

    async def compare(self, members: list[str]) -> None:
        """Each of the members is shown the same by both."""
        balances = await asyncio.gather(*(self.balance(who) for who in members))
        for who, shown in zip(members, balances, strict=True):
            self.compared += 1
            self._same(who, "now", shown.now, self.now)
            if broken := broken_laws(shown.standing.account):
                raise Disagreement(who, {"laws": ("; ".join(broken), "hold")})
            found = differences(of_engine(shown), of_oracle(self.oracle.account(who, self.now)))
            if found:
                raise Disagreement(who, found)

    async def _look(self, who: str, at: int) -> bool:
        if who not in self.members:
            return False
        self.compared += 1
        shown = await self.balance(who, at)
        engine, oracle = of_engine(shown), of_oracle(self.oracle.account(who, at))
        for side in (engine, oracle):  # what became of a code later is told of all that were in the member's hand
            side["codes"] = sorted(side.get("codes", {}))
            if side["member_since"] is None:
                side.pop("global", None)  # of somebody who never joined there is none, of a stranger the next
        found = differences(engine, oracle)
        if found:
            raise Disagreement(who, found, at)
        return True

    async def finish(self) -> None:
        """All members once more; and the engine proves every figure from its entries."""
        await self.compare(self.members)
        faults = (await self._engine.verify(self.shop)).faults
        if faults:
            raise Disagreement(None, {"verified": ("; ".join(fault.sentence for fault in faults), "no fault")})

    def _know(self, who: str) -> None:
        if who not in self.members:
            self.members.append(who)

    def _same(self, who: str, what: str, engine: object, oracle: object) -> None:
        if engine != oracle:
            raise Disagreement(who, {what: (engine, oracle)})
