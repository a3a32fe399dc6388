"""Files: an import comes to what pushes at the time would have come to; an export is what the shop holds."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from pathlib import Path

import msgspec
import pytest
import zstandard
from pyarrow import parquet

from leal.engine.engine import Engine
from leal.errors import InvalidInput
from leal.exchange import importing, rows
from leal.exchange.exporting import ExportKind, export
from leal.exchange.importing import Importer
from leal.exchange.sorting import Sorter
from leal.store.db import Database
from leal.values import parse_instant
from tests.engines import FOUNDED_AT, adjust, found_shop, key, programme, push, who
from tests.imports import BEGUN_AT, content, figures, life, take, written


@pytest.mark.parametrize("seed", [1, 2])
async def test_an_import_comes_to_what_pushes_at_the_time_came_to(engine: Engine, tmp_path: Path, seed: int) -> None:
    orders = life(seed)
    live = await engine.create_shop("live", sandbox=True, clock_at=BEGUN_AT)
    await engine.publish(live, programme(14).replace("corner", "live"), author="t")
    for order in sorted(orders, key=lambda order: order["order_time"]):
        at = parse_instant(order["order_time"])
        if at > await engine.now(live):
            await engine.advance_clock(live, at)
        told = push(order["customer"]["id"], order["id"], int(order["amount_spent"]), updated_at=at)
        placed = msgspec.structs.replace(told.order, order_at=at)
        await engine.push_orders(live, [msgspec.structs.replace(told, order=placed)])
    await engine.advance_clock(live, FOUNDED_AT)
    later = await found_shop(engine, pending_days=14)
    summary, faults = await take(engine, later, written(tmp_path / "orders.ndjson", orders))
    assert (summary.stored, summary.refused, faults) == (60, 0, [])
    for customer in ("anna", "bob", "cleo"):
        assert await figures(engine, later, customer) == await figures(engine, live, customer)
    assert (await engine.verify(later)).faults == []
    assert await engine.outbox(later) == []


async def test_upkeep_finds_nothing_to_move(engine: Engine, tmp_path: Path) -> None:
    """The same, with upkeep at work after the import: no balance changes."""
    shop = await found_shop(engine)
    await take(engine, shop, written(tmp_path / "orders.ndjson", life(3)))
    before = {name: (await engine.balance(shop, who(name))).standing for name in ("anna", "bob", "cleo")}
    await engine.keep_up(shop)
    for name, standing in before.items():
        after = (await engine.balance(shop, who(name))).standing
        assert (after.account.available, after.account.expired) == (
            standing.account.available,
            standing.account.expired,
        )


async def test_late_news_counts_and_rewrites_nothing(engine: Engine, tmp_path: Path) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "NEW", 100)])
    before = (await engine.history(shop, who("anna"))).changes
    old = [{"id": "OLD", "order_time": "2024-03-01T10:00:00Z", "customer": {"id": "anna"}, "amount_spent": "50"}]
    await take(engine, shop, written(tmp_path / "o.ndjson", old))
    account = (await engine.balance(shop, who("anna"))).standing.account
    assert (account.earned, account.available, account.expired) == (150, 100, 50)
    changes = (await engine.history(shop, who("anna"))).changes
    assert changes[-len(before) :] == before
    assert all(change.at >= before[0].at for change in changes[: -len(before)])


async def test_a_killed_import_goes_on_and_a_second_one_does_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PART", 10)
    shop = await found_shop(engine)
    path = written(tmp_path / "orders.ndjson", life(4))

    class Killed(Exception):
        pass

    def kill(stage: str, done: int, total: int) -> None:
        if stage == "storing":
            raise Killed

    with pytest.raises(Killed):
        await Importer(engine, shop, "orders", tell=lambda fault: None, progress=kill).run(path)
    first = (await engine.counts(shop))["orders"]
    assert 0 < first < 60
    summary, _ = await take(engine, shop, path)
    assert (summary.known, summary.stored) == (first, 60 - first)
    totals = [await figures(engine, shop, name) for name in ("anna", "bob", "cleo")]
    entries = (await engine.counts(shop))["entries"]
    assert (await take(engine, shop, path))[0].stored == 0
    assert (await take(engine, shop, path, again=True))[0].stored == 60
    assert [await figures(engine, shop, name) for name in ("anna", "bob", "cleo")] == totals
    assert (await engine.counts(shop))["entries"] == entries
    assert (await engine.verify(shop)).faults == []


async def test_an_import_does_not_undo_what_came_later(engine: Engine, tmp_path: Path) -> None:
    shop = await found_shop(engine)
    told = [{"id": "A1", "order_time": "2025-12-01T10:00:00Z", "customer": {"id": "anna"}, "amount_spent": "80"}]
    path = written(tmp_path / "o.ndjson", told)
    await take(engine, shop, path)
    await engine.push_orders(shop, [push("anna", "A1", 30)])
    await take(engine, shop, path, again=True)
    assert (await engine.balance(shop, who("anna"))).standing.account.earned == 30


SHEET = """Name,Date,Buyer,Mail,product_id,quantity,item_amount_spent,product_tags,discount_codes,Colour
1,2025-12-01T10:00:00Z,anna,Anna@example.com,mug,2,10.50,"new, blue",X1,red
,,,,hat,,4,,,
2,2025-12-02T10:00:00Z,bob,,mug,1,7,,,
3,yesterday,bob,,mug,1,-7,,,
4,2025-12-02T10:00:00Z,,,mug,1,7,,,
"""
COLUMNS = {"id": "Name", "order_time": "Date", "customer_id": "Buyer", "customer_email": "Mail"}


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
async def test_a_csv_with_columns_of_its_own(engine: Engine, tmp_path: Path, packed: str) -> None:
    shop = await found_shop(engine)
    path = tmp_path / f"orders.csv{packed}"
    data = SHEET.encode()
    if packed:
        data = gzip.compress(data) if packed == ".gz" else zstandard.ZstdCompressor().compress(data)
    path.write_bytes(data)
    for dry_run in (True, False):
        summary, faults = await take(engine, shop, str(path), columns=COLUMNS, dry_run=dry_run)
        assert (summary.good, summary.refused, summary.members) == (2, 2, 2)
        assert (summary.spend_micros, summary.unused) == (21_500_000, ["Colour"])
        places = [(fault.line, fault.problem.path) for fault in faults]
        assert places == [(5, "order_time"), (6, "customer")]
        assert all(fault.problem.right for fault in faults)
        assert (await engine.counts(shop))["orders"] == (0 if dry_run else 2)
    assert (await engine.balance(shop, who("anna"))).standing.account.earned == 14


async def test_customers_and_products(engine: Engine, tmp_path: Path) -> None:
    shop = await found_shop(engine)
    people = tmp_path / "people.csv"
    people.write_text(
        "id;email;tags;signed_up_at;extras.size\nanna;a@example.com;vip,press;2024-05-01T00:00:00Z;M\n;;;;\nbob;x;;;\n"
    )
    summary, faults = await take(engine, shop, str(people), "customers")
    assert (summary.stored, [(fault.line, fault.problem.path) for fault in faults]) == (1, [(4, "email")])
    assert (await engine.balance(shop, who("anna"))).standing.account.joined_at == parse_instant("2024-05-01T00:00:00Z")
    things = tmp_path / "things.csv"
    things.write_text('id,title,collection_ids,tags\nmug,Mug,"sale,new","[""a,b""]"\nhat,,,\n')
    summary, faults = await take(engine, shop, str(things), "products")
    assert (summary.stored, [(fault.line, fault.problem.code) for fault in faults]) == (1, [(3, "required")])
    (mug,) = await engine.products(shop)
    assert (mug.members, mug.tags) == (["new", "sale"], ["a,b"])


@pytest.mark.parametrize(
    ("text", "columns"),
    [("a,b\n1,2\n", {}), ("id,id\n1,2\n", {}), ("id,x\n1,2\n", {"order_time": "When"}), ('{"id": 1}\n', {"id": "x"})],
)
async def test_a_file_that_cannot_be_read_is_refused_whole(
    engine: Engine, tmp_path: Path, text: str, columns: dict[str, str]
) -> None:
    shop = await found_shop(engine)
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        await take(engine, shop, str(path), columns=columns)
    path.write_bytes(gzip.compress(b"id\n1\n" * 1000)[:-9])
    with pytest.raises(InvalidInput):
        await take(engine, shop, str(path))
    with pytest.raises(InvalidInput):
        await take(engine, shop, str(tmp_path / "missing"))


async def test_sorting_spills_to_the_disk(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await found_shop(engine)
    whole = life(5)
    await take(engine, shop, written(tmp_path / "a.ndjson", whole))
    before = [await figures(engine, shop, name) for name in ("anna", "bob", "cleo")]
    other = await engine.create_shop("other", sandbox=True, clock_at=FOUNDED_AT)
    text = programme().replace("corner", "other")
    await engine.publish(other, text, author="t")
    monkeypatch.setattr(importing, "Sorter", lambda: Sorter(2_000))
    await take(engine, other, written(tmp_path / "b.ndjson", whole))
    assert [await figures(engine, other, name) for name in ("anna", "bob", "cleo")] == before


@pytest.mark.parametrize(
    "text",
    [
        b"id,order_time\n" + b"x" * 3000 + b"\n",  # a line without an end
        b"id,order_time\n" + b'A1,"\n",' * 500,  # a row without an end
        b"id,order_time\nA1,\n" + b",2024-01-01T00:00:00Z\n" * 200,  # an order without an end
        b"i" * 3000 + b"\nA1\n",
    ],
)
async def test_what_has_no_end_is_refused(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes
) -> None:
    """Compressed, a few bytes are a line of many gigabytes."""
    monkeypatch.setattr(rows, "LINE_MAX", 1000)
    shop = await found_shop(engine)
    path = tmp_path / "orders.csv"
    path.write_bytes(gzip.compress(text.replace(b"order_time", b"order_time,item.id") if b"A1,\n," in text else text))
    with pytest.raises(InvalidInput) as fault:
        await take(engine, shop, str(path))
    assert [problem.code for problem in fault.value.problems] == ["too_long"]


async def test_rows_that_become_right_are_not_passed_over(engine: Engine, tmp_path: Path) -> None:
    """Rows refused by the programme of one day may be right under the next: how far it came tells nothing then."""
    shop = await found_shop(engine)
    early = life(7, 3)
    for number, order in enumerate(early):
        order["customer"], order["currency"] = {"id": "anna"}, "USD" if number == 0 else "EUR"
        order["order_time"] = f"2024-0{number + 1}-01T00:00:00Z"
    path = written(tmp_path / "orders.ndjson", early)
    assert (await take(engine, shop, path))[0].stored == 2
    await engine.publish(shop, programme().replace("EUR", "USD"), author="t")
    assert [(fault.line, fault.problem.path) for fault in (await take(engine, shop, path))[1]] == [
        (2, "exchange_rate"), (3, "exchange_rate"),
    ]  # fmt: skip
    assert (await engine.counts(shop))["orders"] == 3


@pytest.mark.parametrize("kind", ["entries", "accounts", "orders"])
async def test_an_export_is_what_the_shop_holds(engine: Engine, tmp_path: Path, kind: ExportKind) -> None:
    shop = await found_shop(engine)
    await take(engine, shop, written(tmp_path / "orders.ndjson", life(6)))
    await engine.adjust(shop, adjust("anna", "give_points", 5, key("k")))
    paths = {form: str(tmp_path / f"{kind}.{form}") for form in ("ndjson", "csv", "parquet", "ndjson.zst", "csv.gz")}
    counts = {await export(engine, shop, kind, path) for path in paths.values()}
    held = await engine.counts(shop)
    assert counts == {held["members" if kind == "accounts" else kind]}
    lines = [json.loads(line) for line in content(paths["ndjson"]).decode().splitlines()]
    sheet = list(csv.DictReader(io.StringIO(content(paths["csv"]).decode())))
    table = parquet.read_table(paths["parquet"]).to_pylist()
    assert len(lines) == len(sheet) == len(table)
    for line, row, exact in zip(lines, sheet, table, strict=True):
        assert row.keys() == exact.keys() >= line.keys()
        assert {name: str(value) for name, value in line.items()} == {
            name: value for name, value in row.items() if value
        }
        assert {name for name, value in exact.items() if value is not None} == line.keys()
    assert zstandard.ZstdDecompressor().stream_reader(content(paths["ndjson.zst"])).read() == (content(paths["ndjson"]))
    assert gzip.decompress(content(paths["csv.gz"])) == content(paths["csv"])
    if kind == "accounts":
        for line in lines:
            account = (await engine.balance(shop, who(line["customer_id"]))).standing.account
            assert (line["available"], line["expired"]) == (account.available, account.expired)
            assert line["earned"] + line["debt"] == sum(
                line[name] for name in ("available", "pending", "held", "redeemed", "expired")
            )


async def test_a_sheet_for_people_has_no_formulas(engine: Engine, tmp_path: Path) -> None:
    """Texts alone are changed, and only where it is asked for: programs read back what was written."""
    shop = await found_shop(engine)
    ids = ["=1+1", "+A1", "-A1", "@A1", "A=1"]
    await engine.push_orders(shop, [push("=cmd()", order_id, 10) for order_id in ids])
    plain, sheet = tmp_path / "plain.csv", tmp_path / "sheet.csv"
    await export(engine, shop, "orders", str(plain))
    await export(engine, shop, "orders", str(sheet), to_be_opened=True)
    as_told, shown = (list(csv.DictReader(io.StringIO(content(str(path)).decode()))) for path in (plain, sheet))
    assert {row["id"] for row in as_told} == set(ids)
    assert {row["id"] for row in shown} == {"'=1+1", "'+A1", "'-A1", "'@A1", "A=1"}
    assert {row["customer_id"] for row in shown} == {"'=cmd()"}
    figures = ("amount_spent", "order_time", "customer_bhid", "status")
    assert [[row[name] for name in figures] for row in shown] == [[row[name] for name in figures] for row in as_told]
    with pytest.raises(InvalidInput):
        await export(engine, shop, "orders", str(tmp_path / "orders.ndjson"), to_be_opened=True)


async def test_an_export_that_fails_leaves_what_was_there(
    engine: Engine, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "A1", 10)])
    path = tmp_path / "orders.ndjson"
    path.write_text("old")

    def fail(done: int, total: int) -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        await export(engine, shop, "orders", str(path), progress=fail)
    assert os.listdir(tmp_path) == ["orders.ndjson"]  # noqa: PTH208  nothing is awaited here
    assert path.read_text() == "old"
    for name in ("orders.xml", "orders.parquet.gz", "no/such/folder.csv"):
        with pytest.raises(InvalidInput):
            await export(engine, shop, "orders", str(tmp_path / name))


async def test_an_export_is_its_owners_and_replaces_only_files(engine: Engine, tmp_path: Path) -> None:
    shop = await found_shop(engine)
    await engine.push_orders(shop, [push("anna", "A1", 10)])
    target, link, pipe = tmp_path / "orders.ndjson", tmp_path / "link.ndjson", tmp_path / "pipe"
    link.symlink_to(target)
    await export(engine, shop, "orders", str(link))
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    target.chmod(0o640)
    await export(engine, shop, "orders", str(target))
    assert target.stat().st_mode & 0o777 == 0o640
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        await export(engine, shop, "orders", str(pipe), form="ndjson")
        assert os.read(end, 1 << 16) == content(str(target))
    finally:
        os.close(end)
    assert pipe.is_fifo()
    with pytest.raises(InvalidInput):
        await export(engine, shop, "orders", str(tmp_path), form="csv")
    assert sorted(os.listdir(tmp_path)) == ["link.ndjson", "orders.ndjson", "pipe"]  # noqa: PTH208  nothing is awaited here
