"""The server that is measured: the embedded one of a kept home, or another that LEAL_BENCH_DATABASE_URL names.

On another one the benchmark makes and drops databases of its own names alone, and Leal's two roles where they are
missing. No message shows the URL: it may hold a password.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import asyncpg

from bench import machine
from bench.report import CpuMicros
from leal.config import Settings
from leal.embedded import EmbeddedServer
from leal.embedded.probe import DATABASE as EMBEDDED_DATABASE
from leal.store.migrate import OWNER_ROLE

VARIABLE: Final = "LEAL_BENCH_DATABASE_URL"
RIGHT: Final = "postgresql://postgres:password@db.example.com:5432/postgres or postgresql://postgres@/postgres?host=/run/postgresql"
PREFIX: Final = "leal_bench_"
"""With which every database begins that is made on another server."""
ADMIN_DATABASE: Final = "postgres"
"""Where databases are made and dropped from; nothing in it is changed."""
OLDEST: Final = 15
"""The first major version that Leal works with."""
LOCK: Final = 0x1EA1_BE7C
"""Of the advisory lock: one run at a time has a server."""
CONNECT_SECONDS: Final = 10.0
PASSED_ON: Final = ("sslmode", "sslrootcert", "sslcert", "sslkey", "passfile")
"""Of a URL's parameters those that pgbench is told too, under the names that libpq has for them."""

_PLACE: Final = re.compile(r"(?P<host>\[[^]]*\]|[^:,]*)(:(?P<port>\d+))?")
_LOOK: Final = """
    select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
           current_setting('is_superuser') = 'on' as superuser, pg_backend_pid() as pid,
           format(' %s %s ', session_user, current_database()) as login,
           coalesce('(' || inet_client_port() || ')', '[local]') as line
"""


class Entry(NamedTuple):
    """How a server is entered, for programs that take no URL."""

    arguments: tuple[str, ...]
    variables: Mapping[str, str]
    """Where the password stands: arguments are everybody's to see."""
    password: str


@dataclass(frozen=True, slots=True)
class Server:
    """One server, and what the benchmark's databases on it are called."""

    admin_url: str = field(repr=False)
    """A superuser's, past row-level security; to no database that is made or dropped."""
    prefix: str
    leal: str
    """The name of Leal's database."""
    leal_url: str | None = field(repr=False)
    """What Leal is started with; None: it finds the embedded server by its home."""
    pid: int | None
    """Of the server's first process; None where that is not on this machine."""
    version: str

    def named(self, word: str) -> str:
        """The name of a database of the benchmark's own."""
        return f"{self.prefix}{word}"

    def url(self, database: str) -> str:
        """A database as the superuser."""
        return with_database(self.admin_url, database)

    @property
    def owner(self) -> str | None:
        """Who owns Leal's database; None: the superuser, as whom it is also migrated."""
        return OWNER_ROLE if self.leal_url is None else None

    def beside(self, word: str) -> Server:
        """The same server, with another database in the place of Leal's."""
        name = self.named(word)
        return replace(self, leal=name, leal_url=self.url(name))

    def settings(self, home: Path) -> Settings:
        """Those of Leal in this process."""
        return Settings(home=home, database_url=self.leal_url)

    def variables(self, home: Path) -> dict[str, str]:
        """Those of Leal in a process of its own."""
        return {"LEAL_HOME": str(home)} | ({"LEAL_DATABASE_URL": self.leal_url} if self.leal_url else {})

    def cpu(self, pids: Iterable[int]) -> CpuMicros:
        """Processor time so far, of processes together and of the server."""
        own = sum(map(machine.cpu_micros, pids))
        return CpuMicros(own, None if self.pid is None else machine.family_cpu_micros(self.pid))


def embedded(server: EmbeddedServer, pid: int, version: str) -> Server:
    """The embedded server of a home."""
    return Server(with_database(server.admin_url, ADMIN_DATABASE), "", EMBEDDED_DATABASE, None, pid, version)


@contextmanager
def given(url: str) -> Iterator[Server]:
    """The server of a superuser's URL, which no other benchmark has meanwhile; raises SystemExit where it is no use."""
    password = entry(url).password
    admin_url = with_database(url, ADMIN_DATABASE)
    with asyncio.Runner() as runner:
        try:
            conn = runner.run(_entered(admin_url))
        except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            reason = (str(fault).strip() or type(fault).__name__).splitlines()[0]
            shown = reason.replace(password, "…") if password else reason
            raise SystemExit(f"The server that {VARIABLE} names cannot be entered: {shown}") from None
        try:
            version, pid = runner.run(_looked(conn))
            leal = f"{PREFIX}{EMBEDDED_DATABASE}"
            yield Server(admin_url, PREFIX, leal, with_database(url, leal), pid, version)
        finally:
            runner.run(conn.close())


def entry(url: str) -> Entry:
    """How a URL's server is entered without it; raises SystemExit, which shows nothing of it, where it is none."""
    try:
        parts = urlsplit(url)
        more = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _no_url() from None
    login, _, place = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    found = _PLACE.fullmatch(place)
    if parts.scheme not in ("postgresql", "postgres") or found is None or parts.fragment:
        raise _no_url()
    host, port = unquote(found["host"].strip("[]")) or more.get("host", ""), found["port"] or more.get("port", "5432")
    if not host or "," in host or not port.isdecimal():
        raise _no_url()
    user, password = unquote(user) or more.get("user", ""), unquote(password) or more.get("password", "")
    variables = {f"PG{name.upper()}": more[name] for name in PASSED_ON if name in more}
    return Entry(
        ("-h", host, "-p", port, *(("-U", user) if user else ())),
        variables | ({"PGPASSWORD": password} if password else {}),
        password,
    )


def with_database(url: str, database: str) -> str:
    """The URL with another database in it."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _no_url() -> SystemExit:
    return SystemExit(f"{VARIABLE} is no URL of one PostgreSQL server: write it like {RIGHT}")


async def _entered(url: str) -> asyncpg.Connection[asyncpg.Record]:
    told = {"application_name": "leal-bench", "idle_session_timeout": "0"}  # it is idle for the whole run
    return await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings=told)


async def _looked(conn: asyncpg.Connection[asyncpg.Record]) -> tuple[str, int | None]:
    """The server's version and process; raises SystemExit where it is not one to measure on."""
    row = await conn.fetchrow(_LOOK)
    assert row is not None
    if row["major"] < OLDEST:
        raise SystemExit(f"The server that {VARIABLE} names is PostgreSQL {row['version']}; Leal needs {OLDEST}.")
    if not row["superuser"]:
        raise SystemExit(f"{VARIABLE} names no superuser, who alone can make the data past row-level security.")
    if not await conn.fetchval("select pg_try_advisory_lock($1)", LOCK):
        raise SystemExit(f"Another benchmark is at work on the server that {VARIABLE} names: wait for its end.")
    return row["version"].split()[0], machine.parent_of_backend(row["pid"], row["login"], row["line"])
