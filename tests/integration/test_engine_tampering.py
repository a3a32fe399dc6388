"""Tampering: whatever is changed behind the engine's back, `verify` names the member."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Final, NamedTuple

import asyncpg
import pytest

from leal.engine.commands import Merge, RecordEvent, Shop
from leal.engine.engine import Engine
from leal.engine.gifts import Gift
from leal.engine.holds import CaptureHold, PlaceHold
from leal.engine.verify import Fault
from leal.rules.adjusting import Adjustment
from leal.rules.holding import HoldWish
from leal.store.db import Database
from leal.values import DAY, parse_instant
from tests.databases import DatabaseUrls
from tests.engines import act, adjust, found_shop, key, known, new_engine, push, redeem, unredeem, who

TABLES: Final = (
    "identity", "account", "entry", "entry_note", "day_sum", "cap_use", "stock", "order_state",
    "redemption", "hold", "customer", "merged", "event_sum", "event_key", "lot_page",
)  # fmt: skip
CAPS: Final = "[{points: 100000, period: yearly}, {points: 1000000}]"


class World(NamedTuple):
    """A database with members who have lived through everything."""

    urls: DatabaseUrls
    ids: dict[str, int]


@pytest.fixture(scope="module")
def world(server_urls: DatabaseUrls, template_database: str) -> Iterator[World]:
    name = f"test_{os.getpid()}_tampering"
    asyncio.run(_execute(server_urls.admin, f"create database {name} template {template_database} owner leal_owner"))
    urls = server_urls.named(name)
    ids = asyncio.run(_live(urls))
    asyncio.run(_unlock(urls))
    yield World(urls, ids)
    asyncio.run(_execute(server_urls.admin, f"drop database {name} with (force)"))


async def _execute(url: str, *statements: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()


async def _live(urls: DatabaseUrls) -> dict[str, int]:
    """Members with lots spendable and pending, redemptions, codes, debt, shortfalls, lapses, notes and tiers."""
    db = await Database.open(urls.app)
    engine = await new_engine(db)
    shop = await found_shop(engine, pending_days=14, caps=CAPS, coupons="40 days")
    await engine.push_orders(shop, [push("carl", "carl-1", 80), push("dora", "dora-1", 2500)])
    await _to(engine, shop, "2026-12-01T00:00:00Z")
    await engine.redeem(shop, redeem("dora", 50))
    await _to(engine, shop, "2027-03-01T00:00:00Z")  # carl's first points lapse, dora's too, and her code
    await engine.push_orders(shop, [push("carl", "carl-1", 30), push("carl", "carl-2", 300), push("ben", "ben-1", 900)])
    await engine.push_orders(shop, [push("anna", "anna-1", 500), push("anna", "anna-2", 40)])
    await engine.push_customers(shop, [known("anna", "anna@example.com"), known("ben", "ben@example.com")])
    await _to(engine, shop, "2027-03-20T00:00:00Z")
    for event_id in ("one", "two", None):
        await engine.record_event(shop, RecordEvent(who("anna"), "visit", event_id))
    spent = await engine.redeem(shop, redeem("ben", 900, key("ben")))
    await engine.push_orders(shop, [push("ben", "ben-1", 900, "canceled")])  # a debt of 300, and 600 written off
    code = await engine.redeem(shop, redeem("anna", 100))
    undone = await engine.redeem(shop, redeem("anna", 60, with_code=False))
    await engine.unredeem(shop, unredeem("anna", undone.change_id))
    locked = await engine.redeem(shop, redeem("anna", 30))
    await engine.redeem(shop, redeem("anna", 10))  # a code to be kept
    await engine.push_orders(shop, [push("anna", "anna-3", 70, codes=(code.code,))])
    await engine.push_orders(shop, [push("anna", "anna-4", 70, "unconfirmed", codes=(locked.code,))])
    await engine.adjust(shop, adjust("anna", "give_points", 45))
    await engine.adjust(shop, adjust("anna", "takeaway_points_as_spent", 20))
    await engine.push_orders(shop, [push("carl", "anna-2", 40)])  # it moves
    change = (await engine.history(shop, who("carl"))).changes[-2]
    await engine.adjust(shop, adjust("carl", "takeaway_points_for_change", 0, change_id=change.id))
    until_at = await engine.now(shop) + 400 * DAY
    await engine.adjust(shop, act("dora", Adjustment("set_tier", tier="host", until_at=until_at, lock=True)))
    await engine.adjust(shop, act("dora", Adjustment("set_mark", mark="tester")))
    assert spent.points == 900
    await engine.push_orders(shop, [push("emil", "emil-1", 200), push("fred", "fred-1", 100)])
    emil, fred = [(await engine.balance(shop, who(name))).account_id for name in ("emil", "fred")]
    await engine.merge_customers(shop, Merge([who("emil"), who("fred")]))
    await engine.merge_customers(shop, Merge([who("dora"), who("emil")]))
    for reference in ("cart-1", "cart-2"):
        await engine.hold(shop, PlaceHold(who("anna"), HoldWish(15), reference))
    await engine.capture_hold(shop, CaptureHold(who("anna"), "cart-1", points=5))
    await engine.give(shop, Gift(who("anna"), who("carl"), 7))
    assert (await engine.verify(shop)).faults == []
    ids = {name: (await engine.balance(shop, who(name))).account_id for name in ("anna", "ben", "carl", "dora")}
    ids |= {"emil": emil, "fred": fred}
    await engine.close()
    await db.close()
    return ids


COLUMNS: Final = """
select string_agg(quote_ident(attname), ', ') from pg_attribute  -- those that are not made of others
where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""


