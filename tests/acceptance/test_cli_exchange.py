"""Files at the command line: imported, killed on the way, imported again, exported."""

from __future__ import annotations

import json
import signal
import time

from tests.acceptance.program import Program
from tests.acceptance.test_cli_shops import PROGRAMME

SHEET = """id,Date,customer_id,amount_spent
1,2025-03-01T10:00:00Z,anna,10
2,2025-04-01T10:00:00Z,bob,20
3,soon,bob,30
"""


def founded(leal: Program) -> None:
    """The shop `test` with its programme."""
    leal.well("shop", "create", "test", "--sandbox", "--clock", "2026-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)


def test_a_sheet_is_imported_and_exported(leal: Program) -> None:
    founded(leal)
    (leal.folder / "orders.csv").write_text(SHEET)
    line = ("import", "orders", "test", "orders.csv", "--column", "order_time=Date")
    dry = leal(*line, "--dry-run")
    assert dry.code == 1
    assert "Nothing was changed" in dry.out
    assert "leal: line 4: order_time: " in dry.err
    assert "(right: " in dry.err
    assert leal.well("export", "orders", "test") == ""
    assert leal(*line, "--errors", "bad.csv").code == 1
    head, bad = (leal.folder / "bad.csv").read_text().splitlines()
    assert head == "row,field,code,message,right"
    assert bad.startswith("4,order_time,bad_format,")
    assert leal(*line, "--errors", "bad.ndjson").code == 1
    assert json.loads((leal.folder / "bad.ndjson").read_text())["field"] == "order_time"
    orders = [json.loads(row) for row in leal.well("export", "orders", "test").splitlines()]
    assert {(order["id"], order["customer_id"], order["amount_spent"]) for order in orders} == {
        ("1", "anna", "10.000000"), ("2", "bob", "20.000000"),
    }  # fmt: skip
    assert leal.well("export", "accounts", "test", "-o", "all.csv.gz") == "2 rows written to all.csv.gz.\n"
    assert leal("export", "accounts", "test", "-o", "all.xml").code == 1
    assert leal("import", "orders", "test", "orders.csv", "--column", "Date").code == 2
    leal.well("verify", "test")


def test_lines_of_json_come_from_stdin(leal: Program) -> None:
    founded(leal)
    people = "".join(json.dumps({"id": f"c{n}", "signed_up_at": "2025-01-01T00:00:00Z"}) + "\n" for n in range(3))
    assert "stored now" in leal.well("import", "customers", "test", "-", stdin=people)
    things = json.dumps({"id": "mug", "title": "Mug"})
    leal.well("import", "products", "test", "-", "--format", "ndjson", stdin=things)
    assert len(leal.well("export", "accounts", "test").splitlines()) == 3


def test_killed_it_goes_on_where_it_was(leal: Program) -> None:
    founded(leal)
    count = 6_000
    with (leal.folder / "many.ndjson").open("w") as file:
        for number in range(count):
            at = f"2025-{number % 12 + 1:02d}-01T10:00:00Z"
            told = {"id": str(number), "order_time": at, "customer": {"id": f"c{number % 700}"}, "amount_spent": "3"}
            file.write(json.dumps(told) + "\n")
    process = leal.start("import", "orders", "test", "many.ndjson")
    deadline = time.monotonic() + 60
    while not leal.well("export", "accounts", "test"):
        assert time.monotonic() < deadline
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    summary = leal.well("import", "orders", "test", "many.ndjson")
    figures = {" ".join(words[:-1]): words[-1] for row in summary.splitlines() if (words := row.split())}
    before, now = (int(figures[name].replace(",", "")) for name in ("stored before", "stored now"))
    assert (before + now, figures["right"]) == (count, "6,000")
    assert len(leal.well("export", "orders", "test").splitlines()) == count
    earned = [json.loads(row)["earned"] for row in leal.well("export", "accounts", "test").splitlines()]
    assert sum(earned) == 30 * count
    leal.well("verify", "test")
