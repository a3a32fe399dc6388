"""Random milestones, and what orders of subscriptions earn."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.oracle_machine.programme_dice import Document, a_source, maybe

REACHES: Final = {
    "orders": ("1", "2", "3"), "spend": ("80", "250.5"), "points": ("60", "250"), "cycle": ("1", "2", "4"),
    "tenure": ("2 months", "40 days", "1 year"),
}  # fmt: skip


def milestones(dice: Random, tiers: Document | None, known: list[Document]) -> list[Document]:
    """Some milestones, which give points, tiers, and what of the known offers cannot run out."""
    promised = [offer["slug"] for offer in known if "stock" not in offer]
    higher = [step["slug"] for step in tiers["steps"] if step.get("requires")] if tiers else []
    found = []
    for number in range(dice.randint(1, 3)):
        counts, slug = dice.choice(list(REACHES)), f"step{'x' * number}"
        step: Document = {"slug": slug, "title": slug.capitalize(), "counts": counts}
        step["reach"] = dice.choice(REACHES[counts])
        if promised and maybe(dice, 3):
            step["offer"] = dice.choice(promised)
        if higher and maybe(dice, 3):
            step["tier"] = dice.choice(higher)
        if len(step) == 4 or maybe(dice):
            step["points"] = dice.choice([15, 70])
        found.append(step)
    return found


def subscription_orders(dice: Random) -> Document:
    """What they earn beside."""
    found = a_source("subscription_order", points=dice.choice([3, 20])) | {"slug": "cycles"}
    if maybe(dice):
        found["per"] = dice.choice(["10", "0.50"])
    if maybe(dice, 3):
        found["qualifies"] = True
    return found
