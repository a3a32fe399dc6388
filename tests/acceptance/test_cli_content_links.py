"""Content blocks at the command line: links for one and for all, what a server shows under them, what it brought."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import time
from typing import Any

import httpx

from leal.rules.content.chosen import BLOCKS
from tests.acceptance.program import Program
from tests.acceptance.test_cli_shops import PROGRAMME

BANNER = "loyalty-programme-banner"
SHEET = "id,order_time,customer_id,amount_spent\n1,2025-03-01T10:00:00Z,anna,480\n2,2025-03-01T10:00:00Z,bob,12\n"
CONTENT = 'content: {control_percent: %s, links: {shop: "https://www.shop.example/"}}\n'


def found(leal: Program, control: int = 0) -> None:
    """A shop of two customers."""
    leal.well("shop", "create", "test", "--sandbox", "--clock", "2026-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME + CONTENT % control)
    (leal.folder / "orders.csv").write_text(SHEET)
    leal.well("import", "orders", "test", "orders.csv")


def sheet(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_links_are_made_for_one_and_for_all(leal: Program) -> None:
    found(leal)
    token = leal.well("token", "content", "test", "anna", BANNER)
    assert token.strip().isascii()
    assert "anna" not in token
    assert leal.well("token", "content", "test", "anna", BANNER) == token
    rows = sheet(leal.well("content", "tokens", "test"))
    assert [list(row) for row in rows] == [["customer_id", *(block.replace("-", "_") for block in BLOCKS)]] * 2
    assert {row["customer_id"]: row["loyalty_programme_banner"] for row in rows}["anna"] == token.strip()
    assert len({cell for row in rows for cell in row.values()}) == 12
    told = leal.well("content", "tokens", "test", "lifecycle-banner", "-o", "tokens.csv", "--ttl", "90d")
    assert told == "2 customers written to tokens.csv.\n"
    (one, _) = sheet((leal.folder / "tokens.csv").read_text())
    assert list(one) == ["customer_id", "lifecycle_banner"]
    (key,) = [line.split() for line in leal.well("key", "list", "test").splitlines()[2:]]
    assert key[1:3] == ["content", "signing"]


def test_links_of_a_customer_are_made_void(leal: Program) -> None:
    found(leal)
    before = leal.well("token", "content", "test", "anna", BANNER)
    assert "anna" in leal.well("content", "revoke", "test", "anna")
    assert leal.well("token", "content", "test", "anna", BANNER) != before
    assert leal("content", "revoke", "test", "nobody").code == 1
    assert "content.links_revoked" in leal.well("audit", "test")


def test_what_is_no_wish_is_refused(leal: Program) -> None:
    found(leal)
    assert leal("token", "content", "test", "anna", "no-such-block").code == 2
    assert leal("token", "content", "test", "", BANNER).code == 2
    assert leal("token", "content", "test", "a" * 256, BANNER).code == 2
    assert leal("token", "content", "nowhere", "anna", BANNER).code == 1
    assert leal("content", "tokens", "test", "-o", "no/such/folder.csv").code == 2
    assert leal("key", "create", "test", "--scope", "content", "--opaque").code == 2


def test_a_server_shows_blocks_and_tells_what_they_brought(leal: Program) -> None:
    found(leal)
    assert "no block of shop test has been shown yet" in leal("content", "report", "test").err
    anna, nobody = (leal.well("token", "content", "test", name, BANNER).strip() for name in ("anna", "nobody"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = leal.start("serve", "--port", str(port))
    try:
        base = f"http://127.0.0.1:{port}/content/v1/test/{BANNER}"
        shown = until_it_serves(f"{base}.json?t={anna}")
        assert shown.json()["slots"]["points"] == 4800
        assert shown.json()["click_url"] == f"{base}/click?t={anna}"
        for token in (anna, anna, nobody, "wrong"):
            picture = httpx.get(f"{base}.png?t={token}", timeout=30)
            assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        clicked = httpx.get(f"{base}/click?t={anna}&utm_source=mail", timeout=30)
        assert clicked.headers["location"] == "https://www.shop.example/?utm_source=mail"
        seen = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
        outcomes = dict(re.findall(r'content_total\{function="content \S+ (\w+",outcome="\w+)"\} (\S+)', seen))
    finally:
        process.terminate()
        process.wait(30)
    report = json.loads(leal.well("content", "report", "test", "--format", "json"))
    impressions = report["blocks"][0]["impressions"]
    # What comes too late on a slow machine is neutral; it was to be shown all the same, if it was known by then what.
    late = sum(float(count) for what, count in outcomes.items() if what.endswith("late"))
    shown_ = sum(float(count) for what, count in outcomes.items() if what.endswith("shown"))
    assert (outcomes['png",outcome="refused'], outcomes['click",outcome="clicked']) == ("1.0", "1.0")
    assert 1 <= shown_ <= impressions <= shown_ + late
    assert shown_ + late >= 4
    assert report["blocks"] == [
        {
            "block": BANNER,
            "control_percent": 0,
            "impressions": impressions,
            "clicks": 1,
            "withheld": 0,
            "customers_who_clicked": 1,
            "shown": group(1, 0, "0.000000"),
            "control": group(0, 0, "0.000000"),
            "uplift": None,
        }
    ]
    table = leal.well("content", "report", "test", "--days", "7", "--since", "2026-01-01")
    assert "Orders within 7 days" in table
    assert "set content.control_percent" in table


def group(customers: int, ordered: int, rate: str) -> dict[str, Any]:
    return {"customers": customers, "ordered": ordered, "rate": rate, "spent": "0.000000", "spent_each": "0.000000"}


def until_it_serves(url: str) -> httpx.Response:
    """The first block that a server shows that starts; before, it may be too late with it."""
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        try:
            if (answer := httpx.get(url, timeout=30)).status_code == 200:
                return answer
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("it shows nothing")
