"""Importing: orders, customers or products of a file, stored as if they had been pushed when they happened (S4.10).

1. Every row is read and checked; those at fault are told and left out. The others are put into order: member by
   member, and each member's by the time they happened. A dry run ends here.
2. They are pushed in parts. After each part it is noted how far the import has come, under the digest of the file and
   of how it is read: killed, it goes on there. What is pushed twice all the same changes nothing: rows are upserts.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final, NamedTuple

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
from leal.exchange.storing import Command, ImportKind, packed, store
from leal.rules.orders import Order

if TYPE_CHECKING:
    from leal.exchange.crew import Hand

PART: Final = 1_000
"""Items pushed together; a member's go together as far as there are not many more."""
PART_MAX: Final = 4_000
ROW: Final = "row"


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
        hands: Sequence[Hand] = (),
    ) -> Summary:
        """Import a file, `-` is stdin; `columns` names the file's columns by ours, `again` forgets an earlier run.

        With `hands` these store what is read here; what members share then goes to whoever comes first. Raises
        InvalidInput where the file as a whole cannot be read, Unavailable.
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
                for _ in self._counted(sorter.rows()):
                    pass
            else:
                await self._store(source, sorter, hands, again=again)
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
        self._note(command)
        who, at = "", 0
        if not isinstance(command, PushProduct):
            who = command.customer.who.shopid or command.customer.who.email or ""
            at = command.at or 0
        sorter.add(Sortable(who, at, row.line, packed(command)))

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

    async def _store(self, source: bytes, sorter: Sorter, hands: Sequence[Hand], *, again: bool) -> None:
        """Step 2."""
        done = 0 if again else await self._engine.import_done(self._shop, source) or 0
        self.summary.known = min(done, sorter.count)
        rest = _rest(_parts(self._counted(sorter.rows())), done)
        stored, noting = _Stored(), asyncio.Lock()

        async def store_on(hand: Hand | None) -> None:
            """Store one part after another, beside others who do."""
            for part in rest:
                before = stored.take(part)
                if before is not None:
                    await before.wait()  # its last member goes on in this one
                await self._push(part.rows, hand)
                before_passed, passed = stored.passed, stored.put(part)
                if passed > before_passed:
                    async with noting:
                        await self._engine.note_import(self._shop, source, self._kind.removesuffix("s"), stored.passed)
                    self._progress("storing", passed, sorter.count)

        everybody: list[Hand | None] = [*hands] or [None]
        try:
            async with asyncio.TaskGroup() as group:
                for hand in everybody:
                    group.create_task(store_on(hand))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # the others were cancelled for it

    def _counted(self, rows: Iterator[Sortable]) -> Iterator[Sortable]:
        """The rows, their members counted on the way."""
        last = ""
        for row in rows:
            self.summary.members += bool(row.who) and row.who != last
            last = row.who
            yield row

    def _note(self, command: Command) -> None:
        """Count what a row tells."""
        summary = self.summary
        if isinstance(command, PushOrder):
            order = command.order
            lines = sum(line.amount_spent for line in order.lines or [])
            summary.spend_micros += lines if order.amount_spent is None else order.amount_spent
        if not isinstance(command, PushProduct) and command.at is not None:
            summary.from_at = command.at if summary.from_at is None else min(command.at, summary.from_at)
            summary.to_at = command.at if summary.to_at is None else max(command.at, summary.to_at)

    async def _push(self, part: list[Sortable], hand: Hand | None) -> None:
        rows = [row.told for row in part]
        if hand is None:
            answers = [answer.problems for answer in await store(self._engine, self._shop, self._kind, rows)]
        else:
            answers = await hand.store(rows)
        for row, problems in zip(part, answers, strict=True):
            if problems:
                self._refuse(row.line, problems)
            else:
                self.summary.stored += 1
        await asyncio.sleep(0)


class Part(NamedTuple):
    """Rows that are pushed together; the first of them is the row `begins` of all, from 0."""

    begins: int
    rows: list[Sortable]


class _Stored:
    """Which parts are stored, where several are at the same time: an import has come as far as all before are."""

    def __init__(self) -> None:
        self._under_way: dict[int, tuple[int, asyncio.Event]] = {}
        """By where each begins, where it ends; in order."""
        self._last: tuple[str, asyncio.Event] | None = None
        self.passed = 0
        """How many rows are stored, and all before them."""

    def take(self, part: Part) -> asyncio.Event | None:
        """Begin with the next part; gives what it must wait for: the part before, where that ends with its member."""
        last, event = self._last, asyncio.Event()
        self._under_way[part.begins] = (part.begins + len(part.rows), event)
        self._last = (part.rows[-1].who, event)
        return last[1] if last is not None and last[0] == part.rows[0].who else None

    def put(self, part: Part) -> int:
        """A part is stored; gives how many rows are now, and all before them."""
        self._under_way[part.begins][1].set()
        while self._under_way:
            first = next(iter(self._under_way))
            ends, event = self._under_way[first]
            if not event.is_set():
                break
            del self._under_way[first]
            self.passed = ends
        return self.passed


def _dated(order: Order, item: Item) -> Order:
    """An order of the past must say when it was; told no other time of its state, it was like this from then on."""
    if order.order_at is None:
        message = '"order_time" is missing: an import stores orders at their time.'
        raise InvalidInput([Problem(f"{item.path}.order_time", "required", message, '"2024-05-01T11:22:33Z"')])
    if order.updated_at is not None:
        return order
    return msgspec.structs.replace(order, updated_at=order.order_at)


def _parts(rows: Iterator[Sortable]) -> Iterator[Part]:
    """Parts of the rows; they end where a member's rows end, unless those are very many."""
    begins, part = 0, list[Sortable]()
    for row in rows:
        if len(part) >= PART_MAX or (len(part) >= PART and row.who != part[-1].who):
            yield Part(begins, part)
            begins, part = begins + len(part), []
        part.append(row)
    if part:
        yield Part(begins, part)


def _rest(parts: Iterator[Part], done: int) -> Iterator[Part]:
    """The parts without as many rows as are stored."""
    for part in parts:
        known = max(0, done - part.begins)
        if known < len(part.rows):
            yield Part(part.begins + known, part.rows[known:])
