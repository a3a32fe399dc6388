"""What a back-test looks like: as a table on a terminal, and as a document for other programs."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leal.cli.screen import table
from leal.cli.words import money_text, plural, points_text
from leal.engine.backtests import Backtest
from leal.rules.backtesting import Side
from leal.rules.programme.terms import Terms
from leal.scalars import Instant, Money


def document(found: Backtest) -> dict[str, Any]:
    """The back-test as JSON will have it: money and instants as the API writes them, tiers by their slugs."""
    return {
        "shop": found.shop,
        "members": found.members,
        "orders": found.orders,
        "orders_left_out": found.left_out,
        "months": [
            {
                "first_day": stretch.first_day.isoformat(),
                "ends_at": Instant(stretch.ends_at),
                "present": _side(stretch.present),
                "other": _side(stretch.other),
            }
            for stretch in found.stretches
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "earned": side.earned,
        "redeemed": side.redeemed,
        "expired": side.expired,
        "available": side.available,
        "pending": side.pending,
        "liability": None if side.worth is None else Money(side.worth),
        "tiers": side.tiers,
    }


def portrait(found: Backtest) -> RenderableType:
    """The back-test for a person: each month under the programme in force and the other, then the tiers at the end."""
    lived = f"{plural(found.orders, 'order')} of {plural(found.members, 'member')} lived again"
    if found.left_out:
        lived += f", {points_text(found.left_out)} left out: a figure would have become too large"
    parts: list[RenderableType] = [_months(found), Text()]
    if found.present.tiers or found.other.tiers:
        parts += [_tiers(found), Text()]
    return Group(*parts, Text(lived, style="dim"))


def _months(found: Backtest) -> Table:
    figures = [
        figure
        for figure in ("earned", "redeemed", "expired")
        if any(getattr(side, figure) for one in found.stretches for side in (one.present, one.other))
    ]
    heads = [head for figure in [*figures, "liability"] for head in (figure, "then")]
    title = f"{found.other.programme.title}: under the programme in force, and then under the other"
    rows = table("month", *heads, title=title, figures=("then", "liability", *figures))
    rows.padding = (0, 1, 0, 0)
    for column in rows.columns[2::2]:
        column.style = "bold"
    for stretch in found.stretches:
        a, b = stretch.present, stretch.other
        cells = [points_text(getattr(side, figure)) for figure in figures for side in (a, b)]
        liability = (_liability(a, found.present), _liability(b, found.other))
        rows.add_row(f"{stretch.first_day:%b %Y}", *cells, *liability)
    return rows


def _liability(side: Side, terms: Terms) -> str:
    return money_text(side.worth, terms) if side.worth is not None else points_text(side.available + side.pending)


def _tiers(found: Backtest) -> Table:
    """How many would be in which tier at the end; a tier of one ladder alone has a dash in the other."""
    last = found.stretches[-1]
    rows = table("tier at the end", "now", "then", figures=("now", "then"))
    names = {tier.slug: tier.name for terms in (found.present, found.other) for tier in terms.tiers}
    for slug, name in names.items():
        counts = [
            points_text(side.tiers.get(slug, 0)) if terms.tier(slug) is not None else "–"
            for side, terms in ((last.present, found.present), (last.other, found.other))
        ]
        rows.add_row(Text(name, style="magenta"), counts[0], Text(counts[1], style="bold"))
    return rows
