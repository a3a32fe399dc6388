"""The command `leal content`: links to content blocks for everybody, links made void, and what blocks brought."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leal.cli.complaints import say
from leal.cli.running import operator, with_installation
from leal.cli.shops import zone_of
from leal.cli.times import Duration, read_time
from leal.rules.content.chosen import BLOCKS
from leal.values import MICRO

if TYPE_CHECKING:
    from leal.engine.exposures import Outcome
    from leal.installation import Installation
    from leal.rules.programme.terms import Terms


@click.group()
def content() -> None:
    """Show customers the programme, in e-mails and on pages."""


@content.command("tokens", short_help="Tokens of everybody, for the columns of a mailing list.")
@click.argument("shop")
@click.argument("blocks", nargs=-1, type=click.Choice(BLOCKS))
@click.option("-o", "--output", metavar="FILE", default="-", help="Where to. Default: stdout.")
@click.option("--ttl", type=Duration(), help="How long they are valid, e.g. 90d. Without: until their key is revoked.")
def tokens(shop: str, blocks: tuple[str, ...], output: str, ttl: int | None) -> None:
    """Write the tokens of all customers of SHOP as CSV: the customer's id, and a column for each of the BLOCKS, or all.

    They are those that `leal token content` prints; made again, they are the same for as long as their key is.
    """

    async def work(opened: Installation) -> int:
        import csv

        from leal.cli.signing import key_to_sign_with
        from leal.content.tokens import ContentToken, make_content_token

        found = await opened.engine.shop(shop)
        kid, secret = await key_to_sign_with(opened.engine, found, "content")
        ends_at = None if ttl is None else time.time_ns() // 1000 + ttl * MICRO
        count = 0
        with click.open_file(output, "w", encoding="utf-8") as file:
            sheet = csv.writer(file, lineterminator="\n")
            sheet.writerow(["customer_id", *(column_of(block) for block in blocks or BLOCKS)])
            async for person in opened.engine.link_people(found):
                said = ContentToken(person.customer, person.epoch, ends_at)
                made = [make_content_token(kid, secret, found.slug, block, said) for block in blocks or BLOCKS]
                sheet.writerow([person.customer, *made])
                count += 1
        return count

    from leal.cli.words import plural

    try:
        count = with_installation(work)
    except OSError as fault:
        raise click.BadParameter(f"{output!r} cannot be written: {fault.strerror}", param_hint="--output") from fault
    if output != "-":
        click.echo(f"{plural(count, 'customer')} written to {output}.")


def column_of(block: str) -> str:
    """What the column of a block's tokens is called, as mailing tools take names: `lifecycle_banner`."""
    return block.replace("-", "_")


@content.command("revoke", short_help="Make a customer's links void.")
@click.argument("shop")
@click.argument("customer")
def revoke(shop: str, customer: str) -> None:
    """Make all links to blocks void that CUSTOMER of SHOP was sent, by the shop's own id: they show nothing more.

    New ones may be made. `leal key revoke` makes those of all customers void.
    """

    async def work(opened: Installation) -> None:
        from leal.engine.commands import Who

        found = await opened.engine.shop(shop)
        await opened.engine.revoke_links(found, Who(shopid=customer), by=operator())

    with_installation(work)
    click.echo(f"Links to content blocks of customer {customer} made before now show nothing any more.")


@content.command("report", short_help="What blocks brought, beside the control group.")
@click.argument("shop")
@click.option("--since", metavar="TIME", help="Customers who first met a block then or later. Default: all.")
@click.option(
    "--days", type=click.IntRange(1, 3660), default=30, show_default=True, help="Orders within so many days of that."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How it is written.",
)
def report(shop: str, since: str | None, days: int, form: str) -> None:
    """Show how often the blocks of SHOP were seen and clicked, and whether customers who were shown them ordered more
    than those of the control group, with the 95 % confidence interval of the difference.
    """
    from leal.cli import uplifts

    async def work(opened: Installation) -> tuple[list[Outcome], Terms | None]:
        from leal.cli.counting import Counting

        found = await opened.engine.shop(shop)
        since_at = 0 if since is None else read_time(since, await zone_of(opened, found))
        with Counting("looking at the orders of", shop) as counting:
            outcomes = await opened.engine.outcomes(found, since_at, days, counting.show)
        return outcomes, await opened.engine.terms(found)

    outcomes, terms = with_installation(work)
    if form == "json":
        from leal.cli.documents import print_json

        print_json(uplifts.document(shop, days, since, outcomes, terms))
        return
    from leal.cli.screen import console

    if not outcomes:
        say(f"leal: no block of shop {shop} has been shown yet")
    else:
        console().print(uplifts.portrait(days, outcomes, terms))


@content.command("render", short_help="Every block in every state, as files to look at.")
@click.argument("shop")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to.",
)
@click.option("--language", metavar="LOCALE", help="Such as fr or de-CH. Default: the programme's.")
def render(shop: str, output: Path, language: str | None) -> None:
    """Write every content block of SHOP in every state that its programme has into a folder: as pictures, as HTML for
    e-mails and pages, as JSON; index.html shows them side by side.

    The customers are made up; what they are shown is chosen, worded and drawn as for real ones.
    """

    async def work(opened: Installation) -> tuple[Terms, int]:
        found = await opened.engine.shop(shop)
        terms = await opened.engine.terms(found)
        if terms is None:
            raise click.ClickException(f"Shop {shop} has no programme yet: leal programme apply")
        return terms, time.time_ns() // 1000 + found.clock_offset

    terms, now = with_installation(work)
    from leal.cli.counting import Counting
    from leal.cli.words import plural
    from leal.content import gallery

    try:
        with Counting("drawing the blocks of", shop) as counting:
            count = 0
            for count, total in gallery.render(terms, language, now, output):
                counting.show(count, total)
    except OSError as fault:
        raise click.BadParameter(
            f"{str(output)!r} cannot be written: {fault.strerror}", param_hint="--output"
        ) from fault
    click.echo(f"{plural(count, 'state')} written; look at {output / 'index.html'}.")
