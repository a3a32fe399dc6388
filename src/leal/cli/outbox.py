"""The command `leal outbox`: what members are to be told and the shop is to do, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from leal.cli.running import operator, with_installation

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from leal.engine.outbox import Waiting
    from leal.engine.verb import Outcome
    from leal.installation import Installation


@click.group()
def outbox() -> None:
    """Look at what waits to be done outside: notices, codes to be made, rewards to be handed out."""


@outbox.command("list")
@click.argument("shop")
@click.option("--json", "as_json", is_flag=True, help="One a line.")
def outbox_list(shop: str, as_json: bool) -> None:
    """List what waits in SHOP, oldest first."""
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
            } | ({"words": one.words} if one.words else {})
            click.echo(msgspec.json.encode(told).decode())
    elif found:
        _show(found, zone)
    else:
        click.echo(f"Nothing waits in the outbox of shop {shop}.")


@outbox.command("done")
@click.argument("shop")
@click.argument("numbers", nargs=-1, required=True, type=int)
def outbox_done(shop: str, numbers: tuple[int, ...]) -> None:
    """Say that what waits under NUMBERS in SHOP is done: told, made, handed out."""
    _close(shop, numbers, "done")


@outbox.command("fail")
@click.argument("shop")
@click.argument("numbers", nargs=-1, required=True, type=int)
def outbox_fail(shop: str, numbers: tuple[int, ...]) -> None:
    """Say that what waits under NUMBERS in SHOP cannot be done; a code or reward is void then, its points come back."""
    _close(shop, numbers, "failed")


def _close(shop: str, numbers: tuple[int, ...], outcome: Outcome) -> None:
    """One after the other: the first that fails ends it, and those before it are closed."""
    from leal.cli.words import plural

    async def work(opened: Installation) -> list[int]:
        engine = opened.engine
        one = await engine.shop(shop)
        return [await engine.close_errand(one, number, outcome, by=operator()) for number in numbers]

    for number, points in zip(numbers, with_installation(work), strict=True):
        back = f", {plural(points, 'point')} came back" if points else ""
        click.echo(f"{number}: {outcome}{back}.")


def _show(found: list[Waiting], zone: ZoneInfo) -> None:
    from leal.cli.screen import console, table
    from leal.cli.words import instant_text
    from leal.values import format_id

    rows = table("number", "customer", "kind", "due", "what", figures=("number",))
    for one in found:
        rows.add_row(
            str(one.id), one.shopid or format_id(one.account), one.kind, instant_text(one.due_at, zone), _what(one)
        )
    console(listing=True).print(rows)


def _what(one: Waiting) -> str:
    """`120 points worth 1.20, last day 2026-05-31`; `gold until 2026-12-31, lacks spend 12.00`."""
    from leal.cli.words import plural

    told = one.payload
    if one.kind == "deliver_custom_reward":
        return f"{told['reward_title']} ({told['reward_identifier']})"
    if one.kind == "create_discount":
        return f"{told['code']}, {_gives(told)}"
    if one.kind == "remove_discount":
        return f"{told['code']}, {_gives(told)}: it is void"
    if one.kind == "points_expiring":
        worth = "" if told["value"] is None else f" worth {_money(told['value'])}"
        return f"{plural(told['points'], 'point')}{worth}, last day {told['last_day']}"
    lacking = told["lacking"]
    parts = [f"spend {_money(lacking['spend'])}"] if "spend" in lacking else []
    parts += [plural(lacking[name], name[:-1]) for name in ("points", "orders") if name in lacking]
    joined = (" and " if lacking["mode"] == "all" else " or ").join(parts)
    return f"{told['tier']} until {told['last_day']}, lacks {joined}, then {told['falls_to'] or 'no tier'}"


def _gives(told: dict[str, Any]) -> str:
    """`5.00 off`; `10 percent off`; `one of candle-100`."""
    if "product_ids" in told:
        return f"one of {', '.join(told['product_ids'])}"
    if "percentage" in told:
        return f"{told['percentage'] / 100:g} percent off"
    return "free shipping" if told.get("extras") else f"{_money(told['amount'])} off"


def _money(text: str) -> str:
    """Without the fraction digits that say nothing."""
    units, _, fraction = text.partition(".")
    return f"{units}.{fraction.rstrip('0').ljust(2, '0')}"
