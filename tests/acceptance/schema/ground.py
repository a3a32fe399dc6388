"""What generated calls stand on: a shop in a sandbox behind the real application, on an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

import msgspec
from schemathesis import Case

from leal.api.catalogue import FUNCTIONS
from leal.api.http import Receive, Scope, Send
from leal.api.rates import Limits
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.errors import Refused
from leal.server.web import Web
from leal.store.db import Database
from leal.tokens import SCOPES, Sealer, make_token
from leal.values import parse_instant
from tests.engines import adjust, key, known

T = TypeVar("T")

SLUG: Final = "acme"
PEOPLE: Final = ("ann", "bob", "cid")
"""Generated calls are about few customers and orders, so that they meet what others left."""
ORDERS: Final = ("o1", "o2", "o3", "o4")
PROGRAMME: Final = """
shop: acme
title: Test club
currency: USD
timezone: America/New_York
points: {value: "0.01"}
sources:
  - {slug: orders, title: Shop with us, kind: order, points: 10, per: "1"}
  - {slug: staff, title: By hand, kind: manual}
redemption: {min: 1, step: 1, limit: {points: 1000000, period: monthly}}
expiration:
  rolling: {term: 12 months, round_up: month}
offers:
  - {slug: gift, title: A dollar off, kind: free, gives: {amount: "1"}, per_member: {count: 1000000, period: daily}}
  - {slug: five, title: Five dollars off, kind: vendible, points: 5, gives: {amount: "5"}, stock: 1000000}
staff: {alone_up_to: 100000}
tiers:
  window: {kind: calendar_year}
  steps:
    - {slug: member, name: Member, features: {returns: 30 days}}
    - {slug: gold, name: Gold, requires: {spend: "500"}, features: {returns: 90 days}}
tier_features:
  - {slug: returns, title: Free returns}
