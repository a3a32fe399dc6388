"""The commands `leal import` and `leal export`: a shop's data from files, and into them."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from leal.cli.complaints import say
from leal.cli.running import with_installation

if TYPE_CHECKING:
    from leal.exchange.exporting import ExportKind
    from leal.exchange.importing import Fault, Summary
    from leal.exchange.storing import ImportKind
    from leal.installation import Installation

TOLD_FAULTS: Final = 10
"""Faults told on stderr where no file is named for them."""


@click.command("import", short_help="Store orders, customers or products of a file.")
@click.argument("kind", type=click.Choice(["orders", "customers", "products"]))
@click.argument("shop")
@click.argument("file")
@click.option(
    "--format", "form", type=click.Choice(["csv", "ndjson"]), help="Default: by the name, else by the content."
)
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="A column of a CSV by another name.")
@click.option("--errors", metavar="FILE", help="Where faulty rows are told: as CSV, or one JSON object a line.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, and change nothing.")
@click.option("--again", is_flag=True, help="From the beginning, though an earlier run came some way.")
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, help="How many store at the same time. Default: 1, in order."
)
def import_file(
    kind: str, shop: str, file: str, form: str | None, columns: tuple[str, ...], errors: str | None, dry_run: bool,
    again: bool, processes: int,
) -> None:  # fmt: skip
    """Store the orders, customers or products of FILE in SHOP, at the times they happened; - is stdin.

    Killed, it goes on where it was when it is called again. Exit code 1: some rows were refused, all others stored.
    """
    pairs = dict(_pair(column) for column in columns)

    async def work(opened: Installation) -> Summary:
        from leal.exchange.crew import crew
        from leal.exchange.importing import Importer

        one = await opened.engine.shop(shop)
        what = cast("ImportKind", kind)
        size = 0 if dry_run or processes == 1 else processes
        async with crew(opened.urls, opened.settings, shop, what, size) as hands:
            with _errors(errors) as tell, _progress(file) as progress:
                importer = Importer(opened.engine, one, what, tell=tell, progress=progress)
                return await importer.run(file, form=form, columns=pairs, dry_run=dry_run, again=again, hands=hands)

    summary = with_installation(work)
    _show(kind, summary, dry_run=dry_run)
    if summary.refused:
        sys.exit(1)


@click.command("export", short_help="Write entries, accounts or orders to a file.")
@click.argument("kind", type=click.Choice(["entries", "accounts", "orders"]))
@click.argument("shop")
@click.option("-o", "--output", metavar="FILE", default="-", help="Where to; its name tells the form. Default: stdout.")
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "csv", "parquet"]), help="In place of the name's ending."
)
@click.option(
    "--spreadsheet", is_flag=True, help="CSV for people: an apostrophe before cells that would be taken for formulas."
)
def export_file(kind: str, shop: str, output: str, form: str | None, *, spreadsheet: bool) -> None:
    """Write the entries, accounts or orders of SHOP as a table; accounts as they are at this moment."""

    async def work(opened: Installation) -> int:
        from leal.cli.counting import Counting
        from leal.exchange.exporting import export

        one = await opened.engine.shop(shop)
        with Counting(f"exporting {kind} of", shop) as counting:
            return await export(
                opened.engine,
                one,
                cast("ExportKind", kind),
                output,
                form=form,
                to_be_opened=spreadsheet,
                progress=counting.show,
            )

    from leal.cli.words import plural

    count = with_installation(work)
    if output != "-":
        click.echo(f"{plural(count, 'row')} written to {output}.")


def _pair(column: str) -> tuple[str, str]:
    ours, equals, theirs = column.partition("=")
    if not (ours and equals and theirs):
        raise click.BadParameter(f"{column!r} is not OURS=THEIRS, such as order_time=Date", param_hint="--column")
    return ours, theirs


@contextmanager
def _errors(path: str | None) -> Iterator[Callable[[Fault], None]]:
    """Where faults are told: in a file, or the first of them on stderr."""
    if path is None:
        told = 0

        def tell(fault: Fault) -> None:
            nonlocal told
            told += 1
            if told <= TOLD_FAULTS:
                right = f" (right: {fault.problem.right})" if fault.problem.right else ""
                say(f"leal: line {fault.line}: {fault.problem.path or 'the row'}: {fault.problem.message}{right}")
            elif told == TOLD_FAULTS + 1:
                say("leal: … --errors FILE tells them all")

        yield tell
        return
    try:
        file = Path(path).open("w", encoding="utf-8", newline="")  # noqa: SIM115  closed below
    except OSError as fault:
        raise click.BadParameter(f"{path!r} cannot be written: {fault.strerror}", param_hint="--errors") from fault
    with file:
        names = ["row", "field", "code", "message", "right"]
        sheet = csv.writer(file) if path.lower().endswith(".csv") else None
        if sheet is not None:
            sheet.writerow(names)

        def keep(fault: Fault) -> None:
            one = fault.problem
            values: list[Any] = [fault.line, one.path, one.code, one.message, one.right]
            if sheet is not None:
                sheet.writerow(values)
            else:
                file.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n")

        yield keep


@contextmanager
def _progress(path: str) -> Iterator[Callable[[str, int, int], None]]:
    from leal.cli.counting import Counting

    with Counting("reading", path) as counting:

        def show(stage: str, done: int, total: int) -> None:
            counting.say(f"{stage} {path}")
            counting.show(done, total)

        yield show


def _show(kind: str, summary: Summary, *, dry_run: bool) -> None:
    from leal.cli.screen import console, table
    from leal.cli.times import UTC
    from leal.cli.words import instant_text
    from leal.values import format_money

    rows = table("", kind, figures=(kind,))
    told = [("right", f"{summary.good:,}"), ("refused", f"{summary.refused:,}")]
    if not dry_run:
        told += [("stored before", f"{summary.known:,}"), ("stored now", f"{summary.stored:,}")]
    if summary.members:
        told.append(("customers", f"{summary.members:,}"))
    if summary.from_at is not None and summary.to_at is not None:
        told += [("from", instant_text(summary.from_at, UTC)), ("to", instant_text(summary.to_at, UTC))]
    if kind == "orders":
        told.append(("money", format_money(summary.spend_micros)))
    for name, value in told:
        rows.add_row(name, value)
    console().print(rows)
    if summary.unused:
        say(f"leal: columns that were not used: {', '.join(summary.unused)}")
    if dry_run:
        click.echo("Nothing was changed: this was a dry run.")
