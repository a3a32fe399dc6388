"""The pair: one shop kept by the engine and by the oracle, told the same facts at the same instants."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import msgspec

from leal.engine.commands import Adjust, Balance, CustomerFacts, PushCustomer, PushOrder, Redeem, Unredeem, Who
from leal.engine.commands import Redeemed as EngineRedeemed
from leal.engine.engine import Engine
from leal.errors import LealError, Refused
from leal.rules.account import broken_laws
from leal.rules.adjusting import Action, Adjustment
from leal.rules.orders import Order, OrderLine
from leal.rules.redemption import Wish
from leal.values import datetime_of
from tests.oracle import facts
from tests.oracle.oracle import Oracle
from tests.oracle_machine.comparing import differences, of_engine, of_oracle
from tests.oracle_machine.programmes import Document, text_of

T = TypeVar("T")
TOTALS_ONLY: Final = "T"
"""Orders whose id begins so are told by their totals alone."""


class Disagreement(AssertionError):
    """Engine and oracle show something else, or an account proves to be broken."""


class Made(msgspec.Struct, frozen=True):
    """A redemption that both made."""

    who: str
    change_id: int
    oracle_id: str
    code: str | None


class Told(msgspec.Struct, frozen=True):
    """A push of an order as it was sent last."""

    who: str
    facts: facts.OrderFacts


class Pair:
    """One sandbox shop twice. Every act is noted in `story`, and followed by a comparison of all members."""

    def __init__(self, runner: asyncio.Runner, engine: Engine, slug: str, start_at: int) -> None:
        self._runner, self._engine, self._slug = runner, engine, slug
        self.now = start_at
        self.story: list[str] = [f"{_when(start_at)}  the shop is founded"]
        self.compared = 0
        self.members: list[str] = []
        self.made: list[Made] = []
        self.told: dict[str, Told] = {}
        self.gifts: list[tuple[str, int, str]] = []
        """Gifts of staff: whose, the id of the change, the oracle's award."""
        self.last_effect = start_at
        self.shop = self._run(engine.create_shop(slug, sandbox=True, clock_at=start_at))
        self.oracle = Oracle(start=start_at)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def note(self, words: str) -> None:
        """Write down what happens."""
        self.story.append(f"{_when(self.now)}  {words}")

    # ----------------------------------------------------------------------------------------- programme and clock

    def publish(self, document: Document, later: int = 0) -> None:
        """Publish a programme that takes effect now or so many microseconds later."""
        effective_at = max(self.now + later, self.last_effect)
        self.last_effect = effective_at
        self.note(f"programme from {_when(effective_at)}: {text_of(document, self._slug)}")
        text = text_of(document, self._slug)
        self._run(self._engine.publish(self.shop, text, author="machine", effective_at=effective_at))
        self.oracle.publish(document, self.now, effective_at)
        self.compare()

    def move_to(self, to_at: int, *, upkeep: bool) -> None:
        """Move the clock; with upkeep, what fell due is stored."""
        if to_at < self.now:
            return
        self.now = to_at
        self.note("upkeep" if upkeep else "nobody looks")
        self._run(self._engine.advance_clock(self.shop, to_at, keep_up=upkeep))
        self.compare()

    # ----------------------------------------------------------------------------------------------------- members

    def customer(self, who: str) -> None:
        """The shop tells of a customer."""
        self.note(f"customer {who}")
        self._know(who)
        self._run(self._engine.push_customers(self.shop, [PushCustomer(CustomerFacts(Who(shopid=who)))]))
        self.oracle.push_customer(who, self.now)
        self.compare()

    def order(self, who: str, told: facts.OrderFacts) -> None:
        """The shop tells of an order."""
        self.note(f"order {who} {_words(told)}")
        self._know(who)
        known = self.told.get(told.id)
        if told.lines is not None or told.amount_spent is not None or known is None:
            self.told[told.id] = Told(who, told)
        command = PushOrder(CustomerFacts(Who(shopid=who)), _engine_order(told))
        for pushed in self._run(self._engine.push_orders(self.shop, [command])):
            if pushed.problems:
                raise Disagreement(f"the engine refused an order: {pushed.problems}")
        self.oracle.push_order(who, told, self.now)
        self.compare()

    def redeem(self, who: str, points: int, *, with_code: bool, cart: int | None) -> None:
        """A member redeems; both give the same lots, or the same reasons."""
        self.note(f"redeem {who} {points}{'' if with_code else ' no code'}{'' if cart is None else f' cart {cart}'}")
        answer: EngineRedeemed | frozenset[str]
        try:
            command = Redeem(Who(shopid=who), Wish(points, with_code, cart))
            answer = self._run(self._engine.redeem(self.shop, command))
        except Refused as refused:
            answer = frozenset(reason.code for reason in refused.reasons)
        code = answer.code if isinstance(answer, EngineRedeemed) and with_code else None
        other = self.oracle.redeem(who, points, self.now, with_code=with_code, cart_subtotal=cart, code=code)
        if isinstance(answer, frozenset) or isinstance(other, facts.Refused):
            said = other.reasons if isinstance(other, facts.Refused) else "granted"
            self._same("reasons", answer if isinstance(answer, frozenset) else "granted", said)
        else:
            self._same("worth", answer.amount, other.value_micros)
            self._same("points drawn", [part for _, part, _ in answer.lots], [part for _, part in other.draws])
            self.story[-1] += f" -> {answer.code or 'external'}"
            self.made.append(Made(who, answer.change_id, other.id, code))
        self.compare()

    def unredeem(self, made: Made) -> None:
        """A redemption is undone."""
        self.note(f"unredeem {made.who} {made.code or 'external'}")
        answer: object
        try:
            answer = self._run(self._engine.unredeem(self.shop, Unredeem(Who(shopid=made.who), made.change_id))).points
        except LealError as failure:
            answer = frozenset({failure.id})
        other = self.oracle.unredeem(made.who, made.oracle_id, self.now)
        self._same("undone", answer, other.reasons if isinstance(other, facts.Refused) else other)
        self.compare()

    # ------------------------------------------------------------------------------------------------------- staff

    def staff(self, who: str, action: Action, points: int) -> None:
        """Staff give, take, or forgive, once there is a programme."""
        if self.oracle.shop.at(self.now) is None:
            return
        self.note(f"staff {action} {who} {points}")
        refused = self._adjust(who, Adjustment(action, points), None)
        account = self.oracle.shop.accounts[who]
        if action == "forgive_debt":
            self._same("forgiving is refused", refused is not None, points > account.debt)
            if refused is None:
                self.oracle.forgive_debt(who, points, self.now)
        elif refused is not None:
            other = self.oracle.takeaway_points_as_spent(who, points, self.now)
            self._same("refused", refused, other.reasons if isinstance(other, facts.Refused) else "granted")
        else:
            found = getattr(self.oracle, action)(who, points, self.now)
            if isinstance(found, facts.Refused):
                raise Disagreement(f"{action}: the engine granted it, the oracle refuses it: {found}")
            if action == "give_points":
                change = self._run(self._engine.history(self.shop, Who(shopid=who))).changes
                newest = next((one for one in change if one.type == "manual_correction"), None)
                if newest is not None:
                    self.gifts.append((who, newest.id, found))
        self.compare()

    def take_gift(self, who: str, change_id: int, award: str) -> None:
        """Staff take back what a gift gave, once."""
        self.note(f"staff takeaway_points_for_change {who} {award}")
        gave = self.oracle.shop.accounts[who].awards[award].given > 0
        refused = self._adjust(who, Adjustment("takeaway_points_for_change"), change_id)
        self._same("taken back", refused is None, gave)
        self.oracle.takeaway_points_for_change(who, award, self.now)
        self.compare()

    def take_order(self, who: str, order: str) -> None:
        """Staff take back what an order gave, where one award alone gave something."""
        account = self.oracle.shop.accounts[who]
        mine = [award for award in account.awards.values() if award.order == order]
        changes = self._run(self._engine.history(self.shop, Who(shopid=who))).changes
        of_order = [one for one in changes if one.order_id == order and one.type == "earned_from_order" and one.points]
        if len(mine) != 1 or not of_order:
            return
        self.note(f"staff takeaway_points_for_change {who} {order}")
        refused = self._adjust(who, Adjustment("takeaway_points_for_change"), of_order[-1].id)
        self._same("taken back", refused is None, not mine[0].closed)
        self.oracle.takeaway_points_for_change(who, order, self.now)
        self.compare()

    def _adjust(self, who: str, adjustment: Adjustment, change_id: int | None) -> object:
        command = Adjust(Who(shopid=who), [(adjustment, change_id, {"description": "by hand", "actor": "ann"})])
        try:
            self._run(self._engine.adjust(self.shop, command))
        except Refused as refused:
            return frozenset(reason.code for reason in refused.reasons)
        except LealError as failure:
            return frozenset({failure.id})
        return None

    # --------------------------------------------------------------------------------------------------- comparing

    def balance(self, who: str) -> Balance:
        """What the engine shows."""
        return self._run(self._engine.balance(self.shop, Who(shopid=who), full=True, unused=True))

    def compare(self) -> None:
        """Every member is shown the same by both."""
        self.compared += 1
        for who in self.members:
            shown = self.balance(who)
            self._same("now", shown.now, self.now)
            if broken := broken_laws(shown.standing.account):
                raise Disagreement(f"{who}: {'; '.join(broken)}")
            found = differences(of_engine(shown), of_oracle(self.oracle.account(who, self.now)))
            if found:
                raise Disagreement("\n".join(f"{who}: {line}" for line in found))

    def verify(self) -> None:
        """The engine proves every figure from its entries."""
        faults = self._run(self._engine.verify(self.shop)).faults
        if faults:
            raise Disagreement("; ".join(fault.sentence for fault in faults))

    def _know(self, who: str) -> None:
        if who not in self.members:
            self.members.append(who)

    def _same(self, what: str, engine: object, oracle: object) -> None:
        if engine != oracle:
            raise Disagreement(f"{what}: the engine {engine}, the oracle {oracle}")


