"""Erasing: one member, and everything by which the person could be told, in one transaction (S11.3).

What goes: the record and every name, orders, redemptions with their codes, the notes of entries with their salts,
notices, kept answers, refused items that name the person, and what was shown to it. What stays: the account with its
entries and day sums, and the ids of those whom the member took over: all under ids that lead to no person.
"""

from __future__ import annotations

import msgspec

from leal.engine.adjust import figures
from leal.engine.audit import Act
from leal.engine.clocks import read_clock
from leal.engine.commands import PushCustomer, Pushed, Shop, UnknownCustomer
from leal.engine.errands import forget_errands
from leal.engine.invitations import forget_referrals, lead_again, names_of
from leal.engine.lending import Stale, decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.referrals import friends_due_of, settle_before
from leal.engine.resolving import Resolution, existing_account, on_record
from leal.engine.rows import account_bucket, account_from, key_bucket, redemption_from
from leal.engine.storing import note_gone, store
from leal.engine.taken import taken_over
from leal.engine.verb import Invitation, Member, Pending, Verb
from leal.rules.erasing import erase
from leal.store.db import Conn
from leal.store.queries import sql
from leal.values import format_id


class EraseVerb(Verb):
    """Erase one customer; whoever is not known is erased already. It goes apart from every other command."""

    makes_known = False
    erases = True

    def __init__(self, command: PushCustomer) -> None:
        self.who = command.customer.who
        self._by = command.by

    def decide(self, member: Member) -> Pushed:
        """Let the member go."""
        before = figures(member)
        erase(member.book, member.now)
        number = member.book.account.number
        self.acts = [Act(self._by, "customer.erased", "", member.stored.id, number, before, figures(member))]
        return Pushed()


class _Person(msgspec.Struct):
    """By what a person could be told."""

    names: list[tuple[str, str]] = []
    """Kind and key of what leads to the member."""
    known_as: str | None = None
    """The member's own shop id."""
    shopids: list[str] = []
    emails: list[str] = []
    orders: list[str] = []
    sent: list[Invitation] = []
    in_hand: list[int] = []
    """Numbers of the redemptions whose codes were not used."""


async def erase_member(conn: Conn, shop: Shop, programmes: Programmes, pending: Pending) -> None:
    """Erase a member inside the caller's transaction; raises Stale, EmptyIdentity or IdentityMismatch."""
    who = pending.verb.who
    try:
        account = await existing_account(conn, shop.id, who)
    except UnknownCustomer:
        pending.outcome = Pushed()
        return
    await settle_before(conn, shop, programmes, [account, *await friends_due_of(conn, shop, account)])
    bucket = account_bucket(account)
    rows = await conn.fetch(sql.lock_accounts_waiting, [bucket], shop.id, [account])
    if not rows or (stored := account_from(rows[0])).is_gone or await existing_account(conn, shop.id, who) != account:
        raise Stale
    clock = await read_clock(conn, shop.id)
    versions = await programmes.upto(conn, shop.id, clock.newest)
    now = clock.now
    members = {account: Member(stored, is_new=False)}

    def decide(_: int) -> None:
        members[account].start(shop.id, versions, clock.real_at, now)
        pending.outcome = pending.verb.decide(members[account])

    await decide_with_loans(conn, shop.id, members, [account], decide)
    await store(conn, shop.id, members, Resolution(), {account: [pending]})
    person = await _person(conn, shop.id, account)
    await forget_errands(conn, shop.id, account, person.in_hand, now)
    await _forget(conn, shop.id, account, person)


async def _person(conn: Conn, shop: int, account: int) -> _Person:
    """All that leads to the member, and those whom it took over."""
    bucket, person = account_bucket(account), _Person()
    record = (await on_record(conn, shop, {account})).get(account, (None, None))
    taken = await taken_over(conn, shop, [account])
    person.known_as = record[0]
    known = [record, *((one.shopid, one.email) for one in taken)]
    person.shopids = [shopid for shopid, _ in known if shopid]
    person.emails = [email for _, email in known if email]
    person.orders = [row["order_id"] for row in await conn.fetch(sql.verify_orders, [bucket], shop, [account])]
    rows = await conn.fetch(sql.verify_redemptions, [bucket], shop, [account])
    redemptions = [redemption_from(row) for row in rows]
    person.in_hand = [one.number for one in redemptions if one.code is not None and one.is_in_hand]
    person.sent = [Invitation(*row) for row in await conn.fetch(sql.read_referrals, bucket, shop, account)]
    person.names = [
        *(("shopid", shopid) for shopid in person.shopids),
        *(("email", email) for email in person.emails),
        *(("order", order) for order in person.orders),
        *(("code", one.code) for one in redemptions if one.code is not None),
        *names_of(person.sent),
    ]
    return person


async def _forget(conn: Conn, shop: int, account: int, person: _Person) -> None:
    """Take away everything that tells of the person."""
    bucket = account_bucket(account)
    sources = [one.source for one in await taken_over(conn, shop, [account])]
    await note_gone(conn, shop, [(account, person.known_as or format_id(account))])
    await conn.execute(sql.delete_cap_use, bucket, shop, account)
    everybody = [account, *sources]
    await conn.execute(sql.keep_budgets, bucket, shop, account, sorted(map(account_bucket, everybody)), everybody)
    for statement in (sql.delete_orders, sql.delete_redemptions, sql.delete_customer, sql.delete_answers):
        await conn.execute(statement, bucket, shop, account)
    await conn.execute(sql.delete_event_keys, bucket, shop, account)
    await conn.execute(sql.delete_holds, bucket, shop, account)
    await conn.execute(sql.delete_seen, bucket, shop, account)
    await conn.execute(sql.delete_links, bucket, shop, account)
    await forget_referrals(conn, shop, account)
    await conn.execute(sql.forget_merged_names, bucket, shop, account)
    for one in (account, *sources):
        await conn.execute(sql.delete_notes, account_bucket(one), shop, one)
    await conn.execute(sql.forget_wishes, shop, [account, *sources])
    await conn.execute(sql.forget_refusals, shop, [*person.shopids, format_id(account)])
    if person.names:
        await conn.execute(
            sql.drop_identities,
            shop,
            account,
            [key_bucket(kind, key) for kind, key in person.names],
            [kind for kind, _ in person.names],
            [key for _, key in person.names],
        )
    await lead_again(conn, shop, person.sent)
    await conn.execute(sql.forget_rejected_of, shop, person.shopids, person.emails, person.orders)
    await conn.execute(
        sql.forget_answers_naming, shop, [*person.emails, *(f'"{name}"' for name in person.shopids + person.orders)]
    )
