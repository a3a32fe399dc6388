"""Connections: a last-in-first-out queue of them, each showing the rows of one shop at a time.

What row-level security lets a session see hangs on its setting `leal.shop` alone. It is set on the session, outside any
transaction (a rollback would bring the old value back), and only when it differs from what the connection last had;
after any failure it counts as unknown and is set anew.

An instant is an `int` of microseconds since 1970 on both sides of a query, `infinity` is `NEVER`. A `jsonb` is a `str`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Final, Self, TypeAlias

import asyncpg

from leal.errors import Unavailable
from leal.store.queries import sql
from leal.values import INT64_MAX, MICRO, NEVER

Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

APP_ROLE: Final = "leal_app"
CONNECT_TIMEOUT: Final = 10.0
"""Seconds a new connection may take, and a proof of life."""
WAIT_TIMEOUT: Final = 30.0
"""Seconds a caller waits for a free connection before it is told that there is none."""
IDLE_TRUST: Final = 10.0
"""Seconds a connection may lie idle and still be taken for alive without asking."""
NOTICED_SOON: Final = MappingProxyType(
    {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
)
"""Session settings by which the server notices a client that vanished without a word."""
STATEMENT_CACHE: Final = 200
"""Prepared statements kept on each connection; more than there are queries on the hot paths."""

_EPOCH_2000: Final = 946_684_800 * MICRO
_MINUS_INFINITY: Final = -(2**63)


class ConnectionLost(Unavailable):
    """The connection broke on the way: what was under way may or may not be stored, so it is not repeated unasked."""

    def __init__(self) -> None:
        super().__init__(
            "The database connection broke; whether the command took effect is not known.",
            "Repeat it with the same idempotency key, order or customer: it takes effect once.",
        )


class _Held:
    """One connection with what is known of its session."""

    __slots__ = ("conn", "idle_since", "shop")

    def __init__(self, conn: Conn) -> None:
        self.conn = conn
        self.shop: int | None = None  # 0: set to none; None: unknown
        self.idle_since = time.monotonic()


class Database:
    """The application's connections to one database, as the role that row-level security binds."""

    def __init__(self, url: str, *, connections: int, statement_timeout_ms: int, lock_timeout_ms: int) -> None:
        self._url = url
        self._session = {
            "application_name": "leal",
            "timezone": "UTC",
            "jit": "off",
            # Plans are kept, also those made while the tables were nearly empty: they must look rows up by key.
            "enable_seqscan": "off",
            # Nor are they made anew for the values at hand, which cost more than it gained.
            "plan_cache_mode": "force_generic_plan",
            "search_path": "public",
            "statement_timeout": str(statement_timeout_ms),
            "lock_timeout": str(lock_timeout_ms),
            "idle_in_transaction_session_timeout": str(2 * statement_timeout_ms),
            "role": APP_ROLE,  # in the start-up packet: not even `reset all` leads out of it
        }
        self._idle: list[_Held] = []
        self._free = asyncio.Semaphore(connections)
        self._closed = False

    @classmethod
    async def open(
        cls, url: str, *, connections: int = 10, statement_timeout_ms: int = 30_000, lock_timeout_ms: int = 5_000
    ) -> Self:
        """Connect once and stand ready for `connections` at most; raises Unavailable with the remedy."""
        database = cls(
            url, connections=connections, statement_timeout_ms=statement_timeout_ms, lock_timeout_ms=lock_timeout_ms
        )
        database._idle.append(await database._connect())
        return database

    async def close(self) -> None:
        """Close every idle connection, and each one in use as it comes back."""
        self._closed = True
        while self._idle:
            await self._discard(self._idle.pop())

    @asynccontextmanager
    async def shop(self, shop: int) -> AsyncIterator[Conn]:
        """A connection, outside any transaction, that sees the rows of one shop; Unavailable when none is free."""
        if shop <= 0:
            raise ValueError(f"{shop} is no shop")
        async with self._lend(shop) as conn:
            yield conn

    @asynccontextmanager
    async def report(self, shop: int) -> AsyncIterator[Conn]:
        """A read-only transaction that sees one shop as it is now, for those who go through all of it: between two
        statements they may reckon for up to an hour. Unavailable when no connection is free.
        """
        async with self.shop(shop) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            await conn.execute(sql.take_time)
            yield conn

    @asynccontextmanager
    async def transaction(self, shop: int) -> AsyncIterator[Conn]:
        """A transaction (read committed) that sees the rows of one shop; an error on the way out rolls it back."""
        async with self.shop(shop) as conn, conn.transaction():
            yield conn

    @asynccontextmanager
    async def directory(self) -> AsyncIterator[Conn]:
        """A connection that sees the list of shops and no row of any."""
        async with self._lend(0) as conn:
            yield conn

    @asynccontextmanager
    async def _lend(self, shop: int) -> AsyncIterator[Conn]:
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        try:
            held = await self._take(shop)
            try:
                yield held.conn
            except LOST as fault:
                held.shop = None
                raise ConnectionLost from fault
            except BaseException:
                held.shop = None
                raise
            finally:
                await self._give_back(held)
        finally:
            self._free.release()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(WAIT_TIMEOUT):
                await self._free.acquire()
        except TimeoutError:
            remedy = "Try again; if it lasts, raise LEAL_DATABASE_CONNECTIONS or look for what holds the database up."
            raise Unavailable("Every database connection is busy.", remedy) from None

    async def _take(self, shop: int) -> _Held:
        """The connection used last, of this shop if there is one, with its session set to the shop."""
        while self._idle and not self._closed:
            held = self._idle.pop(self._best(shop))
            if held.conn.is_closed():
                continue
            if time.monotonic() - held.idle_since > IDLE_TRUST:
                held.shop = None  # setting it anew proves that the connection lives
            try:
                return await self._show(held, shop)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._discard(held)
            except BaseException:
                await self._discard(held)
                raise
        if self._closed:
            raise Unavailable("The database connections are closed.", "Leal is stopping; ask again once it is back.")
        held = await self._connect()
        try:
            with _reaching():
                return await self._show(held, shop)
        except BaseException:
            await self._discard(held)
            raise

    def _best(self, shop: int) -> int:
        last = len(self._idle) - 1
        return next((i for i in range(last, -1, -1) if self._idle[i].shop == shop), last)

    async def _show(self, held: _Held, shop: int) -> _Held:
        if held.shop != shop:
            held.shop = None
            await held.conn.fetchval(sql.set_shop, str(shop or ""), timeout=CONNECT_TIMEOUT)
            held.shop = shop
        return held

    async def _give_back(self, held: _Held) -> None:
        if held.conn.is_closed():
            return
        if self._closed or held.conn.is_in_transaction():
            await self._discard(held)  # a transaction left open: what the session holds is anyone's guess
            return
        held.idle_since = time.monotonic()
        self._idle.append(held)

    @staticmethod
    async def _discard(held: _Held) -> None:
        await discard(held.conn)

    async def connect_apart(self) -> Conn:
        """A connection outside the queue, which sees no shop's rows; the caller closes it with `discard`.

        If its process vanishes, the server notices within a minute. Raises Unavailable with the remedy.
        """
        return (await self._connect(NOTICED_SOON)).conn

    async def _connect(self, more: Mapping[str, str] = MappingProxyType({})) -> _Held:
        conn = await connect(self._url, {**self._session, **more})
        try:
            with _reaching():
                await _prepare(conn)
        except BaseException:
            await discard(conn)
            raise
        return _Held(conn)


