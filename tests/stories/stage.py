"""The stage of a story: one sandbox shop with its clock, whoever was named so far, and what happened last."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from leal.api.balance import balance_result
from leal.api.shapes import encode
from leal.engine.commands import Balance, CustomerFacts, History, PushCustomer, Redeemed, Shop, Who
from leal.engine.engine import Engine
from leal.errors import InvalidInput, LealError, NotFound
from leal.rules.account import Account, broken_laws
from leal.rules.calendar import instant_at, last_usable_day, local_day
from leal.rules.membership import shown_membership
from leal.rules.orders import Order
from leal.rules.outline import Outline
from leal.rules.record import record
from leal.rules.standing import Standing
from leal.store.db import Database
from leal.store.queries import sql
from leal.values import MICRO, NEVER, datetime_of, instant_of
from tests import plainly
from tests.engines import with_every_lot

WHEN: Final = r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?)?"
"""A local day or time, or with Z one of UTC; a day alone is its first moment."""
BEFORE: Final = 3_600 * MICRO
"""How long before the first line the shop is founded and its programme published."""

_PLACEHOLDERS: Final = {
    "WHO": r"[a-z]+",
    "ORDER": r"[A-Z]+[0-9]+",
    "CODE": r"[A-Z]+[0-9]+",
    "MONEY": r"[0-9]+(?:\.[0-9]{1,6})?",
    "POINTS": r"[0-9]+",
    "PERIOD": "daily|weekly|monthly|yearly|lifetime",
    "TIER": r"[A-Z][a-z]+",
    "DAY": r"\d{4}-\d\d-\d\d",
    "WHEN": WHEN,
}


def outlined(shown: Standing) -> Outline:
    """What a record is made of, taken from what a member is shown, which must tell the same."""
    account, terms, current, above = shown.account, shown.terms, shown.current, shown.next
    end = None if current is None else current.end
    return Outline(
        account,
        terms,
        is_member=terms is not None and shown_membership(account, terms) == "full",
        tier=None if current is None else current.tier,
        tier_ends_at=NEVER if end is None else end.deadline_at,
        keep_lacks=None if end is None else end.keep.lacking,
        above=None if above is None else above.tier,
        lacks=None if above is None else above.asked.lacking,
        everything_at=NEVER if shown.everything_at is None else shown.everything_at,
    )


class Mismatch(Exception):
    """A line that did not come true."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"expected {expected}, found {found}")


class Verb(NamedTuple):
    """A kind of line: how it is written, and what it does on the stage."""

    name: str
    pattern: re.Pattern[str]
    perform: Callable[[Stage, re.Match[str]], Awaitable[None]]
    expects: bool


class Told(msgspec.Struct, frozen=True):
    """An order as the story last told it."""

    who: str
    order: Order


def written(pattern: str) -> re.Pattern[str]:
    """A line's pattern from its words, with placeholders in angle brackets such as `<WHO>` or `<from:MONEY>`."""

    def group(match: re.Match[str]) -> str:
        name, _, kind = match[1].rpartition(":")
        return f"(?P<{name or kind.lower()}>{_PLACEHOLDERS[kind]})"

    return re.compile(re.sub(r"(?<!\?P)<([a-z_]+:[A-Z]+|[A-Z]+)>", group, pattern))


def moment(text: str) -> datetime:
    """A time as the story writes it, without a zone where it is local; raises ValueError."""
    return datetime.fromisoformat(text)


def instant_in(at: datetime, zone: ZoneInfo) -> int:
    """The instant of such a time."""
    return instant_at(at, zone) if at.tzinfo is None else instant_of(at)


def written_instant(at: int, zone: ZoneInfo | None) -> str:
    """An instant as a story writes it: the local time, or in UTC where that means another instant or none is asked."""
    local, suffix = datetime_of(at).astimezone(zone or UTC).replace(tzinfo=None, fold=0), ""
    if zone is None or instant_at(local, zone) != at:
        local, suffix = datetime_of(at).replace(tzinfo=None), "Z"
    day, _, time = local.isoformat(" ").partition(" ")
    if time == "00:00:00" and not suffix:
        return day
    return f"{day} {time.removesuffix(':00') if time.count(':') == 2 else time}{suffix}"


