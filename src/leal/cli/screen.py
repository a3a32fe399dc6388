"""The terminal: where people look it has colours, and in a pipe plain text of one width."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

PIPE_COLUMNS = 100
"""Width of what is laid out where no window bounds it."""
LIST_COLUMNS = 500
"""The same for lists: an entry stays on its line, for other programs to find."""
WIDEST_COLUMNS = 120
"""Tables do not grow beyond it: eyes lose the line."""


def console(*, stderr: bool = False, listing: bool = False) -> Console:
    """The console of stdout, or of stderr; with `listing` for long lists."""
    screen = Console(stderr=stderr, highlight=False, emoji=False)
    screen.width = (
        min(screen.width, WIDEST_COLUMNS) if screen.is_terminal else LIST_COLUMNS if listing else PIPE_COLUMNS
    )
    return screen


def table(*columns: str, title: str = "", figures: tuple[str, ...] = ()) -> Table:
    """An empty table; the columns named in `figures` hold numbers."""
    made = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        header_style="dim",
        show_edge=False,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for column in columns:
        made.add_column(column, justify="right" if column in figures else "left")
    return made
