"""The database refuses nonsense by itself: each check, each key and each reference."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, TypeAlias

import asyncpg
import pytest

from tests.databases import DatabaseUrls
from tests.integration.rows import LOT, ROWS, insert, insert_all

Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

APPROVED: Final = {"decision": "'approved'", "decided_by": "'bob'", "decided_at": "now()"}
PENDING: Final = {"available": "0", "pending": "10"}

WRONG: Final[list[tuple[str, str, dict[str, str]]]] = [
    ("programme_version", "programme_version_content_hash_check", {"content_hash": "'x'"}),
    ("programme_version", "programme_version_version_check", {"version": "0"}),
    ("programme_version", "two_persons", {"approver": "'me'"}),
    ("programme_version", "wish_key_whole", {"wish_key": "'x'"}),
    ("token_key", "token_key_kid_check", {"kid": "''"}),
    ("token_key", "scope_known", {"scope": "'root'"}),
    ("token_key", "opaque_is_a_digest", {"opaque": "true"}),
    ("product", "product_id_check", {"id": "''"}),
    ("collection", "collection_id_check", {"id": "''"}),
    ("collection_product", "collection_product_product_check", {"product": "''"}),
    ("collection_product", "collection_product_collection_check", {"collection": "''"}),
    ("audit", "audit_action_check", {"action": "'whim'"}),
    ("audit", "audit_actor_check", {"actor": "''"}),
    ("audit", "audit_subject_check", {"subject": "repeat('x', 401)"}),
    ("audit", "audit_reason_check", {"reason": "repeat('x', 2001)", "member": "null"}),
    ("audit", "members_reason_in_note", {"reason": "'she is ill'"}),
    ("approval", "approval_kind_check", {"kind": "'whim'"}),
    ("approval", "approval_key_check", {"key": "'x'"}),
    ("approval", "approval_wish_check", {"wish": "repeat('x', 2000001)"}),
    ("approval", "approval_requested_by_check", {"requested_by": "''"}),
    ("approval", "approval_decision_check", {"decision": "'maybe'", "decided_by": "'bob'", "decided_at": "now()"}),
    ("approval", "approval_decided_by_check", {"decision": "'declined'", "decided_by": "''", "decided_at": "now()"}),
    ("approval", "approval_outcome_check", {"outcome": "'maybe'", **APPROVED}),
    ("approval", "approval_failure_check", {"failure": "repeat('x', 2001)"}),
    ("approval", "decided_whole", {"decided_by": "'bob'"}),
    ("approval", "two_persons", {**APPROVED, "decided_by": "'ann'"}),
    ("approval", "outcome_of_approved", {"outcome": "'done'"}),
    ("identity", "identity_bucket_check", {"bucket": "1024"}),
    ("identity", "identity_key_check", {"key": "''"}),
    ("identity", "identity_kind_check", {"kind": "'phone'"}),
    ("account", "account_bucket_check", {"bucket": "-1"}),
    ("account", "account_head_check", {"head": "'x'"}),
    ("account", "account_id_check", {"id": "0"}),
    ("account", "account_limit_used_check", {"limit_used": "array[0, 0, 0, 0]"}),
    ("account", "account_limit_used_check", {"limit_used": "array[0, 0, 0, 0, -1]"}),
    ("account", "account_membership_check", {"membership": "'member'"}),
    ("account", "account_tier_asked_check", {"tier_asked": "'never'"}),
    ("account", "conservation", {"earned": "11"}),
    ("account", "conservation", {"redeemed": "1"}),
    ("account", "counts_not_negative", {"spend_micros": "-1"}),
    ("account", "counts_not_negative", {"order_number": "-1"}),
    ("account", "debt_leaves_nothing", {"debt": "3", "redeemed": "3"}),
    ("account", "nothing_negative", {"redeemed": "-1", "expired": "1"}),
    ("account", "lots_whole", {"lots": "array[1, 1, 10, 10, 0, 0, 0, 0]"}),
    ("account", "lots_whole", {"lots": f"array[{LOT[:-1]}null]"}),
    ("account", "lots_whole", {"lots": f"array[array[{LOT}]]"}),
    ("account", "lots_add_up", {"lots": "'{}'"}),
    ("account", "lots_add_up", {"lots": f"array[{LOT}, {LOT}]"}),
    ("account", "lots_add_up", {"lots": "array[1, 1, 10, 10, 1, 0, 0, 0, 0]"}),
    ("account", "lots_add_up", {"lots": "array[1, 1, 9, 10, 0, 0, 0, 0, 0]"}),
    ("account", "lots_add_up", {"lots": "array[1, 1, 10, 10, -1, 0, 0, 0, 0]"}),
    ("account", "lots_add_up", {"lots": "array[1, 1, 10, 10, 0, 0, 9000000000000000, 0, 0]"}),
    ("account", "lots_add_up", PENDING),
    ("account", "lots_add_up", {"available": "5", "held": "5"}),
    ("account", "account_set_tier_check", {"set_tier": "repeat('x', 65)"}),
    ("account", "marks_known", {"marks": "array['huge']"}),
    ("account", "shortfalls_whole", {"shortfalls": "array[1]"}),
    ("account", "waiting_whole", {"waiting": "array[1]"}),
    ("account", "codes_whole", {"codes": "array[1]"}),
    ("account", "keeps_whole", {"keeps": "'[1]'"}),
    ("record_change", "record_change_bucket_check", {"bucket": "1024"}),
    ("record_change", "record_change_gone_check", {"gone": "repeat('x', 321)"}),
    ("account", "person_whole", {"person": "'[1]'"}),
    ("event_sum", "event_sum_count_check", {"count": "0"}),
    ("event_sum", "event_sum_trigger_check", {"trigger": "''"}),
    ("event_key", "event_key_key_check", {"key": "'x'"}),
    ("feed_destination", "feed_destination_name_check", {"name": "'No'"}),
    ("feed_destination", "feed_destination_url_check", {"url": "repeat('x', 2001)"}),
    ("feed_destination", "feed_destination_mapping_check", {"mapping": "repeat('x', 65)"}),
    ("feed_destination", "feed_destination_batch_records_check", {"batch_records": "0"}),
    ("feed_destination", "feed_destination_batch_bytes_check", {"batch_bytes": "1"}),
    ("feed_destination", "feed_destination_cursor_check", {"cursor": "repeat('x', 16385)"}),
    ("feed_destination", "feed_destination_failure_check", {"failure": "repeat('x', 501)"}),
    ("hold", "hold_reference_check", {"reference": "''"}),
    ("referral", "referral_code_check", {"code": "''"}),
    ("referral", "referral_channel_check", {"channel": "''"}),
    ("referral", "referral_destination_check", {"destination": "'a'"}),
    ("acceptance", "acceptance_points_check", {"points": "-1"}),
    ("acceptance", "acceptance_rejected_check", {"rejected": "''"}),
    ("entry", "conservation", {"earned": "11"}),
    ("entry", "counts_have_a_day", {"spend_micros": "1"}),
    ("entry", "debt_leaves_nothing", {"debt": "3", "redeemed": "3"}),
    ("entry", "entry_cause_check", {"cause": "'whim'"}),
    ("entry", "entry_digest_check", {"digest": "'x'"}),
    ("entry", "entry_number_check", {"number": "0"}),
    ("entry", "lots_whole", {"lots": "array[1]"}),
    ("entry", "moves_whole", {"moves": "array[1]"}),
    ("entry", "nothing_negative", {"expired": "-1", "redeemed": "1"}),
    ("entry_note", "entry_note_note_check", {"note": "repeat('x', 8001)"}),
    ("entry_note", "entry_note_salt_check", {"salt": "'x'"}),
    ("account", "pages_told", {"paged_due_at": "timestamptz '2027-01-01Z'"}),
    ("account", "pages_told", {"paged_from": "array[1900000000000000, 0, 0, 1]"}),
    *(
        ("account", "pages_told", {"lots": "'{}'", "paged_ends": f"array[{ends}]", "paged_from": first})
        for ends, first in (
            ("1900000000000000, 10", "null"),
            ("1900000000000000, 10", "array[1900000000000001, 0, 0, 1]"),
            ("1900000000000000, 10", "array[1900000000000000, 0, 0]"),
            ("1900000000000000, 10, null", "array[1900000000000000, 0, 0, 1]"),
            ("1900000000000000, 10, 1900000000000000", "array[1900000000000000, 0, 0, 1]"),
        )
    ),
    *(
        ("account", "lots_add_up", {"lots": "'{}'", "paged_ends": f"array[{ends}]", "paged_from": f"array[{first}]"})
        for ends, first in (
            ("1900000000000000, 11", "1900000000000000, 0, 0, 1"),
            ("1900000000000000, 11, 1900000000000001, -1", "1900000000000000, 0, 0, 1"),
            ("1, 10", "1, 0, 0, 1"),
        )
    ),
    (
        "account",
        "pages_told",
        {"paged_points": "10", **PENDING, "lots": "'{}'", "paged_due_at": "timestamptz '2026-01-01Z'"},
    ),
    ("account", "lots_add_up", {"paged_points": "10", "paged_due_at": "timestamptz '2027-01-01Z'"}),
    ("lot_page", "lot_page_points_check", {"points": "0", "lots": "array[1, 1, 10, 0, 0, 0, 1900000000000000, 0, 0]"}),
    ("lot_page", "lots_whole", {"lots": "array[1, 1, 10, 10, 0, 0, 1900000000000000, 9000000000000000, 0, 1]"}),
    ("lot_page", "page_is_whole", {"points": "11"}),
    ("lot_page", "page_is_whole", {"due_at": "timestamptz '2027-01-01Z'"}),
    ("lot_page", "page_is_whole", {"lots": "array[1, 1, 10, 10, 1, 0, 1900000000000000, 9000000000000000, 0]"}),
    ("lot_page", "page_is_whole", {"drawn_from": "array[9000000000000000, 1900000000000000, 0, 2]"}),
    ("lot_page", "page_is_whole", {"drawn_from": "array[9000000000000000, 1900000000000000, 0, 1]"}),
    (
        "lot_page",
        "page_is_whole",
        {
            "lots": "array[2, 1, 5, 5, 0, 0, 0, 1900000000000001, 0, 1, 1, 5, 5, 0, 0, 0, 1900000000000000, 0]",
            "due_at": "timestamptz '1970-01-01Z' + interval '1900000000 seconds'",
            "drawn_from": "array[1900000000000001, 0, 0, 2]",
        },
    ),
    ("cap_use", "cap_use_points_check", {"points": "-1"}),
    ("stock", "never_exceeded", {"part": "1", "units": "-1"}),
    ("stock", "stock_kind_check", {"kind": "'pot'"}),
    ("stock", "stock_part_check", {"part": "16"}),
    ("stock", "stock_total_check", {"total": "-1"}),
    ("order_state", "order_state_number_check", {"number": "0"}),
    ("order_state", "order_state_order_id_check", {"order_id": "''"}),
    ("order_state", "order_state_status_check", {"status": "'paid'"}),
    ("redemption", "code_where_one_is_due", {"code": "null"}),
    ("redemption", "code_where_one_is_due", {"status": "'external'"}),
    ("redemption", "offer_where_one_is_due", {"offer": "'mug'"}),
    ("redemption", "offer_where_one_is_due", {"kind": "'grant'"}),
    ("redemption", "offer_short", {"offer": "repeat('x', 65)", "kind": "'offer'"}),
    ("redemption", "redemption_amount_check", {"amount": "-1"}),
    ("redemption", "redemption_check", {"restored": "6"}),
    ("redemption", "redemption_check1", {"cancelled": "1"}),
    ("redemption", "redemption_kind_check", {"kind": "'theft'"}),
    ("redemption", "redemption_points_check", {"points": "0"}),
    ("redemption", "redemption_status_check", {"status": "'open'"}),
    ("customer", "customer_email_check", {"email": "'a@'"}),
    ("customer", "customer_shopid_check", {"shopid": "''"}),
    ("account", "account_enrolment_check", {"enrolment": "'closed'"}),
    ("merged", "merged_entries_check", {"entries": "0"}),
    ("merged", "merged_entry_base_check", {"entry_base": "-1"}),
    ("merged", "merged_order_base_check", {"order_base": "-1"}),
    ("merged", "merged_shopid_check", {"shopid": "''"}),
    ("merged", "merged_email_check", {"email": "'a@'"}),
    ("idempotency", "idempotency_key_check", {"key": "'x'"}),
    ("idempotency", "idempotency_request_check", {"request": "'x'"}),
    ("outbox", "outbox_kind_check", {"kind": "'postcard'"}),
    ("outbox", "outbox_about_reward", {"kind": "'create_discount'"}),
    ("outbox", "outcome_known", {"outcome": "'lost'"}),
    ("rejected", "rejected_kind_check", {"kind": "'coupon'"}),
    ("import_run", "import_run_source_check", {"source": "'x'"}),
    ("import_run", "import_run_kind_check", {"kind": "'coupon'"}),
    ("import_run", "done_not_negative", {"done": "-1"}),
    ("collection", "collection_id_check", {"id": "''"}),
    ("product", "product_id_check", {"id": "''"}),
    ("collection_product", "collection_product_product_check", {"product": "''"}),
    ("collection_product", "collection_product_collection_check", {"collection": "''"}),
    ("content_seen", "content_seen_bucket_check", {"bucket": "1024"}),
    *((table, f"{table}_block_check", {"block": "''"}) for table in ("content_seen", "content_day")),
    *((table, f"{table}_share_check", {"share": "101"}) for table in ("content_seen", "content_day")),
    *((table, f"{table}_impressions_check", {"impressions": "-1"}) for table in ("content_seen", "content_day")),
    *((table, f"{table}_clicks_check", {"clicks": "-1"}) for table in ("content_seen", "content_day")),
    ("content_seen", "seen_in_order", {"last_at": "timestamptz '2025-01-01Z'"}),
    ("content_links", "content_links_epoch_check", {"epoch": "0"}),
]
"""A row that is right but for one thing, and the check that refuses it."""

WRONG_SHOPS: Final = [
    ("origins_whole", "insert into shop (slug, origins) values ('two', array[null])"),
    ("origins_whole", "insert into shop (slug, origins) values ('two', array[array['a'], array['b']])"),
    ("origins_whole", "insert into shop (slug, origins) values ('two', array_fill('a'::text, array[101]))"),
    ("shop_slug_check", "insert into shop (slug) values ('No Good')"),
    ("shop_slug_check", "insert into shop (slug) values (repeat('x', 65))"),
    ("clock_only_in_sandbox", "insert into shop (slug, clock_offset) values ('real', 1)"),
]


@pytest.fixture
async def conn(database_urls: DatabaseUrls) -> AsyncIterator[Conn]:
    """A superuser in a database with shop 1: only checks, keys and triggers bind here."""
    connection = await asyncpg.connect(database_urls.admin)
    await connection.execute("insert into shop (slug) values ('one')")
    yield connection
    await connection.close()


async def refusal(conn: Conn, statement: str) -> str | None:
    """The check that refuses a statement; nothing of it stays."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.execute(statement)
    except asyncpg.CheckViolationError as fault:
        return fault.constraint_name
    finally:
        await transaction.rollback()
    return None


