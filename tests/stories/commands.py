"""What happens in a story: orders, redemptions, staff; each kind of line with how it is written."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, get_args

import msgspec

from leal.engine.commands import (
    Adjust,
    CustomerFacts,
    Key,
    Merge,
    PushOrder,
    RecordEvent,
    Redeem,
    Unredeem,
    Who,
)
from leal.engine.products import PushProduct
from leal.errors import InvalidInput, LealError
from leal.rules.account import Mark, Membership
from leal.rules.adjusting import Action, Adjustment
from leal.rules.calendar import instant_at
from leal.rules.orders import Order, OrderLine, OrderStatus
from leal.rules.redemption import Wish
from leal.values import format_instant, parse_money
from tests.stories.stage import WHEN, Mismatch, Stage, Told, Verb, day_of, written

COMMANDS: Final[list[Verb]] = []
REACHED: Final = ("milestone_reached", "earned_from_source")
Perform = Callable[[Stage, "re.Match[str]"], Awaitable[None]]

_LINE: Final = r"(?:\d+ )?[a-z]+(?: \([a-z, -]+\))?(?: as [a-z]+[0-9]+)?(?: of [A-Z]+[0-9]+)? [0-9]+(?:\.[0-9]{1,6})?"
_LINE_PARTS: Final = re.compile(
    r"(?:(?P<quantity>\d+) )?(?P<product>[a-z]+)(?: \((?P<marks>[a-z, -]+)\))?(?: as (?P<id>[a-z]+[0-9]+))?"
    r"(?: of (?P<of>[A-Z]+[0-9]+))? (?P<money>[0-9.]+)"
)
_STATUSES: Final[dict[str, OrderStatus]] = {
    "confirm": "confirmed",
    "complete": "completed",
    "cancel": "canceled",
    "delete": "deleted",
    "unconfirm": "unconfirmed",
}
_OPTIONS: Final = (
    r"(?P<options>(?: (?:unconfirmed|completed|canceled|deleted|no status|no code|code [A-Z]+[0-9]+"
    rf"|cycle of [A-Z]+[0-9]+|(?:taxes|shipping|tender) [0-9.]+|(?:placed|updated|matures) {WHEN}"
    r"|not placed|not updated))*)"
)
WHOLE: Final = rf"<WHO> <ORDER> (?:<MONEY>|of (?P<lines>{_LINE}(?: \+ {_LINE})*)){_OPTIONS}"
_OPTION: Final = re.compile(
    r"(unconfirmed|completed|canceled|deleted|no status)|(no code)|code ([A-Z]+[0-9]+)"
    rf"|(taxes|shipping|tender) ([0-9.]+)|(placed|updated|matures) ({WHEN})|not (placed|updated)"
    r"|cycle of ([A-Z]+[0-9]+)"
)
_TIMES: Final = {"placed": "order_at", "updated": "updated_at", "matures": "available_at"}


def command(name: str, pattern: str) -> Callable[[Perform], Perform]:
    """Make a function the meaning of a line."""

    def register(perform: Perform) -> Perform:
        COMMANDS.append(Verb(name, written(pattern), perform, expects=False))
        return perform

    return register


# ----------------------------------------------------------------------------------------------------------- orders


@command("order", f"order {WHOLE}")
async def order(stage: Stage, match: re.Match[str]) -> None:
    """A new order, or the whole of one that is known."""
    await _push(stage, match["who"], whole_order(stage, match))


def whole_order(stage: Stage, match: re.Match[str]) -> Order:
    """The order that a line tells."""
    known = stage.orders.get(match["order"])
    placed = stage.at if known is None else known.order.order_at
    lines = None if match["lines"] is None else _lines(match["lines"])
    spent = None if match["money"] is None else parse_money(match["money"])
    told = Order(match["order"], "confirmed", placed, stage.at, lines, spent)
    return _with_options(stage, told, match["options"])


@command("refund", rf"refund <WHO> <ORDER> (?:(?P<product>[a-z]+) )?to <MONEY>{_OPTIONS}")
async def refund(stage: Stage, match: re.Match[str]) -> None:
    """The order as it was, with less money in it, or less in one of its lines."""
    known, paid = stage.orders[match["order"]].order, parse_money(match["money"])
    if match["product"] is None:
        known = msgspec.structs.replace(known, amount_spent=paid)
    else:
        lines = [
            msgspec.structs.replace(line, amount_spent=paid) if line.product == match["product"] else line
            for line in known.lines or []
        ]
        known = msgspec.structs.replace(known, lines=lines)
    known = msgspec.structs.replace(known, updated_at=stage.at)
    await _push(stage, match["who"], _with_options(stage, known, match["options"]))


@command("status", r"(?P<verb>confirm|complete|cancel|delete|unconfirm) <WHO> <ORDER>(?: updated <WHEN>)?")
async def change_status(stage: Stage, match: re.Match[str]) -> None:
    """Nothing but another status is told of the order."""
    status = _STATUSES[match["verb"]]
    updated_at = stage.at if match["when"] is None else stage.instant(match["when"])
    stage.orders[match["order"]] = _replaced(stage, match["order"], status, updated_at)
    alone = Order(id=match["order"], status=status, order_at=None, updated_at=updated_at)
    await _send(stage, match["who"], alone)


@command("again", r"again <WHO> <ORDER>")
async def again(stage: Stage, match: re.Match[str]) -> None:
    """The shop sends once more what it sent last."""
    await _send(stage, match["who"], stage.orders[match["order"]].order)


@command(
    "customer",
    r"customer <WHO>(?: tagged (?P<tags>[a-z]+(?: and [a-z]+)*))?(?: born (?P<born>never|(?:\d{4}-)?\d\d-\d\d))?"
    r"(?: (?P<consent>subscribed|unsubscribed)(?: on <WHEN>)?)?",
)
async def customer(stage: Stage, match: re.Match[str]) -> None:
    """The shop tells of a customer."""
    tags = [] if match["tags"] == "nothing" else (match["tags"] or "").split(" and ")
    profile: dict[str, object] = {} if match["tags"] is None else {"tags": tags}
    if match["born"] is not None:
        born = "" if match["born"] == "never" else match["born"]
        profile["birthday"] = f"0000-{born}" if len(born) == 5 else born
    if match["consent"] is not None:
        profile["email_marketing_consent"] = match["consent"]
    if match["when"] is not None:
        profile["email_marketing_consent_change_time"] = format_instant(stage.instant(match["when"]))
    facts = CustomerFacts(stage.known(match["who"]), profile)
    await stage.tell(facts)


@command(
    "product",
    r"product (?P<product>[a-z]+)(?: in (?P<collections>[a-z-]+(?: and [a-z-]+)*))?"
    r"(?: tagged (?P<tags>[a-z]+(?: and [a-z]+)*))?",
)
async def product(stage: Stage, match: re.Match[str]) -> None:
    """The shop tells of a product, with all of its collections and tags."""
    collections = (match["collections"] or "").split(" and ") if match["collections"] else []
    tags = match["tags"].split(" and ") if match["tags"] else []
    told = PushProduct(match["product"], {"title": match["product"]}, tags, collections)
    _, answers = await stage.engine.push_products(stage.shop, [], [told])
    if answers[0].problems:
        raise InvalidInput(answers[0].problems)


_MEMBERSHIPS: Final[dict[str, Membership]] = {"leaves": "none", "joins": "full", "looks on": "guest"}


@command("membership", r"<WHO> (?P<how>leaves|joins|looks on)")
async def membership(stage: Stage, match: re.Match[str]) -> None:
    """The shop tells that a customer takes part, or does not."""
    facts = CustomerFacts(stage.known(match["who"]), {}, _MEMBERSHIPS[match["how"]])
    await stage.tell(facts)


@command("erase", r"erase <WHO>")
async def erase(stage: Stage, match: re.Match[str]) -> None:
    """The shop has a customer erased, and with it whoever became one with it (S11.3)."""
    erased = await stage.account(match["who"])
    gone = [name for name in stage.members if erased is not None and await stage.account(name) == erased]
    await stage.tell(CustomerFacts(stage.known(match["who"]), deleted=True))
    stage.members = [name for name in stage.members if name not in (match["who"], *gone)]


@command("merge", r"merge <WHO> (?P<others>with [a-z]+(?: and [a-z]+)*)(?P<preview> as a preview)?(?: key <key:CODE>)?")
async def merge(stage: Stage, match: re.Match[str]) -> None:
    """Customers become the first of them (S11.2)."""
    others = match["others"].removeprefix("with ").split(" and ")
    customers = [stage.known(name) for name in (match["who"], *others)]
    reached, key = await _reached(stage, customers), key_of(match["key"], match[0])
    command = Merge(customers, key=key, preview=match["preview"] is not None)
    merged = await stage.engine.merge_customers(stage.shop, command)
    after = merged.after
    both = [sum(getattr(one, name) for one in merged.before) for name in ("earned", "redeemed", "expired", "held")]
    if match["preview"] is None:  # what both have reached together may have paid at once
        both[0] += await _reached(stage, customers[:1]) - reached
    if both != [after.earned, after.redeemed, after.expired, after.held]:
        raise Mismatch(f"{both} together", f"{after}")
    net = sum(one.available + one.pending - one.debt for one in merged.before)
    net += both[0] - sum(one.earned for one in merged.before)
    if net != after.available + after.pending - after.debt:
        raise Mismatch(f"{net} net of debt", f"{after}")


async def _reached(stage: Stage, customers: list[Who]) -> int:
    """Points that customers were paid for what they reached."""
    found = {one.account_id: one.changes for who in customers if (one := await stage.changes(who)) is not None}
    return sum(one.points for changes in found.values() for one in changes if one.type in REACHED)


@command("event", r"event <WHO> (?P<trigger>[a-z-]+)(?: on <WHEN>)?(?: about <ORDER>)?(?: id <CODE>)?")
async def event(stage: Stage, match: re.Match[str]) -> None:
    """A trigger comes for a member; one with an id is sent twice where the shop's network is bad."""
    occurred_at = None if match["when"] is None else stage.instant(match["when"])
    who = stage.known(match["who"])
    told = RecordEvent(who, match["trigger"], match["code"], occurred_at, match["order"])
    for _ in range(2 if match["code"] and not stage.upkeep else 1):
        await stage.engine.record_event(stage.shop, told)


