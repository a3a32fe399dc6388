"""Importing: orders, customers or products of a file, stored as if they had been pushed when they happened (S4.10).

1. Every row is read and checked; those at fault are told and left out. The others are put into order: member by
   member, and each member's by the time they happened. A dry run ends here.
2. They are pushed in parts. After each part it is noted how far the import has come, under the digest of the file and
   of how it is read: killed, it goes on there. What is pushed twice all the same changes nothing: rows are upserts.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import IO, Any, Final, Literal, NamedTuple

import msgspec

from leal.api.customers import Customer2, facts_of
from leal.api.orders import Order2, push_order
from leal.api.products import Product2, read_product
from leal.api.push import Item
from leal.decode import decode_json
from leal.engine.commands import PushCustomer, PushOrder, Shop
from leal.engine.engine import Engine
from leal.engine.products import PushProduct
from leal.engine.upkeep import NotSettled
from leal.errors import InvalidInput, Problem
from leal.exchange.files import form_of, reading
from leal.exchange.rows import Row, Sheet, json_rows
from leal.exchange.sorting import Sortable, Sorter
from leal.rules.orders import Order

PART: Final = 1_000
"""Items pushed together; a member's go together as far as there are not many more."""
PART_MAX: Final = 4_000
ROW: Final = "row"

ImportKind = Literal["orders", "customers", "products"]
Command = PushOrder | PushCustomer | PushProduct

_DECODERS: Final[dict[ImportKind, msgspec.json.Decoder[Any]]] = {
    "orders": msgspec.json.Decoder(PushOrder),
    "customers": msgspec.json.Decoder(PushCustomer),
    "products": msgspec.json.Decoder(PushProduct),
}
"""Rows are checked once, and lie on the disk as what the engine is told of them."""


class Fault(NamedTuple):
    """Something that is wrong with a row of the file; `line` is where it begins, from 1."""

    line: int
    problem: Problem


class Summary(msgspec.Struct):
    """What an import found and did."""

    good: int = 0
    """Rows, or orders of several rows, that can be taken."""
    refused: int = 0
    known: int = 0
    """Of the good ones those that an earlier run stored."""
    stored: int = 0
    members: int = 0
    """Customers concerned; 0 for products."""
    from_at: int | None = None
    to_at: int | None = None
    spend_micros: int = 0
    unused: list[str] = []
    """Columns that mean nothing here."""


