"""Pushing to a server that behaves as badly as it is told: all of it arrives in the end, and only what must twice."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import msgspec
import pytest

from leal.api.figures import Figures
from leal.datasource import pushing
from leal.datasource.pushes import pushes
from leal.datasource.pushing import Pusher, PushFailed, prepare
from leal.engine.commands import CustomerFacts, PushCustomer, Shop
from leal.engine.destinations import Destination, DestinationExists, UnknownDestination
from leal.engine.engine import Engine
from leal.hooks import sending
from leal.rules.mapped import UnknownMapping
from leal.store.db import Database
from leal.values import MICRO
from tests.databases import DatabaseUrls
from tests.engines import found_shop, new_engine, programme, push, who
from tests.receiving import Elsewhere, elsewhere

SECRET = bytes(range(32))
NAMES = [f"c{number}" for number in range(10)]
Conn = asyncpg.Connection


@pytest.fixture(scope="module")
def process() -> Iterator[Elsewhere]:
    """A server of somebody else's."""
    with elsewhere() as found:
        yield found


@pytest.fixture
def there(process: Elsewhere) -> Elsewhere:
    """The same, well-behaved, with nothing taken yet that this test looks at."""
    process.behave()
    process.skip()
    return process


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    """A shop with ten members of 10, 20 … points."""
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push(name, f"o-{name}", 10 * n) for n, name in enumerate(NAMES, 1)])
    return shop


class Pushing:
    """One destination, pushed to by hand."""

    def __init__(self, engine: Engine, shop: Shop, there: Elsewhere) -> None:
        self.engine, self.shop, self.there = engine, shop, there
        self.pusher = Pusher(engine, allow_private=True)

    async def add(self, **more: Any) -> None:
        """Add the destination."""
        await self.engine.add_destination(self.shop, "crm", f"{self.there.url}/in", SECRET, **more)

    async def known(self) -> Destination:
        """The destination as it stands."""
        return await self.engine.destination(self.shop, "crm")

    async def once(self) -> bool:
        """Push one page; gives whether there is more."""
        return (await self.pusher.push(self.shop, await self.known())).more

    async def all(self) -> None:
        """Push until there is no more."""
        while await self.once():
            pass

    async def fails(self) -> str:
        """Push one page, which fails: why."""
        with pytest.raises(PushFailed) as failed:
            await self.once()
        return failed.value.reason

    async def erase(self, name: str) -> None:
        """Let the shop forget a customer."""
        await self.engine.push_customers(self.shop, [PushCustomer(CustomerFacts(who(name), deleted=True))])

    def copy(self) -> dict[str, Any]:
        """What a receiver has that took every good call, in their order."""
        kept: dict[str, Any] = {}
        for call in self.there.taken():
            if call["answered"] == "200":
                told = json.loads(call["body"])["data"]
                kept |= {one["customer_id"]: one for one in told["records"]}
                for one in told["deleted"]:
                    kept.pop(one["customer_id"], None)
        return {ident: one for ident, one in kept.items() if one["member"]}

    async def truth(self) -> dict[str, Any]:
        """What a snapshot has."""
        told = [one async for page in self.engine.feed_snapshot(self.shop) for one in page.told]
        return {one["customer_id"]: one for one in msgspec.to_builtins(told)}


@pytest.fixture
def one(engine: Engine, shop: Shop, there: Elsewhere) -> Pushing:
    """One destination of the shop."""
    return Pushing(engine, shop, there)


