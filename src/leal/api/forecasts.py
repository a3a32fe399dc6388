"""Forecasts: the functions that tell when points lapse, and what a customer will have on a day to come."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from leal.api import words
from leal.api.balance_shapes import TierStatus3
from leal.api.function import ABOUT_ONE, Call, Function
from leal.api.history import area_of
from leal.api.shapes import CustomerInput, Day, MarketInput1, Shape
from leal.api.tiers import tier_status
from leal.engine.commands import Balance, UnknownCustomer
from leal.engine.forecasts import Forecast
from leal.rules.expiration import coming_lapses
from leal.rules.worth import value_of
from leal.scalars import Instant, Money
from leal.values import NEVER


class ExpirationInput(CustomerInput):
    """Whose points."""

    market: MarketInput1 | None = None


class Expiration1(Shape):
    """Points that lapse at one moment."""

    time: Instant
    day: Day
    """The last day on which they are usable."""
    amount: int
    value: Money | None
    """What they are worth; null: nothing in money."""
    kind: Literal["own", "everything"]
    """Whether it is the points' own end, or the moment at which all lapse."""


class ExpirationScheduleResult1(Shape):
    """Every coming lapse of available points, if nothing happens before; the amounts add up to `pts_available`."""

    at: Instant
    pts_available: int
    schedule: list[Expiration1]
    """Earliest first."""
    pts_without_end: int
    """Those that do not lapse."""


class ForecastInput(CustomerInput, kw_only=True):
    """Whose balance, and when."""

    at: Instant
    """From now on."""
    market: MarketInput1 | None = None


class ForecastChange1(Shape):
    """Something that will happen."""

    time: Instant
    area: str
    type: str
    desc: str
    pts_delta: int


class ForecastResult1(Shape, kw_only=True):
    """What a customer will have if nothing more happens, and what happens until then."""

    at: Instant
    pts_available: int
    pts_available_value: Money | None
    pts_pending: int
    pts_pending_value: Money | None
    pts_expiring: int
    """What expires until then."""
    changes: list[ForecastChange1]
    """What falls due until then, oldest first."""
    tier_now: TierStatus3 | None
    """The tier of today: its end, and under `keep_reqs` what keeps it."""
    tier_then: TierStatus3 | None
    next_tier_now: TierStatus3 | None
    """The one to reach: under `reqs` what is lacking today."""
    next_tier_then: TierStatus3 | None
    """And what will be lacking then: what was bought long ago counts no more."""


async def expiration_schedule(call: Call, given: ExpirationInput) -> ExpirationScheduleResult1:
    """Answer ExpirationSchedule1; a customer's token that names nobody known has no points."""
    who = await call.person(given.customer)
    try:
        balance = await call.engine.balance(call.shop, who)
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        balance = await call.engine.logged_out(call.shop)
    return schedule_result(balance)


def schedule_result(balance: Balance) -> ExpirationScheduleResult1:
    """The schedule of a balance as the wire has it."""
    account, terms = balance.standing.account, balance.standing.terms
    lapses = [] if terms is None else coming_lapses(account, terms)
    everything_at = balance.standing.everything_at
    return ExpirationScheduleResult1(
        at=Instant(balance.now),
        pts_available=account.available,
        schedule=[
            Expiration1(
                time=Instant(lapse.at),
                day=lapse.day.isoformat(),
                amount=lapse.points,
                value=_money(None if terms is None else value_of(terms, lapse.points)),
                kind="everything" if lapse.at == (NEVER if everything_at is None else everything_at) else "own",
            )
            for lapse in lapses
        ],
        pts_without_end=account.available - sum(lapse.points for lapse in lapses),
    )


async def forecast_balance(call: Call, given: ForecastInput) -> ForecastResult1:
    """Answer ForecastBalance1."""
    who = await call.person(given.customer)
    try:
        found = await call.engine.forecast(call.shop, who, int(given.at))
    except UnknownCustomer:
        if not call.is_customers_own:
            raise
        nobody = await call.engine.logged_out(call.shop)
        found = Forecast(nobody, msgspec.structs.replace(nobody, now=max(int(given.at), nobody.now)), [])
    return forecast_result(found, given.market)


def forecast_result(found: Forecast, market: MarketInput1 | None = None) -> ForecastResult1:
    """A forecast as the wire has it."""
    present, then = found.present.standing, found.then.standing
    speak = words.voice_for(market, then.terms)
    return ForecastResult1(
        at=Instant(found.then.now),
        pts_available=then.account.available,
        pts_available_value=_money(then.available_value),
        pts_pending=then.account.pending,
        pts_pending_value=_money(then.pending_value),
        pts_expiring=then.account.expired - present.account.expired,
        changes=[
            ForecastChange1(
                time=Instant(change.at),
                area=area_of(change.type),
                type=change.type,
                desc=words.change_sentence(speak, change.type, None, change.title),
                pts_delta=change.points,
            )
            for change in found.changes
        ],
        tier_now=tier_status(speak, present.terms, present.current),
        tier_then=tier_status(speak, then.terms, then.current),
        next_tier_now=tier_status(speak, present.terms, present.next),
        next_tier_then=tier_status(speak, then.terms, then.next),
    )


def _money(micros: int | None) -> Money | None:
    return None if micros is None else Money(micros)


OWN: Final[Any] = ABOUT_ONE

FUNCTIONS: Final = (
    Function(
        "ExpirationSchedule1", "read", OWN, ExpirationInput, ExpirationScheduleResult1,
        expiration_schedule, "When a customer's points lapse, all of them.",
    ),
    Function(
        "ForecastBalance1", "read", OWN, ForecastInput, ForecastResult1,
        forecast_balance, "What a customer will have on a day to come, if nothing more happens.",
    ),
)  # fmt: skip
