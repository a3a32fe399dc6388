"""A life told as a story, with what the oracle expects at its end: to be kept as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from tests.oracle.facts import LineFacts, OrderFacts, converted
from tests.oracle.instants import local_day
from tests.oracle_machine.acts import (
    Act,
    CaptureHold,
    Customer,
    Deliver,
    Erase,
    Event,
    ExtendHold,
    Give,
    Grant,
    Import,
    ImportCustomer,
    Look,
    Membership,
    Merge,
    Move,
    PlaceHold,
    Product,
    Publish,
    Push,
    Redeem,
    Refer,
    ReleaseHold,
    ReleaseTier,
    SetMark,
    SetTier,
    Staff,
    Take,
    Together,
    UndoGift,
    UndoOrder,
    Unredeem,
    UseReward,
    Void,
)
from tests.oracle_machine.expecting import expectations
from tests.oracle_machine.lives import Lived
from tests.oracle_machine.notes import Done
from tests.oracle_machine.telling_customers import customer_words, product_words
from tests.oracle_machine.telling_rewards import reward_words
from tests.oracle_machine.wording import words_of
from tests.stories.stage import money, written_instant

_VERBS: Final = {
    "confirmed": "confirm",
    "completed": "complete",
    "canceled": "cancel",
    "deleted": "delete",
    "unconfirmed": "unconfirm",
}
_MEMBERSHIPS: Final = {"none": "leaves", "guest": "looks on", "full": "joins"}
_STAFF: Final = {
    "give_points": "give",
    "takeaway_points": "take",
    "takeaway_points_as_spent": "spend",
    "unspend_points": "unspend",
    "forgive_debt": "forgive",
}
_SAID: Final = {"unknown_trigger": "unknown"}
"""Reasons that stories tell in other words."""

RULES: Final = {
    "lots": "S2.4",
    "next_lapse": "S7.3",
    "global": "S7.2",
    "values": "S5.4",
    "limit": "S5.3",
    "codes": "S5.7",
    "tier": "S8.3",
    "end": "S8.4",
    "tiers": "S8.5",
    "window": "S8.2",
    "events": "S8.2",
    "total_spend": "S13.1",
    "reasons": "S5.2",
    "drawn": "S5.1",
    "member_since": "S11.4",
    "subscribed": "S9.4",
    "reached": "S9.3",
    "ways": "S4.7",
    "holds": "S5.6",
    "held": "S5.6",
    "offers": "S9.1",
    "rewards": "S9.2",
    "referrals": "S9.5",
}
"""The rule that a figure is about, for a story's head; whoever keeps the story knows better."""


def story_of(lived: Lived, name: str) -> str:
    """The story of a life that failed."""
    rule = (
        next((RULES[figure] for figure in lived.failure.differing if figure in RULES), "S2.2") if lived.failure else ""
    )
    return "\n".join([f"story {name}", f"rules {rule}", "programme none", *_Teller(lived).lines()]) + "\n"


