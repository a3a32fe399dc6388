"""A member at the command line, with `leal serve` beside it: what is pushed over HTTP is what the commands show."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from tests.acceptance.program import Program
from tests.acceptance.test_cli_shops import PROGRAMME
from tests.databases import DatabaseUrls

STARTS_WITHIN_SECONDS = 30


class Served:
    """The program, and the address at which one of it serves a sandbox shop."""

    def __init__(self, leal: Program, process: subprocess.Popen[str], port: int) -> None:
        self.leal = leal
        self.process = process
        self.root = f"http://127.0.0.1:{port}"
        self.token = leal.well("token", "shop", "test").strip()

    def call(self, function: str, body: dict[str, Any]) -> Any:
        """Call a function of the API as the shop."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.post(f"{self.root}/api/v2023061/test/{function}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


def order(number: int, paid: str, **fields: object) -> dict[str, object]:
    product = {"id": "book"}
    line = {"product": product, "quantity": 1, "amount_full": paid, "amount_spent": paid}
    return {"id": f"A{number}", "status": "confirmed", "customer": {"id": "anna"}, "items": [line]} | fields


@pytest.fixture
def served(leal: Program) -> Iterator[Served]:
    """A served sandbox shop with a programme."""
    leal.well("shop", "create", "test", "--sandbox", "--clock", "1998-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = leal.start("serve", "--port", str(port))
    try:
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/readyz").raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None, process.stdout and process.stdout.read()
                assert time.monotonic() < deadline, "leal serve does not answer"
                time.sleep(0.05)
        yield Served(leal, process, port)
    finally:
        process.kill()
        process.wait()


def test_a_balance_is_shown_as_the_api_gives_it(served: Served) -> None:
    assert served.call("UpdateOrders4", {"orders": [order(1, "12.50"), order(2, "30")]}) == {"ok": True, "rejected": []}
    named = {"customer": {"shopid": "anna"}}
    served.call("RedeemPoints1", {**named, "pts": 200})
    plain = json.loads(served.leal.well("balance", "test", "anna", "--json"))
    assert plain == served.call("CustomerBalance3", named)
    assert (plain["pts_available"], plain["pts_redeemed"]) == (225, 200)
    whole = json.loads(served.leal.well("balance", "test", "anna", "--json", "--full", "--rewards"))
    asked = named | {"include_full_program": True, "include_unused_rewards": True}
    assert whole == served.call("CustomerBalance3", asked)
    assert len(whole["unused_rewards"]) == 1
    assert len(whole["tiers"]) == 2


def test_a_balance_and_a_history_are_told_in_words(served: Served) -> None:
    served.call("UpdateOrders4", {"orders": [order(1, "12.50"), order(2, "30")]})
    code = served.call("RedeemPoints1", {"customer": {"shopid": "anna"}, "pts": 200})["code"]
    told = served.leal.well("balance", "test", "anna", "--rewards", "--full")
    assert "anna in Test club" in told
    assert "€2.25" in told
    assert code in told
    assert "10 points" not in told.split("\n")[0]
    assert "\x1b" not in told
    lines = served.leal.well("history", "test", "anna").splitlines()
    assert "redeemed towards order" in lines[2]
    assert f"code {code}" in lines[2]
    assert "-200" in lines[2]
    assert any("+300" in line and "order A2" in line for line in lines)
    assert any("+125" in line and "order A1" in line for line in lines)
    assert len(served.leal.well("history", "test", "anna", "--limit", "1").splitlines()) == 3


def test_why_is_told_for_a_person_and_as_the_api_tells_it(served: Served) -> None:
    served.call("UpdateOrders4", {"orders": [order(1, "12.50"), order(2, "30.05")]})
    served.call("RedeemPoints1", {"customer": {"shopid": "anna"}, "pts": 200})
    told = served.leal.well("explain", "test", "anna", "--limit", "2")
    lines = told.splitlines()
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= 100
    assert "\x1b" not in told
    assert "225 points at €0.01 for every 1, rounded down: €2.25." in told
    assert "order A2" in told
    assert "The newest entries; 2 older ones stand in the sums" in told
    spend = next(line for line in lines if "lacking" in line)
    assert spend.split()[1:5] == ["spend", "€42.55", "€500.00", "lacking"]
    together = next(line for line in lines if "together" in line)
    assert together.split()[1:5] == ["together", "225", "200", "425"]
    written = json.loads(served.leal.well("explain", "test", "anna", "--limit", "2", "--json"))
    answer = served.call("ExplainBalance1", {"customer": {"shopid": "anna"}, "limit": 2})
    assert written | {"at": ""} == answer | {"at": ""}
    of_order = served.leal.well("explain", "test", "anna", "--order", "A2")
    assert "Why order A2 (confirmed) gave 300 points" in of_order
    assert "The lines come to 300.5 points, rounded down: 300." in of_order
    assert json.loads(served.leal.well("explain", "test", "anna", "--order", "A2", "--json")) == served.call(
        "ExplainOrder1", {"order_id": "A2"}
    )
    assert served.leal("explain", "test", "bert", "--order", "A2").code == 1
    assert served.leal("explain", "test", "nobody").code == 1


def test_two_customers_become_one_and_are_erased(served: Served) -> None:
    served.call("UpdateOrders4", {"orders": [order(1, "12.50"), order(2, "30", customer={"id": "bert"})]})
    preview = served.leal.well("merge", "test", "anna", "bert", "--preview")
    assert [line.split()[:2] for line in preview.splitlines()[2:5]] == [
        ["anna", "125"], ["bert", "300"], ["together", "425"],
    ]  # fmt: skip
    assert preview.endswith("Nothing was changed. Without --preview it will be.\n")
    assert json.loads(served.leal.well("balance", "test", "bert", "--json"))["pts_available"] == 300
    merged = served.leal.well("merge", "test", "anna", "bert", "--description", "You are one")
    assert merged.endswith("Merged: anna, bert all lead to anna now.\n")
    assert json.loads(served.leal.well("balance", "test", "bert", "--json"))["pts_available"] == 425
    assert "You are one" in served.leal.well("history", "test", "anna")
    assert served.leal.well("merge", "test", "bert", "anna").endswith("They were one already.\n")
    assert served.leal("merge", "test", "anna").code == 2
    asked = served.leal("erase", "test", "anna", stdin="n\n")
    assert asked.code != 0
    assert served.leal.well("erase", "test", "bert", "--yes") == "Customer bert is erased; 425 points lapsed.\n"
    assert served.leal("balance", "test", "anna").code == 1
    assert "everything agrees" in served.leal.well("verify", "test")
    assert "customer.erased" in served.leal.well("audit", "test")


def test_support_sets_a_tier_and_marks(served: Served) -> None:
    served.call("UpdateOrders4", {"orders": [order(1, "12.50")]})
    leal = served.leal
    assert "--reason" in leal("tier", "set", "test", "anna", "gold").err
    told = leal.well("tier", "set", "test", "anna", "gold", "--until", "1999-01-01", "--lock", "--reason", "a pledge")
    assert told == "The tier of customer anna is set: gold.\n"
    leal.well("mark", "set", "test", "anna", "tester", "--reason", "it is me")
    shown = leal.well("balance", "test", "anna")
    assert "Gold until" in shown
    assert "locked" in shown
    assert "tester" in shown
    assert "tier set" in leal.well("history", "test", "anna")
    assert leal("tier", "set", "test", "anna", "silver", "--reason", "no such").code == 1
    leal.well("tier", "release", "test", "anna", "--reason", "enough")
    leal.well("mark", "clear", "test", "anna", "tester", "--reason", "enough")
    shown = leal.well("balance", "test", "anna")
    assert "Gold until" not in shown
    assert "tester" not in shown


def test_what_is_refused_is_kept_listed_replayed_and_dropped(served: Served) -> None:
    wrong = order(3, "10", currency="USD")
    answer = served.call("UpdateOrders4", {"orders": [order(1, "12.50"), wrong, order(4, "-1")]})
    assert [item["index"] for item in answer["rejected"]] == [1, 2]
    listed = served.leal.well("rejected", "list", "test")
    assert "exchange_rate" in listed
    assert "less than zero" in listed
    kept = [json.loads(line) for line in served.leal.well("rejected", "list", "test", "--json").splitlines()]
    assert [item["id"] for item in kept] == ["A3", "A4"]
    served.leal.well("programme", "apply", "-", stdin=PROGRAMME.replace("EUR", "USD"))
    ended = served.leal("rejected", "replay", "test")
    assert ended.out.startswith("2 items replayed, 1 taken, 1 refused again.\n"), ended
    assert ended.code == 1
    assert json.loads(served.leal.well("balance", "test", "anna", "--json"))["pts_available"] == 225
    assert served.leal.well("rejected", "drop", "test", "--all") == "1 item dropped.\n"
    assert served.leal.well("rejected", "list", "test") == "Nothing that shop test pushed is refused.\n"


async def test_verify_names_the_account_that_was_changed(served: Served, database_urls: DatabaseUrls) -> None:
    served.call("UpdateOrders4", {"orders": [order(1, "12.50"), order(2, "5", customer={"id": "bert"})]})
    assert served.leal.well("verify").startswith("test: 2 accounts recomputed from ")
    assert "everything agrees" in served.leal.well("verify", "test")
    conn = await asyncpg.connect(database_urls.admin)
    await conn.execute("alter table entry disable trigger all")
    await conn.execute(
        "update entry set points = points + 1 where number = 1 and account = $1", await account(conn, "bert")
    )
    await conn.close()
    ended = served.leal("verify")
    assert ended.code == 1
    assert "bert" in ended.out
    assert "anna" not in ended.out


async def test_upkeep_names_whom_it_cannot_settle(served: Served, database_urls: DatabaseUrls) -> None:
    served.call("UpdateOrders4", {"orders": [order(1, "12.50"), order(2, "5", customer={"id": "bert"})]})
    conn = await asyncpg.connect(database_urls.admin)
    spoilt = await account(conn, "bert")
    await conn.execute(
        "update account set settled_version = 99, next_due_at = timestamptz '1997-01-01Z' where id = $1", spoilt
    )
    await conn.close()
    ended = served.leal("upkeep", "test")
    assert ended.code == 1
    assert "test: 1 could not be settled; everybody else was." in ended.err
    assert f"{spoilt:016x}" in ended.err
    assert served.leal("clock", "advance", "test", "+1d").code == 1


async def account(conn: asyncpg.Connection[asyncpg.Record], shopid: str) -> int:
    """The account of a customer."""
    found: int = await conn.fetchval("select account from customer where shopid = $1", shopid)
    return found


def test_a_taken_port_is_told_with_what_helps(served: Served) -> None:
    port = served.root.rsplit(":", 1)[1]
    ended = served.leal("serve", "--port", port)
    assert ended.code == 1
    assert port in ended.err
    assert "LEAL_PORT" in ended.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_well_when_it_is_told_to(served: Served, number: signal.Signals) -> None:
    served.process.send_signal(number)
    assert served.process.wait(30) == 0


def test_a_balance_of_another_moment_is_the_apis(served: Served) -> None:
    served.call("UpdateOrders4", {"orders": [order(1, "12.50")]})
    served.leal.well("clock", "advance", "test", "1998-03-01")
    served.call("UpdateOrders4", {"orders": [order(2, "30")]})
    then = json.loads(served.leal.well("balance", "test", "anna", "--json", "--at", "1998-02-01"))
    assert then == served.call("CustomerBalance3", {"customer": {"shopid": "anna"}, "at": "1998-01-31T23:00:00Z"})
    assert then["pts_available"] == 125
    told = served.leal.well("balance", "test", "anna", "--at", "1998-02-01")
    assert "125" in told
    assert "1 February 1998" in told
    assert served.leal("balance", "test", "anna", "--at", "soon").code == 2


def test_notices_wait_in_the_outbox(served: Served) -> None:
    assert served.leal.well("outbox", "list", "test") == "Nothing waits in the outbox of shop test.\n"
    warning = PROGRAMME.replace("lifetime}", "calendar_year}\n  warn_days: [31]")
    warning += "expiration: {rolling: {term: 12 months}, warn_days: [30, 7]}\n"
    served.leal.well("programme", "apply", "-", stdin=warning)
    served.call("UpdateOrders4", {"orders": [order(1, "512.50")]})
    served.leal.well("clock", "advance", "test", "1998-12-05")
    (line,) = served.leal.well("outbox", "list", "test").splitlines()[2:]
    told = "anna points_expiring 2 December 1998 00:00 5,125 points worth 51.25, last day 1999-01-01"
    assert " ".join(line.split()[1:]) == told
    served.leal.well("clock", "advance", "test", "1999-12-05")
    assert served.leal.well("upkeep", "test").splitlines()[2].split()[:3] == ["test", "0", "0"]
    rows = [json.loads(line) for line in served.leal.well("outbox", "list", "test", "--json").splitlines()]
    assert [row["kind"] for row in rows] == ["points_expiring", "tier_at_risk"]
    assert rows[1] | {"id": 0, "customer": {}} == {
        "id": 0,
        "customer": {},
        "kind": "tier_at_risk",
        "due_at": "1999-11-29T23:00:00Z",
        "ends_at": "1999-12-31T23:00:00Z",
        "last_day": "1999-12-31",
        "warn_days": 31,
        "tier": "gold",
        "falls_to": "member",
        "lacking": {"mode": "all", "spend": "500.000000"},
    }
    assert rows[1]["customer"]["shopid"] == "anna"
    assert (
        served.leal.well("outbox", "list", "test")
        .splitlines()[3]
        .endswith("gold until 1999-12-31, lacks spend 500.00, then member")
    )
