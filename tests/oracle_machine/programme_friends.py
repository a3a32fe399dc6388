"""Random ways in which friends come."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.oracle_machine.programme_dice import Document, a_source, condition, maybe
from tests.oracle_machine.programme_ways import PERIODS

WELCOME: Final = "cheer"
"""The offer that friends are welcomed with."""


def referrals(dice: Random, known: list[Document]) -> Document:
    """How friends come; the welcome is an offer of its own."""
    found: Document = {
        "minimum_order": dice.choice(["0", "0", "50"]),
        "delay_days": dice.choice([0, 14, 40]),
        "same_address": dice.choice(["reject", "allow"]),
    }
    if maybe(dice, 3):
        found["link_expires"] = dice.choice(["1 month", "5 days"])
    if maybe(dice, 3):
        found["per_member"] = {"count": dice.choice([1, 2]), "period": dice.choice(PERIODS)}
    if any(offer["slug"] == WELCOME for offer in known):
        found["friend_welcome"] = WELCOME
    return found


def referral_sources(dice: Random, triggers: list[str]) -> list[Document]:
    """What both sides are paid: perhaps only one of them."""
    kinds = dice.choice([["referral_sent", "referral_received"]] * 8 + [["referral_sent"], ["referral_received"]])
    found = []
    for kind in kinds:
        source = a_source(kind, points=dice.choice([40, 75])) | condition(dice, "way", triggers, 8)
        if maybe(dice, 4):
            source["caps"] = [{"points": 80, "period": dice.choice(PERIODS), "over": dice.choice(["trim", "refuse"])}]
        if maybe(dice, 3):
            source["qualifies"] = True
        found.append(source)
    return found