async def test_a_snapshot_then_what_changes_arrives_signed(one: Pushing) -> None:
    await one.add(batch_records=4)
    await one.all()
    calls = one.there.taken()
    assert [len(json.loads(call["body"])["data"]["records"]) for call in calls] == [4, 4, 2]
    assert one.copy() == await one.truth()
    first = json.loads(calls[0]["body"])
    assert (first["type"], first["data"]["shop"], first["data"]["snapshot"]) == (pushing.TYPE, "corner", True)
    for call in calls:
        headers = call["headers"]
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + call["body"]
        signature = base64.b64encode(hmac.digest(SECRET, content, hashlib.sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{signature}"
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
        assert headers["content-type"] == "application/json"
    assert len({call["headers"]["webhook-id"] for call in calls}) == 3
    await one.engine.push_orders(one.shop, [push("c3", "more", 500)])
    await one.erase("c4")
    await one.all()
    (changes,) = one.there.taken()[3:]
    told = json.loads(changes["body"])["data"]
    assert (told["snapshot"], told["deleted"]) == (False, [{"customer_id": "c4", "deleted": True}])
    assert [record["customer_id"] for record in told["records"]] == ["c3"]
    assert one.copy() == await one.truth()
    await one.all()
    assert len(one.there.taken()) == 4
    known = await one.known()
    assert (known.sent, known.gone, known.refused, known.failures) == (11, 1, 0, 0)
    assert known.taken_at is not None


async def test_batches_are_cut_by_bytes_too(one: Pushing) -> None:
    await one.add(batch_bytes=1100)
    await one.all()
    sizes = [len(call["body"]) for call in one.there.taken()]
    assert len(sizes) > 3
    assert max(sizes) <= 1100
    assert one.copy() == await one.truth()


async def test_only_what_comes_from_now_on(one: Pushing) -> None:
    await one.add(from_now=True, mapping="braze")
    await one.all()
    assert one.there.taken() == []
    await one.engine.push_orders(one.shop, [push("c1", "more", 5)])
    await one.erase("c2")
    await one.all()
    told = json.loads(one.there.taken()[0]["body"])["data"]
    assert told["mapping"] == "braze"
    assert [(record["external_id"], record["loyalty_points_balance"]) for record in told["records"]] == [("c1", 25)]
    assert told["deleted"] == [{"external_id": "c2", "deleted": True}]


BAD = ["500", "503 0", "429 0", "408", "404", "301 http://127.0.0.1/", "401", "half", "head", "reset", "noise"]


async def test_what_was_not_taken_is_sent_until_it_is(one: Pushing) -> None:
    await one.add(batch_records=4)
    for word in BAD:
        one.there.behave("200", word) if (await one.known()).cursor is None else one.there.behave(word)
        if (await one.known()).cursor is None:
            assert await one.once()
        before = (await one.known()).cursor
        reason = await one.fails()
        known = await one.known()
        assert (known.cursor, known.failure) == (before, reason)
        assert (known.try_at or 0) > known.created_at
    assert (await one.known()).failures == len(BAD)
    one.there.behave()
    await one.all()
    assert one.copy() == await one.truth()
    assert (await one.known()).failures == 0
    same = [call for call in one.there.taken() if call["answered"] in ("500", "half", "200")]
    assert same[1]["headers"]["webhook-id"] == same[2]["headers"]["webhook-id"] == same[3]["headers"]["webhook-id"]


async def test_who_hangs_is_left(one: Pushing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "post", _impatient)
    await one.add()
    one.there.behave("hang 20")
    begun = time.monotonic()
    assert await one.fails() == "no answer within 0.5 seconds"
    assert time.monotonic() - begun < 5
    await one.all()
    assert one.copy() == await one.truth()


async def _impatient(target: sending.Target, headers: Any, body: bytes, *, allow_private: bool) -> sending.Answered:
    return await sending.post(target, headers, body, allow_private=allow_private, within_seconds=0.5)


async def test_a_server_that_asks_for_a_pause_gets_it(one: Pushing) -> None:
    await one.add()
    one.there.behave("429 40", "500")
    begun = time.time_ns() // 1000
    assert await one.fails() == "it answered 429"
    assert 39 * MICRO < ((await one.known()).try_at or 0) - begun < 50 * MICRO
    assert await one.fails() == "it answered 500"
    assert ((await one.known()).try_at or 0) - begun < 30 * MICRO


async def test_one_bad_record_does_not_take_the_others_along(one: Pushing) -> None:
    await one.add()
    # All ten, then halves: five are taken, of the others two, of three one is refused by itself.
    one.there.behave("422", "200", "422", "200", "422", "413")
    await one.all()
    known = await one.known()
    assert (known.sent, known.refused, [refusal.status for refusal in known.refusals]) == (9, 1, [413])
    truth = await one.truth()
    refused = known.refusals[0].customer_id
    assert one.copy() == {ident: record for ident, record in truth.items() if ident != refused}
    await one.erase(refused)
    assert (await one.known()).refusals == ()
    await one.all()
    known = await one.known()
    assert (known.refusals, known.refused, known.gone) == ((), 1, 1)


async def test_whoever_refuses_everything_is_not_asked_for_ever(one: Pushing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "SPLITS_MAX", 5)
    await one.add()
    one.there.behave(*["400"] * 50)
    assert await one.fails() == "it refuses too many records at once"
    assert len(one.there.taken()) == 6
    assert (await one.known()).cursor is None


async def test_410_pauses_until_somebody_resumes(one: Pushing) -> None:
    await one.add()
    one.there.behave("410")
    assert await one.fails() == "it answered 410"
    assert (await one.known()).paused_at is not None
    await one.engine.pause_destination(one.shop, "crm", paused=False)
    known = await one.known()
    assert (known.paused_at, known.failures) == (None, 0)
    await one.all()
    assert one.copy() == await one.truth()


async def test_a_forgotten_cursor_means_a_new_snapshot(one: Pushing, database_urls: DatabaseUrls) -> None:
    await one.add(batch_records=4)
    await one.all()
    for name in ("c0", "c5"):
        await one.erase(name)  # of whom no snapshot tells
    await one.engine.push_orders(one.shop, [push("c5", "back", 5)])  # somebody of that id is there again
    admin = await asyncpg.connect(database_urls.admin)
    await admin.execute("update record_change set noted_at = now() - interval '30 days'")
    await one.engine.forget_old(one.shop)
    gone = "select count(*) from record_change where gone <> ''"
    assert await admin.fetchval(gone) == 2
    await admin.execute("delete from record_change where gone = ''")  # what other databases hold up is forgotten later
    await admin.execute("update shop set changes_from = pg_current_xact_id()")
    before = len(one.there.taken())
    await one.all()
    first, *others = (json.loads(call["body"])["data"] for call in one.there.taken()[before:])
    assert (first["snapshot"], first["deleted"]) == (True, [{"customer_id": "c0", "deleted": True}])
    assert all(len(told["records"]) + len(told["deleted"]) <= 4 for told in (first, *others))
    assert one.copy() == await one.truth()
    await admin.execute("update record_change set noted_at = now() - interval '91 days'")
    await one.engine.forget_old(one.shop)
    assert await admin.fetchval(gone) == 0
    await admin.close()


async def test_nothing_is_sent_inside_unless_that_is_allowed(one: Pushing) -> None:
    await one.add()
    one.pusher = Pusher(one.engine, allow_private=False)
    assert "https" in await one.fails()
    assert one.there.taken() == []


async def test_of_two_at_once_one_counts(one: Pushing, db: Database) -> None:
    await one.add(batch_records=3)
    other = await new_engine(db)
    second = Pusher(other, allow_private=True)

    async def push_on(pusher: Pusher, engine: Engine) -> None:
        while (await pusher.push(one.shop, await engine.destination(one.shop, "crm"))).more:
            pass

    await asyncio.gather(push_on(one.pusher, one.engine), push_on(second, other))
    assert one.copy() == await one.truth()
    assert (await one.known()).sent == 10
    await other.close()


async def test_a_dry_run_sends_and_notes_nothing(one: Pushing) -> None:
    await one.add(batch_records=4)
    before = await one.known()
    ready = await prepare(one.engine, one.shop, before)
    assert (len(ready.items), ready.page.more) == (4, True)
    assert await one.known() == before
    assert one.there.taken() == []


async def test_destinations_are_added_and_removed(one: Pushing, engine: Engine, db: Database) -> None:
    await one.add()
    with pytest.raises(DestinationExists):
        await one.add()
    with pytest.raises(UnknownMapping):
        await engine.add_destination(one.shop, "other", one.there.url, SECRET, mapping="crm")
    assert [known.name for known in await engine.destinations(one.shop)] == ["crm"]
    assert await engine.destination_secrets(one.shop, "crm") == [SECRET]
    async with db.shop(one.shop.id) as conn:
        assert SECRET not in await conn.fetchval("select secret from feed_destination")
    rival = await engine.create_shop("rival", sandbox=True)
    assert await engine.destinations(rival) == []
    with pytest.raises(UnknownDestination):
        await engine.destination_secrets(rival, "crm")
    await engine.remove_destination(one.shop, "crm")
    for change in (
        engine.remove_destination(one.shop, "crm"),
        engine.pause_destination(one.shop, "crm", paused=True),
        engine.destination(one.shop, "crm"),
    ):
        with pytest.raises(UnknownDestination):
            await change
    acts = [noted.act.action for noted in await engine.audit(one.shop)]
    assert acts[:2] == ["destination.removed", "destination.added"]


async def test_a_mapping_that_is_no_more_fails_until_it_is_back(one: Pushing) -> None:
    mapping = "datasource: {mappings: [{slug: crm, fields: [{name: id, from: customer_id}]}]}\n"
    await one.engine.publish(one.shop, programme() + mapping, author="test")
    await one.add(mapping="crm")
    await one.all()
    assert json.loads(one.there.taken()[0]["body"])["data"]["records"][0].keys() == {"id"}
    await one.engine.publish(one.shop, programme(), author="test")
    assert "crm" in await one.fails()


# ------------------------------------------------------------------------------------------------------------- job


async def until(true: Callable[[], bool], seconds: float = 20.0) -> float:
    """Wait until it is true; gives how long that took."""
    begun = time.monotonic()
    while not await asyncio.to_thread(true):
        assert time.monotonic() - begun < seconds, "it never came true"
        await asyncio.sleep(0.02)
    return time.monotonic() - begun


async def test_the_job_tells_of_a_change_within_seconds(one: Pushing, db: Database) -> None:
    await one.add()
    both = Figures(), Figures()
    other = await new_engine(db)
    async with pushes(one.engine, one.pusher, both[0], 1.0), pushes(other, one.pusher, both[1], 1.0):
        await until(lambda: len(one.copy()) == 10)
        await one.engine.push_orders(one.shop, [push("new", "first", 70)])
        assert await until(lambda: "new" in one.copy()) < 5
        assert one.copy() == await one.truth()
        assert len([call for call in one.there.taken() if b'"new"' in call["body"]]) == 1
    assert sorted(b"leal_pushed_total 11.0" in figures.text() for figures in both) == [False, True]
    assert await one.engine.untold_micros(one.shop, await one.known()) is None
    await other.close()


async def test_one_that_hangs_holds_up_no_other(one: Pushing, engine: Engine) -> None:
    """Two destinations at one server: the first call hangs, whosever it is."""
    await one.add()
    await engine.add_destination(one.shop, "other", f"{one.there.url}/other", SECRET)
    one.there.behave("hang 3")
    async with pushes(engine, one.pusher, Figures(), 0.1):
        took = await until(lambda: any(call["answered"] == "200" for call in one.there.taken()))
        assert took < 2.5
    assert {call["path"] for call in one.there.taken()} == {"/in", "/other"}


async def test_the_job_starts_what_is_added_and_ends_what_is_paused(one: Pushing, engine: Engine) -> None:
    async with pushes(engine, one.pusher, Figures(), 0.05):
        await one.add()
        await until(lambda: len(one.copy()) == 10)
        await engine.pause_destination(one.shop, "crm", paused=True)
        await asyncio.sleep(0.5)
        await engine.push_orders(one.shop, [push("new", "first", 70)])
        await asyncio.sleep(0.5)
        assert "new" not in one.copy()
        assert (await engine.untold_micros(one.shop, await one.known()) or 0) > 0.3 * MICRO
        await engine.pause_destination(one.shop, "crm", paused=False)
        await until(lambda: "new" in one.copy())
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("push")] == []
