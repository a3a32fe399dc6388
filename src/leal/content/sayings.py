"""Sayings: what each variant of a block says first: its tone, headline, lines and figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final, Literal

import msgspec
from babel.numbers import format_decimal

from leal.content.panel import Fact, Tone
from leal.rules.content.chosen import Block, Chosen, Slots
from leal.rules.content.earnings import whole_units
from leal.words.voice import Voice


class Saying(msgspec.Struct, frozen=True, gc=False):
    """What a panel says first."""

    tone: Tone
    headline: str
    body: list[str] = []
    """Sentences."""
    figure: str = ""
    figure_label: str = ""
    button: Literal["join", "shop", "use"] = "shop"
    lists_benefits: bool = False
    """Whether the benefits of the tier stand below, one by one."""


def saying(chosen: Chosen, speak: Voice) -> Saying:
    """What the variant says first."""
    return _SAY[chosen.block](chosen.variant, chosen.slots, speak)


def counted(text: str, written: str) -> Fact:
    """A counted noun taken apart, so that the number that it begins with can be written large: `12 orders`."""
    if not text.startswith(written):
        return Fact("", text)
    return Fact(written, text.removeprefix(written).strip())


def time_together(months: int, speak: Voice) -> str:
    """A time in months, or in years once there are two."""
    return speak.say("unit.years", n=months // 12) if months >= 24 else speak.say("unit.months", n=months)


def factor_text(permyriad: int, speak: Voice) -> str:
    """A factor in the language's digits: 15000 is 1.5."""
    return str(format_decimal(Decimal(permyriad) / 10_000, format="#,##0.##", locale=speak.locale))


def _banner(variant: str, slots: Slots, speak: Voice) -> Saying:
    if variant in ("unknown", "prospect", "non-member"):
        return _joining(slots, speak)
    if variant == "near-next-tier":
        return _near(slots, speak)
    if variant == "points-expiring":
        return _expiring(slots, speak)
    if variant == "tier-at-risk":
        return _at_risk(slots, speak)
    if variant == "vip":
        return _best(slots, speak)
    if variant == "no-points":
        return _empty(slots, speak)
    return _standing(slots, speak)


def _joining(slots: Slots, speak: Voice) -> Saying:
    """To whoever is no member: what the last orders would have given, what joining gives, or that it is worth it."""
    if slots.simulated_points:
        worth = slots.simulated_value_micros
        body = (
            speak.say("banner.would_body_worth", value=worth) if worth else speak.say("banner.would_body")
        )  # fmt: skip
        figure = counted(speak.say("shown.would", points=slots.simulated_points), speak.written(slots.simulated_points))
        headline = speak.say("banner.would_headline", points=slots.simulated_points)
        return Saying("welcome", headline, [body], figure.value, figure.label, "join")
    body = speak.say("banner.join_body")
    if slots.welcome_points:
        headline = speak.say("banner.welcome_headline", points=slots.welcome_points)
    else:
        headline = speak.say("banner.join_headline")
    return Saying("welcome", headline, [body], button="join", lists_benefits=True)


def _near(slots: Slots, speak: Voice) -> Saying:
    headline, figure = _gap(slots, speak)
    body = []
    if slots.suggested_spend_micros:
        body.append(speak.say("shown.takes", spend=slots.suggested_spend_micros))
    if slots.next_benefits:
        body.append(speak.say("shown.unlocks", benefits=" · ".join(slots.next_benefits[:3])))
    return Saying("near", headline, body, figure.value, figure.label)


def _gap(slots: Slots, speak: Voice) -> tuple[str, Fact]:
    """What lacks to the next tier, points or money: as a headline, and as a figure."""
    tier, missing = slots.next_tier or "", slots.points_missing
    if missing is not None:
        figure = counted(speak.say("shown.to_tier", missing=missing, tier=tier), speak.written(missing))
        return speak.say("shown.only", missing=missing, tier=tier), figure
    spend = whole_units(slots.spend_missing_micros or 0)
    figure = counted(speak.say("shown.to_tier_spend", spend=spend, tier=tier), speak.written(spend, "whole"))
    return speak.say("shown.only_spend", spend=spend, tier=tier), figure


