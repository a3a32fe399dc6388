"""The demo: an example shop made from real purchases, replayed day by day, then shown and served.

1. The shop `cdnow`, a sandbox whose clock starts at 1997-01-01, gets the example programme.
2. For each day of the data the clock moves to that day's evening and the day's orders are pushed. A run that was cut
   short goes on with the last day it had reached: pushing an order again changes nothing.
3. The clock moves to 1998-07-01 and ticks on from there.
4. What the shop holds is read back and shown; then it is served, with three calls to try.
"""

from __future__ import annotations

import fcntl
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from leal.cli import portraits
from leal.cli.complaints import say
from leal.cli.screen import console
from leal.cli.signing import sign
from leal.cli.words import plural
from leal.config import Settings
from leal.engine.commands import Balance, CustomerFacts, PushOrder, Shop, UnknownShop, Who
from leal.engine.engine import Engine
from leal.errors import Conflict
from leal.examples import Purchase, programme_text, purchases
from leal.installation import Installation, installation
from leal.rules.calendar import instant_at, local_day, start_of_day
from leal.rules.orders import Order, OrderLine
from leal.server.processes import serve
from leal.server.serving import listening
from leal.store.queries import sql

SLUG: Final = "cdnow"
ZONE: Final = ZoneInfo("America/New_York")
FIRST_DAY: Final = date(1997, 1, 1)
END_DAY: Final = date(1998, 7, 1)
"""Where the clock stands when the replay is done."""
EVENING_HOUR: Final = 20
NOON: Final = 12
BATCH: Final = 1_000
"""Orders pushed at once."""
TOKEN_SECONDS: Final = 30 * 86_400
RICHEST: Final = 10


def run(settings: Settings, *, serving: bool) -> None:
    """Make the shop or find it, show it and, with `serving`, serve it until Ctrl-C.

    Raises PortTaken before anything is done, and what opening the installation raises.
    """
    if serving:
        with listening(settings.host, settings.port):
            pass  # a port that is taken is told before the work, not after it
    screen = console()
    calls = uvloop.run(_prepare(settings, screen))
    if serving:
        serve(settings, ready=partial(_print_calls, screen, calls, settings))


async def _prepare(settings: Settings, screen: Console) -> list[tuple[str, str, str]]:
    async with installation(settings, migrate=True, say=say) as opened:
        with _alone(settings):
            shop = await _shop(opened.engine)
            await _replay(opened, shop, screen)
        shop = await opened.engine.shop(SLUG)
        member = await _show(opened, shop, screen)
        return await _calls(opened.engine, shop, member)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One replay at a time; a second one waits and then finds the work done."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("leal: another demo is at work; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def _shop(engine: Engine) -> Shop:
    try:
        shop = await engine.shop(SLUG)
    except UnknownShop:
        shop = await engine.create_shop(SLUG, sandbox=True, clock_at=start_of_day(FIRST_DAY, ZONE))
    if not shop.sandbox:
        raise Conflict(f"There is a shop {SLUG} that is no sandbox: the demo does not touch it.")
    if not shop.programme_version:
        await engine.publish(shop, programme_text("cdnow"), author="leal demo", note="The example programme")
        shop = await engine.shop(SLUG)
    return shop


async def _replay(opened: Installation, shop: Shop, screen: Console) -> None:
    """Steps 2 and 3."""
    engine = opened.engine
    bought = sorted(purchases(), key=lambda purchase: purchase.day)
    gc.freeze()  # they stay to the end: no collection need look at 69,659 of them again
    gc.set_threshold(50_000)
    if (await engine.counts(shop))["orders"] >= len(bought):
        screen.print(f"The shop {SLUG} is there already; its data is kept.", style="dim")
    else:
        async with opened.db.shop(shop.id) as conn:
            remaining = _remaining(bought, await conn.fetchval(sql.latest_order_at, shop.id))
        with Replaying(screen, len(bought), done=len(bought) - len(remaining)) as progress:
            for day, of_day in groupby(remaining, key=lambda purchase: purchase.day):
                await _forward(engine, shop, _at(day, EVENING_HOUR))
                await _push(engine, shop, list(of_day), partial(progress.advance, day))
    await _forward(engine, shop, start_of_day(END_DAY, ZONE), keep_up=True)


class Replaying:
    """The progress of a replay: a bar where people look, two lines in a pipe."""

    def __init__(self, screen: Console, orders: int, *, done: int) -> None:
        self._screen = screen
        self._begun = time.monotonic()
        self._orders = orders - done
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
        self._task = self._bar.add_task("replaying", total=orders, completed=done)
        if not screen.is_terminal:
            screen.print(f"Replaying {plural(self._orders, 'order')} of the shop {SLUG}")

    def advance(self, day: date, orders: int) -> None:
        """So many orders of that day are stored."""
        self._bar.update(self._task, advance=orders, description=f"replaying {day:%d %b %Y}")

    def __enter__(self) -> Replaying:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._bar.stop()
        if kind is None:
            seconds = time.monotonic() - self._begun
            self._screen.print(f"Replayed {plural(self._orders, 'order')} in {seconds:.0f} s", style="dim")


