"""Secrets of destinations: while one is changed, calls carry the signatures of both, so that none is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

import asyncpg
import pytest

from leal.datasource.pushing import Pusher
from leal.engine.commands import Shop
from leal.engine.destinations import UnknownDestination
from leal.engine.engine import Engine
from leal.hooks.sending import Answered, Target
from tests.databases import DatabaseUrls
from tests.engines import push

FIRST, SECOND, THIRD = bytes(32), bytes(range(32)), bytes(range(32, 64))


async def test_calls_are_signed_by_both_while_a_secret_is_changed(
    engine: Engine, shop: Shop, database_urls: DatabaseUrls
) -> None:
    signatures: list[str] = []

    async def send(_: Target, headers: Sequence[tuple[str, str]], body: bytes) -> Answered:
        told = dict(headers)
        content = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
        made = {_signature(secret, content): secret for secret in (FIRST, SECOND, THIRD)}
        signatures[:] = [made[one].hex() for one in told["webhook-signature"].split()]
        return Answered(200, {}, b"")

    pusher = Pusher(engine, allow_private=True, send=send)

    async def signed_by() -> list[bytes]:
        """Whose signatures the next call carries."""
        await engine.push_orders(shop, [push("anna", f"anna-{len(signatures)}-{next(numbers)}", 10)])
        signatures.clear()
        while not signatures:
            await pusher.push(shop, await engine.destination(shop, "crm"))
        return [bytes.fromhex(one) for one in signatures]

    numbers = iter(range(100))
    await engine.add_destination(shop, "crm", "http://127.0.0.1:9/in", FIRST)
    assert await signed_by() == [FIRST]
    await engine.rotate_destination(shop, "crm", SECOND, by="ops")
    assert await signed_by() == [SECOND, FIRST]
    admin = await asyncpg.connect(database_urls.admin)
    await admin.execute("update feed_destination set former_until = now()")
    await admin.close()
    assert await signed_by() == [SECOND]
    await engine.rotate_destination(shop, "crm", THIRD, keep_hours=0)
    assert await signed_by() == [THIRD]
    act = next(noted.act for noted in await engine.audit(shop) if noted.act.actor == "ops")
    assert (act.action, act.subject, act.after) == ("destination.rotated", "crm", {"keep_hours": 24})
    with pytest.raises(UnknownDestination):
        await engine.rotate_destination(shop, "other", SECOND)


def _signature(secret: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
