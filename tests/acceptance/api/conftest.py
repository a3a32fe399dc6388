"""A shop behind the real application: requests go through ASGI into the engine and a real database."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.server.web import Web
from leal.store.db import Database
from leal.tokens import Sealer, make_token
from tests.acceptance.api.mailing import CONTENT, Mail, Posting

PROGRAMME = """
shop: {slug}
title: Test club
currency: USD
timezone: America/New_York
points:
  value: "0.01"
triggers:
  - {{slug: visit, title: A visit to the shop, open_to_browsers: true}}
sources:
  - slug: orders
    title: Shop with us
    kind: order
    points: 10
    per: "1"
  - slug: staff
    title: By hand
    kind: manual
  - slug: bring
    title: Bring a friend
    kind: referral_sent
    points: 500
    link: https://shop.example/?friend={{code}}
  - slug: come
    title: Come by a friend
    kind: referral_received
    points: 200
redemption:
  min: 100
  step: 50
  minimum_cart: "20"
  limit: {{points: 2000, period: monthly}}
holds: {{default_minutes: 10, longest_minutes: 60}}
gifts: {{min: 10, limit: {{points: 600, period: monthly}}}}
referrals: {{delay_days: 14, minimum_order: "20"}}
expiration:
  rolling: {{term: 12 months, round_up: month}}
offers:
  - {{slug: gift, title: A dollar off, kind: free, gives: {{amount: "1"}}, per_member: {{count: 99, period: daily}}}}
tiers:
  window: {{kind: calendar_year}}
  steps:
    - slug: member
      name: Member
      features: {{returns: 30 days}}
    - slug: gold
      name: Gold
      requires: {{spend: "500"}}
      redemption_limit: {{points: 5000, period: monthly}}
      features: {{returns: 90 days}}
tier_features:
  - slug: returns
    title: Free returns
"""


class Door:
    """What a caller has of a shop: its address, and keys to sign tokens with."""

    def __init__(self, engine: Engine, shop: Shop, kid: str, secret: bytes, client: httpx.AsyncClient) -> None:
        self.engine = engine
        self.shop = shop
        self.kid = kid
        self.secret = secret
        self.client = client

    def token(self, customer: str | None = None, **claims: Any) -> str:
        """A token of this shop."""
        now = time.time_ns() // 1000
        return make_token(self.shop.slug, self.kid, self.secret, customer=customer, now=now, **claims)

    def url(self, function: str) -> str:
        """Where a function is called."""
        return f"/api/v2023061/{self.shop.slug}/{function}"

    async def post(self, function: str, body: Any = None, token: str | None = "", **more: Any) -> httpx.Response:
        """Call by POST; without a token named, with the shop's, with None anonymously."""
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["authorization"] = f"Bearer {token or self.token()}"
        return await self.client.post(self.url(function), json=body or {}, headers=headers, **more)

    async def give(self, customer: str, points: int) -> None:
        """Make a customer known who has so many points."""
        known = await self.post("UpdateCustomers3", {"customers": [{"id": customer}]})
        assert known.json() == {"ok": True, "rejected": []}
        body = {
            "customer": {"shopid": customer},
            "idempotency_key": f"give {customer} {points}",
            "adjustments": [{"action": "give_points", "points": points, "description": "Welcome"}],
        }
        given = await self.post("AdjustCustomerState3", body)
        assert given.json() == {"ok": True}, given.text

    async def balance(self, customer: str, **asked: Any) -> Any:
        """The customer's balance, as the shop sees it."""
        answer = await self.post("CustomerBalance3", {"customer": {"shopid": customer}, **asked})
        assert answer.status_code == 200, answer.text
        return answer.json()


def order(number: str, buyer: str, amount: str, **more: Any) -> dict[str, Any]:
    """An order of one line, confirmed; `more` replaces parts of it."""
    line = {"product": {"id": "cd", "title": "CD"}, "quantity": 1, "amount_full": amount, "amount_spent": amount}
    return {"id": number, "status": "confirmed", "customer": {"id": buyer}, "items": [line]} | more


@pytest.fixture
async def engine(db: Database) -> AsyncIterator[Engine]:
    """An engine over a fresh database."""
    opened = await Engine.open(db, Sealer(os.urandom(32)))
    yield opened
    await opened.close()


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the whole application."""

    async def check() -> None:
        return None

    transport = httpx.ASGITransport(app=Web(engine, check), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://leal.test") as caller:
        yield caller


async def open_door(engine: Engine, client: httpx.AsyncClient, slug: str) -> Door:
    """Found a shop with a programme and a token key."""
    shop = await engine.create_shop(slug)
    await engine.publish(shop, PROGRAMME.format(slug=slug), author="test")
    kid, secret = await engine.add_token_key(shop)
    return Door(engine, await engine.shop(slug), kid, secret, client)


@pytest.fixture
async def door(engine: Engine, client: httpx.AsyncClient) -> Door:
    """The shop most tests call."""
    return await open_door(engine, client, "acme")


@pytest.fixture
async def other(engine: Engine, client: httpx.AsyncClient) -> Door:
    """Another shop in the same database."""
    return await open_door(engine, client, "rival")


@pytest.fixture
async def web(engine: Engine) -> AsyncIterator[Web]:
    async def check() -> None:
        return None

    made = Web(engine, check, public_url="https://loyalty.example")
    yield made
    await made.close()


@pytest.fixture
async def post(engine: Engine, web: Web, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Posting]:
    """Founds a shop with a content key, and a control group of so many per cent; its blocks have time."""
    monkeypatch.setattr("leal.content.app.ANSWER_SECONDS", 60.0)
    transport = httpx.ASGITransport(app=web, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://leal.test") as client:

        async def found(control: int = 0, slug: str = "acme", content: str = CONTENT, sandbox: bool = False) -> Mail:
            shop = await engine.create_shop(slug, sandbox=sandbox)
            text = PROGRAMME.format(slug=slug) + (content % control if "%s" in content else content)
            await engine.publish(shop, text, author="test")
            key = await engine.add_token_key(shop, scope="content")
            return Mail(engine, web, client, await engine.shop(slug), key)

        yield found