async def _to(engine: Engine, shop: Shop, text: str) -> None:
    await engine.advance_clock(shop, parse_instant(text))


async def _unlock(urls: DatabaseUrls) -> None:
    """A superuser drops the checks and keeps the tables as they are, to put them back after each test."""
    conn = await asyncpg.connect(urls.admin)
    checks = await conn.fetch(
        "select conrelid::regclass::text as name, conname from pg_constraint"
        " where contype = 'c' and connamespace = 'public'::regnamespace"
    )
    for row in checks:
        await conn.execute(f'alter table {row["name"]} drop constraint "{row["conname"]}"')
    for table in TABLES:
        await conn.execute(f"create table {table}_kept as select * from {table}")
    await conn.close()


async def faults_after(world: World, statement: str) -> list[Fault]:
    """What verify says after a statement that no trigger, check or key could stop; the tables are then put back."""
    admin = await asyncpg.connect(world.urls.admin)
    db = await Database.open(world.urls.app)
    engine = await new_engine(db)
    try:
        await admin.execute("set session_replication_role = replica")
        done = await admin.execute(statement.format(**world.ids))
        assert done.split()[-1] not in ("0", "DO"), "the statement changed nothing"
        return (await engine.verify(await engine.shop("corner"))).faults
    finally:
        await admin.execute(f"truncate {', '.join(TABLES)} cascade")  # the outbox, too, which is empty
        for table in TABLES:
            told = await admin.fetchval(COLUMNS, table)
            await admin.execute(f"insert into {table} ({told}) select {told} from {table}_kept")
        await engine.close()
        await db.close()
        await admin.close()


def of_account(change: str, who: str = "anna") -> str:
    return f"update account set {change} where id = {{{who}}}"


