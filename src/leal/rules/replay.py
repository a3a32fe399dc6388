"""Replay: an account rebuilt from its entries alone, every sentence of the history checked on the way (S2.5, S2.6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from leal.rules import limits
from leal.rules.account import NOTHING, Account, Counts, Lot, broken_laws, broken_lots, broken_totals, draw_order
from leal.rules.granting import REWARDS
from leal.rules.keeps import renewed
from leal.rules.known import Drawn, Known, Sourced
from leal.rules.lapsed import gather_lapses, lapsed_dropped, points_dropped
from leal.rules.ledger import EVENT, HELD, Entry, canonical, chain
from leal.rules.lots import Draw, available_lots
from leal.rules.merging import FROM, INTO, Shift, forsake, lots_of, take_over
from leal.rules.open_lots import OpenLots
from leal.rules.waiting import waiting_figures
from leal.values import NEVER

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
    "enrolment",
    "everything_lapsed_at",
    "set_tier",
    "set_since",
    "set_until",
    "set_locked",
    "marks",
    "entered",
)


class Left(NamedTuple):
    """What somebody who was taken over gave up: to whom, the account as it was, what its entries told."""

    into: int
    account: Account
    known: Known


class Replay(Known):
    """One member's account as the entries tell it, and the faults found in them.

    `sources`: the replays of those whom the member took over, by their ids.
    """

    def __init__(self, shop: int, account: int, bucket: int, sources: Mapping[int, Replay] | None = None) -> None:
        super().__init__()
        self.shop = shop
        self.account = Account(account, bucket)
        self._open = OpenLots(self.account)
        self.faults: list[str] = []
        self._sources = sources or {}
        self.taken_over: dict[int, Shift] = {}
        """Whom the member took over, straight, and how their numbers are known in it."""
        self.foreign = 0
        """Entries of those who were taken over, straight or by way of another."""
        self.left: Left | None = None
        """What the member gave up, once it was taken over."""

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
        if account.enrolment in ("merged", "erased"):
            self.faults.append(f"entry {entry.number}: nothing happens to a member who is {account.enrolment}")
        before = {bucket: getattr(account, bucket) for bucket in BUCKETS}
        was = account.copy() if entry.type in (INTO, FROM) else None
        account.number, account.entry_id, account.head = entry.number, entry.id, entry.digest
        account.settled_at = max(account.settled_at, entry.effective_at)
        account.settled_version = entry.programme
        for bucket in BUCKETS:
            setattr(account, bucket, getattr(entry, bucket))
        makes_reward = entry.type in REWARDS and entry.cause_number == entry.number  # it may have cost nothing
        if was is None and (makes_reward or entry.redeemed != before["redeemed"]):
            self._redeem(entry, entry.redeemed - before["redeemed"])
        if entry.held != before["held"] and was is None and entry.changes:
            self._hold(entry, entry.redeemed - before["redeemed"])
        self._move(entry, before)
        self._count(entry)
        if was is not None and entry.type == INTO:
            self._leave(entry, was)
        elif was is not None:
            self._take_over(entry, was)
        self._change(entry)
        if account.enrolment == "erased":
            forsake(account, "erased")
            known = self.forget()
            self.days, self.units = known.days, known.units
        if was is not None or account.enrolment == "erased":
            self._open.gather()
        laws = broken_totals(account) + broken_lots(account, self._open.sums())
        self.faults += [f"entry {entry.number}: not so: {law}" for law in laws]

    def _leave(self, entry: Entry, was: Account) -> None:
        """Follow the last entry of somebody who was taken over: nothing is left."""
        account = self.account
        if any(getattr(account, bucket) for bucket in BUCKETS) or account.lots:
            self.faults.append(f"entry {entry.number}: something is left of a member who was taken over")
        self.left = Left(entry.cause_number, was, self.forget())
        forsake(account, "merged")
        account.life, account.counted_on = NOTHING, None

    def everybody_taken(self) -> dict[int, Shift]:
        """Everybody whom the member took over, straight or by way of another, with the numbers they came under.

        Of one who was taken over, nobody: they went along.
        """
        return self.took_before_leaving() if self.left is None else {}

    def took_before_leaving(self) -> dict[int, Shift]:
        """The same, had the member not been taken over."""
        found = dict(self.taken_over)
        for source, shift in self.taken_over.items():
            for further, other in self._sources[source].took_before_leaving().items():
                entry_base = shift.entry_base + shift.entries + other.entry_base
                found[further] = Shift(entry_base, other.entries, shift.order_base + other.order_base, 0)
        return found

    def _take_over(self, entry: Entry, was: Account) -> None:
        """Follow an entry that brings what another gave up: exactly that, debt paid in it (S11.2)."""
        account = self.account
        source = self._sources.get(entry.cause_number)
        shift = Shift(*json.loads(entry.changes)["shift"])
        if source is None or source.left is None or source.left.into != account.id:
            self.faults.append(f"entry {entry.number}: nobody gave up what it brings")
            return
        if shift[:2] != (self.foreign, source.account.number) or entry.cause_number in self.taken_over:
            self.faults.append(f"entry {entry.number}: the numbers it brings are taken")
        self.taken_over[entry.cause_number] = shift
        self.foreign += source.account.number + source.foreign
        was.settled_at = account.settled_at
        was.lot_number = shift.lot_base
        joining = source.left.account.copy()
        lapses = json.loads(entry.changes).get("common_lapses", [None, None])  # those with nothing to lapse are untold
        was.everything_passed_at, joining.everything_passed_at = lapses
        take_over(was, joining, shift)
        if "tier_since" in json.loads(entry.changes):  # the tier came along, too
            was.keeps = msgspec.structs.replace(was.keeps, tier_on=joining.keeps.tier_on)
        account.life, account.counted_on, account.keeps = was.life, was.counted_on, was.keeps
        account.limit_day, account.limit_used = was.limit_day, was.limit_used
        for fact in (*BUCKETS, "lots", "shortfalls", "entered", "joined_at", "membership", "enrolment", "waiting"):
            brought = json.loads(entry.changes).get(fact, getattr(account, fact))
            ours = lots_of(account) if fact == "lots" else getattr(account, fact) if fact in BUCKETS else brought
            theirs = lots_of(was) if fact == "lots" else getattr(was, fact)
            if fact == "shortfalls":
                theirs = [figure for pair in sorted(was.shortfalls.items()) for figure in pair]
            if fact == "waiting":
                theirs = waiting_figures(was)
            if ours != theirs:
                self.faults.append(f"entry {entry.number}: {fact} is not what both had together")
        if renewed(account.keeps, json.loads(entry.changes).get("keeps", {})) != was.keeps:
            self.faults.append(f"entry {entry.number}: what it keeps is not what both had together")
        self.learn(source.left.known, shift)

    def _move(self, entry: Entry, before: dict[str, int]) -> None:
        account = self.account
        terms = {entry.lots[i]: entry.lots[i : i + 6] for i in range(0, len(entry.lots), 6)}
        moved = held = 0
        for i in range(0, len(entry.moves), 4):
            lot_id, award, points, lot_held = entry.moves[i : i + 4]
            moved, held = moved + points, held + lot_held
            self._move_lot(entry, terms, lot_id, award, points, lot_held)
        for lot_id, (_, award, earned_at, available_at, expires_at, flags) in terms.items():
            if (lot := self._open.find(lot_id)) is not None:
                lot.award, lot.earned_at, lot.available_at, lot.expires_at, lot.flags = (
                    award, earned_at, available_at, expires_at, flags,
                )  # fmt: skip
                self._open.change(lot)
        own = sum(getattr(account, bucket) - before[bucket] for bucket in ("available", "pending", "held"))
        if moved != own or held != account.held - before["held"]:
            self.faults.append(f"entry {entry.number}: what it moved in lots is not what it moved in buckets")
        visible = account.available + account.pending - before["available"] - before["pending"]
        if entry.points != visible:
            self.faults.append(f"entry {entry.number}: it shows {entry.points} points, but moved {visible}")
        if entry.award:
            self.award_earned[entry.award] = self.award_earned.get(entry.award, 0) + account.earned - before["earned"]
            if account.expired < before["expired"] and entry.type != "points_dropped":
                taken = before["expired"] - account.expired
                self.award_lapsed[entry.award] = self.award_lapsed.get(entry.award, 0) + taken
            by_staff = entry.cause == "staff" and entry.cause_number == entry.award
            if by_staff or entry.type == "referral_rejected":
                self.neutralised.add(entry.award)
            if entry.cause == "order":
                self.order_of_award[entry.award] = entry.cause_number
            if entry.type == "points_dropped":
                dropped = points_dropped(entry.moves, entry.changes)
                self.award_dropped[entry.award] = self.award_dropped.get(entry.award, 0) + dropped
                self.lapsed[entry.award] = self.lapsed.get(entry.award, 0) - lapsed_dropped(entry.changes)
        if entry.type == "points_expired":
            gather_lapses(entry.moves, self.lapsed)
        if entry.cause == "redemption" and entry.cause_number == entry.number and '"captured":' not in entry.changes:
            self._check_draw_order(entry)

    def _move_lot(
        self, entry: Entry, terms: dict[int, list[int]], lot_id: int, award: int, points: int, held: int
    ) -> None:
        lot = self._open.find(lot_id)
        if lot is None:
            if lot_id not in terms:
                self.faults.append(f"entry {entry.number}: it moves lot {lot_id}, which is not open")
                return
            _, _, earned_at, available_at, expires_at, flags = terms[lot_id]
            lot = Lot(lot_id, award, 0, 0, 0, earned_at, available_at, expires_at, flags)
            self._open.add(lot)
        if lot.award != award:
            self.faults.append(f"entry {entry.number}: lot {lot_id} is of award {lot.award}, not {award}")
        lot.remaining += points
        lot.held += held
        lot.points = max(lot.points, lot.remaining)
        self.account.lot_number = max(self.account.lot_number, lot_id)
        self._open.change(lot)

    def _redeem(self, entry: Entry, points: int) -> None:
        """Follow what a redemption draws or gives back, and what that does to the limit (S5.3, S5.5, S5.7)."""
        account, first = self.account, entry.cause_number == entry.number
        if entry.cause == "staff" and not first:
            self.unspent -= points
            return
        if first:
            day, ends_at, drawn_at = None, NEVER, entry.effective_at
            changes = json.loads(entry.changes) if entry.changes else {}
            if "captured" in changes:
                hold = next((one for one in account.keeps.holds if one.number == changes["captured"]), None)
                if hold is None:
                    self.faults.append(f"entry {entry.number}: it captures a hold that is not open")
                    return
                day, drawn_at = date.fromordinal(hold.day), hold.placed_at
            elif entry.cause == "redemption":
                ends_at = changes.get("code_ends_at", NEVER)
                if "offer" not in changes:
                    day = date.fromisoformat(changes["limit_day"])
                    limits.count(account, day, points)
            draws = self._draws(entry)
            self.drawn[entry.number] = Drawn(
                entry.id, drawn_at, day, points, points, draws, ends_at=ends_at, offer=changes.get("offer")
            )
            return
        drawn = self.drawn.get(entry.cause_number)
        if drawn is None:
            self.faults.append(f"entry {entry.number}: there is no redemption {entry.cause_number}")
            return
        drawn.open_points += points
        drawn.as_drawn = drawn.as_drawn and points < 0
        if '"limit_used"' in entry.changes and drawn.day is not None:
            limits.uncount(account, drawn.day, -points)

    def _hold(self, entry: Entry, captured: int) -> None:
        """Follow what a hold sets aside, gives back or spends, and what that does to the limit (S5.3, S5.6)."""
        changes = json.loads(entry.changes)
        after = renewed(self.account.keeps, changes.get("keeps", {})).holds
        number = changes.get("captured", entry.cause_number)
        if entry.type == HELD and number == entry.number:
            self.holds[number, entry.id] = 0
        elif "captured" in changes:
            self.holds.update({name: entry.number for name in self.holds if name[0] == number})
        had, has = (
            next((one for one in holds if one.number == number), None) for holds in (self.account.keeps.holds, after)
        )
        limits.follow_hold(self.account, had, has, captured)

    def _draws(self, entry: Entry) -> list[Draw]:
        draws = []
        for i in range(0, len(entry.moves), 4):
            lot_id, award, points, _ = entry.moves[i : i + 4]
            if (lot := self._open.find(lot_id)) is not None:
                draws.append(Draw(lot_id, award, -points, lot.earned_at, lot.available_at, lot.expires_at, lot.flags))
        return draws

    def _check_draw_order(self, entry: Entry) -> None:
        """A redemption leaves nothing in a lot that ends before the last one it drew (S5.1)."""
        drawn = {entry.moves[i] for i in range(0, len(entry.moves), 4)}
        left = available_lots(self.account, 0)
        still_open = [lot for lot in left if lot.id in drawn]
        if len(still_open) > 1 or (still_open and left and draw_order(left[0]) != draw_order(still_open[0])):
            self.faults.append(f"entry {entry.number}: it drew a lot while one that ends earlier had points")

    def _count(self, entry: Entry) -> None:
        if entry.day is not None:
            counts = _counted(entry)
            self.days[entry.day] = self.days.get(entry.day, NOTHING).plus(counts)
            self.account.life = self.account.life.plus(counts)
            counted_on = self.account.counted_on
            self.account.counted_on = entry.day if counted_on is None else max(counted_on, entry.day)
            order = entry.cause_number if entry.cause == "order" else self.order_of_award.get(entry.award)
            if order is not None:
                self.order_counts[order] = self.order_counts.get(order, NOTHING).plus(counts)

    def _change(self, entry: Entry) -> None:
        if entry.type == "reward_lapsed":
            if entry.cause_number not in self.drawn:
                self.faults.append(f"entry {entry.number}: there is no redemption {entry.cause_number}")
            self.lapsed_codes.add(entry.cause_number)
        if not entry.changes:
            return
        changes: dict[str, Any] = json.loads(entry.changes)
        for fact in _FACTS:
            if fact in changes:
                setattr(self.account, fact, changes[fact])
        if "tier_from" in changes:
            first = changes["tier_from"]
            self.account.tier_from = None if first is None else date.fromisoformat(first)
        if "waiting" in changes:
            figures = changes["waiting"]
            self.account.waiting = {figures[i]: figures[i + 1 : i + 4] for i in range(0, len(figures), 4)}
        for slug, units in changes.get("units", {}).items():
            self.units[slug] = self.units.get(slug, 0) + units
        if "source" in changes:
            self._note_source(entry, changes)
        if "keeps" in changes:
            self.account.keeps = renewed(self.account.keeps, changes["keeps"])
        if changes.get("limit_used", self.account.limit_used) != self.account.limit_used:
            self.faults.append(f"entry {entry.number}: the limit used is not what the redemptions make it")
        if "shortfalls" in changes:
            pairs = changes["shortfalls"]
            after = dict(zip(pairs[::2], pairs[1::2], strict=True))
            for award, points in self.account.shortfalls.items():
                if award != entry.award:  # a give-back made good what was written off: the award gave that much less
                    made_good = points - after.get(award, 0)
                    self.award_earned[award] = self.award_earned.get(award, 0) - made_good
            self.account.shortfalls = after

    def _note_source(self, entry: Entry, changes: dict[str, Any]) -> None:
        """Follow an award apart from orders, or what staff take back of one."""
        source = changes["source"]
        self.budgeted[source] = self.budgeted.get(source, 0) + changes.get("budgeted", 0)
        if entry.award == entry.number:
            version = changes.get("version", entry.programme)
            self.sourced[entry.award] = Sourced(source, version, entry.occurred_at, self.award_earned[entry.award])


def differences(rebuilt: Account, stored: Account) -> Iterator[str]:
    """Where a stored account is not what its entries make it."""
    for field in (
        *BUCKETS, *_FACTS, "tier_from", "limit_day", "limit_used", "shortfalls", "waiting", "number", "entry_id",
        "head", "life", "counted_on", "keeps",
    ):  # fmt: skip
        ours, theirs = getattr(rebuilt, field), getattr(stored, field)
        if ours != theirs:
            yield f"{field} is stored as {_word(theirs)}, its entries make it {_word(ours)}"
    if sorted(map(msgspec.structs.astuple, rebuilt.lots)) != sorted(map(msgspec.structs.astuple, stored.lots)):
        yield "its open lots are not what its entries make them"
    if stored.lot_number < rebuilt.lot_number:
        yield f"lot_number is stored as {stored.lot_number}, its entries opened lot {rebuilt.lot_number}"
    if stored.settled_version < rebuilt.settled_version:
        yield f"it is settled under version {stored.settled_version}, its entries under {rebuilt.settled_version}"
    if stored.settled_at < rebuilt.settled_at:
        yield "it is settled to an instant before its newest entry"
    if any(
        lot.free and lot.available_at <= stored.settled_at and lot.expires_at <= stored.settled_at
        for lot in stored.lots
    ):
        yield "a lot has ended, but its points were not expired"
    yield from (f"not so: {law}" for law in broken_laws(stored))


def _counted(entry: Entry) -> Counts:
    """What an entry counts for tiers on its day; an event is told by its changes alone."""
    if entry.type != EVENT or entry.day is None:
        return entry.counts
    return Counts(events={json.loads(entry.changes)["event"]: 1})


def _word(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()[:12] + "…"
    if isinstance(value, Counts):
        events = "".join(f", {count} times {trigger}" for trigger, count in sorted(value.events.items()))
        return f"{value.spend_micros} micros, {value.qualifying} qualifying points, {value.orders} orders{events}"
    return str(value)


def replay(
    shop: int, account: int, bucket: int, entries: Iterable[Entry], sources: Mapping[int, Replay] | None = None
) -> Replay:
    """Rebuild an account from its entries, in order of their numbers; `sources` as in `Replay`."""
    replayed = Replay(shop, account, bucket, sources)
    for entry in entries:
        replayed.apply(entry)
    return replayed