class Importer:
    """One import of one file."""

    def __init__(
        self,
        engine: Engine,
        shop: Shop,
        kind: ImportKind,
        *,
        tell: Callable[[Fault], None],
        progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
    ) -> None:
        self._engine = engine
        self._shop = shop
        self._kind: ImportKind = kind
        self._tell = tell
        self._progress = progress
        self._currency: str | None = None
        self._refused = hashlib.sha256()
        self.summary = Summary()

    async def run(
        self,
        path: str,
        *,
        form: str | None = None,
        columns: Mapping[str, str] | None = None,
        dry_run: bool = False,
        again: bool = False,
    ) -> Summary:
        """Import a file, `-` is stdin; `columns` names the file's columns by ours, `again` forgets an earlier run.

        Raises InvalidInput where the file as a whole cannot be read.
        """
        terms = await self._engine.terms(self._shop)
        self._currency = None if terms is None else terms.programme.currency
        sorter = Sorter()
        try:
            digest = self._read(path, form, columns or {}, sorter)
            # The lines left out are part of it: where others are right than last time, "the first 500" are others too.
            ways = msgspec.json.encode([self._kind, dict(columns or {}), self._refused.hexdigest()], order="sorted")
            source = hashlib.sha256(ways + digest).digest()
            if dry_run:
                self._count(sorter.rows())
            else:
                await self._store(source, sorter, again=again)
                with suppress(NotSettled):  # all others are; every later upkeep tells of those
                    await self._engine.keep_up(self._shop)  # old orders leave much that has fallen due since
        finally:
            sorter.close()
        return self.summary

    # ------------------------------------------------------------------------------------------------- reading

    def _read(self, path: str, form: str | None, columns: Mapping[str, str], sorter: Sorter) -> bytes:
        """Step 1; gives the digest of the file."""
        with reading(path) as (source, plain):
            for row in self._rows(plain, form or form_of(path), columns):
                self._take(row, sorter)
                if (sorter.count + self.summary.refused) % 500 == 0:
                    self._progress("reading", source.read_bytes, source.size)
            while source.read(1 << 20):  # what lies behind a compressed part, for the digest
                pass
            return source.digest.digest()

    def _rows(self, plain: IO[bytes], form: str, columns: Mapping[str, str]) -> Iterator[Row]:
        if form not in ("csv", "ndjson"):
            form = "ndjson" if plain.peek(64).lstrip()[:1] == b"{" else "csv"  # type: ignore[attr-defined]
        if form == "ndjson":
            if columns:
                message = "Only a CSV has columns that can be named otherwise."
                raise InvalidInput([Problem("column", "contradiction", message, "leave it out")])
            yield from json_rows(plain)
            return
        types = {"orders": Order2, "customers": Customer2, "products": Product2}
        sheet = Sheet(types[self._kind], columns)
        yield from sheet.rows(plain)
        self.summary.unused = sheet.unused

    def _take(self, row: Row, sorter: Sorter) -> None:
        try:
            if row.problems:
                raise InvalidInput(row.problems)
            command = self._command(row.json, row.line)
        except InvalidInput as fault:
            self._refused.update(row.line.to_bytes(8))
            self._refuse(row.line, fault.problems)
            return
        self.summary.good += 1
        who, at = "", 0
        if not isinstance(command, PushProduct):
            who = command.customer.who.shopid or command.customer.who.email or ""
            at = command.at or 0
        sorter.add(Sortable(who, at, row.line, _encode(command)))

    def _refuse(self, line: int, problems: list[Problem]) -> None:
        self.summary.refused += 1
        for problem in problems:
            path = problem.path.removeprefix(f"{ROW}[{line}]").removeprefix(".")
            self._tell(Fault(line, msgspec.structs.replace(problem, path=path)))

    def _command(self, json: bytes, line: int) -> Command:
        """What the engine is told; raises InvalidInput with every fault."""
        item = Item(ROW, line, json)
        if self._kind == "products":
            return read_product(decode_json(json, Product2, at=item.path), item)
        if self._kind == "customers":
            customer = decode_json(json, Customer2, at=item.path)
            at = None if customer.signed_up_at is None else int(customer.signed_up_at)
            return PushCustomer(facts_of(customer, item.path), json, at=at)
        push = push_order(decode_json(json, Order2, at=item.path), item, self._currency)
        return msgspec.structs.replace(push, order=_dated(push.order, item), at=push.order.order_at)

    # ------------------------------------------------------------------------------------------------- storing

    async def _store(self, source: bytes, sorter: Sorter, *, again: bool) -> None:
        """Step 2."""
        done = 0 if again else await self._engine.import_done(self._shop, source) or 0
        self.summary.known = min(done, sorter.count)
        kind = self._kind.removesuffix("s")
        passed = 0
        for part in _parts(self._noted(sorter.rows())):
            passed += len(part)
            if passed <= done:
                continue
            await self._push(part[max(0, len(part) - (passed - done)) :])
            await self._engine.note_import(self._shop, source, kind, passed)
            self._progress("storing", passed, sorter.count)

    def _count(self, rows: Iterator[Sortable]) -> None:
        for _ in self._noted(rows):
            pass

    def _noted(self, rows: Iterator[Sortable]) -> Iterator[tuple[Sortable, Command]]:
        """The rows with what the engine is told of them, counted on the way."""
        summary, last = self.summary, ""
        decode = _DECODERS[self._kind].decode
        for row in rows:
            command = decode(row.told)
            summary.members += bool(row.who) and row.who != last
            last = row.who
            if isinstance(command, PushOrder):
                order = command.order
                lines = sum(line.amount_spent for line in order.lines or [])
                summary.spend_micros += lines if order.amount_spent is None else order.amount_spent
            if not isinstance(command, PushProduct) and command.at is not None:
                summary.from_at = command.at if summary.from_at is None else min(command.at, summary.from_at)
                summary.to_at = command.at if summary.to_at is None else max(command.at, summary.to_at)
            yield row, command

    async def _push(self, part: list[tuple[Sortable, Command]]) -> None:
        commands: list[Any] = [command for _, command in part]
        if self._kind == "orders":
            answers = await self._engine.push_orders(self._shop, commands, keep=False)
        elif self._kind == "customers":
            answers = await self._engine.push_customers(self._shop, commands, keep=False)
        else:
            _, answers = await self._engine.push_products(self._shop, [], commands)
        for (row, _), answer in zip(part, answers, strict=True):
            if answer.problems:
                self._refuse(row.line, answer.problems)
            else:
                self.summary.stored += 1
        await asyncio.sleep(0)


def _encode(command: Command) -> bytes:
    """What the engine is told, without the row as it came: nothing of an import is kept to be replayed."""
    return msgspec.json.encode(msgspec.structs.replace(command, wire=b""))


def _dated(order: Order, item: Item) -> Order:
    """An order of the past must say when it was; told no other time of its state, it was like this from then on."""
    if order.order_at is None:
        message = '"order_time" is missing: an import stores orders at their time.'
        raise InvalidInput([Problem(f"{item.path}.order_time", "required", message, '"2024-05-01T11:22:33Z"')])
    if order.updated_at is not None:
        return order
    return msgspec.structs.replace(order, updated_at=order.order_at)


def _parts(rows: Iterator[tuple[Sortable, Command]]) -> Iterator[list[tuple[Sortable, Command]]]:
    """Parts of the rows; they end where a member's rows end, unless those are very many."""
    part: list[tuple[Sortable, Command]] = []
    for row in rows:
        if len(part) >= PART_MAX or (len(part) >= PART and row[0].who != part[-1][0].who):
            yield part
            part = []
        part.append(row)
    if part:
        yield part
