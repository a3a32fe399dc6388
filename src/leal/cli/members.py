"""The commands `leal balance` and `leal history`: what a member has and how it came about."""

from __future__ import annotations

import click

from leal.cli.running import with_installation
from leal.cli.shops import zone_of
from leal.cli.times import read_time


@click.command(short_help="Show what a customer has.")
@click.argument("shop")
@click.argument("customer")
@click.option("--json", "as_json", is_flag=True, help="The document that the API answers, CustomerBalanceResult3.")
@click.option("--full", is_flag=True, help="With the whole programme.")
@click.option("--rewards", is_flag=True, help="With the codes that are not used yet.")
@click.option("--at", "moment", metavar="TIME", help="At another moment, past or to come, e.g. 2027-01-01.")
def balance(shop: str, customer: str, as_json: bool, full: bool, rewards: bool, moment: str | None) -> None:
    """Show what CUSTOMER of SHOP has, by the shop's own id of the customer.

    With --at: what the customer would have been shown then; of a moment to come, if nothing more happens.
    """
    from leal.engine.commands import Balance, Who
    from leal.installation import Installation

    async def work(opened: Installation) -> Balance:
        engine = opened.engine
        found = await engine.shop(shop)
        at = None if moment is None else read_time(moment, await zone_of(opened, found))
        return await engine.balance(found, Who(shopid=customer), full=full, unused=rewards, at=at)

    found = with_installation(work)
    if as_json:
        from leal.api.balance import balance_result
        from leal.cli.documents import print_json

        print_json(balance_result(shop, found, full=full, unused=rewards))
        return
    from leal.cli import portraits
    from leal.cli.screen import console

    console().print(portraits.member(customer, found))
    if full and found.standing.terms is not None:
        console().print(portraits.programme(found.standing.terms, found.now))


@click.command(short_help="Show what happened to a customer.")
@click.argument("shop")
@click.argument("customer")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="The most lines to show.")
@click.option("--points", is_flag=True, help="Only what moved points.")
def history(shop: str, customer: str, limit: int, points: bool) -> None:
    """Show what happened to CUSTOMER of SHOP, newest first."""
    from leal.cli import portraits
    from leal.cli.screen import console
    from leal.engine.commands import History, Who
    from leal.installation import Installation
    from leal.rules.programme.terms import Terms

    async def work(opened: Installation) -> tuple[History, Terms | None]:
        engine = opened.engine
        found = await engine.shop(shop)
        changes = await engine.history(found, Who(shopid=customer), only_points=points, limit=limit)
        return changes, (await engine.logged_out(found)).standing.terms

    changes, terms = with_installation(work)
    if changes.changes:
        console(listing=True).print(portraits.history(changes.changes, terms))
    else:
        click.echo(f"Nothing has happened to customer {customer} yet.")
