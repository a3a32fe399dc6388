"""The commands `leal tier` and `leal mark`: what support staff set by hand on a customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

import click

from leal.cli.running import operator, with_installation
from leal.cli.shops import zone_of
from leal.cli.times import read_time

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from leal.installation import Installation
    from leal.rules.account import Mark
    from leal.rules.adjusting import Adjustment

LOWEST: Final = "none"
MARKS: Final = ("tester", "readonly", "disable_rewards", "enable_rewards", "disable_earning_rewards")

_reason = click.option("--reason", required=True, help="Why; only staff see it.")
_told = click.option("--tell", "description", default="", help="What the customer reads in the history.")


@click.group(short_help="Set a customer's tier by hand.")
def tier() -> None:
    """Set a customer's tier by hand, or let it go again."""


@tier.command(name="set", short_help="Set it, until a time or for good.")
@click.argument("shop")
@click.argument("customer")
@click.argument("tier_slug", metavar="TIER")
@click.option("--until", "ends", metavar="TIME", help="When it ends; left out: for good.")
@click.option("--lock", is_flag=True, help="Nothing moves the customer before; else the tier is the least there is.")
@_reason
@_told
def set_tier(
    shop: str, customer: str, tier_slug: str, ends: str | None, lock: bool, reason: str, description: str
) -> None:
    """Set the tier of CUSTOMER of SHOP to TIER, by its slug; `none` is the lowest place, and needs --lock."""
    from leal.rules.adjusting import Adjustment

    def act(zone: ZoneInfo) -> Adjustment:
        until_at = None if ends is None else read_time(ends, zone)
        return Adjustment("set_tier", tier=None if tier_slug == LOWEST else tier_slug, until_at=until_at, lock=lock)

    _adjust(shop, customer, act, reason, description)
    click.echo(f"The tier of customer {customer} is set: {tier_slug}.")


@tier.command(short_help="Let a tier that was set go before its end.")
@click.argument("shop")
@click.argument("customer")
@_reason
@_told
def release(shop: str, customer: str, reason: str, description: str) -> None:
    """Let the tier that was set for CUSTOMER of SHOP go: the customer has what the rules give."""
    from leal.rules.adjusting import Adjustment

    _adjust(shop, customer, lambda _: Adjustment("release_tier"), reason, description)
    click.echo(f"The tier of customer {customer} goes by the rules again.")


@click.group(short_help="Mark a customer.")
def mark() -> None:
    """Mark a customer as a tester, as read-only, or as one without rewards."""


@mark.command(name="set", short_help="Set a mark.")
@click.argument("shop")
@click.argument("customer")
@click.argument("word", metavar="MARK", type=click.Choice(MARKS))
@_reason
def set_mark(shop: str, customer: str, word: str, reason: str) -> None:
    """Mark CUSTOMER of SHOP with MARK."""
    from leal.rules.adjusting import Adjustment

    _adjust(shop, customer, lambda _: Adjustment("set_mark", mark=cast("Mark", word)), reason, "")
    click.echo(f"Customer {customer} is marked: {word}.")


@mark.command(short_help="Clear a mark.")
@click.argument("shop")
@click.argument("customer")
@click.argument("word", metavar="MARK", type=click.Choice(MARKS))
@_reason
def clear(shop: str, customer: str, word: str, reason: str) -> None:
    """Clear MARK of CUSTOMER of SHOP."""
    from leal.rules.adjusting import Adjustment

    _adjust(shop, customer, lambda _: Adjustment("clear_mark", mark=cast("Mark", word)), reason, "")
    click.echo(f"Customer {customer} is not marked any more: {word}.")


def _adjust(shop: str, customer: str, act: Callable[[ZoneInfo], Adjustment], reason: str, description: str) -> None:
    """Do it as whoever runs the command."""
    from leal.engine.commands import Adjust, Who

    by = operator()
    words = {"description": description, "private_note": reason, "actor": by}

    async def work(opened: Installation) -> None:
        found = await opened.engine.shop(shop)
        one = act(await zone_of(opened, found))
        await opened.engine.adjust(found, Adjust(Who(shopid=customer), [(one, None, words)], by=by))

    with_installation(work)
