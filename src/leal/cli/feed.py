"""The commands `leal feed`: what marketing tools are told of members."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from leal.cli.running import with_installation

if TYPE_CHECKING:
    from leal.datasource.files import FileForm


@click.group()
def feed() -> None:
    """Look at what marketing tools are told of members."""


@feed.command("preview")
@click.argument("shop")
@click.argument("customer")
@click.option("--mapping", metavar="M", help="As this mapping writes it. Without: the record as it is.")
@click.option(
    "--extensions", metavar="FIELDS", default="", help="With further fields, e.g. points_value,currency; all."
)
def preview(shop: str, customer: str, mapping: str | None, extensions: str) -> None:
    """Print the record of CUSTOMER of SHOP as a lookup answers it; CUSTOMER is the id that the record goes under."""
    import msgspec

    from leal.datasource.views import encode, read_extensions, view_of
    from leal.engine.commands import UnknownCustomer
    from leal.installation import Installation
    from leal.rules.programme.shipped_mappings import RECORD

    view = view_of(mapping or RECORD, read_extensions(extensions))

    async def work(opened: Installation) -> bytes:
        found = await opened.engine.mapped_records(await opened.engine.shop(shop), [customer], view)
        if customer not in found:
            raise UnknownCustomer
        return encode(found[customer])

    click.echo(msgspec.json.format(with_installation(work), indent=2).decode())


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Where records are written to, and how."""
    for option in (
        click.option("--extensions", metavar="FIELDS", default="", help="With further fields; all."),
        click.option("--mapping", metavar="M", help="As this mapping writes them."),
        click.option(
            "--format", "form", type=click.Choice(["ndjson", "json", "csv", "parquet"]),
            help="In place of the name's ending.",
        ),
        click.option(
            "-o", "--output", metavar="FILE", default="-",
            help="Where to; into a folder under a name of its own, with a manifest. Default: stdout.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@feed.command("snapshot")
@click.argument("shop")
@_options
def snapshot(shop: str, output: str, form: FileForm | None, mapping: str | None, extensions: str) -> None:
    """Write the records of all members of SHOP, as they are at this moment."""
    _write(shop, None, output, form, mapping, extensions)


@feed.command("changes")
@click.argument("shop")
@click.option("--since", metavar="CURSOR", required=True, help="What a snapshot, or the last changes, ended with.")
@_options
def changes(shop: str, since: str, output: str, form: FileForm | None, mapping: str | None, extensions: str) -> None:
    """Write the records of SHOP that changed since a cursor, and the ids that have none any more."""
    _write(shop, since, output, form, mapping, extensions)


def _write(
    shop: str, since: str | None, output: str, form: FileForm | None, mapping: str | None, extensions: str
) -> None:
    from leal.cli.complaints import say
    from leal.cli.counting import Counting
    from leal.cli.words import plural
    from leal.datasource.files import Manifest, write_feed
    from leal.datasource.views import read_extensions, view_of
    from leal.installation import Installation
    from leal.rules.programme.shipped_mappings import RECORD

    view = view_of(mapping or RECORD, read_extensions(extensions))

    async def work(opened: Installation) -> Manifest:
        one = await opened.engine.shop(shop)
        with Counting("writing records of", shop) as counting:
            return await write_feed(
                opened.engine, one, output, since=since, form=form, view=view, progress=counting.show
            )

    done = with_installation(work)
    if output == "-":
        say(f"leal: cursor {done.cursor}")
        return
    click.echo(f"{plural(done.records, 'record')} of {done.at} written to {done.file}.")
    click.echo(f"cursor {done.cursor}")


@feed.command("mappings")
@click.argument("mapping", required=False)
def mappings(mapping: str | None) -> None:
    """List the mappings that every shop has, or print MAPPING for a programme document, to be changed there."""
    from leal.rules.mapped import UnknownMapping
    from leal.rules.programme.reading import print_part
    from leal.rules.programme.shipped_mappings import SHIPPED

    if mapping is None:
        from leal.cli.screen import console, table

        rows = table("mapping", "fields", "what it is", figures=("fields",))
        for one in SHIPPED.values():
            rows.add_row(one.slug, str(len(one.fields)), one.title or "")
        console(listing=True).print(rows)
    elif mapping in SHIPPED:
        click.echo(print_part({"datasource": {"mappings": [SHIPPED[mapping]]}}), nl=False)
    else:
        raise UnknownMapping(mapping, SHIPPED)