def _lines(text: str) -> list[OrderLine]:
    lines = []
    for number, words in enumerate(text.split(" + ")):
        parts = _LINE_PARTS.fullmatch(words)
        assert parts is not None  # the line was read
        marks = parts["marks"].split(", ") if parts["marks"] else []
        line = OrderLine(
            parts["id"] or f"{parts['product']}-{number}",
            parts["product"],
            int(parts["quantity"] or 1),
            parse_money(parts["money"]),
            collections=[mark for mark in marks if not mark.startswith("tag ")] or None,
            tags=[mark.removeprefix("tag ") for mark in marks if mark.startswith("tag ")] or None,
            subscription=parts["of"] or "",
        )
        lines.append(line)
    return lines


def _with_options(stage: Stage, told: Order, options: str) -> Order:
    """The order with what else its line says."""
    changed: dict[str, object] = {}
    codes = list(told.codes)
    for status, no_code, code, amount, paid, time, when, unsaid, cycle in _OPTION.findall(options):
        if status:
            changed["status"] = None if status == "no status" else status
        elif cycle:
            changed["subscription"] = cycle
        elif no_code:
            codes = []
        elif code:
            codes.append(stage.codes[code].code if code in stage.codes else code)
        elif amount:
            changed[{"tender": "amount_points"}.get(amount, f"amount_{amount}")] = parse_money(paid)
        elif unsaid:
            changed[_TIMES[unsaid]] = None
        else:
            changed[_TIMES[time]] = stage.instant(when)
    return msgspec.structs.replace(told, codes=codes, **changed)