def _expiring(slots: Slots, speak: Voice) -> Saying:
    points, value = slots.points_expiring or 0, slots.expiring_value_micros
    headline = speak.say("banner.expiring_headline", points=points, day=_day(slots))
    body = speak.say("banner.expiring_body_worth", value=value) if value else speak.say("banner.expiring_body")
    figure = counted(speak.say("shown.expiring", points=points), speak.written(points))
    return Saying("urgent", headline, [body], figure.value, figure.label, "use")


def _at_risk(slots: Slots, speak: Voice) -> Saying:
    tier, day = slots.tier or "", slots.tier_ends_on
    assert day is not None  # of a tier that is about to end
    if slots.spend_to_keep_micros is not None:
        spend = whole_units(slots.spend_to_keep_micros)
        figure = counted(speak.say("shown.to_keep_spend", spend=spend, tier=tier), speak.written(spend, "whole"))
        headline = speak.say("banner.risk_headline_spend", spend=spend, tier=tier)
        body = speak.say("banner.risk_body_spend", spend=spend, day=day)
    else:
        points = slots.points_to_keep or 0
        figure = counted(speak.say("shown.to_keep", missing=points, tier=tier), speak.written(points))
        headline = speak.say("banner.risk_headline", points=points, tier=tier)
        body = speak.say("banner.risk_body", points=points, day=day)
    return Saying("urgent", headline, [body], figure.value, figure.label)


def _best(slots: Slots, speak: Voice) -> Saying:
    headline = speak.say("shown.thanks_tier", tier=slots.tier) if slots.tier else speak.say("shown.thanks")
    return Saying("celebrate", headline, [], *_balance(slots, speak), lists_benefits=True)


def _empty(slots: Slots, speak: Voice) -> Saying:
    body = _brings(slots, speak) or [speak.say("shown.every_order")]
    headline = speak.say("banner.empty_headline")
    if slots.progress is None and slots.spend_progress is None:
        return Saying("welcome", headline, body)
    _, figure = _gap(slots, speak)
    return Saying("welcome", headline, body, figure.value, figure.label)


def _standing(slots: Slots, speak: Voice) -> Saying:
    """To a member without any occasion: what there is, and what the tier brings."""
    if slots.points is None:
        headline = speak.say("shown.your_tier", tier=slots.tier) if slots.tier else speak.say("shown.thanks")
        return Saying("calm", headline, _brings(slots, speak), button="shop")
    body = _brings(slots, speak)
    if slots.points_value_micros:
        body.insert(0, speak.say("shown.worth", value=slots.points_value_micros))
    headline = speak.say("shown.balance", points=slots.points)
    return Saying("calm", headline, body, *_balance(slots, speak), "use" if slots.points_value_micros else "shop")


def _brings(slots: Slots, speak: Voice) -> list[str]:
    if slots.tier is None or not slots.benefits:
        return []
    return [speak.say("shown.brings", tier=slots.tier, benefits=" · ".join(slots.benefits[:3]))]


def _balance(slots: Slots, speak: Voice) -> tuple[str, str]:
    if slots.points is None:
        return "", ""
    figure = counted(speak.say("unit.points", n=slots.points), speak.written(slots.points))
    return figure.value, figure.label


def _day(slots: Slots) -> date:
    assert slots.expires_on is not None  # of points that lapse soon
    return slots.expires_on


def _relation(variant: str, slots: Slots, speak: Voice) -> Saying:
    """The value block: its figures stand beneath, none of them alone."""
    if variant == "near-next-tier":
        near = _near(slots, speak)
        return msgspec.structs.replace(near, figure="", figure_label="")
    if variant == "one-timer":
        body = [] if slots.since is None else [speak.say("relation.first_body", day=slots.since)]
        if slots.offer is not None:
            body.append(speak.say("lifecycle.for_next"))
        return Saying("welcome", speak.say("relation.first_headline"), body)
    months = slots.months_together or 0
    if months:
        headline = speak.say("shown.together_for", time=time_together(months, speak))
    else:
        headline = speak.say("shown.thanks")
    tone: Tone = "celebrate" if variant == "vip" else "calm"
    return Saying(tone, headline, _brings(slots, speak))


