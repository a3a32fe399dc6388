"""The feed: whoever applies its pages has what a snapshot has, whatever happened and in whatever order (S12.3)."""

from __future__ import annotations

import asyncio
import os
import random

import asyncpg
import msgspec
import pytest

from leal.engine.commands import CustomerFacts, Merge, PushCustomer, Shop, Who
from leal.engine.cursors import ResnapshotRequired
from leal.engine.engine import Engine
from leal.errors import InvalidInput, LealError
from leal.rules.mapped import View
from leal.rules.record import Gone, Record
from leal.store.db import Database
from leal.values import DAY, parse_instant
from tests.databases import DatabaseUrls
from tests.engines import FOUNDED_AT, adjust, found_shop, known, programme, push, redeem, who

LIVES = int(os.environ.get("LEAL_FEED_LIVES", "2"))
ROUNDS = 12
STEPS = 12
NAMES = [f"c{number}" for number in range(12)]
LIMITS = (1, 3, 1000)

BY_SPEND = programme()
BY_POINTS = BY_SPEND.replace("requires: {spend: 200}", "requires: {points: 200}").replace(
    "requires: {spend: 2000, orders: 6}", "requires: {points: 900}"
)
ROLLING = BY_POINTS.replace("{kind: calendar_year}", "{kind: rolling, length: 90 days}").replace(
    "{ends: window, grace: 30 days, downgrade: one_step}", "{ends: never}"
)
RENAMED = ROLLING.replace("name: Friend", "name: Pal")
OFF = ROLLING + "enabled: false\n"
NEAR = """
datasource:
  mappings:
    - slug: near
      expiring: within_window
      window_days: 30
      fields: [{name: id, from: customer_id}, {name: points_expiring, from: points_expiring}]
"""
SHORT = ROLLING.replace("length: 90 days", "length: 30 days")


class Consumer:
    """Whoever keeps a copy of the records by the feed alone."""

    def __init__(self, engine: Engine, shop: Shop) -> None:
        self.engine, self.shop = engine, shop
        self.records: dict[str, Record] = {}
        self.cursor: str | None = None
        self.told: list[Record | Gone] = []

    async def poll(self, limit: int = 1000) -> None:
        """Take pages until there are no more."""
        self.told = []
        while await self.take(limit):
            pass

    async def take(self, limit: int) -> bool:
        """Take one page; gives whether there is more."""
        page = await self.engine.feed_page(self.shop, self.cursor, limit)
        assert len(page.told) <= limit
        for one in page.told:
            self.told.append(one)
            self.records.pop(one.customer_id, None)
            if isinstance(one, Record) and one.member:
                self.records[one.customer_id] = one
        self.cursor = page.cursor.text()
        return page.more

    @property
    def ids(self) -> list[str]:
        """Whom the last poll told of, in the order of their ids."""
        return sorted(one.customer_id for one in self.told)


async def snapshot(engine: Engine, shop: Shop) -> dict[str, Record]:
    """All records, made of the accounts; those that are kept must be the same, as lines and in pages."""
    made = [one async for page in engine.feed_snapshot(shop, View(extensions=("updated_at",))) for one in page.told]
    records = {one["customer_id"]: msgspec.convert(one, Record) for one in made}
    lines = b"".join([part.lines async for part in engine.feed_lines(shop)])
    kept = msgspec.json.Decoder(Record).decode_lines(lines)
    assert len(kept) == len(records)
    assert {one.customer_id: one for one in kept} == records
    assert {one.customer_id: one async for page in engine.feed_snapshot(shop) for one in page.told} == records
    return records


async def settled(engine: Engine, shop: Shop, limit: int = 1000) -> Consumer:
    """A consumer that has everything."""
    consumer = Consumer(engine, shop)
    await consumer.poll(limit)
    await consumer.poll(limit)
    return consumer


@pytest.fixture
async def consumer(engine: Engine, shop: Shop) -> Consumer:
    """A consumer of a shop with three members."""
    await engine.push_orders(shop, [push(name, f"{name}-1", 100) for name in ("anna", "ben", "cleo")])
    return await settled(engine, shop)


async def test_only_what_changed_is_told(engine: Engine, shop: Shop, consumer: Consumer) -> None:
    assert sorted(consumer.records) == ["anna", "ben", "cleo"]
    assert consumer.told == []
    await engine.push_orders(shop, [push("ben", "ben-2", 30), push("ben", "ben-3", 5)])
    await consumer.poll()
    assert consumer.ids == ["ben"]
    assert consumer.records["ben"].points_balance == 135
    assert consumer.records == await snapshot(engine, shop)


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_snapshot_in_pages_of_any_size_is_whole(engine: Engine, shop: Shop, limit: int) -> None:
    await engine.push_orders(shop, [push(name, f"{name}-1", 100) for name in NAMES])
    await engine.push_orders(shop, [push(Who(email=f"{name}@example.com"), f"{name}-2", 1) for name in NAMES[:2]])
    consumer = await settled(engine, shop, limit)
    assert consumer.records == await snapshot(engine, shop)
    assert len(consumer.records) == len(NAMES) + 2


