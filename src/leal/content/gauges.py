"""Gauges: the progress bar, the arc, and the countdown's digits, as SVG."""

from __future__ import annotations

from datetime import datetime
from math import cos, radians, sin

from leal.content.letters import STRONG, TEXT, display, fit, width
from leal.content.look import Look
from leal.content.panel import Countdown, Progress
from leal.content.pieces import EMPTY, Piece, at, box, line, lines, stack, words

_FROM, _TO = 140.0, 400.0
"""Where the arc begins and ends, in degrees clockwise from the right."""


def bar(progress: Progress, look: Look, most_width: float, labelled: bool = True) -> Piece:
    """How far it is, straight; with what the ends stand for beneath it."""
    done = max(10.0, most_width * progress.permille / 1000)
    markup = (
        f'<linearGradient id="run" x1="0" x2="{most_width:.5g}" gradientUnits="userSpaceOnUse">'
        f'<stop stop-color="{look.fill}"/><stop offset="1" stop-color="{look.fill_end}"/></linearGradient>'
        + box(most_width, 10, 5, look.track)
        + box(done, 10, 5, "url(#run)")
        + f'<circle cx="{max(done - 5, 5):.5g}" cy="5" r="9" fill="{look.ground}"/>'
        + f'<circle cx="{max(done - 5, 5):.5g}" cy="5" r="6.5" fill="{look.knob}"/>'
    )
    drawn = Piece(markup, most_width, 12)
    label = words(progress.label, STRONG, 14, look.text, most_width, 2) if labelled else EMPTY
    half = most_width / 2 - 8
    start = words(progress.start, TEXT, 12.5, look.muted, half, 1)
    end = words(progress.end, STRONG, 12.5, look.strong, half, 1)
    under = Piece(start.markup + at(most_width - end.width, 0, end), most_width, max(start.height, end.height))
    return stack([(0, label), (10, drawn), (8, under)])


def arc(progress: Progress, figure: str, label: str, look: Look, size: float) -> Piece:
    """How far it is, round, with the figure in its middle."""
    middle, thick = size / 2, size * 0.085
    radius = middle - thick
    reached = _FROM + (_TO - _FROM) * max(progress.permille, 8) / 1000
    knob_x, knob_y = _on_circle(middle, radius, reached)
    stroke = f'fill="none" stroke-width="{thick:.4g}" stroke-linecap="round"'
    markup = (
        f'<linearGradient id="round" x1="0" y1="{size:.5g}" x2="{size:.5g}" y2="0" gradientUnits="userSpaceOnUse">'
        f'<stop stop-color="{look.fill}"/><stop offset="1" stop-color="{look.fill_end}"/></linearGradient>'
        f'<path d="{_arc(middle, radius, _FROM, _TO)}" stroke="{look.track}" {stroke}/>'
        f'<path d="{_arc(middle, radius, _FROM, reached)}" stroke="url(#round)" {stroke}/>'
        f'<circle cx="{knob_x:.5g}" cy="{knob_y:.5g}" r="{thick * 0.72:.4g}" fill="{look.ground}"/>'
        f'<circle cx="{knob_x:.5g}" cy="{knob_y:.5g}" r="{thick * 0.5:.4g}" fill="{look.knob}"/>'
    )
    face = display(look)
    points, texts = fit(figure, face, [size * part / 100 for part in (25, 22, 19, 16, 13)], size * 0.62, 1)
    inner = stack(
        [
            (0, lines(texts, face, points, points * 1.08, look.text)),
            (0, words(label, TEXT, max(11.5, size * 0.075), look.muted, size * 0.62, 2, "middle")),
        ],
        align=0.5,
    )
    markup += at(middle - inner.width / 2, middle - inner.height / 2 - size * 0.01, inner)
    if progress.end:
        said = words(progress.end, STRONG, 12.5, look.strong, size * 0.56, 1)
        markup += at(middle - said.width / 2, size * 0.83, said)
    return Piece(markup, size, size * 0.83 + 20)


def countdown(shown: Countdown, now: datetime, look: Look, most_width: float) -> Piece:
    """Days, hours and minutes that are left, each in a box; what is said instead where none are."""
    label = words(shown.label, STRONG, 13, look.text, most_width, 2)
    left = remaining(shown, now)
    if left is None:
        return words(shown.over, STRONG, 14, look.text, most_width, 2)
    cells, room = "", (most_width - 16) / 3 if most_width < 300 else 64.0
    for number, (value, unit) in enumerate(zip(left[:3], shown.units, strict=False)):
        cells += at(number * (room + 8), 0, _digits(f"{value:02d}", unit, look, room))
    return stack([(0, label), (8, Piece(cells, 3 * room + 16, 62))])


def remaining(shown: Countdown, now: datetime) -> tuple[int, int, int, int] | None:
    """Days, hours, minutes and seconds that are left; None where it is over."""
    seconds = int((shown.until - now).total_seconds())
    if seconds <= 0:
        return None
    return seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60


def _digits(value: str, unit: str, look: Look, room: float) -> Piece:
    face = display(look)
    size = min(27.0, 27 * (room - 8) / max(width(value, face, 27), 1))
    number = line(value, face, size, look.on_surface, "middle")
    under = words(unit, TEXT, 11, look.muted_on_surface, room - 4, 1)
    markup = box(room, 62, min(look.radius, 12), look.surface, look.line)
    markup += at(room / 2, 34, Piece(number, 0, 1)) + at((room - under.width) / 2, 40, under)
    return Piece(markup, room, 62)


def _on_circle(middle: float, radius: float, degrees: float) -> tuple[float, float]:
    return middle + radius * cos(radians(degrees)), middle + radius * sin(radians(degrees))


def _arc(middle: float, radius: float, start: float, end: float) -> str:
    (x, y), (to_x, to_y) = _on_circle(middle, radius, start), _on_circle(middle, radius, end)
    large = int(end - start > 180)
    return f"M{x:.5g} {y:.5g}A{radius:.5g} {radius:.5g} 0 {large} 1 {to_x:.5g} {to_y:.5g}"