def _lifecycle(variant: str, slots: Slots, speak: Voice) -> Saying:
    if variant in ("unknown", "prospect"):
        return _welcome(slots, speak)
    if variant == "join":
        return _join_towards(slots, speak)
    if variant == "member":
        return _standing(slots, speak)
    if variant == "vip":
        best = _best(slots, speak)
        return msgspec.structs.replace(best, headline=speak.say("lifecycle.first_to_know"), body=_thanks(slots, speak))
    if variant == "one-timer-urgent" and slots.offer is not None:
        headline = speak.say("lifecycle.deadline", day=slots.offer.ends_on)
        return Saying("urgent", headline, [speak.say("lifecycle.see_again") + "."])
    headline = {
        "one-timer": "lifecycle.again",
        "one-timer-urgent": "lifecycle.see_again",
        "at-risk": "lifecycle.missed",
    }.get(variant, "lifecycle.away")
    if slots.offer is not None:
        body = speak.say("lifecycle.for_next" if variant.startswith("one-timer") else "lifecycle.come_back")
    elif variant == "one-timer":
        body = speak.say("shown.every_order" if slots.member else "banner.join_body")
    else:
        body = speak.say("lifecycle.whats_new")
    button: Literal["join", "shop"] = "shop" if slots.member or slots.offer or variant != "one-timer" else "join"
    tone: Tone = "urgent" if variant == "one-timer-urgent" else "welcome"
    figure, label = ("", "") if slots.offer is not None else _balance(slots, speak)
    return Saying(tone, speak.say(headline), [body], figure, label, button)


def _welcome(slots: Slots, speak: Voice) -> Saying:
    if slots.member:
        return Saying("welcome", speak.say("lifecycle.welcome"), [speak.say("shown.every_order")], lists_benefits=True)
    points = slots.welcome_points
    body = speak.say("lifecycle.welcome_points", points=points) if points else speak.say("banner.join_body")
    return Saying("welcome", speak.say("lifecycle.welcome"), [body], button="join", lists_benefits=True)


def _join_towards(slots: Slots, speak: Voice) -> Saying:
    said = _joining(slots, speak)
    if slots.next_tier is None or not slots.points_missing:
        return said
    towards = speak.say("lifecycle.join_tier", missing=slots.points_missing, tier=slots.next_tier)
    return msgspec.structs.replace(said, body=[*said.body, towards])


def _thanks(slots: Slots, speak: Voice) -> list[str]:
    return [speak.say("shown.thanks_tier", tier=slots.tier) + "."] if slots.tier else []


def _digest(variant: str, slots: Slots, speak: Voice) -> Saying:
    """A greeting, then the loyalty status as the figure and one sentence."""
    name = slots.first_name
    headline = speak.say("digest.hello_name", name=name) if name else speak.say("digest.hello")
    months = slots.months_together or 0
    together = [speak.say("shown.together_thanks", time=time_together(months, speak))] if months else []
    status = _banner({"join": "non-member"}.get(variant, variant), slots, speak)
    if variant in ("vip", "default"):
        lines = _brings(slots, speak)
    else:
        lines = [f"{status.headline}.", *status.body]
    if variant == "near-next-tier":
        figure, label = _balance(slots, speak)
        status = msgspec.structs.replace(status, figure=figure, figure_label=label)
    button = "shop" if status.button == "use" and variant != "points-expiring" else status.button
    return Saying(status.tone, headline, [*together, *lines], status.figure, status.figure_label, button)


def _goods(variant: str, slots: Slots, speak: Voice) -> Saying:
    headline = {
        "one-timer": "goods.goes_with",
        "vip": "goods.new_for_you",
        "new": "goods.new",
    }.get(variant, "goods.picked")
    earns = any(one.points for one in slots.products)
    body = [speak.say("goods.as_member")] if earns and not slots.member else []
    return Saying("celebrate" if variant == "vip" else "calm", speak.say(headline), body)


_SAY: Final[dict[Block, Callable[[str, Slots, Voice], Saying]]] = {
    "loyalty-programme-banner": _banner,
    "customer-value-block": _relation,
    "lifecycle-banner": _lifecycle,
    "personalised-digest": _digest,
    "enriched-product-recommendation": _goods,
}
