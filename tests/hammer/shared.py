"""What members share, and what pays once: stocks, caps, a budget, milestones, referrals, and members who became one."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

import asyncpg

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from tests.engines import found_shop, known, programme
from tests.hammer.client import GUESTS
from tests.hammer.journal import Answer, Wish

DAILY, FOR_LIFE = 900, 3000
"""Most points that orders give a member. Soon used up: from then on what one order gets is what another gave back."""
CAPS = f"[{{points: {DAILY}, period: daily}}, {{points: {FOR_LIFE}}}]"
VISIT, BUDGET = 3, 50
"""Points of a visit, and of all visits together; the last one gets what is left."""
BADGES, MUGS_A_MEMBER = 30, 2
ORDERS_ASKED = 4
SLACK = 1_000_000
"""Microseconds that a piece that came back may take to be there for others."""
WORDS = f"""
offers:
  - {{slug: rare, title: The only one, kind: vendible, points: 1, gives: {{amount: 5}}, stock: 1}}
  - {{slug: badge, title: A badge, kind: vendible, points: 1, gives: {{product: badge}}, stock: {BADGES}}}
  - slug: mug
    title: A mug
    kind: vendible
    points: 2
    gives: {{product: mug}}
    per_member: {{count: {MUGS_A_MEMBER}, period: daily}}
milestones:
  - {{slug: regular, title: A regular, counts: orders, reach: {ORDERS_ASKED}, points: 7}}
"""
SOURCES = f"""
  - slug: visits
    title: Visit
    kind: trigger
    trigger: visit
    points: {VISIT}
    caps: [{{points: {BUDGET}}}]
triggers:
"""


async def found_shared_shop(engine: Engine, members: int) -> Shop:
    """The shop with its programme, members and guests."""
    shop = await found_shop(engine, sandbox=False)
    text = programme(caps=CAPS).replace("triggers:\n", SOURCES, 1) + WORDS
    await engine.publish(shop, text, author="test")
    shop = await engine.shop(shop.slug)
    await engine.push_customers(shop, [known(f"m{i}") for i in range(members)])
    await engine.push_customers(shop, [known(f"g{i}") for i in range(GUESTS)])
    return shop


async def shared_faults(
    admin: asyncpg.Connection[asyncpg.Record], wishes: dict[str, Wish], answers: dict[str, Answer]
) -> list[str]:
    """What was given too often, or not given though it was there."""
    done = [wish for number, wish in wishes.items() if answers[number].outcome == "done"]
    found = await _offers(admin, wishes, answers)
    found += await _caps(admin)
    found += await _budget(admin, sum(wish.kind == "visit" for wish in done))
    found += await _milestones(admin)
    found += await _referrals(admin, {wish.customer for wish in done if wish.kind == "befriend"})
    found += await _merged(admin, {wish.customer: wish.to for wish in done if wish.kind == "merge"})
    return found


async def _offers(
    admin: asyncpg.Connection[asyncpg.Record], wishes: dict[str, Wish], answers: dict[str, Answer]
) -> list[str]:
    """Each reward that was told is there once; a stock is what is held and what is left; nobody was refused before."""
    told = Counter(
        (answers[n].change_id, wish.offer, answers[n].code, answers[n].points)
        for n, wish in wishes.items()
        if wish.kind == "take" and answers[n].outcome == "done"
    )
    rows = await admin.fetch(
        "select change_id, offer, code, points, unit, account, status from redemption where kind = 'offer'"
    )
    stored = Counter((row["change_id"], row["offer"], row["code"], row["points"]) for row in rows)
    found = (
        [] if told == stored else [f"offers: told but not stored {told - stored}, stored but not told {stored - told}"]
    )
    left = {row["key"]: row["units"] for row in await admin.fetch(
        "select key, sum(units)::bigint as units from stock where kind = 'offer' group by key"
    )}  # fmt: skip
    held = Counter(row["offer"] for row in rows if row["unit"])
    for offer, stock in (("rare", 1), ("badge", BADGES)):
        if left.get(offer, stock) < 0 or left.get(offer, stock) + held[offer] != stock:
            found.append(f"{offer}: {held[offer]} held, {left.get(offer)} left of {stock}")
    moved = await _badges_left(admin)
    for number, wish in wishes.items():
        if wish.offer == "badge" and "out_of_stock" in answers[number].why:
            since = wish.at - SLACK
            before = [left for at, left in moved if at <= since][-1:] or [BADGES]
            meanwhile = [left for at, left in moved if since < at <= answers[number].at]
            if min(before + meanwhile) > 0:
                found.append(f"badge: refused while one was left: {answers[number]}")
    mugs = Counter(row["account"] for row in rows if row["offer"] == "mug" and row["status"] != "voided")
    return found + [f"mugs: {count} of account {one}" for one, count in mugs.items() if count > MUGS_A_MEMBER]


async def _badges_left(admin: asyncpg.Connection[asyncpg.Record]) -> list[tuple[int, int]]:
    """How many badges were left after each that was taken, or came back with what staff unspent, by the books."""
    rows = await admin.fetch(
        "select (extract(epoch from effective_at) * 1000000)::bigint as at,"
        " (nullif(changes, '')::jsonb -> 'units' ->> 'badge')::int as units"
        " from entry where nullif(changes, '')::jsonb -> 'units' ->> 'badge' is not null order by 1, 2 desc"
    )
    left = accumulate((-row["units"] for row in rows), initial=BADGES)
    return list(zip((row["at"] for row in rows), list(left)[1:], strict=True))


async def _caps(admin: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """What a member's own awards use of caps, mergers apart, which add what was used."""
    rows = await admin.fetch(
        "select account, max(used) as most, sum(used) as used from"
        " (select account, day, sum(points) as used from cap_use"
        " where source = 'purchases' and award > 0 group by account, day) as days group by account"
    )
    return [f"caps: {dict(row)}" for row in rows if row["most"] > DAILY or row["used"] > FOR_LIFE]