def _remaining(bought: list[Purchase], latest_order_at: int | None) -> list[Purchase]:
    """What is still to be pushed: everything from the last day that was reached, which may be half done."""
    reached = FIRST_DAY if latest_order_at is None else local_day(latest_order_at, ZONE)
    if reached > bought[-1].day:
        reached = FIRST_DAY  # somebody else's order is the latest: pushing all again does no harm
    return [purchase for purchase in bought if purchase.day >= reached]


async def _forward(engine: Engine, shop: Shop, to_at: int, *, keep_up: bool = False) -> None:
    """Move the clock on; what falls due on the way is stored with each member's next order, or at the end."""
    if await engine.now(shop) < to_at:
        await engine.advance_clock(shop, to_at, keep_up=keep_up)


async def _push(engine: Engine, shop: Shop, of_day: list[Purchase], advance: partial[None]) -> None:
    for start in range(0, len(of_day), BATCH):
        orders = [order_of(purchase) for purchase in of_day[start : start + BATCH]]
        await engine.push_orders(shop, orders)
        advance(len(orders))


def order_of(purchase: Purchase) -> PushOrder:
    """A purchase as the shop would push it: one line of CDs, paid some minutes after noon."""
    day, number, paid = purchase.day, purchase.number, purchase.paid_micros
    order = Order(
        id=f"{purchase.customer}-{day.isoformat()}-{number}",
        status="confirmed",
        order_at=_at(day, NOON, number),
        updated_at=None,
        lines=[OrderLine(key="#0", product="cd", quantity=purchase.discs, amount_spent=paid, amount_full=paid)],
    )
    return PushOrder(CustomerFacts(Who(shopid=purchase.customer)), order, msgspec.json.encode({"id": order.id}))


def _at(day: date, hour: int, minute: int = 0) -> int:
    return instant_at(datetime(day.year, day.month, day.day, hour, minute), ZONE)  # noqa: DTZ001  local, then placed


async def _show(opened: Installation, shop: Shop, screen: Console) -> str:
    """Step 4: print what the shop holds; gives the customer id of the member that was shown."""
    engine = opened.engine
    held = await engine.counts(shop)
    richest = await engine.richest(shop, RICHEST)
    who = next((who for who, balance in richest if _is_telling(balance)), richest[0][0])
    balance = await engine.balance(shop, who)
    stranger = await engine.logged_out(shop, full=True)
    screen.print()
    screen.print(
        f"The shop [bold]{SLUG}[/] holds [bold]{plural(held['orders'], 'order')}[/] "
        f"of [bold]{plural(held['members'], 'customer')}[/]."
    )
    screen.print()
    screen.print(portraits.member(f"Customer {portraits.name_of(who)}", balance))
    screen.print()
    if stranger.standing.terms is not None:
        screen.print(portraits.programme(stranger.standing.terms, stranger.now))
        screen.print()
    screen.print(portraits.richest(richest))
    screen.print()
    return portraits.name_of(who)


def _is_telling(balance: Balance) -> bool:
    """Whether a balance has something in most of its rows."""
    account = balance.standing.account
    return bool(account.pending and account.expired and balance.standing.next_lapse)


async def _calls(engine: Engine, shop: Shop, member: str) -> list[tuple[str, str, str]]:
    """What to try, each: what it is, the call, the token that it takes."""
    now = time.time_ns() // 1000
    token = await sign(engine, shop, customer=member, ttl_seconds=TOKEN_SECONDS, now=now)
    return [
        (f"the balance of customer {member}", "CustomerBalance3", token),
        ("the last five things that happened to that customer", "CustomerHistory2?limit=5", token),
        ("the programme as everyone sees it", "LoggedOutBalance1?include_full_program=true", ""),
    ]


def _print_calls(screen: Console, calls: list[tuple[str, str, str]], settings: Settings) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    root = settings.public_url or f"http://{host}:{settings.port}"
    screen.print(f"Serving on [bold]{root}[/] until Ctrl-C; {root}/docs describes the API. Try it:")
    for title, call, token in calls:
        header = f" -H 'Authorization: Bearer {token}'" if token else ""
        screen.print(f"\n# {title}", style="dim")
        line = f"curl -s '{root}/api/v2023061/{SLUG}/{call}'{header} | python3 -m json.tool"
        screen.print(line, soft_wrap=True, markup=False)
    screen.print()
