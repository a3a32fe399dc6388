"""The machine: a random life of one shop, told to the engine and to the oracle step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from leal.rules.adjusting import Action
from leal.values import DAY, MICRO, parse_instant
from tests.oracle.facts import LineFacts, OrderFacts
from tests.oracle.instants import day_start, local_day
from tests.oracle.settling import due_instants
from tests.oracle_machine.pair import TOTALS_ONLY, Disagreement, Pair
from tests.oracle_machine.programmes import COLLECTIONS, CURRENCIES, PRODUCTS, ZONES, Document, programmes

MEMBERS: Final = ("anna", "ben")
STATUSES: Final = ("confirmed", "confirmed", "confirmed", "completed", "unconfirmed", "canceled", "deleted", None)
ACTIONS: Final[tuple[Action, ...]] = (
    "give_points", "give_points", "takeaway_points", "takeaway_points_as_spent", "unspend_points", "forgive_debt",
)  # fmt: skip
STARTS: Final = ("2024-01-31T11:00:00Z", "2024-02-28T23:30:00Z", "2024-12-30T12:00:00Z", "2025-03-29T22:00:00Z")
HOUR: Final = 3_600 * MICRO
JUMPS: Final = (0, 1, HOUR, DAY, 2 * DAY, 9 * DAY, 30 * DAY, 31 * DAY, 92 * DAY, 200 * DAY, 366 * DAY)
FURTHEST: Final = 3 * 366 * DAY
"""How far ahead the clock is moved to something that falls due."""

amounts = st.one_of(
    st.sampled_from([0, 20, 50, 100, 120, 400]).map(lambda units: units * MICRO), st.integers(0, 130_000_000)
)
extras = st.sampled_from([0, 0, 0, 4_990_000, 10_000_000])
points = st.one_of(st.sampled_from([1, 10, 15, 30, 50, 100, 150]), st.integers(1, 300))


@st.composite
def lines(draw: st.DrawFn) -> tuple[LineFacts, ...]:
    """Some lines; with ids or without."""
    named = draw(st.booleans())
    return tuple(
        LineFacts(
            draw(st.sampled_from(PRODUCTS)),
            draw(amounts),
            quantity=draw(st.integers(1, 3)),
            id=f"l{place}" if named else None,
            collections=tuple(name for name in COLLECTIONS if draw(st.integers(0, 2)) == 0),
            tags=("big",) if draw(st.integers(0, 3)) == 0 else (),
        )
        for place in range(draw(st.integers(1, 3)))
    )


class Side(RuleBasedStateMachine):
    """Random steps; which shop they happen in comes from the test."""

    open_pair: ClassVar[Callable[[int], Pair]]
    done: ClassVar[Callable[[Pair], None]]

    def __init__(self) -> None:
        super().__init__()
        self.pair: Pair | None = None

    @initialize(
        data=st.data(), zone=st.sampled_from(ZONES), currency=st.sampled_from(CURRENCIES), start=st.sampled_from(STARTS)
    )
    def found(self, data: st.DataObject, zone: str, currency: str, start: str) -> None:
        """The shop opens, nearly always with a programme, and with some orders before it looks at anything odd."""
        self.zone, self.currency, self.rolling = zone, currency, data.draw(st.booleans(), label="rolling")
        self.ladder = data.draw(st.sampled_from(["none", "initial", "initial", "earned"]), label="ladder")
        self.pair = type(self).open_pair(parse_instant(start))
        if data.draw(st.integers(0, 9)):
            self._act(lambda: self._pair.publish(data.draw(self._programmes())))

    def _programmes(self) -> st.SearchStrategy[Document]:
        return programmes(self.zone, self.currency, rolling=self.rolling, ladder=self.ladder)

    # ---------------------------------------------------------------------------------------------------- the clock

    @rule(jump=st.sampled_from(JUMPS), upkeep=st.booleans())
    def time_passes(self, jump: int, upkeep: bool) -> None:
        self._act(lambda: self._pair.move_to(self._pair.now + jump, upkeep=upkeep))

    @rule(before=st.sampled_from([0, 0, 1]), upkeep=st.booleans(), place=st.integers(0, 3))
    def something_falls_due(self, before: int, upkeep: bool, place: int) -> None:
        """To the very instant at which something is due, or the last before it."""
        pair = self._pair
        due = {at for one in pair.oracle.shop.accounts.values() for at in due_instants(pair.oracle.shop, one, pair.now)}
        coming = sorted(at for at in due if pair.now + before < at < pair.now + FURTHEST)
        if coming:
            to_at = coming[min(place, len(coming) - 1)] - before
            self._act(lambda: pair.move_to(to_at, upkeep=upkeep))

    @rule(before=st.sampled_from([0, 1]), upkeep=st.booleans())
    def a_day_ends(self, before: int, upkeep: bool) -> None:
        zone = ZoneInfo(self.zone)
        day = local_day(self._pair.now + DAY, zone)
        to_at = day_start(day, zone) - before
        self._act(lambda: self._pair.move_to(to_at, upkeep=upkeep))

    @precondition(lambda self: self.pair is not None and self.pair.compared > 4)
    @rule(data=st.data(), later=st.sampled_from([0, 0, DAY, 20 * DAY]), chance=st.integers(0, 2))
    def another_programme(self, data: st.DataObject, later: int, chance: int) -> None:
        if chance == 0:
            document = data.draw(self._programmes())
            self._act(lambda: self._pair.publish(document, later))

    # ------------------------------------------------------------------------------------------------------- orders

    @rule(who=st.sampled_from(MEMBERS))
    def customer(self, who: str) -> None:
        self._act(lambda: self._pair.customer(who))

    def _whole(self, data: st.DataObject, who: str, number: int, status: str | None) -> OrderFacts:
        pair, letter = self._pair, who[0].upper()
        totals = number == 4
        ago = data.draw(st.sampled_from([None, 0, 0, HOUR, DAY, 40 * DAY, 400 * DAY, -HOUR]), label="placed")
        older = data.draw(st.sampled_from([0, 0, 0, 0, None, HOUR, 3 * DAY, -HOUR]), label="updated")
        codes = [made.code for made in pair.made if made.code]
        carried = data.draw(st.lists(st.sampled_from(codes), unique=True, max_size=2)) if codes else []
        return OrderFacts(
            id=f"{TOTALS_ONLY if totals else ''}{letter}{number}",
            status=status,
            order_time=None if ago is None else pair.now - ago,
            update_time=None if older is None else pair.now - older,
            lines=None if totals else data.draw(lines()),
            amount_spent=data.draw(amounts) if totals else None,
            taxes=data.draw(extras),
            shipping=data.draw(extras),
            points_tender=data.draw(extras),
            discount_codes=tuple(carried),
        )

    @rule(data=st.data(), who=st.sampled_from(MEMBERS), number=st.integers(1, 4), status=st.sampled_from(STATUSES))
    def order(self, data: st.DataObject, who: str, number: int, status: str | None) -> None:
        told = self._whole(data, who, number, status)
        self._act(lambda: self._pair.order(who, told))

    @rule(
        data=st.data(), who=st.sampled_from(MEMBERS), number=st.integers(1, 4), money=st.sampled_from([100, 250, 500])
    )
    def big_order(self, data: st.DataObject, who: str, number: int, money: int) -> None:
        """A plain order that brings something to spend."""
        line = (LineFacts("p1", money * MICRO, id="l0"),)
        pair, totals = self._pair, number == 4
        told = OrderFacts(
            f"{TOTALS_ONLY if totals else ''}{who[0].upper()}{number}", "confirmed", pair.now, pair.now,
            None if totals else line, money * MICRO if totals else None, 0, 0, 0, (),
        )  # fmt: skip
        self._act(lambda: pair.order(who, told))

    @precondition(lambda self: self.pair is not None and self.pair.told)
    @rule(data=st.data(), status=st.sampled_from(["confirmed", "completed", "canceled", "deleted", "unconfirmed"]))
    def status(self, data: st.DataObject, status: str) -> None:
        """Nothing but another status is told."""
        told = self._pair.told[data.draw(st.sampled_from(sorted(self._pair.told)), label="order")]
        alone = OrderFacts(told.facts.id, status, None, self._pair.now)
        self._act(lambda: self._pair.order(told.who, alone))

    @precondition(lambda self: self.pair is not None and self.pair.told)
    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """The shop sends what it sent last: nothing, but that codes are looked at again."""
        told = self._pair.told[data.draw(st.sampled_from(sorted(self._pair.told)), label="order")]
        self._act(lambda: self._pair.order(told.who, told.facts))

    @precondition(lambda self: self.pair is not None and self.pair.told)
    @rule(data=st.data(), permyriad=st.sampled_from([0, 3333, 5000, 9000, 10000]))
    def refund(self, data: st.DataObject, permyriad: int) -> None:
        """The order with less money in each line."""
        known = self._pair.told[data.draw(st.sampled_from(sorted(self._pair.told)), label="order")]
        was: dict[str, Any] = {name: getattr(known.facts, name) for name in OrderFacts.__dataclass_fields__}
        was |= {"update_time": self._pair.now, "status": None}
        if known.facts.lines is not None:
            was["lines"] = tuple(
                replace(line, amount_spent=line.amount_spent * permyriad // 10000) for line in known.facts.lines
            )
        elif known.facts.amount_spent is not None:
            was["amount_spent"] = known.facts.amount_spent * permyriad // 10000
        self._act(lambda: self._pair.order(known.who, OrderFacts(**was)))

    # ----------------------------------------------------------------------------------------------------- spending

    @precondition(lambda self: self.pair is not None and self.pair.members)
    @rule(data=st.data(), amount=points, with_code=st.sampled_from([True, True, False]))
    def redeem(self, data: st.DataObject, amount: int, with_code: bool) -> None:
        who = data.draw(st.sampled_from(self._pair.members))
        cart = data.draw(st.sampled_from([None, None, 19_999_999, 20_000_000]))
        self._act(lambda: self._pair.redeem(who, amount, with_code=with_code, cart=cart))

    @precondition(lambda self: self.pair is not None and self.pair.made)
    @rule(data=st.data())
    def unredeem(self, data: st.DataObject) -> None:
        made = data.draw(st.sampled_from(self._pair.made))
        self._act(lambda: self._pair.unredeem(made))

    @precondition(lambda self: self.pair is not None and any(made.code for made in self.pair.made))
    @rule(
        data=st.data(),
        status=st.sampled_from(["confirmed", "confirmed", "unconfirmed", "completed"]),
        n=st.integers(1, 3),
    )
    def order_with_code(self, data: st.DataObject, status: str, n: int) -> None:
        """A member's order that carries a code of the member's own."""
        made = data.draw(st.sampled_from([made for made in self._pair.made if made.code]))
        told = OrderFacts(
            f"{made.who[0].upper()}{n}", status, self._pair.now, self._pair.now, data.draw(lines()), None, 0, 0, 0,
            (made.code or "",),
        )  # fmt: skip
        self._act(lambda: self._pair.order(made.who, told))

    # -------------------------------------------------------------------------------------------------------- staff

    @precondition(lambda self: self.pair is not None and self.pair.members)
    @rule(
        data=st.data(),
        action=st.sampled_from(
            [
                "give_points",
                "give_points",
                "takeaway_points",
                "takeaway_points_as_spent",
                "unspend_points",
                "forgive_debt",
            ]
        ),
        amount=points,
    )
    def staff(self, data: st.DataObject, action: Action, amount: int) -> None:
        who = data.draw(st.sampled_from(self._pair.members))
        self._act(lambda: self._pair.staff(who, action, amount))

    @precondition(lambda self: self.pair is not None and (self.pair.gifts or self.pair.told))
    @rule(data=st.data())
    def staff_take_back_a_change(self, data: st.DataObject) -> None:
        pair, of_gift = self._pair, data.draw(st.booleans(), label="a gift")
        if pair.gifts and of_gift:
            who, change_id, award = data.draw(st.sampled_from(pair.gifts))
            self._act(lambda: pair.take_gift(who, change_id, award))
        elif pair.told:
            order = data.draw(st.sampled_from(sorted(pair.told)))
            self._act(lambda: pair.take_order(pair.told[order].who, order))

    # ------------------------------------------------------------------------------------------------------------

    @property
    def _pair(self) -> Pair:
        assert self.pair is not None  # the shop is founded first
        return self.pair

    def _act(self, act: Callable[[], None]) -> None:
        """Do it; what disagrees is told as the story so far."""
        try:
            act()
        except Exception as failure:
            if not isinstance(failure, Disagreement):
                raise
            story = "\n".join(f"  {line}" for line in self._pair.story)
            raise Disagreement(f"{failure}\nThe story, in UTC, of a shop in {self.zone}:\n{story}") from None

    def teardown(self) -> None:
        """Every figure is proved from the entries."""
        if self.pair is None:
            return
        pair = self.pair
        self._act(pair.verify)
        type(self).done(pair)
