"""Counting: a progress bar over the accounts of a shop, where people look."""

from __future__ import annotations


class Counting:
    """A progress bar on stderr; where that is no terminal, nothing."""

    def __init__(self, verb: str, shop: str) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from leal.cli.screen import console

        screen = console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
        self._task = self._bar.add_task(f"{verb} {shop}", total=None)

    def show(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._bar.update(self._task, completed=done, total=total)

    def say(self, words: str) -> None:
        """What is being done now."""
        self._bar.update(self._task, description=words)

    def __enter__(self) -> Counting:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
