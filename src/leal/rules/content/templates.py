"""Templates: a shop's own drawing of a block, with slots for the words; what may stand in one, and what may not.

A template is well-formed XML. It has no code: slots `{{name}}` are filled, and an element with `if="name"` is left out
where that slot is empty. It reaches nothing: of elements and attributes only those that are listed here may be used,
addresses are https or slots, and pictures hold their images in themselves.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, get_args
from xml.etree import ElementTree

from leal.faults import described, near

Form = Literal["picture", "email", "web"]

WORDS: Final = (
    "eyebrow", "headline", "body", "figure", "figure_label", "tier", "progress_label", "progress_start", "progress_end",
    "offer_title", "offer_value", "offer_detail", "offer_ends", "button_text", "countdown_label", "card_number",
    "card_label", "as_of", "alt",
)  # fmt: skip
"""Slots that are words of the panel."""
NUMBERS: Final = ("progress_percent",)
COLOURS: Final = (
    "colour_ground", "colour_text", "colour_muted", "colour_line", "colour_track", "colour_fill", "colour_strong",
    "colour_button", "colour_on_button", "colour_surface", "colour_on_surface", "colour_chip", "colour_on_chip",
)  # fmt: skip
"""Slots that are colours of the theme, for this tone."""
ADDRESSES: Final = ("button_url", "offer_url", "offer_image_url", "logo_url")
PIECES: Final = ("badge", "arc", "bar", "facts", "checks", "countdown", "voucher", "products", "card", "button")
"""Slots that are drawn as in the blocks of Leal; each is all that its element holds."""
SLOTS: Final = (*WORDS, *NUMBERS, *COLOURS, *ADDRESSES, *PIECES)

ELEMENTS_MAX: Final = 400
ACROSS_MAX: Final = 1200
HIGH_MAX: Final = 2400
HIGHER_MAX: Final = 2
"""A picture is drawn as wide as the block, whatever its own width: times as high as wide at the most."""
DEPTH_MAX: Final = 32
"""Elements within one another: whoever draws goes down for each."""
LAYERS_MAX: Final = 12
"""Elements of a picture with `opacity` or `clip-path`: each is drawn on a picture of its own first."""
IMAGES_MAX: Final = 8

SLOT: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]*)\s*\}\}")
SVG: Final = "http://www.w3.org/2000/svg"
_PICTURE_NAMES: Final = """
svg g rect circle ellipse line path polygon polyline text tspan linearGradient radialGradient stop defs clipPath image
title"""
_PICTURE_VALUES: Final = """
id x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy width height viewBox d points transform fill fill-opacity fill-rule stroke
stroke-width stroke-linecap stroke-linejoin stroke-opacity opacity offset stop-color stop-opacity gradientUnits
gradientTransform clip-path clipPathUnits font-family font-weight font-size letter-spacing text-anchor
preserveAspectRatio href data-width data-lines if"""
_HTML_NAMES: Final = "table tbody tr td th div p span h2 h3 strong em b i s small br hr img a ul ol li"
_HTML_VALUES: Final = """
style width height align valign bgcolor cellpadding cellspacing border role alt src href colspan rowspan lang dir title
aria-label aria-hidden if"""
_ELEMENTS: Final = {
    form: frozenset((_PICTURE_NAMES if form == "picture" else _HTML_NAMES).split()) for form in get_args(Form)
}
_ATTRIBUTES: Final = {
    form: frozenset((_PICTURE_VALUES if form == "picture" else _HTML_VALUES).split()) for form in get_args(Form)
}
VOID: Final = frozenset(("br", "hr", "img"))
_ADDRESS: Final = re.compile(r"https://[^\s\"'<>\\{}]+|\{\{\s*(" + "|".join(ADDRESSES) + r")\s*\}\}")
_IMAGE: Final = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
_IMAGE_PIXELS_MAX: Final = 2000
"""Of an image's width and height."""
_STYLE: Final = re.compile(
    r"(?i)(url|src|image|image-set|cross-fade|element|paint)\s*\(|expression|@|\\|/\*|behaviou?r|position\s*:|javascript"
    r"|<|&#"
)
_LOCAL: Final = re.compile(r"url\(#[A-Za-z0-9_-]+\)")


class BadTemplate(ValueError):
    """What a template is not, as a sentence."""


@lru_cache(maxsize=256)
def parsed(source: str) -> ElementTree.Element:
    """The template's tree, its names without namespaces. It is shared: nobody changes it. Raises BadTemplate."""
    if re.search(r"<[!?](?!--)", source):
        raise BadTemplate("has a declaration or an instruction, such as <!DOCTYPE or <?xml.")
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        raise BadTemplate(f"is no well-formed XML: {error}.") from None
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
    return root


def faults(source: str, form: Form) -> Iterator[tuple[str, str]]:
    """What is wrong with a template, each with what would be right; sentences about it that lack their subject."""
    try:
        root = parsed(source)
    except BadTemplate as fault:
        yield str(fault), "elements that are closed, attributes in quotes, & as &amp;"
        return
    elements = list(root.iter())
    if len(elements) > ELEMENTS_MAX:
        yield f"has {len(elements)} elements.", f"at most {ELEMENTS_MAX}"
        return
    if (depth := _depth(root)) > DEPTH_MAX:
        yield f"has {depth} elements within one another.", f"at most {DEPTH_MAX}"
        return
    if form == "picture":
        yield from _size(root)
        yield from _labour(elements)
    for element in elements:
        yield from _element(element, form)


