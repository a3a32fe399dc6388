"""The reckoning: what clients were told, held against what the database has."""

from __future__ import annotations

from collections import Counter

import asyncpg

from leal.engine.commands import Shop
from leal.engine.engine import Engine
from tests.engines import key
from tests.hammer.asking import ask
from tests.hammer.journal import Answer, Wish

LAWS = {
    "conservation": "account where earned + debt <> available + pending + held + redeemed + expired",
    "negative": "account where least(available, pending, held, redeemed, expired, earned, debt) < 0",
    "debt beside points": "account where debt > 0 and available + pending > 0",
    "more returned than drawn": "redemption where restored not between 0 and points",
}
"""What there must be none of."""


async def ask_again(engine: Engine, shop: Shop, wishes: dict[str, Wish], answers: dict[str, Answer]) -> int:
    """Repeat, under the same keys, whatever has no known answer; gives how many there were."""
    unknown = [wish for number, wish in wishes.items() if number not in answers or answers[number].outcome == "unknown"]
    for wish in unknown:
        answers[wish.number] = await ask(engine, shop, wish)
        assert answers[wish.number].outcome != "unknown", answers[wish.number]
    return len(unknown)


async def discrepancies(
    admin: asyncpg.Connection[asyncpg.Record], wishes: dict[str, Wish], answers: dict[str, Answer]
) -> list[str]:
    """Every answer the database does not bear out, and everything in the database that nobody was told of."""
    found = []
    for law, broken in LAWS.items():
        if count := await admin.fetchval(f"select count(*) from {broken}"):
            found.append(f"{law}: {count}")
    done = {number: answer for number, answer in answers.items() if answer.outcome == "done"}
    orders = ("order", "befriend")
    captured = {done[n].change_id: done[n] for n, wish in wishes.items() if wish.kind == "capture" and n in done}
    redeemed = [done[n] for n, wish in wishes.items() if wish.kind == "redeem" and n in done]
    found += await _redemptions(admin, [*redeemed, *captured.values()])
    found += await _gifts(admin, [done[n] for n, wish in wishes.items() if wish.kind == "gift" and n in done])
    found += await _adjustments(admin, Counter(wishes[n].action for n in done if wishes[n].kind in ("adjust", "void")))
    found += await _returned(admin, [wishes[n] for n in done if wishes[n].kind == "unredeem"], done)
    found += await _orders(admin, [wishes[n] for n in done if wishes[n].kind in orders])
    found += await _keys(admin, [wish for n, wish in wishes.items() if wish.kind not in orders and n in answers])
    return found


async def _redemptions(admin: asyncpg.Connection[asyncpg.Record], told: list[Answer]) -> list[str]:
    """Each granted redemption is there once, with its points and its code, and no other one is."""
    rows = await admin.fetch(
        "select change_id, coalesce(code, '') as code, points from redemption where kind = 'points'"
    )
    stored = Counter((row["change_id"], row["code"], row["points"]) for row in rows)
    granted = Counter((one.change_id, one.code, one.points) for one in told)
    return [f"redemption told but not stored: {one}" for one in granted - stored] + [
        f"redemption stored but not told: {one}" for one in stored - granted
    ]


async def _gifts(admin: asyncpg.Connection[asyncpg.Record], told: list[Answer]) -> list[str]:
    """Each granted gift left its sender once, and as much as left came in elsewhere."""
    rows = await admin.fetch("select change_id, points from redemption where kind = 'gift'")
    left = Counter((row["change_id"], row["points"]) for row in rows)
    came = await admin.fetchval(
        "select coalesce(sum(e.earned - before.earned), 0)::bigint from entry e"
        " join entry before on before.account = e.account and before.number = e.number - 1"
        " where e.type = 'points_received'"
    )
    if left == Counter((one.change_id, one.points) for one in told) and came == sum(one.points for one in told):
        return []
    return [f"gifts told: {len(told)}, stored: {len(rows)}; {came} points came in"]


async def _adjustments(admin: asyncpg.Connection[asyncpg.Record], told: Counter[str]) -> list[str]:
    """As many corrections of each kind as were granted, by the notes that came with them."""
    rows = await admin.fetch("select split_part(note::jsonb->>'description', ' ', 1) as action from entry_note")
    stored = Counter(row["action"] for row in rows)
    return [] if stored == told else [f"corrections told: {told}, stored: {stored}"]


async def _returned(admin: asyncpg.Connection[asyncpg.Record], told: list[Wish], done: dict[str, Answer]) -> list[str]:
    """What a member undid was undone once: the entry gave back the very points the answer names."""
    rows = await admin.fetch(
        "select r.change_id, sum(before.redeemed - e.redeemed)::bigint as points, count(*) as times from entry e"
        " join entry before on before.account = e.account and before.number = e.number - 1"
        " join redemption r on r.account = e.account and r.number = e.cause_number"
        " where e.type = 'points_returned' and e.changes like '%limit_used%' group by r.change_id"
    )
    stored = {row["change_id"]: (row["points"], row["times"]) for row in rows}
    wanted = {wish.change_id: (done[wish.number].points, 1) for wish in told}
    return (
        []
        if stored == wanted
        else [f"undone: told {len(wanted)}, stored {len(stored)}, {stored.items() ^ wanted.items()}"]
    )


async def _orders(admin: asyncpg.Connection[asyncpg.Record], told: list[Wish]) -> list[str]:
    """Each order stands with one member, no older than any snapshot that was taken."""
    rows = await admin.fetch(
        "select o.order_id, (extract(epoch from o.updated_at) * 1000000)::bigint as at, c.shopid from order_state o"
        " join customer c on c.account = o.account where o.status <> 'moved'"
    )
    stored = {row["order_id"]: row["at"] for row in rows}
    newest: dict[str, int] = {}
    for wish in told:
        newest[wish.order] = max(newest.get(wish.order, 0), wish.at)
    found = [
        f"order {one} stands twice" for one, times in Counter(row["order_id"] for row in rows).items() if times > 1
    ]
    found += [f"order {one} is missing" for one in newest.keys() - stored.keys()]
    own = {one: at for one, at in newest.items() if not one.startswith("shared-")}
    found += [f"order {one} is older than what was told" for one, at in own.items() if stored.get(one, at) < at]
    return found


async def _keys(admin: asyncpg.Connection[asyncpg.Record], told: list[Wish]) -> list[str]:
    """Every keyed command that was answered has its answer kept, under its own key."""
    stored = {row["key"] for row in await admin.fetch("select key from idempotency")}
    lost = [wish.number for wish in told if key(f"{wish.kind} {wish.number}").key not in stored]
    return [f"answers without a kept key: {lost[:5]} and {len(lost)} in all"] if lost else []


def summary(wishes: dict[str, Wish], answers: dict[str, Answer], seconds: float) -> str:
    """How much was done, in one line."""
    kinds = Counter(wish.kind for wish in wishes.values())
    outcomes = Counter(answer.outcome for answer in answers.values())
    why = Counter(answer.why for answer in answers.values() if answer.outcome == "refused")
    return (
        f"{len(wishes):,} commands in {seconds:.0f} s ({len(wishes) / seconds:,.0f}/s): {dict(kinds)};"
        f" answers: {dict(outcomes)}; refused: {dict(why)}"
    )
