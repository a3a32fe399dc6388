"""Plainly: the balance as a storefront asks for it, kept where it holds, beside the one that is made of the account."""

from __future__ import annotations

from leal.api.balance import balance_result
from leal.api.plain_balance import plain_balance
from leal.api.shapes import MarketInput1, encode
from leal.api.words import voice_for
from leal.engine.commands import Balance, PlainBalance, Shop, Who
from leal.engine.engine import Engine


async def documents(engine: Engine, shop: Shop, name: str, made: Balance, locale: str | None) -> tuple[bytes, bytes]:
    """What is told of a member, and what must be, by the balance that was made at the same instant."""
    market = MarketInput1(locale)
    expected = encode(balance_result(shop.slug, made, market, full=False, unused=False))
    found = await engine.plain_balance(shop, Who(shopid=name))
    if isinstance(found, PlainBalance):
        return plain_balance(shop.slug, found.kept, found.terms, voice_for(market, found.terms)), expected
    return encode(balance_result(shop.slug, found, market, full=False, unused=False)), expected