def _replaced(stage: Stage, order_id: str, status: OrderStatus, updated_at: int) -> Told:
    known = stage.orders[order_id]
    return Told(known.who, msgspec.structs.replace(known.order, status=status, updated_at=updated_at))


async def _push(stage: Stage, who: str, told: Order) -> None:
    stage.orders[told.id] = Told(who, told)
    await _send(stage, who, told)


async def _send(stage: Stage, who: str, told: Order) -> None:
    """Push an order; where upkeep is left out the shop's network is bad too, and everything is sent twice (S4.3)."""
    push = PushOrder(CustomerFacts(stage.known(who)), told)
    for _ in range(1 if stage.upkeep else 2):
        for pushed in await stage.engine.push_orders(stage.shop, [push]):
            if pushed.problems:
                raise InvalidInput(pushed.problems)


# ------------------------------------------------------------------------------------------------------ redemptions


@command(
    "redeem", r"redeem <WHO> <POINTS>(?P<codeless> without code)?(?: cart <MONEY>)?(?: key <key:CODE>)?(?: -> <CODE>)?"
)
async def redeem(stage: Stage, match: re.Match[str]) -> None:
    """A member turns points into a discount."""
    points = int(match["points"])
    wish = Wish(points, match["codeless"] is None, None if match["money"] is None else parse_money(match["money"]))
    made = await stage.engine.redeem(
        stage.shop, Redeem(stage.known(match["who"]), wish, key_of(match["key"], match[0]))
    )
    if match["code"] is not None:
        stage.codes[match["code"]] = made


@command("unredeem", r"unredeem <WHO> <CODE>(?: key <key:CODE>)?")
async def unredeem(stage: Stage, match: re.Match[str]) -> None:
    """A member's redemption is undone."""
    change = stage.codes[match["code"]].change_id
    await stage.engine.unredeem(stage.shop, Unredeem(stage.known(match["who"]), change, key_of(match["key"], match[0])))


