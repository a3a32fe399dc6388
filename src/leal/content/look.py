"""A look: every colour and measure of a drawing, made from a theme's few for one tone, by day or by night."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from leal.content.colours import INK, READABLE, WHITE, contrast, mix, on, readable
from leal.content.panel import Tone
from leal.rules.programme.theme import Colours, Theme

HEROES: Final = ("welcome", "celebrate")
"""Tones that stand on the brand's own colour."""
_TINTS: Final[dict[Tone, tuple[str, int]]] = {"calm": ("brand", 0), "near": ("brand", 5), "urgent": ("accent", 14)}


class Look(NamedTuple):
    """What a drawing is made with. Each text colour is readable on the ground it is named with."""

    ground: str
    text: str
    muted: str
    """Of smaller words."""
    line: str
    """Hairlines, and the border of the panel."""
    track: str
    """What is still to do, of bars and arcs."""
    fill: str
    fill_end: str
    """Bars run from `fill` to this."""
    knob: str
    """Where they have come to."""
    strong: str
    """Words and marks to be seen first."""
    button: str
    on_button: str
    surface: str
    """Of what lies on the ground: vouchers, products, digits."""
    on_surface: str
    muted_on_surface: str
    strong_on_surface: str
    chip: str
    on_chip: str
    seam: str
    """Of perforations."""
    badge: str
    on_badge: str
    shade: str
    """Of what is drawn behind everything."""
    hero: bool
    dark: bool
    radius: int
    serif: bool


@lru_cache(maxsize=256)
def look(theme: Theme, tone: Tone, dark: bool = False) -> Look:
    """The look of a tone."""
    colours = theme.dark if dark else theme.light
    brand, accent = colours.brand.lower(), colours.accent.lower()
    hero = tone in HEROES
    if hero:
        ground = mix(colours.ground, brand, 16) if dark else brand
        shade = mix(ground, on(ground), 6)
        if contrast(shade, on(ground)) < READABLE:
            shade = mix(ground, INK if on(ground) == WHITE else WHITE, 10)
    else:
        colour, share = _TINTS[tone]
        ground = mix(colours.ground, getattr(colours, colour), share)
        shade = mix(ground, accent if tone == "urgent" else brand, 7)
    text = readable(on(ground) if hero and not dark else colours.text, ground, shade, least=7)
    surface = _surface(colours, ground, tone, dark)
    on_surface = readable(colours.text, surface, least=7) if not hero or dark else on(surface)
    fill = readable(mix(accent, WHITE, 25) if hero else brand, ground, shade, least=3)
    button = readable(accent if hero else brand, ground, shade, least=3)
    badge = accent if hero else mix(ground, brand, 11)
    return Look(
        ground=ground,
        text=text,
        muted=readable(mix(text, ground, 34), ground, shade),
        line=mix(ground, text, 14),
        track=mix(ground, text, 18 if hero else 12),
        fill=fill,
        fill_end=mix(fill, WHITE, 22),
        knob=readable(accent, ground, least=1.6),
        strong=readable(accent if hero or tone == "urgent" else brand, ground, shade),
        button=button,
        on_button=_on_button(button),
        surface=surface,
        on_surface=on_surface,
        muted_on_surface=readable(mix(on_surface, surface, 34), surface),
        strong_on_surface=readable(accent if dark else mix(brand, accent, 12), surface),
        chip=accent,
        on_chip=readable(mix(accent, INK, 82), accent),
        seam=mix(surface, on(surface), 28),
        badge=badge,
        on_badge=readable(mix(accent, INK, 82) if hero else brand, badge),
        shade=shade,
        hero=hero,
        dark=dark,
        radius=theme.radius,
        serif=theme.font == "serif",
    )


def _surface(colours: Colours, ground: str, tone: Tone, dark: bool) -> str:
    """What lies on the ground: a little lighter at night, nearly white on colours, a little darker on white."""
    if dark:
        return mix(ground, WHITE, 7)
    if tone in HEROES:
        return mix(colours.brand.lower(), WHITE, 93)
    return mix(ground, colours.brand, 5) if tone == "calm" else mix(ground, WHITE, 80)


def _on_button(button: str) -> str:
    return WHITE if contrast(WHITE, button) >= READABLE else on(button)