ACCOUNT: Final = [
    *(
        of_account(f"{column} = {column} + 1")
        for column in (
            "number", "entry_id", "settled_version", "available", "pending", "held", "redeemed", "expired",
            "earned", "debt", "order_number", "spend_micros", "qualifying", "orders", "window_spend", "window_points",
            "window_orders",
            "window_from", "tier_version", "tier_from", "limit_day",
        )
    ),
    *(
        of_account(f"{column} = {column} + interval '1 second'")
        for column in ("next_due_at", "window_until", "tier_since", "tier_ends_at", "tier_deadline_at", "joined_at")
    ),
    *(of_account(f"lots[{i}] = lots[{i}] + 1") for i in range(1, 19)),
    *(of_account(f"limit_used[{i}] = limit_used[{i}] + 1") for i in range(1, 6)),
    of_account("codes[1] = codes[1] + 1"),
    of_account("codes[2] = codes[2] + 1"),
    of_account("codes = '{{}}'"),
    of_account("events = '{{\"visit\":4}}'"),
    of_account("window_events = '{{}}'"),
    of_account("next_notice_at = timestamptz '2027-04-01Z'"),
    of_account("lots = lots[10:]"),
    of_account("lots = lots || lots[1:9]"),
    of_account("lot_number = lot_number - 1"),
    of_account("settled_at = settled_at - interval '30 days'"),
    of_account("settled_at = settled_at + interval '30 days'"),
    of_account("settled_version = 0"),
    of_account("head = sha256('x')"),
    of_account("available = available + 1, earned = earned + 1, lots[4] = lots[4] + 1, lots[3] = lots[3] + 1"),
    of_account("tier = 'host'"),
    of_account("tier = null"),
    of_account("tier_asked = 'keep'"),
    of_account("limit_day = null"),
    of_account("membership = 'none'"),
    of_account("joined_at = null"),
    of_account("window_from = null"),
    of_account("shortfalls[2] = shortfalls[2] - 1", "ben"),
    of_account("shortfalls = '{{}}'", "ben"),
    of_account("set_tier = null", "dora"),
    of_account("set_tier = 'friend'", "dora"),
    of_account("set_since = set_since + interval '1 second'", "dora"),
    of_account("set_until = set_until + interval '1 second'", "dora"),
    of_account("set_locked = false", "dora"),
    of_account("set_locked = true"),
    of_account("marks = '{{}}'", "dora"),
    of_account("marks = '{{readonly}}'"),
    of_account("waiting = '{{1,9000000000000000,5,0}}'"),
    of_account("""keeps = '{{"redatings":[[0,1,1000000000000000,1,null]]}}'"""),
    of_account("debt = 0, earned = earned + debt", "ben"),
    of_account("record = replace(record, 'points', 'punkte')"),
    of_account("record = ''"),
    of_account("expired = expired - 1, earned = earned - 1", "carl"),
]  # fmt: skip


def of_entry(change: str) -> str:
    return f"update entry set {change} where account = {{anna}} and number = 5"


ENTRY: Final = [
    *(
        of_entry(f"{column} = {column} + 1")
        for column in (
            "id", "cause_number", "award", "programme", "points", "available", "pending", "held", "redeemed", "expired",
            "earned", "debt", "spend_micros", "qualifying", "orders",
        )
    ),
    *(
        of_entry(f"{column} = {column} + interval '1 microsecond'")
        for column in ("occurred_at", "effective_at", "recorded_at")
    ),
    *(of_entry(f"moves[{i}] = coalesce(moves[{i}], 0) + 1") for i in range(1, 5)),
    of_entry("type = 'manual_correction'"),
    of_entry("cause = 'staff'"),
    of_entry("moves = moves || array[1, 1, 0, 0]::bigint[]"),
    of_entry("lots = lots || array[1, 1, 1, 1, 1, 0]::bigint[]"),
    of_entry("day = coalesce(day, current_date) + 1"),
    of_entry("changes = '{{\"tier\":\"host\"}}'"),
    of_entry("commitment = sha256('x')"),
    of_entry("digest = sha256('x')"),
    of_entry("number = 99"),
    "delete from entry where account = {anna} and number = 5",
    "delete from entry where account = {anna} and number = (select max(number) from entry where account = {anna})",
    ("update entry set number = -number where account = {anna} and number in (4, 5);"
    " update entry set number = case number when -4 then 5 else 4 end where account = {anna} and number < 0"),
    ("insert into entry select (jsonb_populate_record(e, '{{\"number\": 99}}')).* from entry e"
    " where account = {anna} and number = 5"),
    "update entry set account = {ben}, number = 99 where account = {anna} and number = 5",
]  # fmt: skip

