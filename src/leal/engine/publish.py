"""Publishing programmes, founding shops, and moving a sandbox's clock (S1.4, S10.1)."""

from __future__ import annotations

import asyncio
import hashlib
import re

import msgspec

from leal.engine.audit import Act, note_acts
from leal.engine.clocks import lock_clock, read_clock, refuse_far
from leal.engine.commands import Shop
from leal.engine.rows import shop_from
from leal.errors import Conflict, InvalidInput, NotFound, Problem
from leal.rules.programme.document import Programme
from leal.rules.programme.reading import content_hash, print_programme, read_programme
from leal.store.db import Conn, Database
from leal.store.queries import sql
from leal.values import format_instant

_SLUG = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*")


class ShopExists(Conflict):
    """A shop of that slug is there already."""

    id = "shop_exists"
    sentence = "A shop of that slug is there already."


class NoProgramme(NotFound):
    """The shop has not published a programme, or not that version."""

    id = "no_programme"
    sentence = "The shop has no such programme version."


class PlanOutdated(Conflict):
    """The shop has published another version since the plan was made."""

    id = "plan_outdated"
    sentence = "The shop has published another version since the plan was made."


class PlanOfAnother(Conflict):
    """The plan was not made of this document."""

    id = "plan_of_another_document"
    sentence = "The plan was not made of this document for this shop: plan it anew."


class PlanNeeded(Conflict):
    """The document shortens lives, and no plan was given."""

    id = "plan_needed"
    sentence = "The document ends existing points sooner: plan it first, and give the plan's hash."


class NothingToUndo(NotFound):
    """There is no version before the newest one."""

    id = "nothing_to_undo"
    sentence = "The shop has no version before the newest one."


class NotASandbox(Conflict):
    """Only the clock of a sandbox shop can be moved."""

    id = "not_a_sandbox"
    sentence = "Only the clock of a sandbox shop can be moved."


class ClockBackwards(Conflict):
    """A shop's clock only moves forward."""

    id = "clock_backwards"
    sentence = "A shop's clock only moves forward."


async def create_shop(db: Database, slug: str, *, sandbox: bool, clock_at: int | None) -> Shop:
    """Found a shop; a sandbox's clock may start at any instant. Raises ShopExists or InvalidInput."""
    problems = []
    if _SLUG.fullmatch(slug) is None:
        right = "Small letters, digits and single dashes, 64 at most, e.g. my-shop."
        problems.append(Problem("slug", "malformed", f"{slug[:80]!r} is no slug.", right))
    if clock_at is not None and not sandbox:
        problems.append(
            Problem("clock", "not_a_sandbox", "Only a sandbox shop has a clock of its own.", "Add --sandbox.")
        )
    if problems:
        raise InvalidInput(problems)
    refuse_far(("clock", clock_at))
    async with db.directory() as conn:
        real_at = await conn.fetchval(sql.real_time)
        offset = 0 if clock_at is None else clock_at - real_at
        row = await conn.fetchrow(sql.insert_shop, slug, sandbox, offset)
    if row is None:
        raise ShopExists(f"A shop named {slug} is there already.")
    return shop_from(row)


def plan_hash(programme: Programme, version: int) -> str:
    """What proves that this document was planned on that version: 16 hex digits of a SHA-256 over both."""
    return _plan_hash(programme.shop, content_hash(programme), version)


def _plan_hash(shop: str, content: str, version: int) -> str:
    covered = f"leal/plan/1\n{shop}\n{version}\n{content}"
    return hashlib.sha256(covered.encode()).hexdigest()[:16]


def require_plan(plan: str, programme: Programme, newest: int) -> None:
    """Raises PlanOutdated or PlanOfAnother unless the plan was made of this document on the newest version."""
    content = content_hash(programme)
    if plan == _plan_hash(programme.shop, content, newest):
        return
    planned_on = next((one for one in range(newest) if plan == _plan_hash(programme.shop, content, one)), None)
    if planned_on is None:
        raise PlanOfAnother
    on = f"on version {planned_on}" if planned_on else "before there was a version"
    raise PlanOutdated(f"The plan was made {on}; version {newest} has been published since.")


def checked(shop: Shop, text: str) -> Programme:
    """The document of a programme that the shop could publish. Raises InvalidInput."""
    programme = read_programme(text)
    problems = []
    if programme.shop != shop.slug:
        right = f"shop: {shop.slug}"
        problems.append(
            Problem("shop", "other_shop", f"The document names the shop {programme.shop}, not {shop.slug}.", right)
        )
    if problems:
        raise InvalidInput(problems)
    return programme


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """The wish to publish a document: by whom, why, from when, on which plan, and whose second word it has."""

    text: str
    author: str
    note: str = ""
    effective_at: int | None = None
    plan: str | None = None
    approver: str | None = None
    key: bytes | None = None
    """The caller's idempotency key: under the same one it is published once. The shop's lock decides who was first."""


