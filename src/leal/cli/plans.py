"""What a plan looks like: as tables on a terminal, and as a document for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from leal.cli.screen import table
from leal.cli.words import instant_text, money_text, plural, points_text
from leal.engine.plans import Plan
from leal.rules.forecast import TierMove
from leal.rules.programme.differences import FieldChange
from leal.rules.programme.terms import Terms

BUCKETS = ("available", "pending", "held", "debt", "earned", "redeemed", "expired")


def portrait(plan: Plan, source: str) -> RenderableType:
    """The plan of a file for a person: what is written otherwise, who would move, what it would come to."""
    terms, forecast = plan.after, plan.forecast
    parts: list[RenderableType] = [fields(plan.fields)] if plan.version else [Text("This is the first version.")]
    if plan.version and not plan.fields:
        parts = [Text(f"It says what version {plan.version} says: nothing would change.")]
    parts += [Text(), *_moves(plan), Text(), figures(plan), Text(), Text(_lots(plan))]
    looked = f"{plural(forecast.accounts, 'member')} looked at, as of {instant_text(plan.at, terms.zone)}"
    title = Text.assemble((terms.programme.title, "bold"), f": what version {plan.version + 1} would change")
    panel = Panel(
        Group(*parts),
        title=title,
        title_align="left",
        subtitle=Text(looked, style="dim"),
        subtitle_align="right",
        box=box.ROUNDED,
        padding=(1, 2),
        expand=False,
    )
    if plan.version and not plan.fields:
        return panel
    command = f"leal programme apply {source} --plan {plan.hash}"
    return Group(panel, Text.assemble("Nothing is changed yet. To apply it: ", (command, "bold")))


def fields(changes: list[FieldChange]) -> Table:
    """What is written otherwise."""
    rows = table("field", "before", "after")
    for change in changes:
        rows.add_row(
            Text(change.path),
            Text(_value(change.before), style="red" if change.after is None else ""),
            Text(_value(change.after), style="green" if change.before is None else ""),
        )
    return rows


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(part)}" for key, part in value.items() if part not in (None, [], {}, ""))
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "none"
    return value if isinstance(value, str) else json.dumps(value)


def _moves(plan: Plan) -> Iterator[RenderableType]:
    """Who would move, at once and at the next deadline."""
    forecast = plan.forecast
    if forecast.tiers:
        yield _moving(plan, forecast.tiers, "In another tier at once", ("from", "to"))
    else:
        yield Text("Nobody is in another tier at once.")
    if forecast.at_deadline:
        yield Text()
        title = "In another tier after their next deadline, were it now"
        yield _moving(plan, forecast.at_deadline, title, ("without it", "with it"))


def _moving(plan: Plan, moves: list[TierMove], title: str, heads: tuple[str, str]) -> Table:
    rows = table(*heads, "members", "such as", title=title, figures=("members",))
    for move in sorted(moves, key=lambda move: -move.members):
        before, after = _tier(plan.before, move.before), _tier(plan.after, move.after)
        sample = ", ".join(move.sample) + (" …" if move.members > len(move.sample) else "")
        rows.add_row(
            Text(before, style="magenta"), Text(after, style="magenta"), points_text(move.members), Text(sample)
        )
    return rows


def _tier(terms: Terms | None, slug: str | None) -> str:
    """A tier's name; a ladder that has lost it is told by its slug."""
    tier = None if terms is None else terms.tier(slug)
    return tier.name if tier is not None else slug or "no tier"


def figures(plan: Plan) -> Table:
    """Points and money, before and after."""
    before, after = plan.forecast.before, plan.forecast.after
    rows = table("all members", "before", "after", "change", figures=("before", "after", "change"))
    rows.add_row(
        "members", points_text(before.members), points_text(after.members), _more(before.members, after.members)
    )
    for bucket in BUCKETS:
        was, is_ = getattr(before, bucket), getattr(after, bucket)
        if was or is_:
            rows.add_row(f"{bucket} points", points_text(was), points_text(is_), _more(was, is_))
    for name in ("available", "pending"):
        was, is_ = getattr(before, f"{name}_value"), getattr(after, f"{name}_value")
        if was or is_:
            change = _more(was or 0, is_ or 0, plan.after)
            rows.add_row(f"worth of {name}", money_text(was, plan.before), money_text(is_, plan.after), change)
    return rows


def _more(before: int, after: int, terms: Terms | None = None) -> Text:
    if before == after:
        return Text("–", style="dim")
    difference = after - before
    text = f"{difference:+,}" if terms is None else ("+" if difference > 0 else "") + money_text(difference, terms)
    return Text(text, style="bold")


def _lots(plan: Plan) -> str:
    lots = plan.forecast.lots
    if not lots.lots:
        return "No points mature or lapse at another time."
    sooner = f"{plural(lots.sooner, 'point')} sooner" if lots.sooner else "none sooner"
    of = f"{plural(lots.points, 'point')} of {plural(lots.members, 'member')}"
    return f"{of} would mature or lapse at another time, {sooner}."
