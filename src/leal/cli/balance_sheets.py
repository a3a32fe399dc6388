"""What a liability looks like: as tables on a terminal, as a document, and as lines for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec
from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from leal.cli.screen import table
from leal.cli.times import UTC
from leal.cli.words import day_text, instant_text, money_text, plural, points_text
from leal.engine.liability import Liability
from leal.rules.breakage import MEMBERS_NEEDED, MONTHS_NEEDED, Breakage
from leal.rules.calendar import last_usable_day, local_day, start_of_day
from leal.rules.liability import AGES, Heap, total, worth
from leal.scalars import Instant, Money
from leal.values import format_money

SHARE_MONTHS: Final = frozenset({1, 3, 6, 9, 12, 18, 24, 36, 48, 60})
"""Ages of which a person is told."""
MOVEMENTS: Final = {
    "earned": "earned",
    "reversed": "taken back",
    "redeemed": "redeemed",
    "returned": "redemptions undone",
    "expired": "expired",
    "adjusted": "corrected by staff",
    "gifts": "gifts between members",
    "merged": "merged customers",
}


def band_text(begin: int) -> str:
    """`3 to 5 months`."""
    place = AGES.index(begin)
    if place == len(AGES) - 1:
        return f"{begin} months and more"
    last = AGES[place + 1] - 1
    if begin == 0:
        return "less than a month"
    return f"{begin} to {last} months" if last > begin else plural(begin, "month")


def month_text(month: date | None) -> str:
    """`March 1999`."""
    return "never" if month is None else f"{month:%B %Y}"


def moment_text(found: Liability, at: int) -> str:
    """`the end of 31 December 1998` where it is one, else the clock's time."""
    zone = UTC if found.terms is None else found.terms.zone
    if at == start_of_day(local_day(at, zone), zone):
        return f"the end of {day_text(last_usable_day(at, zone))}"
    return instant_text(at, zone)


def money(found: Liability, points: int) -> int | None:
    """Micros that points are worth at the instant."""
    return worth(found.rate, points)


def months_of(found: Liability) -> list[tuple[date | None, Heap]]:
    """The months of end, earliest first, points without an end last."""
    return sorted(found.months.items(), key=lambda pair: pair[0] or date.max)


def movements_of(found: Liability) -> Iterator[tuple[str, int, int | None]]:
    """Opening, movements and closing: a name, points, micros; a new worth of points makes a line of its own."""
    opening = found.opening.outstanding
    yield "opening", opening, worth(found.opening_rate, opening)
    for name, points in msgspec.structs.asdict(found.movements).items():
        yield name, points, money(found, points)
    if found.rate != found.opening_rate:
        now, then = money(found, opening), worth(found.opening_rate, opening)
        yield "revalued", 0, (now or 0) - (then or 0)
    yield "closing", found.closing.outstanding, money(found, found.closing.outstanding)


def portrait(found: Liability) -> RenderableType:
    """The liability for a person."""
    if found.terms is None:
        return Text("No programme was in force then: nobody has points.")
    parts: list[RenderableType] = [_heads(found), Text(), _movements(found)]
    if found.months:
        parts += [Text(), _ages(found), Text(), _months(found), Text(), *_breakage(found)]
    title = Text.assemble((found.terms.programme.title, "bold"), f" at {moment_text(found, found.at)}")
    told = f"{plural(found.members, 'member')}, {plural(found.entries, 'entry', 'entries')}"
    reconciled = "they do not add up" if found.faults else "reconciled with the ledger"
    return Panel(
        Group(*parts),
        title=title,
        subtitle=Text(f"{told}, {reconciled}", style="red" if found.faults else "dim"),
        title_align="left",
        subtitle_align="right",
        box=box.ROUNDED,
        padding=(1, 2),
        expand=False,
    )


def _figures(found: Liability, points: int, style: str = "") -> tuple[Text, Text]:
    return Text(points_text(points), style=style), Text(money_text(money(found, points), found.terms), style="green")


def _heads(found: Liability) -> Table:
    rows = table("outstanding", "points", "worth", figures=("points", "worth"))
    closing = found.closing
    for name in ("available", "pending", "held"):
        rows.add_row(name, *_figures(found, getattr(closing, name)))
    rows.add_row(
        Text("all", style="bold"), *_figures(found, closing.available + closing.pending + closing.held, "bold")
    )
    if closing.debt:
        rows.add_row("owed by members", *_figures(found, -closing.debt, "red"))
        rows.add_row("less what is owed", *_figures(found, closing.outstanding))
    return rows


def _movements(found: Liability) -> Table:
    begin = "the beginning" if found.from_at is None else moment_text(found, found.from_at)
    rows = table("movements", "points", "worth", title=f"Since {begin}", figures=("points", "worth"))
    for name, points, micros in movements_of(found):
        is_sum = name in ("opening", "closing")
        if not (is_sum or points or micros):
            continue
        words = {"opening": "at the beginning", "closing": "at the end", "revalued": "points of another worth"}
        figure = points_text(points) if is_sum else f"{points:+,}" if points else ""
        style = "bold" if is_sum else ""
        rows.add_row(
            Text(words.get(name) or MOVEMENTS[name], style=style),
            Text(figure, style=style),
            Text(money_text(micros, found.terms), style="green"),
        )
    return rows


def _ages(found: Liability) -> Table:
    ages = sorted(found.ages.items())
    return _heaps(found, "By age", "earned … ago", [(band_text(begin), heap) for begin, heap in ages])


def _months(found: Liability) -> Table:
    heaps = [(month_text(month), heap) for month, heap in months_of(found)]
    return _heaps(found, "By the month in which they are last usable", "until", heaps)


