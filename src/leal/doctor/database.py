"""What the doctor sees in the database: the server, its settings, roles and tables, and what is due in it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import asyncpg

from leal.config import Settings
from leal.doctor.findings import Finding, State
from leal.errors import Unavailable
from leal.store.db import APP_ROLE, Conn
from leal.store.migrate import OWNER_ROLE, MigrationState, UnknownSchema
from leal.store.queries import sql
from leal.tokens import Sealer
from leal.values import MICRO

OLDEST, NEWEST = 15, 18
"""Major versions of PostgreSQL that Leal is tested with."""
SKEW_WARN_SECONDS: Final = 2
SKEW_FAIL_SECONDS: Final = 30
"""Half of what tokens are forgiven."""
LAG_WARN_SECONDS: Final = 60
LAG_FAIL_SECONDS: Final = 3600
SPARE: Final = 3
"""Connections beside the processes' own: readiness, migrations, a psql."""


async def server(conn: Conn, settings: Settings) -> AsyncIterator[Finding]:
    """The server, its clock, its promises, and whether it has room for this installation."""
    before = time.time()
    row = await conn.fetchrow(sql.doctor_server)
    after = time.time()
    assert row is not None
    major = row["version_num"] // 10_000
    told = f"It is PostgreSQL {row['version']}."
    if major < OLDEST:
        yield Finding("version", "fail", told, f"Leal needs {OLDEST} or newer.")
    elif major > NEWEST:
        yield Finding("version", "warn", told, f"Leal was tested with {OLDEST} to {NEWEST}.")
    else:
        yield Finding("version", "ok", told)
    if row["replica"]:
        yield Finding("version", "fail", "This server is a standby and takes no writes.", "Name the primary.")
    if row["encoding"] != "UTF8":
        yield Finding("encoding", "fail", f"The database's encoding is {row['encoding']}.", "Make it anew with UTF8.")
    yield skew(row["now_at"].timestamp(), before, after)
    for finding in _promises(row):
        yield finding
    yield connections(settings, int(await conn.fetchval(sql.doctor_room)))


def skew(database_at: float, before: float, after: float) -> Finding:
    """How far the clocks of host and database lie apart; all in seconds since 1970, the host's around the asking."""
    apart = max(0.0, before - database_at, database_at - after)
    told = f"The clocks of this host and of the database are {apart:.1f} s apart."
    if apart < SKEW_WARN_SECONDS:
        return Finding("clock", "ok", told)
    state: State = "fail" if apart >= SKEW_FAIL_SECONDS else "warn"
    return Finding("clock", state, told, "Let NTP set both: tokens go by the host's, points by the database's.")


def _promises(row: Any) -> Iterator[Finding]:
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if row[name] == "off"]
    if not off:
        yield Finding("durability", "ok", "What was answered is on the disk (fsync, synchronous_commit).")
    for name in off:
        message = f"{name} is off: what was answered may be lost in a crash."
        yield Finding(
            "durability", "fail", message, f"As a superuser: alter system set {name} = on; select pg_reload_conf();"
        )


def connections(settings: Settings, room: int) -> Finding:
    """Whether all processes of one server find their connections."""
    leading = bool(settings.upkeep_seconds) + bool(settings.push_seconds)
    jobs = settings.database_connections + leading if leading else 0
    needed = (settings.workers + 1) * settings.database_connections + jobs + SPARE  # one for large pushes
    told = f"One server opens up to {needed} connections; the database allows this login {room}."
    if needed <= room:
        return Finding("connections", "ok", told)
    return Finding("connections", "fail", told, "Lower LEAL_DATABASE_CONNECTIONS or LEAL_WORKERS, or allow more.")


async def roles(conn: Conn, *, embedded: bool) -> AsyncIterator[Finding]:
    """The application's role, and the login that becomes it."""
    login = await conn.fetchval(sql.doctor_login)
    known = {row["name"]: row["unbound"] for row in await conn.fetch(sql.doctor_roles)}
    if APP_ROLE not in known:
        yield Finding("roles", "fail", f"There is no role {APP_ROLE}.", "Run `leal migrate`.")
        return
    if known[APP_ROLE]:
        message = f"{APP_ROLE} is a superuser or may pass row-level security."
        yield Finding("roles", "fail", message, f"As a superuser: alter role {APP_ROLE} nosuperuser nobypassrls;")
    elif login != APP_ROLE and known[login] and not embedded:
        message = f"The login {login} is a superuser, or may pass row-level security, before it becomes {APP_ROLE}."
        yield Finding("roles", "warn", message, "Give the application a login of its own; see docs/settings.md.")
    else:
        yield Finding("roles", "ok", f"{APP_ROLE} is bound by row-level security.")
    try:
        await conn.execute(sql.doctor_become_app)
    except asyncpg.InsufficientPrivilegeError:
        message = f"The login {login} may not become {APP_ROLE}."
        yield Finding("roles", "fail", message, f"As a superuser: grant {APP_ROLE} to {login};")


