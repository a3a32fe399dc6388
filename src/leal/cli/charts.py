"""Charts: two programmes beside one another, month by month, as an SVG picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from html import escape
from typing import Final

from leal.cli.words import money_text, points_text
from leal.engine.backtests import Backtest
from leal.rules.programme.terms import Terms

WIDTH: Final = 960
PANEL_HEIGHT: Final = 190
LEFT: Final = 96
RIGHT: Final = 24
TOP: Final = 100
GAP: Final = 62
PRESENT: Final = "#6b7280"
OTHER: Final = "#c2410c"
INK: Final = "#1f2937"
GRID: Final = "#e5e7eb"
LINES: Final = 5
"""Most lines of the grid above zero."""
MONTH_LABELS: Final = 12
"""Most months that are named below a panel."""


def chart(found: Backtest) -> str:
    """Points earned and expired by month as bars, what is outstanding at the end of each as lines."""
    month = [stretch.first_day.strftime("%b %Y") for stretch in found.stretches]
    sides = [(stretch.present, stretch.other) for stretch in found.stretches]
    has_worth = all(side.worth is not None for pair in sides for side in pair)
    panels = [
        _panel(0, "Points earned", month, [(a.earned, b.earned) for a, b in sides], None, lines=False),
        _panel(1, "Points expired", month, [(a.expired, b.expired) for a, b in sides], None, lines=False),
    ]
    if has_worth:
        worth = [(a.worth or 0, b.worth or 0) for a, b in sides]
        panels.append(_panel(2, "Liability at the end of the month", month, worth, found.other, lines=True))
    else:
        points = [(a.available + a.pending, b.available + b.pending) for a, b in sides]
        panels.append(_panel(2, "Points outstanding at the end of the month", month, points, None, lines=True))
    height = TOP + 3 * (PANEL_HEIGHT + GAP)
    title = escape(f"{found.other.programme.title}: the orders of {found.shop} under two programmes")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}" role="img">'
    )
    parts = [
        opening,
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="30" font-size="17" font-weight="600">{title}</text>',
        *_legend(),
        *(part for panel in panels for part in panel),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend() -> Iterator[str]:
    for x, colour, word in ((LEFT, PRESENT, "the programme in force"), (LEFT + 190, OTHER, "the other programme")):
        yield f'<rect x="{x}" y="44" width="12" height="12" rx="2" fill="{colour}"/>'
        yield f'<text x="{x + 18}" y="54">{word}</text>'


def _panel(
    place: int, title: str, months: list[str], values: list[tuple[int, int]], terms: Terms | None, *, lines: bool
) -> Iterator[str]:
    """One picture: a title, a grid with its figures, the months, and two series."""
    top = TOP + place * (PANEL_HEIGHT + GAP)
    bottom = top + PANEL_HEIGHT
    most, least = max(0, *map(max, values)), min(0, *map(min, values))
    step = round_step(max(most, -least))
    above, below = max(1, -(-most // step)), -(least // step)
    span = step * (above + below)

    def y(value: int) -> str:
        return length_text(bottom - Decimal(PANEL_HEIGHT * (value + below * step)) / span)

    yield f'<text x="{LEFT}" y="{top - 12}" font-weight="600">{escape(title)}</text>'
    for line in range(-below, above + 1):
        value = line * step
        colour, right = INK if line == 0 else GRID, WIDTH - RIGHT
        yield f'<line x1="{LEFT}" x2="{right}" y1="{y(value)}" y2="{y(value)}" stroke="{colour}"/>'
        figure = points_text(value) if terms is None else money_text(value, terms)
        yield f'<text x="{LEFT - 8}" y="{y(value)}" dy="4" text-anchor="end">{escape(figure)}</text>'
    width = Decimal(WIDTH - LEFT - RIGHT) / len(months)
    middles = [LEFT + width * i + width / 2 for i in range(len(months))]
    every = -(-len(months) // MONTH_LABELS)
    for i in range(0, len(months), every):
        yield f'<text x="{length_text(middles[i])}" y="{bottom + 18}" text-anchor="middle">{months[i]}</text>'
    for series, colour in enumerate((PRESENT, OTHER)):
        mine = [pair[series] for pair in values]
        yield from _line(middles, mine, y, colour) if lines else _bars(middles, mine, y, colour, width, series)


def _line(middles: list[Decimal], values: list[int], y: Callable[[int], str], colour: str) -> Iterator[str]:
    points = " ".join(f"{length_text(x)},{y(value)}" for x, value in zip(middles, values, strict=True))
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-linejoin="round"/>'
    for x, value in zip(middles, values, strict=True):
        yield f'<circle cx="{length_text(x)}" cy="{y(value)}" r="3" fill="{colour}"/>'


def _bars(
    middles: list[Decimal], values: list[int], y: Callable[[int], str], colour: str, width: Decimal, series: int
) -> Iterator[str]:
    thick = width * Decimal("0.36")
    for middle, value in zip(middles, values, strict=True):
        top, foot = Decimal(y(max(value, 0))), Decimal(y(min(value, 0)))
        x = middle - thick if series == 0 else middle
        size = f'width="{length_text(thick)}" height="{foot - top}"'
        yield f'<rect x="{length_text(x)}" y="{top}" {size} fill="{colour}"/>'


def round_step(most: int) -> int:
    """The least round number of which at most `LINES` reach the largest value."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power * LINES >= most:
                return digit * power
        power *= 10


def length_text(length: Decimal) -> str:
    """A length in the picture."""
    return f"{length:.1f}"