class _Teller:
    """Tells one life line by line; times are of the shop's zone once it has a programme."""

    def __init__(self, lived: Lived) -> None:
        self._lived = lived
        self._zone = ZoneInfo("UTC")
        self._at: int | None = None
        self._now: int | None = None
        self._order_times: dict[str, int | None] = {}

    def lines(self) -> Iterator[str]:
        """What happens, and what is expected of it."""
        pair = self._lived.pair
        publications = {id(done): done for done in pair.done if isinstance(done.act, Publish)}
        waiting: list[Publish] = []
        for done in pair.done:
            at = done.act.to_at if isinstance(done.act, Move) else done.at
            due = sorted((one for one in waiting if one.effective_at <= at), key=lambda one: one.effective_at)
            for one in due:
                yield from self._programme(one)
                waiting.remove(one)
            if id(done) in publications and isinstance(done.act, Publish):
                if done.act.effective_at > at:
                    waiting.append(done.act)
                else:
                    yield from self._programme(Publish(done.act.document, at))
            elif not isinstance(done.act, Look):
                yield from self._told(done, at)
        yield from self._expected()

    def _programme(self, act: Publish) -> Iterator[str]:
        zone = ZoneInfo(act.document["timezone"])
        moves = self._at is None or zone != self._zone  # from UTC, as it is founded; its clocks may go back by that
        self._zone = zone
        when = written_instant(act.effective_at, None if moves else zone)
        yield f"{when} programme"
        yield from (f"  {words}" for words in words_of(act.document) or ["1 point per 1"])
        self._at = act.effective_at

    def _told(self, done: Done, at: int) -> Iterator[str]:
        self._now = at
        words = self._words(done.act)
        time = "" if at == self._at else self._when(at)
        if time or words:
            yield f"{time} {words}".strip()
        self._at = at
        if isinstance(done.act, Import):
            yield from (self._imported(done.act.who, one) for one in done.act.orders)
        if done.refused:
            yield f"refused {', '.join(_SAID.get(reason, reason) for reason in done.refused)}"

    def _when(self, at: int) -> str:
        return written_instant(at, self._zone)

    def _words(self, act: Act) -> str:
        match act:
            case Move() | Publish() | Look() | Together() | Import():
                return ""
            case Customer():
                return customer_words(act, self._when)
            case ImportCustomer():
                since = f"import since {self._when(act.since)}"
                return "\n".join(f"{since} {line}" for line in self._words(act.told).splitlines())
            case Event():
                return self._event(act)
            case Membership():
                return f"{act.who} {_MEMBERSHIPS[act.how]}"
            case Product():
                return product_words(act)
            case Push():
                return self._order(act.who, act.facts)
            case Redeem():
                cart = "" if act.cart is None else f" cart {money(act.cart)}"
                return f"redeem {act.who} {act.points}{'' if act.with_code else ' without code'}{cart} -> {act.name}"
            case Unredeem():
                return f"unredeem {act.who} {act.name}"
            case Staff():
                return f'staff {_STAFF[act.action]} {act.who} {act.points} "{act.name}"'
            case UndoGift():
                return f'staff undo {act.who} "{act.name}"'
            case UndoOrder():
                return f"staff undo {act.who} {act.order}"
            case Merge():
                return f"merge {act.who} with {' and '.join(act.others)}"
            case Erase():
                return f"erase {act.who}"
            case PlaceHold():
                lasts = "" if act.minutes is None else f" for {act.minutes} minutes"
                cart = "" if act.cart is None else f" cart {money(act.cart)}"
                what = act.points if act.worth is None else f"worth {money(act.worth)}"
                return f"hold {act.who} {what} under {act.reference}{lasts}{cart}"
            case CaptureHold():
                part = "" if act.points is None else f" {act.points}"
                return f"capture {act.who} {act.reference}{part} -> {act.name}"
            case ExtendHold():
                return f"extend {act.who} {act.reference}" + (f" by {act.minutes} minutes" if act.minutes else "")
            case ReleaseHold():
                return f"release {act.who} {act.reference}"
            case Give():
                return f"{act.who} gives {act.to} {act.points}"
            case SetTier():
                until = "" if act.until is None else f" until {local_day(act.until - 1, self._zone)}"
                step, lock = act.tier.capitalize() if act.tier else "none", " locked" if act.lock else ""
                return f"staff tier {act.who} {step}{until}{lock}"
            case ReleaseTier():
                return f"staff release {act.who}"
            case SetMark():
                return f"staff {'mark' if act.on else 'unmark'} {act.who} {act.mark}"
            case Take() | UseReward() | Grant() | Void() | Deliver() | Refer():
                return reward_words(act)
            case _:
                assert_never(act)

    def _event(self, act: Event) -> str:
        late = "" if act.occurred_at is None else f" on {self._when(act.occurred_at)}"
        about = "" if act.order is None else f" about {act.order}"
        return f"event {act.who} {act.trigger}{late}{about}" + (f" id {act.event_id}" if act.event_id else "")

    def _imported(self, who: str, told: OrderFacts) -> str:
        at = told.order_time or 0
        self._order_times[told.id], self._now = at, told.update_time or at
        later = "" if told.update_time in (None, at) else f" updated {self._when(told.update_time or 0)}"
        words = self._order(who, replace(told, update_time=self._now)).removeprefix("order ")
        return f"import {words} placed {self._when(at)}{later}"

    def _order(self, who: str, told: OrderFacts) -> str:
        now, told = self._now, converted(told)
        alone = told.lines is None and told.amount_spent is None
        if alone and told.status is not None and told.id in self._order_times:
            late = "" if told.update_time == now else f" updated {self._when(told.update_time or 0)}"
            return f"{_VERBS[told.status]} {who} {told.id}{late}"
        words = [f"order {who} {told.id}"]
        words.append(
            money(told.amount_spent or 0) if told.lines is None else f"of {' + '.join(map(_line, told.lines))}"
        )
        words += [] if told.status == "confirmed" else [told.status or "no status"]
        for name, amount in (("taxes", told.taxes), ("shipping", told.shipping), ("tender", told.points_tender)):
            words += [f"{name} {money(amount)}"] if amount else []
        words += [f"cycle of {told.subscription}"] if told.subscription else []
        words += [f"code {name}" for name in told.discount_codes or ()]
        default = self._order_times.get(told.id, now)
        if told.order_time != default:
            words.append("not placed" if told.order_time is None else f"placed {self._when(told.order_time)}")
        self._order_times[told.id] = told.order_time
        if told.update_time != now:
            words.append("not updated" if told.update_time is None else f"updated {self._when(told.update_time)}")
        words += [] if told.available_at is None else [f"matures {self._when(told.available_at)}"]
        return " ".join(words)

    def _expected(self) -> Iterator[str]:
        failure = self._lived.failure
        if failure is None:
            return
        asked = "" if failure.at is None else f"as of {self._when(failure.at)} "
        for words in expectations(self._lived.pair, failure, self._zone):
            yield words if words.startswith("refused") else asked + words


def _line(line: LineFacts) -> str:
    words = [str(line.quantity)] if line.quantity != 1 else []
    words.append(line.product)
    marks = [*(line.collections or ()), *(f"tag {tag}" for tag in line.tags or ())]
    words += [f"({', '.join(marks)})"] if marks else []
    words += [f"as {line.id}"] if line.id else []
    words += [f"of {line.subscription}"] if line.subscription else []
    return " ".join([*words, money(line.amount_spent)])
