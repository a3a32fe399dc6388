"""Invitations: what members send to friends, and what came of it (S9.5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

import msgspec

from leal.engine.clocks import clock_of
from leal.engine.commands import Key, Shop, Who
from leal.engine.programmes import Programmes
from leal.engine.rows import account_bucket, account_buckets, account_from, key_bucket, transposed
from leal.engine.verb import Invitation, Member, Verb
from leal.engine.views import read_row
from leal.errors import Reason, Refused
from leal.rules.calendar import add, parse_span
from leal.rules.programme.terms import Terms
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import NEVER, format_id, next_id

INVITATIONS_MAX = 1000
"""Invitations that one member may send."""


class Refer(msgspec.Struct, frozen=True):
    """Invite a friend over a channel; by e-mail to a destination."""

    who: Who
    channel: str
    destination: str | None = None
    key: Key | None = None


class Referral(msgspec.Struct, frozen=True):
    """An invitation beside one friend who came by it, or nobody yet. Instants in microseconds."""

    id: int
    code: str
    channel: str
    destination: str | None
    sent_at: int
    expires_at: int
    acceptance: int | None = None
    status: str = "invited"
    accepted_at: int | None = None
    points: int = 0
    rejected: str | None = None
    """Why it was rejected, as a machine's word."""
    friend: Who | None = None
    replayed: bool = False


class Stats(msgspec.Struct, frozen=True):
    """What a member's invitations came to: how many, and the points earned by them."""

    sent: int = 0
    approved: int = 0
    rejected: int = 0
    earned: int = 0


class Referrals(msgspec.Struct, frozen=True):
    """A member's invitations, the newest first, and their sums."""

    rows: list[Referral]
    stats: Stats
    terms: Terms | None = None


class Invited(NamedTuple):
    """Where a name leads to: the sender, the invitation, and when that ends."""

    sender: int
    referral: int
    expires_at: int


class ReferVerb(Verb):
    """Invite a friend: the same channel and destination again is the same invitation."""

    answer_type = Referral
    wants_invitations = True

    def __init__(self, command: Refer, code: str) -> None:
        self.who, self.key = command.who, command.key
        self._command, self._code = command, code

    def decide(self, member: Member) -> Referral:
        """Send it, if the programme has referrals and the member takes part."""
        book, wish = member.book, self._command
        terms = book.terms
        rules = None if terms is None else terms.programme.referrals
        if terms is None or rules is None or not terms.programme.enabled:
            raise Refused([Reason("referrals_disabled")])
        reasons = [] if book.account.membership == "full" else [Reason("not_a_member")]
        if len(member.invitations) >= INVITATIONS_MAX:
            reasons.append(Reason("too_many_referrals", {"most": INVITATIONS_MAX}))
        if reasons:
            raise Refused(reasons)
        for known in member.invitations.values():
            same = (known.channel, known.destination) == (wish.channel, wish.destination)
            if same and known.expires_at > member.now:
                return _shown(known)
        ends_at = NEVER
        if rules.link_expires is not None:
            ends_at = add(member.now, parse_span(rules.link_expires), terms.zone, "day")
        newest = max(member.invitations, default=0)
        number = next_id(newest, member.now, member.stored.bucket)
        made = Invitation(number, self._code, wish.channel, wish.destination, member.now, ends_at)
        member.invite(made)
        return _shown(made)


def _shown(one: Invitation) -> Referral:
    return Referral(one.id, one.code, one.channel, one.destination, one.sent_at, one.expires_at)


async def listed(
    db: Database, shop: Shop, programmes: Programmes, who: Who, *, with_friends: bool = False
) -> Referrals:
    """All invitations of a member, now; raises EmptyIdentity, UnknownCustomer or IdentityMismatch."""
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        row = await read_row(conn, shop, who)
        account = account_from(row)
        now = max(clock_of(row).now, account.settled_at)
        place = (account.bucket, shop.id, account.id)
        sent = [Invitation(*one) for one in await conn.fetch(sql.read_referrals, *place)]
        came = await conn.fetch(sql.read_acceptances, *place)
        versions = await programmes.upto(conn, shop.id, row["programme_version"])
        friends: dict[int, Who] = {}
        for one in came if with_friends else []:
            friends |= await _person(conn, shop.id, one["friend"])
    rows = [_row(_shown(one), None, now, {}) for one in sent if one.id not in {ac["referral"] for ac in came}]
    by_id = {one.id: one for one in sent}
    rows += [_row(_shown(by_id[one["referral"]]), one, now, friends) for one in came]
    states = [one.status for one in rows]
    earned = sum(one.points for one in rows if one.status == "approved")
    stats = Stats(len(sent), states.count("approved"), states.count("rejected"), earned)
    version = versions.in_force(now)
    rows.sort(key=lambda one: (one.sent_at, one.id, one.acceptance or 0), reverse=True)
    return Referrals(rows, stats, None if version is None else version.terms)


def _row(sent: Referral, came: Any, now: int, friends: dict[int, Who]) -> Referral:
    if came is None:
        return sent if now < sent.expires_at else msgspec.structs.replace(sent, status="expired")
    status = "rejected" if came["rejected"] else "approved" if came["matures_at"] <= now else "qualified"
    return msgspec.structs.replace(
        sent,
        acceptance=came["id"],
        status=status,
        accepted_at=came["qualified_at"],
        points=0 if came["rejected"] else came["points"],
        rejected=came["rejected"],
        friend=friends.get(came["friend"]),
    )


