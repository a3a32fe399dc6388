"""Templates filled: a shop's own drawing of a block, with the panel's words and parts in its slots."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from leal.content.email import email_pieces
from leal.content.goods import Pictures, spaced
from leal.content.letters import DISPLAY, SERIF, STRONG, TEXT, Face, drawable, wrap
from leal.content.look import Look, look
from leal.content.markup import address, image_address, text
from leal.content.panel import Panel
from leal.content.svg import svg_piece
from leal.content.web import framed, web_pieces
from leal.rules.content.templates import ADDRESSES, COLOURS, PIECES, SLOT, SVG, VOID, Form, parsed
from leal.rules.programme.theme import Theme

_FACES: Final = {(face.family, str(face.weight)): face for face in (TEXT, STRONG, DISPLAY, SERIF)}


class _Filling(NamedTuple):
    """What the slots are filled with."""

    words: dict[str, str]
    addresses: dict[str, str]
    """Already escaped; empty where there is none."""
    piece: Callable[[str, float], str]
    """A part's markup by its name, for so much room."""
    form: Form


def own_fragment(panel: Panel, theme: Theme, across: int, now: datetime, form: Form, countdown_url: str) -> str | None:
    """The fragment by the theme's template for the block; None without one."""
    source = _source(theme, panel, form)
    if source is None:
        return None
    if form == "email":
        pieces = email_pieces(panel, theme, now, countdown_url)
        colours = _colours(look(theme, panel.tone))
    else:
        pieces = web_pieces(panel, theme, now)
        colours = {name: f"var(--{name.removeprefix('colour_').replace('_', '-')})" for name in COLOURS}
    filling = _Filling(_words(panel) | colours, _addresses(panel, theme), lambda name, room: pieces.get(name, ""), form)
    inner = _filled(parsed(source), filling)
    return inner if form == "email" else framed(panel, theme, across, inner)


def own_picture(panel: Panel, theme: Theme, across: int, now: datetime, dark: bool, pictures: Pictures) -> str | None:
    """The SVG by the theme's template for the block, `across` pixels wide; None without one."""
    source = _source(theme, panel, "picture")
    if source is None:
        return None
    drawn = look(theme, panel.tone, dark)

    def piece(name: str, room: float) -> str:
        return svg_piece(name, panel, drawn, room, now, pictures, theme.logo_url or "").markup

    root = parsed(source)
    wide, high = int(root.get("width", "")), int(root.get("height", ""))
    filling = _Filling(_words(panel) | _colours(drawn), _addresses(panel, theme), piece, "picture")
    inner = "".join(_filled(child, filling) for child in root)
    return (
        f'<svg xmlns="{SVG}" width="{across}" height="{max(1, high * across // wide)}"'
        f' viewBox="{escape(root.get("viewBox", f"0 0 {wide} {high}"))}">{inner}</svg>'
    )


def _source(theme: Theme, panel: Panel, form: Form) -> str | None:
    return next((one.source for one in theme.templates if one.block == panel.block and one.form == form), None)


def _words(panel: Panel) -> dict[str, str]:
    progress, offer, card = panel.progress, panel.offer, panel.card
    return {
        "eyebrow": panel.eyebrow,
        "headline": panel.headline,
        "body": panel.body,
        "figure": panel.figure,
        "figure_label": panel.figure_label,
        "tier": panel.tier.name if panel.tier else "",
        "progress_label": progress.label if progress else "",
        "progress_start": progress.start if progress else "",
        "progress_end": progress.end if progress else "",
        "progress_percent": str(progress.permille // 10) if progress else "",
        "offer_title": offer.title if offer else "",
        "offer_value": offer.value if offer else "",
        "offer_detail": offer.detail if offer else "",
        "offer_ends": offer.ends if offer else "",
        "button_text": panel.button.text if panel.button else "",
        "countdown_label": panel.countdown.label if panel.countdown else "",
        "card_number": spaced(card.number) if card else "",
        "card_label": card.label if card else "",
        "as_of": panel.as_of,
        "alt": panel.alt,
    }


def _colours(drawn: Look) -> dict[str, str]:
    return {name: str(getattr(drawn, name.removeprefix("colour_"))) for name in COLOURS}


def _addresses(panel: Panel, theme: Theme) -> dict[str, str]:
    return {
        "button_url": address(panel.button.url) if panel.button else "",
        "offer_url": address(panel.offer.url) if panel.offer else "",
        "offer_image_url": image_address(panel.offer.image_url) if panel.offer else "",
        "logo_url": image_address(theme.logo_url or ""),
    }


def _filled(element: Element, filling: _Filling) -> str:
    """An element with all that is in it; nothing where its `if` says so."""
    wanted = element.get("if")
    if wanted is not None and not _has(wanted, filling):
        return ""
    attributes = "".join(_attribute(name, value, filling) for name, value in element.attrib.items())
    opening = f"<{element.tag}{attributes}"
    if element.tag in VOID:
        return f"{opening}>"
    return f"{opening}>{_inside(element, filling)}</{element.tag}>"


def _inside(element: Element, filling: _Filling) -> str:
    own = element.text or ""
    alone = SLOT.fullmatch(own.strip())
    if alone and alone[1] in PIECES:
        return filling.piece(alone[1], _number(element.get("data-width"), 532))
    if element.tag == "text" and element.get("data-width"):
        return _lines(element, _replaced(own, filling), _number(element.get("data-width"), 532))
    inner = _said(own, filling)
    for child in element:
        inner += _filled(child, filling) + _said(child.tail or "", filling)
    return inner


def _has(name: str, filling: _Filling) -> bool:
    if name in PIECES:
        return bool(filling.piece(name, 100))
    return bool(filling.words.get(name) or filling.addresses.get(name))


def _attribute(name: str, value: str, filling: _Filling) -> str:
    if name == "if" or name.startswith("data-"):
        return ""
    alone = SLOT.fullmatch(value.strip())
    if alone and alone[1] in ADDRESSES:
        found = filling.addresses[alone[1]]
        return f' {name}="{found}"' if found else ""
    return f' {name}="{text(_replaced(value, filling))}"'


def _said(words: str, filling: _Filling) -> str:
    said = _replaced(words, filling)
    return escape(drawable_spaced(said)) if filling.form == "picture" else text(said)


def drawable_spaced(words: str) -> str:
    """What the faces can draw of it, with the spaces at its ends kept as one."""
    inner = drawable(words)
    return (" " if words[:1].isspace() else "") + inner + (" " if inner and words[-1:].isspace() else "")


def _replaced(words: str, filling: _Filling) -> str:
    return SLOT.sub(lambda slot: filling.words.get(slot[1], ""), words)


def _lines(element: Element, words: str, room: float) -> str:
    """Words of a picture, broken into lines of that width."""
    size = _number(element.get("font-size"), 16)
    face = _face(element.get("font-family", TEXT.family), element.get("font-weight", "500"))
    most = int(_number(element.get("data-lines"), 2))
    x = escape(element.get("x", "0"))
    return "".join(
        f'<tspan x="{x}" dy="{size * 1.25 if number else 0:.4g}">{escape(line)}</tspan>'
        for number, line in enumerate(wrap(words, face, size, room, max(most, 1)))
    )


def _face(family: str, weight: str) -> Face:
    known = next((face for face in _FACES.values() if face.family == family), TEXT)
    return _FACES.get((family, weight), known)


def _number(value: str | None, otherwise: float) -> float:
    return float(value) if value and re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", value) else otherwise