async def _prepare(conn: Conn) -> None:
    """See that row-level security binds the connection, and teach it what an instant is."""
    row = await conn.fetchrow(sql.who_am_i, timeout=CONNECT_TIMEOUT)
    if row is None or row["role"] != APP_ROLE or row["unbound"]:
        raise Unavailable(
            f"The database role {APP_ROLE} is a superuser or may pass row-level security.",
            f"Run as a superuser: alter role {APP_ROLE} nosuperuser nobypassrls;",
        )
    await conn.set_type_codec(
        "timestamptz", schema="pg_catalog", encoder=_encode_instant, decoder=_decode_instant, format="tuple"
    )


async def discard(conn: Conn) -> None:
    """Close a connection, roughly where it does not close well."""
    if conn.is_in_transaction():
        conn.terminate()
    elif not conn.is_closed():
        try:
            await conn.close(timeout=1.0)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            conn.terminate()


async def connect(url: str, session: dict[str, str]) -> Conn:
    """One bare connection; raises Unavailable, with the remedy, when the database cannot be reached or entered."""
    with _reaching():
        return await asyncpg.connect(
            url, timeout=CONNECT_TIMEOUT, server_settings=session, statement_cache_size=STATEMENT_CACHE
        )


@contextmanager
def _reaching() -> Iterator[None]:
    """Whatever keeps a new connection from being of use is told as Unavailable: nothing was asked over it yet."""
    try:
        yield
    except Exception as fault:
        for kinds, message, remedy in _REMEDIES:
            if isinstance(fault, kinds):
                detail = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
                raise Unavailable(f"{message} ({detail})", remedy) from fault
        raise


LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
)

_REMEDIES: Final[tuple[tuple[tuple[type[Exception], ...], str, str], ...]] = (
    (
        (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError),
        f"The database has no role {APP_ROLE} that this login may become.",
        f"Run `leal migrate` as a login that may create roles, or as a superuser: grant {APP_ROLE} to <login>;",
    ),
    (
        (asyncpg.InvalidAuthorizationSpecificationError,),
        "The database refused the login.",
        "Put user and password right in LEAL_DATABASE_URL.",
    ),
    (
        (asyncpg.InvalidCatalogNameError,),
        "The server has no such database.",
        "Create it, or put its name right in LEAL_DATABASE_URL.",
    ),
    (
        (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ValueError),
        "The database cannot be reached.",
        "See that it runs and that LEAL_DATABASE_URL is right.",
    ),
)


def _decode_instant(value: tuple[int]) -> int:
    (since_2000,) = value
    if since_2000 == INT64_MAX:
        return NEVER
    if since_2000 == _MINUS_INFINITY:
        raise ValueError("'-infinity' is no instant")
    return since_2000 + _EPOCH_2000


def _encode_instant(at: int) -> tuple[int]:
    return (INT64_MAX,) if at == NEVER else (at - _EPOCH_2000,)
