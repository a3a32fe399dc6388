"""Files: the feed written into files that appear whole: all records of one instant, or what changed since a cursor."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol, get_args

import msgspec

from leal.datasource.forms import DELETED, Form, Writer, writer
from leal.engine.commands import Shop
from leal.engine.engine import Engine
from leal.engine.feed import PART, Lines, Page
from leal.errors import InvalidInput, Problem
from leal.exchange.exporting import ParquetMissing
from leal.exchange.files import STDIO, form_of, writing
from leal.rules.mapped import PLAIN, View
from leal.values import format_instant

FileForm = Literal[Form, "parquet"]
FORMS: Final[tuple[FileForm, ...]] = ("ndjson", "json", "csv", "parquet")
assert set(get_args(Form)) < set(FORMS)
MANIFEST: Final = ".manifest.json"
"""What the name of a file's manifest adds."""
GROUP: Final = 20_000
"""Records in a row group of a Parquet file: each group tells of itself at the file's end, and is read as a whole."""


class Manifest(msgspec.Struct, kw_only=True):
    """What a file holds."""

    file: str
    shop: str
    kind: Literal["full", "delta"]
    format: FileForm
    records: int = 0
    at: str = ""
    """The instant that the records are true for; of changes, when they began to be read."""
    cursor: str = ""
    """Where changes go on."""
    bytes: int = 0
    sha256: str = ""


