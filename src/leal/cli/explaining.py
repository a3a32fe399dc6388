"""The command `leal explain`: why a customer has what they have, or why an order gave what it gave."""

from __future__ import annotations

import click

from leal.cli.running import with_installation


@click.command(short_help="Show why a customer has that.")
@click.argument("shop")
@click.argument("customer")
@click.option("--order", "order_id", metavar="ID", help="Why this order gave what it gave, instead.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="The most entries and lots to list."
)
@click.option("--json", "as_json", is_flag=True, help="The document that the API answers.")
def explain(shop: str, customer: str, order_id: str | None, limit: int, as_json: bool) -> None:
    """Show why CUSTOMER of SHOP has what they have: each figure with its rule, the points by their origin and end, what
    the tier asks, and the entries that made it all.
    """
    from leal.api.explaining import ExplainBalanceResult1, explained_balance
    from leal.api.order_explanation import ExplainOrderResult1, explained_order
    from leal.cli import reasons
    from leal.cli.documents import print_json
    from leal.cli.screen import console
    from leal.engine.commands import Who
    from leal.installation import Installation
    from leal.rules.programme.terms import Terms

    Found = tuple[ExplainBalanceResult1 | ExplainOrderResult1, Terms | None]  # noqa: N806  a type

    async def work(opened: Installation) -> Found:
        engine = opened.engine
        one = await engine.shop(shop)
        terms = await engine.terms(one)
        if order_id is not None:
            return explained_order(await engine.explain_order(one, order_id, customer=customer), reasons.ENGLISH), terms
        found = await engine.explain_balance(one, Who(shopid=customer), limit=limit)
        return explained_balance(shop, found, reasons.ENGLISH, for_staff=True), terms

    told, terms = with_installation(work)
    if as_json:
        print_json(told)
    elif isinstance(told, ExplainOrderResult1):
        console().print(reasons.order(told, terms))
    else:
        console().print(reasons.balance(customer, told, terms, limit))