async def _budget(admin: asyncpg.Connection[asyncpg.Record], visits: int) -> list[str]:
    """As much as all visits earned, up to the budget; what is left of it is the rest."""
    given = await admin.fetchval(
        "select coalesce(sum(e.earned - before.earned), 0)::bigint from entry e"
        " join entry before on before.account = e.account and before.number = e.number - 1"
        " where e.type = 'earned_from_source' and e.changes::jsonb ->> 'source' = 'visits'"
    )
    left = await admin.fetchval("select sum(units)::bigint from stock where kind = 'budget' and key = 'visits'")
    if given == min(BUDGET, VISIT * visits) and (left is None or left == BUDGET - given):
        return []
    return [f"budget: {visits} visits were given {given} points, {left} are left"]


async def _milestones(admin: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """Whoever has the orders has it once, and nobody else does; guests have too few to bring it along."""
    rows = await admin.fetch(
        "select a.id, a.orders, count(*) filter (where e.type = 'milestone_reached')"
        " - count(*) filter (where e.type = 'milestone_lost') as times"
        " from account a left join entry e on e.account = a.id where a.enrolment <> 'merged' group by a.id, a.orders"
    )
    return [f"milestone: {dict(row)}" for row in rows if row["times"] != int(row["orders"] >= ORDERS_ASKED)]


async def _referrals(admin: asyncpg.Connection[asyncpg.Record], friends: set[str]) -> list[str]:
    """Each friend came by one invitation, and both sides were paid for it once."""
    rows = await admin.fetch(
        "select c.shopid, count(a.friend) as times, count(a.rejected) as rejected,"
        " (select count(*) from entry e where e.account = c.account and e.type = 'earned_as_referree') as paid"
        " from customer c left join acceptance a on a.friend = c.account where c.shopid like 'f%'"
        " group by c.shopid, c.account"
    )
    known = {row["shopid"]: (row["times"], row["rejected"], row["paid"]) for row in rows}
    found = [] if known == dict.fromkeys(friends, (1, 0, 1)) else [f"friends: {known}, told of {sorted(friends)}"]
    sent = await admin.fetch(
        "select account, (select count(*) from acceptance a where a.account = account.id) as friends, paid"
        " from (select account, count(*) as paid from entry where type = 'earned_as_referrer' group by account) as e"
        " join account on account.id = e.account"
    )
    found += [f"referrer: {dict(row)}" for row in sent if row["friends"] != row["paid"]]
    if (paid := sum(row["paid"] for row in sent)) != len(friends):
        found.append(f"referrers were paid for {paid} friends of {len(friends)}")
    return found


async def _merged(admin: asyncpg.Connection[asyncpg.Record], told: dict[str, str]) -> list[str]:
    """Whoever was merged leads to the member who took over, and left nothing behind."""
    rows = await admin.fetch(
        "select g.key as guest, m.shopid as member, (select a.available + a.pending + a.held + a.earned + a.orders"
        " from merged t join account a on a.id = t.source where t.shopid = g.key) as behind"
        " from identity g join customer m on m.account = g.account where g.kind = 'shopid' and g.key like 'g%'"
    )
    found = {row["guest"]: (row["member"], row["behind"]) for row in rows if row["guest"] != row["member"]}
    return [] if found == {guest: (to, 0) for guest, to in told.items()} else [f"merged: {found}, told {told}"]
