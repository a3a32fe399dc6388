"""Rows: how accounts, entries, orders and redemptions travel between the rules' values and the store's columns."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import starmap
from typing import Any, TypeAlias

import asyncpg
import msgspec

from leal.engine.commands import Shop
from leal.rules.account import Account, Counts, Lot
from leal.rules.keeps import NO_KEEPS, Keeps
from leal.rules.kept import Kept
from leal.rules.ledger import Entry
from leal.rules.lots import Draw
from leal.rules.orders import Award, Order, OrderState, Pin
from leal.rules.person import NOBODY, Person
from leal.rules.returning import Redemption
from leal.values import least_id

Row: TypeAlias = "asyncpg.Record"
Columns = list[list[Any]]
RowIn: TypeAlias = tuple[Any, ...]
"""A row on its way in: the values of a composite type of the database."""

BUCKETS = 1024
_LOT = 9
_DRAW = 7

_to_json = msgspec.json.Encoder(order="sorted").encode


class Memory(msgspec.Struct, omit_defaults=True):
    """What an order state remembers beside the snapshot; the JSON of its `state` column."""

    pin: Pin | None
    awards: dict[str, Award]
    spend_micros: int
    qualifying: int
    orders: int
    day: int
    used: list[int]
    completed_at: int | None = None
    subscribed: list[str] = []


def shop_from(row: Row) -> Shop:
    """The shop of a row."""
    return Shop(**{**dict(row), "origins": tuple(row["origins"])})


def key_bucket(kind: str, key: str) -> int:
    """The bucket that an identity key lives in."""
    return zlib.crc32(f"{kind}:{key}".encode()) % BUCKETS


def account_bucket(account: int) -> int:
    """The bucket that a member belongs to for life: part of the id."""
    return account >> 12 & BUCKETS - 1


def account_buckets(accounts: Iterable[int]) -> list[int]:
    """The bucket of each member, in their order: statements look for each member by itself, in its bucket."""
    return [account_bucket(account) for account in accounts]


def new_account_id(real_at: int, bucket: int, sequence: int) -> int:
    """A member's id: milliseconds, bucket, twelve bits of sequence."""
    return least_id(real_at, bucket) | sequence & 0xFFF


def account_from(row: Row) -> Account:
    """The account of a row."""
    shortfalls, waiting, paged_ends = row["shortfalls"], row["waiting"], row["paged_ends"]
    return Account(
        id=row["id"],
        bucket=row["bucket"],
        number=row["number"],
        entry_id=row["entry_id"],
        head=row["head"],
        settled_at=row["settled_at"],
        settled_version=row["settled_version"],
        next_due_at=row["next_due_at"],
        available=row["available"],
        pending=row["pending"],
        held=row["held"],
        redeemed=row["redeemed"],
        expired=row["expired"],
        earned=row["earned"],
        debt=row["debt"],
        lots_at_hand=lots_from(row["lots"]),
        paged_points=row["paged_points"],
        paged_due_at=row["paged_due_at"],
        paged_ends={} if paged_ends is None else dict(zip(paged_ends[::2], paged_ends[1::2], strict=True)),
        paged_from=None if row["paged_from"] is None else tuple(row["paged_from"]),
        lot_number=row["lot_number"],
        shortfalls=dict(zip(shortfalls[::2], shortfalls[1::2], strict=True)),
        waiting={waiting[i]: list(waiting[i + 1 : i + 4]) for i in range(0, len(waiting), 4)},
        order_number=row["order_number"],
        life=Counts(row["spend_micros"], row["qualifying"], row["orders"], _events(row["events"])),
        window=Counts(row["window_spend"], row["window_points"], row["window_orders"], _events(row["window_events"])),
        window_from=row["window_from"],
        window_until=row["window_until"],
        tier=row["tier"],
        tier_since=row["tier_since"],
        tier_from=row["tier_from"],
        tier_asked=row["tier_asked"],
        tier_version=row["tier_version"],
        tier_ends_at=row["tier_ends_at"],
        tier_deadline_at=row["tier_deadline_at"],
        limit_day=row["limit_day"],
        limit_used=row["limit_used"],
        membership=row["membership"],
        joined_at=row["joined_at"],
        everything_at=row["everything_at"],
        everything_lapsed_at=row["everything_lapsed_at"],
        everything_passed_at=row["everything_passed_at"],
        set_tier=row["set_tier"],
        set_since=row["set_since"],
        set_until=row["set_until"],
        set_locked=row["set_locked"],
        marks=row["marks"],
        next_notice_at=row["next_notice_at"],
        entered=msgspec.json.decode(row["entered"], type=dict[str, list[int]]),
        counted_on=row["counted_on"],
        enrolment=row["enrolment"],
        codes=dict(zip(row["codes"][::2], row["codes"][1::2], strict=True)),
        keeps=NO_KEEPS if row["keeps"] == "{}" else msgspec.json.decode(row["keeps"], type=Keeps),
        record_due_at=row["record_due_at"],
        person=NOBODY if row["person"] == "{}" else msgspec.json.decode(row["person"], type=Person),
    )


