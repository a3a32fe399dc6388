"""Where the embedded server lives: long, odd, closed, lost and foreign folders, pipes and forks."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leal.embedded import EmbeddedServer, hold, status
from leal.embedded.errors import DataOfOtherVersion, DataOutOfReach, HomeNotUsable
from tests.homes import HOLDER, ROOT, alive, fetch, running, stopped, wait_until


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
            told = [line for line in lines if "waiting for the database" not in line]  # which a slow start says
            assert len(told) == 1
            assert str(data) in told[0]
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
