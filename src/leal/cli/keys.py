"""The commands `leal token` and `leal key`: tokens, and the secrets that sign them."""

from __future__ import annotations

import time

import click

from leal.cli.running import with_installation
from leal.cli.times import Duration


@click.group()
def token() -> None:
    """Make tokens for the API."""


@token.command("shop")
@click.argument("shop")
@click.option("--ttl", type=Duration(), help="How long it is valid, e.g. 1h or 30d. Without: until its key is revoked.")
def token_shop(shop: str, ttl: int | None) -> None:
    """Print a token for the whole SHOP, to be kept on servers."""
    click.echo(_token(shop, None, ttl, None))


@token.command("customer")
@click.argument("shop")
@click.argument("customer")
@click.option("--ttl", type=Duration(), default="1h", show_default=True, help="How long it is valid, e.g. 15min.")
@click.option("--admin", is_flag=True, help="Let it act as staff on this customer.")
def token_customer(shop: str, customer: str, ttl: int, admin: bool) -> None:
    """Print a token for one CUSTOMER of the SHOP, by the shop's own id."""
    if not customer:
        raise click.BadParameter("a customer's id is not empty")
    click.echo(_token(shop, customer, ttl, "admin" if admin else None))


def _token(slug: str, customer: str | None, ttl_seconds: int | None, level: str | None) -> str:
    from leal.cli.signing import sign
    from leal.installation import Installation

    async def work(opened: Installation) -> str:
        shop = await opened.engine.shop(slug)
        return await sign(opened.engine, shop, customer=customer, ttl_seconds=ttl_seconds, level=level, now=_now())

    return with_installation(work)


def _now() -> int:
    """Real time in microseconds: tokens do not follow a shop's test clock."""
    return time.time_ns() // 1000


@click.group()
def key() -> None:
    """List, create and revoke the secrets that sign tokens."""


@key.command("list")
@click.argument("shop")
def key_list(shop: str) -> None:
    """List the keys of SHOP, newest first; never their secrets."""
    from leal.cli.screen import console, table
    from leal.cli.times import UTC
    from leal.cli.words import instant_text
    from leal.installation import Installation

    async def work(opened: Installation) -> None:
        rows = table("key", "created", "state")
        keys = await opened.engine.token_keys(await opened.engine.shop(shop))
        for one in sorted(keys, key=lambda one: one.created_at, reverse=True):
            state = "valid" if one.revoked_at is None else f"revoked {instant_text(one.revoked_at, UTC)}"
            rows.add_row(one.kid, instant_text(one.created_at, UTC), state)
        if keys:
            console(listing=True).print(rows)
        else:
            click.echo(f"Shop {shop} has no keys yet; `leal token shop {shop}` makes the first one.")

    with_installation(work)


@key.command("create")
@click.argument("shop")
@click.argument("kid", required=False)
def key_create(shop: str, kid: str | None) -> None:
    """Make a key for SHOP, called KID or by a name of its own, and show its secret this once."""
    import base64

    from leal.installation import Installation

    async def work(opened: Installation) -> tuple[str, bytes]:
        return await opened.engine.add_token_key(await opened.engine.shop(shop), kid)

    made, secret = with_installation(work)
    click.echo(f"kid     {made}\nsecret  {base64.b64encode(secret).decode()}")


@key.command("revoke")
@click.argument("shop")
@click.argument("kid")
def key_revoke(shop: str, kid: str) -> None:
    """Revoke the key KID of SHOP: its tokens are refused within a second."""
    from leal.installation import Installation

    async def work(opened: Installation) -> None:
        await opened.engine.revoke_token_key(await opened.engine.shop(shop), kid)

    with_installation(work)
    click.echo(f"Key {kid} of shop {shop} is revoked.")
