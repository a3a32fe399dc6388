"""Checks of the content part: that each offer can be shown, and that nothing in it is without effect."""

from __future__ import annotations

from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from leal.faults import described
from leal.rules.content.templates import faults
from leal.rules.programme.content import Content, ShownOffer, Thresholds
from leal.rules.programme.content_terms import end_of
from leal.rules.programme.document import Programme
from leal.rules.programme.findings import Findings, time_of
from leal.rules.programme.theme import Template
from leal.values import MICRO, parse_money
from leal.words.catalogue import LANGUAGES

_HUNDRED: Final = 100 * MICRO


def check_content(programme: Programme, zone: ZoneInfo, found: Findings) -> None:
    """The whole part."""
    content = programme.content
    if content is None:
        return
    _thresholds(programme, content.thresholds, found)
    stages = content.stages
    if stages.dormant_days <= stages.at_risk_days:
        message = f"Customers are dormant after {stages.dormant_days} days, and at risk only after that."
        found.contradiction("content.stages.dormant_days", message, f"more than {stages.at_risk_days}")
    found.unique(((f"content.offers[{n}].id", one.id) for n, one in enumerate(content.offers)), "id")
    for number, offer in enumerate(content.offers):
        _offer(f"content.offers[{number}]", offer, programme, zone, found)
    if content.products.least > content.products.most:
        message = f"At least {content.products.least} products are wanted, and at most {content.products.most}."
        found.contradiction("content.products.least", message, f"at most {content.products.most}")
    for number, template in enumerate(content.theme.templates):
        _template(f"content.theme.templates[{number}]", template, found)
    named = (
        (f"content.theme.templates[{n}]", f"{one.block} {one.form}") for n, one in enumerate(content.theme.templates)
    )
    found.unique(named, "template for")
    _words(programme, content, found)


def _template(path: str, template: Template, found: Findings) -> None:
    for message, right in islice(faults(template.source, template.form), 20):
        found.add(f"{path}.source", "bad_template", f"The template {message}", right)


def _thresholds(programme: Programme, limits: Thresholds, found: Findings) -> None:
    tiers = 0 if programme.tiers is None else len(programme.tiers.steps)
    if limits.vip_from_rank is None:
        return
    if not tiers:
        found.no_effect("content.thresholds.vip_from_rank", "There are no tiers.", "no vip_from_rank")
    elif limits.vip_from_rank > tiers:
        message = f"There is no tier {limits.vip_from_rank}; the highest is {tiers}."
        found.add("content.thresholds.vip_from_rank", "out_of_range", message, f"1 to {tiers}")


def _offer(path: str, offer: ShownOffer, programme: Programme, zone: ZoneInfo, found: Findings) -> None:
    _dates(path, offer, zone, found)
    found.positive(f"{path}.minimum_basket", offer.minimum_basket, "The smallest basket")
    if offer.discount_type == "points_multiplier":
        _multiplier(path, offer, programme, found)
        return
    if offer.multiplier is not None:
        found.no_effect(f"{path}.multiplier", "The offer multiplies no points.", "discount_type: points_multiplier")
    if offer.discount_type == "free_shipping":
        if offer.discount_value is not None:
            found.no_effect(f"{path}.discount_value", "Free shipping has no amount.", "no discount_value")
    elif offer.discount_value is None:
        message = f"The offer is a {offer.discount_type}, and does not say how much."
        found.required(f"{path}.discount_value", message, 'such as "15"')
    else:
        found.positive(f"{path}.discount_value", offer.discount_value, "The discount")
        if offer.discount_type == "percentage" and parse_money(offer.discount_value) > _HUNDRED:
            message = f"{offer.discount_value} percent is more than the whole price."
            found.add(f"{path}.discount_value", "out_of_range", message, 'at most "100"')


def _dates(path: str, offer: ShownOffer, zone: ZoneInfo, found: Findings) -> None:
    instants = []
    for name, text, read in (("valid_from", offer.valid_from, time_of), ("valid_until", offer.valid_until, end_of)):
        try:
            instants.append(read(text, zone))
        except (ValueError, OverflowError) as error:
            right = '"2025-03-01" for a day, or "2025-03-01T09:00:00+01:00"'
            reason = "is not a day that exists" if name == "valid_until" else str(error)
            found.add(f"{path}.{name}", "bad_date", f"{described(text)} {reason}.", right)
    if len(instants) == 2 and instants[0] >= instants[1]:
        message = f"It is valid until {offer.valid_until}, which is not after {offer.valid_from}."
        found.contradiction(f"{path}.valid_until", message, "an end after the start; a day alone belongs to it wholly")


def _multiplier(path: str, offer: ShownOffer, programme: Programme, found: Findings) -> None:
    """What it promises is what the programme gives: factor, targets and dates are its multiplier's."""
    if offer.discount_value is not None:
        message = "The factor is the multiplier's."
        found.no_effect(f"{path}.discount_value", message, "no discount_value")
    for name in ("products", "collections", "tags"):
        if getattr(offer, name):
            found.no_effect(f"{path}.{name}", "What it is for is the multiplier's.", f"no {name}")
    if offer.multiplier is None:
        message = "The offer multiplies points, and does not say by which multiplier of the programme."
        found.required(f"{path}.multiplier", message, "the slug of one of multipliers")
        return
    known = {one.slug: one for one in reversed(programme.multipliers)}  # of doubles, which are a fault, the first
    if found.known(f"{path}.multiplier", offer.multiplier, known, "multiplier") and known[offer.multiplier].condition:
        message = f"Whether {described(offer.multiplier)} applies is known only with the order."
        found.add(f"{path}.multiplier", "not_allowed_here", message, "a multiplier without a condition")


def _words(programme: Programme, content: Content, found: Findings) -> None:
    codes = {one.code for one in programme.tier_features}
    for code in content.benefits:
        found.known(f"content.benefits.{code}", code, codes, "benefit")
    for number, language in enumerate(content.languages):
        found.known(f"content.languages[{number}]", language, LANGUAGES, "language")
    found.unique(((f"content.languages[{n}]", one) for n, one in enumerate(content.languages)), "language")
