"""The command `leal outbox`: what members are to be told, and nobody has delivered yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leal.cli.running import with_installation

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from leal.engine.outbox import Waiting
    from leal.installation import Installation


@click.group()
def outbox() -> None:
    """Look at the notices that wait for delivery."""


@outbox.command("list")
@click.argument("shop")
@click.option("--json", "as_json", is_flag=True, help="One notice a line.")
def outbox_list(shop: str, as_json: bool) -> None:
    """List what members of SHOP are to be told, oldest first."""
    import msgspec

    from leal.cli.times import UTC
    from leal.values import format_id, format_instant

    async def work(opened: Installation) -> tuple[list[Waiting], ZoneInfo]:
        engine = opened.engine
        one = await engine.shop(shop)
        terms = await engine.terms(one)
        found: list[Waiting] = []
        while page := await engine.outbox(one, found[-1].id if found else 0):
            found += page
        return found, UTC if terms is None else terms.zone

    found, zone = with_installation(work)
    if as_json:
        for one in found:
            told = {
                "id": one.id,
                "customer": {"bhid": format_id(one.account), "shopid": one.shopid},
                "kind": one.kind,
                "due_at": format_instant(one.due_at),
                **one.payload,
            }
            click.echo(msgspec.json.encode(told).decode())
    elif found:
        _show(found, zone)
    else:
        click.echo(f"Nothing waits in the outbox of shop {shop}.")


def _show(found: list[Waiting], zone: ZoneInfo) -> None:
    from leal.cli.screen import console, table
    from leal.cli.words import instant_text
    from leal.values import format_id

    rows = table("number", "customer", "notice", "due", "what", figures=("number",))
    for one in found:
        rows.add_row(
            str(one.id), one.shopid or format_id(one.account), one.kind, instant_text(one.due_at, zone), _what(one)
        )
    console(listing=True).print(rows)


def _what(one: Waiting) -> str:
    """`120 points worth 1.20, last day 2026-05-31`; `gold until 2026-12-31, lacks spend 12.00`."""
    from leal.cli.words import plural

    told = one.payload
    if one.kind == "points_expiring":
        worth = "" if told["value"] is None else f" worth {_money(told['value'])}"
        return f"{plural(told['points'], 'point')}{worth}, last day {told['last_day']}"
    lacking = told["lacking"]
    parts = [f"spend {_money(lacking['spend'])}"] if "spend" in lacking else []
    parts += [plural(lacking[name], name[:-1]) for name in ("points", "orders") if name in lacking]
    joined = (" and " if lacking["mode"] == "all" else " or ").join(parts)
    return f"{told['tier']} until {told['last_day']}, lacks {joined}, then {told['falls_to'] or 'no tier'}"


def _money(text: str) -> str:
    """Without the fraction digits that say nothing."""
    units, _, fraction = text.partition(".")
    return f"{units}.{fraction.rstrip('0').ljust(2, '0')}"
