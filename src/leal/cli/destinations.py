"""The commands `leal feed destination`, `leal feed push` and `leal feed status`: where records are pushed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leal.cli.running import load_settings, operator, with_installation, with_shop

if TYPE_CHECKING:
    from leal.datasource.pushing import Pushed, Ready
    from leal.engine.commands import Shop
    from leal.engine.destinations import Destination
    from leal.installation import Installation


@click.group()
def destination() -> None:
    """Add, pause and remove servers that records are pushed to."""


@destination.command("add")
@click.argument("shop")
@click.argument("name")
@click.argument("url")
@click.option("--mapping", default="record", show_default=True, metavar="M", help="How records are written.")
@click.option(
    "--records", type=click.IntRange(1, 10_000), default=500, show_default=True, help="The most records in a call."
)
@click.option(
    "--bytes",
    "size",
    type=click.IntRange(1024, 8 * 1024 * 1024),
    default=1_000_000,
    show_default=True,
    help="The most bytes in a call.",
)
@click.option("--from-now", is_flag=True, help="Only what changes from now on, without a snapshot of all first.")
def destination_add(shop: str, name: str, url: str, mapping: str, records: int, size: int, from_now: bool) -> None:
    """Push the records of SHOP to URL, and show the secret that signs the calls this once. NAME is yours to choose."""
    from leal.decode import convert
    from leal.hooks.sending import BadTarget, read_target
    from leal.hooks.signing import make_secret, written
    from leal.rules.programme.words import Slug

    convert(name, Slug, at="name")
    try:
        read_target(url, allow_private=load_settings().push_private)
    except BadTarget as bad:
        raise click.BadParameter(f"{url} {bad}") from bad
    secret = make_secret()

    with_shop(
        shop,
        lambda engine, one: engine.add_destination(
            one,
            name,
            url,
            secret,
            mapping=mapping,
            batch_records=records,
            batch_bytes=size,
            from_now=from_now,
            by=operator(),
        ),
    )
    click.echo(f"secret  {written(secret)}")


@destination.command("rotate")
@click.argument("shop")
@click.argument("name")
@click.option(
    "--keep-hours",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    help="How long the former secret signs the calls, too.",
)
def destination_rotate(shop: str, name: str, keep_hours: int) -> None:
    """Sign the calls of destination NAME of SHOP with a new secret, and show it this once."""
    from leal.hooks.signing import make_secret, written

    secret = make_secret()

    async def work(opened: Installation) -> None:
        one = await opened.engine.shop(shop)
        await opened.engine.rotate_destination(one, name, secret, keep_hours=keep_hours, by=operator())

    with_installation(work)
    click.echo(f"secret  {written(secret)}")


@destination.command("list")
@click.argument("shop")
def destination_list(shop: str) -> None:
    """List the destinations of SHOP."""
    from leal.cli.screen import console, table

    found = with_shop(shop, lambda engine, one: engine.destinations(one))
    rows = table("destination", "mapping", "records", "bytes", "state", "url", figures=("records", "bytes"))
    for one in found:
        state = "active" if one.paused_at is None else "paused"
        rows.add_row(one.name, one.mapping, str(one.batch_records), str(one.batch_bytes), state, one.url)
    if found:
        console(listing=True).print(rows)
    else:
        click.echo(f"Shop {shop} has no destinations.")


@destination.command("pause")
@click.argument("shop")
@click.argument("name")
def destination_pause(shop: str, name: str) -> None:
    """Push nothing to destination NAME of SHOP until it is resumed."""
    _pause(shop, name, paused=True)


@destination.command("resume")
@click.argument("shop")
@click.argument("name")
def destination_resume(shop: str, name: str) -> None:
    """Push to destination NAME of SHOP again, at once, from where it was left."""
    _pause(shop, name, paused=False)


def _pause(shop: str, name: str, *, paused: bool) -> None:
    with_shop(shop, lambda engine, one: engine.pause_destination(one, name, paused=paused, by=operator()))
    click.echo(f"Destination {name} of shop {shop} is {'paused' if paused else 'resumed'}.")


@destination.command("remove")
@click.argument("shop")
@click.argument("name")
def destination_remove(shop: str, name: str) -> None:
    """Forget destination NAME of SHOP; what it was told stays there."""
    with_shop(shop, lambda engine, one: engine.remove_destination(one, name, by=operator()))
    click.echo(f"Destination {name} of shop {shop} is removed.")


@click.command("push")
@click.argument("shop")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Show what would be sent next, and send nothing.")
def push(shop: str, name: str, dry_run: bool) -> None:
    """Push to destination NAME of SHOP now, until it was told of all, beside what the server does by itself."""
    if dry_run:
        _show_next(shop, name)
        return
    from leal.datasource.pushing import Pusher, PushFailed
    from leal.errors import LealError

    settings = load_settings()

    async def work(opened: Installation) -> list[Pushed]:
        one = await opened.engine.shop(shop)
        pusher = Pusher(opened.engine, allow_private=settings.push_private)
        done: list[Pushed] = []
        while not done or done[-1].more:
            done.append(await pusher.push(one, await opened.engine.destination(one, name)))
        return done

    try:
        done = with_installation(work)
    except PushFailed as failed:
        raise LealError(f"The destination did not take it: {failed.reason}.") from failed
    sent, gone, refused = (sum(getattr(one, field) for one in done) for field in ("sent", "gone", "refused"))
    click.echo(f"{sent} records and {gone} ids that are gone were taken; {refused} were refused.")


def _show_next(shop: str, name: str) -> None:
    """The next calls, and the first of them."""
    import time

    import msgspec

    from leal.datasource.pushing import body_of, prepare

    async def work(opened: Installation) -> tuple[Shop, Destination, Ready]:
        one = await opened.engine.shop(shop)
        known = await opened.engine.destination(one, name)
        return one, known, await prepare(opened.engine, one, known)

    one, known, ready = with_installation(work)
    gone = sum(item.is_gone for item in ready.items)
    more = ", and more after that" if ready.page.more else ""
    told = f"{len(ready.items) - gone} records and {gone} ids that are gone"
    click.echo(f"Next: {told} in {len(ready.batches)} calls of {known.url}{more}. Nothing was sent.")
    if ready.batches:
        body = body_of(one, known, ready.page, ready.batches[0][:3], int(time.time()))
        click.echo("The first call, with three of its records at most:")
        click.echo(msgspec.json.format(body, indent=2).decode())


@click.command("status")
@click.argument("shop")
def status(shop: str) -> None:
    """Show how far each destination of SHOP has come: what waits, what was taken, refused, and failed."""
    from leal.cli.screen import console, table
    from leal.cli.times import UTC
    from leal.cli.words import instant_text
    from leal.values import MICRO

    async def work(opened: Installation) -> list[tuple[Destination, int | None]]:
        engine = opened.engine
        one = await engine.shop(shop)
        return [(known, await engine.untold_micros(one, known)) for known in await engine.destinations(one)]

    found = with_installation(work)
    if not found:
        click.echo(f"Shop {shop} has no destinations.")
        return
    rows = table(
        "destination", "state", "lag", "last success", "sent", "gone", "refused", "failures", "last failure",
        figures=("lag", "sent", "gone", "refused", "failures"),
    )  # fmt: skip
    for known, untold in found:
        lag = "snapshot" if known.cursor is None else "0 s" if untold is None else f"{untold / MICRO:.0f} s"
        taken = "" if known.taken_at is None else instant_text(known.taken_at, UTC)
        failure = "" if known.failed_at is None else f"{instant_text(known.failed_at, UTC)} {known.failure}"
        figures = (str(one) for one in (known.sent, known.gone, known.refused, known.failures))
        rows.add_row(known.name, _state(known), lag, taken, *figures, failure)
    console(listing=True).print(rows)
    for known, _ in found:
        for refusal in known.refusals:
            click.echo(f"{known.name} refused the record of {refusal.customer_id} with {refusal.status}.")


def _state(known: Destination) -> str:
    if known.paused_at is not None:
        return "paused"
    return "failing" if known.failures else "active"
