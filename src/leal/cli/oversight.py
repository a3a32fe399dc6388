"""The commands `leal audit` and `leal approval`: what was done, and what waits for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leal.cli.running import operator, with_shop

if TYPE_CHECKING:
    from leal.engine.approvals import Approval, Decision
    from leal.engine.audit import Noted


@click.command("audit")
@click.argument("shop")
@click.option("--action", help="Only these, e.g. programme.published.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="A document for other programs.")
def audit(shop: str, action: str | None, limit: int, as_json: bool) -> None:
    """List what staff and operators did in SHOP: who, what, before, after, why."""
    from leal.cli.screen import console, table
    from leal.cli.times import UTC
    from leal.cli.words import instant_text
    from leal.values import format_id

    found = with_shop(shop, lambda engine, one: engine.audit(one, action=action, limit=limit))
    if as_json:
        from leal.api.oversight import audit_result
        from leal.cli.documents import print_json

        print_json(audit_result(found))
        return
    if not found:
        click.echo(f"Nothing is noted in shop {shop}.")
        return
    rows = table("time", "who", "what", "of", "change", "why")
    for one in found:
        act = one.act
        of = act.subject if act.account is None else f"{format_id(act.account)} {act.subject}".strip()
        rows.add_row(instant_text(one.recorded_at, UTC), act.actor, act.action, of, _change(one), act.reason)
    console(listing=True).print(rows)


def _change(one: Noted) -> str:
    """`available 10 → 60, earned 10 → 60`: what differs."""
    before, after = one.act.before, one.act.after
    names = [name for name in after if before.get(name) != after[name]]
    return ", ".join(f"{name} {_value(before[name])} → {_value(after[name])}" if name in before
                     else f"{name} {_value(after[name])}" for name in names)  # fmt: skip


def _value(value: object) -> str:
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


@click.group()
def approval() -> None:
    """Show, approve and decline what waits for a second person."""


@approval.command("list")
@click.argument("shop")
@click.option("--all", "everything", is_flag=True, help="Also what was decided.")
@click.option("--json", "as_json", is_flag=True, help="A document for other programs.")
def approval_list(shop: str, everything: bool, as_json: bool) -> None:
    """List what waits in SHOP for a second person."""
    from leal.cli.screen import console, table
    from leal.cli.times import UTC
    from leal.cli.words import instant_text

    found = with_shop(shop, lambda engine, one: engine.approvals(one, waiting=not everything))
    if as_json:
        from leal.api.oversight import approvals_result
        from leal.cli.documents import print_json

        print_json(approvals_result(found))
        return
    if not found:
        click.echo(f"Nothing waits in shop {shop} for a second person.")
        return
    rows = table("number", "what", "asked by", "at", "state", figures=("number",))
    for one in found:
        state = "waits" if one.decision is None else f"{one.outcome or one.decision} by {one.decided_by}"
        rows.add_row(str(one.id), _wish(one), one.requested_by, instant_text(one.requested_at, UTC), state)
    console(listing=True).print(rows)


def _wish(one: Approval) -> str:
    from leal.cli.words import plural
    from leal.values import format_id

    if one.kind == "programme":
        return f"publish a programme that shortens lives (plan {one.told['plan']}) {one.told['note']}".strip()
    actions = ", ".join(f"{part['action']} {part['points']:,}" for part in one.told["adjustments"])
    return f"{actions} for {format_id(one.account or 0)}: {plural(one.told['points'], 'point')}"


@approval.command("approve")
@click.argument("shop")
@click.argument("number", type=click.IntRange(1))
def approval_approve(shop: str, number: int) -> None:
    """Approve what somebody else asked for in SHOP; it is done at once."""
    _decide(shop, number, "approved")
    click.echo(f"Approval {number} of shop {shop} is done.")


@approval.command("decline")
@click.argument("shop")
@click.argument("number", type=click.IntRange(1))
def approval_decline(shop: str, number: int) -> None:
    """Decline what somebody asked for in SHOP."""
    _decide(shop, number, "declined")
    click.echo(f"Approval {number} of shop {shop} is declined.")


def _decide(shop: str, number: int, decision: Decision) -> None:
    with_shop(shop, lambda engine, one: engine.decide(one, number, decision, by=operator()))
