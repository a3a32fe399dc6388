"""The commands `leal programme`: validate, plan, publish and show the document that decides everything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leal.cli.complaints import complain, say
from leal.cli.counting import Counting
from leal.cli.running import operator, with_installation, with_shop
from leal.cli.times import read_time
from leal.errors import InvalidInput
from leal.values import NEVER

if TYPE_CHECKING:
    from leal.engine.backtests import Backtest
    from leal.engine.plans import Plan

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.group()
def programme() -> None:
    """Validate, plan, publish and show loyalty programmes."""


@programme.command("validate")
@click.argument("file", type=FILE)
def programme_validate(file: Path) -> None:
    """Check FILE (- is stdin) and list every fault; changes nothing."""
    from leal.rules.programme.checks_feeds import unusual
    from leal.rules.programme.reading import read_programme

    try:
        found = read_programme(_text(file))
    except InvalidInput as fault:
        complain(fault, source=str(file))
        sys.exit(1)
    click.echo(f"{file}: {found.title} for shop {found.shop} is a valid programme.")
    for sentence in unusual(found):
        click.echo(f"  note: {sentence}")


@programme.command("plan")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="A document for other programs.")
def programme_plan(file: Path, as_json: bool) -> None:
    """Show what FILE (- is stdin) would change if it were applied now; changes nothing.

    The fields that are written otherwise, members who would be in another tier, points and what they are worth, and
    points that would lapse at another time.
    """
    from leal.installation import Installation
    from leal.rules.programme.reading import read_programme

    text = _text(file)
    try:
        read = read_programme(text)

        async def work(opened: Installation) -> Plan:
            shop = await opened.engine.shop(read.shop)
            with Counting("looking at", read.shop) as bar:
                return await opened.engine.plan(shop, text, bar.show)

        plan = with_installation(work)
    except InvalidInput as fault:
        complain(fault, source=str(file))
        sys.exit(1)
    if as_json:
        from leal.api.plans import plan_result
        from leal.cli.documents import print_json

        print_json(plan_result(plan))
        return
    from leal.cli import plans
    from leal.cli.screen import console

    console().print(plans.portrait(plan, str(file)))


@programme.command("apply")
@click.argument("file", type=FILE)
@click.option("--note", default="", help="Why, for the list of versions.")
@click.option("--effective-at", metavar="TIME", help="When it takes effect, e.g. 2027-01-01. Without: at once.")
@click.option("--plan", metavar="HASH", help="Only if this plan was made of it, on the version that is the newest now.")
def programme_apply(file: Path, note: str, effective_at: str | None, plan: str | None) -> None:
    """Publish FILE (- is stdin) as the next version of the programme of the shop that it names."""
    from zoneinfo import ZoneInfo

    from leal.installation import Installation
    from leal.rules.programme.reading import read_programme

    text = _text(file)
    try:
        read = read_programme(text)
        at = None if effective_at is None else read_time(effective_at, ZoneInfo(read.timezone))

        async def work(opened: Installation) -> int:
            shop = await opened.engine.shop(read.shop)
            return await opened.engine.publish(shop, text, author=operator(), note=note, effective_at=at, plan=plan)

        version = with_installation(work)
    except InvalidInput as fault:
        complain(fault, source=str(file))
        sys.exit(1)
    click.echo(f"{read.title} is version {version} of the programme of shop {read.shop}.")
    if version > 1 and plan is None:
        say(f"Next time, leal programme plan {file} shows beforehand what it changes.")


@programme.command("undo")
@click.argument("shop")
def programme_undo(shop: str) -> None:
    """Publish the version before the newest one of SHOP again, as a new version.

    What was earned, spent or moved under the version that is undone stays as it is.
    """
    version, former = with_shop(shop, lambda engine, one: engine.undo_programme(one, author=operator()))
    click.echo(f"Version {version} of the programme of shop {shop} says what version {former} said.")


@programme.command("backtest")
@click.argument("file", type=FILE)
@click.option("--from", "since", metavar="TIME", required=True, help="Where the telling begins, e.g. 2026-01-01.")
@click.option("--to", "until", metavar="TIME", help="Where it ends. Without: now.")
@click.option("--json", "as_json", is_flag=True, help="A document for other programs.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="An SVG chart.")
def programme_backtest(file: Path, since: str, until: str | None, as_json: bool, output: Path | None) -> None:
    """Live the shop's own orders again under the programme in FILE (- is stdin), beside the one in force.

    Everybody begins with nothing and does again what was done: the orders as they are today, on their day, and the
    redemptions that stood, as far as there are points. Told by month: points, expirations, liability, tiers.
    """
    from zoneinfo import ZoneInfo

    from leal.installation import Installation
    from leal.rules.programme.reading import read_programme

    text = _text(file)
    try:
        read = read_programme(text)
        zone = ZoneInfo(read.timezone)
        from_at, to_at = read_time(since, zone), NEVER if until is None else read_time(until, zone)

        async def work(opened: Installation) -> Backtest:
            shop = await opened.engine.shop(read.shop)
            with Counting("living again", read.shop) as bar:
                return await opened.engine.backtest(shop, text, from_at, to_at, bar.show)

        found = with_installation(work)
    except InvalidInput as fault:
        complain(fault, source=str(file))
        sys.exit(1)
    from leal.cli import backtests

    if output is not None:
        from leal.cli.charts import chart

        output.write_text(chart(found), encoding="utf-8")
    if as_json:
        from leal.cli.documents import print_json

        print_json(backtests.document(found))
        return
    from leal.cli.screen import console

    console().print(backtests.portrait(found))


@programme.command("show")
@click.argument("shop")
@click.option("--version", type=click.IntRange(1), help="An older one; without, the newest.")
def programme_show(shop: str, version: int | None) -> None:
    """Print the programme of SHOP as a document."""
    click.echo(with_shop(shop, lambda engine, one: engine.programme(one, version)), nl=False)


@programme.command("schema")
def programme_schema() -> None:
    """Print the JSON Schema of the document, for editors."""
    from leal.cli.documents import print_json
    from leal.rules.programme.reading import programme_schema as schema

    print_json(schema())


def _text(file: Path) -> str:
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise click.BadParameter(f"{file} is not a UTF-8 text") from None