async def _person(conn: Conn, shop: int, friend: int) -> dict[int, Who]:
    """Who a friend is by now, if anybody."""
    found = await home_of(conn, shop, friend)
    rows = [] if found is None else await conn.fetch(sql.find_customers, [account_bucket(found)], shop, [found])
    return dict.fromkeys([friend], Who(found, rows[0]["shopid"], rows[0]["email"])) if rows else {}


async def home_of(conn: Conn, shop: int, account: int) -> int | None:
    """The member that an account is by now: another one's, where it was merged; None: nobody's."""
    name = format_id(account)
    for row in await conn.fetch(sql.find_identities, shop, [key_bucket("bhid", name)], ["bhid"], [name]):
        if row["key"] == name:
            return int(row["account"])
    rows = await conn.fetch(sql.read_accounts, [account_bucket(account)], shop, [account])
    return account if rows and rows[0]["enrolment"] not in ("merged", "erased") else None


async def first_open(
    conn: Conn, shop: int, led: list[tuple[tuple[str, str], Invited]], at: int
) -> tuple[int, int] | None:
    """The sender and the invitation of the first of these names of which one has not ended."""
    for (kind, key), (sender, referral, expires_at) in led:
        if at < expires_at:
            return sender, referral
        other = await conn.fetchrow(sql.still_invited, shop, key, at) if kind == "invited" else None
        if other is not None:
            return other["account"], other["id"]
    return None


async def led_by(conn: Conn, shop: int, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Invited]:
    """The senders and invitations that these names lead to, and when these end."""
    if not names:
        return {}
    buckets, keys = sorted({key_bucket(*name) for name in names}), sorted({key for _, key in names})
    rows = await conn.fetch(sql.find_identities, shop, buckets, ["referral", "invited"], keys)
    if not rows:
        return {}
    senders = sorted({row["account"] for row in rows})
    numbers = [row["number"] for row in rows]
    found = await conn.fetch(sql.find_referrals, account_buckets(senders), shop, senders, numbers)
    ends = {(row["account"], row["id"]): row["expires_at"] for row in found}
    at = {(row["kind"], row["key"]): (row["account"], row["number"]) for row in rows}
    return {name: Invited(*place, ends[place]) for name, place in at.items() if place in ends}


async def move_referrals(conn: Conn, shop: int, source: int, into: int) -> list[tuple[str, str, int]]:
    """Let invitations, and who came by them, follow to the member who took over; gives the codes that lead to them."""
    home, target = account_bucket(source), account_bucket(into)
    sent = [Invitation(*row) for row in await conn.fetch(sql.read_referrals, home, shop, source)]
    ids = await _free_ids(conn, shop, sent, into)
    for former, id_ in ids.items():
        if id_ != former:
            await conn.execute(sql.renumber_referral, home, shop, source, former, id_)
    await conn.execute(sql.take_referrals, target, shop, into, home, source)
    await conn.execute(sql.take_acceptances, target, shop, into, home, source)
    await forget_referrals(conn, shop, source)
    to = [(key_bucket("invited", one.destination), one.destination, one.id) for one in sent if one.destination]
    if to:
        led = [(*one, ids[one[-1]]) for one in to]
        await conn.execute(sql.follow_invited, shop, into, source, *transposed(led))
    return [("referral", one.code, ids[one.id]) for one in sent]


async def _free_ids(conn: Conn, shop: int, sent: list[Invitation], into: int) -> dict[int, int]:
    """By their ids those that invitations have with another member: two of one bucket may have sent some with the same
    ids, and then they have the next ones that are free."""
    if not sent:
        return {}
    taken = {row["id"] for row in await conn.fetch(sql.read_referrals, account_bucket(into), shop, into)}
    ids: dict[int, int] = {}
    for one in sorted((one.id for one in sent), key=lambda id_: id_ in taken):  # those that keep theirs go first
        ids[one] = next(id_ for id_ in count(one) if id_ not in taken)
        taken.add(ids[one])
    return ids


async def forget_referrals(conn: Conn, shop: int, account: int) -> None:
    """Take a member's invitations away."""
    place = (account_bucket(account), shop, account)
    await conn.execute(sql.delete_referrals, *place)
    await conn.execute(sql.delete_acceptances, *place)
    await conn.execute(sql.delete_referrals_due, [place[0]], shop, [account])


async def lead_again(conn: Conn, shop: int, sent: list[Invitation]) -> None:
    """Let the addresses of invitations that are gone lead to whoever else invited them, the first of these."""
    to = _addresses(sent)
    if to:
        await conn.execute(sql.lead_invited_again, shop, [key_bucket("invited", one) for one in to], to)


def names_of(sent: list[Invitation]) -> list[tuple[str, str]]:
    """The names that lead to invitations: kind and key."""
    return [("referral", one.code) for one in sent] + [("invited", one) for one in _addresses(sent)]


def _addresses(sent: list[Invitation]) -> list[str]:
    return sorted({one.destination for one in sent if one.destination})