async def tables(conn: Conn) -> AsyncIterator[Finding]:
    """Whether every table of a shop is closed, and history is what it was."""
    rows = await conn.fetch(sql.doctor_tables)
    open_ = [row["name"] for row in rows if row["of_shops"] and not (row["forced"] and row["policy"])]
    foreign = [row["name"] for row in rows if row["owner"] != OWNER_ROLE]
    too_much = [row["name"] for row in rows if row["too_much"]]
    if open_:
        named = ", ".join(open_)
        help_ = "; ".join(f"{name}: enable row level security, force row level security" for name in open_)
        yield Finding("row security", "fail", f"Row-level security is not forced, or has no policy: {named}.", help_)
    if foreign:
        message = f"Not owned by {OWNER_ROLE}: {', '.join(foreign)}."
        yield Finding("row security", "fail", message, f"As a superuser: alter table … owner to {OWNER_ROLE};")
    if too_much:
        message = f"{APP_ROLE} may change what is never to be changed, in: {', '.join(too_much)}."
        help_ = "; ".join(f"{name}: revoke {_never(name)}" for name in too_much)
        yield Finding("row security", "fail", message, help_)
    if not (open_ or foreign or too_much):
        count = sum(row["of_shops"] for row in rows)
        yield Finding("row security", "ok", f"Row-level security is forced on all {count} tables of shops.")


def _never(table: str) -> str:
    return "update, delete, truncate" if table == "entry" else "truncate"


def schema(found: MigrationState) -> Finding:
    """How the schema stands to this release."""
    try:
        found.require_current()
    except UnknownSchema as fault:
        return Finding("schema", "fail", fault.message, fault.remedy)
    return Finding("schema", "ok", f"The schema is this release's ({found.applied[-1]}).")


async def shops(conn: Conn, settings: Settings) -> AsyncIterator[Finding]:
    """What must be read shop by shop: sealed secrets, and what is due. As the application's role, on the schema."""
    unread: list[str] = []
    lag_seconds, last, sealed = 0.0, "", 0
    key = _key(settings)
    listed = await conn.fetch(sql.all_shops)
    for shop in listed:
        await conn.fetchval(sql.set_shop, str(shop["id"]))
        for row in await conn.fetch(sql.doctor_secrets, shop["id"]):
            sealed += 1
            if not _opens(key, row["secret"]):
                unread.append(f"{shop['slug']}/{row['kid']}")
        waited = await conn.fetchval(sql.waiting_since, shop["id"])
        if waited is not None and waited / MICRO > lag_seconds and not shop["sandbox"]:
            lag_seconds, last = waited / MICRO, shop["slug"]
    if unread:
        message = f"Sealed secrets cannot be read with this secret key: {', '.join(unread[:10])}."
        yield Finding("sealed secrets", "fail", message, "Put back the LEAL_SECRET_KEY that they were sealed with.")
    else:
        yield Finding("sealed secrets", "ok", f"{sealed} sealed secrets of {len(listed)} shops can be read.")
    yield lag(lag_seconds, last)
    yield leader(settings, int(await conn.fetchval(sql.doctor_leaders)))


def lag(seconds: float, shop: str) -> Finding:
    """How long the member has waited whom upkeep owes longest."""
    if seconds < LAG_WARN_SECONDS:
        return Finding("upkeep", "ok", "Nobody has waited long for upkeep.")
    state: State = "fail" if seconds >= LAG_FAIL_SECONDS else "warn"
    message = f"Somebody of {shop} has waited for upkeep for {seconds:,.0f} s."
    return Finding("upkeep", state, message, "See that `leal serve` runs and what its log says, or run `leal upkeep`.")


def leader(settings: Settings, leaders: int) -> Finding:
    """Whether any server stores by itself what falls due."""
    if leaders:
        return Finding("leader", "ok", "A server stores what falls due.")
    if not settings.upkeep_seconds:
        return Finding("leader", "warn", "No server stores what falls due.", "Raise LEAL_UPKEEP_SECONDS above 0.")
    return Finding("leader", "warn", "No server stores what falls due.", "Start `leal serve`.")


def _key(settings: Settings) -> Sealer | None:
    if settings.secret_key is None and not (settings.home / "secret.key").exists():
        return None  # reading it would make it
    try:
        return Sealer(settings.key())
    except Unavailable:
        return None


def _opens(key: Sealer | None, sealed: bytes) -> bool:
    try:
        return key is not None and bool(key.unseal(sealed))
    except Unavailable:
        return False
