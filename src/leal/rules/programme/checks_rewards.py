"""Checks of what points are for: offers, milestones, referrals, gifts and holds (S9)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from leal.rules.programme.document import Milestone, Offer, Programme
from leal.rules.programme.findings import Findings
from leal.values import parse_money

_GIVES: Final = {
    "vendible": ("amount", "percent", "product", "free_shipping"),
    "gift_card": ("amount",),
    "custom_reward": ("identifier",),
    "free": ("amount", "percent", "product", "free_shipping", "identifier"),
}
"""What an offer of each kind may give; exactly one of these."""
_COUNT: Final = re.compile(r"[1-9][0-9]{0,11}")
_MONEY: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_TERM: Final = re.compile(r"[1-9][0-9]{0,3} (day|month|year)s?")


def check_rewards(programme: Programme, zone: ZoneInfo, found: Findings) -> None:
    """Everything about offers, milestones, referrals, gifts and holds."""
    found.unique(((f"offers[{n}].slug", offer.slug) for n, offer in enumerate(programme.offers)), "slug")
    for number, offer in enumerate(programme.offers):
        _offer(f"offers[{number}]", offer, programme, zone, found)
    found.unique(((f"milestones[{n}].slug", step.slug) for n, step in enumerate(programme.milestones)), "slug")
    for number, milestone in enumerate(programme.milestones):
        _milestone(f"milestones[{number}]", milestone, programme, found)
    referrals, holds, gifts = programme.referrals, programme.holds, programme.gifts
    if referrals is not None and referrals.friend_welcome is not None:
        free = {offer.slug: offer.kind == "free" for offer in programme.offers}
        path = "referrals.friend_welcome"
        if found.known(path, referrals.friend_welcome, free, "offer"):
            if not free[referrals.friend_welcome]:
                message = "A friend who is new has no points to pay for this offer."
                found.contradiction(path, message, "an offer of kind free")
            else:
                _promised(path, referrals.friend_welcome, programme, found)
    if holds is not None and holds.default_minutes > holds.longest_minutes:
        message = f"Without a wish a hold lasts {holds.default_minutes} minutes, longer than the longest one."
        found.contradiction("holds.default_minutes", message, f"at most {holds.longest_minutes}")
    if gifts is not None and gifts.limit is not None and gifts.limit.points < gifts.min:
        message = f"The limit of {gifts.limit.points} is below the smallest gift of {gifts.min}."
        found.contradiction("gifts.limit.points", message, f"at least {gifts.min}")


def _promised(path: str, slug: str, programme: Programme, found: Findings) -> None:
    """What the programme promises must not run out."""
    if any(offer.slug == slug and offer.stock is not None for offer in programme.offers):
        message = f'"{slug}" has a stock and can run out; what is promised here cannot.'
        found.contradiction(path, message, "an offer without a stock, such as one of kind free")


def _offer(path: str, offer: Offer, programme: Programme, zone: ZoneInfo, found: Findings) -> None:
    tiers = [step.slug for step in programme.tiers.steps] if programme.tiers else []
    for tier in offer.tier_points:
        found.known(f"{path}.tier_points.{tier}", tier, tiers, "tier")
    if offer.kind == "free" and (offer.points or any(offer.tier_points.values())):
        found.contradiction(f"{path}.points", "A free offer costs points.", "0 points, or another kind")
    if offer.kind != "free" and not offer.points:
        found.required(f"{path}.points", "It does not say what it costs.", "points, or kind: free")
    given = {
        "amount": offer.gives.amount is not None,
        "percent": offer.gives.percent is not None,
        "product": offer.gives.product is not None,
        "free_shipping": offer.gives.free_shipping,
        "identifier": offer.gives.identifier is not None,
    }
    allowed = _GIVES[offer.kind]
    for field in (field for field, is_given in given.items() if is_given and field not in allowed):
        message = f"An offer of kind {offer.kind} does not give this."
        found.add(f"{path}.gives.{field}", "not_allowed_here", message, f"one of {', '.join(allowed)}")
    if sum(given[field] for field in allowed) != 1:
        message = f"An offer of kind {offer.kind} gives exactly one thing."
        found.required(f"{path}.gives", message, f"exactly one of {', '.join(allowed)}")
    found.positive(f"{path}.gives.amount", offer.gives.amount, "The amount")
    percent = offer.gives.percent
    if percent is not None and percent < 100:
        message = f"Percentages are permyriads: {percent} means {Decimal(percent) / 100} percent."
        found.add(f"{path}.gives.percent", "out_of_range", message, f"{percent * 100} for {percent} percent")
    if offer.expires is not None and given["identifier"] and "identifier" in allowed:
        message = "The shop hands it out itself: there is no code that could lapse."
        found.no_effect(f"{path}.expires", message, "leave it out")
    found.span(path, offer.starts_at, offer.ends_at, zone)


def _milestone(path: str, milestone: Milestone, programme: Programme, found: Findings) -> None:
    if milestone.points is None and milestone.offer is None and milestone.tier is None:
        found.required(f"{path}.points", "It gives nothing.", "points, an offer or a tier")
    slugs = [offer.slug for offer in programme.offers]
    if milestone.offer is not None and found.known(f"{path}.offer", milestone.offer, slugs, "offer"):
        _promised(f"{path}.offer", milestone.offer, programme, found)
    if milestone.tier is not None:
        steps = programme.tiers.steps if programme.tiers else []
        if found.known(f"{path}.tier", milestone.tier, [step.slug for step in steps], "tier") and any(
            step.slug == milestone.tier and step.requires is None for step in steps
        ):
            found.no_effect(f"{path}.tier", "Everyone has this tier from the start.", "a higher tier")
    if milestone.counts == "cycle" and programme.subscriptions is None:
        message = f"{path} counts subscription cycles, but subscriptions are not set up."
        found.required("subscriptions", message, "a section subscriptions")
    right = {"spend": 'an amount of money such as "500"', "tenure": 'a term such as "12 months"'}
    form = {"spend": _MONEY, "tenure": _TERM}.get(milestone.counts, _COUNT)
    if form.fullmatch(milestone.reach) is None or (milestone.counts == "spend" and not parse_money(milestone.reach)):
        message = f'"{milestone.reach}" cannot be reached by {milestone.counts}.'
        found.add(f"{path}.reach", "bad_format", message, right.get(milestone.counts, 'a whole number such as "3"'))
