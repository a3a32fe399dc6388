"""Subscriptions and milestones in stories: what the shop tells of them, and what is expected."""

from __future__ import annotations

import re

from leal.engine.commands import CustomerFacts
from leal.values import format_instant
from tests.stories.commands import command
from tests.stories.expectations import expectation
from tests.stories.stage import Stage


@command(
    "subscription",
    r"subscription <WHO> (?P<ident>[A-Z]+[0-9]+)(?: (?P<status>active|paused|ended))?(?: since <WHEN>)?"
    r"(?: cycle (?P<cycle>\d+))?(?: earlier (?P<earlier>\d+))?",
)
async def subscription(stage: Stage, match: re.Match[str]) -> None:
    """The shop tells of a subscription."""
    told: dict[str, object] = {"id": match["ident"]}
    if match["status"]:
        told["status"] = match["status"]
    if match["when"]:
        told["started_at"] = format_instant(stage.instant(match["when"]))
    if match["cycle"]:
        told["cycle"] = int(match["cycle"])
    if match["earlier"]:
        told["earlier_orders"] = int(match["earlier"])
    facts = CustomerFacts(stage.known(match["who"]), {"subscriptions": [told]})
    for _ in range(1 if stage.upkeep else 2):
        await stage.tell(facts)


@expectation("subscribed", r"subscribed <WHO> (?P<expected>(?:active|inactive) cycle \d+)")
async def subscribed(stage: Stage, match: re.Match[str]) -> str:
    """What her subscriptions come to (S9.4)."""
    keeps = (await stage.balance(match["who"])).standing.account.keeps
    return f"{'active' if keeps.subscribed else 'inactive'} cycle {keeps.cycle}"


@expectation("reached", r"reached <WHO> (?P<expected>none|[a-z]+(?:, [a-z]+)*)")
async def reached(stage: Stage, match: re.Match[str]) -> str:
    """The milestones that she has reached, in their order (S9.3)."""
    known = (await stage.balance(match["who"])).standing.milestones or []
    return ", ".join(one.milestone.slug for one in known if one.is_reached) or "none"