def lots_from(numbers: list[int]) -> list[Lot]:
    """The lots of an array."""
    return list(starmap(Lot, zip(*[iter(numbers)] * _LOT, strict=True)))


def _events(text: str) -> dict[str, int]:
    return {} if text == "{}" else msgspec.json.decode(text, type=dict[str, int])


def account_row(a: Account, kept: Kept) -> RowIn:
    """What `store_batch` takes of a member, with what is kept beside the account."""
    return (
        a.id, a.bucket, a.number, a.entry_id, a.head, a.settled_at, a.settled_version, a.next_due_at,
        a.available, a.pending, a.held, a.redeemed, a.expired, a.earned, a.debt,
        lots_text(a.lots_at_hand), a.lot_number, _pairs_text(a.shortfalls),
        a.order_number, a.life.spend_micros, a.life.qualifying, a.life.orders,
        a.window.spend_micros, a.window.qualifying, a.window.orders, a.window_from, a.window_until,
        a.tier, a.tier_since, a.tier_from, a.tier_asked, a.tier_version, a.tier_ends_at, a.tier_deadline_at,
        a.limit_day, array_text(a.limit_used), a.membership, a.joined_at,
        a.everything_at, a.everything_lapsed_at, a.next_notice_at, _text(a.entered),
        a.counted_on, array_text([n for award in sorted(a.waiting) for n in (award, *a.waiting[award])]),
        a.everything_passed_at, a.enrolment,
        a.set_tier, a.set_since, a.set_until, a.set_locked, "{" + ",".join(a.marks) + "}",
        _text(a.life.events), _text(a.window.events), _pairs_text(a.codes),
        "{}" if a.keeps is NO_KEEPS else msgspec.json.encode(a.keeps).decode(), a.record_due_at,
        "{}" if a.person is NOBODY else msgspec.json.encode(a.person).decode(),
        kept.record, kept.balance, kept.balance_until, kept.whole, a.paged_points, a.paged_due_at,
        _pairs_text(a.paged_ends) if a.paged_ends else None,
        None if a.paged_from is None else array_text(a.paged_from),
    )  # fmt: skip


def _text(value: object) -> str:
    return _to_json(value).decode() if value else "{}"


def _pairs_text(numbers: dict[int, int]) -> str:
    return array_text([n for pair in sorted(numbers.items()) for n in pair])


def lots_text(lots: Iterable[Lot]) -> str:
    """The text of the lots' array."""
    return "{" + _to_json(lots)[2:-2].decode().replace("],[", ",") + "}"  # each lot is a list of numbers


def array_text(numbers: list[int] | tuple[int, ...]) -> str:
    """The text of an array of numbers, as PostgreSQL reads it."""
    return "{" + str(numbers)[1:-1] + "}"


