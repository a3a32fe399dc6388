"""Ways to earn apart from orders, in a story's short words."""

from __future__ import annotations

import re
from typing import Any, Final

WAY: Final = (
    "(?P<what>joining|birthdays|anniversaries|newsletter|(?:trigger|review|social|newsletter) on [a-z-]+) earns? "
    "(?P<points>[0-9]+)(?P<counts> which count)?(?:, told (?P<days>[0-9]+) days before)?"
    "(?:, pending (?P<wait>[0-9]+) days)?(?:, pending until (?P<until>[a-z-]+)(?:, dropped after (?P<timeout>TERM))?)?"
    "(?:, lapsing after (?P<expires>TERM))?"
)
"""As a programme's line begins; caps, dates and a condition follow."""


def add_way(document: dict[str, Any], match: re.Match[str], caps: list[dict[str, Any]]) -> None:
    """Add a source apart from orders; its slug is its kind, for an event the kind and the event."""
    kind = {"joining": "signup", "birthdays": "birthday", "anniversaries": "anniversary"}.get(
        match["what"], match["what"]
    )
    kind, _, trigger = kind.partition(" on ")
    fields: dict[str, Any] = {"points": int(match["points"]), "caps": caps}
    if trigger:
        fields["trigger"] = trigger
        if trigger not in [one["slug"] for one in document.get("triggers", [])]:
            document.setdefault("triggers", []).append({"slug": trigger, "title": trigger})
    if match["counts"]:
        fields["qualifies"] = True
    if match["days"]:
        fields["minimum_change_days"] = int(match["days"])
    if match["wait"]:
        fields["pending"] = {"mode": "delay", "days": int(match["wait"])}
    if match["until"]:
        fields["pending"] = {"mode": "event", "event": "trigger", "trigger": match["until"]}
        if match["timeout"]:
            fields["pending"] |= {"timeout": match["timeout"]}
    if match["expires"]:
        fields["expires"] = match["expires"]
    if match["from"]:
        fields |= {"starts_at": match["from"], "ends_at": match["to"]}
    if match["where"]:
        fields["condition"] = match["where"]
    slug = f"{kind}-{trigger}" if trigger else kind
    document["sources"].append({"slug": slug, "title": slug, "kind": kind, **fields})


SUBSCRIPTION_ORDERS: Final = (
    "subscription orders earn (?P<points>[0-9]+)(?: per (?P<per>MONEY))?(?P<counts> which count)?"
)
_REACH: Final = "(?:at (?P<reach>MONEY) (?P<counts>cycle|order|spend|point)s?|after (?P<term>TERM))"
_GIFT: Final = (
    "(?:(?P<points>[0-9]+) points)?(?: and )?(?:the tier (?P<tier>[A-Z][a-z]+)|the offer (?P<offer>[a-z-]+))?"
)
MILESTONE: Final = f"milestone (?P<slug>[a-z]+) {_REACH} gives {_GIFT}"


def add_subscription_orders(document: dict[str, Any], match: re.Match[str]) -> None:
    """Add what orders of subscriptions earn."""
    found = {"slug": "cycles", "title": "Cycles", "kind": "subscription_order", "points": int(match["points"])}
    if match["per"]:
        found["per"] = match["per"]
    if match["counts"]:
        found["qualifies"] = True
    document["sources"].append(found)
    document.setdefault("subscriptions", {})


def add_milestone(document: dict[str, Any], match: re.Match[str]) -> None:
    """Add a milestone; one of cycles sets subscriptions up."""
    counts = "tenure" if match["term"] else {"order": "orders", "point": "points"}.get(match["counts"], match["counts"])
    found = {"slug": match["slug"], "title": match["slug"].capitalize(), "counts": counts}
    found["reach"] = match["term"] or match["reach"]
    if match["points"]:
        found["points"] = int(match["points"])
    if match["offer"]:
        found["offer"] = match["offer"]
    if match["tier"]:
        found["tier"] = match["tier"].lower()
    document.setdefault("milestones", []).append(found)
    if counts == "cycle":
        document.setdefault("subscriptions", {})


def set_cycle(document: dict[str, Any], match: re.Match[str]) -> None:
    """Say what several subscriptions come to."""
    document["subscriptions"] = {"cycle": match["how"]}


SUBSCRIBING: Final = (
    (SUBSCRIPTION_ORDERS, add_subscription_orders),
    (MILESTONE, add_milestone),
    ("subscriptions count the (?P<how>longest|sum|newest)", set_cycle),
)
"""Lines of a programme about subscriptions and milestones, with what they add."""
