"""The command `leal doctor`: what is wrong with an installation, and what helps."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Final

import click

from leal.cli.complaints import say

STYLES: Final = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@click.command(short_help="What is wrong with this installation.")
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
def doctor(as_json: bool) -> None:
    """Look at settings, keys, clocks, database, roles, schema and upkeep, and say what helps.

    Changes nothing. Exit code 1 means that something must be mended.
    """
    from leal.doctor.examination import examine

    report = asyncio.run(examine(os.environ, say=say))
    if as_json:
        from leal.cli.documents import print_json

        print_json(report)
    else:
        from rich.text import Text

        from leal.cli.screen import console, table

        rows = table("", "check", "what was found", "what helps")
        for finding in report.findings:
            state = Text(finding.state, STYLES[finding.state])
            rows.add_row(state, finding.check, Text(finding.message), Text(finding.help))
        console(listing=True).print(rows)
    if not report.ok:
        sys.exit(1)
