"""Files of the feed at the command line: a snapshot, and what changed after it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json

from pyarrow import parquet

from tests.acceptance.program import Program
from tests.acceptance.test_cli_exchange import SHEET, founded


def test_a_snapshot_and_its_changes_are_written(leal: Program) -> None:
    founded(leal)
    (leal.folder / "orders.csv").write_text(SHEET)
    leal("import", "orders", "test", "orders.csv", "--column", "order_time=Date")
    (leal.folder / "out").mkdir()
    told, cursor = leal.well("feed", "snapshot", "test", "-o", "out").splitlines()
    (manifest_file,) = (leal.folder / "out").glob("loyalty_full_*.ndjson.gz.manifest.json")
    manifest = json.loads(manifest_file.read_text())
    content = (leal.folder / "out" / manifest["file"]).read_bytes()
    assert told == f"2 records of {manifest['at']} written to {manifest['file']}."
    assert cursor == f"cursor {manifest['cursor']}"
    assert (manifest["records"], manifest["bytes"]) == (2, len(content))
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    records = [json.loads(line) for line in gzip.decompress(content).splitlines()]
    assert sorted((one["customer_id"], one["member"]) for one in records) == [("anna", True), ("bob", True)]
    leal.well("feed", "snapshot", "test", "-o", "all.parquet")
    rows = parquet.read_table(leal.folder / "all.parquet").to_pylist()
    assert [row["points_balance"] for row in rows] == [one["points_balance"] for one in records]
    leal.well("feed", "snapshot", "test", "-o", "all.json")
    assert json.loads((leal.folder / "all.json").read_text())["records"] == records
    leal.well("erase", "test", "anna", "--yes")
    since = ("--since", manifest["cursor"])
    leal.well("feed", "changes", "test", *since, "-o", "delta.csv")
    with (leal.folder / "delta.csv").open(newline="") as file:
        assert [(row["customer_id"], row["deleted"]) for row in csv.DictReader(file)] == [("anna", "true")]
    leal.well("feed", "changes", "test", *since, "-o", "delta.parquet")
    assert [row["deleted"] for row in parquet.read_table(leal.folder / "delta.parquet").to_pylist()] == [True]
    plain = leal("feed", "changes", "test", *since)
    assert json.loads(plain.out) == {"customer_id": "anna", "deleted": True}
    assert plain.err.startswith("leal: cursor ")
    after = plain.err.removeprefix("leal: cursor ").strip()
    assert leal("feed", "changes", "test", "--since", after).out == ""
    wrong = leal("feed", "snapshot", "test", "-o", "all.xlsx")
    assert "'xlsx' is no form of the feed" in wrong.err
    assert wrong.code != 0
    assert not (leal.folder / "all.xlsx").exists()


def test_where_it_cannot_be_written_one_sentence_says_so(leal: Program) -> None:
    founded(leal)
    (leal.folder / "orders.csv").write_text(SHEET)
    leal("import", "orders", "test", "orders.csv", "--column", "order_time=Date")
    for command in (("feed", "snapshot", "test"), ("export", "accounts", "test")):
        for place, why in (("/dev/full", "No space left on device."), ("nowhere/", "No such file or directory.")):
            ended = leal(*command, "-o", place)
            assert (ended.code, ended.out) == (1, "")
            assert ended.err.startswith(f"leal: 1 fault\n\n  {place}  [unreadable_file]\n    {why}\n")
            assert len(ended.err.splitlines()) == 5
    assert list(leal.folder.glob("*nowhere*")) == []