def _engine_order(told: facts.OrderFacts) -> Order:
    """The same push in the engine's words."""
    lines = None
    if told.lines is not None:
        lines = [
            OrderLine(
                line.id or f"#{place}",
                line.product,
                line.quantity,
                line.amount_spent,
                collections=list(line.collections),
                tags=list(line.tags),
            )
            for place, line in enumerate(told.lines)
        ]
    return Order(
        id=told.id,
        status=told.status,  # type: ignore[arg-type]  # the oracle takes any word
        order_at=told.order_time,
        updated_at=told.update_time,
        lines=lines,
        amount_spent=told.amount_spent,
        amount_taxes=told.taxes or 0,
        amount_shipping=told.shipping or 0,
        amount_points=told.points_tender or 0,
        codes=list(told.discount_codes or ()),
    )


def _when(at: int) -> str:
    return datetime_of(at).strftime("%Y-%m-%d %H:%M:%S.%f").removesuffix(".000000").removesuffix(":00")


def _words(told: facts.OrderFacts) -> str:
    """A push of an order in few words."""
    words = [told.id, told.status or "no status"]
    if told.amount_spent is not None:
        words.append(_money(told.amount_spent))
    if told.lines is not None:
        said = (
            " ".join([one.id or f"#{n}", one.product, *one.collections, *one.tags, _money(one.amount_spent)])
            for n, one in enumerate(told.lines)
        )
        words.append(f"of {' + '.join(said) or 'nothing'}")
    for name, amount in (("taxes", told.taxes), ("shipping", told.shipping), ("tender", told.points_tender)):
        words += [f"{name} {_money(amount)}"] if amount else []
    words += [f"code {code}" for code in told.discount_codes or ()]
    words += [] if told.order_time is None else [f"placed {_when(told.order_time)}"]
    words += [] if told.update_time is None else [f"updated {_when(told.update_time)}"]
    return " ".join(words)


def _money(amount: int) -> str:
    return f"{amount // 1_000_000}.{amount % 1_000_000:06d}".rstrip("0").rstrip(".")
