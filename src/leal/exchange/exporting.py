"""Exporting: a shop's entries, accounts or orders as a table in a file, a part at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import date
from decimal import Decimal
from typing import IO, Any, Final, Literal, NamedTuple, Protocol

import msgspec

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.errors import Conflict, InvalidInput, Problem
from leal.exchange.files import form_of, writing
from leal.rules.standing import Standing
from leal.values import MICRO, NEVER, datetime_of, format_id, format_instant, format_money

ExportKind = Literal["entries", "accounts", "orders"]
Holds = Literal["text", "whole", "money", "time", "day", "id"]
FORMS: Final = ("ndjson", "csv", "parquet")


FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that spreadsheets compute or send somewhere."""


class ParquetMissing(Conflict):
    """Parquet files need a library that is not installed."""

    id = "parquet_missing"
    sentence = "Parquet files need pyarrow: install leal with its extra `parquet`, or export ndjson or csv."


class Column(NamedTuple):
    """A column: its name, what it holds, and where that stands in a row of the database."""

    name: str
    holds: Holds
    read: Callable[[Any], Any]


def _same(name: str, holds: Holds, key: str = "") -> Column:
    return Column(name, holds, lambda row: row[key or name])


ENTRIES: Final = (
    _same("customer_bhid", "id", "account"), _same("customer_id", "text", "shopid"), _same("number", "whole"),
    _same("id", "id"), _same("type", "text"), _same("cause", "text"), _same("order_id", "text"),
    _same("programme", "whole"), _same("occurred_at", "time"), _same("effective_at", "time"),
    _same("recorded_at", "time"), _same("points", "whole"), _same("available", "whole"), _same("pending", "whole"),
    _same("held", "whole"), _same("redeemed", "whole"), _same("expired", "whole"), _same("earned", "whole"),
    _same("debt", "whole"), _same("day", "day"), _same("spend", "money", "spend_micros"), _same("qualifying", "whole"),
    _same("orders", "whole"), _same("changes", "text"), _same("digest", "text"),
)  # fmt: skip
ORDERS: Final = (
    _same("id", "text", "order_id"), _same("customer_bhid", "id", "account"), _same("customer_id", "text", "shopid"),
    _same("status", "text"), _same("order_time", "time", "order_at"), _same("update_time", "time", "updated_at"),
    Column("amount_spent", "money", lambda row: _spent(row["snapshot"])), _same("snapshot", "text"),
)  # fmt: skip
_Row = tuple[str | None, Standing]


def _fact(name: str, holds: Holds, read: Callable[[Standing], Any]) -> Column:
    def of_row(row: _Row) -> Any:
        return read(row[1])

    return Column(name, holds, of_row)


ACCOUNTS: Final = (
    _fact("customer_bhid", "id", lambda one: one.account.id),
    Column("customer_id", "text", lambda row: row[0]),
    _fact("membership", "text", lambda one: one.account.membership),
    _fact("joined_at", "time", lambda one: one.account.joined_at),
    _fact("tier", "text", lambda one: None if one.current is None else one.current.tier.name),
    _fact("tier_deadline_at", "time", lambda one: one.account.tier_deadline_at),
    *(
        _fact(name, "whole", lambda one, name=name: getattr(one.account, name))  # type: ignore[misc]
        for name in ("available", "pending", "held", "redeemed", "expired", "earned", "debt")
    ),
    _fact("total_spend", "money", lambda one: one.account.life.spend_micros),
    _fact("upgrade_spend", "money", lambda one: one.upgrade_spend),
    _fact("orders", "whole", lambda one: one.account.life.orders),
    _fact("next_lapse_at", "time", lambda one: None if one.next_lapse is None else one.next_lapse.at),
    _fact("next_lapse_points", "whole", lambda one: None if one.next_lapse is None else one.next_lapse.points),
)


class _Snapshot(msgspec.Struct):
    lines: list[dict[str, Any]] | None = None
    amount_spent: int | None = None


def _spent(snapshot: str) -> int:
    told = msgspec.json.decode(snapshot, type=_Snapshot)
    lines = sum(line["amount_spent"] for line in told.lines or [])
    return lines if told.amount_spent is None else told.amount_spent


