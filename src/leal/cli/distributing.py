"""The command that spreads an installation over several servers: distribute."""

from __future__ import annotations

import asyncio

import click

from leal.cli.complaints import say
from leal.cli.running import load_settings

NOTE = """\
-- Spreads Leal's tables over the servers of a Citus cluster. From then on shops are kept apart by what each statement
-- says alone: row-level security cannot see on the other servers whose call it is, and is switched off."""


@click.command(short_help="Spread the tables over the servers of a Citus cluster.")
@click.option("--apply", "is_applied", is_flag=True, help="Run the statements, instead of printing them.")
@click.option("--shards", type=click.IntRange(1, 1024), default=32, show_default=True, help="How many parts.")
def distribute(is_applied: bool, shards: int) -> None:
    """Print, or with --apply run, the statements that spread the tables over a Citus cluster.

    Tables of members are spread by bucket, all rows of a member together; tables of shops get a copy on each server.
    What is placed already stays, so it can be run again: after a failure, and after each `leal migrate`.
    """
    from leal.installation import database, ready_schema
    from leal.store.distribution import Step, plan
    from leal.store.distribution import distribute as apply

    def tell(step: Step) -> None:
        click.echo(f"{step.statement};")

    async def work() -> None:
        async with database(load_settings(), say=say) as urls:
            await ready_schema(urls)
            found = await plan(urls.owner, shards)
            if not found.steps and not found.hindrances:
                click.echo(f"All {found.placed} tables are distributed; nothing to do.")
            elif is_applied:
                await apply(urls.owner, shards, tell)
            else:
                click.echo(NOTE)
                about = ""
                for step in found.steps:
                    if step.about != about:
                        click.echo(f"\n-- {step.about}")
                        about = step.about
                    tell(step)
                for what, remedy in found.hindrances:
                    say(f"leal: before --apply: {what} {remedy}")

    asyncio.run(work())
