"""The commands that look after an installation: serve, upkeep, migrate, verify, database-url, demo."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from leal.cli.complaints import complain, say
from leal.cli.running import load_settings, with_installation
from leal.server.scoreboard import scoreboard

if TYPE_CHECKING:
    from leal.installation import Installation

PORT = click.IntRange(1, 65_535)
WORKERS = click.IntRange(1, 256)


@click.command()
@click.option("--port", type=PORT, help="The port to listen on. Default: LEAL_PORT, else 8080.")
@click.option("--host", help="The address to listen on. Default: LEAL_HOST, else 127.0.0.1.")
@click.option("--workers", type=WORKERS, help="How many processes answer calls. Default: LEAL_WORKERS, else 1.")
def serve(port: int | None, host: str | None, workers: int | None) -> None:
    """Serve the API until Ctrl-C."""
    settings = load_settings()
    with scoreboard():
        from leal.server.processes import serve as serve_until_stopped

        def ready() -> None:
            at = f"http://{host or settings.host}:{port or settings.port}"
            say(f"leal: serving on {at} until Ctrl-C; see /docs there")

        serve_until_stopped(settings, host=host, port=port, workers=workers, ready=ready)


@click.command(short_help="An example shop of real purchases.")
@click.option("--no-serve", is_flag=True, help="End after the tables, without serving.")
def demo(no_serve: bool) -> None:
    """Make an example shop from 69,659 real purchases, show it, and serve it until Ctrl-C."""
    settings = load_settings()
    with scoreboard():
        from leal.demo import run

        run(settings, serving=not no_serve)


@click.command()
def migrate() -> None:
    """Bring the database's schema to this release."""
    from leal.installation import database
    from leal.store.migrate import migrate as apply

    async def work() -> list[str]:
        async with database(load_settings(), say=say) as urls:
            return await apply(urls.owner)

    applied = asyncio.run(work())
    for name in applied:
        click.echo(f"applied {name}")
    if not applied:
        click.echo("The schema is that of this release; nothing to do.")


@click.command("database-url", short_help="Print where psql can look.")
@click.option("--owner", is_flag=True, help="The embedded server's superuser, past row-level security.")
def database_url(owner: bool) -> None:
    """Print where psql can look: psql "$(leal database-url --owner)"."""
    from leal.installation import database

    settings = load_settings()

    async def work() -> str:
        async with database(settings, say=say) as urls:
            if urls.embedded:
                from leal.cli.lingering import LINGER_SECONDS, linger

                linger(settings.home)
                say(f"leal: the server stays for {LINGER_SECONDS // 60} minutes, and while a psql is connected")
            return (urls.admin or urls.owner) if owner else urls.app

    click.echo(asyncio.run(work()))


@click.command("upkeep", short_help="Store what fell due.")
@click.argument("shop", required=False)
def keep_up(shop: str | None) -> None:
    """Store what fell due in SHOP, or in all shops, as `leal serve` does every few seconds.

    Answers of idempotency keys are forgotten after 30 days, refused items after 90.

    It changes no balance and may run as often as wanted, also beside a server. Exit code 1 names members who could not
    be settled; everybody else was.
    """
    import time

    from leal.cli.screen import console, table
    from leal.engine.upkeep import NotSettled

    async def work(opened: Installation) -> bool:
        engine = opened.engine
        shops = await engine.shops() if shop is None else [await engine.shop(shop)]
        figures = ("members settled", "notices made", "seconds")
        rows = table("shop", *figures, figures=figures)
        faults = []
        for one in shops:
            began = time.monotonic()
            try:
                kept = await engine.keep_up(one)
            except NotSettled as failure:
                kept = failure.kept
                faults.append((one.slug, failure))
            await engine.forget_old(one)
            rows.add_row(one.slug, f"{kept.settled:,}", f"{kept.notices:,}", f"{time.monotonic() - began:.2f}")
        if shops:
            console(listing=True).print(rows)
        else:
            click.echo("There are no shops, and so nothing is due.")
        for slug, fault in faults:
            complain(fault, source=slug)
        return not faults

    if not with_installation(work):
        sys.exit(1)


@click.command(short_help="Recompute accounts from their entries.")
@click.argument("shop", required=False)
def verify(shop: str | None) -> None:
    """Recompute every account of SHOP, or of all shops, from its entries; exit code 1 names those that differ."""
    from leal.cli.counting import Counting
    from leal.cli.screen import console, table
    from leal.cli.words import plural
    from leal.values import format_id

    async def work(opened: Installation) -> bool:
        engine, whole = opened.engine, True
        shops = await engine.shops() if shop is None else [await engine.shop(shop)]
        for one in shops:
            with Counting("verifying", one.slug) as counting:
                found = await engine.verify(one, counting.show)
            looked_at = (
                f"{plural(found.accounts, 'account')} recomputed from {plural(found.entries, 'entry', 'entries')}"
            )
            if not found.faults:
                click.echo(f"{one.slug}: {looked_at}, everything agrees.")
                continue
            whole = False
            click.echo(f"{one.slug}: {looked_at}, {plural(len(found.faults), 'fault')}:")
            rows = table("account", "customer", "what is wrong")
            for fault in found.faults:
                rows.add_row(format_id(fault.account), fault.shopid or "–", fault.sentence)
            console(listing=True).print(rows)
        if not shops:
            click.echo("There are no shops, and so nothing to verify.")
        return whole

    if not with_installation(work):
        sys.exit(1)