ORDER: Final = [
    f"update order_state set {change} where account = {{anna}} and order_id = 'anna-1'"
    for change in (
        "state = jsonb_set(state, '{{awards,purchases,given}}', '501')",
        "state = jsonb_set(state, '{{awards,purchases,number}}', '1')",
        "state = jsonb_set(state, '{{awards,purchases,lapsed_taken}}', '1')",
        "state = jsonb_set(state, '{{awards,purchases,neutralised}}', 'true')",
        "state = jsonb_set(state, '{{awards,purchases,budgeted}}', '501')",
        "state = jsonb_set(state, '{{pin,allowed,purchases}}', '499')",
        "state = jsonb_set(state, '{{spend_micros}}', '501000000')",
        "state = jsonb_set(state, '{{orders}}', '2')",
        "state = jsonb_set(state, '{{pin,member}}', 'false')",
        "snapshot = jsonb_set(snapshot, '{{amount_spent}}', '600000000')",
        "snapshot = jsonb_set(snapshot, '{{id}}', '\"other\"')",
        "status = 'canceled'",
        "status = 'moved'",
        "order_id = 'other'",
        "number = 77",
    )
] + ["delete from order_state where account = {anna} and order_id = 'anna-1'"]

REDEMPTION: Final = [
    f"update redemption set {change} where account = {{anna}} and status = 'used'"
    for change in (
        "points = points + 1",
        "points = points - 1, draws[3] = draws[3] - 1",
        "returned[1] = 1",
        "returned = '{{100}}', restored = 100",
        "draws[1] = draws[1] + 1",
        "draws[2] = draws[2] + 1",
        "draws[6] = draws[6] + 1",
        "status = 'unused'",
        "order_number = order_number + 1",
        "order_number = 0",
        "change_id = change_id + 1",
        "drawn_at = drawn_at + interval '1 second'",
        "day = day + 1",
        "number = 99",
        "code = 'OTHER'",
        "turns = '{{}}'",
        "turns = array[1::bigint]",
    )
] + ["delete from redemption where account = {anna} and status = 'used'"]

REST: Final = [
    "update entry_note set note = replace(note, '45', '450') where account = {anna}",
    "update entry_note set salt = sha256('x') where account = {anna}",
    (
        "update entry_note set number = 1 where account = {anna} and number = (select min(number) from entry_note"
        " where account = {anna})"
    ),
    "update day_sum set spend_micros = spend_micros + 1 where account = {anna}",
    "update day_sum set qualifying = qualifying + 1 where account = {anna}",
    "update day_sum set orders = orders + 1 where account = {anna}",
    "update day_sum set day = day + 1 where account = {anna}",
    "delete from day_sum where account = {anna}",
    "update cap_use set points = points + 1 where account = {anna}",
    "update cap_use set day = day + 1 where account = {anna}",
    "update cap_use set source = 'other' where account = {anna}",
    "update cap_use set award = award + 77 where account = {anna}",
    "delete from cap_use where account = {anna}",
    "update event_sum set count = count + 1 where account = {anna}",
    "update event_sum set day = day + 1 where account = {anna}",
    "update event_sum set trigger = 'other' where account = {anna}",
    "delete from event_sum where account = {anna}",
    "update event_key set number = number - 1 where account = {anna}",
    "update event_key set account = {carl}",
    "update hold set number = number + 1 where account = {anna} and captured = 0",
    "update hold set captured = captured + 1 where account = {anna} and captured <> 0",
    "update hold set account = {carl} where account = {anna}",
    "delete from hold where account = {anna}",
    "update account set keeps = '{{}}' where id = {anna}",
    "update account set keeps = replace(keeps, '\"gifts_used\":[7', '\"gifts_used\":[6') where id = {anna}",
    "update redemption set points = points + 1 where account = {anna} and kind = 'gift'",
    "delete from redemption where account = {anna} and kind = 'gift'",
    "update account set keeps = replace(keeps, '\"ends_at\":1', '\"ends_at\":2') where id = {anna}",
    "update redemption set expires_at = expires_at + interval '1 day' where account = {anna} and status = 'unused'",
    "update redemption set status = 'lapsed' where account = {anna} and status = 'unused'",
    "update redemption set status = 'unused', turns = '{{}}' where account = {dora} and status = 'lapsed'",
    "update entry set changes = replace(changes, 'visit', 'visor') where account = {anna} and type = 'event_recorded'",
    "update identity set account = {ben} where key = 'anna'",
    "update identity set account = {ben} where key = 'anna@example.com'",
    "update identity set number = 2 where key = 'anna-1'",
    "update identity set account = 1 where key = 'anna-1'",
    "update identity set bucket = (bucket + 1) % 1024 where key = 'anna-1'",
    "update identity set number = number + 1 where kind = 'code' and account = {anna}",
    "delete from identity where key = 'anna'",
    "delete from identity where kind = 'code' and account = {anna}",
    "insert into identity select bucket, shop, 'email', 'b@example.com', account, 0 from identity where key = 'anna'",
    "update customer set shopid = 'other' where account = {anna}",
    "update customer set email = 'other@example.com' where account = {anna}",
    "update customer set email = null where account = {anna}",
    "delete from customer where account = {anna}",
]


