"""The command `leal rejected`: pushed items that were refused, kept until they are replayed or dropped."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Final

import click

from leal.cli.running import with_installation

if TYPE_CHECKING:
    from leal.engine.commands import Shop
    from leal.engine.engine import Engine
    from leal.engine.rejects import Rejected
    from leal.installation import Installation

REPLAY_ITEMS: Final = 500
"""Items that are pushed again at once."""


@click.group()
def rejected() -> None:
    """List, replay and drop pushed items that were refused."""


@rejected.command("list")
@click.argument("shop")
@click.option("--json", "as_json", is_flag=True, help="One item a line, as it was pushed.")
def rejected_list(shop: str, as_json: bool) -> None:
    """List what SHOP pushed and Leal refused, oldest first, and why."""
    found = with_installation(lambda opened: _kept(opened, shop))
    if as_json:
        for item in found:
            click.echo(item.item)
    elif found:
        _show(found)
    else:
        click.echo(f"Nothing that shop {shop} pushed is refused.")


@rejected.command("replay")
@click.argument("shop")
def rejected_replay(shop: str) -> None:
    """Push what was refused again, oldest first; what is refused again stays, with exit code 1."""
    from leal.cli.words import plural

    async def work(opened: Installation) -> tuple[int, list[Rejected]]:
        engine = opened.engine
        one = await engine.shop(shop)
        before = await engine.rejected(one)
        for kind, run in itertools.groupby(before, key=lambda item: item.kind):
            items = list(run)
            for start in range(0, len(items), REPLAY_ITEMS):
                await _push_again(engine, one, kind, items[start : start + REPLAY_ITEMS])
        known = {item.id for item in before}
        return len(before), [item for item in await engine.rejected(one) if item.id not in known]

    count, still = with_installation(work)
    click.echo(f"{plural(count, 'item')} replayed, {count - len(still):,} taken, {len(still):,} refused again.")
    if still:
        _show(still)
        sys.exit(1)


@rejected.command("drop")
@click.argument("shop")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="Drop them all.")
def rejected_drop(shop: str, ids: tuple[int, ...], everything: bool) -> None:
    """Forget refused items of SHOP, by the numbers that `list` shows."""
    from leal.cli.words import plural

    if bool(ids) == everything:
        raise click.UsageError("Name the items to drop, or say --all.")

    async def work(opened: Installation) -> int:
        one = await opened.engine.shop(shop)
        known = [item.id for item in await opened.engine.rejected(one)]
        dropped = [number for number in known if everything or number in ids]
        await opened.engine.drop_rejected(one, dropped)
        return len(dropped)

    click.echo(f"{plural(with_installation(work), 'item')} dropped.")


async def _kept(opened: Installation, shop: str) -> list[Rejected]:
    return await opened.engine.rejected(await opened.engine.shop(shop))


async def _push_again(engine: Engine, shop: Shop, kind: str, items: list[Rejected]) -> None:
    """Through the same door as the first time, which keeps what it refuses as new items; the old ones then go."""
    import msgspec

    from leal.api.customers import CustomersInput, update_customers
    from leal.api.function import Call
    from leal.api.orders import OrdersInput, update_orders
    from leal.api.products import ProductsInput, update_products
    from leal.tokens import Caller

    raw = [msgspec.Raw(item.item) for item in items]
    if kind == "order":
        await update_orders(Call(engine, shop, Caller("shop"), "UpdateOrders4"), OrdersInput(orders=raw))
    elif kind in ("collection", "product"):
        told = ProductsInput(collections=raw) if kind == "collection" else ProductsInput(products=raw)
        await update_products(Call(engine, shop, Caller("shop"), "UpdateProducts3"), told)
    else:
        await update_customers(Call(engine, shop, Caller("shop"), "UpdateCustomers3"), CustomersInput(customers=raw))
    await engine.drop_rejected(shop, [item.id for item in items])


def _show(items: list[Rejected]) -> None:
    from leal.cli.screen import console, table
    from leal.cli.times import UTC
    from leal.cli.words import instant_text

    rows = table("number", "kind", "received", "why", figures=("number",))
    for item in items:
        why = "\n".join(f"{problem.path}: {problem.message}" for problem in item.problems)
        rows.add_row(str(item.id), item.kind, instant_text(item.received_at, UTC), why)
    console(listing=True).print(rows)
