"""Choosing: what a customer is shown of a block, a pure function of what is known and of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from leal.rules.content.banner import banner
from leal.rules.content.chosen import Block, Chosen
from leal.rules.content.digest import digest
from leal.rules.content.known import Known
from leal.rules.content.lifecycle import lifecycle
from leal.rules.content.recommendation import recommendation
from leal.rules.content.value_block import value_block

CHOOSERS: Final[dict[Block, Callable[[Known, int], Chosen]]] = {
    "loyalty-programme-banner": banner,
    "customer-value-block": value_block,
    "lifecycle-banner": lifecycle,
    "personalised-digest": digest,
    "enriched-product-recommendation": recommendation,
}


def choose(block: Block, known: Known, now: int) -> Chosen:
    """The block's variant and slots at `now`. Where what is known of a member is too old, figures are left out, and
    with them every variant that lives by them."""
    if not known.is_stale(now):
        return CHOOSERS[block](known, now)
    products = [msgspec.structs.replace(one, points=0, permyriad=10_000, qualifying=0) for one in known.products]
    bare = msgspec.structs.replace(
        known,
        loyalty=known.loyalty.without_figures(),
        simulated=known.simulated._replace(points=0),
        products=products,
    )
    chosen = CHOOSERS[block](bare, now)
    slots = msgspec.structs.replace(
        chosen.slots, as_of=known.as_of, orders=None, orders_this_year=None, spend_micros=None
    )
    return msgspec.structs.replace(chosen, slots=slots)
