"""The commands `leal merge` and `leal erase`: customers who are one person, or are to be forgotten."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import click

from leal.cli.running import operator, with_installation

if TYPE_CHECKING:
    from rich.table import Table

    from leal.engine.commands import Merged
    from leal.installation import Installation


@click.command(short_help="Make several customers one.")
@click.argument("shop")
@click.argument("customers", nargs=-1, required=True)
@click.option("--preview", is_flag=True, help="Show what would come of it; nothing is changed.")
@click.option("--description", default="", help="Words that the customer sees.")
@click.option("--note", default="", help="Words that only staff see.")
def merge(shop: str, customers: tuple[str, ...], preview: bool, description: str, note: str) -> None:
    """Make all CUSTOMERS of SHOP the first of them, by the shop's own ids. It cannot be undone."""
    if len(customers) < 2:
        raise click.UsageError("Name two customers or more; all become the first.")
    from leal.cli.screen import console
    from leal.engine.commands import Key, Merge, Who

    by = operator()
    words = {"description": description, "private_note": note, "actor": by}

    async def work(opened: Installation) -> Merged:
        found = await opened.engine.shop(shop)
        key = uuid.uuid4().bytes + uuid.uuid4().bytes
        named = [Who(shopid=customer) for customer in customers]
        return await opened.engine.merge_customers(found, Merge(named, words, Key(key, key), preview, by))

    merged = with_installation(work)
    console(listing=True).print(_sides(merged))
    if preview:
        click.echo("Nothing was changed. Without --preview it will be.")
    elif len(merged.before) == 1:
        click.echo("They were one already.")
    else:
        click.echo(f"Merged: {', '.join(customers)} all lead to {customers[0]} now.")


def _sides(merged: Merged) -> Table:
    from leal.cli.portraits import name_of
    from leal.cli.screen import table
    from leal.cli.words import points_text
    from leal.values import format_money

    figures = ("available", "pending", "held", "debt", "earned", "redeemed", "expired")
    shown = table("", *figures, "orders", "spend", "tier", figures=(*figures, "orders", "spend"))
    for number, side in enumerate([*merged.before, merged.after]):
        name = "together" if number == len(merged.before) else name_of(side.who)
        points = [points_text(getattr(side, figure)) for figure in figures]
        shown.add_row(name, *points, str(side.orders), format_money(side.spend_micros)[:-4], side.tier or "none")
    return shown


@click.command(short_help="Erase a customer for good.")
@click.argument("shop")
@click.argument("customer")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(shop: str, customer: str, yes: bool) -> None:
    """Erase CUSTOMER of SHOP, by the shop's own id: the points lapse, and nothing tells any more who it was."""
    if not yes:
        click.confirm(f"Erase customer {customer} of shop {shop} for good?", abort=True, err=True)
    from leal.engine.commands import CustomerFacts, PushCustomer, Who
    from leal.errors import InvalidInput

    async def work(opened: Installation) -> int:
        found = await opened.engine.shop(shop)
        who = Who(shopid=customer)
        lapsed = (await opened.engine.balance(found, who)).standing.account
        wish = PushCustomer(CustomerFacts(who, deleted=True), by=operator())
        (pushed,) = await opened.engine.push_customers(found, [wish])
        if pushed.problems:
            raise InvalidInput(pushed.problems)
        return lapsed.available + lapsed.pending + lapsed.held

    points = with_installation(work)
    click.echo(f"Customer {customer} is erased; {points} points lapsed.")
