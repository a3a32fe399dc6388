"""Row-level security: no role that is bound by it sees, makes, changes or removes a row of another shop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import pytest

from tests.databases import DatabaseUrls
from tests.integration.rows import ROWS, insert, insert_all

Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

GRANTED = {
    "shop": {"SELECT", "INSERT", "UPDATE"},
    "programme_version": {"SELECT", "INSERT"},
    "token_key": {"SELECT", "INSERT", "UPDATE"},
    "identity": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "account": {"SELECT", "INSERT", "UPDATE"},
    "entry": {"SELECT", "INSERT"},
    "entry_note": {"SELECT", "INSERT", "DELETE"},
    "lot_page": {"SELECT", "INSERT", "DELETE"},
    "day_sum": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "cap_use": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "stock": {"SELECT", "INSERT", "UPDATE"},
    "event_sum": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "event_key": {"SELECT", "INSERT", "DELETE"},
    "record_change": {"SELECT", "INSERT", "DELETE"},
    "order_state": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "redemption": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "hold": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "referral": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "acceptance": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "referral_due": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "customer": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "merged": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "outbox": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "idempotency": {"SELECT", "INSERT", "DELETE"},
    "rejected": {"SELECT", "INSERT", "DELETE"},
    "import_run": {"SELECT", "INSERT", "UPDATE"},
    "feed_destination": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "collection": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "product": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "collection_product": {"SELECT", "INSERT", "DELETE"},
    "audit": {"SELECT", "INSERT"},
    "approval": {"SELECT", "INSERT", "UPDATE"},
    "content_seen": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "content_day": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "content_links": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "migration": {"SELECT"},
}
"""All that the application may do."""


@pytest.fixture
async def admin(database_urls: DatabaseUrls) -> AsyncIterator[Conn]:
    """A superuser in a database with two shops, each with one row in every table."""
    conn = await asyncpg.connect(database_urls.admin)
    await conn.execute("insert into shop (slug) values ('one'), ('two')")
    for shop in (1, 2):
        await conn.execute(insert_all(shop))
    yield conn
    await conn.close()


@pytest.fixture(params=["app", "owner"])
async def bound(request: pytest.FixtureRequest, admin: Conn, database_urls: DatabaseUrls) -> AsyncIterator[Conn]:
    """A role that row-level security binds, in that database, with no shop set."""
    conn = await asyncpg.connect(getattr(database_urls, request.param))
    yield conn
    await conn.close()


async def show(conn: Conn, shop: str) -> None:
    """Set the session's shop."""
    await conn.execute("select set_config('leal.shop', $1, false)", shop)


async def outcome(conn: Conn, statement: str) -> str:
    """What becomes of a statement: its command tag, or "refused"."""
    try:
        return await conn.execute(statement)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError):
        return "refused"


async def outcomes(conn: Conn, statement: str) -> dict[str, str]:
    """What becomes of a statement on each tenant table."""
    return {table: await outcome(conn, statement.format(table=table)) for table in ROWS}


async def test_every_table_with_a_shop_is_bound_for_everyone(admin: Conn) -> None:
    rows = await admin.fetch(
        "select relname::text as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'shop' "
        "where relkind = 'r' and relnamespace = 'public'::regnamespace and relrowsecurity and relforcerowsecurity"
    )
    assert {row["name"] for row in rows} == set(ROWS)
    loose = await admin.fetch(
        "select relname::text as name from pg_class where relkind in ('r', 'p') "
        "and relnamespace = 'public'::regnamespace and not (relrowsecurity and relforcerowsecurity)"
    )
    assert {row["name"] for row in loose} == {"migration"}


async def test_a_session_sees_its_own_shop_alone(bound: Conn) -> None:
    await show(bound, "2")
    for table in ROWS:
        assert [row["shop"] for row in await bound.fetch(f"select shop from {table}")] == [2], table


@pytest.mark.parametrize("shop", ["", "3", None])
async def test_without_its_shop_nothing_is_seen(bound: Conn, shop: str | None) -> None:
    if shop is not None:
        await show(bound, shop)
    assert {table: await bound.fetchval(f"select count(*) from {table}") for table in ROWS} == dict.fromkeys(ROWS, 0)


@pytest.mark.parametrize("shop", ["", "1"])
async def test_a_row_for_another_shop_is_refused(bound: Conn, shop: str) -> None:
    await show(bound, shop)
    assert {table: await outcome(bound, insert(table, shop="2")) for table in ROWS} == dict.fromkeys(ROWS, "refused")


async def test_a_row_cannot_be_moved_to_another_shop(bound: Conn) -> None:
    await show(bound, "1")
    assert await outcomes(bound, "update {table} set shop = 2") == dict.fromkeys(ROWS, "refused")


@pytest.mark.parametrize("shop", ["", "1"])
async def test_rows_of_another_shop_cannot_be_changed_or_removed(bound: Conn, admin: Conn, shop: str) -> None:
    await show(bound, shop)
    changed = await outcomes(bound, "update {table} set shop = shop where shop = 2")
    removed = await outcomes(bound, "delete from {table} where shop = 2")
    assert set(changed.values()) <= {"UPDATE 0", "refused"}
    assert set(removed.values()) <= {"DELETE 0", "refused"}
    assert {table: await admin.fetchval(f"select count(*) from {table} where shop = 2") for table in ROWS} == (
        dict.fromkeys(ROWS, 1)
    )


async def test_the_directory_is_seen_and_another_shop_not_changed(bound: Conn) -> None:
    await show(bound, "1")
    assert await bound.fetchval("select count(*) from shop") == 2
    assert await bound.execute("update shop set programme_version = 1") == "UPDATE 1"
    assert await outcome(bound, "update shop set programme_version = 1 where id = 2") == "UPDATE 0"


@pytest.mark.parametrize("role", ["app", "owner", "admin"])
@pytest.mark.parametrize("table", ["entry", "programme_version"])
async def test_history_is_append_only_for_everyone(
    admin: Conn, database_urls: DatabaseUrls, role: str, table: str
) -> None:
    conn = await asyncpg.connect(getattr(database_urls, role))
    await show(conn, "1")
    for statement in (f"update {table} set shop = shop", f"delete from {table}", f"truncate {table} cascade"):
        assert await outcome(conn, statement) == "refused", statement
    await conn.close()
    assert await admin.fetchval(f"select count(*) from {table}") == 2


async def test_the_application_may_do_exactly_this(admin: Conn) -> None:
    rows = await admin.fetch(
        "select table_name::text as name, array_agg(privilege_type::text) as may "
        "from information_schema.role_table_grants "
        "where grantee in ('leal_app', 'PUBLIC') and table_schema = 'public' group by table_name"
    )
    assert {row["name"]: set(row["may"]) for row in rows} == GRANTED
    columns = await admin.fetchval(
        "select count(*) from pg_attribute join pg_class on pg_class.oid = attrelid "
        "where attacl is not null and relnamespace = 'public'::regnamespace"
    )
    assert columns == 0
    assert await admin.fetchval("select has_schema_privilege('leal_app', 'public', 'create')") is False


async def test_no_role_of_ours_passes_row_level_security(admin: Conn) -> None:
    rows = await admin.fetch(
        "select rolname::text as name, rolsuper or rolbypassrls or rolcreaterole or rolreplication as free "
        "from pg_roles where rolname in ('leal_app', 'leal_owner')"
    )
    assert {row["name"]: row["free"] for row in rows} == {"leal_app": False, "leal_owner": False}
