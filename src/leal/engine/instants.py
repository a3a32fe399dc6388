"""Instants: what a member is shown at any moment, past or to come, told without storing anything (S3.5).

A past instant is what the member would have been shown then: the account is rebuilt from the entries that had taken
effect, and looked at under the version that had. What fell due by then was entered, or came to nothing: it is not
judged again. An instant to come is the stored account settled on to it: nothing more happens, and versions that are
published already take effect on the way.
"""

from __future__ import annotations

from leal.engine.clocks import refuse_far
from leal.engine.commands import Balance, Shop, Who
from leal.engine.lending import decide_with_loans
from leal.engine.programmes import Programmes
from leal.engine.rows import entry_from, redemption_from
from leal.engine.showing import given_by, products_of, shelves_at
from leal.engine.taken import replayed_with, taken_over
from leal.engine.verb import Member
from leal.engine.views import settled
from leal.rules.account import Account
from leal.rules.known import uses_told
from leal.rules.ledger import Entry
from leal.rules.moments import follow_versions, moments_of
from leal.rules.person import NOBODY
from leal.rules.programme.terms import Versions
from leal.rules.replay import Replay
from leal.rules.returning import Redemption
from leal.rules.standing import Standing, logged_out, standing
from leal.store.db import Conn, Database
from leal.store.queries import sql


async def balance_at(
    db: Database, shop: Shop, programmes: Programmes, who: Who, at: int, *, full: bool, unused: bool
) -> Balance:
    """A member's standing at an instant of the shop's clock; before anything happened to the member, a stranger's.

    Raises InvalidInput, EmptyIdentity, UnknownCustomer, IdentityMismatch.
    """
    refuse_far(("at", at))
    async with db.shop(shop.id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        member, versions, real_at, now = await settled(conn, shop, programmes, who)
        rewards = await _rewards(conn, shop, member.stored, at) if unused else []
        shelves = await shelves_at(conn, shop.id, versions, at, full=full)
        then, shown = await _known(conn, shop, member, versions, at), None
        if then is not None:
            then.shelves = shelves
            shown = await _shown(conn, shop, then, versions, real_at, at, full=full)
        if then is None or shown is None or (at < now and not shown.account.number):  # nobody was entered yet
            shown = logged_out(shop.id, versions, at, shelves, full=full)
        elif unused:
            rewards = then.rewards_with(rewards)
        products = await products_of(conn, shop.id, shown)
    return Balance(member.stored.id, at, shown, rewards, given_by(rewards, versions), products)


async def _known(conn: Conn, shop: Shop, member: Member, versions: Versions, at: int) -> Member | None:
    """The member as of the last entry until an instant; None: there is none before what is settled already."""
    account = member.stored
    if at >= account.settled_at:
        return member
    rows = await conn.fetch(sql.entries_until, account.bucket, shop.id, account.id, at)
    if not rows:
        return None
    entries = [entry_from(row) for row in rows]
    replayed = await replayed_with(conn, shop.id, account.id, entries)
    then = as_of(entries, replayed, versions, at)
    uses = await conn.fetch(sql.find_cap_use, [account.bucket], shop.id, [account.id])
    capped = [(row["source"], row["day"], row["award"]) for row in uses]
    then.uses = uses_told(replayed.account, replayed, capped, versions)
    then.stored.person = account.person if account.person.birthday_at <= at else NOBODY  # told since: not known then
    return then


async def _shown(
    conn: Conn, shop: Shop, member: Member, versions: Versions, real_at: int, at: int, *, full: bool
) -> Standing:
    shown: list[Standing] = []

    def show(_: int) -> None:
        member.start(shop.id, versions, real_at, at)
        shown.append(standing(member.book, at, full=full))

    account = member.stored.id
    await decide_with_loans(conn, shop.id, {account: member}, [account], show)
    return shown[-1]


async def _rewards(conn: Conn, shop: Shop, account: Account, at: int) -> list[Redemption]:
    """The codes the member held at the instant, newest first."""
    rows = await conn.fetch(sql.codes_known_at, account.bucket, shop.id, account.id, at)
    held = [one for one in map(redemption_from, rows) if one.was_in_hand(at)]
    later = [one for one in await taken_over(conn, shop.id, [account.id]) if one.merged_at > at]
    return [one.as_of(at) for one in held if not any(other.brought(one.number) for other in later)]


def as_of(entries: list[Entry], replayed: Replay, versions: Versions, at: int) -> Member:
    """The member at an instant after the last of these entries, with the day sums and lapses of then lent to it."""
    then = replayed.account
    then.window = then.life  # the cached sum of a window that is everything
    then.everything_at, then.everything_passed_at = moments_of(entries, versions)
    follow_versions(then, versions, at)
    member = Member(then, is_new=False)
    member.day_sums = dict(replayed.days)
    member.lapses = (dict(replayed.lapsed), dict(replayed.award_dropped))
    return member
