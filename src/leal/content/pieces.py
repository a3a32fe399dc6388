"""Pieces of a picture: words, buttons, badges and boxes as SVG, each drawn from its upper left corner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from leal.content.colours import readable
from leal.content.letters import LABEL, STRONG, TEXT, Face, balanced, display, fit, width, wrap
from leal.content.look import Look
from leal.content.panel import Badge, Button, Fact


class Piece(NamedTuple):
    """A drawing and the room it takes, in pixels."""

    markup: str
    width: float
    height: float


EMPTY = Piece("", 0, 0)


def at(x: float, y: float, piece: Piece) -> str:
    """The piece, moved."""
    return f'<g transform="translate({x:.4g} {y:.4g})">{piece.markup}</g>' if piece.markup else ""


def stack(pieces: Iterable[tuple[float, Piece]], align: float = 0, across: float = 0) -> Piece:
    """Pieces beneath one another, each with the space above it (none above the first); `align` 0.5 centres them."""
    markup, y, widest = "", 0.0, across
    drawn = [(space, piece) for space, piece in pieces if piece.height]
    widest = max([across, *(piece.width for _, piece in drawn)])
    for number, (space, piece) in enumerate(drawn):
        y += space if number else 0
        markup += at((widest - piece.width) * align, y, piece)
        y += piece.height
    return Piece(markup, widest, y)


def line(text: str, face: Face, size: float, colour: str, anchor: str = "start") -> str:
    """One line of words, its baseline at 0."""
    spacing = f' letter-spacing="{face.tracking * size / 1000:.3g}"' if face.tracking else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text font-family="{face.family}" font-weight="{face.weight}" font-size="{size:g}" fill="{colour}"'
        f"{spacing}{where}>{escape(text)}</text>"
    )


def lines(texts: Sequence[str], face: Face, size: float, leading: float, colour: str, anchor: str = "start") -> Piece:
    """Lines of words beneath one another."""
    if not texts:
        return EMPTY
    widest = max(width(text, face, size) for text in texts)
    x = {"start": 0.0, "middle": widest / 2, "end": widest}[anchor]
    first = (leading - size) / 2 + size * 0.8
    markup = "".join(
        f'<g transform="translate({x:.5g} {first + number * leading:.5g})">{line(text, face, size, colour, anchor)}</g>'
        for number, text in enumerate(texts)
    )
    return Piece(markup, widest, leading * len(texts))


def words(
    text: str, face: Face, size: float, colour: str, most_width: float, most_lines: int = 9, anchor: str = "start"
) -> Piece:
    """A paragraph."""
    leading = size * (1.18 if size >= 20 else 1.45)
    texts = wrap(text, face, size, most_width, most_lines)
    if anchor == "middle" or len(texts) == 2:
        texts = balanced(texts, face, size, most_width)
    return lines(texts, face, size, leading, colour, anchor)


def headline(
    text: str, look: Look, most_width: float, sizes: Sequence[float], most_lines: int = 3, anchor: str = "start"
) -> Piece:
    """Words as large as they fit."""
    face = display(look)
    size, texts = fit(text, face, sizes, most_width, most_lines)
    return lines(texts, face, size, size * 1.14, look.text, anchor)


def eyebrow(text: str, look: Look, most_width: float) -> Piece:
    """Small words over a headline."""
    return lines(wrap(text, LABEL, 12, most_width, 1), LABEL, 12, 18, look.muted)


def box(across: float, high: float, radius: float, fill: str, line: str = "", dashed: bool = False) -> str:
    """A rectangle with round corners."""
    stroke = f' stroke="{line}"' + (' stroke-dasharray="5 5"' if dashed else "") if line else ""
    inset = 0.5 if line else 0
    return (
        f'<rect x="{inset}" y="{inset}" width="{across - 2 * inset:.5g}" height="{high - 2 * inset:.5g}"'
        f' rx="{min(radius, high / 2):.4g}" fill="{fill}"{stroke}/>'
    )


def button(what: Button, look: Look, most_width: float, across: bool = False) -> Piece:
    """What to do next; `across`: as wide as it may be."""
    (text,) = wrap(what.text, STRONG, 15, most_width - 44, 1) or [""]
    if not text:
        return EMPTY
    wide = most_width if across else min(most_width, width(text, STRONG, 15) + 44)
    label = at(wide / 2, 27.5, Piece(line(text, STRONG, 15, look.on_button, "middle"), 0, 1))
    return Piece(box(wide, 44, look.radius, look.button) + label, wide, 44)


def pill(text: str, fill: str, colour: str, most_width: float, size: float = 12, icon: str = "") -> Piece:
    """A few words on a round ground of their own."""
    high, room = size * 2, size * 0.85
    before = size * 1.35 if icon else 0
    (said,) = wrap(text, STRONG, size, most_width - 2 * room - before, 1) or [""]
    if not said:
        return EMPTY
    wide = width(said, STRONG, size) + 2 * room + before
    mark = at(room - size * 0.15, high / 2, Piece(icon, 0, 1)) if icon else ""
    label = at(room + before, high * 0.5 + size * 0.36, Piece(line(said, STRONG, size, colour), 0, 1))
    return Piece(box(wide, high, high / 2, fill) + mark + label, wide, high)


def badge(tier: Badge, look: Look, most_width: float, size: float = 12) -> Piece:
    """The tier, with a star for those above the lowest."""
    star = size * 0.58
    shape = STAR if tier.rank else DROP
    mark = look.on_badge if look.hero else readable(look.chip, look.badge, least=1.8)
    icon = f'<path transform="translate({star:.4g} 0) scale({star:.4g})" d="{shape}" fill="{mark}"/>'
    return pill(tier.name, look.badge, look.on_badge, most_width, size, icon)


def facts(shown: Sequence[Fact], look: Look, most_width: float) -> Piece:
    """Figures side by side, with hairlines between them; beneath one another where there is little room."""
    figures = [fact for fact in shown if fact.value][:4]
    if not figures:
        return EMPTY
    columns = len(figures) if most_width >= 130 * len(figures) else 2
    room = most_width / columns
    cells = [_fact(fact, look, room - 24) for fact in figures]
    markup, y = "", 0.0
    for start in range(0, len(cells), columns):
        row = cells[start : start + columns]
        high = max(cell.height for cell in row)
        for number, cell in enumerate(row):
            markup += at(number * room + (18 if number else 0), y, cell)
            if number:
                markup += f'<rect x="{number * room:.5g}" y="{y + 4:.5g}" width="1" height="{high - 8:.5g}"'
                markup += f' fill="{look.line}"/>'
        y += high + 20
    return Piece(markup, most_width, y - 20)


def _fact(fact: Fact, look: Look, room: float) -> Piece:
    face = display(look)
    size, texts = fit(fact.value, face, (32, 28, 24, 20, 17), room, 1)
    figure = lines(texts, face, size, 38, look.text)
    return stack([(0, figure), (2, words(fact.label, TEXT, 13, look.muted, room, 2))])


def checks(shown: Sequence[Fact], look: Look, most_width: float) -> Piece:
    """What is had already: a line with a tick for each fact that is no figure."""
    found = []
    for fact in [fact for fact in shown if not fact.value][:5]:
        said = words(fact.label, STRONG, 14, look.text, most_width - 28, 2)
        tick = f'<circle cx="9" cy="10" r="9" fill="{look.chip}"/><path d="M5 10.2l2.8 2.8 5.2-5.6" fill="none"'
        tick += f' stroke="{look.on_chip}" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/>'
        found.append((9.0, Piece(tick + at(28, 0, said), said.width + 28, max(said.height, 20))))
    return stack(found)


STAR = "M0-1L.26-.34 .95-.31 .42.13 .59.81 0 .43-.59.81-.42.13-.95-.31-.26-.34Z"
"""A star round 0, 1 from its middle to its tips."""
DROP = "M0-.85L.85 0 0 .85-.85 0Z"
"""A lozenge of the same size."""