async def test_what_commits_late_is_told_and_holds_up_nobody(
    engine: Engine, shop: Shop, consumer: Consumer, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """A transaction that began before a cursor and commits after it: rows by number or by time would be lost here."""
    before = admin.transaction()
    await before.start()
    account = (await engine.balance(shop, who("anna"))).account_id
    await admin.execute("insert into record_change (shop, bucket, account) values ($1, 0, $2)", shop.id, account)
    for number in range(3):
        await engine.push_orders(shop, [push("ben", f"late-{number}", 10)])
        await consumer.poll()
        assert consumer.ids == ["ben"]  # and none of them again while the other one is open
        assert consumer.records == await snapshot(engine, shop)
    await before.commit()
    await consumer.poll()
    assert consumer.ids == ["anna"]


async def test_a_member_who_leaves_is_told_once(engine: Engine, shop: Shop, consumer: Consumer) -> None:
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("anna"), membership="none"))])
    await consumer.poll()
    assert consumer.told == [Record("anna", member=False)]
    await consumer.poll()
    assert consumer.told == []
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("dora"), membership="guest"))])
    await consumer.poll()
    assert consumer.told == []  # who never took part was never told of
    assert consumer.records == await snapshot(engine, shop)


async def test_ids_that_lead_to_nobody_any_more(engine: Engine, shop: Shop, consumer: Consumer) -> None:
    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who("anna"), deleted=True))])
    await engine.merge_customers(shop, Merge([who("ben"), who("cleo")]))
    await engine.push_orders(shop, [push(Who(email="eve@example.com"), "eve-1", 10)])
    await consumer.poll()
    (own,) = [ident for ident in consumer.ids if ident not in ("anna", "ben", "cleo")]
    assert [one for one in consumer.told if isinstance(one, Gone)] == [Gone("anna"), Gone("cleo")]
    await engine.push_customers(shop, [known("eve", "eve@example.com")])
    await engine.push_orders(shop, [push("anna", "anna-9", 7)])  # somebody new under an old id
    await consumer.poll()
    assert [one for one in consumer.told if isinstance(one, Gone)] == [Gone(own)]
    assert consumer.records["anna"].lifetime_points == 7
    assert consumer.records == await snapshot(engine, shop)


@pytest.mark.parametrize("is_kept_up", [True, False])
async def test_what_time_changes_is_told(engine: Engine, is_kept_up: bool) -> None:
    """A calendar year ends, days leave a rolling window, lots lapse; with and without anything stored meanwhile."""
    shop = await found_shop(engine)
    await engine.publish(shop, BY_POINTS, author="test")
    await engine.push_orders(shop, [push("anna", "a1", 50)])
    await engine.push_customers(shop, [known("ben")])
    consumer = await settled(engine, shop)
    assert consumer.records["anna"].points_to_next_tier == 150
    await engine.advance_clock(shop, parse_instant("2026-12-31T23:00:00Z"), keep_up=is_kept_up)  # midnight in Berlin
    await consumer.poll()
    assert consumer.ids == ["anna"]  # nothing of ben's counted
    assert (consumer.records["anna"].points_to_next_tier, consumer.records["anna"].points_balance) == (200, 50)
    assert consumer.records == await snapshot(engine, shop)
    await engine.publish(shop, ROLLING, author="test")
    await engine.push_orders(shop, [push("anna", "a2", 30)])
    await engine.advance_clock(shop, await engine.now(shop) + 10 * DAY, keep_up=is_kept_up)
    await engine.push_orders(shop, [push("anna", "a3", 20)])
    await consumer.poll()
    for days, lacking in ((79, 150), (2, 180), (8, 180), (2, 200)):
        await engine.advance_clock(shop, await engine.now(shop) + days * DAY, keep_up=is_kept_up)
        await consumer.poll()
        assert consumer.records["anna"].points_to_next_tier == lacking
        assert consumer.records == await snapshot(engine, shop)
        assert consumer.ids in (["anna"], [])


