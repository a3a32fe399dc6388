"""Products: what the lines of orders take from what the shop says of its products, and how such sayings are merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from leal.rules.orders import LinePin, Order, OrderLine


class ProductFacts(NamedTuple):
    """What conditions and targets read of a product."""

    collections: list[str]
    tags: list[str]


UNKNOWN = ProductFacts([], [])
"""A product of which nothing was told."""


def factless(order: Order) -> list[OrderLine]:
    """The lines that name a product without telling all of its collections and tags."""
    return [line for line in order.lines or [] if line.collections is None or line.tags is None]


def with_facts(
    order: Order, before: Order | None, pins: Mapping[str, LinePin], products: Mapping[str, ProductFacts]
) -> Order:
    """The order with what its lines do not tell of their products (S4.4).

    (1) What a line tells itself stands. (2) A line that was judged before keeps what it was judged by. (3) A new one
    takes what is stored of its product now.
    """
    if not factless(order):
        return order
    judged = {
        line.key: line
        for line in (None if before is None else before.lines) or []
        if line.key in pins and pins[line.key].product == line.product
    }
    lines = []
    for line in order.lines or []:
        facts = products.get(line.product, UNKNOWN)
        known = judged.get(line.key)
        if known is not None and known.product == line.product:
            facts = ProductFacts(known.collections or [], known.tags or [])
        lines.append(
            msgspec.structs.replace(
                line,
                collections=facts.collections if line.collections is None else line.collections,
                tags=facts.tags if line.tags is None else line.tags,
            )
        )
    return msgspec.structs.replace(order, lines=lines)


def merged(stored: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What is known once more was told: what is left out, null or an empty text keeps what is stored.

    Variants are merged one by one, by their ids; those marked deleted go.
    """
    facts = {**stored, **{name: value for name, value in told.items() if value not in (None, "")}}
    if told.get("variants") is not None:
        variants = {one["id"]: one for one in stored.get("variants", [])}
        for one in told["variants"]:
            if one.get("deleted"):
                variants.pop(one["id"], None)
            else:
                variants[one["id"]] = merged(variants.get(one["id"], {}), one)
        facts["variants"] = list(variants.values())
    return facts
