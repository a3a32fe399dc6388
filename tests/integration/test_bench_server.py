"""A benchmark on another's server: it is found there, has it alone, and touches no database but its own."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from bench.server import PREFIX, given
from bench.templates import Templates
from leal.embedded import status
from tests.databases import DatabaseUrls, server_home


async def asked(url: str, question: str) -> list[str]:
    """One column of the answer."""
    conn = await asyncpg.connect(url)
    try:
        return [row[0] for row in await conn.fetch(question)]
    finally:
        await conn.close()


def test_the_server_is_known_and_had_alone(server_urls: DatabaseUrls) -> None:
    with given(server_urls.admin) as server:
        there = status(server_home())
        assert (server.pid, server.version) == (there.server_pid, there.version)
        assert asyncio.run(asked(server.admin_url, "select current_database()")) == ["postgres"]
        with pytest.raises(SystemExit, match="Another benchmark is at work"), given(server_urls.admin):
            pass
    with given(server_urls.admin):
        pass


def test_who_is_no_superuser_is_told(server_urls: DatabaseUrls) -> None:
    with given(server_urls.admin) as server:
        admin_url = server.admin_url
    asyncio.run(asked(admin_url, "create role bench_reader login"))
    try:
        asyncio.run(asked(admin_url, "grant connect on database postgres to bench_reader"))
        url = server_urls.admin.replace("leal_admin@", "bench_reader:s3cret@")
        with pytest.raises(SystemExit, match="names no superuser") as told, given(url):
            pass
        assert "s3cret" not in str(told.value.code)
    finally:
        asyncio.run(asked(admin_url, "revoke connect on database postgres from bench_reader"))
        asyncio.run(asked(admin_url, "drop role bench_reader"))


def test_templates_are_databases_of_the_benchmarks_own(server_urls: DatabaseUrls) -> None:
    own = f"select datname from pg_database where starts_with(datname, '{PREFIX}') order by 1"
    with given(server_urls.admin) as server:
        templates = Templates(server)
        templates.empty(server.leal)
        try:
            assert not templates.copied("members_2", "old", server.leal)
            templates.keep("members_2", "old", server.leal)
            templates.keep("members_2", "new", server.leal)
            assert templates.copied("members_2", "new", server.named("bench"))
            names = ["bench", "kept_members_2_of_new", "leal"]
            assert asyncio.run(asked(server.admin_url, own)) == [f"{PREFIX}{name}" for name in names]
        finally:
            templates.forget("members_2")
            templates.drop(server.named("bench"))
            templates.drop(server.leal)
    assert asyncio.run(asked(server_urls.admin, own)) == []