async def export(
    engine: Engine,
    shop: Shop,
    kind: ExportKind,
    path: str,
    *,
    form: str | None = None,
    to_be_opened: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write all that the shop has of a kind as it is now; gives how many rows. Raises InvalidInput, ParquetMissing.

    A CSV file `to_be_opened` in a spreadsheet has no cell that it would take for a formula.
    """
    form = form or form_of(path) or "ndjson"
    if form not in FORMS:
        right = "a name that ends in .ndjson, .csv or .parquet, or --format"
        raise InvalidInput([Problem(path, "not_a_choice", f"{form!r} is no form of a table.", right)])
    if form == "parquet" and path.endswith((".gz", ".zst")):
        message = "A Parquet file compresses itself."
        raise InvalidInput([Problem(path, "contradiction", message, "a name that ends in .parquet")])
    if to_be_opened and form != "csv":
        raise InvalidInput([Problem("spreadsheet", "contradiction", f"{form} is opened by no spreadsheet.", "csv")])
    ways: dict[str, tuple[tuple[Column, ...], AsyncGenerator[list[Any], None]]] = {
        "entries": (ENTRIES, engine.every_entry(shop)),
        "orders": (ORDERS, engine.every_order(shop)),
        "accounts": (ACCOUNTS, engine.every_account(shop)),
    }
    columns, parts = ways[kind]
    if to_be_opened:
        columns = tuple(_harmless(column) if column.holds == "text" else column for column in columns)
    total = (await engine.counts(shop))["members" if kind == "accounts" else kind]
    count = 0
    async with aclosing(parts):  # where it cannot be written no transaction is left behind
        with writing(path) as file:
            table = _TABLES[form](file, columns)
            async for rows in parts:
                table.write(rows)
                count += len(rows)
                progress(count, max(total, count))
            table.close()
    return count


def _harmless(column: Column) -> Column:
    """The column with an apostrophe before what a spreadsheet would take for a formula: it then is text."""

    def read(row: Any) -> Any:
        text = column.read(row)
        return f"'{text}" if text is not None and text.startswith(FORMULAS) else text

    return column._replace(read=read)


class Table(Protocol):
    """A table on its way into a file."""

    def __init__(self, file: IO[bytes], columns: tuple[Column, ...]) -> None:
        """Begin it."""

    def write(self, rows: list[Any]) -> None:
        """Add rows."""

    def close(self) -> None:
        """End it; the file stays open."""


class JsonTable:
    """One JSON object a line, without what is nothing."""

    def __init__(self, file: IO[bytes], columns: tuple[Column, ...]) -> None:
        self._file, self._columns = file, columns

    def write(self, rows: list[Any]) -> None:
        """Add rows."""
        lines = []
        for row in rows:
            told = {column.name: _plain(column.holds, column.read(row)) for column in self._columns}
            lines.append(msgspec.json.encode({name: value for name, value in told.items() if value is not None}))
        self._file.write(b"\n".join(lines) + b"\n")

    def close(self) -> None:
        """End it."""


class CsvTable:
    """A line of names, then a line for each row."""

    def __init__(self, file: IO[bytes], columns: tuple[Column, ...]) -> None:
        self._file, self._columns = file, columns
        self._lines([[column.name for column in columns]])

    def write(self, rows: list[Any]) -> None:
        """Add rows."""
        self._lines([[_plain(column.holds, column.read(row)) for column in self._columns] for row in rows])

    def close(self) -> None:
        """End it."""

    def _lines(self, lines: list[list[Any]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        self._file.write(text.getvalue().encode())


class ParquetTable:
    """A Parquet file with exact types: whole numbers, decimals, times in UTC."""

    def __init__(self, file: IO[bytes], columns: tuple[Column, ...]) -> None:
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise ParquetMissing from None
        kinds = {
            "text": pyarrow.string(), "id": pyarrow.string(), "whole": pyarrow.int64(),
            "money": pyarrow.decimal128(24, 6), "time": pyarrow.timestamp("us", "UTC"), "day": pyarrow.date32(),
        }  # fmt: skip
        self._columns = columns
        self._arrow: Any = pyarrow
        self._schema = pyarrow.schema([(column.name, kinds[column.holds]) for column in columns])
        self._writer: Any = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, rows: list[Any]) -> None:
        """Add rows, as a group of their own."""
        arrays = [
            self._arrow.array([_exact(column.holds, column.read(row)) for row in rows], type=field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.table(arrays, schema=self._schema))

    def close(self) -> None:
        """End it."""
        self._writer.close()


_TABLES: Final[dict[str, type[Table]]] = {"ndjson": JsonTable, "csv": CsvTable, "parquet": ParquetTable}


def _plain(holds: Holds, value: Any) -> Any:
    """A value as text files have it: money as a decimal, times in RFC 3339."""
    if value in (None, "") or (holds == "time" and value == NEVER):
        return None
    if holds == "id":
        return format_id(value)
    if holds == "money":
        return format_money(value)
    if holds == "time":
        return format_instant(value)
    return value.isoformat() if isinstance(value, date) else value


def _exact(holds: Holds, value: Any) -> Any:
    """A value as Parquet has it."""
    if holds == "money" and value is not None:
        return Decimal(value) / MICRO
    if holds == "time":
        return None if value is None or value == NEVER else datetime_of(value)
    if holds == "id":
        return format_id(value)
    return None if value == "" else value
