"""The theme: how a brand's content blocks look, its colours, letters, corners and logo."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from leal.rules.content.chosen import Block
from leal.rules.content.templates import Form
from leal.rules.programme.words import Part

Colour = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$", examples=["#16433a"])]
ImageUrl = Annotated[str, Meta(pattern=r"^https://[^\s\"'<>\\]{1,500}$", examples=["https://shop.example/logo.png"])]


class Colours(Part, frozen=True):
    """The four colours that all others are mixed from."""

    brand: Colour = "#16433a"
    """Buttons, bars, and the ground of what celebrates."""
    accent: Colour = "#e3a552"
    """What is to be seen first."""
    ground: Colour = "#ffffff"
    text: Colour = "#1c1a17"


class Template(Part, frozen=True, kw_only=True):
    """A drawing of the shop's own for a block, in place of Leal's."""

    block: Block
    form: Form
    source: Annotated[str, Meta(min_length=1, max_length=60_000)]
    """SVG for pictures, XHTML for e-mails and the web, with slots such as `{{headline}}`; no code."""


class Theme(Part, frozen=True):
    """How content blocks look."""

    light: Colours = Colours()
    dark: Colours = Colours(brand="#8ccfb4", accent="#f0bd76", ground="#171b19", text="#f3f0ea")
    """Where the reader's device asks for dark colours, in the web version."""
    font: Literal["sans", "serif"] = "sans"
    radius: Annotated[int, Meta(ge=0, le=32)] = 14
    """Of corners, in pixels."""
    logo_url: ImageUrl | None = None
    templates: Annotated[list[Template], Meta(max_length=15)] = []

    def __hash__(self) -> int:
        """Pictures are kept by it."""
        return hash((self.light, self.dark, self.font, self.radius, self.logo_url, *self.templates))
