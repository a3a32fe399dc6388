"""What random programmes are made of in many places: conditions, pending rules, caps."""

from __future__ import annotations

from random import Random
from typing import Any

Document = dict[str, Any]


def a_source(kind: str, **more: Any) -> Document:
    """A source that is called by its kind."""
    return {"slug": kind.replace("_", "-"), "title": kind, "kind": kind, **more}


def maybe(dice: Random, share: int = 2) -> bool:
    """Whether it is so, one time in so many."""
    return dice.randint(1, share) == share


def condition(dice: Random, kinds: str, triggers: list[str], share: int) -> Document:
    """A condition now and then, of a `tier`, a `way` or what can be seen, a `source` of orders, or a `line`."""
    texts = ['"vip" in customer.tags', '!("vip" in customer.tags)', "member.orders >= 2"]
    texts += ["member.spend_micros >= 150 * 1000000", "12 / member.orders >= 4"]  # of no orders it fails
    texts += [f'member.events["{slug}"] >= 2' for slug in triggers]
    if kinds != "tier":
        texts += ["member.points_available < 60"]
    if kinds in ("source", "line"):
        texts += ["order.amount_micros >= 90 * 1000000 || member.points_earned == 0"]
    if kinds == "line":
        texts += [
            "line.quantity >= 2",
            '"big" in line.tags',
            '"sale" in line.collections && line.amount_micros > 30 * 1000000',
        ]
    return {"condition": dice.choice(texts)} if maybe(dice, share) else {}


def pending(dice: Random, triggers: list[str]) -> Document:
    """How the points of orders wait."""
    then = dice.choice(["drop", "mature"])
    rules: list[Document] = [
        {"mode": "at_once"},
        {"mode": "at_once"},
        {"mode": "delay", "days": dice.choice([1, 14, 40])},
        {"mode": "delay", "days": 5, "since": "completed"},
        {"mode": "delay", "days": 5, "since": "completed", "timeout": "20 days", "then": then},
        {"mode": "date", "day": dice.choice(["02-29", "12-31", "06-15"])},
        {"mode": "event", "event": "completed", "timeout": "1 month", "then": then},
        {"mode": "event", "event": "completed"},
    ]
    for trigger in triggers:
        rules += [
            {"mode": "event", "event": "trigger", "trigger": trigger},
            {"mode": "event", "event": "trigger", "trigger": trigger, "timeout": "1 month", "then": then},
        ]
    return dice.choice(rules)


def caps(dice: Random, least: int = 1) -> list[Document]:
    """At most one cap, by a period or in all, that leaves room for one award of so many points."""
    if not maybe(dice):
        return []
    periods: list[str | None] = ["daily", "weekly", "monthly", "yearly", "lifetime", None]
    cap = {"points": max(least, dice.choice([20, 150])), "over": dice.choice(["trim", "refuse"])}
    return [cap | {"period": dice.choice(periods)}]