async def test_each_check_refuses_its_wrong_rows(conn: Conn) -> None:
    for table, constraint, spoilt in WRONG:
        assert await refusal(conn, insert(table, **spoilt)) == constraint, (table, spoilt)
    for constraint, statement in WRONG_SHOPS:
        assert await refusal(conn, statement) == constraint


async def test_no_check_goes_untested(conn: Conn) -> None:
    rows = await conn.fetch(
        "select conrelid::regclass::text as name, conname::text as check from pg_constraint "
        "where contype = 'c' and connamespace = 'public'::regnamespace"
    )
    tested = {(table, constraint) for table, constraint, _ in WRONG} | {("shop", name) for name, _ in WRONG_SHOPS}
    assert {(row["name"], row["check"]) for row in rows} - tested == {("migration", "migration_checksum_check")}


async def test_right_rows_are_taken(conn: Conn) -> None:
    await conn.execute(insert_all(1))
    pending = f"array[{LOT.replace('0, 0, 9', '0, 1900000000000000, 9')}]"
    await conn.execute(insert("account", id="78", lots=pending, available="0", pending="10"))
    held = "array[1, 1, 20, 10, 4, 0, 0, 0, 0, 2, 2, 7, 7, 0, 0, 0, 0, 0]"
    await conn.execute(insert("account", id="79", lots=held, available="13", held="4", earned="17"))
    await conn.execute(insert("account", id="80", lots="'{}'", available="0", earned="0", debt="5", redeemed="5"))
    assert await conn.fetchval("select count(*) from account") == 4


