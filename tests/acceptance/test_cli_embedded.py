"""The embedded server after `leal database-url`: it stays for whoever looks with psql, and then goes."""

from __future__ import annotations

import time
from pathlib import Path

import asyncpg

from leal.embedded import status
from tests.acceptance.program import Program

LONGER_THAN_THE_GRACE_SECONDS = 4.0
STOPS_WITHIN_SECONDS = 30.0


async def test_psql_can_look_after_the_command_has_ended(tmp_path: Path) -> None:
    home = tmp_path / "home"
    leal = Program({"LEAL_HOME": str(home)}, tmp_path)
    leal.well("shop", "create", "test")
    url = leal.well("database-url", "--owner")
    assert leal.well("database-url") != url
    time.sleep(LONGER_THAN_THE_GRACE_SECONDS)  # noqa: ASYNC251  nothing else runs in this loop
    conn = await asyncpg.connect(url.strip())
    assert await conn.fetchval("select rolbypassrls or rolsuper from pg_roles where rolname = current_user")
    assert await conn.fetch("select available, earned from entry") == []
    assert await conn.fetchval("select slug from shop") == "test"
    await conn.close()
    (home / "lingering").unlink()
    deadline = time.monotonic() + STOPS_WITHIN_SECONDS
    while status(home).running:
        assert time.monotonic() < deadline, "the server does not stop"
        time.sleep(0.2)  # noqa: ASYNC251
