"""The commands `leal token` and `leal key`: tokens, the secrets that sign them, and keys that are shown themselves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from leal.cli.running import operator, with_installation, with_shop
from leal.cli.times import Duration
from leal.rules.content.chosen import BLOCKS
from leal.values import MICRO

if TYPE_CHECKING:
    from leal.tokens import Scope

SIGNED_WITH = click.option(
    "--key", metavar="KID", help="The key to sign with. Without: the newest that may do everything."
)


@click.group()
def token() -> None:
    """Make tokens for the API."""


@token.command("shop")
@click.argument("shop")
@click.option("--ttl", type=Duration(), help="How long it is valid, e.g. 1h or 30d. Without: until its key is revoked.")
@SIGNED_WITH
def token_shop(shop: str, ttl: int | None, key: str | None) -> None:
    """Print a token for the whole SHOP, to be kept on servers."""
    click.echo(_token(shop, None, ttl, None, key))


@token.command("feed")
@click.argument("shop")
@click.option("--ttl", type=Duration(), help="How long it is valid, e.g. 30d. Without: until its key is revoked.")
def token_feed(shop: str, ttl: int | None) -> None:
    """Print a token of SHOP for marketing tools: it looks up the datasource's records, and nothing else.

    It is signed with the newest key of the scope `feed`; where there is none, one is made.
    """
    click.echo(_token(shop, None, ttl, None, None, "feed"))


@token.command("customer")
@click.argument("shop")
@click.argument("customer")
@click.option("--ttl", type=Duration(), default="1h", show_default=True, help="How long it is valid, e.g. 15min.")
@click.option("--admin", is_flag=True, help="Let it act as staff on this customer.")
@SIGNED_WITH
def token_customer(shop: str, customer: str, ttl: int, admin: bool, key: str | None) -> None:
    """Print a token for one CUSTOMER of the SHOP, by the shop's own id."""
    if not customer:
        raise click.BadParameter("a customer's id is not empty")
    click.echo(_token(shop, customer, ttl, "admin" if admin else None, key))


@token.command("content")
@click.argument("shop")
@click.argument("customer")
@click.argument("block", type=click.Choice(BLOCKS))
@click.option("--ttl", type=Duration(), help="How long it is valid, e.g. 90d. Without: until its key is revoked.")
def token_content(shop: str, customer: str, block: str, ttl: int | None) -> None:
    """Print a token that shows one BLOCK to one CUSTOMER of SHOP, by the shop's own id, in the URL of the block.

    Nothing of the customer can be read in it. It is signed with the newest key of the scope `content`; where there is
    none, one is made. `leal content tokens` writes those of all customers.
    """
    from leal.cli.signing import key_to_sign_with
    from leal.content.tokens import ContentToken, make_content_token
    from leal.installation import Installation
    from leal.tokens import CUSTOMER_LENGTH_MAX

    if not 0 < len(customer) <= CUSTOMER_LENGTH_MAX:
        raise click.BadParameter(f"a customer's id has 1 to {CUSTOMER_LENGTH_MAX} characters")

    async def work(opened: Installation) -> str:
        found = await opened.engine.shop(shop)
        kid, secret = await key_to_sign_with(opened.engine, found, "content")
        person = await opened.engine.link_person(found, customer)
        said = ContentToken(customer, person.epoch, None if ttl is None else _now() + ttl * MICRO)
        return make_content_token(kid, secret, found.slug, block, said)

    click.echo(with_installation(work))


def _token(
    slug: str,
    customer: str | None,
    ttl_seconds: int | None,
    level: str | None,
    kid: str | None,
    scope: Scope = "shop",
) -> str:
    from leal.cli.signing import sign
    from leal.installation import Installation

    async def work(opened: Installation) -> str:
        shop = await opened.engine.shop(slug)
        return await sign(
            opened.engine,
            shop,
            customer=customer,
            ttl_seconds=ttl_seconds,
            level=level,
            kid=kid,
            scope=scope,
            now=_now(),
        )

    return with_installation(work)


def _now() -> int:
    """Real time in microseconds: tokens do not follow a shop's test clock."""
    return time.time_ns() // 1000


@click.group()
def key() -> None:
    """List, create and revoke what opens a shop."""


@key.command("list")
@click.argument("shop")
def key_list(shop: str) -> None:
    """List the keys of SHOP, newest first; never their secrets."""
    from leal.cli.screen import console, table
    from leal.cli.times import UTC
    from leal.cli.words import instant_text
    from leal.installation import Installation

    async def work(opened: Installation) -> None:
        rows = table("key", "scope", "kind", "created", "state")
        keys = await opened.engine.token_keys(await opened.engine.shop(shop))
        for one in sorted(keys, key=lambda one: one.created_at, reverse=True):
            state = "valid" if one.revoked_at is None else f"revoked {instant_text(one.revoked_at, UTC)}"
            kind = "opaque" if one.opaque else "signing"
            rows.add_row(one.kid, one.scope, kind, instant_text(one.created_at, UTC), state)
        if keys:
            console(listing=True).print(rows)
        else:
            click.echo(f"Shop {shop} has no keys yet; `leal token shop {shop}` makes the first one.")

    with_installation(work)


@key.command("create")
@click.argument("shop")
@click.argument("kid", required=False)
@click.option(
    "--scope",
    type=click.Choice(("shop", "read", "push", "feed", "content")),
    default="shop",
    show_default=True,
    help="What it may do.",
)
@click.option("--opaque", is_flag=True, help="A key to be shown itself, in place of signing tokens.")
def key_create(shop: str, kid: str | None, scope: Scope, opaque: bool) -> None:
    """Make a key for SHOP, called KID or by a name of its own, and show its secret this once.

    Scopes: `shop` may do everything, `read` call what only reads, `push` push orders and customers, `feed` fetch feeds,
    `content` sign links to content blocks.
    """
    import base64

    from leal.installation import Installation

    if opaque and scope == "content":
        raise click.UsageError("Links to content blocks are signed; an opaque key signs nothing.")

    async def work(opened: Installation) -> tuple[str, str]:
        engine = opened.engine
        if opaque:
            return await engine.add_opaque_key(await engine.shop(shop), kid, scope, by=operator())
        made, secret = await engine.add_token_key(await engine.shop(shop), kid, scope, by=operator())
        return made, base64.b64encode(secret).decode()

    made, shown = with_installation(work)
    click.echo(f"kid     {made}\n{'key   ' if opaque else 'secret'}  {shown}")


@key.command("revoke")
@click.argument("shop")
@click.argument("kid")
def key_revoke(shop: str, kid: str) -> None:
    """Revoke the key KID of SHOP: its tokens are refused within a second."""
    with_shop(shop, lambda engine, one: engine.revoke_token_key(one, kid, by=operator()))
    click.echo(f"Key {kid} of shop {shop} is revoked.")