"""
WAITING: Final = 10
"""Approvals that wait at the beginning."""
MANY: Final = 1_000_000
UNBOUND: Final = Limits(MANY, MANY, MANY, MANY, MANY, MANY)
"""Rates that are told and not reached."""


class Ground:
    """The application, its shop, and tokens of every kind; an ASGI application that any event loop may call."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.tokens: list[tuple[str, str | None]] = []
        """Of every kind, those that may most the most often, and whose they are; an empty one is none."""
        self.run(self._open(url))

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something on the application's loop."""
        return self._submit(doing).result(120)

    def close(self) -> None:
        """Close everything."""
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request over to the application's loop, and its answer back."""
        if scope["type"] != "http":
            return
        request = await receive()
        for message in await asyncio.wrap_future(self._submit(self._exchange(scope, request))):
            await send(message)

    def _submit(self, doing: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(doing, self._loop)

    async def _exchange(self, scope: Scope, request: Any) -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return request

        async def send(message: Any) -> None:
            sent.append(message)

        await self.web(scope, receive, send)
        return sent

    async def _open(self, url: str) -> None:
        self._db = await Database.open(url)
        self.engine = await Engine.open(self._db, Sealer(os.urandom(32)))
        self.web = Web(self.engine, _nothing, UNBOUND)
        founded = await self.engine.create_shop(SLUG, sandbox=True, clock_at=parse_instant("2026-01-05T12:00:00Z"))
        await self.engine.publish(founded, PROGRAMME, author="test")
        self.shop: Shop = await self.engine.shop(SLUG)
        keys = [await self.engine.add_token_key(self.shop) for _ in range(2)]
        now = time.time_ns() // 1000
        signed = [make_token(SLUG, kid, secret, now=now) for kid, secret in keys]
        kid, secret = keys[0]
        opaque = [(await self.engine.add_opaque_key(self.shop, scope=scope))[1] for scope in SCOPES]
        self.tokens = [
            *[(token, None) for token in signed] * 8,
            *[(make_token(SLUG, kid, secret, customer=one, now=now), one) for one in PEOPLE],
            *[(make_token(SLUG, kid, secret, customer=one, level="admin", now=now), one) for one in PEOPLE],
            *[(token, None) for token in opaque],
            (make_token(SLUG, kid, b"another" * 5, now=now), None),
            (make_token("rival", kid, secret, now=now), None),
            ("", None),
        ]
        for one in PEOPLE:
            await self.engine.push_customers(self.shop, [known(one)])
            await self.engine.adjust(self.shop, adjust(one, "give_points", 50_000, key(one)))
        for number in range(WAITING):
            with contextlib.suppress(Refused):
                await self.engine.adjust(
                    self.shop, adjust(PEOPLE[0], "give_points", 200_000 + number, key(str(number)))
                )

    def dress(self, case: Case[Any]) -> dict[str, str]:
        """Let a generated call be about few people and orders; gives the headers with its token.

        What it gets hangs on the call alone. One in ten is left as it is.
        """
        told = json.dumps([case.operation.label, case.query, case.body], default=str, sort_keys=True)
        chance = random.Random(told)
        token, own = chance.choice(self.tokens)
        if chance.random() < 0.9:
            case.path_parameters["shop"] = SLUG
            given = case.query if case.method == "GET" else case.body
            if case.meta is not None and case.meta.generation.mode.is_positive and isinstance(given, dict):
                if "customer_id" in case.path_parameters:
                    case.path_parameters["customer_id"] = chance.choice(PEOPLE)
                given.pop("auth", None)
                if "customer" not in given and _takes_customer(case):
                    given["customer"] = {}
                _settle(given, own or chance.choice(PEOPLE), chance)
                if "adjustments" in given:
                    given["idempotency_key"] = case.headers.pop("Idempotency-Key", None) or str(chance.random())
        if case.media_type == "application/x-www-form-urlencoded":
            _write_nested(case.body)
        _write_nested(case.query)
        return {"Authorization": f"Bearer {token}"} if token else {}

    async def _close(self) -> None:
        await self.engine.close()
        await self._db.close()


async def _nothing() -> None:
    return None


def _settle(place: Any, person: str, chance: random.Random) -> None:
    """Put what is known where a generated value names people, orders, documents or times."""
    if isinstance(place, list):
        for item in place:
            _settle(item, person, chance)
    if not isinstance(place, dict):
        return
    for name, value in place.items():
        match name, value:
            case "customer", dict() | None if "status" in place or "items" in place or "id" in place:
                place[name] = (value or {}) | {"id": person, "email": None, "deleted": False}
            case "customer", dict() | None:
                place[name] = {"shopid": person}
            case "customers", list():
                names = {"shopid": person, "id": person, "email": None}
                place[name] = [item | names if isinstance(item, dict) else item for item in value]
            case "orders", list():
                place[name] = [item | {"id": chance.choice(ORDERS)} for item in value if isinstance(item, dict)]
            case "adjustments", list() if chance.random() < 0.7:
                place[name] = [{"action": "give_points", "points": chance.randint(0, 3000)}]
            case "order_id", str():
                place[name] = chance.choice(ORDERS)
            case "document", str() if value != PROGRAMME:
                place[name] = PROGRAMME.replace("points: 10,", f"points: {chance.randint(1, 20)},")
            case "customer_ids", list():
                place[name] = [person, *value[1:]]
            case "pts", int():
                place[name] = chance.randint(1, 300)
            case "to" | "at", str():
                place[name] = f"20{chance.randint(26, 29)}-0{chance.randint(1, 9)}-02T00:00:00Z"
        _settle(place[name], person, chance)


def _write_nested(given: Any) -> None:
    """Write what is nested in a query or form as JSON: so the description says, and the generator does not know how."""
    if isinstance(given, dict):
        given |= {name: json.dumps(value) for name, value in given.items() if isinstance(value, (dict, list))}


def _takes_customer(case: Case[Any]) -> bool:
    """Whether it is about one customer, whom servers have to name."""
    function = FUNCTIONS.get(case.operation.label.rpartition("/")[2])
    fields = () if function is None else msgspec.structs.fields(function.input)
    return any(field.encode_name == "customer" and not field.required for field in fields)