def shortens(programme: Programme) -> bool:
    """Whether publishing it ends existing points sooner, for which a plan and a second person are asked (S7.4)."""
    return programme.transition is not None and programme.transition.lives == "shorten"


async def publish(db: Database, shop: Shop, wish: Publication, read: tuple[Programme, str, str] | None = None) -> int:
    """Publish a programme as the shop's newest version; gives its number. `read` is what `printed` made of its text.

    With the hash of a plan only if that was made of this document on the newest version. Raises InvalidInput,
    PlanOutdated, PlanOfAnother.
    """
    async with db.transaction(shop.id) as conn:
        return await publish_within(conn, shop, wish, read)


async def publish_within(
    conn: Conn, shop: Shop, wish: Publication, read: tuple[Programme, str, str] | None = None
) -> int:
    """The same inside the caller's transaction."""
    if read is None:
        read = await asyncio.to_thread(printed, shop, wish.text)
    programme, digest, document = read
    clock = await lock_clock(conn, shop.id)
    newest = clock.newest
    if wish.key is not None and (version := await conn.fetchval(sql.version_of_wish, shop.id, wish.key)) is not None:
        return int(version)
    if wish.plan is not None:
        require_plan(wish.plan, programme, newest)
    last = await conn.fetch(sql.all_versions, shop.id, newest - 1)
    effective_at = _effective_at(wish, clock.now, last[-1]["effective_at"] if last else None)
    version = int(newest) + 1
    await conn.execute(
        sql.insert_version,
        shop.id,
        version,
        effective_at,
        wish.author,
        wish.note,
        bytes.fromhex(digest),
        document,
        wish.approver,
        wish.key,
    )
    await conn.execute(sql.set_newest_version, shop.id, version)
    before = {"version": newest, "content": last[-1]["content_hash"].hex()[:16]} if last else {}
    after = {"version": version, "content": digest[:16], "effective_at": format_instant(effective_at)}
    act = Act(
        wish.author, "programme.published", f"version {version}", before=before, after=after, reason=wish.note[:2000]
    )
    await note_acts(conn, shop.id, [act])
    return version


def printed(shop: Shop, text: str) -> tuple[Programme, str, str]:
    """The programme, its hash and its canonical document; of a long text this takes seconds."""
    programme = checked(shop, text)
    return programme, content_hash(programme), print_programme(programme)


def _effective_at(wish: Publication, now: int, last: int | None) -> int:
    """Now or later, and not before the version before it; raises InvalidInput."""
    earliest = now if last is None else max(now, last)
    if wish.effective_at is None:
        return earliest
    if wish.effective_at < earliest:
        right = f"{format_instant(earliest)} or later"
        raise InvalidInput(
            [Problem("effective_at", "in_the_past", "A programme cannot take effect in the past.", right)]
        )
    refuse_far(("effective_at", wish.effective_at))
    return wish.effective_at


async def undo(db: Database, shop: Shop, *, author: str) -> tuple[int, int]:
    """Publish the version before the newest one again; gives the new version's number, and whose document it has.

    What that version did to what members had already it does not do again: its transition is left out.
    Raises NothingToUndo, or PlanOutdated when another version was published meanwhile.
    """
    async with db.shop(shop.id) as conn:
        clock = await read_clock(conn, shop.id)
        newest = clock.newest
        rows = await conn.fetch(sql.all_versions, shop.id, newest - 2) if newest > 1 else []
    if not rows:
        raise NothingToUndo
    former = msgspec.structs.replace(read_programme(rows[0]["document"]), transition=None)
    note = f"Undoes version {newest}: version {newest - 1} again."
    wish = Publication(text=print_programme(former), author=author, note=note, plan=plan_hash(former, newest))
    return await publish(db, shop, wish), newest - 1


class Published(msgspec.Struct, frozen=True):
    """A published version; `effective_at` in microseconds of the shop's clock."""

    version: int
    effective_at: int
    author: str
    approver: str | None
    note: str
    document: str


async def published(db: Database, shop: Shop, version: int | None) -> Published:
    """A version and its canonical document, the newest by default. Raises NoProgramme."""
    async with db.shop(shop.id) as conn:
        row = await conn.fetchrow(sql.read_version, shop.id, version)
    if row is None:
        raise NoProgramme
    return Published(**dict(row))


async def advance_clock(db: Database, shop: Shop, to_at: int, *, by: str) -> None:
    """Move a sandbox's clock forward. Raises InvalidInput, NotASandbox or ClockBackwards."""
    refuse_far(("to", to_at))
    async with db.transaction(shop.id) as conn:
        clock = await lock_clock(conn, shop.id)
        if not shop.sandbox:
            raise NotASandbox
        now = clock.now
        if to_at < now:
            raise ClockBackwards(f"The shop's clock stands at {format_instant(now)} and only moves forward.")
        await conn.execute(sql.set_clock, shop.id, to_at - clock.real_at)
        moved = {"clock": format_instant(now)}, {"clock": format_instant(to_at)}
        await note_acts(conn, shop.id, [Act(by, "clock.advanced", before=moved[0], after=moved[1])])
