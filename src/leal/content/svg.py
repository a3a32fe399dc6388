"""A panel as an SVG picture: what stands beside what in each block, on the ground of its tone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from math import hypot, sqrt
from types import MappingProxyType
from typing import Final

from leal.content.gauges import arc, bar, countdown
from leal.content.goods import Pictures, card, shelf, voucher
from leal.content.letters import LABEL, TEXT, display, fit, width
from leal.content.look import Look, look
from leal.content.panel import BANNERS, Panel, with_arc
from leal.content.pieces import (
    EMPTY,
    Piece,
    at,
    badge,
    button,
    checks,
    eyebrow,
    facts,
    headline,
    lines,
    stack,
    words,
)
from leal.rules.programme.theme import Theme

NONE: Final[Mapping[str, str]] = MappingProxyType({})
NARROW: Final = 440
"""Below this width everything stands beneath one another."""


def draw_svg(
    panel: Panel, theme: Theme, across: int, now: datetime, *, dark: bool = False, pictures: Pictures = NONE
) -> tuple[str, int]:
    """The picture, `across` pixels wide, and its height. Deterministic; the same words make the same picture."""
    drawn = look(theme, panel.tone, dark)
    pad = 22 if across < NARROW else 34
    content = _content(panel, drawn, across - 2 * pad, now, pictures, theme.logo_url or "")
    high = round(content.height + 2 * pad)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{high}" viewBox="0 0 {across} {high}">'
        + _ground(drawn, across, high, panel)
        + at(pad, pad, content)
        + "</svg>",
        high,
    )


def svg_piece(name: str, panel: Panel, drawn: Look, room: float, now: datetime, pictures: Pictures, logo: str) -> Piece:
    """A part by its name, as wide as there is room; empty where there is nothing to say."""
    progress = panel.progress
    parts: dict[str, Callable[[], Piece]] = {
        "badge": lambda: _top(panel, drawn, room, pictures, logo),
        "arc": lambda: arc(progress, panel.figure, panel.figure_label, drawn, room) if progress else EMPTY,
        "bar": lambda: bar(progress, drawn, room) if progress else EMPTY,
        "facts": lambda: facts(panel.facts, drawn, room),
        "checks": lambda: checks(panel.facts, drawn, room),
        "countdown": lambda: countdown(panel.countdown, now, drawn, room) if panel.countdown else EMPTY,
        "voucher": lambda: voucher(panel.offer, drawn, room) if panel.offer else EMPTY,
        "products": lambda: shelf(panel.products, drawn, room, pictures),
        "card": lambda: card(panel.card, drawn, room) if panel.card else EMPTY,
        "button": lambda: button(panel.button, drawn, room) if panel.button else EMPTY,
    }
    return parts[name]()


def _content(panel: Panel, drawn: Look, room: float, now: datetime, pictures: Pictures, logo: str) -> Piece:
    narrow = room < NARROW - 44
    visual = EMPTY if narrow else _visual(panel, drawn, room)
    beside = visual.height > 0
    text_room = room - visual.width - 30 if beside else room
    below = _below(panel, drawn, room, now, pictures, beside)
    called = button(panel.button, drawn, text_room, across=narrow) if panel.button else EMPTY
    last = narrow or bool(below.height)
    head = stack(
        [
            (0, _top(panel, drawn, text_room, pictures, logo)),
            (14, headline(panel.headline, drawn, text_room, (26, 23, 20, 18) if narrow else (32, 29, 26, 23, 20, 18))),
            (10, words(panel.body, TEXT, 15.5, drawn.muted, text_room, 5)),
            (16, checks(panel.facts, drawn, text_room)),
            (18, countdown(panel.countdown, now, drawn, text_room) if panel.countdown and beside else EMPTY),
            (22, EMPTY if last else called),
        ]
    )
    if beside:
        high = max(head.height, visual.height)
        markup = at(0, (high - head.height) / 2, head) + at(room - visual.width, (high - visual.height) / 2, visual)
        head = Piece(markup, room, high)
    as_of = words(panel.as_of, TEXT, 12, drawn.muted, room, 1)
    return stack([(0, head), (22, below), (24, called if last else EMPTY), (14, as_of)])


def _below(panel: Panel, drawn: Look, room: float, now: datetime, pictures: Pictures, beside: bool) -> Piece:
    """What stands beneath the head: what is not told beside it, row by row."""
    with_offer = panel.offer is not None and not (beside and _with_voucher(panel))
    return stack(
        [
            (20, EMPTY if _figure_told(panel, beside) else _figure(panel, drawn, room)),
            (22, EMPTY if beside and with_arc(panel) else _bar(panel, drawn, room)),
            (24, facts(panel.facts, drawn, room)),
            (22, countdown(panel.countdown, now, drawn, room) if panel.countdown and not beside else EMPTY),
            (22, voucher(panel.offer, drawn, room) if panel.offer and with_offer else EMPTY),
            (24, shelf(panel.products, drawn, room, pictures)),
            (22, card(panel.card, drawn, room) if panel.card else EMPTY),
        ]
    )


def _bar(panel: Panel, drawn: Look, room: float) -> Piece:
    progress = panel.progress
    if progress is None:
        return EMPTY
    return bar(progress, drawn, room, labelled=not (panel.figure and progress.label.startswith(panel.figure)))


def _with_voucher(panel: Panel) -> bool:
    return (
        panel.offer is not None and not with_arc(panel) and panel.block != "personalised-digest" and not panel.products
    )


def _figure_told(panel: Panel, beside: bool) -> bool:
    return not panel.figure or (beside and not _with_voucher(panel))


def _visual(panel: Panel, drawn: Look, room: float) -> Piece:
    """What stands at the right: the arc, the voucher, or the figure; nothing in blocks of rows."""
    if panel.progress and with_arc(panel):
        return arc(panel.progress, panel.figure, panel.figure_label, drawn, min(196.0, room * 0.38))
    if panel.offer and _with_voucher(panel):
        return voucher(panel.offer, drawn, min(196.0, room * 0.38))
    if panel.figure and panel.block in BANNERS:
        return _medal(panel, drawn, min(184.0, room * 0.36))
    return EMPTY


def _medal(panel: Panel, drawn: Look, size: float) -> Piece:
    """The figure in a ring."""
    middle = size / 2
    markup = (
        f'<circle cx="{middle:.5g}" cy="{middle:.5g}" r="{middle:.5g}" fill="{drawn.surface}"/>'
        f'<circle cx="{middle:.5g}" cy="{middle:.5g}" r="{middle - 9:.5g}" fill="none" stroke="{drawn.chip}"'
        ' stroke-width="2.5"/>'
    )
    points, texts = fit(panel.figure, display(drawn), (46, 40, 34, 29, 24, 20), size * 0.7, 1)
    inner = stack(
        [
            (0, lines(texts, display(drawn), points, points * 1.1, drawn.on_surface)),
            (1, words(panel.figure_label, TEXT, 13, drawn.muted_on_surface, size * 0.68, 2, "middle")),
        ],
        align=0.5,
    )
    return Piece(markup + at(middle - inner.width / 2, middle - inner.height / 2, inner), size, size)


def _figure(panel: Panel, drawn: Look, room: float) -> Piece:
    """The figure on a line of its own, what it counts beside it."""
    points, texts = fit(panel.figure, display(drawn), (42, 36, 30, 25), room * 0.6, 1)
    number = lines(texts, display(drawn), points, points * 1.1, drawn.text)
    label = words(panel.figure_label, TEXT, 15, drawn.muted, room - number.width - 12, 2)
    y = number.height - label.height - points * 0.12 if label.height < 30 else (number.height - label.height) / 2
    return Piece(number.markup + at(number.width + 10, y, label), room, number.height)


def _top(panel: Panel, drawn: Look, room: float, pictures: Pictures, logo: str) -> Piece:
    """Logo, tier and eyebrow on one line."""
    markup, x = "", 0.0
    if image := pictures.get(logo, ""):
        markup = f'<image width="96" height="26" preserveAspectRatio="xMinYMid meet" href="{image}"/>'
        x = 108
    if panel.tier:
        tier = badge(panel.tier, drawn, room - x)
        markup += at(x, 1, tier)
        x += tier.width + 12
    said = eyebrow(panel.eyebrow, drawn, room - x) if width(panel.eyebrow, LABEL, 12) <= room - x or not x else EMPTY
    if not markup:
        return said
    return Piece(markup + at(x, 4, said), x + said.width, 26)


def _ground(drawn: Look, across: int, high: int, panel: Panel) -> str:
    """The panel itself. Nothing is clipped, for that costs more than all else: shapes keep clear of round corners."""
    radius = min(drawn.radius + 4, 32) if drawn.radius else 0
    edge = 0 if drawn.hero else 0.5
    frame = f'x="{edge}" y="{edge}" width="{across - 2 * edge:g}" height="{high - 2 * edge:g}" rx="{radius}"'
    border = "" if drawn.hero else f' stroke="{drawn.line}"'
    shapes = ""
    if drawn.hero:
        shapes = _rings(across, high, radius, drawn.shade)
    elif panel.tone in ("near", "urgent"):
        shapes = _sun(across - edge, high - edge, radius - edge, drawn.shade)
    return f'<rect {frame} fill="{drawn.ground}"/>{shapes}' + (f'<rect {frame} fill="none"{border}/>' if border else "")


def _rings(across: int, high: int, radius: int, shade: str) -> str:
    """Rings round a point in the upper right; each is moved outwards until it meets no corner."""
    x, y = across * 0.93, 12.0
    corners = [hypot(x - across, y), hypot(x, y), hypot(x, y - high), hypot(x - across, y - high)]
    drawn = ""
    for wide, thick in ((90, 34), (190, 30)):
        room = thick / 2 + radius
        free = next((r for r in range(wide, wide + 90, 3) if all(abs(r - far) > room for far in corners)), 0)
        drawn += f'<circle cx="{x:.5g}" cy="{y:.5g}" r="{free}" fill="none" stroke="{shade}" stroke-width="{thick}"/>'
    return drawn


def _sun(right: float, bottom: float, radius: float, shade: str) -> str:
    """A part of a disc in the lower right corner."""
    far = min(bottom * 0.62, right * 0.4)
    x, y = right * 0.96, bottom * 0.98
    left, top = x - sqrt(far**2 - (bottom - y) ** 2), y - sqrt(far**2 - (right - x) ** 2)
    return (
        f'<path d="M{left:.5g} {bottom:g}A{far:.5g} {far:.5g} 0 0 1 {right:g} {top:.5g}V{bottom - radius:.5g}'
        f'a{radius:g} {radius:g} 0 0 1 -{radius:g} {radius:g}z" fill="{shade}"/>'
    )
