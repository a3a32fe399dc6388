"""Plainly: the balance as a storefront asks for it, kept where it holds, beside the one that is made of the account."""

from __future__ import annotations

from leal.api.balance import balance_result
from leal.api.plain_balance import plain_balance, whole_balance
from leal.api.shapes import MarketInput1, encode
from leal.api.words import voice_for
from leal.engine.commands import Balance, PlainBalance, Shop, Who, WholeBalance
from leal.engine.engine import Engine


async def documents(engine: Engine, shop: Shop, name: str, made: Balance, locale: str | None) -> tuple[bytes, bytes]:
    """What is told of a member, plainly, then with the whole programme and the unused rewards; and what must be, by the
    balance with all of it that was made at the same instant."""
    told, expected = await _plain(engine, shop, name, made, locale)
    market, who = MarketInput1(locale), Who(shopid=name)
    found = await engine.whole_balance(shop, who, full=True, unused=True)
    if isinstance(found, WholeBalance):  # else it was made as the other was
        told += whole_balance(shop.slug, found, voice_for(market, found.plain.terms), unused=True)
        expected += encode(balance_result(shop.slug, made, market, full=True, unused=True))
    return told, expected


async def _plain(engine: Engine, shop: Shop, name: str, made: Balance, locale: str | None) -> tuple[bytes, bytes]:
    market = MarketInput1(locale)
    expected = encode(balance_result(shop.slug, made, market, full=False, unused=False))
    found = await engine.plain_balance(shop, Who(shopid=name))
    if isinstance(found, PlainBalance):
        return plain_balance(shop.slug, found, voice_for(market, found.terms)), expected
    return encode(balance_result(shop.slug, found, market, full=False, unused=False)), expected