def key_of(key: str | None, request: str) -> Key | None:
    """An idempotency key; the name of the answer is no part of the request."""
    if key is None:
        return None
    body = request.partition(" -> ")[0]
    return Key(hashlib.sha256(key.encode()).digest(), hashlib.sha256(body.encode()).digest())


# ------------------------------------------------------------------------------------------------------------ staff

_STAFF: Final[dict[str, Action]] = {
    "give": "give_points",
    "take": "takeaway_points",
    "spend": "takeaway_points_as_spent",
    "unspend": "unspend_points",
    "forgive": "forgive_debt",
}


@command("staff", r'staff (?P<action>give|take|spend|unspend|forgive) <WHO> <POINTS>(?: "(?P<why>[^"]*)")?')
async def staff(stage: Stage, match: re.Match[str]) -> None:
    """Staff correct a member's points by hand."""
    adjustment = Adjustment(_STAFF[match["action"]], int(match["points"]))
    await adjust(stage, stage.known(match["who"]), adjustment, None, match["why"] or "")


@command("staff undo", r'staff undo <WHO> (?:<ORDER>|"(?P<gift>[^"]+)"|the last (?P<type>[a-z_]+))')
async def staff_undo(stage: Stage, match: re.Match[str]) -> None:
    """Staff take back what one order, one gift of theirs, or the last change of a type gave."""
    if match["type"]:
        last = [change for change in await stage.history(match["who"]) if change.type == match["type"]][-1]
        await adjust(stage, stage.known(match["who"]), Adjustment("takeaway_points_for_change"), last.id, "")
        return
    for change in await stage.history(match["who"]):
        note = json.loads(change.note).get("description") if change.note else None
        if (match["order"] and change.order_id == match["order"]) or (match["gift"] and note == match["gift"]):
            adjustment = Adjustment("takeaway_points_for_change")
            await adjust(stage, stage.known(match["who"]), adjustment, change.id, "")
            return
    raise Mismatch(f"something that gave points: {match[0]}", "nothing of that name in the history")


@command(
    "staff tier",
    r'staff tier <WHO> (?P<step>[A-Z][a-z]+|none)(?: until <DAY>)?(?P<lock> locked)?(?: "(?P<why>[^"]*)")?',
)
async def staff_tier(stage: Stage, match: re.Match[str]) -> None:
    """Staff set a member's tier by hand, until the end of a day or for good."""
    until_at = None
    if match["day"] is not None:
        until_at = instant_at(datetime.combine(day_of(match["day"]) + timedelta(1), datetime.min.time()), stage.zone)
    tier = None if match["step"] == "none" else match["step"].lower()
    act = Adjustment("set_tier", tier=tier, until_at=until_at, lock=match["lock"] is not None)
    await adjust(stage, stage.known(match["who"]), act, None, match["why"] or "")


@command("staff release", r"staff release <WHO>")
async def staff_release(stage: Stage, match: re.Match[str]) -> None:
    """Staff let the tier that they set go."""
    await adjust(stage, stage.known(match["who"]), Adjustment("release_tier"), None, "")


@command("staff mark", r"staff (?P<act>mark|unmark) <WHO> (?P<mark>[a-z_]+)")
async def staff_mark(stage: Stage, match: re.Match[str]) -> None:
    """Staff set or clear a mark."""
    act: Action = "set_mark" if match["act"] == "mark" else "clear_mark"
    found = next((one for one in get_args(Mark) if one == match["mark"]), None)
    if found is None:
        raise Mismatch(f"one of {', '.join(get_args(Mark))}", match["mark"])
    await adjust(stage, stage.known(match["who"]), Adjustment(act, mark=found), None, "")


async def adjust(stage: Stage, who: Who, adjustment: Adjustment, change: int | None, why: str) -> None:
    """One act of staff."""
    words = {"description": why, "actor": "staff"}
    await stage.engine.adjust(stage.shop, Adjust(who, [(adjustment, change, words)]))


# ------------------------------------------------------------------------------------------------------- all at once


@command("at once", r"<POINTS> times at once (?P<what>.+)")
async def at_once(stage: Stage, match: re.Match[str]) -> None:
    """The same wish comes many times at the same moment; whoever is refused does not stop the others."""
    for verb in COMMANDS:
        inner = verb.pattern.fullmatch(match["what"])
        if inner is not None:
            tries = [verb.perform(stage, inner) for _ in range(int(match["points"]))]
            outcomes = await asyncio.gather(*tries, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException) and not isinstance(outcome, LealError):
                    raise outcome
            stage.granted = sum(not isinstance(outcome, BaseException) for outcome in outcomes)
            return
    raise Mismatch("a line that is known", match["what"])
