"""Random offers."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.oracle_machine.programme_dice import Document, condition, maybe
from tests.oracle_machine.programme_ways import PERIODS

GIVES: Final = {
    "vendible": ({"amount": "5"}, {"percent": 1000}, {"product": "mug"}, {"free_shipping": True}),
    "gift_card": ({"amount": "25"},),
    "custom_reward": ({"identifier": "atelier"},),
    "free": ({"amount": "5"}, {"free_shipping": True}, {"identifier": "atelier"}),
}


def offers(dice: Random, tiers: Document | None, triggers: list[str], *, stock: bool) -> list[Document]:
    """Some offers; with `stock` some of them can run out."""
    kinds = dice.sample(["vendible", "vendible", "gift_card", "custom_reward", "free"], dice.randint(1, 4))
    return [
        _offer(dice, f"{kind.replace('_', '-')}{'x' * number}", kind, tiers, triggers, stock=stock)
        for number, kind in enumerate(kinds)
    ]


def _offer(dice: Random, slug: str, kind: str, tiers: Document | None, triggers: list[str], *, stock: bool) -> Document:
    found: Document = {"slug": slug, "title": slug, "kind": kind, "gives": dice.choice(GIVES[kind])}
    if kind != "free":
        found["points"] = dice.choice([20, 60, 150])
        if tiers and maybe(dice, 3):
            found["tier_points"] = {dice.choice(tiers["steps"])["slug"]: dice.choice([1, 30, 100])}
    if stock and maybe(dice):
        found["stock"] = dice.choice([1, 2, 17])
    if maybe(dice, 3):
        found["per_member"] = {"count": dice.choice([1, 2]), "period": dice.choice(PERIODS)}
    if "identifier" not in found["gives"] and maybe(dice):
        found["expires"] = dice.choice(["1 month", "5 days"])
    if maybe(dice, 6):
        found |= {"starts_at": "2024-03-01", "ends_at": "2025-03-01"}
    found |= condition(dice, "way", triggers, 5)
    if seen := condition(dice, "way", triggers, 8):
        found["visible"] = seen["condition"]
    return found