@pytest.mark.parametrize(("mapping", "before", "after"), [("", False, True), (NEAR, 0, 50)])
async def test_an_end_that_comes_near_is_told(
    engine: Engine, shop: Shop, mapping: str, before: object, after: object
) -> None:
    """A field beyond the eleven, or one that a mapping writes, changes though nothing falls due, within 30 days."""
    await engine.publish(shop, programme() + mapping, author="test")
    await engine.advance_clock(shop, parse_instant("2026-02-05T12:00:00Z"))
    await engine.push_orders(shop, [push("anna", "a1", 50)])  # which lapses with February of the next year
    view = View("near") if mapping else View(extensions=("points_expiring_soon",))
    cursor = (await engine.feed_page(shop, None, 10, view)).cursor.text()
    told = {}
    for at in ("2027-01-28T12:00:00Z", "2027-01-28T22:59:00Z", "2027-01-28T23:00:01Z", "2027-01-29T12:00:00Z"):
        await engine.advance_clock(shop, parse_instant(at), keep_up=False)
        page = await engine.feed_page(shop, cursor, 10, view)
        cursor = page.cursor.text()
        told[at] = [one["points_expiring" if mapping else "points_expiring_soon"] for one in page.told]
    assert list(told.values()) == [[before], [], [after], []]  # the first time for the turn of the year


async def test_a_programme_tells_of_those_whose_record_it_changes(engine: Engine) -> None:
    shop = await found_shop(engine)
    await engine.publish(shop, ROLLING, author="test")
    await engine.push_orders(shop, [push("anna", "a1", 50), push("ben", "b1", 300), push("cleo", "c1", 950)])
    consumer = await settled(engine, shop)
    await engine.publish(shop, RENAMED, author="test")
    await engine.keep_up(shop)
    await consumer.poll()
    assert consumer.ids == ["anna", "ben"]  # for whom Pal is the next tier, or the present one
    assert consumer.records == await snapshot(engine, shop)
    later = await engine.now(shop) + DAY
    await engine.publish(shop, OFF, author="test", effective_at=later)
    await consumer.poll()
    assert consumer.told == []
    await engine.advance_clock(shop, later, keep_up=False)
    await consumer.poll()
    assert consumer.ids == ["anna", "ben", "cleo"]
    assert consumer.records == await snapshot(engine, shop) == {}


