"""Ways to earn apart from orders, subscriptions and milestones in the words of stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.oracle_machine.acts import Document

_EARN: Final = {"signup": "joining earns", "birthday": "birthdays earn", "anniversary": "anniversaries earn"}


def way_words(source: Document) -> str:
    """A source that is none of orders, tiers or staff; caps, dates and a condition come after it."""
    kind, points = source["kind"], source["points"]
    if kind == "subscription_order":
        rate = f" per {source['per']}" if "per" in source else ""
        return f"subscription orders earn {points}{rate}" + (" which count" if source.get("qualifies") else "")
    if kind in ("referral_sent", "referral_received"):
        return f"{'bringing' if kind == 'referral_sent' else 'coming by'} a friend earns {points}"
    on = f" on {source['trigger']}" if "trigger" in source else ""
    words = f"{_EARN.get(kind) or f'{kind}{on} earns'} {points}"
    words += " which count" if source.get("qualifies") else ""
    days = source.get("minimum_change_days")
    words += f", told {days} days before" if days is not None else ""
    pending = source.get("pending") or {"mode": "at_once"}
    if pending["mode"] == "delay":
        words += f", pending {pending['days']} days"
    elif pending["mode"] == "event":
        words += f", pending until {pending['trigger']}"
        words += f", dropped after {pending['timeout']}" if "timeout" in pending else ""
    return words + (f", lapsing after {source['expires']}" if source.get("expires") else "")


def where_words(source: Document) -> str:
    """From when to when it pays, and where."""
    words = f" from {source['starts_at']} to {source['ends_at']}" if "starts_at" in source else ""
    return words + (f" where {source['condition']}" if source.get("condition") else "")


def milestones(told: list[Document]) -> Iterator[str]:
    """All milestones."""
    for step in told:
        unit = {"orders": "orders", "points": "points", "spend": "spend", "cycle": "cycles"}.get(step["counts"])
        reach = f"after {step['reach']}" if unit is None else f"at {step['reach']} {unit}"
        gifts = [f"{step['points']} points"] if "points" in step else []
        gifts += [f"the tier {step['tier'].capitalize()}"] if "tier" in step else []
        gifts += [f"the offer {step['offer']}"] if "offer" in step else []
        yield f"milestone {step['slug']} {reach} gives {' and '.join(gifts)}"


def subscriptions(told: Document) -> Iterator[str]:
    """What several subscriptions come to."""
    if told:
        yield f"subscriptions count the {told['cycle']}"