async def write_feed(
    engine: Engine,
    shop: Shop,
    output: str,
    *,
    since: str | None = None,
    form: FileForm | None = None,
    view: View = PLAIN,
    written_at: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """Write a snapshot, or what changed since a cursor, to a file, to stdout for `-`, or under a name of its own into a
    folder, with a manifest beside it.

    Raises InvalidInput, ResnapshotRequired, UnknownMapping, ParquetMissing.
    """
    into_folder = _is_folder(output)
    chosen = _form(output, form, into_folder=into_folder)
    _require_written(chosen, output, view)
    kind: Literal["full", "delta"] = "full" if since is None else "delta"
    path = str(Path(output) / _name(kind, chosen, written_at or datetime.now(UTC))) if into_folder else output
    manifest = Manifest(file=Path(path).name, shop=shop.slug, kind=kind, format=chosen)
    total = await engine.members(shop) if since is None and progress is not None else 0
    pages: AsyncGenerator[Page, None] | AsyncGenerator[Lines, None]
    if since is None and chosen == "ndjson" and view == PLAIN:
        pages = engine.feed_lines(shop)
        written = _write_lines(pages, path, manifest)
    else:
        pages = engine.feed_snapshot(shop, view) if since is None else _changes(engine, shop, since, view)
        written = _write_pages(pages, path, manifest)
    async with aclosing(pages), aclosing(written):  # a file that cannot be written leaves no transaction behind
        async for _ in written:
            if progress is not None:
                progress(manifest.records, max(total, manifest.records))
    if into_folder:
        _seal(manifest, path)
    return manifest


async def _write_lines(parts: AsyncGenerator[Lines, None], path: str, manifest: Manifest) -> AsyncGenerator[None, None]:
    """Write lines as they come, and yield after each part of them."""
    part = await anext(parts)
    manifest.at, manifest.cursor = format_instant(part.at), part.cursor.text()
    with writing(path) as file:
        async for part in parts:
            file.write(part.lines)
            manifest.records += part.records
            yield


async def _write_pages(pages: AsyncGenerator[Page, None], path: str, manifest: Manifest) -> AsyncGenerator[None, None]:
    """Write pages in the form that is wanted, and yield after each."""
    page = await anext(pages)
    manifest.at, manifest.cursor = format_instant(page.at), page.cursor.after_all.text()
    with writing(path) as file:
        table = _table(manifest.format, file, page, manifest)
        table.write(page.told)
        manifest.records = len(page.told)
        async for page in pages:
            table.write(page.told)
            manifest.records += len(page.told)
            yield
        manifest.cursor = page.cursor.text()
        table.close()


async def _changes(engine: Engine, shop: Shop, since: str, view: View) -> AsyncGenerator[Page, None]:
    page = await engine.feed_page(shop, since, PART, view)
    while page.is_behind:
        page = await engine.feed_page(shop, page.cursor.text(), PART, view)
    yield page
    while page.more:
        page = await engine.feed_page(shop, page.cursor.text(), PART, view)
        yield page


def _form(output: str, form: FileForm | None, *, into_folder: bool) -> FileForm:
    if form is not None:
        return form
    ending = "ndjson" if into_folder or output == STDIO else form_of(output) or "ndjson"
    for one in FORMS:
        if one == ending:
            return one
    right = "a name that ends in .ndjson, .json, .csv or .parquet, or --format"
    raise InvalidInput([Problem(output, "not_a_choice", f"{ending!r} is no form of the feed.", right)])


def _require_written(form: FileForm, output: str, view: View) -> None:
    if form != "parquet":
        return
    if output.endswith((".gz", ".zst")):
        message = "A Parquet file compresses itself."
        raise InvalidInput([Problem(output, "contradiction", message, "a name that ends in .parquet")])
    if view != PLAIN:
        message = "Parquet files hold the record as it is."
        raise InvalidInput([Problem(output, "contradiction", message, "another format, or neither mapping nor fields")])


def _name(kind: str, form: FileForm, written_at: datetime) -> str:
    return f"loyalty_{kind}_{written_at:%Y%m%dT%H%M%SZ}.{form}{'' if form == 'parquet' else '.gz'}"


def _is_folder(output: str) -> bool:
    return output != STDIO and Path(output).is_dir()


def _seal(manifest: Manifest, path: str) -> None:
    """Write the manifest beside the file."""
    with Path(path).open("rb") as file:
        manifest.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        manifest.bytes = file.tell()
    with writing(path + MANIFEST) as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


class _Table(Protocol):
    def write(self, told: Sequence[Any]) -> None: ...

    def close(self) -> None: ...


def _table(form: FileForm, file: IO[bytes], page: Page, manifest: Manifest) -> _Table:
    if form == "parquet":
        return _Parquet(file, with_deleted=not page.is_snapshot)
    beside = {"next": None, "cursor": manifest.cursor, "at": manifest.at}
    return _Text(file, writer(form, page.columns, with_deleted=not page.is_snapshot, beside=beside))


class _Text:
    def __init__(self, file: IO[bytes], text: Writer) -> None:
        self._file, self._text = file, text
        file.write(text.begin())

    def write(self, told: Sequence[Any]) -> None:
        self._file.write(self._text.rows(told))

    def close(self) -> None:
        self._file.write(self._text.end())


class _Parquet:
    """A Parquet file with exact types."""

    def __init__(self, file: IO[bytes], *, with_deleted: bool) -> None:
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise ParquetMissing from None
        text, whole, day = pyarrow.string(), pyarrow.int64(), pyarrow.date32()
        columns = [
            ("customer_id", text), ("member", pyarrow.bool_()), ("tier", text), ("points_balance", whole),
            ("points_to_next_tier", whole), ("next_tier", text), ("tier_benefits", pyarrow.list_(text)),
            ("points_expiration_date", day), ("points_expiring", whole), ("member_since", day),
            ("lifetime_points", whole),
        ]  # fmt: skip
        self._arrow: Any = pyarrow
        self._schema = pyarrow.schema([*columns, *([(DELETED, pyarrow.bool_())] if with_deleted else [])])
        self._writer: Any = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[Any] = []

    def write(self, told: Sequence[Any]) -> None:
        self._waiting += told
        if len(self._waiting) >= GROUP:
            self._write_group()

    def close(self) -> None:
        self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        rows = [msgspec.structs.asdict(one) for one in self._waiting]
        self._waiting.clear()
        if rows:
            self._writer.write_table(self._arrow.Table.from_pylist(rows, schema=self._schema))
