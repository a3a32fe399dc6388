"""Small programmes and orders for the oracle's own tests."""

from typing import Any

from tests.oracle.facts import LineFacts, OrderFacts, Redeemed, Refused
from tests.oracle.instants import instant
from tests.oracle.oracle import Oracle
from tests.oracle.versions import Document

DAY = 86_400_000_000
ORDERS: Document = {"slug": "orders", "title": "Orders", "kind": "order", "points": 1, "per": 1}
START = "2025-01-01"


def programme(*sources: Document, zone: str = "UTC", **parts: Any) -> Document:
    """A programme of one point per unit of money, points worth 0.05, with what else is given."""
    base: Document = {"shop": "s", "title": "S", "currency": "EUR", "timezone": zone, "points": {"value": "0.05"}}
    base["points"] = base["points"] | parts.pop("points", {})
    triggers = [{"slug": slug, "title": slug} for slug in ("ok", "t", "visit")]
    return base | {"sources": [ORDERS, *sources], "redemption": {}, "triggers": triggers} | parts


def at(text: str) -> int:
    """A day (its start, UTC) or an RFC 3339 time."""
    return instant(text + "T00:00:00+00:00") if len(text) == 10 else instant(text)


def shop(document: Document, *, start: str = START) -> Oracle:
    """An oracle with a programme in force from the start."""
    oracle = Oracle(start=at(start))
    oracle.publish(document, at(start))
    return oracle


def order(name: str, money: int | str, when: str, status: str = "confirmed", **more: Any) -> OrderFacts:
    """An order of one line, told as of its order time unless an update time is given."""
    line = LineFacts("p", int(money) * 1_000_000, collections=more.pop("collections", ()))
    update = more.pop("update", when)
    return OrderFacts(name, status, at(when), at(update), lines=more.pop("lines", (line,)), **more)


def buy(oracle: Oracle, name: str, money: int, when: str, status: str = "confirmed", **more: Any) -> None:
    """Pushes an order of customer `c` at its update time, or `arrived` later."""
    arrived = more.pop("arrived", more.get("update", when))
    oracle.push_order("c", order(name, money, when, status, **more), at(arrived))


def redeemed(answer: Redeemed | Refused) -> Redeemed:
    """An answer that is no refusal."""
    assert isinstance(answer, Redeemed), answer
    return answer


def buckets(oracle: Oracle, when: str) -> dict[str, int]:
    """The buckets of `c` that are not zero."""
    view = oracle.account("c", at(when))
    names = ("available", "pending", "held", "redeemed", "expired", "earned", "debt")
    return {name: getattr(view, name) for name in names if getattr(view, name)}
