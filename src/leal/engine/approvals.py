"""Approvals: acts that take effect only when a second person has said yes."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from leal.engine.audit import Act, note_acts
from leal.engine.commands import Adjust, Key, KeyReused, Shop, Who
from leal.engine.publish import Publication, publish_within
from leal.errors import Conflict, LealError, NotAllowed, NotFound, Reason, Refused
from leal.store.db import Conn, Database
from leal.store.queries import sql

PAGE_MAX = 1000
Decision = Literal["approved", "declined"]

_encode = msgspec.json.Encoder(order="sorted").encode


class UnknownApproval(NotFound):
    """No approval has that number."""

    id = "unknown_approval"
    sentence = "No approval has that number."


class ApprovalDecided(Conflict):
    """The approval was decided before."""

    id = "approval_decided"
    sentence = "This approval was decided before."


class SamePerson(NotAllowed):
    """Whoever asked cannot be the second person."""

    id = "same_person"
    sentence = "Whoever asked for it cannot approve it: a second person must."


class Approval(msgspec.Struct, frozen=True):
    """An act that waits for, or had, a second person's word; instants in microseconds of real time."""

    id: int
    kind: Literal["programme", "adjustment"]
    account: int | None
    told: dict[str, Any]
    """What is to be decided on: figures, and the programme's document."""
    requested_by: str
    requested_at: int
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: int | None = None
    outcome: Literal["done", "failed"] | None = None
    failure: str = ""


async def ask(
    db: Database, shop: Shop, wish: Publication | Adjust, account: int | None, told: dict[str, Any]
) -> Refused:
    """Let a wish wait for a second person; gives the refusal that names the approval. The same wish waits once.

    Raises KeyReused where another wish waited under its idempotency key.
    """
    kind, by, key = ("adjustment", wish.by, wish.key) if isinstance(wish, Adjust) else ("programme", wish.author, None)
    digest = key.key if key is not None else hashlib.sha256(_encode(wish)).digest()
    text = _encode(wish).decode()
    async with db.transaction(shop.id) as conn:
        row = await conn.fetchrow(sql.insert_approval, shop.id, kind, digest, account, text, _encode(told).decode(), by)
        assert row is not None  # an upsert always gives its row
        if key is not None and not _is_wish_of(key, row["wish"]):
            raise KeyReused
        if row["is_new"]:
            act = Act(by, "approval.requested", str(row["id"]), account, after={"kind": kind})
            await note_acts(conn, shop.id, [act])
    return _refusal(row["id"], row["outcome"] or row["decision"])


class _Kept(msgspec.Struct):
    """What tells a stored wish from another; nothing, once its member is erased."""

    key: Key | None = None


def _is_wish_of(key: Key, wish: str) -> bool:
    kept = msgspec.json.decode(wish, type=_Kept).key
    return kept is None or kept.request == key.request


def _refusal(ident: int, state: str | None) -> Refused:
    return Refused([Reason("second_person_needed", {"approval": ident, "state": state or "waiting"})])


async def approvals(
    db: Database, shop: Shop, *, waiting: bool = True, after_id: int | None = None, limit: int = PAGE_MAX
) -> list[Approval]:
    """A page of approvals, newest first."""
    async with db.shop(shop.id) as conn:
        rows = await conn.fetch(sql.read_approvals, shop.id, after_id, waiting, min(limit, PAGE_MAX))
    return [_approval(dict(row)) for row in rows]


def _approval(row: dict[str, Any]) -> Approval:
    fields = {name: row[name] for name in Approval.__struct_fields__ if name != "told"}
    return Approval(**fields, told=msgspec.json.decode(row["told"]))


async def decide(db: Database, shop: Shop, ident: int, decision: Decision, *, by: str) -> Adjust | None:
    """Approve or decline. A programme is published in the same transaction; an adjustment is given back to be run,
    under its caller's key or else one of its own: it takes effect once, however often it is approved or asked for.

    Raises UnknownApproval, ApprovalDecided, SamePerson, and what publishing raises: then nothing is decided.
    """
    async with db.transaction(shop.id) as conn:
        row = await conn.fetchrow(sql.lock_approval, shop.id, ident)
        if row is None:
            raise UnknownApproval
        cut_short = row["decision"] == "approved" and row["outcome"] is None and decision == "approved"
        if row["decision"] is not None and not cut_short:
            raise ApprovalDecided(f"Approval {ident} was {row['decision']} before.")
        if decision == "approved" and by == row["requested_by"]:
            raise SamePerson
        if not cut_short:
            await conn.execute(sql.decide_approval, shop.id, ident, decision, by)
            acts = [Act(by, f"approval.{decision}", str(ident), row["account"], after={"kind": row["kind"]})]
            await note_acts(conn, shop.id, acts)
        if decision == "declined":
            return None
        if row["kind"] == "programme":
            await _publish(conn, shop, row["wish"], by)
            await conn.execute(sql.end_approval, shop.id, ident, "done", "")
            return None
        wish = msgspec.json.decode(row["wish"], type=Adjust)
    digest = hashlib.sha256(f"approval\0{ident}".encode()).digest()
    who = Who(bhid=row["account"])  # whatever name the wish gave may lead to somebody else by now
    return msgspec.structs.replace(wish, who=who, key=wish.key or Key(digest, digest), approved_by=by)


async def _publish(conn: Conn, shop: Shop, text: str, by: str) -> None:
    wish = msgspec.json.decode(text, type=Publication)
    await publish_within(conn, shop, msgspec.structs.replace(wish, approver=by))


async def end(db: Database, shop: Shop, ident: int, failure: LealError | None) -> None:
    """Note what came of an approved adjustment."""
    async with db.shop(shop.id) as conn:
        outcome = "done" if failure is None else "failed"
        await conn.execute(sql.end_approval, shop.id, ident, outcome, "" if failure is None else failure.message[:2000])
