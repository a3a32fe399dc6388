"""Rows: what stands in a file of orders, customers or products, one JSON object for each of them.

In CSV a column is a field, with a dot for what lies inside (`customer.id`), and an empty cell is nothing. Lists are
JSON, or words with commas between. Rows that follow one another with the same order id are one order: each is a line
of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final, NamedTuple

import msgspec
from msgspec import inspect

from leal.api.orders import Order2, OrderItem2
from leal.api.parameters import field_type, to_json
from leal.errors import InvalidInput, Problem

LINE_MAX: Final = 8 * 1024 * 1024
"""Bytes of one line, or letters of one thing."""
ITEM: Final = "item."
SHORT: Final[Mapping[str, str]] = {
    "customer_id": "customer.id",
    "customer_email": "customer.email",
    "item_id": "item.id",
    "product_id": "item.product.id",
    "product_tags": "item.product.tags",
    "product_collections": "item.product.collection_ids",
    "quantity": "item.quantity",
    "item_amount_full": "item.amount_full",
    "item_amount_spent": "item.amount_spent",
}
"""Columns of orders that may be called by a shorter name."""


class Row(NamedTuple):
    """One thing of a file: the line it begins on, from 1, and its JSON, or what is wrong with it."""

    line: int
    json: bytes
    problems: list[Problem]


class _Lines:
    """The lines of a CSV file, one by one; of what lies compressed a line, a row or an order may have no end."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._line = 0
        self.length = 0
        """Letters since a thing began."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LINE_MAX + 1)
        self._line += 1
        self.length += len(line)
        if self.length > LINE_MAX:
            message = f"The row, or the order that it belongs to, is longer than {LINE_MAX} letters."
            right = "ends of lines, closed quotes, an id for each order"
            raise InvalidInput([Problem(f"line {self._line}", "too_long", message, right)])
        if not line:
            raise StopIteration
        return line


class Sheet:
    """A CSV file on its way: its columns, and those of them that mean nothing here."""

    def __init__(self, type_: Any, columns: Mapping[str, str]) -> None:
        self.type = type_
        self.ours = {theirs: ours for ours, theirs in columns.items()}
        self.unused: list[str] = []

    def rows(self, file: IO[bytes]) -> Iterator[Row]:
        """The things of the file; raises InvalidInput where it is no CSV."""
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        try:
            lines = _Lines(text)
            head = next(lines, "")
            delimiter = max(",;\t", key=head.count)
            names = next(csv.reader([head], delimiter=delimiter), [])
            fields = self._fields([name.strip() for name in names])
            yield from self._things(lines, csv.reader(lines, delimiter=delimiter), fields)
        except UnicodeDecodeError as fault:
            raise InvalidInput([Problem("", "not_utf8", "The file is not in UTF-8.", "a CSV in UTF-8")]) from fault
        except csv.Error as fault:
            raise InvalidInput([Problem("", "not_csv", f"The file is no CSV: {fault}.", "a CSV")]) from fault

    def _fields(self, names: list[str]) -> list[str]:
        """The field of each column; empty for those that mean nothing. Raises InvalidInput."""
        fields = [self._field(self.ours.get(name, name)) for name in names]
        self.unused = [name for name, field in zip(names, fields, strict=True) if not field and name]
        missing = sorted(self.ours.keys() - set(names))
        problems = [
            Problem(name, "required", f"There is no column {name}.", "--column OURS=THEIRS") for name in missing
        ]
        twice = {field for field in fields if field and fields.count(field) > 1}
        problems += [Problem(field, "given_twice", f"Two columns are {field}.", "each once") for field in sorted(twice)]
        if not any(fields):
            right = "a first line that names columns such as id; see the documents"
            problems.append(Problem("", "not_csv", "No column of the first line is known.", right))
        if problems:
            raise InvalidInput(problems)
        return fields

    def _field(self, name: str) -> str:
        if self.type is Order2:
            name = SHORT.get(name, name)
        return name if is_field(self.type, name) else ""

    def _things(self, lines: _Lines, reader: Any, fields: list[str]) -> Iterator[Row]:
        by_item = any(field.startswith(ITEM) for field in fields)
        at, cells = 0, list[list[str]]()
        place = fields.index("id") if by_item and "id" in fields else None
        line = 2
        for row in reader:
            begins, line = line, reader.line_num + 2
            if not cells:
                lines.length = 0
            if not any(row):
                continue
            same = place is not None and cells and len(row) > place and row[place] in ("", cells[0][place])
            if cells and not same:
                yield self._thing(at, cells, fields)
                cells, lines.length = [], 0
            at = at if cells else begins
            cells.append(row)
        if cells:
            yield self._thing(at, cells, fields)

    def _thing(self, line: int, rows: list[list[str]], fields: list[str]) -> Row:
        if any(len(row) != len(fields) for row in rows):
            message = f"The row has not as many cells as there are columns, which are {len(fields)}."
            return Row(
                line, b"{}", [Problem("", "not_csv", message, "a cell for each column; texts with commas quoted")]
            )
        try:
            whole = _pairs(rows[0], fields, self.type, "")
            json = to_json(whole, self.type)
            if any(field.startswith(ITEM) for field in fields):
                told = [_pairs(row, fields, OrderItem2, ITEM) for row in rows]
                items = [to_json(_with_defaults(pairs), OrderItem2) for pairs in told if pairs]
                if items:
                    json = json[:-1] + (b',"items":[' if len(json) > 2 else b'"items":[') + b",".join(items) + b"]}"
        except InvalidInput as fault:
            return Row(line, b"{}", fault.problems)
        return Row(line, json, [])


def is_field(type_: Any, name: str) -> bool:
    """Whether a column of that name can be read into the type."""
    if type_ is Order2 and name.startswith(ITEM):
        return is_field(OrderItem2, name.removeprefix(ITEM))
    if name.startswith(("extras.", "customer.extras.")):
        return field_type(type_, name.partition("extras.")[0] + "extras") is not None
    found = field_type(type_, name)
    return found is not None and not isinstance(found, inspect.StructType)


def _pairs(row: list[str], fields: list[str], type_: Any, prefix: str) -> list[tuple[str, str]]:
    pairs = []
    for field, cell in zip(fields, row, strict=True):
        if not field or not cell.strip() or field.startswith(ITEM) != bool(prefix):
            continue
        name = field.removeprefix(prefix)
        pairs.append((name, _list(cell) if isinstance(field_type(type_, name), inspect.ListType) else cell.strip()))
    return pairs


def _list(cell: str) -> str:
    if cell.lstrip().startswith("["):
        return cell
    return msgspec.json.encode([word.strip() for word in cell.split(",") if word.strip()]).decode()


def _with_defaults(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A line whose quantity is not told is one thing, and one without a full price had no discount."""
    told = dict(pairs)
    more = [("quantity", "1")] if "quantity" not in told else []
    if "amount_full" not in told and "amount_spent" in told:
        more.append(("amount_full", told["amount_spent"]))
    return pairs + more


def json_rows(file: IO[bytes]) -> Iterator[Row]:
    """The things of a file with one JSON object a line."""
    line = 0
    while text := file.readline(LINE_MAX + 1):
        line += 1
        if len(text) > LINE_MAX:
            message = f"The line is longer than {LINE_MAX} bytes."
            raise InvalidInput([Problem(f"line {line}", "too_long", message, "one JSON object a line")])
        if text.strip():
            yield Row(line, text.strip(), [])
