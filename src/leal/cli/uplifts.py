"""What content blocks brought, as a table for people and a document for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table

from leal.cli.screen import table
from leal.cli.words import money_text
from leal.engine.exposures import Outcome
from leal.rules.programme.terms import Terms
from leal.rules.uplift import Group, Uplift, rate
from leal.values import format_money


def portrait(days: int, outcomes: list[Outcome], terms: Terms | None) -> RenderableType:
    """How often each block was seen, and what came of it."""
    parts: list[RenderableType] = [_seen(outcomes), "", _compared(days, outcomes, terms)]
    compared = [found for outcome in outcomes if (found := outcome.uplift) is not None]
    if not compared:
        parts.append("Without a control group nothing can be said of an effect: set content.control_percent.")
    else:
        parts.append("Interval: 95 %. One that holds 0 may be chance alone.")
    if not all(found.is_fair for found in compared):
        parts.append("[bold]Groups marked ! have sizes that chance does not explain: do not trust their comparison.[/]")
    return Lines(*parts)


def _seen(outcomes: list[Outcome]) -> Table:
    figures = ("control", "shown", "clicks", "per shown", "customers", "who clicked")
    shown = table("block", *figures, figures=figures)
    for one in outcomes:
        shown.add_row(
            one.block,
            f"{one.share} %",
            f"{one.impressions:,}",
            f"{one.clicks:,}",
            _percent(rate(one.clicks, one.impressions)),
            f"{one.shown.people:,}",
            _percent(rate(one.clickers, one.shown.people)),
        )
    return shown


def _compared(days: int, outcomes: list[Outcome], terms: Terms | None) -> Table:
    figures = ("shown", "control", "ordered", "control ordered", "uplift", "95 %", "spent each", "uplift each")
    made = table("block", *figures, title=f"Orders within {days} days", figures=figures)
    for one in outcomes:
        found = one.uplift
        unfair = "" if found is None or found.is_fair else " !"
        made.add_row(
            one.block,
            f"{one.shown.people:,}",
            f"{one.control.people:,}{unfair}",
            _percent(rate(one.shown.buyers, one.shown.people)),
            _percent(rate(one.control.buyers, one.control.people)) if one.control.people else "–",
            "–" if found is None else f"{_points(found.rate.estimate)} pt",
            "–" if found is None else f"{_points(found.rate.low)} … {_points(found.rate.high)}",
            money_text(_mean_micros(one.shown), terms),
            "–" if found is None else money_text(int(found.micros.estimate), terms),
        )
    return made


def document(shop: str, days: int, since: str | None, outcomes: list[Outcome], terms: Terms | None) -> dict[str, Any]:
    """The same for programs; rates are shares of 1 as texts, so that no digit is lost."""
    return {
        "shop": shop,
        "days": days,
        "since": since,
        "currency": None if terms is None else terms.programme.currency,
        "blocks": [
            {
                "block": one.block,
                "control_percent": one.share,
                "impressions": one.impressions,
                "clicks": one.clicks,
                "withheld": one.withheld,
                "customers_who_clicked": one.clickers,
                "shown": _group(one.shown),
                "control": _group(one.control),
                "uplift": None if (found := one.uplift) is None else _uplift(found),
            }
            for one in outcomes
        ],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "customers": group.people,
        "ordered": group.buyers,
        "rate": _share(rate(group.buyers, group.people)),
        "spent": format_money(group.spent_micros),
        "spent_each": format_money(_mean_micros(group)),
    }


def _uplift(found: Uplift) -> dict[str, Any]:
    return {
        "rate": {
            "estimate": _share(found.rate.estimate),
            "low": _share(found.rate.low),
            "high": _share(found.rate.high),
            "is_certain": found.rate.is_certain,
        },
        "spent_each": {
            "estimate": format_money(int(found.micros.estimate)),
            "low": format_money(int(found.micros.low)),
            "high": format_money(int(found.micros.high)),
            "is_certain": found.micros.is_certain,
        },
        "groups_are_fair": found.is_fair,
    }


def _mean_micros(group: Group) -> int:
    return int(rate(group.spent_micros, group.people))


def _share(share: Decimal) -> str:
    return str(share.quantize(Decimal("0.000001")))


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f} %"


def _points(share: Decimal) -> str:
    """Percentage points, with their sign."""
    return f"{share * 100:+.2f}"
