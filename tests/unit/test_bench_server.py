"""The server that a benchmark is given by its URL: how it is entered, and that no message shows its password."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from bench.report import CpuMicros, part, parts_table
from bench.server import PREFIX, RIGHT, Server, entry, given, with_database

SOCKET = "postgresql://leal_admin@/postgres?host=/tmp/With%20Blank&port=6000"
ELSEWHERE = "postgres://boss:s%3Acret%40@db.example.com/postgres?sslmode=verify-full&sslrootcert=/etc/ca.pem"


def test_a_socket_is_entered_without_a_password() -> None:
    assert entry(SOCKET) == (("-h", "/tmp/With Blank", "-p", "6000", "-U", "leal_admin"), {}, "")


def test_a_password_is_no_argument() -> None:
    found = entry(ELSEWHERE)
    assert found.arguments == ("-h", "db.example.com", "-p", "5432", "-U", "boss")
    assert found.variables == {"PGPASSWORD": "s:cret@", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/etc/ca.pem"}


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql://boss@[::1]:5433/postgres", "::1"),
        ("postgresql://boss@%2Frun%2FPostgres:5433/postgres", "/run/Postgres"),
    ],
)
def test_a_host_may_be_written_in_each_way(url: str, host: str) -> None:
    assert entry(url).arguments == ("-h", host, "-p", "5433", "-U", "boss")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://boss:s3cret@db/postgres",
        "postgresql://boss:s3cret@/postgres",
        "postgresql://boss:s3cret@one:5432,two:5432/postgres",
        "postgresql://boss:s3cret@db:port/postgres",
        "postgresql://boss:s3/cret@db/postgres",
        "postgresql://boss:s3#cret@db/postgres",
        "postgresql://boss:s3cret@[db/postgres",
        "boss:s3cret",
    ],
)
def test_what_is_no_url_of_one_server_is_told_in_a_line_that_does_not_show_it(url: str) -> None:
    with pytest.raises(SystemExit) as told, given(url):
        pass
    assert told.value.code == f"LEAL_BENCH_DATABASE_URL is no URL of one PostgreSQL server: write it like {RIGHT}"


def test_a_server_that_is_not_there_is_told_in_a_line_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as told, given(f"postgresql://boss:s3cret@/postgres?host={tmp_path}/s3cret"):
        pass
    line = str(told.value.code)
    assert line.startswith("The server that LEAL_BENCH_DATABASE_URL names cannot be entered: ")
    assert "\n" not in line
    assert "s3cret" not in line


def test_databases_have_names_of_their_own_and_leal_is_told_where_they_are() -> None:
    leal = with_database(ELSEWHERE, f"{PREFIX}leal")
    server = Server(ELSEWHERE, PREFIX, f"{PREFIX}leal", leal, None, "17.2")
    assert server.named("bench") == "leal_bench_bench"
    assert server.beside("snapshot").leal == "leal_bench_snapshot"
    assert server.beside("snapshot").leal_url == ELSEWHERE.replace("/postgres?", "/leal_bench_snapshot?")
    assert server.variables(Path("/home"))["LEAL_DATABASE_URL"] == leal == server.settings(Path("/home")).database_url
    assert "cret" not in repr(server)


def test_the_embedded_server_is_found_by_its_home() -> None:
    server = Server(SOCKET, "", "leal", None, 1, "18.1")
    assert (server.named("bench"), server.owner) == ("bench", "leal_owner")
    assert server.variables(Path("/home")) == {"LEAL_HOME": "/home"}
    assert server.settings(Path("/home")).database_url is None


def test_what_another_machine_spent_is_not_known() -> None:
    used = CpuMicros(900, None).since(CpuMicros(300, None)).each(3)
    assert used == CpuMicros(200, None)
    read = part("read", 100, "reads/s", 200, bar=0.5, cpu_us=used, rss_mb=61)
    screen = Console(width=120, color_system=None)
    with screen.capture() as captured:
        screen.print(parts_table([read]))
    assert captured.get().splitlines()[2].split()[-3:] == ["200", "–", "61"]
