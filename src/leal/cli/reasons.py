"""What an explanation looks like on a terminal: figures beside the sentences and rules that make them."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from leal.api.explaining import ExplainBalanceResult1, ExplainedRequirement1
from leal.api.order_explanation import ExplainOrderResult1, Ratio1
from leal.api.shapes import MarketInput1
from leal.cli.screen import table
from leal.cli.times import UTC
from leal.cli.words import day_text, instant_text, money_text, points_text, until_text
from leal.rules.calendar import local_day
from leal.rules.programme.terms import Terms

ENGLISH: Final = MarketInput1(locale="en")
"""What is printed for operators is English."""
QUIET: Final = frozenset({"held", "debt"})
"""Buckets that are told only where there is something in them."""


def balance(name: str, told: ExplainBalanceResult1, terms: Terms | None, limit: int) -> RenderableType:
    """Why a customer has what they have, with so many lots."""
    parts: list[RenderableType] = [_figures(told)]
    if told.lots:
        parts += [Text(), _lots(told, terms, limit)]
    if told.tier is not None:
        parts += [Text(), Text("Tier", style="bold"), _ruled(told.tier.desc, told.tier.rule)]
        for head, asked in (("to keep it", told.tier.keep), ("to reach the next", told.tier.reach)):
            if asked is not None and asked.asks:
                parts += [Text(), _requirement(f"{asked.tier}, {head}", asked, terms)]
    parts += [Text(), _sums(told), Text(), _entries(told, terms)]
    zone = UTC if terms is None else terms.zone
    return Panel(
        Group(*parts),
        title=Text.assemble("Why ", (name, "bold"), " has this"),
        subtitle=Text(f"{instant_text(told.at, zone)}, version {told.programme_version}", style="dim"),
        title_align="left",
        subtitle_align="right",
        box=box.ROUNDED,
        padding=(1, 2),
        expand=False,
    )


def _ruled(sentence: str, rule: str) -> Text:
    return Text.assemble(sentence, "  ", (rule, "cyan"))


def _figures(told: ExplainBalanceResult1) -> Table:
    rows = table("", "points", "why", "rule", figures=("points",))
    rows.columns[-1].style = "cyan"
    rows.columns[2].ratio = 1
    for bucket in told.buckets:
        if bucket.pts or bucket.name not in QUIET:
            rows.add_row(bucket.name, Text(points_text(bucket.pts), style="bold"), Text(bucket.desc), bucket.rule)
    for name, worth in (("worth", told.available_worth), ("pending worth", told.pending_worth)):
        if worth is not None and worth.pts:
            rows.add_row(name, "", Text(worth.desc, style="green"), worth.rule)
    if told.limit is not None:
        rows.add_row("limit", points_text(told.limit.remaining), Text(told.limit.desc), told.limit.rule)
    return rows


def _lots(told: ExplainBalanceResult1, terms: Terms | None, limit: int) -> Table:
    names = [name for name in ("available", "pending", "held") if any(getattr(one, f"pts_{name}") for one in told.lots)]
    rows = table("from", *names, "usable from", "to", title="The points, as they are spent", figures=tuple(names))
    zone = UTC if terms is None else terms.zone
    for lot in told.lots[:limit]:
        begin = "an event" if lot.available is None else day_text(local_day(lot.available, zone))
        end = "never" if lot.expires is None or terms is None else until_text(lot.expires, terms)
        figures = [points_text(getattr(lot, f"pts_{name}")) for name in names]
        name = f"order {lot.order_shopid}" if lot.order_shopid else lot.desc.partition(", until ")[0]
        rows.add_row(Text(name), *figures, begin, end)
    if len(told.lots) > limit:
        rest = [points_text(sum(getattr(lot, f"pts_{name}") for lot in told.lots[limit:])) for name in names]
        rows.add_row(f"{points_text(len(told.lots) - limit)} more", *rest, "", "", style="dim")
    return rows


def _requirement(title: str, asked: ExplainedRequirement1, terms: Terms | None) -> Table:
    rows = table("asks for", "has", "of", "", title=title, figures=("has", "of"))
    for one in asked.asks:
        has, wanted = (
            (money_text(one.has, terms), money_text(one.wanted, terms))
            if one.what == "spend"
            else (points_text(one.has), points_text(one.wanted))
        )
        mark = Text("done", style="green") if one.has >= one.wanted else Text("lacking", style="yellow")
        rows.add_row(f"{one.what} {one.event}".strip(), has, wanted, mark)
    if len(asked.asks) > 1:
        rows.caption = "all of it" if asked.every else "any of it"
        rows.caption_justify = "left"
    return rows


def _sums(told: ExplainBalanceResult1) -> Table:
    moved = [bucket.name for bucket in told.buckets if any(bucket.name in one.pts for one in told.sums)]
    rows = table("entries", "", *moved, "rule", title="What all entries moved, by type", figures=("entries", *moved))
    rows.columns[-1].style = "cyan"
    for one in told.sums:
        rows.add_row(
            points_text(one.entries), Text(one.desc), *(_signed(one.pts.get(name, 0)) for name in moved), one.rule
        )
    totals = [Text(points_text(bucket.pts), style="bold") for bucket in told.buckets if bucket.name in moved]
    rows.add_row("", Text("together", style="bold"), *totals, "")
    return rows


def _signed(points: int) -> Text:
    return Text(f"{points:+,}" if points else "", style="red" if points < 0 else "green")


def _entries(told: ExplainBalanceResult1, terms: Terms | None) -> Table:
    left = f"; {points_text(told.entries_left_out)} older ones stand in the sums" if told.entries_left_out else ""
    rows = table("when", "what", "moved", "rule", title=f"The newest entries{left}")
    rows.columns[-1].style = "cyan"
    zone = UTC if terms is None else terms.zone
    for entry in told.entries:
        moved = ", ".join(f"{bucket} {points:+,}" for bucket, points in entry.pts.items())
        words = entry.desc + (f" ({entry.private_note})" if entry.private_note else "")
        rows.add_row(instant_text(entry.time, zone), Text(words), moved, entry.rule)
    return rows


def order(told: ExplainOrderResult1, terms: Terms | None) -> RenderableType:
    """Why an order gave what it gave."""
    parts: list[RenderableType] = [_ruled(told.desc, told.rule)]
    if told.lines:
        parts += [Text(), _lines(told, terms)]
    if told.awards:
        parts += [Text(), _awards(told)]
    zone = UTC if terms is None else terms.zone
    grounds = f"{instant_text(told.time, zone)}, version {told.programme_version}"
    return Panel(
        Group(*parts),
        title=Text.assemble(
            "Why order ", (told.order_id, "bold"), f" ({told.status}) gave {points_text(told.pts)} points"
        ),
        subtitle=Text(grounds + (f", tier {told.tier}" if told.tier else ""), style="dim"),
        title_align="left",
        subtitle_align="right",
        box=box.ROUNDED,
        padding=(1, 2),
        expand=False,
    )


def _lines(told: ExplainOrderResult1, terms: Terms | None) -> Table:
    rows = table("line", "paid", "counts", "times", "points", "why", figures=("paid", "counts", "times", "points"))
    for line in told.lines:
        name = f"{line.id} {line.product}".strip() if line.product else line.id
        rows.add_row(
            Text(name),
            money_text(line.amount_spent, terms),
            money_text(line.eligible, terms),
            _exact(line.factor) if line.earns else "–",
            _exact(line.exact_pts),
            Text(", ".join(one.title for one in line.multipliers) or ("" if line.earns else "left out")),
        )
    rows.add_row("", "", "", "", Text(_exact(told.exact_pts), style="bold"), Text(f"→ {points_text(told.pts_rounded)}"))
    return rows


def _awards(told: ExplainOrderResult1) -> Table:
    rows = table("gives", "points", "why", "rule", figures=("points",))
    rows.columns[-1].style = "cyan"
    for award in told.awards:
        rows.add_row(Text(award.title), Text(points_text(award.pts), style="bold"), Text(award.desc), award.rule)
    return rows


def _exact(ratio: Ratio1) -> str:
    """A decimal where that is exact to six digits, else a fraction."""
    scaled = Fraction(ratio.numerator, ratio.denominator) * 10**6
    if scaled.denominator != 1:
        return f"{ratio.numerator}/{ratio.denominator}"
    units, rest = divmod(scaled.numerator, 10**6)
    return f"{units:,}" + (f".{rest:06d}".rstrip("0") if rest else "")
