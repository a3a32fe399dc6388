"""The embedded server: started by the first, shared by all, stopped after the last, whatever dies on the way."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from leal.embedded import EmbeddedServer, hold, status
from tests.homes import (
    GRACE_SECONDS,
    alive,
    ask,
    end,
    fetch,
    holder,
    kill,
    let_go,
    running,
    stopped,
    url_of,
    wait_until,
)


def test_it_runs_while_anybody_holds_it_and_keeps_what_was_written(home: Path) -> None:
    assert stopped(home)
    assert not home.exists()
    first = hold(home)
    before = running(home)
    other = holder(home)
    assert url_of(other) == first.url
    fetch(first.owner_url, "CREATE TABLE kept AS SELECT 42 AS number")
    first.close()
    first.close()
    time.sleep(GRACE_SECONDS + 0.6)
    assert running(home) == before
    let_go(other)
    wait_until(lambda: stopped(home))
    assert not (home / "postgres" / "postmaster.pid").exists()
    with hold(home) as again:
        assert fetch(again.owner_url, "SELECT number FROM kept") == 42


def test_two_holds_of_one_process_are_two(home: Path) -> None:
    first, second = hold(home), hold(home)
    first.close()
    time.sleep(GRACE_SECONDS + 0.6)
    assert fetch(second.url, "SELECT 1") == 1
    second.close()
    wait_until(lambda: stopped(home))


def test_the_roles_have_the_rights_they_need_and_no_others(held: EmbeddedServer) -> None:
    rights = "SELECT format('%s %s %s', rolname, rolsuper, rolbypassrls) FROM pg_roles WHERE rolname = current_user"
    assert fetch(held.url, rights) == "leal_app f f"
    assert fetch(held.owner_url, rights) == "leal_owner f f"
    assert fetch(held.admin_url, rights) == "leal_admin t t"
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert fetch(held.url, owner) == "leal_owner"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        fetch(held.url, "CREATE TABLE mine (number int)")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("data_checksums", "on"),
        ("log_min_error_statement", "panic"),
        ("max_wal_size", "8GB"),
    ],
)
def test_the_settings_that_promises_rest_on(settings_url: str, setting: str, value: str) -> None:
    assert fetch(settings_url, f"SELECT current_setting('{setting}')") == value


@pytest.fixture(scope="module")
def settings_url() -> Iterator[str]:
    path = Path(tempfile.mkdtemp(prefix="leal-test-"))
    path.chmod(0o711)
    with hold(path / "home") as server:
        yield server.url
    end(path / "home")
    shutil.rmtree(path)


def test_a_statement_with_personal_data_leaves_no_trace_in_the_logs(home: Path, held: EmbeddedServer) -> None:
    fetch(held.owner_url, "CREATE TABLE person (email text PRIMARY KEY)")
    with pytest.raises(asyncpg.UniqueViolationError):
        fetch(held.owner_url, "INSERT INTO person VALUES ('anna@home'), ('anna@home')")
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        fetch(held.url, "SELECT 'anna@home'::int")
    logs = [path.read_text() for path in (home / "log").iterdir()]
    assert any("ready to accept connections" in text for text in logs)
    assert not any("anna@home" in text for text in logs)


@pytest.mark.parametrize("order", list(itertools.permutations(["supervisor", "postmaster", "holder"])), ids="-".join)
def test_killed_in_any_order_nothing_acknowledged_is_lost(home: Path, order: tuple[str, ...]) -> None:
    process = holder(home)
    assert url_of(process)
    seen = running(home)
    pids = {"supervisor": seen.supervisor_pid, "postmaster": seen.server_pid, "holder": process.pid}
    with hold(home) as server:
        fetch(server.owner_url, "CREATE TABLE kept AS SELECT 0 AS number")
    for count, victim in enumerate(order, start=1):
        with hold(home) as server:
            fetch(server.owner_url, f"INSERT INTO kept VALUES ({count})")
            seen = running(home)
        pids.update(supervisor=seen.supervisor_pid, postmaster=seen.server_pid)
        kill(pids[victim])
    process.wait()
    with hold(home) as server:
        assert fetch(server.owner_url, "SELECT array_agg(number ORDER BY number) FROM kept") == [0, 1, 2, 3]
    wait_until(lambda: stopped(home))


def test_supervisor_and_server_killed_at_once_under_a_holder(home: Path, held: EmbeddedServer) -> None:
    fetch(held.owner_url, "CREATE TABLE kept AS SELECT 1 AS number")
    seen = running(home)
    kill(seen.supervisor_pid)
    kill(seen.server_pid)
    with hold(home) as again:
        assert fetch(again.owner_url, "SELECT number FROM kept") == 1


async def test_an_orphan_is_adopted_with_its_sessions_and_stopped_at_the_end(home: Path, held: EmbeddedServer) -> None:
    before = running(home)
    connection = await asyncpg.connect(held.url)
    kill(before.supervisor_pid)
    wait_until(lambda: not status(home).running)
    with hold(home):
        after = running(home)
        assert after.server_pid == before.server_pid
        assert after.supervisor_pid != before.supervisor_pid
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    held.close()
    wait_until(lambda: stopped(home))
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_a_server_that_dies_under_a_holder_is_restarted(home: Path, held: EmbeddedServer) -> None:
    before = running(home)
    kill(before.server_pid)
    wait_until(lambda: status(home).running and status(home).server_pid != before.server_pid)
    assert fetch(held.url, "SELECT 1") == 1
    assert running(home).supervisor_pid == before.supervisor_pid


async def test_a_busy_session_that_outlives_its_postmaster_does_not_block_the_next(
    home: Path, held: EmbeddedServer
) -> None:
    connection = await asyncpg.connect(held.url)
    session_pid = connection.get_server_pid()
    busy = asyncio.create_task(connection.execute("SELECT count(*) FROM generate_series(1, 1e12::bigint)"))
    await asyncio.sleep(0.3)
    seen = running(home)
    kill(seen.supervisor_pid)
    kill(seen.server_pid)
    await asyncio.sleep(0.2)
    assert alive(session_pid)
    with hold(home) as again:
        assert await ask(again.url, "SELECT 1") == 1
    assert not alive(session_pid)
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await busy


def test_a_lost_socket_is_made_again(home: Path, held: EmbeddedServer) -> None:
    before = running(home)
    assert before.socket_dir is not None
    (before.socket_dir / ".s.PGSQL.5432").unlink()
    wait_until(lambda: status(home).running)
    assert fetch(held.url, "SELECT 1") == 1


def test_commands_that_start_at_the_same_time_share_one_server(home: Path) -> None:
    processes = [holder(home) for _ in range(4)]
    urls = {url_of(process) for process in processes}
    assert len(urls) == 1
    assert fetch(urls.pop(), "SELECT 1") == 1
    for process in processes:
        let_go(process)
    wait_until(lambda: stopped(home))


def test_who_arrives_while_the_server_stops_gets_a_running_one(home: Path) -> None:
    for number in range(5):
        with hold(home) as server:
            assert fetch(server.url, "SELECT 1") == 1
        time.sleep(GRACE_SECONDS + number * 0.06)
