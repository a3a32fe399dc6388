"""A panel as a PNG picture, drawn from its SVG with the bundled faces alone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import resvg_py

from leal.content.goods import Pictures
from leal.content.letters import FACES, FOLDER
from leal.content.panel import Panel
from leal.content.svg import NONE, draw_svg
from leal.content.templates import own_picture
from leal.rules.programme.theme import Theme

SCALES: Final = (1, 2)
_FILES: Final = [str(FOLDER / face.file) for face in FACES]


def draw_png(
    panel: Panel,
    theme: Theme,
    across: int,
    now: datetime,
    *,
    scale: int = 1,
    dark: bool = False,
    pictures: Pictures = NONE,
) -> bytes:
    """The picture, `across` pixels wide at scale 1 and twice as fine at 2; by the theme's template, where it has one.

    `now` matters where the panel counts down, and nowhere else. It takes some 20 to 40 ms of a processor and holds the
    interpreter meanwhile: keep what was drawn.
    """
    markup = own_picture(panel, theme, across, now, dark, pictures)
    if markup is None:
        markup, _ = draw_svg(panel, theme, across, now, dark=dark, pictures=pictures)
    return rasterise(markup, scale)


def image_addresses(panel: Panel, theme: Theme) -> list[str]:
    """Where the images are that the picture would show, were they at hand."""
    logo = [theme.logo_url] if theme.logo_url else []
    return [*logo, *(product.image_url for product in panel.products if product.image_url.startswith("https://"))]


def rasterise(markup: str, scale: int) -> bytes:
    """An SVG as PNG. Whoever calls it has seen to it that the markup names no files (ValueError where it is no SVG)."""
    return bytes(resvg_py.svg_to_bytes(svg_string=markup, skip_system_fonts=True, font_files=_FILES, zoom=scale))
