"""Stock: units that all members share, as one transaction holds them while its members are decided (S4.7).

A total budget of a source is such a stock, of points; so are the pieces of an offer. How it is kept and locked is the
engine's affair: a decision that needs units which are not at hand says so and is made again.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class StockName(NamedTuple):
    """What the units are of: `budget` and the slug of a source, or `offer` and its slug."""

    kind: Literal["budget", "offer"]
    key: str


class StockNeeded(Exception):
    """The decision needs units that are not at hand; the engine lends them and decides again."""

    def __init__(self, name: StockName, total: int, units: int) -> None:
        super().__init__(name)
        self.name = name
        self.total = total
        self.units = units
        """How many it wants to take; 0: it gives some back."""


class Shelf:
    """What a transaction holds of one stock."""

    def __init__(self, total: int, units: int, *, is_whole: bool) -> None:
        self.total = total
        """How many units there are in all, given ones among them."""
        self.units = units
        """Of these, how many are on this shelf; below zero where the total was lowered under what was given."""
        self.is_whole = is_whole
        """Whether all that is left of the stock is on this shelf; else others may have more."""
        self.taken: dict[int, int] = {}
        """By account, what its member took, less what it gave back."""

    def resize(self, total: int) -> None:
        """Another total: there are so many units more, or fewer."""
        self.units += total - self.total
        self.total = total


class Shelves:
    """The stocks at hand to one transaction, shared by all its members."""

    def __init__(self) -> None:
        self.at_hand: dict[StockName, Shelf] = {}

    def take(self, account: int, name: StockName, total: int, units: int, *, all_or_none: bool) -> int:
        """Take as many of the units as there are, and say how many; with `all_or_none`, nothing where some lack.

        `total` is the size of the stock under the terms that ask. Raises StockNeeded where what is at hand does not
        tell how many there are.
        """
        shelf = self.at_hand.get(name)
        if shelf is None or not (shelf.is_whole or (shelf.total == total and shelf.units >= units)):
            raise StockNeeded(name, total, units)
        shelf.resize(total)
        taken = min(units, max(0, shelf.units))
        if all_or_none and taken < units:
            taken = 0
        self._move(shelf, account, taken)
        return taken

    def left(self, name: StockName, total: int) -> int:
        """How many units there are, as far as is known. Raises StockNeeded where nothing of the stock is at hand."""
        shelf = self.at_hand.get(name)
        if shelf is None:
            raise StockNeeded(name, total, 0)
        return max(0, shelf.units + total - shelf.total)

    def put_back(self, account: int, name: StockName, total: int, units: int) -> None:
        """Give units back. Raises StockNeeded where nothing of the stock is at hand."""
        shelf = self.at_hand.get(name)
        if shelf is None:
            raise StockNeeded(name, total, 0)
        self._move(shelf, account, -units)

    def _move(self, shelf: Shelf, account: int, units: int) -> None:
        shelf.units -= units
        shelf.taken[account] = shelf.taken.get(account, 0) + units

    def forget(self, account: int) -> None:
        """Undo what a member took and gave back: it is decided anew."""
        for shelf in self.at_hand.values():
            shelf.units += shelf.taken.pop(account, 0)
