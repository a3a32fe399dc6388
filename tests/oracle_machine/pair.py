"""The pair: one shop kept by the engine and by the oracle, told the same acts at the same instants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from leal.engine import commands
from leal.engine.commands import Balance, Who
from leal.engine.engine import Engine
from leal.rules.account import broken_laws
from tests.oracle.oracle import Oracle
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
        if isinstance(act, Together):
            self._at_once = []
        singles: list[Act] = list(act.acts) if isinstance(act, Together) else [act]
        pushed = len(singles)
        if isinstance(act, Together) and act.one_call:
            singles = await self._push_together(act.acts)
        pushed -= len(singles)
        happened = await asyncio.gather(*(self._note(single) for single in singles), return_exceptions=True)
        for one in happened:
            if isinstance(one, BaseException):
                raise one
        touched, self._at_once = self._at_once, None
        if touched:
            await self.compare(touched)
        if not (pushed or any(happened)):
            self.acts.pop()
            return False
        return True

    async def _note(self, act: Act) -> bool:
        """Let one act happen and write down how it went."""
        done = Done(act, self.now)
        self.done.append(done)
        if not await PERFORM[type(act)](self, act, done):
            self.done.remove(done)
            return False
        self.operations += 1
        return True

    async def _push_together(self, acts: tuple[Single, ...]) -> list[Act]:
        """The orders among the acts in one call; the other acts."""
        pushes = [act for act in acts if isinstance(act, Push)]
        if not pushes:
            return list(acts)
        self.done += [Done(push, self.now) for push in pushes]
        await send(self, pushes)
        await self.compare([push.who for push in pushes])
        self.operations += len(pushes)
        return [act for act in acts if not isinstance(act, Push)]

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
        return await self.engine.balance(self.shop, Who(shopid=who), full=True, unused=True, at=at)

    async def compare(self, members: list[str]) -> None:
        """Each of the members is shown the same by both; of several who act at once, when all of them have."""
        if self._at_once is not None:
            self._at_once += members
            return
        for who, shown in zip(members, await balances(self.engine, self.shop, members), strict=True):
            self.compared += 1
            self.same(who, "now", shown.now, self.now)
            if broken := broken_laws(shown.standing.account):
                raise Disagreement(who, {"laws": ("; ".join(broken), "hold")})
            found = differences(of_engine(shown), of_oracle(self.oracle.account(who, self.now)))
            if found:
                raise Disagreement(who, found)
        await self._compare_friends()

    async def _compare_friends(self) -> None:
        """What invitations came to, and those who sent them."""
        inviters = sorted({one.who for one in self.invited.values()} & set(self.members))
        for who, shown in zip(inviters, await balances(self.engine, self.shop, inviters), strict=True):
            await compare_referrals(self, who)
            if found := differences(of_engine(shown), of_oracle(self.oracle.account(who, self.now))):
                raise Disagreement(who, found)

    async def look(self, who: str, at: int) -> bool:
        """The member at another instant."""
        if not self.knows(who) or at < self.lived_until.get(self.oracle.names.get(who, who), at):
            return False
        self.compared += 1
        shown = await self.balance(who, at)
        engine, oracle = of_engine(shown), of_oracle(self.oracle.account(who, at))
        for side in (engine, oracle):  # what became of a code later is told of all that were in the member's hand
            rewards = side.get("rewards", [])
            side["codes"] = sorted(code for offer, code, _ in rewards if offer is None)
            side["rewards"] = [offer for offer, _, _ in rewards]
            offers = side.get("offers", {}).items()  # of stocks today's are shown
            side["offers"] = {
                slug: (cost, [one for one in why if one != "out_of_stock"]) for slug, (cost, why) in offers
            }
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
