"""A shop's life at the command line: founded, given a programme and a clock, looked at, verified."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import jwt
import pytest

from leal.store.migrate import migrate
from tests.acceptance.program import Program
from tests.databases import DatabaseUrls

PROGRAMME = """\
shop: test
title: Test club
currency: EUR
timezone: Europe/Paris
points: {value: 0.01}
sources:
  - {slug: orders, title: Shop with us, kind: order, points: 10, per: 1}
redemption: {min: 100}
tiers:
  window: {kind: lifetime}
  steps:
    - {slug: member, name: Member}
    - {slug: gold, name: Gold, requires: {spend: 500}}
"""


@pytest.fixture
def sandbox(leal: Program) -> Program:
    """The program with a sandbox shop whose clock starts at 1998-01-01, and its programme."""
    leal.well("shop", "create", "test", "--sandbox", "--clock", "1998-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    return leal


def clock(leal: Program) -> datetime:
    return datetime.fromisoformat(leal.well("clock", "show", "test").strip())


def test_a_shop_is_created_and_listed(leal: Program) -> None:
    assert leal.well("shop", "list") == "There are no shops yet. Create one: leal shop create SLUG\n"
    assert leal.well("shop", "create", "maison") == (
        "Shop maison is created. Give it a programme: leal programme apply FILE\n"
    )
    leal.well("shop", "create", "test", "--sandbox", "--clock", "1998-01-01")
    rows = [line.split() for line in leal.well("shop", "list").splitlines()]
    assert rows[0] == ["shop", "kind", "programme", "clock", "zone"]
    assert rows[2][:3] == ["maison", "live", "–"]
    assert rows[3][:6] == ["test", "sandbox", "–", "1", "January", "1998"]


def test_a_second_shop_of_that_name_is_refused(leal: Program) -> None:
    leal.well("shop", "create", "test")
    ended = leal("shop", "create", "test")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("leal: ")
    assert "test" in ended.err


def test_a_wrong_slug_is_told_with_what_is_right(leal: Program) -> None:
    ended = leal("shop", "create", "No Shop")
    assert ended.code == 1
    assert "right: " in ended.err


@pytest.mark.parametrize("words", ["balance nowhere 1", "clock show nowhere", "token shop nowhere", "verify nowhere"])
def test_an_unknown_shop_is_named(leal: Program, words: str) -> None:
    ended = leal(*words.split())
    assert (ended.code, ended.out) == (1, "")
    assert "nowhere" in ended.err
    assert "Traceback" not in ended.err


def test_a_sandboxs_clock_moves_forward_by_the_programmes_calendar(sandbox: Program) -> None:
    begun = clock(sandbox)
    assert timedelta(0) <= begun - datetime(1998, 1, 1, tzinfo=UTC) < timedelta(minutes=5)
    sandbox.well("clock", "advance", "test", "1998-03-01")
    assert timedelta(0) <= clock(sandbox) - datetime(1998, 2, 28, 23, tzinfo=UTC) < timedelta(minutes=5)  # Paris
    sandbox.well("clock", "advance", "test", "+1mo")  # over the change to summer time
    assert timedelta(0) <= clock(sandbox) - datetime(1998, 3, 31, 22, tzinfo=UTC) < timedelta(minutes=5)
    said = sandbox.well("clock", "advance", "test", "+1d12h")
    assert said.startswith("It is 1998-04-02T10:0")
    assert said.endswith(" in shop test; 0 members settled on the way.\n")


def test_a_clock_does_not_go_back(sandbox: Program) -> None:
    before = clock(sandbox)
    ended = sandbox("clock", "advance", "test", "1997-01-01")
    assert ended.code == 1
    assert "forward" in ended.err
    assert clock(sandbox) >= before


def test_a_live_shops_clock_stands_where_it_is(leal: Program) -> None:
    leal.well("shop", "create", "test")
    assert leal("clock", "advance", "test", "+1d").code == 1
    assert abs(clock(leal) - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_programme_is_published_and_shown(sandbox: Program) -> None:
    shown = sandbox.well("programme", "show", "test")
    assert shown.startswith("shop: test\ntitle: Test club\n")
    assert (
        sandbox.well("programme", "validate", "-", stdin=shown) == "-: Test club for shop test is a valid programme.\n"
    )
    said = sandbox.well(
        "programme", "apply", "-", "--note", "Dearer", stdin=PROGRAMME.replace("spend: 500", "spend: 900")
    )
    assert said == "Test club is version 2 of the programme of shop test.\n"
    assert "900" in sandbox.well("programme", "show", "test")
    assert sandbox.well("programme", "show", "test", "--version", "1") == shown


def test_every_fault_of_a_programme_is_told(leal: Program) -> None:
    (leal.folder / "bad.yaml").write_text(PROGRAMME.replace("EUR", "euros").replace("kind: order", "kind: ordr"))
    for verb in ("validate", "apply"):
        ended = leal("programme", verb, "bad.yaml")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("leal: bad.yaml: 2 faults\n\n  currency, line 3, column 1  [bad_format]\n")
        assert 'Did you mean "order"?' in ended.err


def test_a_programme_that_is_not_run_yet_is_refused(leal: Program) -> None:
    leal.well("shop", "create", "test")
    text = PROGRAMME + "milestones: [{slug: three, title: Three, requires: {orders: 3}}]\n"
    said = leal("programme", "validate", "-", stdin=text)
    ended = leal("programme", "apply", "-", stdin=text)
    assert ended.code == 1
    assert "milestones" in ended.err + said.err


def test_the_schema_of_programmes_is_json(leal: Program) -> None:
    schema = json.loads(leal.well("programme", "schema"))
    assert {"shop", "tiers", "sources"} <= set(schema["$defs"]["Programme"]["properties"])


def test_tokens_are_alone_on_stdout_and_signed_with_the_newest_key(sandbox: Program) -> None:
    first = sandbox.well("token", "shop", "test").strip()
    assert jwt.decode(first, options={"verify_signature": False})["sub"] == "test"
    assert "exp" not in jwt.decode(first, options={"verify_signature": False})
    made = dict(line.split() for line in sandbox.well("key", "create", "test", "second").splitlines())
    assert made["kid"] == "second"
    token = sandbox.well("token", "customer", "test", "a/b", "--ttl", "15min", "--admin").strip()
    assert jwt.get_unverified_header(token)["kid"] == "second"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["l"], claims["aud"]) == ("test/a/b", "admin", "BH")
    assert claims["exp"] - time.time() == pytest.approx(900, abs=60)
    sandbox.well("key", "revoke", "test", "second")
    assert jwt.get_unverified_header(sandbox.well("token", "shop", "test").strip())["kid"] != "second"
    listed = sandbox.well("key", "list", "test")
    assert "second" in listed
    assert "revoked" in listed
    assert made["secret"] not in listed


def test_keys_of_a_scope(sandbox: Program) -> None:
    opaque = dict(
        line.split() for line in sandbox.well("key", "create", "test", "--opaque", "--scope", "push").splitlines()
    )
    assert opaque["key"].startswith("leal_push_")
    sandbox.well("key", "create", "test", "reader", "--scope", "read")
    listed = sandbox.well("key", "list", "test")
    assert re.search(rf"{opaque['kid']} +push +opaque", listed)
    assert re.search(r"reader +read +signing", listed)
    assert opaque["key"] not in listed
    assert jwt.get_unverified_header(sandbox.well("token", "shop", "test").strip())["kid"] != "reader"
    by_reader = sandbox.well("token", "shop", "test", "--key", "reader").strip()
    assert jwt.get_unverified_header(by_reader)["kid"] == "reader"
    assert sandbox("token", "shop", "test", "--key", opaque["kid"]).code == 1
    feed = [jwt.get_unverified_header(sandbox.well("token", "feed", "test").strip())["kid"] for _ in range(2)]
    assert feed[0] == feed[1]
    assert re.search(rf"{feed[0]} +feed +signing", sandbox.well("key", "list", "test"))


def test_origins(sandbox: Program) -> None:
    assert sandbox.well("shop", "origins", "test").startswith("No pages may call")
    made = sandbox.well("shop", "origins", "test", "--allow", "https://b.example", "--allow", "https://a.example")
    assert made.split() == ["https://a.example", "https://b.example"]
    assert sandbox.well("shop", "origins", "test", "--forbid", "https://a.example").split() == ["https://b.example"]
    refused = sandbox("shop", "origins", "test", "--allow", "http://b.example/")
    assert refused.code == 1
    assert "https://shop.example.com" in refused.err
    assert sandbox.well("shop", "origins", "test").split() == ["https://b.example"]


def test_a_customer_of_whom_nothing_is_known(sandbox: Program) -> None:
    ended = sandbox("balance", "test", "anna")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("leal: ")


async def test_a_database_behind_is_told_with_the_command_that_helps(
    empty_database: DatabaseUrls, leal: Program
) -> None:
    leal.environment |= {"LEAL_DATABASE_URL": empty_database.app, "LEAL_OWNER_DATABASE_URL": empty_database.owner}
    ended = leal("shop", "list")
    assert ended.code == 1
    assert "help: Run `leal migrate`." in ended.err
    assert leal.well("migrate").startswith("applied 0001_")
    assert leal.well("migrate") == "The schema is that of this release; nothing to do.\n"
    leal.well("shop", "list")
    assert await migrate(empty_database.owner) == []


def test_what_would_be_distributed_is_printed(leal: Program) -> None:
    ended = leal("distribute", "--shards", "64")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert [line for line in lines if line.startswith("-- ")][2:] == [
        "-- row-level security",
        "-- triggers",
        "-- foreign keys aside",
        "-- tables of shops: a copy on each server",
        "-- tables of members: spread by bucket",
        "-- what was left where the tables were",
        "-- foreign keys again",
    ]
    assert "select create_distributed_table('account', 'bucket', shard_count => 64);" in lines
    assert "leal: before --apply: This database has no Citus. Install the extension citus" in ended.err
    ended = leal("distribute", "--apply")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("leal: This database has no Citus.")
    assert "create extension citus" in ended.err


async def test_database_url_leads_psql_to_the_database(leal: Program, database_urls: DatabaseUrls) -> None:
    assert leal.well("database-url") == database_urls.app + "\n"
    assert leal.well("database-url", "--owner") == database_urls.owner + "\n"
    conn = await asyncpg.connect(leal.well("database-url", "--owner").strip())
    assert await conn.fetchval("select current_user") == "leal_owner"
    await conn.close()


def test_what_fell_due_is_stored(leal: Program) -> None:
    assert leal.well("upkeep") == "There are no shops, and so nothing is due.\n"
    leal.well("shop", "create", "idle")
    leal.well("shop", "create", "test", "--sandbox", "--clock", "1998-01-01")
    rows = [line.split() for line in leal.well("upkeep").splitlines()]
    assert rows[0] == ["shop", "members", "settled", "notices", "made", "seconds"]
    assert [row[:3] for row in rows[2:]] == [["idle", "0", "0"], ["test", "0", "0"]]
    rows = [line.split() for line in leal.well("upkeep", "test").splitlines()]
    assert [row[:3] for row in rows[2:]] == [["test", "0", "0"]]
    assert leal("upkeep", "nowhere").code == 1
