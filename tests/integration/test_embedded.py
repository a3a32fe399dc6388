"""The embedded server: started by the first, shared by all, stopped after the last, whatever dies on the way."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

import leal
from leal.embedded import EmbeddedServer, ServerStatus, hold, status
from leal.embedded.errors import DataOfOtherVersion, DataOutOfReach, HomeNotUsable

GRACE_SECONDS = 0.2
ROOT = os.geteuid() == 0
"""Root's server runs as a user without rights; everybody else's as that user."""
HOLDER = """
import sys
from pathlib import Path
from leal.embedded import hold
held = hold(Path(sys.argv[1]), say=lambda line: None)
print(held.url, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAL_SERVER_GRACE_SECONDS", str(GRACE_SECONDS))
    monkeypatch.setenv("PYTHONPATH", str(Path(leal.__file__).parents[1]))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may pass through, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="leal-test-"))
    path.chmod(0o711)
    yield path
    for home in path.rglob("server/state.json"):
        end(home.parents[1])
    shutil.rmtree(path)


@pytest.fixture
def home(folder: Path) -> Path:
    return folder / "home"


@pytest.fixture
def held(home: Path) -> Iterator[EmbeddedServer]:
    with hold(home) as server:
        yield server


def end(home: Path) -> None:
    """Stops whatever still runs for `home` and removes data that had to lie elsewhere."""
    seen = status(home)
    if seen.supervisor_pid:
        os.kill(seen.supervisor_pid, signal.SIGTERM)
        wait_until(lambda: status(home).phase in ("absent", "failed"))
    if seen.data_dir and home not in seen.data_dir.parents:
        shutil.rmtree(seen.data_dir.parent)


def kill(pid: int) -> None:
    assert pid > 1
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def stopped(home: Path) -> bool:
    return status(home).phase == "absent"


def holder(home: Path) -> subprocess.Popen[str]:
    """Another process with a hold on the server of `home`; ready when its first line is read."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def running(home: Path) -> ServerStatus:
    seen = status(home)
    assert seen.running
    return seen


def fetch(url: str, statement: str) -> object:
    return asyncio.run(ask(url, statement))


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


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


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    home = folder / ("a-folder-with-a-long-name-" * 6) / "it's a home & more"
    with hold(home) as server:
        seen = running(home)
        assert seen.socket_dir is not None
        assert len(str(seen.socket_dir)) < 60
        assert stat.S_IMODE(seen.socket_dir.stat().st_mode) == 0o700
        assert seen.data_dir == home / "postgres"
        assert fetch(server.url, "SELECT 1") == 1


def test_a_strict_umask_closes_nothing_the_server_needs(home: Path) -> None:
    before = os.umask(0o077)
    try:
        with hold(home) as server:
            assert running(home).data_dir == home / "postgres"
            assert fetch(server.url, "SELECT 1") == 1
    finally:
        os.umask(before)


def test_a_path_with_odd_characters(folder: Path) -> None:
    with hold(folder / "it's 100% & ünï") as server:
        assert fetch(server.url, "SELECT 1") == 1


def test_a_closed_home_has_its_data_where_the_server_can_go_and_says_so(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home, lines = closed / "home", list[str]()
    with hold(home, say=lines.append) as server:
        data = running(home).data_dir
        assert data is not None
        if ROOT:
            assert home not in data.parents
            assert len(lines) == 1
            assert str(data) in lines[0]
        else:
            assert data == home / "postgres"
            assert lines == []
        fetch(server.owner_url, "CREATE TABLE kept AS SELECT 42 AS number")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    wait_until(lambda: stopped(home))
    closed.chmod(0o711)  # the data stays where it is
    with hold(home, say=lines.append) as server:
        assert fetch(server.owner_url, "SELECT number FROM kept") == 42
    wait_until(lambda: stopped(home))
    if not ROOT:
        return
    aside = data.parent.with_name(data.parent.name + ".aside")
    data.parent.rename(aside)
    with pytest.raises(DataOutOfReach) as caught:
        hold(home)
    shutil.rmtree(aside)
    assert str(data) in caught.value.message


def test_a_home_that_is_closed_later_is_refused_to_root_with_the_remedy(folder: Path) -> None:
    parent = folder / "parent"
    parent.mkdir()
    parent.chmod(0o711)
    hold(parent / "home").close()
    wait_until(lambda: stopped(parent / "home"))
    parent.chmod(0o700)
    if not ROOT:
        hold(parent / "home").close()
        return
    with pytest.raises(DataOutOfReach) as caught:
        hold(parent / "home")
    assert "chmod o+x" in caught.value.remedy


def test_what_a_crash_of_the_machine_leaves_is_cleared(home: Path) -> None:
    with hold(home) as server:
        fetch(server.owner_url, "CREATE TABLE kept AS SELECT 42 AS number")
        seen = running(home)
        lock_file = (home / "postgres" / "postmaster.pid").read_text()
    wait_until(lambda: stopped(home))
    assert seen.socket_dir is not None
    stranger = subprocess.Popen(["sleep", "60"])  # the old process id belongs to somebody else by now
    stale = lock_file.replace(str(seen.server_pid), str(stranger.pid), 1)
    (home / "postgres" / "postmaster.pid").write_text(stale)
    (seen.socket_dir / ".s.PGSQL.5432").touch()
    (seen.socket_dir / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
    (home / "postgres.new").mkdir()
    with hold(home) as server:
        assert fetch(server.owner_url, "SELECT number FROM kept") == 42
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_command_in_a_pipe_ends_though_the_server_stays(home: Path) -> None:
    begun_at = time.monotonic()
    command = [sys.executable, "-c", HOLDER, str(home)]
    done = subprocess.run(command, input="", capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.startswith("postgresql://leal_app@/leal?host=")
    assert time.monotonic() - begun_at < 10


def test_a_forked_child_has_no_hold_until_it_takes_one(home: Path, held: EmbeddedServer) -> None:
    stop_read, stop_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(stop_write)
        os.read(stop_read, 1)  # outlives the parent's hold
        code = 1
        try:
            hold(home)
            code = 0 if status(home).running else 2
        finally:
            os._exit(code)
    held.close()
    wait_until(lambda: stopped(home))
    os.close(stop_write)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_removed_home_ends_its_server(home: Path, held: EmbeddedServer) -> None:
    supervisor_pid = running(home).supervisor_pid
    subprocess.run(["rm", "-rf", str(home)], check=True)
    wait_until(lambda: not alive(supervisor_pid))
    with hold(home):
        assert running(home).supervisor_pid != supervisor_pid


def test_a_home_that_cannot_be_made_is_named(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(HomeNotUsable) as caught:
        hold(folder / "file" / "home")
    assert str(folder / "file" / "home") in caught.value.message
    assert caught.value.remedy


def test_data_of_another_major_version_is_refused_by_the_waiting_command(home: Path) -> None:
    hold(home).close()
    wait_until(lambda: stopped(home))
    (home / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(DataOfOtherVersion) as caught:
        hold(home)
    assert "PostgreSQL 12" in caught.value.message
    assert status(home).failure == caught.value.message
