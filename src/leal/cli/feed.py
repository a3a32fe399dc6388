"""The commands `leal feed`: what marketing tools are told of members."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from leal.cli.destinations import destination, push, status
from leal.cli.running import with_installation

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from leal.datasource.checking import Checked
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


@feed.command("check")
@click.argument("shop")
@click.option("--json", "as_json", is_flag=True, help="A document for other programs.")
def check(shop: str, as_json: bool) -> None:
    """Read all records of SHOP, and tell how many there are, which fields they tell, and how fresh they are."""
    from leal.cli.counting import Counting
    from leal.cli.times import UTC
    from leal.datasource.checking import check_feed
    from leal.installation import Installation

    async def work(opened: Installation) -> tuple[Checked, ZoneInfo]:
        engine = opened.engine
        one = await engine.shop(shop)
        terms = await engine.terms(one)
        with Counting("reading", shop) as bar:
            return await check_feed(engine, one, bar.show), UTC if terms is None else terms.zone

    checked, zone = with_installation(work)
    if as_json:
        from leal.cli.documents import print_json

        print_json(checked)
        return
    _show(checked, zone)


def _show(checked: Checked, zone: ZoneInfo) -> None:
    from leal.cli.screen import console, table
    from leal.cli.words import instant_text
    from leal.values import MICRO

    rows = table("field", "asked", "records", "of all", figures=("records", "of all"))
    for one in checked.fields:
        share = f"{one.told * 100 / checked.records:.1f} %" if checked.records else ""
        rows.add_row(one.field, "minimum" if one.minimum else "recommended", f"{one.told:,}", share)
    console(listing=True).print(rows)
    due = "nobody waits" if checked.due_micros is None else f"{checked.due_micros / MICRO:.0f} s"
    oldest = "none" if checked.oldest_at is None else f"last written {instant_text(checked.oldest_at, zone)}"
    facts = table("", "")
    for name, told in (
        ("records", f"{checked.records:,} of {checked.customers:,} customers who are known"),
        ("read for", f"{instant_text(checked.at, zone)}: records are made as they are read"),
        ("oldest account", oldest),
        ("due, not stored", due),
        ("open transaction", f"{checked.open_write_seconds:.0f} s; what it changed is told once it ends"),
    ):
        facts.add_row(name, told)
    facts.show_header = False
    console(listing=True).print(facts)


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


for command in (destination, push, status):
    feed.add_command(command)