def entry_row(a: Account, e: Entry) -> RowIn:
    """What `store_batch` takes of an entry."""
    return (
        a.bucket, a.id, e.number, e.id, e.type, e.cause, e.cause_number, e.award, e.programme,
        e.occurred_at, e.effective_at, e.recorded_at, e.points,
        e.available, e.pending, e.held, e.redeemed, e.expired, e.earned, e.debt,
        array_text(e.moves), array_text(e.lots), e.day,
        e.counts.spend_micros, e.counts.qualifying, e.counts.orders, e.changes, e.commitment, e.digest,
    )  # fmt: skip


def entry_from(row: Row) -> Entry:
    """The entry of a row."""
    return Entry(
        number=row["number"],
        id=row["id"],
        type=row["type"],
        cause=row["cause"],
        cause_number=row["cause_number"],
        award=row["award"],
        programme=row["programme"],
        occurred_at=row["occurred_at"],
        effective_at=row["effective_at"],
        recorded_at=row["recorded_at"],
        points=row["points"],
        available=row["available"],
        pending=row["pending"],
        held=row["held"],
        redeemed=row["redeemed"],
        expired=row["expired"],
        earned=row["earned"],
        debt=row["debt"],
        moves=row["moves"],
        lots=row["lots"],
        day=row["day"],
        counts=Counts(row["spend_micros"], row["qualifying"], row["orders"]),
        changes=row["changes"],
        commitment=row["commitment"],
        digest=row["digest"],
    )


def order_from(row: Row) -> OrderState:
    """The order state of a row."""
    memory = msgspec.json.decode(row["state"], type=Memory)
    order = msgspec.json.decode(row["snapshot"], type=Order)
    return OrderState(
        number=row["number"],
        order=order,
        status=row["status"],
        order_at=row["order_at"],
        updated_at=row["updated_at"],
        pin=memory.pin,
        awards=memory.awards,
        counted=Counts(memory.spend_micros, memory.qualifying, memory.orders),
        day_ordinal=memory.day,
        used=memory.used,
        completed_at=memory.completed_at,
        subscribed=memory.subscribed,
    )


def order_row(a: Account, state: OrderState, status: str) -> RowIn:
    """What `store_batch` takes of an order; `status` is the one to store."""
    return (
        a.bucket, a.id, state.number, state.order.id, status, state.order_at, state.updated_at,
        _text(state.order), _text(_memory(state)),
    )  # fmt: skip


def _memory(state: OrderState) -> Memory:
    counted = state.counted
    return Memory(
        state.pin,
        state.awards,
        counted.spend_micros,
        counted.qualifying,
        counted.orders,
        state.day_ordinal,
        state.used,
        state.completed_at,
        state.subscribed,
    )


def redemption_from(row: Row) -> Redemption:
    """The redemption of a row."""
    draws = row["draws"]
    return Redemption(
        number=row["number"],
        kind=row["kind"],
        code=row["code"],
        status=row["status"],
        points=row["points"],
        amount=row["amount"],
        drawn_at=row["drawn_at"],
        day_ordinal=row["day"].toordinal(),
        draws=[Draw(*draws[i : i + _DRAW]) for i in range(0, len(draws), _DRAW)],
        returned=list(row["returned"]),
        cancelled=row["cancelled"],
        order_number=row["order_number"],
        change_id=row["change_id"],
        turns=list(row["turns"]),
        locks=list(row["locks"]),
        expires_at=row["expires_at"],
        offer=row["offer"],
        version=row["version"],
        unit=row["unit"],
        coded_at=row["coded_at"],
    )


def redemption_row(a: Account, r: Redemption) -> RowIn:
    """What `store_batch` takes of a redemption."""
    return (
        a.bucket, a.id, r.number, r.change_id, r.kind, r.code, r.status, r.points, r.restored, r.amount,
        r.drawn_at, date.fromordinal(r.day_ordinal),
        array_text([n for one in r.draws for n in one]), array_text(r.returned),
        r.cancelled, r.order_number, array_text(r.turns), array_text(r.locks), r.expires_at,
        r.offer, r.version, r.unit, r.coded_at,
    )  # fmt: skip


def transposed(rows: Sequence[tuple[Any, ...]]) -> Columns:
    """A list for each column; of no rows there is none."""
    return [list(column) for column in zip(*rows, strict=True)]
