"""Replay: an account rebuilt from its entries alone, every sentence of the history checked on the way (S2.5, S2.6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from leal.rules.account import NOTHING, Account, Counts, Lot, broken_laws, draw_order
from leal.rules.ledger import Entry, canonical, chain
from leal.rules.lots import available_lots
from leal.rules.settling import next_due

BUCKETS = ("available", "pending", "held", "redeemed", "expired", "earned", "debt")
_FACTS = (
    "tier",
    "tier_since",
    "tier_asked",
    "tier_version",
    "tier_ends_at",
    "tier_deadline_at",
    "membership",
    "joined_at",
)


class Replay:
    """One member's account as the entries tell it, and the faults found in them."""

    def __init__(self, shop: int, account: int, bucket: int) -> None:
        self.shop = shop
        self.account = Account(account, bucket)
        self.faults: list[str] = []
        self.days: dict[date, Counts] = {}
        self.award_earned: dict[int, int] = {}
        """By award, how far its entries moved `earned`."""

    def apply(self, entry: Entry) -> None:
        """Follow one entry, the next by number."""
        account = self.account
        if entry.number != account.number + 1:
            self.faults.append(f"entry {entry.number} follows entry {account.number}")
        if entry.id <= account.entry_id:
            self.faults.append(f"entry {entry.number}: its id does not rise")
        if entry.effective_at < account.settled_at:
            self.faults.append(f"entry {entry.number}: it takes effect before the one before it")
        if chain(account.head, canonical(self.shop, account.id, entry)) != entry.digest:
            self.faults.append(f"entry {entry.number}: its digest does not cover what it says")
        before = {bucket: getattr(account, bucket) for bucket in BUCKETS}
        account.number, account.entry_id, account.head = entry.number, entry.id, entry.digest
        account.settled_at = max(account.settled_at, entry.effective_at)
        account.settled_version = entry.programme
        for bucket in BUCKETS:
            setattr(account, bucket, getattr(entry, bucket))
        self._move(entry, before)
        self._count(entry)
        self._change(entry)
        self.faults += [f"entry {entry.number}: not so: {law}" for law in broken_laws(account)]

    def _move(self, entry: Entry, before: dict[str, int]) -> None:
        account = self.account
        terms = {entry.lots[i]: entry.lots[i : i + 6] for i in range(0, len(entry.lots), 6)}
        moved = held = 0
        for i in range(0, len(entry.moves), 4):
            lot_id, award, points, lot_held = entry.moves[i : i + 4]
            moved, held = moved + points, held + lot_held
            self._move_lot(entry, terms, lot_id, award, points, lot_held)
        for lot_id, (_, award, earned_at, available_at, expires_at, flags) in terms.items():
            if (lot := account.lot(lot_id)) is not None:
                lot.award, lot.earned_at, lot.available_at, lot.expires_at, lot.flags = (
                    award, earned_at, available_at, expires_at, flags,
                )  # fmt: skip
        own = sum(getattr(account, bucket) - before[bucket] for bucket in ("available", "pending", "held"))
        if moved != own or held != account.held - before["held"]:
            self.faults.append(f"entry {entry.number}: what it moved in lots is not what it moved in buckets")
        visible = account.available + account.pending - before["available"] - before["pending"]
        if entry.points != visible:
            self.faults.append(f"entry {entry.number}: it shows {entry.points} points, but moved {visible}")
        if entry.award:
            self.award_earned[entry.award] = self.award_earned.get(entry.award, 0) + account.earned - before["earned"]
        if entry.cause == "redemption" and entry.cause_number == entry.number:
            self._check_draw_order(entry)

    def _move_lot(
        self, entry: Entry, terms: dict[int, list[int]], lot_id: int, award: int, points: int, held: int
    ) -> None:
        account = self.account
        lot = account.lot(lot_id)
        if lot is None:
            if lot_id not in terms:
                self.faults.append(f"entry {entry.number}: it moves lot {lot_id}, which is not open")
                return
            _, _, earned_at, available_at, expires_at, flags = terms[lot_id]
            lot = Lot(lot_id, award, 0, 0, 0, earned_at, available_at, expires_at, flags)
            account.lots.append(lot)
        lot.remaining += points
        lot.held += held
        lot.points = max(lot.points, lot.remaining)
        account.lot_number = max(account.lot_number, lot_id)
        if lot.remaining == 0:
            account.lots.remove(lot)

    def _check_draw_order(self, entry: Entry) -> None:
        """A redemption leaves nothing in a lot that ends before the last one it drew (S5.1)."""
        drawn = {entry.moves[i] for i in range(0, len(entry.moves), 4)}
        left = available_lots(self.account)
        still_open = [lot for lot in left if lot.id in drawn]
        if len(still_open) > 1 or (still_open and left and draw_order(left[0]) != draw_order(still_open[0])):
            self.faults.append(f"entry {entry.number}: it drew a lot while one that ends earlier had points")

    def _count(self, entry: Entry) -> None:
        if entry.day is not None:
            self.days[entry.day] = self.days.get(entry.day, NOTHING).plus(entry.counts)
            self.account.life = self.account.life.plus(entry.counts)

    def _change(self, entry: Entry) -> None:
        if not entry.changes:
            return
        changes: dict[str, Any] = json.loads(entry.changes)
        for fact in _FACTS:
            if fact in changes:
                setattr(self.account, fact, changes[fact])
        for fact in ("tier_from", "limit_day"):
            if fact in changes:
                setattr(self.account, fact, None if changes[fact] is None else date.fromisoformat(changes[fact]))
        if "limit_used" in changes:
            self.account.limit_used = changes["limit_used"]
        if "shortfalls" in changes:
            pairs = changes["shortfalls"]
            self.account.shortfalls = dict(zip(pairs[::2], pairs[1::2], strict=True))


def differences(rebuilt: Account, stored: Account) -> Iterator[str]:
    """Where a stored account is not what its entries make it."""
    for field in (
        *BUCKETS, *_FACTS, "tier_from", "limit_day", "limit_used", "shortfalls", "number", "entry_id", "head", "life",
    ):  # fmt: skip
        ours, theirs = getattr(rebuilt, field), getattr(stored, field)
        if ours != theirs:
            yield f"{field} is stored as {_word(theirs)}, its entries make it {_word(ours)}"
    if sorted(map(msgspec.structs.astuple, rebuilt.lots)) != sorted(map(msgspec.structs.astuple, stored.lots)):
        yield "its open lots are not what its entries make them"
    if stored.lot_number < rebuilt.lot_number:
        yield f"lot_number is stored as {stored.lot_number}, its entries opened lot {rebuilt.lot_number}"
    if stored.settled_at < rebuilt.settled_at:
        yield "it is settled to an instant before its newest entry"
    if stored.next_due_at != next_due(stored):
        yield "next_due_at is not when something next falls due"
    if any(
        lot.free and lot.available_at <= stored.settled_at and lot.expires_at <= stored.settled_at
        for lot in stored.lots
    ):
        yield "a lot has ended, but its points were not expired"
    yield from (f"not so: {law}" for law in broken_laws(stored))


def _word(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()[:12] + "…"
    if isinstance(value, Counts):
        return f"{value.spend_micros} micros, {value.qualifying} qualifying points, {value.orders} orders"
    return str(value)


def replay(shop: int, account: int, bucket: int, entries: Iterable[Entry]) -> Replay:
    """Rebuild an account from its entries, in order of their numbers."""
    replayed = Replay(shop, account, bucket)
    for entry in entries:
        replayed.apply(entry)
    return replayed
