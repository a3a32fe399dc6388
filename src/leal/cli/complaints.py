"""How a failure is told at a terminal: one block on stderr that says where, what, why, and what would be right."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

import click

from leal.errors import InvalidInput, LealError, Problem, Refused
from leal.words.voice import voice

WIDEST_COLUMNS = 100


def say(line: str) -> None:
    """Print a line on stderr, where it does not mix with a command's output."""
    click.echo(_plain_where_wanted(line), err=True)


def complain(error: LealError, *, source: str = "") -> None:
    """Tell a failure; `source` names the file it is about."""
    say(f"{click.style('leal:', fg='red', bold=True)} {_opening(error, source)}")
    if isinstance(error, InvalidInput):
        for problem in error.problems:
            _tell_problem(problem)
    elif isinstance(error, Refused):
        for reason in error.reasons:
            sentence = voice(None, None, None).say(f"reason.{reason.code}", **reason.figures)
            say(_indented(f"{sentence} {click.style(f'[{reason.code}]', dim=True)}", 2))
    for key, value in error.data.items():
        say(_indented(f"{key}: {value}", 2))
    if remedy := getattr(error, "remedy", ""):
        say(_indented(f"{click.style('help:', fg='green')} {remedy}", 2))


def _opening(error: LealError, source: str) -> str:
    where = f"{source}: " if source else ""
    if isinstance(error, InvalidInput) and error.problems:
        count = f"{len(error.problems)} {'fault' if len(error.problems) == 1 else 'faults'}"
        if type(error) is InvalidInput:
            return f"{where}{count}"
        return f"{where}{error.sentence.rstrip('.')} ({count})"
    if isinstance(error, Refused):
        return f"{where}{error.sentence}"
    return f"{where}{error.message}"


def _tell_problem(problem: Problem) -> None:
    place = click.style(problem.path or "the whole input", bold=True)
    if problem.line:
        place += f", line {problem.line}, column {problem.column}"
    say("")
    say(f"  {place}  {click.style(f'[{problem.code}]', dim=True)}")
    say(_indented(problem.message, 4))
    if problem.right:
        say(_indented(f"{click.style('right:', fg='green')} {problem.right}", 4))


def _indented(text: str, columns: int) -> str:
    """Indented, and folded at the window's edge; a pipe gets it in one line."""
    margin = " " * columns
    if not sys.stderr.isatty():
        return margin + text
    width = min(shutil.get_terminal_size().columns, WIDEST_COLUMNS)
    return textwrap.fill(text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)


def _plain_where_wanted(line: str) -> str:
    return click.unstyle(line) if os.environ.get("NO_COLOR") else line
