"""The commands `leal feed`: what marketing tools are told of members."""

from __future__ import annotations

import click

from leal.cli.running import with_installation


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
