"""Erasing: nothing by which a person could be told is left in any table, and everybody else keeps what they have."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from leal.engine.approvals import ask
from leal.engine.commands import (
    Adjust,
    CustomerFacts,
    Merge,
    PushCustomer,
    Pushed,
    PushOrder,
    RecordEvent,
    Shop,
    UnknownCustomer,
    Who,
)
from leal.engine.engine import Engine
from leal.engine.exposures import Seen
from leal.engine.holds import PlaceHold
from leal.engine.invitations import Refer
from leal.errors import InvalidInput, Problem
from leal.rules.adjusting import Adjustment
from leal.rules.holding import HoldWish
from leal.rules.orders import Order
from leal.store.db import Database
from leal.values import MICRO
from tests.databases import DatabaseUrls
from tests.engines import key, known, push, redeem, who

VALUES = (
    "id-of-anna", "anna@example.com", "Annabel", "Lindqvist", "+46 555", "1980-05-17", "order-of-anna", "gift-wrap-7",
    "sorry-note", "cart-of-anna", "friend-of-anna@example.com", "id-of-guest", "guest@example.com", "order-of-guest",
)  # fmt: skip
"""What tells of the person, somewhere."""
KEPT = {"account", "entry", "day_sum", "cap_use", "merged", "event_sum", "record_change"}
"""Tables of members that keep rows of an erased one, without anything personal but what is told to be gone."""
FORGOTTEN = {
    "identity", "entry_note", "order_state", "redemption", "hold", "referral", "acceptance", "referral_due", "customer",
    "outbox", "idempotency", "event_key", "content_seen", "content_links", "lot_page",
}  # fmt: skip
"""Tables of members that keep none."""


def erase(name: Who) -> PushCustomer:
    return PushCustomer(CustomerFacts(name, deleted=True), b'{"id": "x"}')


async def columns(admin: asyncpg.Connection[asyncpg.Record]) -> list[tuple[str, str]]:
    """Every column of every table that could hold a word."""
    rows = await admin.fetch(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        " and data_type not in ('smallint', 'integer', 'bigint', 'boolean', 'date', 'timestamp with time zone')"
        " and table_name in (select relname from pg_class where relkind = 'r')"
    )
    return [(row["table_name"], row["column_name"]) for row in rows]


async def found_in(admin: asyncpg.Connection[asyncpg.Record], values: tuple[str, ...]) -> set[str]:
    """`table.column: value` for every value that stands anywhere."""
    found = set()
    for table, column in await columns(admin):
        as_text = f"case when pg_typeof({column}) = 'bytea'::regtype then encode({column}::text::bytea, 'escape')"
        as_text += f" else {column}::text end"
        for value in values:
            hexed = value.encode().hex()
            query = f"select exists (select from {table} where lower({as_text}) like $1 or {column}::text like $2)"
            if await admin.fetchval(query, f"%{value.lower()}%", f"%{hexed}%"):
                found.add(f"{table}.{column}: {value}")
    return found


async def live(engine: Engine, shop: Shop) -> None:
    """Anna leaves a trace in every table, under her own name and as a guest."""
    profile = {"first_name": "Annabel", "last_name": "Lindqvist", "phone": "+46 555", "birthday": "1980-05-17"}
    await engine.push_customers(
        shop,
        [
            PushCustomer(CustomerFacts(who("id-of-anna", "anna@example.com"), profile)),
            known("id-of-guest", "guest@example.com"),
        ],
    )
    facts = CustomerFacts(who("id-of-anna"))
    order = Order("order-of-anna", "confirmed", None, None, amount_spent=500 * MICRO, extras={"note": "gift-wrap-7"})
    await engine.push_orders(shop, [PushOrder(facts, order), push("id-of-guest", "order-of-guest", 100)])
    await engine.push_orders(shop, [push("ben", "order-of-ben", 70)])
    await engine.redeem(shop, redeem("id-of-anna", 100, key("k1")))
    for name in ("id-of-anna", "id-of-guest"):
        await engine.record_event(shop, RecordEvent(who(name), "visit", "visit-of-anna"))
        await engine.refer(shop, Refer(who(name), "email", "friend-of-anna@example.com"))
        await engine.hold(shop, PlaceHold(who(name), HoldWish(10), "cart-of-anna"))
        at, number = await engine.now(shop), (await engine.balance(shop, who(name))).account_id
        await engine.add_seen(shop, [Seen(number, "lifecycle-banner", 0, False, at, at, 1)])
        await engine.revoke_links(shop, who(name))
    given = (Adjustment("give_points", 5), None, {"description": "sorry-note"})
    await engine.adjust(shop, Adjust(who("id-of-anna"), [given]))
    await engine.merge_customers(shop, Merge([who("id-of-anna"), who("id-of-guest")], {"description": "x"}, key("m")))
    refused = [
        b'{"id": "id-of-anna", "first_name": "Annabel", "birthday": "tomorrow"}',
        b'{"id": "o9", "customer": {"email": "ANNA@example.com"}, "items": 7}',
        b'{"unreadable": "{\\"id\\": \\"id-of-anna\\", "}',
        b'{"id": "order-of-anna", "customer": {"id": 7}}',
    ]
    for kind, item in zip(("customer", "order", "customer", "order"), refused, strict=True):
        await engine.reject(shop, kind, [(item, [Problem("birthday", "bad_format", "not a day")])])
    await engine.reject(shop, "customer", [(b'{"id": "ben", "birthday": "tomorrow"}', [Problem("b", "c", "d")])])
    pushed = b'{"ok":true,"rejected":[{"index":0,"id":"id-of-anna"},{"index":1,"id":"anna@example.com"}]}'
    await engine.repeats.keep(shop, key("push"), pushed)
    await engine.repeats.keep(shop, key("other"), b'{"ok":true,"rejected":[{"index":0,"id":"ben"}]}')


async def test_nothing_of_a_person_is_left(
    engine: Engine, shop: Shop, db: Database, database_urls: DatabaseUrls
) -> None:
    await live(engine, shop)
    account = (await engine.balance(shop, who("id-of-anna"))).account_id
    wish = Adjust(who("id-of-anna"), [(Adjustment("give_points", 9), None, {"description": "sorry-note"})])
    await ask(db, shop, wish, account, {"points": 9})
    guest = Who(email="guest@example.com")
    admin = await asyncpg.connect(database_urls.admin)
    everywhere = await found_in(admin, VALUES)
    assert {value.partition(": ")[2] for value in everywhere} == set(VALUES)
    tables = {value.partition(".")[0] for value in everywhere}
    assert tables == {
        "identity",
        "customer",
        "entry_note",
        "order_state",
        "hold",
        "referral",
        "merged",
        "record_change",
        "idempotency",
        "rejected",
        "approval",
    }
    (pushed,) = await engine.push_customers(shop, [erase(guest)])
    assert pushed.problems == []
    # The ids that consumers of the datasource must be told are gone, for some days.
    assert await found_in(admin, VALUES) == {"record_change.gone: id-of-anna", "record_change.gone: id-of-guest"}
    assert [fault.sentence for fault in (await engine.verify(shop)).faults] == []
    for name in (who("id-of-anna"), guest, Who(bhid=account)):
        with pytest.raises(UnknownCustomer):
            await engine.balance(shop, name)
    row = await admin.fetchrow(
        "select available, pending, held, debt, expired, redeemed, earned, membership from account where id = $1",
        account,
    )
    assert tuple(row or ()) == (0, 0, 0, 0, 505, 100, 605, "none")
    assert await admin.fetchval("select count(*) from rejected") == 1
    assert await engine.approvals(shop) == []
    assert await engine.repeats.answer(shop, key("push")) is None
    assert await engine.repeats.answer(shop, key("other")) is not None
    assert (await engine.balance(shop, who("ben"))).standing.account.available == 70
    assert [act.act.action for act in await engine.audit(shop)][:2] == ["customer.erased", "approval.requested"]
    members = await admin.fetch(
        "select table_name::text as name from information_schema.columns"
        " where column_name = 'account' and table_schema = 'public'"
    )
    assert {row["name"] for row in members} | {
        "account"
    } == KEPT | FORGOTTEN  # a new table: what of it goes here, and what goes along in a merger?
    for table in FORGOTTEN - {"identity"}:
        assert await admin.fetchval(f"select count(*) from {table} where account = $1", account) == 0, table
    await admin.close()


async def test_the_same_id_is_somebody_new(engine: Engine, shop: Shop) -> None:
    await engine.push_orders(shop, [push("anna", "a", 100)])
    before = (await engine.balance(shop, who("anna"))).account_id
    pushes = [known("anna", "a@x.com"), erase(who("anna")), known("anna", "b@x.com"), erase(who("zoe"))]
    assert await engine.push_customers(shop, pushes) == [Pushed()] * 4
    found = await engine.balance(shop, Who(email="b@x.com"))
    assert (found.account_id != before, found.standing.account.earned) == (True, 0)
    with pytest.raises(UnknownCustomer):
        await engine.balance(shop, Who(email="a@x.com"))
    assert [fault.sentence for fault in (await engine.verify(shop)).faults] == []


async def test_erasing_among_other_writes(engine: Engine, second: Engine, shop: Shop) -> None:
    """Whoever comes after the erasure finds, or makes, somebody new; no book is left in disorder."""
    await engine.push_orders(shop, [push(f"c{n}", f"first-{n}", 100) for n in range(6)])
    work = []
    for n in range(6):
        for one in (engine, second):
            work += [one.push_orders(shop, [push(f"c{n}", f"o{n}-{i}", 10)]) for i in range(4)]
            work.append(one.push_customers(shop, [erase(who(f"c{n}"))]))
    outcomes = await asyncio.gather(*work)
    assert [one for outcome in outcomes for one in outcome if one.problems] == []
    verified = await engine.verify(shop)
    assert [fault.sentence for fault in verified.faults] == []


async def test_all_or_nothing_does_not_erase(engine: Engine, shop: Shop) -> None:
    await engine.push_customers(shop, [known("anna")])
    with pytest.raises(InvalidInput) as refused:
        await engine.push_customers(shop, [known("ben"), erase(who("anna"))], strict=True)
    assert [problem.code for problem in refused.value.problems] == ["not_alone"]
    assert (await engine.balance(shop, who("anna"))).account_id
