"""How long answers and refused items are kept."""

from __future__ import annotations

import asyncpg
import pytest

from leal.engine import repeats
from leal.engine.commands import Key
from leal.engine.engine import Engine
from leal.errors import Problem
from tests.databases import DatabaseUrls
from tests.engines import found_shop


async def test_old_ones_are_forgotten_in_batches(
    engine: Engine, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "BATCH", 3)
    shop = await found_shop(engine)
    other = await engine.create_shop("other")
    for number in range(20):
        await engine.keep_answer(shop, Key(bytes([number]) * 32, bytes(32)), b"{}")
        await engine.reject(shop, "order", [(b"{}", [Problem("id", "required", "It is missing.")])])
    await engine.keep_answer(other, Key(bytes(32), bytes(32)), b"{}")
    owner = await asyncpg.connect(database_urls.admin)
    await owner.execute(
        "update idempotency set created_at = now() - case when get_byte(key, 0) < 8 then interval '30 days 1 second'"
        " else interval '29 days 23 hours' end"
    )
    await owner.execute(
        "update rejected set received_at = now() - case when id <= 4 then interval '90 days 1 second'"
        " else interval '89 days 23 hours' end"
    )
    assert await engine.forget_old(shop) == 12
    assert await engine.forget_old(shop) == 0
    assert await engine.kept_answer(shop, Key(bytes([7]) * 32, bytes(32))) is None
    assert await engine.kept_answer(shop, Key(bytes([8]) * 32, bytes(32))) == b"{}"
    assert len(await engine.rejected(shop)) == 16
    assert await engine.kept_answer(other, Key(bytes(32), bytes(32))) == b"{}", "another shop is another matter"
    await owner.close()
