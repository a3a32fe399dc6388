"""Resolving: which member a command is about, as names lead before anybody is locked (S11.1).

A push makes unknown customers known. The shop's id leads: an e-mail is a second name, taken only where it is free, and
an e-mail that belongs to somebody else stays there. Every other command must name somebody who exists.
"""

from __future__ import annotations

import random
from typing import Any, Final

from leal.engine.commands import EmptyIdentity, IdentityMismatch, Pushed, UnknownCustomer, Who
from leal.engine.rows import Row, account_buckets, key_bucket, new_account_id
from leal.engine.verb import Pending
from leal.errors import LealError
from leal.store.db import Conn
from leal.store.queries import sql
from leal.values import format_id

PEOPLE = ("shopid", "email", "bhid")
"""Kinds of names that lead to a member; the id of one who was merged leads to whoever took over."""
Name = tuple[str, str]
"""Kind and key of an identity."""
Places = dict[Name, tuple[int, int]]
"""Where names lead: member and number."""
Records = dict[int, tuple[str | None, str | None]]
"""Shop id and e-mail on members' records."""
LOCKED_BY: Final = frozenset({"shopid", "order", "code"})
"""Of commands that are named by no other kinds the shop's ids alone tell the members."""


class Resolution:
    """What a batch's commands are about."""

    def __init__(self) -> None:
        self.account_of: dict[Pending, int] = {}
        self.order_at: dict[str, tuple[int, int]] = {}
        """Where each known order stands: member and number."""
        self.redemption_of: dict[str, tuple[int, int]] = {}
        """Where each known code stands: member and number."""
        self.new: dict[int, None] = {}
        """Members to make, in order."""
        self.claims: dict[Name, int] = {}
        self.releases: list[tuple[Name, int]] = []
        self.emails: dict[int, str] = {}
        """E-mails to note on members' records."""
        self.shopids: dict[int, str] = {}
        self.on_record: Records = {}
        """The records as they were looked up, for members who get a new name."""
        self.postponed: list[Pending] = []
        """Commands that must wait for another of the same batch."""
        self.locked: list[Row] | None = None
        """Accounts of those named whom nobody else held, where they were locked with the look-up."""

    def named_of_others(self) -> Places:
        """Where the codes and orders stand that commands name and that are not their own member's."""
        others: Places = {}
        for pending, account in self.account_of.items():
            places: list[tuple[Name, tuple[int, int] | None]] = [
                (("code", code), self.redemption_of.get(code)) for code in pending.verb.codes
            ]
            if (order_id := pending.verb.about_order) is not None:
                places.append((("order", order_id), self.order_at.get(order_id)))
            others |= {name: place for name, place in places if place is not None and place[0] != account}
        return others

    def moves_order(self, pending: Pending, account: int) -> bool:
        """Whether the command's order stands at another member so far."""
        place = self.order_at.get(pending.verb.order_id or "")
        return place is not None and place[0] != account


async def resolve(conn: Conn, shop: int, batch: list[Pending], *, lock: bool = False) -> Resolution:
    """Find or found the member of each command; a command that names nobody fails with its own error.

    To `lock` whoever nobody else holds with the look-up saves a round trip, where the names tell enough.
    """
    found = Resolution()
    names = _names(batch)
    if lock and LOCKED_BY.issuperset(kind for kind, _ in names):
        known, found.locked = await _lock_named(conn, shop, names)
    else:
        known = await _look_up(conn, shop, names)
    may_found = any(name[0] in ("shopid", "email") and name not in known for name in names)
    real_at: int = await conn.fetchval(sql.real_time) if may_found else 0  # an id begins with the time
    for (kind, key), place in known.items():
        if kind == "order":
            found.order_at[key] = place
        elif kind == "code":
            found.redemption_of[key] = place
    people = {name: place[0] for name, place in known.items() if name[0] in PEOPLE}
    records = await _records(conn, shop, batch, people)
    found.on_record = dict(records)
    first_owner: dict[str, int] = {}
    disputed: set[str] = set()
    for pending in batch:
        try:
            account = _account_of(found, people, records, pending, real_at)
        except LealError as failure:
            if pending.verb.erases and isinstance(failure, UnknownCustomer):
                pending.outcome = Pushed()
            else:
                pending.failure = failure
            continue
        order_id = pending.verb.order_id
        if order_id is not None and (order_id in disputed or first_owner.setdefault(order_id, account) != account):
            disputed.add(order_id)  # whoever names this order later keeps the turn, too
            pending.group = f"order {order_id}"
            found.postponed.append(pending)
            continue
        found.account_of[pending] = account
    return found


def _names(batch: list[Pending]) -> list[Name]:
    names: dict[Name, None] = {}
    for pending in batch:
        verb = pending.verb
        if verb.who.shopid:
            names["shopid", verb.who.shopid] = None
        if verb.who.email:
            names["email", verb.who.email] = None
        if verb.who.bhid is not None:
            names["bhid", format_id(verb.who.bhid)] = None
        for order_id in (verb.order_id, verb.about_order):
            if order_id is not None:
                names["order", order_id] = None
        for code in verb.codes:
            names["code", code] = None
    return list(names)


async def _look_up(conn: Conn, shop: int, names: list[Name]) -> Places:
    if not names:
        return {}
    rows = await conn.fetch(sql.look_up_names, shop, *_columns(names))
    return {(row["kind"], row["key"]): (row["account"], row["number"]) for row in rows}


