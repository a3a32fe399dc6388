"""A panel: one content block for one member, in words ready to be read; what every drawing is made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

Tone = Literal["welcome", "calm", "near", "urgent", "celebrate"]
"""How a panel speaks: to newcomers; as a rule; short of a goal; before something ends; to the best."""
TONES: Final[tuple[Tone, ...]] = get_args(Tone)


class _Drawn(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What every part of a panel is: fixed, comparable, and without its defaults on the wire."""


class Badge(_Drawn, frozen=True):
    """The tier that a member is in."""

    name: str
    rank: int = 0
    """0 the lowest; how precious the badge looks."""


class Progress(_Drawn, frozen=True):
    """How far towards a goal: the bar and the arc."""

    current: int
    goal: int
    """More than 0; a `current` beyond it is drawn as full."""
    label: str = ""
    """The whole of it in words, "660 points to Gold"."""
    start: str = ""
    """Under the beginning of the bar, "2,340"."""
    end: str = ""
    """Under the end of the bar, "Gold"."""

    @property
    def permille(self) -> int:
        """What is done of it, 0 to 1000."""
        return max(0, min(1000, self.current * 1000 // self.goal)) if self.goal > 0 else 1000


class Fact(_Drawn, frozen=True):
    """A figure of the relation, "12" "orders"."""

    value: str
    label: str


class Product(_Drawn, frozen=True):
    """A product that is shown."""

    name: str
    price: str = ""
    was: str = ""
    """The price before, struck through."""
    points: str = ""
    """What it earns, "+240 points"."""
    tag: str = ""
    """Over its picture, "Double points"."""
    reaches: str = ""
    """Where its points lead, "Reaches Gold"."""
    image_url: str = ""
    url: str = ""


class Offer(_Drawn, frozen=True):
    """An offer, drawn as a voucher."""

    title: str
    value: str = ""
    """What it gives, the largest words of the voucher: "15 %"."""
    detail: str = ""
    """Its conditions, "from €60"."""
    ends: str = ""
    """Until when, "until 15 July"."""
    image_url: str = ""
    url: str = ""


class Countdown(_Drawn, frozen=True):
    """Time running out."""

    until: datetime
    """The instant at which it is over."""
    label: str = ""
    """What runs out, as in "Your points lapse in"."""
    units: tuple[str, str, str, str] = ("days", "hours", "min", "sec")
    """Under the four pairs of digits."""
    over: str = ""
    """What is said instead once it is over."""


class Card(_Drawn, frozen=True):
    """The member card, to be read at a till."""

    number: str
    """What the symbol holds: printable ASCII for `code128`, 12 or 13 digits for `ean13`."""
    symbol: Literal["code128", "ean13", "qr"] = "code128"
    label: str = ""


class Button(_Drawn, frozen=True):
    """What to do next."""

    text: str
    url: str = ""
    """Where it leads; without one it is drawn, and no link."""


class Panel(_Drawn, frozen=True):
    """One block for one member. Every text is ready to be read, its numbers, dates and money written in the language;
    empty texts and None are left out of the drawing."""

    block: str
    """Such as `loyalty-programme-banner`."""
    variant: str
    """Which of its states, such as `near_next_tier`."""
    language: str
    """A tag such as `de` or `fr-CA`, for screen readers."""
    tone: Tone
    headline: str
    alt: str
    """Everything the picture says, in a sentence or two."""
    eyebrow: str = ""
    """Over the headline, in small letters; the programme's name."""
    body: str = ""
    figure: str = ""
    """The one number that matters, "2,340"."""
    figure_label: str = ""
    """What the figure counts, "points"."""
    tier: Badge | None = None
    progress: Progress | None = None
    facts: tuple[Fact, ...] = ()
    products: tuple[Product, ...] = ()
    offer: Offer | None = None
    countdown: Countdown | None = None
    card: Card | None = None
    button: Button | None = None
    as_of: str = ""
    """Where figures may be old: "as of 3 July, 09:00"."""


BANNERS: Final = ("loyalty-programme-banner", "lifecycle-banner")
"""Blocks with one thing to be seen first at their side."""


def with_arc(panel: Panel) -> bool:
    """Whether the figure stands in an arc that tells the progress; else that is told by a bar."""
    return panel.progress is not None and bool(panel.figure) and panel.block in BANNERS and panel.tone != "urgent"


def words(panel: Panel) -> Sequence[str]:
    """Every text that a drawing of the panel shows, in reading order."""
    tier, progress, offer, count, card = panel.tier, panel.progress, panel.offer, panel.countdown, panel.card
    found = [panel.eyebrow, tier.name if tier else "", panel.headline, panel.body, panel.figure, panel.figure_label]
    if progress:
        found += [progress.label, progress.start, progress.end]
    for fact in panel.facts:
        found += [fact.value, fact.label]
    for product in panel.products:
        found += [product.tag, product.name, product.price, product.was, product.points, product.reaches]
    if offer:
        found += [offer.value, offer.title, offer.detail, offer.ends]
    if count:
        found += [count.label]
    found += [panel.button.text if panel.button else "", card.label if card else "", card.number if card else ""]
    return [text for text in (*found, panel.as_of) if text]