class Stage:
    """A story under way. With `upkeep`, all that falls due is stored whenever the clock moves; without, never."""

    def __init__(self, engine: Engine, db: Database, slug: str, *, upkeep: bool) -> None:
        self.engine, self._db = engine, db
        self.upkeep = upkeep
        self.zone = ZoneInfo("UTC")
        self.at = 0
        """The instant that the story's clock was last set to, in microseconds."""
        self.members: list[str] = []
        self.orders: dict[str, Told] = {}
        self.codes: dict[str, Redeemed] = {}
        self.granted = 0
        """How many of several at once were granted."""
        self.refusal: LealError | None = None
        self.as_of: int | None = None
        """The instant that is asked about; None: now."""
        self.lived_at: int | None = None
        """The past instant at which an import has what is told of customers; None: it is pushed now."""
        self._slug = slug
        self.shop: Shop

    # ------------------------------------------------------------------------------------------------ the clock

    async def open(self, at: datetime, programme: dict[str, Any] | None) -> None:
        """Found the shop some time before the first line, and publish its programme."""
        if programme is not None:
            self.zone = ZoneInfo(programme["timezone"])
        begun_at = instant_in(at, self.zone) - BEFORE
        self.shop = await self.engine.create_shop(self._slug, sandbox=True, clock_at=begun_at)
        if programme is not None:
            await self.publish(programme, None)

    async def publish(self, programme: dict[str, Any], at: datetime | None) -> None:
        """Publish a programme that takes effect at a time, or now."""
        self.zone = ZoneInfo(programme["timezone"])
        text = msgspec.json.encode({"shop": self._slug, **programme}).decode()
        effective_at = None if at is None else instant_in(at, self.zone)
        await self.engine.publish(self.shop, text, author="story", effective_at=effective_at, approver="another")

    async def with_every_lot(self, account: Account) -> Account:
        """The account that is shown, with its lots in pages."""
        await with_every_lot(self._db, self.shop, [account])
        return account

    async def move_to(self, at: datetime) -> None:
        """Move the clock forward to a local time, if it is not there yet."""
        to_at = instant_in(at, self.zone)
        if to_at == self.at:
            return
        self.at = to_at
        if self.upkeep:
            await self.engine.advance_clock(self.shop, to_at)
            return
        async with self._db.transaction(self.shop.id) as conn:
            clock = await conn.fetchrow(sql.lock_shop, self.shop.id)
            assert clock is not None
            offset = to_at - clock["real_at"]
            assert offset >= clock["clock_offset"], "the clock only moves forward"
            await conn.execute(sql.set_clock, self.shop.id, offset)

    # ------------------------------------------------------------------------------------------------- members

    def known(self, name: str) -> Who:
        """The customer of that name, who is remembered from now on."""
        if name not in self.members:
            self.members.append(name)
        return Who(shopid=name)

    async def tell(self, facts: CustomerFacts) -> None:
        """The shop tells of a customer, in a push or in an import of the past."""
        push = PushCustomer(facts, at=self.lived_at)
        for pushed in await self.engine.push_customers(self.shop, [push], keep=self.lived_at is None):
            if pushed.problems:
                raise InvalidInput(pushed.problems)

    async def balance(self, name: str, *, unused: bool = False) -> Balance:
        """What the member is shown now; the laws of S2 hold in it, and those of its record (S12.2)."""
        found = await self.engine.balance(self.shop, self.known(name), full=True, unused=unused, at=self.as_of)
        if broken := broken_laws(found.standing.account):
            raise Mismatch("the laws of the account to hold", "; ".join(broken))
        told = record(outlined(found.standing), name)
        if self.as_of is None:
            await self._same_by_any_name(name, found.account_id)
            text = await self.engine.record_text(self.shop, name)  # None: the record goes by another id
            if text is not None and text != encode(told):
                raise Mismatch(f"the record {told}", text.decode())
        if not 0 <= told.points_expiring <= told.points_balance <= told.lifetime_points:
            raise Mismatch("points_expiring <= points_balance <= lifetime_points", str(told))
        return found

    async def _same_by_any_name(self, name: str, account: int) -> None:
        """By the shop's id reads share statements and read no more than they must; by Leal's own they read all."""
        documents = []
        for who in (Who(shopid=name), Who(bhid=account)):
            balance = await self.engine.balance(self.shop, who, full=True, unused=True)
            documents.append(encode(balance_result(self.shop.slug, balance, full=True, unused=True)))
        if documents[0] != documents[1]:
            raise Mismatch(f"the balance {documents[1].decode()}", documents[0].decode())
        for locale in (None, "de_AT", "fr"):
            told, made = await plainly.documents(self.engine, self.shop, name, balance, locale)
            if told != made:
                raise Mismatch(f"the plain balance {made.decode()}", told.decode())

    async def history(self, name: str) -> list[Any]:
        """The member's stored changes, oldest first."""
        await self.engine.keep_up(self.shop)
        page = await self.engine.history(self.shop, self.known(name))
        return list(reversed(page.changes))

    async def changes(self, who: Who) -> History | None:
        """What has happened to a customer, stored or not; None where nobody knows of any."""
        with suppress(NotFound):
            return await self.engine.history(self.shop, who)
        return None

    async def account(self, name: str) -> int | None:
        """The account of the customer of that name."""
        told = await self.changes(Who(shopid=name))
        return None if told is None else told.account_id

    # --------------------------------------------------------------------------------------------------- words

    def instant(self, text: str) -> int:
        """The instant of a local time of the story."""
        return instant_in(moment(text), self.zone)

    def day(self, at: int) -> str:
        """The local day of an instant."""
        return "never" if at == NEVER else local_day(at, self.zone).isoformat()

    def exactly(self, at: int) -> str:
        """The instant itself."""
        return written_instant(at, self.zone)

    def last_day(self, ends_at: int) -> str:
        """`until` and the last day before an end, or `forever`."""
        return "forever" if ends_at == NEVER else f"until {last_usable_day(ends_at, self.zone).isoformat()}"


def money(micros: int | None) -> str:
    """Micros as a story writes them: two fraction digits, more where they are needed."""
    if micros is None:
        return "none"
    sign, (units, rest) = "-" if micros < 0 else "", divmod(abs(micros), MICRO)
    fraction = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{units}.{fraction}"


def day_of(text: str) -> date:
    """A day as a story writes it."""
    return date.fromisoformat(text)
