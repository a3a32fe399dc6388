"""Ways to earn apart from orders, subscriptions, milestones and offers in the words of stories."""

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
        counts = " which count" if source.get("qualifies") else ""
        return f"{'bringing' if kind == 'referral_sent' else 'coming by'} a friend earns {points}{counts}"
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


def offers(told: list[Document]) -> Iterator[str]:
    """All offers."""
    for offer in told:
        words = f"offer {offer['slug']}"
        words += f" costs {offer['points']}" if offer.get("points") else ""
        prices = [f"{tier.capitalize()} {points}" for tier, points in (offer.get("tier_points") or {}).items()]
        words += f" ({', '.join(prices)})" if prices else ""
        words += f" gives {_gives(offer)}"
        words += f", {offer['stock']} in stock" if "stock" in offer else ""
        most = offer.get("per_member")
        words += f", {most['count']} times {most['period']}" if most else ""
        words += f", lapses after {offer['expires']}" if "expires" in offer else ""
        words += f", from {offer['starts_at']} to {offer['ends_at']}" if "starts_at" in offer else ""
        words += f", seen where {offer['visible']}" if "visible" in offer else ""
        yield words + (f", where {offer['condition']}" if "condition" in offer else "")


def _gives(offer: Document) -> str:
    (kind, what), *_ = offer["gives"].items()
    match kind:
        case "amount":
            return f"a gift card of {what}" if offer["kind"] == "gift_card" else f"{what} off"
        case "percent":
            return f"{what // 100}% off"
        case "product":
            return f"product {what}"
        case "free_shipping":
            return "free shipping"
    return f"{what} by the shop"


def referrals(told: Document) -> Iterator[str]:
    """How friends come."""
    if not told:
        return
    words = f"friends come by invitation, after {told['delay_days']} days"
    words += f", with orders from {told['minimum_order']}" if told["minimum_order"] != "0" else ""
    most = told.get("per_member")
    words += f", at most {most['count']} {most['period']}" if most else ""
    yield words + (f", links live {told['link_expires']}" if "link_expires" in told else "")
    if "friend_welcome" in told:
        yield f"friends are welcomed with {told['friend_welcome']}"