def _heaps(found: Liability, title: str, head: str, heaps: list[tuple[str, Heap]]) -> Table:
    whole = total(heap for _, heap in heaps)
    names = [name for name in ("available", "pending", "held") if getattr(whole, name)]
    figures = (*names, "all", "worth", "share")
    rows = table(head, *figures, title=title, figures=figures)
    for name, heap in heaps:
        cells = [points_text(getattr(heap, bucket)) for bucket in names]
        share = heap.points * 1000 // whole.points if whole.points else 0
        rows.add_row(name, *cells, *_figures(found, heap.points, "bold"), f"{share // 10}.{share % 10} %")
    return rows


def _breakage(found: Liability) -> Iterator[RenderableType]:
    told = found.breakage
    assert told is not None  # every liability has an estimate, or says why not
    yield Text("Breakage: what will lapse unspent", style="bold")
    if told.expected is None or told.low is None or told.high is None:
        yield Text(too_little(told))
        return
    rows = table("", "points", "worth", "share", figures=("points", "worth", "share"))
    rows.add_row("available points with an end", *_figures(found, told.available), "")
    for name, points in (("will lapse", told.expected), ("at the least", told.low), ("at the most", told.high)):
        share = points * 1000 // told.available if told.available else 0
        style = "bold" if name == "will lapse" else ""
        rows.add_row(Text(name, style=style), *_figures(found, points, style), f"{share // 10}.{share % 10} %")
    yield rows
    yield Text(_remark(told), style="dim")
    yield Text()
    ages = table("age", "spent", "unspent", title="Points by age", figures=("spent", "unspent"))
    for aged in found.ageing:
        if aged.months in SHARE_MONTHS:
            cells = (f"{share // 100}.{share // 10 % 10} %" for share in (aged.spent, aged.unspent))
            ages.add_row(plural(aged.months, "month"), *cells)
    yield ages


def too_little(told: Breakage) -> str:
    """Why there is no estimate."""
    return (
        f"Not estimated: the points of {plural(told.members, 'member')} over {plural(told.months, 'month')} are too "
        f"little history. It takes {MEMBERS_NEEDED} members and {MONTHS_NEEDED} months."
    )


def _remark(told: Breakage) -> str:
    text = (
        f"From the points of {plural(told.members, 'member')} over {plural(told.months, 'month')}; in 95 of 100 cases"
    )
    text += " the truth lies between least and most."
    if told.beyond:
        text += f" Of {plural(told.beyond, 'point')} the end lies beyond what was seen."
    if told.without_end:
        text += f" {plural(told.without_end, 'point')} have no end: of them nothing is expected to lapse."
    return text


def document(found: Liability) -> dict[str, Any]:
    """The liability as JSON has it."""
    closing, told = found.closing, found.breakage
    return {
        "shop": found.shop,
        "at": Instant(found.at),
        "from": None if found.from_at is None else Instant(found.from_at),
        "currency": None if found.terms is None else found.terms.programme.currency,
        "outstanding": {
            name: _amount(found, getattr(closing, name)) for name in ("available", "pending", "held", "debt")
        },
        "members": found.members,
        "movements": {
            name: {"points": points, "value": None if micros is None else Money(micros)}
            for name, points, micros in movements_of(found)
        },
        "by_age": [{"from_months": begin, **_heap(found, heap)} for begin, heap in sorted(found.ages.items())],
        "by_month_of_end": [
            {"month": None if month is None else f"{month:%Y-%m}", **_heap(found, heap)}
            for month, heap in months_of(found)
        ],
        "breakage": None
        if told is None
        else {
            "members": told.members,
            "months": told.months,
            "estimated": _amount(found, told.available),
            "without_end": _amount(found, told.without_end),
            "beyond_history": _amount(found, told.beyond),
            "expected": None if told.expected is None else _amount(found, told.expected),
            "low": None if told.low is None else _amount(found, told.low),
            "high": None if told.high is None else _amount(found, told.high),
        },
        "ageing": [aged._asdict() for aged in found.ageing],
        "faults": found.faults,
    }


def _amount(found: Liability, points: int) -> dict[str, Any]:
    micros = money(found, points)
    return {"points": points, "value": None if micros is None else Money(micros)}


def _heap(found: Liability, heap: Heap) -> dict[str, Any]:
    return {name: _amount(found, getattr(heap, name)) for name in ("available", "pending", "held")}


def lines(found: Liability) -> str:
    """The liability as CSV: a line for each figure; `part` says of which table, `row` and `bucket` where in it."""
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(["part", "row", "bucket", "points", "value"])

    def write(part: str, row: str, bucket: str, points: int, micros: int | None) -> None:
        sheet.writerow([part, row, bucket, points, "" if micros is None else format_money(micros)])

    for name, points, micros in movements_of(found):
        write("movements", name, "", points, micros)
    for bucket in ("available", "pending", "held", "debt"):
        points = getattr(found.closing, bucket)
        write("outstanding", "", bucket, points, money(found, points))
    heaps = [("age", str(begin), heap) for begin, heap in sorted(found.ages.items())]
    heaps += [("end", "never" if month is None else f"{month:%Y-%m}", heap) for month, heap in months_of(found)]
    for part, row, heap in heaps:
        for bucket in ("available", "pending", "held"):
            points = getattr(heap, bucket)
            write(part, row, bucket, points, money(found, points))
    if found.breakage is not None:
        for name in ("available", "expected", "low", "high"):
            points = getattr(found.breakage, name)
            if points is not None:
                write("breakage", name, "available", points, money(found, points))
    return text.getvalue()
