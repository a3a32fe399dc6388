"""Wording: from what was chosen, in a language, the panel: every text ready to be read."""

from __future__ import annotations

from typing import Final

import msgspec

from leal.content.panel import Badge, Button, Card, Countdown, Fact, Offer, Panel, Product, Progress
from leal.content.sayings import Saying, counted, factor_text, saying
from leal.rules.calendar import local_day
from leal.rules.content.chosen import Chosen, OfferSlot, ProductSlot, Slots
from leal.rules.content.earnings import whole_units
from leal.rules.programme.terms import Terms
from leal.values import DAY, MICRO, datetime_of
from leal.words.catalogue import LANGUAGES
from leal.words.voice import Voice, voice

COUNTED_DAYS: Final = 30
"""Days before an end from which it is counted down."""
_FACTS_MOST: Final = 4


def voice_for(terms: Terms, *locales: str | None) -> Voice:
    """The voice of the first locale whose language blocks speak, else of the programme's own."""
    programme, spoken = terms.programme, terms.content.document.languages
    wanted = next((one for one in locales if one and _speaks(one, spoken)), None)
    return voice(wanted, programme.locale, programme.currency)


def _speaks(locale: str, spoken: list[str]) -> bool:
    language = locale.replace("_", "-").partition("-")[0].strip().lower()
    return language in LANGUAGES and (not spoken or language in spoken)


def panel_of(chosen: Chosen, terms: Terms, speak: Voice, now: int) -> Panel:
    """The panel of what was chosen and is not hidden. `now` is when it was, in microseconds."""
    slots, links = chosen.slots, terms.content.document.links
    said = saying(chosen, speak)
    button_url = {"join": links.join or links.shop, "shop": links.shop, "use": links.rewards or links.shop}[said.button]
    offer = None if slots.offer is None else _offer(slots.offer, speak)
    facts = _facts(chosen, said, speak)
    panel = Panel(
        block=chosen.block,
        variant=chosen.variant,
        language=str(speak.locale).replace("_", "-"),
        tone=said.tone,
        headline=said.headline,
        alt="",
        eyebrow=terms.programme.title,
        body=" ".join(said.body),
        figure=said.figure,
        figure_label=said.figure_label,
        tier=None if slots.tier is None else Badge(slots.tier, (slots.tier_rank or 1) - 1),
        progress=_progress(slots, speak),
        facts=facts,
        products=tuple(_product(one, speak, member=slots.member) for one in slots.products),
        offer=offer,
        countdown=_countdown(slots, said, speak, now),
        card=None if slots.card is None else Card(slots.card.number, slots.card.symbol, speak.say("shown.card")),
        button=None if button_url is None else Button(speak.say(f"shown.{said.button}"), button_url),
        as_of="" if slots.as_of is None else speak.say("shown.as_of", day=local_day(slots.as_of, terms.zone)),
    )
    return msgspec.structs.replace(panel, alt=_alt(panel))


