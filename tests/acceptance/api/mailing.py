"""A mailing: links to content blocks, and what is fetched under them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import httpx

from leal.content.tokens import ContentToken, make_content_token
from leal.engine.commands import CustomerFacts, PushOrder, Shop
from leal.engine.engine import Engine
from leal.engine.exposures import Outcome
from leal.rules.orders import Order
from leal.server.web import Web
from leal.values import parse_money
from tests.engines import who

BANNER = "loyalty-programme-banner"
CONTENT = """
content:
  links: {shop: "https://www.shop.example/new", rewards: "https://club.shop.example/", hosts: ["*.partner.example"]}
  control_percent: %s
"""
PRIVATE = {
    "cache-control": "no-cache, no-store, max-age=0",
    "pragma": "no-cache",
    "expires": "-1",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Mail:
    """What a mailing has of a shop: links."""

    def __init__(self, engine: Engine, web: Web, client: httpx.AsyncClient, shop: Shop, key: tuple[str, bytes]) -> None:
        self.engine = engine
        self.web = web
        self.client = client
        self.shop = shop
        self._key = key

    def token(self, customer: str, block: str = BANNER, **said: Any) -> str:
        return make_content_token(*self._key, self.shop.slug, block, ContentToken(customer, **said))

    async def get(self, customer: str, form: str = "json", block: str = BANNER, **asked: Any) -> httpx.Response:
        """A block of a customer."""
        return await self.open(f"{block}.{form}", t=self.token(customer, block), **asked)

    async def open(self, rest: str, headers: dict[str, str] | None = None, **asked: Any) -> httpx.Response:
        """Whatever is under the shop."""
        return await self.client.get(f"/content/v1/{self.shop.slug}/{rest}", params=asked, headers=headers)

    async def buy(self, customer: str, amount: str, number: str = "1") -> None:
        """An order of a customer."""
        placed = Order(f"{customer}-{number}", "confirmed", None, None, amount_spent=parse_money(amount))
        await self.engine.push_orders(self.shop, [PushOrder(CustomerFacts(who(customer)), placed)])

    async def outcomes(self) -> list[Outcome]:
        """What is stored by now."""
        await self.web.close()
        return await self.engine.outcomes(self.shop, 0, 30)

    def figures(self) -> str:
        return self.web.figures.text().decode()


def is_neutral(answer: httpx.Response, form: str) -> bool:
    """Whether it is what breaks no mail and no page."""
    kept = {name: answer.headers[name] for name in PRIVATE}
    assert kept == PRIVATE
    if form == "json":
        return (answer.status_code, answer.content) == (204, b"")
    if form == "html":
        return (answer.status_code, answer.content, answer.headers["content-type"]) == (
            200, b"", "text/html; charset=utf-8",
        )  # fmt: skip
    return (answer.status_code, answer.headers["content-type"]) == (200, "image/png") and is_transparent(answer.content)


def is_transparent(picture: bytes) -> bool:
    """Whether a PNG is 600×1 and all of it can be seen through."""
    width, height, depth, colour = struct.unpack(">IIBB", picture[16:26])
    place, data = 8, b""
    while place < len(picture):
        length, kind = struct.unpack(">I4s", picture[place : place + 8])
        body = picture[place + 8 : place + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", picture[place + 8 + length : place + 12 + length])[0]
        data += body if kind == b"IDAT" else b""
        place += 12 + length
    return (width, height, depth, colour) == (600, 1, 8, 4) and zlib.decompress(data) == bytes(1201)


Posting = Callable[..., Any]
"""Founds a shop with a key for content, and a control group of so many per cent."""
