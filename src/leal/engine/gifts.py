"""Gifts: one member's points become another's, in one transaction with both accounts locked (S5.8).

The steps: (1) both names are looked up; (2) the accounts are locked in the order of their ids, each in its own
statement, and the names looked up again; (3) both are settled to one instant and the gift is decided; (4) both are
stored, a refusal too, where the caller has a key.
"""

from __future__ import annotations

import asyncio
import secrets

import msgspec

from leal.engine import answers
from leal.engine.clocks import read_clock
from leal.engine.commands import EmptyIdentity, IdentityMismatch, Key, Shop, UnknownCustomer, Who
from leal.engine.lending import LEND, NEEDS, Stale
from leal.engine.programmes import Programmes
from leal.engine.resolving import Resolution, existing_account
from leal.engine.retries import RETRYABLE, TRIES, busy
from leal.engine.rows import account_bucket, account_from
from leal.engine.storing import store
from leal.engine.verb import Member, Verb
from leal.errors import LealError, NotFound, Reason, Refused
from leal.rules.giving import give
from leal.rules.ledger import Note
from leal.store.db import Conn, Database
from leal.store.queries import sql

_encode = msgspec.json.Encoder(order="sorted").encode


class UnknownReceiver(NotFound):
    """Nobody matches the identity of whoever is to get a gift."""

    id = "receiver_not_found"
    sentence = "No customer matches the identity of the receiver."


class Gift(msgspec.Struct, frozen=True):
    """Give points to another member; `message` is told to both."""

    who: Who
    to: Who
    points: int
    message: str = ""
    key: Key | None = None


class Given(msgspec.Struct, frozen=True):
    """Points given; `change_id` is the id of the sender's change."""

    points: int
    change_id: int
    replayed: bool = False


class GiftVerb(Verb):
    """The gift as a command of the sender's, for its kept answer."""

    answer_type = Given

    def __init__(self, command: Gift, receiver: Member | None, notes: tuple[Note | None, Note | None]) -> None:
        self.who, self.key = command.who, command.key
        self._points, self._receiver, self._notes = command.points, receiver, notes

    def decide(self, member: Member) -> Given:
        """Give the points, if every rule allows it."""
        if self._receiver is None:
            raise UnknownReceiver
        if self._receiver is member:
            raise Refused([Reason("receiver_is_sender")])
        made = give(member.book, self._receiver.book, self._points, self._notes, member.now)
        member.put_redemption(made)
        return Given(made.points, made.change_id)


async def give_points(db: Database, shop: Shop, programmes: Programmes, command: Gift) -> Given:
    """Give points; raises Refused, UnknownReceiver, EmptyIdentity, UnknownCustomer, IdentityMismatch or KeyReused."""
    for attempt in range(TRIES):
        try:
            async with db.transaction(shop.id) as conn:
                outcome = await _give(conn, shop, programmes, command)
            if isinstance(outcome, LealError):
                raise outcome
            return outcome
        except RETRYABLE as failure:
            last = busy(failure)
            await asyncio.sleep(0.005 * 2**attempt)
    raise last


async def _give(conn: Conn, shop: Shop, programmes: Programmes, command: Gift) -> Given | LealError:
    sender, receiver = await _resolved(conn, shop.id, command)
    members: dict[int, Member] = {}
    for account in sorted({sender} if receiver is None else {sender, receiver}):
        rows = await conn.fetch(sql.lock_accounts_waiting, [account_bucket(account)], shop.id, [account])
        if not rows or (found := account_from(rows[0])).is_gone:
            raise Stale
        members[account] = Member(found, is_new=False)
    if await _resolved(conn, shop.id, command) != (sender, receiver):
        raise Stale
    clock = await read_clock(conn, shop.id)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    now = max(clock.now, *(member.stored.settled_at for member in members.values()))
    if command.key is not None:
        keys = [command.key.key]
        for row in await conn.fetch(sql.read_answers, [account_bucket(sender)], shop.id, [sender], keys):
            members[sender].answers[row["key"]] = (row["request"], row["answer"])
    verb = GiftVerb(command, None if receiver is None else members[receiver], _notes(command.message))

    def start() -> None:
        for member in members.values():
            member.start(shop.id, versions, clock.real_at, now)

    outcome: Given | LealError
    while True:
        try:
            start()
            outcome = answers.replay_or_decide(members[sender], verb)
            break
        except NEEDS as need:
            await LEND[type(need)](conn, shop.id, members, list(members))
        except LealError as failure:
            start()  # nothing of it is left but the refusal
            answers.keep_failure(members[sender], verb, failure)
            outcome = failure
            break
    await store(conn, shop.id, members, Resolution(), {})
    return outcome


async def _resolved(conn: Conn, shop: int, command: Gift) -> tuple[int, int | None]:
    """Sender and receiver; None: nobody matches."""
    sender = await existing_account(conn, shop, command.who)
    try:
        return sender, await existing_account(conn, shop, command.to)
    except (EmptyIdentity, UnknownCustomer, IdentityMismatch):
        return sender, None


def _notes(message: str) -> tuple[Note | None, Note | None]:
    """The message as the words of both entries, each erased with its own member."""
    if not message:
        return None, None
    words = _encode({"description": message})
    return Note(secrets.token_bytes(16), words), Note(secrets.token_bytes(16), words)
