"""Storing rows of an import: what the engine is told of them, pushed as one part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

from leal.engine.commands import PushCustomer, Pushed, PushOrder, Shop
from leal.engine.engine import Engine
from leal.engine.products import PushProduct

ImportKind = Literal["orders", "customers", "products"]
Command = PushOrder | PushCustomer | PushProduct

_DECODERS: Final[dict[ImportKind, msgspec.json.Decoder[Any]]] = {
    "orders": msgspec.json.Decoder(PushOrder),
    "customers": msgspec.json.Decoder(PushCustomer),
    "products": msgspec.json.Decoder(PushProduct),
}
"""Rows are checked once, and lie on the disk as what the engine is told of them."""


def packed(command: Command) -> bytes:
    """What the engine is told, without the row as it came: nothing of an import is kept to be replayed."""
    return msgspec.json.encode(msgspec.structs.replace(command, wire=b""))


async def store(engine: Engine, shop: Shop, kind: ImportKind, rows: Sequence[bytes]) -> Sequence[Pushed]:
    """Push rows as they were packed; one answer a row."""
    commands = [_DECODERS[kind].decode(row) for row in rows]
    if kind == "orders":
        return await engine.push_orders(shop, commands, keep=False)
    if kind == "customers":
        return await engine.push_customers(shop, commands, keep=False)
    _, answers = await engine.push_products(shop, [], commands)
    return answers
