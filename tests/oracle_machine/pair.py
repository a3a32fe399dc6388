"""The pair: one shop kept by the engine and by the oracle, told the same acts at the same instants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from leal.engine import commands
from leal.engine.commands import Balance, Who
from leal.engine.engine import Engine
from leal.rules.account import broken_laws
from tests import plainly
from tests.engines import with_every_lot
from tests.oracle.oracle import Oracle
from tests.oracle.settling import due_instants
from tests.oracle_machine.acts import Act, Push, Single, Together
from tests.oracle_machine.befriending import BEFRIEND, compare_referrals
from tests.oracle_machine.checking_out import CHECK_OUT
from tests.oracle_machine.comparing import differences, of_engine, of_oracle
from tests.oracle_machine.importing import IMPORT
from tests.oracle_machine.notes import Disagreement, Done, Gift, Invited, Made
from tests.oracle_machine.reading import balances
from tests.oracle_machine.rewarding import REWARD
from tests.oracle_machine.telling_members import TELL, send
from tests.oracle_machine.wishing import WISH

PERFORM: Final = TELL | WISH | CHECK_OUT | IMPORT | REWARD | BEFRIEND
OracleMaker = Callable[[int], Oracle]
UNTOUCHED_IN: Final = 4
"""Of those to whom nothing happens when the clock moves, every so many is compared, each time others."""


class Pair:
    """One sandbox shop twice. Every act is followed by a comparison of the members it touches."""

    def __init__(self, engine: Engine, shop: commands.Shop, slug: str, oracle: Oracle, start_at: int) -> None:
        self.engine, self.slug, self.shop = engine, slug, shop
        self.oracle = oracle
        self.now = start_at
        self.operations, self.compared = 0, 0
        self.acts: list[Act] = []
        self.done: list[Done] = []
        self.members: list[str] = []
        self.made: dict[str, Made] = {}
        self.gifts: dict[str, Gift] = {}
        self.invited: dict[str, Invited] = {}
        self.told: dict[str, Push] = {}
        self.lived_until: dict[str, int] = {}
        """When members lived through imported orders: what they were shown before is not what they lived through."""
        self._moves = 0
        self._at_once: list[str] | None = None
        """While several members act at once: who is to be compared then."""

    @classmethod
    async def open(cls, engine: Engine, slug: str, start_at: int, make: OracleMaker | None = None) -> Pair:
        """Found the shop on both sides."""
        shop = await engine.create_shop(slug, sandbox=True, clock_at=start_at)
        return cls(engine, shop, slug, make(start_at) if make else Oracle(start=start_at), start_at)

    async def play(self, act: Act) -> bool:
        """Let an act happen; false where it does not apply. Raises Disagreement."""
        self.acts.append(act)
        happened = await (self._at_the_same_time(act) if isinstance(act, Together) else self._note(act))
        if not happened:
            self.acts.pop()
        return happened

    async def _at_the_same_time(self, act: Together) -> bool:
        """Several members act, each one thing after the other; they are compared when all is done."""
        self._at_once = []
        turns: dict[str, list[Act]] = {}
        pushed = await self._push_together(act.acts) if act.one_call else 0
        for single in act.acts:
            if not (act.one_call and isinstance(single, Push)):
                turns.setdefault(single.who, []).append(single)
        happened: list[bool | BaseException]
        if act.in_turn:
            happened = [await self._turn(one) for one in turns.values()]
        else:
            happened = await asyncio.gather(*map(self._turn, turns.values()), return_exceptions=True)
        for one in happened:
            if isinstance(one, BaseException):
                raise one
        touched, self._at_once = self._at_once, None
        if touched:
            await self.compare(touched)
        return pushed > 0 or any(happened)

    async def _turn(self, acts: list[Act]) -> bool:
        """One member's acts, one after the other."""
        return any([await self._note(act) for act in acts])

    async def _note(self, act: Act) -> bool:
        """Let one act happen and write down how it went."""
        done = Done(act, self.now)
        self.done.append(done)
        if not await PERFORM[type(act)](self, act, done):
            self.done.remove(done)
            return False
        self.operations += 1
        return True

    async def _push_together(self, acts: tuple[Single, ...]) -> int:
        """The orders among the acts in one call; how many."""
        pushes = [act for act in acts if isinstance(act, Push)]
        if pushes:
            self.done += [Done(push, self.now) for push in pushes]
            await send(self, pushes)
            await self.compare([push.who for push in pushes])
            self.operations += len(pushes)
        return len(pushes)

    def know(self, who: str) -> Who:
        """Somebody the shop tells of."""
        if not self.knows(who):
            self.members.append(who)
        return Who(shopid=who)

    def knows(self, who: str) -> bool:
        """Whether the shop has told of somebody, perhaps under another name."""
        return self.oracle.names.get(who, who) in self.members

    # --------------------------------------------------------------------------------------------------- comparing

    async def balance(self, who: str, at: int | None = None) -> Balance:
        """What the engine shows."""
        shown = await self.engine.balance(self.shop, Who(shopid=who), full=True, unused=True, at=at)
        await with_every_lot(self.engine._db, self.shop, [shown.standing.account])
        return shown

    async def compare(self, members: list[str]) -> None:
        """Each of the members is shown the same by both; of several who act at once, when all of them have."""
        if self._at_once is not None:
            self._at_once += members
            return
        members = list(dict.fromkeys(members))
        whole = await balances(self.engine, self.shop, members)
        plain = await asyncio.gather(
            *(
                plainly.documents(self.engine, self.shop, who, shown, None)
                for who, shown in zip(members, whole, strict=True)
            )
        )
        for who, shown, (told, made) in zip(members, whole, plain, strict=True):
            self.compared += 1
            self.same(who, "now", shown.now, self.now)
            if broken := broken_laws(shown.standing.account):
                raise Disagreement(who, {"laws": ("; ".join(broken), "hold")})
            self._same_document(who, shown)
            self.same(who, "plain balance", told.decode(), made.decode())
        await self._compare_friends(set(members))

    def stirred(self) -> list[str]:
        """To whom, by the oracle, something has happened by itself; of the others some, by turns."""
        self._moves += 1
        found = []
        for place, who in enumerate(self.members):
            account = self.oracle.shop.accounts[who]
            due = min(due_instants(self.oracle.shop, account, self.now), default=self.now + 1)
            if due <= self.now or (place + self._moves) % UNTOUCHED_IN == 0:
                found.append(who)
        return found

    async def _compare_friends(self, compared: set[str]) -> None:
        """What invitations came to, and those who sent them."""
        inviters = sorted({one.who for one in self.invited.values()} & set(self.members))
        for who in inviters:
            await compare_referrals(self, who)
        rest = [who for who in inviters if who not in compared]
        for who, shown in zip(rest, await balances(self.engine, self.shop, rest), strict=True):
            self._same_document(who, shown)

    def _same_document(self, who: str, shown: Balance) -> None:
        if found := differences(of_engine(shown), of_oracle(self.oracle.account(who, self.now))):
            raise Disagreement(who, found)

    async def look(self, who: str, at: int) -> bool:
        """The member at another instant."""
        if not self.knows(who) or at < self.lived_until.get(self.oracle.names.get(who, who), at):
            return False
        self.compared += 1
        shown = await self.balance(who, at)
        engine, oracle = of_engine(shown), of_oracle(self.oracle.account(who, at))
        for side in (engine, oracle):
            if side["member_since"] is None:
                side.pop("global", None)  # of somebody who never joined there is none, of a stranger the next
        found = differences(engine, oracle)
        if found:
            raise Disagreement(who, found, at)
        return True

    async def finish(self) -> None:
        """All members once more; and the engine proves every figure from its entries."""
        await self.compare(self.members)
        faults = (await self.engine.verify(self.shop)).faults
        if faults:
            raise Disagreement(None, {"verified": ("; ".join(fault.sentence for fault in faults), "no fault")})

    def same(self, who: str, what: str, engine: object, oracle: object) -> None:
        """Raises Disagreement unless both say the same."""
        if engine != oracle:
            raise Disagreement(who, {what: (engine, oracle)})
