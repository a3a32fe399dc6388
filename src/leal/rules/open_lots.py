"""The open lots of an account that is rebuilt entry by entry, by id, with sums that are kept lot by lot (S2.4).

An entry moves a few lots of what may be tens of thousands: walking all of them after each would take minutes.
"""

from __future__ import annotations

from heapq import heappop, heappush
from operator import add, sub

from leal.rules.account import Account, Lot, LotSums, sums_of


class OpenLots:
    """Those of one account. Whoever adds or changes a lot says so; whoever changes others, `gather`s."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.gather()

    def gather(self) -> None:
        """Look at all lots anew."""
        self._by_id: dict[int, Lot] = {}
        self._shares: dict[int, LotSums] = {}
        self._sums = LotSums()
        self._ripening: list[tuple[int, int]] = []
        """When lots that wait are available, and which; the next first, some no more or more than once."""
        for lot in list(self._account.lots):
            self._by_id[lot.id] = lot
            self.change(lot)

    def find(self, lot_id: int) -> Lot | None:
        """The open lot of that id."""
        return self._by_id.get(lot_id)

    def add(self, lot: Lot) -> None:
        """One more lot; say what comes into it by `change`."""
        self._by_id[lot.id] = lot
        self._account.lots.append(lot)

    def change(self, lot: Lot) -> None:
        """An open lot has become what it is; one with nothing left is open no more."""
        gone, share = self._shares.pop(lot.id, LotSums()), LotSums()
        if lot.remaining == 0:
            self._account.lots.remove(lot)
            del self._by_id[lot.id]
        else:
            share = self._shares[lot.id] = sums_of([lot], self._account.settled_at)
        if share.pending:
            heappush(self._ripening, (lot.available_at, lot.id))
        self._sums = LotSums(*map(add, map(sub, self._sums, gone), share))

    def sums(self) -> LotSums:
        """Of all lots, at the instant to which the account is settled."""
        while self._ripening and self._ripening[0][0] <= self._account.settled_at:
            lot = self._by_id.get(heappop(self._ripening)[1])
            if lot is not None:
                self.change(lot)
        return self._sums