def _size(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    right = f'<svg xmlns="{SVG}" width="600" height="240">, {ACROSS_MAX} by {HIGH_MAX} at most'
    if root.tag != "svg":
        yield f"begins with {described(root.tag)}.", right
        return
    for name, most in (("width", ACROSS_MAX), ("height", HIGH_MAX)):
        if not re.fullmatch(r"[1-9][0-9]{0,3}", root.get(name, "")) or int(root.get(name, "")) > most:
            yield f"has no {name} in whole pixels, or one that is too large.", right
            return
    if int(root.get("height", "")) > HIGHER_MAX * int(root.get("width", "")):
        yield "is too high for its width.", f"at most {HIGHER_MAX} times as high as wide"


def _depth(root: ElementTree.Element) -> int:
    depth, level = 0, [root]
    while level:
        depth, level = depth + 1, [child for element in level for child in element]
    return depth


def _labour(elements: list[ElementTree.Element]) -> Iterator[tuple[str, str]]:
    """What would take too long to draw, or too much memory; clip paths of clip paths double with each step."""
    layers = sum("opacity" in element.attrib or "clip-path" in element.attrib for element in elements)
    if layers > LAYERS_MAX:
        yield f"uses opacity or clip-path {layers} times.", f"at most {LAYERS_MAX} times; fill-opacity is free"
    if (images := sum(element.tag == "image" for element in elements)) > IMAGES_MAX:
        yield f"has {images} images.", f"at most {IMAGES_MAX}"
    clips = (inner for element in elements if element.tag == "clipPath" for inner in element.iter())
    if any("clip-path" in inner.attrib for inner in clips):
        yield "clips a clipPath.", "clip-path on what is shown alone"


def _element(element: ElementTree.Element, form: Form) -> Iterator[tuple[str, str]]:
    known, attributes = _ELEMENTS[form], _ATTRIBUTES[form]
    if element.tag not in known:
        yield f"uses <{element.tag[:40]}>, which is not allowed.", ", ".join(sorted(known))
    for name, value in element.attrib.items():
        if name not in attributes:
            message = f"uses the attribute {described(name)} of <{element.tag[:40]}>, which is not allowed."
            yield message, ", ".join(sorted(attributes))
        elif name == "if":
            yield from _named([value])
        else:
            yield from _value(name, value, form)
    inner = [element.text or "", *(child.tail or "" for child in element)]
    slots = [slot for text in inner for slot in SLOT.findall(text)]
    yield from _named(slots)
    for slot in slots:
        alone = not len(element) and SLOT.fullmatch((element.text or "").strip())
        if slot in PIECES and not (alone and element.tag in ("g", "div", "td")):
            holder = "<g>" if form == "picture" else "<div> or <td>"
            yield f"has {{{{{slot}}}}} beside something else.", f"a {holder} that holds {{{{{slot}}}}} alone"
        elif slot in (*ADDRESSES, *COLOURS):
            yield f"shows {{{{{slot}}}}} as words.", "it in an attribute"


def _value(name: str, value: str, form: Form) -> Iterator[tuple[str, str]]:
    slots = SLOT.findall(value)
    yield from _named(slots)
    if name in ("href", "src"):
        if form == "picture" and not _is_image(value):
            right = f"data:image/png;base64,…, at most {_IMAGE_PIXELS_MAX} pixels wide and high"
            yield f"leads to {described(value[:80])}.", right
        elif form != "picture" and not _ADDRESS.fullmatch(value):
            yield f"leads to {described(value[:80])}.", "https://…, or a slot such as {{button_url}} alone"
        return
    filled = SLOT.sub("", value)  # a slot may be empty: what stands beside it comes together
    if (name == "style" or form == "picture") and _STYLE.search(
        _LOCAL.sub("", filled) if form == "picture" else filled
    ):
        yield f"has {described(value[:80])} in {name}.", "a value that loads and places nothing"
    allowed = (*COLOURS, *NUMBERS) if name not in ("alt", "title", "aria-label") else (*WORDS, *NUMBERS)
    for slot in slots:
        if slot in SLOTS and slot not in allowed:
            yield f"has {{{{{slot}}}}} in {name}.", "colours, progress_percent; words in alt, title and aria-label"


def _is_image(value: str) -> bool:
    """Whether it is a PNG in itself, of a size that can be drawn."""
    found = _IMAGE.fullmatch(value)
    if found is None:
        return False
    try:
        head = base64.b64decode(found[1][:64] + "=" * (-len(found[1][:64]) % 4))
    except ValueError:
        return False
    sizes = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return head.startswith(b"\x89PNG\r\n\x1a\n") and all(0 < size <= _IMAGE_PIXELS_MAX for size in sizes)


def _named(slots: list[str]) -> Iterator[tuple[str, str]]:
    for slot in slots:
        if slot not in SLOTS:
            yield f"has the slot {described(slot)}, which there is not.{near(slot, SLOTS)}", ", ".join(SLOTS)
