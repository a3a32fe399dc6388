"""The command `leal liability`: what a shop owes its members in points and money, for its books."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leal.cli.complaints import say
from leal.cli.running import with_installation
from leal.cli.shops import zone_of
from leal.cli.times import read_time


@click.command(short_help="Points outstanding and what they are worth.")
@click.argument("shop")
@click.option("--at", "moment", metavar="TIME", help="As of then, e.g. 2027-01-01 for the end of 2026. Default: now.")
@click.option("--from", "since", metavar="TIME", help="Where the period of movements begins. Default: the beginning.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How it is written.",
)
@click.option("--chart", metavar="FILE", help="Write a picture as well, as SVG.")
def liability(shop: str, moment: str | None, since: str | None, form: str, chart: str | None) -> None:
    """Show the points of all members of SHOP, what they are worth, how old they are, when they end, and how many of
    them will lapse unspent.

    What moved them within a period is told with it, and reconciled with the ledger: exit code 1 if it does not add up.
    """
    from leal.cli import balance_sheets
    from leal.engine.liability import Liability
    from leal.installation import Installation

    async def work(opened: Installation) -> Liability:
        from leal.cli.counting import Counting

        one = await opened.engine.shop(shop)
        zone = await zone_of(opened, one)
        at = None if moment is None else read_time(moment, zone)
        from_at = None if since is None else read_time(since, zone)
        with Counting("reckoning", shop) as counting:
            return await opened.engine.liability(one, from_at, at, counting.show)

    found = with_installation(work)
    if form == "json":
        from leal.cli.documents import print_json

        print_json(balance_sheets.document(found))
    elif form == "csv":
        click.echo(balance_sheets.lines(found), nl=False)
    else:
        from leal.cli.screen import console

        console().print(balance_sheets.portrait(found))
    if chart is not None:
        from leal.cli.heaps import picture

        try:
            Path(chart).write_text(picture(found), encoding="utf-8")
        except OSError as fault:
            raise click.BadParameter(f"{chart!r} cannot be written: {fault.strerror}", param_hint="--chart") from fault
        say(f"leal: the picture is in {chart}")
    for sentence in found.faults:
        say(f"leal: {sentence}")
    if found.faults:
        say("leal: the figures do not add up; `leal verify` looks closer")
        sys.exit(1)