async def test_a_cursor_of_elsewhere_asks_for_a_new_snapshot(
    engine: Engine, shop: Shop, consumer: Consumer, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    other = await engine.create_shop("other", sandbox=True, clock_at=FOUNDED_AT)
    page = await engine.feed_page(shop, consumer.cursor, 10)
    foreign = [
        (other, page.cursor),
        (shop, msgspec.structs.replace(page.cursor, epoch="1.1.1")),
        (shop, msgspec.structs.replace(page.cursor, seen="900000000:900000000:")),  # of what was undone by a restore
    ]
    for whose, cursor in foreign:
        with pytest.raises(ResnapshotRequired):
            await engine.feed_page(whose, cursor.text(), 10)
    for wrong in ("", "no cursor", page.cursor.text()[:-4], "e30", "W10"):
        with pytest.raises(InvalidInput):
            await engine.feed_page(shop, wrong, 10)
    for wrong in ("5:4:", "5:9:4", "5:9:8,7", "a", "0:0:", f"{2**70}:{2**70}:"):
        with pytest.raises(InvalidInput):
            await engine.feed_page(shop, msgspec.structs.replace(page.cursor, seen=wrong).text(), 10)
    await engine.push_orders(shop, [push("ben", "ben-2", 30)])
    await admin.execute("update record_change set noted_at = now() - interval '8 days'")
    while await admin.fetchval("select count(*) from record_change"):  # what an open transaction may precede is kept
        await engine.forget_old(shop)
    with pytest.raises(ResnapshotRequired):
        await consumer.poll()
    consumer.cursor = None
    await consumer.poll()
    await engine.push_orders(shop, [push("ben", "ben-4", 30)])
    await admin.execute(
        "insert into record_change (shop, xid, bucket, account) values ($1, '9000000000', 1, 1)", shop.id
    )
    await consumer.poll()
    assert consumer.ids == ["ben"]
    await engine.forget_old(shop)
    assert await admin.fetchval("select count(*) from record_change where xid = '9000000000'") == 0


async def test_a_programme_that_is_taken_back_at_once_is_told(engine: Engine) -> None:
    """A snapshot tells what no upkeep has stored, which then finds the version before it and one that is like that."""
    shop = await found_shop(engine)
    await engine.publish(shop, ROLLING, author="test")
    await engine.push_orders(shop, [push("anna", "a1", 50), push("ben", "b1", 300)])
    await engine.keep_up(shop)
    await engine.publish(shop, RENAMED, author="test")
    consumer = Consumer(engine, shop)
    await consumer.poll()
    assert consumer.records["ben"].tier == "Pal"
    await engine.publish(shop, ROLLING, author="test")
    await consumer.poll()
    assert consumer.records["ben"].tier == "Friend"
    assert consumer.records == await snapshot(engine, shop)


async def test_time_passes_under_a_programme_that_nobody_stored(engine: Engine) -> None:
    """What a new version changed may be as before by the time that upkeep comes to it."""
    shop = await found_shop(engine)
    await engine.publish(shop, SHORT, author="test")
    await engine.push_orders(shop, [push("anna", "a1", 50)])
    await engine.advance_clock(shop, await engine.now(shop) + 40 * DAY)
    await engine.publish(shop, ROLLING, author="test")
    consumer = Consumer(engine, shop)
    await consumer.poll()
    assert consumer.records["anna"].points_to_next_tier == 150
    await engine.advance_clock(shop, await engine.now(shop) + 60 * DAY, keep_up=False)
    await consumer.poll()
    assert consumer.records["anna"].points_to_next_tier == 200
    assert consumer.records == await snapshot(engine, shop)


async def test_a_dump_of_an_older_database_is_followed(
    engine: Engine, shop: Shop, consumer: Consumer, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """It remembers what was forgotten by transactions that are still to come in this one."""
    await admin.execute("update shop set changes_from = '9000000000'")
    await engine.push_orders(shop, [push("ben", "ben-2", 30)])
    await consumer.poll()
    assert consumer.ids == ["ben"]
    await engine.forget_old(shop)
    assert await admin.fetchval("select changes_from = '0' from shop where id = $1", shop.id)


class Lives:
    """What may happen in a shop, at random."""

    def __init__(self, engine: Engine, shop: Shop, chance: random.Random) -> None:
        self.engine, self.shop, self.chance = engine, shop, chance
        self.orders = 0

    async def step(self) -> None:
        """One thing; what is refused changes nothing."""
        chance, engine, shop = self.chance, self.engine, self.shop
        name, other = chance.sample(NAMES, 2)
        self.orders += 1
        try:
            match chance.choices(range(8), (40, 10, 10, 6, 6, 5, 4, 8))[0]:
                case 0:
                    await engine.push_orders(shop, [push(name, f"{name}-{self.orders}", chance.randrange(300))])
                case 1:
                    email = Who(email=f"{name}@example.com")
                    await engine.push_orders(shop, [push(email, f"{name}-{self.orders}", chance.randrange(300))])
                case 2:
                    await engine.redeem(shop, redeem(name, chance.randrange(1, 200)))
                case 3:
                    await engine.push_customers(shop, [known(name, f"{name}@example.com")])
                case 4:
                    membership = chance.choice(("none", "guest", "full"))
                    facts = CustomerFacts(who(name), membership=membership)  # type: ignore[arg-type]
                    await engine.push_customers(shop, [PushCustomer(facts)])
                case 5:
                    await engine.merge_customers(shop, Merge([who(name), who(other)]))
                case 6:
                    await engine.push_customers(shop, [PushCustomer(CustomerFacts(who(name), deleted=True))])
                case _:
                    await engine.adjust(shop, adjust(name, "takeaway_points", chance.randrange(1, 90)))
        except LealError:
            pass

    async def turn(self) -> None:
        """Time passes, or another programme comes."""
        if self.chance.random() < 0.4:
            text = self.chance.choice((BY_SPEND, BY_POINTS, ROLLING, ROLLING, RENAMED, OFF))
            await self.engine.publish(self.shop, text, author="test")
        else:
            to_at = await self.engine.now(self.shop) + self.chance.choice((0, 1, 9, 40, 100)) * DAY + 3_600_000_000
            await self.engine.advance_clock(self.shop, to_at, keep_up=self.chance.random() < 0.5)


@pytest.mark.parametrize("seed", range(LIVES))
async def test_a_consumer_always_has_what_a_snapshot_has(
    engine: Engine, second: Engine, database_urls: DatabaseUrls, seed: int
) -> None:
    """Two engines write at once, another transaction stays open over it, and consumers take pages of several sizes."""
    chance = random.Random(seed)
    shop = await found_shop(engine, pending_days=seed % 2 * 7)
    await engine.publish(shop, ROLLING, author="test")
    await engine.push_orders(shop, [push(name, f"{name}-0", 50) for name in NAMES[:6]])
    consumers = {limit: await settled(engine, shop, limit) for limit in LIMITS}
    lives = [Lives(engine, shop, random.Random(seed * 2 + 1)), Lives(second, shop, random.Random(seed * 2 + 2))]
    database = await Database.open(database_urls.app)

    async def write(one: Lives) -> None:
        for _ in range(STEPS):
            await one.step()

    async def read() -> None:
        for _ in range(6):
            await consumers[chance.choice(LIMITS)].take(3)

    for _ in range(ROUNDS):
        async with database.transaction(shop.id) as conn:
            await conn.execute("insert into record_change (shop, bucket, account) values ($1, 0, 1)", shop.id)
            await asyncio.gather(*map(write, lives), read())
            await lives[0].turn()
            for limit, consumer in consumers.items():
                await consumer.poll(limit)  # to the end of a run that began while the others wrote
                await consumer.poll(limit)
                assert consumer.records == await snapshot(engine, shop), limit
    await database.close()