MERGED: Final = [
    *(
        f"update merged set {column} = {column} + 1 where account = {{dora}}"
        for column in ("entries", "entry_base", "order_base")
    ),
    "update merged set source = source + 1 where account = {dora}",
    "update merged set shopid = 'other' where account = {dora}",
    "delete from merged where account = {dora}",
    "update identity set account = {ben} where kind = 'bhid' and account = {dora}",
    "delete from identity where kind = 'bhid' and account = {dora}",
    "update account set enrolment = 'open' where id = {emil}",
    "update account set enrolment = 'erased' where id = {fred}",
    "update account set membership = 'full' where id = {emil}",
    "update entry set cause_number = {ben} where account = {emil} and type = 'merged_into'",
    "update entry set cause_number = {anna} where account = {dora} and type = 'merged_from'",
    "update entry set changes = replace(changes, '\"brought\":300', '\"brought\":301') where account = {dora}",
    "update entry set available = available + 1, earned = earned + 1 where account = {dora} and type = 'merged_from'",
    "update day_sum set spend_micros = spend_micros + 1 where account = {dora}",
    "update order_state set number = number + 1 where account = {dora} and order_id = 'fred-1'",
]


async def test_an_untouched_world_is_clean(world: World) -> None:
    assert await faults_after(world, "update customer set profile = '{{}}'") == []


@pytest.mark.parametrize("statement", [*ACCOUNT, *ENTRY, *ORDER, *REDEMPTION, *REST, *MERGED])
async def test_a_change_behind_its_back_is_named(world: World, statement: str) -> None:
    found = await faults_after(world, statement)
    robbed = statement.rsplit("{", 1)[-1].split("}")[0] if "{" in statement else "anna"
    named = {fault.account for fault in found}
    assert world.ids.get(robbed, world.ids["anna"]) in named


async def test_a_member_wiped_out_is_missed(world: World) -> None:
    found = await faults_after(world, "delete from account where id = {anna}")
    assert "the members have" in " ".join(fault.sentence for fault in found)


@pytest.mark.parametrize(
    "statement",
    [
        "update stock set units = units - 1 where part = 3",
        "update stock set total = total + 1 where part = 0",
        "update stock set key = 'other'",
        "delete from stock where part = 5",
        "delete from stock",
    ],
)
async def test_a_budget_that_is_not_what_members_hold_is_told(world: World, statement: str) -> None:
    found = await faults_after(world, statement)
    assert {fault.account for fault in found} == {0}
    assert all("budget of" in fault.sentence for fault in found)


async def test_a_name_that_leads_nowhere_is_told(world: World) -> None:
    stray = "insert into identity select bucket, shop, 'code', 'NOBODYS', 1, 1 from identity where key = 'anna'"
    assert [fault.account for fault in await faults_after(world, stray)] == [1]
