"""Programmes in the words of stories; what has no words is told as a part of the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec

from leal.errors import InvalidInput
from leal.rules.programme.reading import read_programme
from tests.oracle_machine import wording_ways
from tests.oracle_machine.acts import Document
from tests.stories.programmes import UnknownWords, programme

PARTS = (
    "holds",
    "gifts",
    "triggers",
    "points",
    "earning",
    "sources",
    "multipliers",
    "redemption",
    "expiration",
    "tiers",
    "offers",
    "subscriptions",
    "milestones",
    "referrals",
)
LISTS = ("triggers", "sources", "multipliers", "milestones", "offers")


def words_of(document: Document) -> list[str]:
    """Lines that stand for the document, with other titles."""
    head = []
    if document["timezone"] != "Europe/Paris":
        head.append(f"zone {document['timezone']}")
    if document["currency"] != "EUR":
        head.append(f"currency {document['currency']}")
    if document.get("enabled") is False:
        head.append("switched off")
    if document.get("enrolment") == "explicit":
        head.append("members opt in")
    transition = document.get("transition") or {}
    if transition.get("lives") == "shorten":
        head.append(f"existing points are shortened, not before {transition.get('notice', '30 days')}")
    if transition.get("tiers") == "lower":
        head.append("who falls short is lowered")
    body: list[str] = []
    for part in PARTS:
        said = _of_part(part, document)
        if _says(said, part, document):
            body += said
        else:
            told = document.get(part, [] if part in LISTS else None)
            body.append(f"part {part} {msgspec.json.encode(told).decode()}")
    return head + body


def _of_part(part: str, document: Document) -> list[str]:
    try:
        return [words for words in _WORDS[part](document.get(part) or {}) if words]
    except (KeyError, TypeError, AttributeError):
        return ["no words"]


def _says(lines: list[str], part: str, document: Document) -> bool:
    """Whether the lines mean that part of the document."""
    try:
        said = programme(lines).get(part)
    except (UnknownWords, KeyError):
        return False
    meant = _meant({**document, part: said} if said is not None else _without(document, part))
    return meant is not None and meant == _meant(document)


def _without(document: Document, part: str) -> Document:
    return {name: value for name, value in document.items() if name != part}


def _meant(document: Document) -> object:
    """What a document means, apart from titles and the names of multipliers; None for one that cannot be read."""
    plain = {**document, "shop": "corner", "title": "T"}
    plain["sources"] = [{**source, "title": "T"} for source in document.get("sources") or []]
    multipliers = document.get("multipliers") or []
    plain["multipliers"] = [{**item, "title": "T", "slug": f"m{place}"} for place, item in enumerate(multipliers)]
    try:
        return read_programme(msgspec.json.encode(plain).decode())
    except InvalidInput:
        return None


def _holds(told: Document) -> Iterator[str]:
    if told:
        yield f"holds last {told['default_minutes']} minutes, at most {told['longest_minutes']}"


def _gifts(told: Document) -> Iterator[str]:
    if told:
        yield f"gifts from {told['min']}"
        limit = told.get("limit")
        yield f"gifts at most {limit['points']} {limit['period']}" if limit else ""


def _triggers(told: list[Document]) -> Iterator[str]:
    yield from (f"trigger {one['slug']}" for one in told)


def _points(told: Document) -> Iterator[str]:
    if "value" not in told:
        yield "points have no value"
    else:
        yield f"a point is worth {told['value']}"
    if told.get("rounding", "floor") != "floor":
        yield f"round {told['rounding']}"
    debt = told.get("debt") or {"policy": "unlimited"}
    yield {"none": "no debt", "to_floor": f"debt up to {debt.get('floor')}"}.get(debt["policy"], "")
    if "grace" in told:
        yield f"returned points live {told['grace']}"


def _earning(told: Document) -> Iterator[str]:
    eligible = told.get("eligible") or {}
    yield "taxes earn" if eligible.get("taxes") else ""
    yield "shipping earns" if eligible.get("shipping") else ""
    for kind, names in (eligible.get("exclude") or {}).items():
        for name in names:
            yield f"{kind.removesuffix('s')} {name} earns nothing"
    if "stacking" in told:
        yield f"multipliers {told['stacking']}"
    pending = told.get("pending") or {"mode": "at_once"}
    ends = {"drop": "dropped", "mature": "mature"}.get(pending.get("then", "drop"))
    on_time = f", {ends} after {pending['timeout']}" if "timeout" in pending else ""
    since = " after completion" if pending.get("since") == "completed" else ""
    match pending["mode"]:
        case "delay":
            yield f"pending {pending['days']} days{since}{on_time}"
        case "date":
            yield f"pending until the next {pending['day']}"
        case "event":
            until = f"the event {pending['trigger']}" if pending.get("trigger") else "completed"
            yield f"pending until {until}{on_time}"


def _sources(told: list[Document]) -> Iterator[str]:
    if not told:
        yield "orders earn nothing"
    for source in told:
        match source["kind"]:
            case "order":
                yield f"orders earn where {source['condition']}" if source.get("condition") else ""
                yield f"{source['points']} points per {source['per']}"
                yield f"order points lapse after {source['expires']}" if source.get("expires") else ""
                yield "order points do not qualify" if source.get("qualifies") is False else ""
                yield from (f"orders earn {most}" for most in _at_most(source))
            case "first_order":
                yield ", ".join([f"the first order earns {source['points']}", *_at_most(source)])
            case "product" if "points" in source:
                yield ", ".join([f"{source['targets']['products'][0]} earns {source['points']}", *_at_most(source)])
            case "product":
                yield f"{source['targets']['products'][0]} earns {Decimal(source['multiplier']) / 10_000}x"
            case "tier_entry":
                counts = " which count" if source.get("qualifies") else ""
                yield f"entering {source['tier'].capitalize()} earns {source['points']}{counts}"
            case "manual":
                yield f"staff points lapse after {source['expires']}"
            case _:
                yield ", ".join([wording_ways.way_words(source), *_at_most(source)]) + wording_ways.where_words(source)


def _at_most(source: Document) -> Iterator[str]:
    for cap in source.get("caps") or []:
        refuses = ", or nothing" if cap["over"] == "refuse" else ""
        yield f"at most {cap['points']} {cap.get('period', 'in all')}{refuses}"


def _multipliers(told: list[Document]) -> Iterator[str]:
    for item in told:
        words = f"{Decimal(item['factor']) / 10_000}x"
        for kind, names in (item.get("targets") or {}).items():
            words += f" on {kind.removesuffix('s')} {names[0]}"
        for tier in item.get("tiers") or []:
            words += f" for {tier.capitalize()}"
        if "starts_at" in item:
            words += f" from {item['starts_at']} to {item['ends_at']}"
        yield words + (f" where {item['condition']}" if item.get("condition") else "")


def _redemption(told: Document) -> Iterator[str]:
    if "max" in told:
        yield f"redeem {told['min']}..{told['max']} step {told['step']}"
    elif told.get("min", 1) != 1:
        yield f"redeem from {told['min']}"
    if told.get("choices"):
        first, last = told["choices"][:-1], told["choices"][-1]
        yield f"redeem only {', '.join(map(str, first))} or {last}"
    if "limit" in told:
        yield f"limit {told['limit']['points']} {told['limit']['period']}"
    for bucket in told.get("value_buckets") or []:
        yield f"{bucket['threshold']} points are worth {bucket['value']}"
    if "minimum_cart" in told:
        yield f"minimum cart {told['minimum_cart']}"
    yield "cancelled orders give the reward back" if told.get("cancelled_order") == "reward" else ""


def _expiration(told: Document) -> Iterator[str]:
    rolling = told.get("rolling")
    if rolling:
        words = f"lapse after {rolling['term']}"
        words += " from earning" if rolling.get("since") == "earned" else ""
        unit = rolling.get("round_up", "day")
        yield words + {"none": " to the second", "day": ""}.get(unit, f" to the end of the {unit}")
    everything = told.get("global")
    if everything and everything["mode"] == "date":
        yield f"everything lapses after {' and '.join(everything['days'])} each year"
    elif everything:
        kept = (everything.get("keeps") or ["activity"])[0]
        yield f"everything lapses {everything['term']} after the last {kept}"


def _tiers(told: Document) -> Iterator[str]:
    if not told:
        return
    kind = told["window"]["kind"]
    spans = {"lifetime": "for life", "calendar_year": "the calendar year", "anniversary_year": "the member's year"}
    yield f"tiers count {spans.get(kind) or 'the last ' + told['window'].get('length', '')}"
    yield "tiers go by available points" if told.get("basis") == "available" else ""
    for step in told["steps"]:
        words = f"tier {step['name']}"
        words += f" from {_need(step['requires'])}" if step.get("requires") else ""
        words += f", kept with {_need(step['keep'])}" if step.get("keep") else ""
        limit = step.get("redemption_limit")
        if limit:
            words += f", limit {limit}" if limit == "unlimited" else f", limit {limit['points']} {limit['period']}"
        words += f", points lapse after {step['expires']}" if step.get("expires") else ""
        condition = (step.get("requires") or {}).get("condition")
        words += f" where {condition}" if condition else ""
        yield words
    life = told.get("life") or {}
    if life.get("ends") == "term":
        unit = f" to the end of the {life['round_up']}" if life.get("round_up") else ""
        yield f"tiers last {life['term']}{unit}"
    yield "tiers last forever" if life.get("ends") == "never" else ""
    yield f"tiers have {life['grace']} of grace" if life.get("grace") else ""
    yield {"one_step": "tiers fall one step", "never": "tiers never fall"}.get(life.get("downgrade", ""), "")
    yield "refunds never end tiers" if life.get("protect") else ""


def _need(asked: Document) -> str:
    words = []
    for name, one in (("points", "points"), ("spend", "spend"), ("orders", "orders")):
        if name in asked:
            words.append(f"{asked[name]} {one}")
    words += [f"the event {slug}" for slug in asked.get("events") or []]
    return (" or " if asked.get("match") == "any" else " and ").join(words)


_WORDS: Final[dict[str, Callable[[Any], Iterator[str]]]] = {
    "holds": _holds,
    "gifts": _gifts,
    "triggers": _triggers,
    "points": _points,
    "earning": _earning,
    "sources": _sources,
    "multipliers": _multipliers,
    "redemption": _redemption,
    "expiration": _expiration,
    "tiers": _tiers,
    "offers": wording_ways.offers,
    "subscriptions": wording_ways.subscriptions,
    "milestones": wording_ways.milestones,
    "referrals": wording_ways.referrals,
}