async def _lock_named(conn: Conn, shop: int, names: list[Name]) -> tuple[Places, list[Row]]:
    """Where names lead, and the rows of members that are locked now, each once, as they were locked."""
    rows = await conn.fetch(sql.lock_named, shop, *_columns(names)) if names else []
    known = {(row["kind"], row["key"]): (row["account"], row["place"]) for row in rows}
    locked = {row["id"]: row for row in rows if row["id"] is not None}
    return known, sorted(locked.values(), key=lambda row: row["real_at"])


def _columns(names: list[Name]) -> tuple[list[int], list[str], list[str]]:
    return [key_bucket(kind, key) for kind, key in names], [kind for kind, _ in names], [key for _, key in names]


async def still_at(conn: Conn, shop: int, places: Places) -> Places:
    """Where what is named stands now: as `places` says, where nothing moved."""
    found = await _look_up(conn, shop, list(places))
    return {name: place for name, place in found.items() if name in places}


async def _records(conn: Conn, shop: int, batch: list[Pending], people: dict[Name, int]) -> Records:
    """Shop id and e-mail on record, for members who are named in more than one way or by bhid."""
    accounts: set[int] = set()
    for pending in batch:
        who = pending.verb.who
        by_name = [people.get(("shopid", who.shopid or "")), people.get(("email", who.email or ""))]
        named = [*by_name, _by_bhid(people, who)]
        given = [bool(who.shopid), bool(who.email), who.bhid is not None]
        if sum(given) > 1 or who.bhid is not None:
            accounts.update(account for account in named if account is not None)
    return await on_record(conn, shop, accounts)


async def on_record(conn: Conn, shop: int, accounts: set[int]) -> Records:
    """The names on members' records."""
    if not accounts:
        return {}
    some = sorted(accounts)
    rows = await conn.fetch(sql.find_customers, account_buckets(some), shop, some)
    return {row["account"]: (row["shopid"], row["email"]) for row in rows}


def _account_of(found: Resolution, people: dict[Name, int], records: Records, pending: Pending, real_at: int) -> int:
    who = pending.verb.who
    if who.is_empty:
        raise EmptyIdentity
    if pending.verb.facts is None or not pending.verb.makes_known:
        return _existing(people, records, who)
    by_shopid = people.get(("shopid", who.shopid)) if who.shopid else None
    by_email = people.get(("email", who.email)) if who.email else None
    account = by_shopid if who.shopid else by_email
    if account is None and by_email is not None and records.get(by_email, (None, None))[0] is None:
        account = by_email  # known by e-mail alone until now
    if account is None:
        account = new_account_id(real_at, key_bucket("member", who.shopid or who.email or ""), random.getrandbits(12))
        while account in found.new:
            account += 1
        found.new[account] = None
    shopid, email = records.get(account, (None, None))
    if who.shopid and by_shopid is None:
        _claim(found, people, ("shopid", who.shopid), account)
        found.shopids[account] = shopid = who.shopid
    if who.email and by_email is None:
        if email is not None:
            _release(found, people, ("email", email), account)
        _claim(found, people, ("email", who.email), account)
        found.emails[account] = email = who.email
    records[account] = (shopid, email)
    return account


def _claim(found: Resolution, people: dict[Name, int], name: Name, account: int) -> None:
    found.claims[name] = account
    people[name] = account


def _release(found: Resolution, people: dict[Name, int], name: Name, account: int) -> None:
    """Give a name up, one that this very batch claimed or one that is stored."""
    if found.claims.pop(name, None) is None:
        found.releases.append((name, account))
    people.pop(name, None)


def _by_bhid(people: dict[Name, int], who: Who) -> int | None:
    """The member of an id: another one's, where the id's own was merged."""
    return None if who.bhid is None else people.get(("bhid", format_id(who.bhid)), who.bhid)


def _existing(people: dict[Name, int], records: Records, who: Who) -> int:
    """The member that every given field leads to, or that has no such field on record (S11.1)."""
    bhid = _by_bhid(people, who)
    candidates: list[Any] = [
        bhid if bhid in records else None,
        people.get(("shopid", who.shopid)) if who.shopid else None,
        people.get(("email", who.email)) if who.email else None,
    ]
    matched = [account for account in candidates if account is not None]
    if not matched:
        raise UnknownCustomer
    account = int(matched[0])
    shopid, email = records.get(account, (None, None))
    contradicts = (
        any(other != account for other in matched)
        or (bhid is not None and bhid != account)
        or bool(who.shopid and candidates[1] is None and shopid is not None)
        or bool(who.email and candidates[2] is None and email is not None)
    )
    if contradicts:
        raise IdentityMismatch
    return account


async def existing_account(conn: Conn, shop: int, who: Who) -> int:
    """The member that an identity names, for a read; raises EmptyIdentity, UnknownCustomer, IdentityMismatch."""
    if who.is_empty:
        raise EmptyIdentity
    bhid = None if who.bhid is None else format_id(who.bhid)
    names = [(kind, key) for kind, key in (("shopid", who.shopid), ("email", who.email), ("bhid", bhid)) if key]
    people = {name: place[0] for name, place in (await _look_up(conn, shop, names)).items()}
    accounts = set(people.values()) | ({own} if (own := _by_bhid(people, who)) is not None else set())
    return _existing(people, await on_record(conn, shop, accounts), who)
