"""The commands `leal shop` and `leal clock`: the tenants, and the test clocks of sandboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leal.cli.running import operator, with_installation, with_shop
from leal.cli.times import UTC, read_target, read_time

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from leal.engine.commands import Shop
    from leal.installation import Installation


@click.group()
def shop() -> None:
    """Create and list shops."""


@shop.command("create")
@click.argument("slug")
@click.option("--sandbox", is_flag=True, help="Give it a test clock, which can be moved forward.")
@click.option("--clock", metavar="TIME", help="Where a sandbox's clock starts, e.g. 1997-01-01 (UTC). Without: now.")
def shop_create(slug: str, sandbox: bool, clock: str | None) -> None:
    """Create a shop called SLUG: lower-case letters, digits and hyphens."""
    if clock is not None and not sandbox:
        raise click.UsageError("--clock is for sandboxes; add --sandbox.")
    clock_at = None if clock is None else read_time(clock, UTC)

    async def work(opened: Installation) -> None:
        await opened.engine.create_shop(slug, sandbox=sandbox, clock_at=clock_at)

    with_installation(work)
    click.echo(f"Shop {slug} is created. Give it a programme: leal programme apply FILE")


@shop.command("list")
def shop_list() -> None:
    """List all shops with their programmes and clocks."""
    from leal.cli.screen import console, table
    from leal.cli.words import instant_text

    async def work(opened: Installation) -> list[tuple[Shop, int, ZoneInfo]]:
        engine = opened.engine
        return [(one, await engine.now(one), await zone_of(opened, one)) for one in await engine.shops()]

    found = with_installation(work)
    if not found:
        click.echo("There are no shops yet. Create one: leal shop create SLUG")
        return
    rows = table("shop", "kind", "programme", "clock", "zone", figures=("programme",))
    for one, now, zone in found:
        version = f"version {one.programme_version}" if one.programme_version else "–"
        kind = "sandbox" if one.sandbox else "live"
        rows.add_row(one.slug, kind, version, instant_text(now, zone), zone.key)
    console(listing=True).print(rows)


@shop.command("origins")
@click.argument("shop")
@click.option(
    "--allow", multiple=True, metavar="ORIGIN", help="Let pages of ORIGIN call, e.g. https://shop.example.com."
)
@click.option("--forbid", multiple=True, metavar="ORIGIN", help="Let them call no longer.")
def shop_origins(shop: str, allow: tuple[str, ...], forbid: tuple[str, ...]) -> None:
    """List whose pages may call SHOP from a browser, after changing that; servers see it within a second."""

    async def work(opened: Installation) -> tuple[str, ...]:
        found = await opened.engine.shop(shop)
        if not allow and not forbid:
            return found.origins
        return await opened.engine.set_origins(found, allow=list(allow), forbid=list(forbid), by=operator())

    origins = with_installation(work)
    click.echo("\n".join(origins) if origins else f"No pages may call shop {shop}; --allow ORIGIN lets them.")


@click.group()
def clock() -> None:
    """Show a shop's clock, or move a sandbox's."""


@clock.command("show")
@click.argument("shop")
def clock_show(shop: str) -> None:
    """Print what time it is in SHOP, as RFC 3339."""
    from leal.values import format_instant

    click.echo(format_instant(with_shop(shop, lambda engine, one: engine.now(one))))


@clock.command("advance")
@click.argument("shop")
@click.argument("target", metavar="TIME|+DURATION")
def clock_advance(shop: str, target: str) -> None:
    """Move the clock of a sandbox SHOP forward, and settle what falls due on the way.

    TIME is a date, meaning its first moment in the programme's zone, or RFC 3339. A DURATION is a number and a unit:
    s, min, h, d, w, mo or y, e.g. +30d, +2mo or +1d12h. Days, months and years are those of the programme's zone.
    """
    from leal.cli.words import plural
    from leal.values import format_instant

    async def work(opened: Installation) -> tuple[int, int]:
        engine = opened.engine
        found = await engine.shop(shop)
        to_at = read_target(target, await engine.now(found), await zone_of(opened, found))
        return await engine.advance_clock(found, to_at, by=operator()), await engine.now(found)

    settled, now = with_installation(work)
    click.echo(f"It is {format_instant(now)} in shop {shop}; {plural(settled, 'member')} settled on the way.")


async def zone_of(opened: Installation, found: Shop) -> ZoneInfo:
    """The zone of the programme in force, else UTC."""
    terms = (await opened.engine.logged_out(found)).standing.terms
    return UTC if terms is None else terms.zone
