"""The demo, whole: cut short by force, gone on with, served, and found again; on an embedded server of its own."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import signal
import socket
import subprocess
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from leal.api.balance import balance_result
from leal.api.shapes import encode
from leal.config import Settings
from leal.engine.commands import Balance, Who
from leal.installation import installation
from tests.acceptance.program import Ended, Program

CUT_AFTER_SECONDS = 8
AT_ONCE = 200
MEMBERS = {
    # Bought once, for 11.77, on 1 January 1997: available on the 15th, usable to the end of January 1998.
    "00001": {"pts_earned": 117, "pts_available": 0, "pts_expired": 117, "total_spend": "11.770000"},
    # Two orders on 12 January 1997, 12.00 and 77.00.
    "00002": {"pts_earned": 890, "pts_available": 0, "pts_expired": 890, "total_spend": "89.000000"},
}


class Demo:
    """The program after the demo has run, and what that printed."""

    def __init__(self, leal: Program, told: str) -> None:
        self.leal = leal
        self.told = told


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo, begun, killed in the middle, and run again to its end."""
    folder = tmp_path_factory.mktemp("demo")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    leal = Program({"LEAL_HOME": str(folder / "home"), "LEAL_PORT": str(port)}, folder)
    process = leal.start("demo", "--no-serve")
    time.sleep(CUT_AFTER_SECONDS)
    process.kill()
    process.wait()
    leal.well("verify")
    return Demo(leal, leal.well("demo", "--no-serve"))


def test_it_holds_every_order_and_customer(demo: Demo) -> None:
    assert "The shop cdnow holds 69,659 orders of 23,570 customers." in demo.told
    assert demo.leal.well("verify", "cdnow").startswith("cdnow: 23,570 accounts recomputed from ")


def test_it_shows_a_member_the_programme_and_the_richest(demo: Demo) -> None:
    assert "in Encore ─" in demo.told
    assert "Encore as everyone sees it" in demo.told
    lines = demo.told.splitlines()
    richest = lines[lines.index(next(line for line in lines if "ten richest" in line)) + 3 :][:10]
    assert [line.split()[0] for line in richest] == [str(place) for place in range(1, 11)]
    available = [int(line.split()[3].replace(",", "")) for line in richest]
    assert available == sorted(available, reverse=True)
    assert max(len(line) for line in lines) <= 100
    assert "\x1b" not in demo.told


@pytest.mark.parametrize("customer", MEMBERS)
def test_members_have_what_the_programme_gives_them(demo: Demo, customer: str) -> None:
    balance = json.loads(demo.leal.well("balance", "cdnow", customer, "--json"))
    assert {name: balance[name] for name in MEMBERS[customer]} == MEMBERS[customer]
    assert (balance["pts_held"], balance["pts_debt"]) == (0, 0)


def test_its_liability_is_the_sum_of_its_accounts_and_reconciles(demo: Demo) -> None:
    accounts = demo.leal.well("export", "accounts", "cdnow", "--format", "csv")
    chart = demo.leal.folder / "liability.svg"
    written = demo.leal.well("liability", "cdnow", "--from", "1998-01-01", "--format", "json", "--chart", str(chart))
    found = json.loads(written)
    rows = list(csv.DictReader(io.StringIO(accounts)))
    for bucket in ("available", "pending", "held", "debt"):
        assert found["outstanding"][bucket]["points"] == sum(int(row[bucket]) for row in rows)
    moved = {name: movement["points"] for name, movement in found["movements"].items()}
    assert moved.pop("closing") == sum(moved.values()) == found["outstanding"]["available"]["points"] + 285_278
    # whatever a point is worth: half a cent
    available = found["outstanding"]["available"]
    assert Decimal(available["value"]) * 200 == available["points"]
    assert (found["breakage"]["members"], found["breakage"]["expected"]) == (23_502, available)
    assert chart.read_text().startswith("<svg")
    before = demo.leal.well("liability", "cdnow", "--at", "1998-01-01")
    closing = next(line for line in before.splitlines() if "at the end" in line and "at the end of" not in line)
    assert f"{found['movements']['opening']['points']:,}" in closing
    assert "reconciled with the ledger" in before


def test_every_record_of_its_datasource_says_what_the_balance_says(demo: Demo) -> None:
    records = [json.loads(line) for line in demo.leal.well("feed", "snapshot", "cdnow", "-o", "-").splitlines()]
    assert len(records) == 23_570
    balances = asyncio.run(_balances(demo, [record["customer_id"] for record in records]))
    for record, balance in zip(records, balances, strict=True):
        ends, towards = balance["pts_next_rolling_expiration"], balance["next_tier"]
        assert record | {"tier_benefits": []} == {
            "customer_id": record["customer_id"],
            "member": balance["membership"] == "full",
            "tier": balance["cur_tier"]["name"],
            "points_balance": balance["pts_available"],
            "points_to_next_tier": None,  # its tiers are reached by spending
            "next_tier": towards["name"] if towards else None,
            "tier_benefits": [],
            "points_expiration_date": ends["day"] if ends else None,
            "points_expiring": ends["amount"] if ends else 0,
            "member_since": balance["loyalty_anniversary_day"],
            "lifetime_points": balance["pts_earned"],
        }


async def _balances(demo: Demo, customers: list[str]) -> list[dict[str, Any]]:
    async with installation(Settings(home=Path(demo.leal.environment["LEAL_HOME"]))) as there:
        shop = await there.engine.shop("cdnow")
        shown: list[Balance] = []
        for first in range(0, len(customers), AT_ONCE):  # those who ask at once are answered by one statement
            asked = (there.engine.balance(shop, Who(shopid=one)) for one in customers[first : first + AT_ONCE])
            shown += await asyncio.gather(*asked)
        return [json.loads(encode(balance_result(shop.slug, one, full=False, unused=False))) for one in shown]


def test_its_clock_ticks_on_from_the_first_of_july(demo: Demo) -> None:
    assert demo.leal.well("clock", "show", "cdnow").startswith("1998-07-01T04:")  # midnight in New York, and minutes


def test_a_second_run_keeps_the_data_and_serves_calls_that_work_as_pasted(demo: Demo) -> None:
    demo.leal.well("balance", "cdnow", "00001")
    begun = time.monotonic()
    process = demo.leal.start("demo")
    try:
        calls = _calls(process)
        assert time.monotonic() - begun < 15
        answers = [_pasted(call) for call in calls]
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    balance, history, stranger = answers
    assert balance["pts_available"] > 0
    assert len(history["changes"]) == 5
    assert [tier["slug"] for tier in stranger["tiers"]] == ["listener", "fan", "collector", "curator"]


def _calls(process: subprocess.Popen[str]) -> list[str]:
    """The three calls it prints once it serves."""
    assert process.stdout is not None
    lines: list[str] = []
    calls: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("curl "):
            calls.append(line)
        if len(calls) == 3:
            assert any("is there already" in line for line in lines)
            return calls
    raise AssertionError("".join(lines))


def _pasted(call: str) -> Any:
    done = subprocess.run(["sh", "-c", call], capture_output=True, text=True, check=True, timeout=30)
    return json.loads(done.stdout)


def test_a_taken_port_is_told_before_anything_is_done(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended: Ended = Program({"LEAL_HOME": str(tmp_path / "home"), "LEAL_PORT": port}, tmp_path)("demo")
    assert ended.code == 1
    assert port in ended.err
    assert "LEAL_PORT" in ended.err
    assert not (tmp_path / "home").exists()
