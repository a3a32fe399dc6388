"""Plans: what a programme would change, told before it is published (S10.2).

Reads one snapshot of a shop, a page of members at a time, and writes nothing: each member is settled in memory to the
instant at which the new version would take effect, once without it and once with it, by the rules that settle it then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import chain

import msgspec

from leal.engine.clocks import read_clock
from leal.engine.commands import Shop
from leal.engine.lending import decide_with_loans
from leal.engine.pages import lend_lots
from leal.engine.programmes import Programmes
from leal.engine.publish import checked, plan_hash
from leal.engine.rows import account_buckets, account_from
from leal.engine.verb import Member
from leal.rules.forecast import Forecast, Seen, look
from leal.rules.programme.differences import FieldChange, field_changes
from leal.rules.programme.document import Programme
from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Terms, Version, Versions, compile_terms
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import NEVER, format_id

PAGE = 250
"""Members looked at together."""


class Plan(msgspec.Struct, frozen=True):
    """What a document would change."""

    shop: str
    hash: str
    """What `publish` takes as proof that this very document was planned on this very version."""
    version: int
    """The newest version, on which it was planned; 0: none yet."""
    at: int
    """When it would take effect, were it published now; everything is told as of then. Microseconds."""
    before: Terms | None
    after: Terms
    fields: list[FieldChange]
    forecast: Forecast


async def plan(
    db: Database, shop: Shop, programmes: Programmes, text: str, progress: Callable[[int, int], None] | None = None
) -> Plan:
    """What publishing the document would change; `progress` is told how many of how many members were looked at.

    Raises InvalidInput as publishing does.
    """
    programme, terms = await asyncio.to_thread(_compiled, shop, text)
    async with db.report(shop.id) as conn:
        clock = await read_clock(conn, shop.id)
        newest = clock.newest
        versions = await programmes.upto(conn, shop.id, newest)
        last = await conn.fetch(sql.all_versions, shop.id, newest - 1) if newest else []
        at = max(clock.now, versions.all[-1].effective_at if versions.all else -NEVER)
        then = Versions([*versions.all, Version(newest + 1, at, terms)])
        forecast = await _forecast(conn, shop, (versions, then), clock.real_at, at, progress)
        await _name(conn, shop, forecast)
    return Plan(
        shop=shop.slug,
        hash=plan_hash(programme, newest),
        version=newest,
        at=at,
        before=versions.all[-1].terms if versions.all else None,
        after=terms,
        fields=field_changes(read_programme(last[-1]["document"]) if last else None, programme),
        forecast=forecast,
    )


def _compiled(shop: Shop, text: str) -> tuple[Programme, Terms]:
    programme = checked(shop, text)
    return programme, compile_terms(programme)


async def _forecast(
    conn: Conn,
    shop: Shop,
    ways: tuple[Versions, Versions],
    real_at: int,
    at: int,
    progress: Callable[[int, int], None] | None,
) -> Forecast:
    """Every member seen at the instant under the versions there are, and under those and the new one."""
    forecast = Forecast()
    counts = dict(await conn.fetchrow(sql.shop_counts, shop.id) or {})
    last = (-1, 0)
    while rows := await conn.fetch(sql.verify_accounts, shop.id, *last, PAGE):
        last = (rows[-1]["bucket"], rows[-1]["id"])
        members = {row["id"]: Member(account_from(row), is_new=False) for row in rows}
        seen: dict[int, list[Seen]] = {}

        def decide(account: int, members: dict[int, Member] = members, seen: dict[int, list[Seen]] = seen) -> None:
            member, both = members[account], []
            for versions in ways:
                member.start(shop.id, versions, real_at, at)
                both.append(look(member.book))
            seen[account] = both

        await lend_lots(conn, shop.id, members, members)
        await decide_with_loans(conn, shop.id, members, members, decide)
        for account in members:
            forecast.add(format_id(account), *seen[account])
        if progress is not None:
            progress(forecast.accounts, counts.get("members", 0))
    return forecast


async def _name(conn: Conn, shop: Shop, forecast: Forecast) -> None:
    """Let the members of the samples bear the shop's own ids, where they have one."""
    moves = [*forecast.tiers, *forecast.at_deadline]
    ids = [int(name, 16) for name in chain.from_iterable(move.sample for move in moves)]
    if not ids:
        return
    rows = await conn.fetch(sql.find_customers, account_buckets(ids), shop.id, ids)
    names = {format_id(row["account"]): row["shopid"] or row["email"] for row in rows}
    for move in moves:
        move.sample = [names.get(name) or name for name in move.sample]
