"""The picture of a liability, as SVG: what moved the points, when they end, and how much of them stays unspent.

It has a light and a dark face, as whoever looks prefers.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import escape
from typing import Final, NamedTuple

from leal.cli.balance_sheets import MOVEMENTS, band_text, moment_text, money, months_of, movements_of
from leal.cli.charts import length_text, round_step
from leal.cli.words import money_text, points_text
from leal.engine.liability import Liability
from leal.rules.liability import Heap

WIDTH: Final = 960
LEFT: Final = 104
RIGHT: Final = 28
TOP: Final = 158
PANEL: Final = 200
GAP: Final = 92
MONTHS_SHOWN: Final = 24
"""Most months of end that have a bar of their own; later ones share one."""
BUCKETS: Final = ("available", "held", "pending")
STYLE: Final = """
  .paper{fill:#ffffff} .ink{fill:#111827} .quiet{fill:#6b7280} .grid{stroke:#e5e7eb} .zero{stroke:#9ca3af}
  .available,.whole{fill:#0f766e} .held{fill:#7c3aed} .pending{fill:#d97706} .more{fill:#0d9488} .less{fill:#dc2626}
  .band{fill:#0f766e;opacity:.16} .curve{stroke:#0f766e;fill:none;stroke-width:2.5;stroke-linejoin:round}
  @media (prefers-color-scheme:dark){
  .paper{fill:#0f172a} .ink{fill:#f1f5f9} .quiet{fill:#94a3b8} .grid{stroke:#1e293b} .zero{stroke:#475569}
  .available,.whole{fill:#2dd4bf} .held{fill:#a78bfa} .pending{fill:#fbbf24} .more{fill:#5eead4} .less{fill:#f87171}
  .band{fill:#2dd4bf} .curve{stroke:#2dd4bf}}
"""


class Bar(NamedTuple):
    """A bar, or parts on top of one another: their classes and heights, from a foot up."""

    name: str
    foot: int
    parts: list[tuple[str, int]]
    figure: str = ""


def picture(found: Liability) -> str:
    """The liability as a picture."""
    panels = [
        _bars(0, "What moved the points", _waterfall(found), found),
        _bars(1, "When they are last usable, if nothing happens before", _ends(found), found),
        _bars(2, "How old they are", _ages(found), found),
    ]
    if found.ageing:
        panels.append(_curve(3, found))
    height = TOP + len(panels) * (PANEL + GAP) - 24
    programme = found.shop if found.terms is None else found.terms.programme.title
    title = escape(f"{programme}: points outstanding at {moment_text(found, found.at)}")
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    font = 'font-family="system-ui, -apple-system, Segoe UI, sans-serif" font-size="12"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} role="img">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            f'<text class="ink" x="{LEFT}" y="38" font-size="19" font-weight="650">{title}</text>',
            *(
                f'<text class="quiet" x="{LEFT}" y="{62 + 20 * line}" font-size="13">{escape(words)}</text>'
                for line, words in enumerate(_summary(found))
            ),
            *_legend(found),
            *(part for panel in panels for part in panel),
            "</svg>",
            "",
        ]
    )


def _summary(found: Liability) -> Iterator[str]:
    points = found.closing.outstanding
    text = f"{points_text(points)} points of {points_text(found.members)} members"
    yield text if found.rate is None else f"{text}, worth {money_text(money(found, points), found.terms)}"
    told = found.breakage
    if told is not None and told.expected is not None:
        between = f"between {points_text(told.low or 0)} and {points_text(told.high or 0)}"
        yield f"{points_text(told.expected)} of them are expected to lapse unspent, {between}"


def _legend(found: Liability) -> Iterator[str]:
    x = LEFT
    for name in BUCKETS:
        if not getattr(found.closing, name):
            continue
        yield f'<rect class="{name}" x="{x}" y="100" width="11" height="11" rx="2"/>'
        yield f'<text class="quiet" x="{x + 17}" y="110">{name}</text>'
        x += 34 + 7 * len(name)


def _waterfall(found: Liability) -> list[Bar]:
    bars: list[Bar] = []
    level = 0
    for name, points, _ in movements_of(found):
        if name in ("opening", "closing"):
            bars.append(Bar(name, min(points, 0), [("whole", abs(points))], _short(points)))
            level = points
        elif points:
            style, foot = ("more", level) if points > 0 else ("less", level + points)
            bars.append(Bar(MOVEMENTS[name], foot, [(style, abs(points))], _short(points, sign=True)))
            level += points
    return bars


def _ends(found: Liability) -> list[Bar]:
    months = months_of(found)
    shown = [(month, heap) for month, heap in months if month is not None][:MONTHS_SHOWN]
    later = Heap()
    for month, heap in months:
        if month is not None and (month, heap) not in shown:
            later = Heap(later.available + heap.available, later.pending + heap.pending, later.held + heap.held)
    bars = [_heap(f"{month:%b %y}", heap) for month, heap in shown]
    if later.points:
        bars.append(_heap("later", later))
    return bars + [_heap("never", heap) for month, heap in months if month is None]


def _ages(found: Liability) -> list[Bar]:
    return [_heap(band_text(begin), heap) for begin, heap in sorted(found.ages.items())]


def _heap(name: str, heap: Heap) -> Bar:
    return Bar(name, 0, [(bucket, getattr(heap, bucket)) for bucket in BUCKETS], _short(heap.points))


def _bars(place: int, title: str, bars: list[Bar], found: Liability) -> Iterator[str]:
    top = TOP + place * (PANEL + GAP)
    bottom = top + PANEL
    tops = [bar.foot + sum(height for _, height in bar.parts) for bar in bars]
    most, least = max([0, *tops]), min([0, *(bar.foot for bar in bars)])
    step = round_step(max(most, -least, 1))
    above, below = max(1, -(-most // step)), -(least // step)

    def y(points: int) -> Decimal:
        return bottom - Decimal(PANEL * (points + below * step)) / (step * (above + below))

    yield f'<text class="ink" x="{LEFT}" y="{top - 22}" font-size="14" font-weight="600">{escape(title)}</text>'
    for line in range(-below, above + 1):
        at, style = length_text(y(line * step)), "zero" if line == 0 else "grid"
        yield f'<line class="{style}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>'
        yield f'<text class="quiet" x="{LEFT - 10}" y="{at}" dy="4" text-anchor="end">{points_text(line * step)}</text>'
    room = Decimal(WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    thick = min(room * Decimal("0.62"), Decimal(72))
    names_every = -(-len(bars) // 13)
    for number, bar in enumerate(bars):
        middle = LEFT + room * number + room / 2
        foot = bar.foot
        yield f"<g><title>{escape(_told(bar, found))}</title>"
        for style, height in bar.parts:
            if height:
                high, low = y(foot + height), y(foot)
                box = f'x="{length_text(middle - thick / 2)}" y="{length_text(high)}" width="{length_text(thick)}"'
                yield f'<rect class="{style}" {box} height="{length_text(max(low - high, Decimal(1)))}" rx="2"/>'
            foot += height
        yield "</g>"
        place_text = f'x="{length_text(middle)}" text-anchor="middle"'
        if len(bars) <= 13:
            yield f'<text class="ink" {place_text} y="{length_text(y(max(foot, bar.foot)) - 6)}">{bar.figure}</text>'
        if number % names_every == 0 or bar.name in ("never", "later"):
            yield f'<text class="quiet" {place_text} y="{bottom + 20}">{escape(bar.name)}</text>'


def _told(bar: Bar, found: Liability) -> str:
    parts = [f"{points_text(height)} {style}" for style, height in bar.parts if height and style in BUCKETS]
    points = sum(height for _, height in bar.parts)
    worth = f", {money_text(money(found, points), found.terms)}" if found.rate is not None else ""
    return f"{bar.name}: {', '.join(parts) or bar.figure}{worth}"


def _curve(place: int, found: Liability) -> Iterator[str]:
    """What share of points is unspent at each age, were there no ends."""
    top = TOP + place * (PANEL + GAP)
    bottom = top + PANEL
    ages = [0, *(aged.months for aged in found.ageing)]
    shares = [10_000, *(aged.unspent for aged in found.ageing)]
    room = Decimal(WIDTH - LEFT - RIGHT) / ages[-1]
    dots = [
        (LEFT + room * age, bottom - Decimal(PANEL * share) / 10_000) for age, share in zip(ages, shares, strict=True)
    ]
    title = "What share of points is still unspent, by their age in months"
    yield f'<text class="ink" x="{LEFT}" y="{top - 22}" font-size="14" font-weight="600">{title}</text>'
    for share in range(0, 101, 25):
        at, style = length_text(bottom - Decimal(PANEL * share) / 100), "zero" if share == 0 else "grid"
        yield f'<line class="{style}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>'
        yield f'<text class="quiet" x="{LEFT - 10}" y="{at}" dy="4" text-anchor="end">{share} %</text>'
    line = " ".join(f"{length_text(x)},{length_text(y)}" for x, y in dots)
    yield f'<polygon class="band" points="{LEFT},{bottom} {line} {length_text(dots[-1][0])},{bottom}"/>'
    yield f'<polyline class="curve" points="{line}"/>'
    for age, (x, _) in zip(ages, dots, strict=True):
        if age % -(-ages[-1] // 12) == 0:
            yield f'<text class="quiet" x="{length_text(x)}" y="{bottom + 20}" text-anchor="middle">{age}</text>'


def _short(points: int, *, sign: bool = False) -> str:
    """`1.2 M`, `480 k`: enough for a look."""
    figure = str(abs(points))
    for power, unit in ((10**3, " k"), (10**6, " M"), (10**9, " G")):
        if abs(points) >= power:
            tenths = abs(points) * 10 // power
            figure = (f"{tenths // 10}.{tenths % 10}" if tenths < 100 else f"{tenths // 10}") + unit
    return ("−" if points < 0 else "+" if sign else "") + figure