def _alt(panel: Panel) -> str:
    """Everything that the picture says."""
    parts = [panel.headline, panel.body]
    if panel.figure and panel.figure not in panel.headline:
        parts.append(f"{panel.figure} {panel.figure_label}".strip())
    if panel.progress is not None and panel.progress.label not in panel.headline:
        parts.append(panel.progress.label)
    parts += [f"{fact.value} {fact.label}".strip() for fact in panel.facts]
    if panel.offer is not None:
        parts.append(
            ", ".join(filter(None, (panel.offer.value, panel.offer.title, panel.offer.detail, panel.offer.ends)))
        )
    parts += [
        ", ".join(filter(None, (one.name, one.price, one.points, one.tag, one.reaches))) for one in panel.products
    ]
    parts.append(panel.as_of)
    parts = list(dict.fromkeys(parts))
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _progress(slots: Slots, speak: Voice) -> Progress | None:
    if slots.next_tier is None:
        return None
    if slots.spend_progress is not None and slots.spend_missing_micros is not None:
        spend = whole_units(slots.spend_missing_micros)
        return Progress(
            slots.spend_progress.current_micros // MICRO,
            max(1, slots.spend_progress.goal_micros // MICRO),
            speak.say("shown.to_tier_spend", spend=spend, tier=slots.next_tier),
            speak.written(slots.spend_progress.current_micros // MICRO * MICRO, "whole"),
            slots.next_tier,
        )
    if slots.progress is None or slots.points_missing is None:
        return None
    return Progress(
        slots.progress.current,
        slots.progress.goal,
        speak.say("shown.to_tier", missing=slots.points_missing, tier=slots.next_tier),
        speak.written(slots.progress.current),
        slots.next_tier,
    )


def _facts(chosen: Chosen, said: Saying, speak: Voice) -> tuple[Fact, ...]:
    """Figures of the relation where the block tells it, and what is had already."""
    slots = chosen.slots
    found: list[Fact] = []
    if chosen.block in ("customer-value-block", "personalised-digest"):
        found = _relation(chosen, speak)
    if said.lists_benefits:
        found += [Fact("", title) for title in slots.benefits]
    return tuple(found[:_FACTS_MOST])


def _relation(chosen: Chosen, speak: Voice) -> list[Fact]:
    """The relation in figures: orders, money, and what the block does not tell by its headline or figure."""
    slots = chosen.slots
    found = []
    if slots.orders_this_year and slots.orders != slots.orders_this_year:
        found.append(
            counted(speak.say("shown.this_year", n=slots.orders_this_year), speak.written(slots.orders_this_year))
        )
    elif slots.orders:
        found.append(counted(speak.say("unit.orders", n=slots.orders), speak.written(slots.orders)))
    if slots.spend_micros:
        found.append(Fact(speak.written(slots.spend_micros, "whole"), speak.say("shown.spent")))
    if chosen.block == "customer-value-block" and slots.points:
        found.append(counted(speak.say("unit.points", n=slots.points), speak.written(slots.points)))
    return found


def _offer(slot: OfferSlot, speak: Voice) -> Offer:
    value = {
        "percentage": speak.written(slot.permyriad, "percent"),
        "fixed_amount": speak.written(slot.amount_micros, "whole" if slot.amount_micros % 10**6 == 0 else "money"),
        "free_shipping": "",
        "points_multiplier": speak.say("shown.times", factor=factor_text(slot.permyriad, speak)),
    }[slot.kind]
    least = speak.say("shown.from", amount=slot.minimum_basket_micros) if slot.minimum_basket_micros else ""
    return Offer(
        title=slot.title,
        value=value,
        detail=" · ".join(part for part in (slot.description, least) if part),
        ends=speak.say("shown.until", day=slot.ends_on),
        image_url=slot.image_url or "",
        url=slot.url or "",
    )


def _product(slot: ProductSlot, speak: Voice, *, member: bool) -> Product:
    times = slot.permyriad > 10_000 and slot.points > 0
    tag = speak.say("shown.times", factor=factor_text(slot.permyriad, speak)) if times else slot.offer or ""
    return Product(
        name=slot.title,
        price=speak.written(slot.price_micros, "money"),
        points=speak.say("shown.earns", points=slot.points) if slot.points else "",
        tag=tag,
        reaches=speak.say("shown.reaches", tier=slot.reaches) if slot.reaches and member else "",
        image_url=slot.image_url or "",
        url=slot.url or "",
    )


def _countdown(slots: Slots, said: Saying, speak: Voice, now: int) -> Countdown | None:
    """Towards the end of points, or of an offer that is urgent, once it is near."""
    until, label = slots.expires_at, "shown.points_lapse_in"
    if until is None and slots.offer is not None and said.tone == "urgent":
        until, label = slots.offer.ends_at, "shown.ends_in"
    if until is None or not 0 < until - now <= COUNTED_DAYS * DAY:
        return None
    units = ("shown.days", "shown.hours", "shown.minutes", "shown.seconds")
    days, hours, minutes, seconds = (speak.say(unit) for unit in units)
    return Countdown(datetime_of(until), speak.say(label), (days, hours, minutes, seconds), speak.say("shown.over"))