async def test_five_hundred_lots_are_added_up(conn: Conn) -> None:
    lots = "select unnest(array[i, i, 3, 3, 0, 0, 0, 0, 0]) as n from generate_series(1, 500) as i"
    many = f"(select array_agg(n) from ({lots}) as f)"
    await conn.execute(insert("account", lots=many, available="1500", earned="1500"))
    assert await refusal(conn, "update account set available = 1499, redeemed = 1") == "lots_add_up"


async def test_no_row_stands_twice(conn: Conn) -> None:
    await conn.execute(insert_all(1))
    numbered = {
        "rejected",
        "outbox",
        "audit",
        "record_change",
    }  # which number their rows themselves, or by transactions
    for table in ROWS.keys() - numbered:
        with pytest.raises(asyncpg.UniqueViolationError):
            await conn.execute(insert(table))


async def test_nothing_hangs_on_a_missing_row(conn: Conn) -> None:
    for table in ROWS.keys() - {"account", "record_change"}:  # the last is written with what it is about
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await conn.execute(insert(table, shop="2"))
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await conn.execute(insert("account", shop="2"))


async def test_keys_of_member_tables_begin_with_the_bucket_and_hold_the_shop(conn: Conn) -> None:
    rows = await conn.fetch(
        "select conrelid::regclass::text as name, contype::text as kind, "
        "array_agg(attname::text order by place) as columns "
        "from pg_constraint, unnest(conkey) with ordinality as k (key, place) "
        "join pg_attribute on attnum = key where attrelid = conrelid and contype in ('p', 'u', 'f') "
        "and connamespace = 'public'::regnamespace group by pg_constraint.oid, conrelid, contype"
    )
    log = {"record_change"}  # read across all members, in the order of transactions
    members = {table for table, row in ROWS.items() if "bucket" in row} - log
    assert {row["name"] for row in rows if row["kind"] == "p" and row["columns"][:2] == ["bucket", "shop"]} == members
    tenants = [row for row in rows if row["name"] in ROWS]
    assert {row["name"] for row in tenants if row["kind"] == "p"} == set(ROWS)
    assert [row for row in tenants if "shop" not in row["columns"]] == []
    references = {tuple(row["columns"][:2]) for row in tenants if row["kind"] == "f"}
    assert references == {("shop",), ("bucket", "shop")}
    unique = await conn.fetch(
        "select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as text from pg_index "
        "join pg_class on pg_class.oid = indrelid where indisunique and relnamespace = 'public'::regnamespace"
    )
    assert [row["name"] for row in unique if "shop" not in row["text"] and row["name"] != "migration_pkey"] == []
