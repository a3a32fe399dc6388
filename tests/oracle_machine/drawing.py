"""What happens next in a random life: each kind of act, drawn by dice from what the shop has come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from leal.values import DAY, MICRO, parse_instant
from tests.oracle.facts import LineFacts, OrderFacts
from tests.oracle.instants import day_start, local_day
from tests.oracle.settling import due_instants
from tests.oracle_machine.acts import (
    Act,
    CaptureHold,
    Customer,
    Erase,
    Event,
    ExtendHold,
    Give,
    Look,
    Membership,
    Merge,
    Move,
    PlaceHold,
    Product,
    Publish,
    Push,
    Redeem,
    ReleaseHold,
    Single,
    Unredeem,
)
from tests.oracle_machine.pair import Pair
from tests.oracle_machine.programmes import (
    COLLECTIONS,
    CURRENCIES,
    PRODUCTS,
    TAGS,
    TRIGGERS,
    ZONES,
    Traits,
    any_programme,
    traits,
)
from tests.oracle_machine.telling_members import TOTALS_ONLY
from tests.oracle_machine.temper import T, Temper

MEMBERS: Final = (
    "anna", "ben", "cleo", "dan", "eve", "finn", "gail", "hugo", "iris", "jack", "kim", "leo", "mia", "nina", "otto",
    "paul", "quin", "rosa", "sam", "uma", "vera", "will", "xena", "yara", "zoe",
)  # fmt: skip
"""Each begins with another letter, by which orders are called."""
STATUSES: Final = ("confirmed", "confirmed", "confirmed", "completed", "unconfirmed", "canceled", "deleted", None)
ALONE: Final = ("confirmed", "completed", "canceled", "deleted", "unconfirmed")
STARTS: Final = (
    "2024-01-31T11:00:00Z", "2024-02-28T23:30:00Z", "2024-12-30T12:00:00Z", "2025-03-29T22:00:00Z",
    "2023-10-28T22:30:00Z", "2024-12-31T10:00:00Z", "2027-06-30T21:59:59Z",
)  # fmt: skip
HOUR: Final = 3_600 * MICRO
JUMPS: Final = (0, 1, HOUR, DAY, 2 * DAY, 9 * DAY, 30 * DAY, 31 * DAY, 92 * DAY, 200 * DAY, 366 * DAY)
AGO: Final = (None, 0, 0, 0, HOUR, DAY, 40 * DAY, 400 * DAY, -HOUR)
OLDER: Final = (0, 0, 0, 0, 0, None, HOUR, 3 * DAY, -HOUR)
MONEY: Final = (10_000, 500_000, 1_000_000, 7_770_000, 15_000_000)
REFERENCES: Final = ("H1", "H2", "H3", "H4", "H5", "H6")
RATES: Final = ("1.0842", "0.5", "0.333333", "2.718281828", "1")
MATURES: Final = (-40 * DAY, -HOUR, 0, DAY, 20 * DAY)
ROUND: Final = (0, 20, 50, 100, 120, 400)
EXTRAS: Final = (0, 0, 0, 4_990_000, 10_000_000)
WISHES: Final = (1, 10, 15, 30, 50, 100, 150)
SUBSCRIPTIONS: Final = (None, None, "S1", "S2")
FURTHEST: Final = 3 * 366 * DAY
"""How far ahead the clock is moved to something that falls due."""


class Drawing:
    """The dice of one life; every act is drawn for the shop as it stands."""

    def __init__(
        self, dice: Random, *, members: int, turns: tuple[int, ...] = (1, 2), temper: Temper | None = None
    ) -> None:
        self.dice, self.turns = dice, turns
        self.temper = temper or Temper()
        self.zone, self.currency = dice.choice(ZONES), dice.choice(CURRENCIES)
        self.zones = dice.choice([(self.zone,), (self.zone,), (self.zone, *ZONES)])
        """One zone for all versions, or any for each."""
        self.start_at = parse_instant(dice.choice(STARTS))
        self.traits: Traits = traits(dice)
        self.members = MEMBERS[:members]
        self.who: str | None = None
        """Whose turn it is, where several act at once."""
        self._names = 0
        self._subscriptions: tuple[str | None, ...] = (None,)

    # ----------------------------------------------------------------------------------------- programme and clock

    def publish(self, pair: Pair) -> Act | None:
        """Another programme, now or later."""
        later = self.dice.choice([0, 0, 0, DAY, 20 * DAY]) if pair.oracle.shop.versions else 0
        self.zone = self.dice.choice(self.zones)
        document = any_programme(self.dice, self.zone, self.currency, self.traits)
        return Publish(document, pair.now + later)

    def time_passes(self, pair: Pair) -> Act | None:
        """Some time."""
        return self._to(pair.now + self.one(JUMPS))

    def something_falls_due(self, pair: Pair) -> Act | None:
        """To the very instant at which something is due, or the last before it."""
        before, place = self.dice.choice([0, 0, 1]), self.dice.randint(0, 3)
        shop = pair.oracle.shop
        due = {at for one in shop.accounts.values() for at in due_instants(shop, one, pair.now)}
        coming = sorted(at for at in due if pair.now + before < at < pair.now + FURTHEST)
        return self._to(coming[min(place, len(coming) - 1)] - before) if coming else None

    def a_day_ends(self, pair: Pair) -> Act | None:
        """To midnight, or the last instant before it."""
        zone = ZoneInfo(self.zone)
        return self._to(day_start(local_day(pair.now + DAY, zone), zone) - self.dice.choice([0, 1]))

    def look(self, pair: Pair) -> Act | None:
        """What was, or will be, shown at another instant."""
        who = self.member(pair)
        if who is None or not pair.oracle.shop.versions:
            return None
        account = pair.oracle.shop.accounts[who]
        known = [at for at, _ in pair.oracle.history[who]] + due_instants(pair.oracle.shop, account, pair.now)
        known += [pair.now + jump for jump in JUMPS] + [version.effective_at for version in pair.oracle.shop.versions]
        at = self.dice.choice(known) - self.dice.choice([0, 0, 1])
        return Look(who, at) if pair.now - FURTHEST < at < pair.now + FURTHEST else None

    def _to(self, at: int) -> Act:
        return Move(at, self.dice.choice([True, False]))

    # ------------------------------------------------------------------------------------------- products and orders

    def product(self, pair: Pair) -> Act | None:
        """The shop tells of a product, and so of the lines to come that do not tell of it themselves."""
        return Product(self.dice.choice(PRODUCTS), self._collections(), self._tags())

    def _collections(self) -> tuple[str, ...]:
        return tuple(name for name in COLLECTIONS if self.dice.randint(0, 2) == 0)

    def _tags(self) -> tuple[str, ...]:
        return ("big",) if self.dice.randint(0, 3) == 0 else ()

    def customer(self, pair: Pair) -> Single | None:
        """The shop tells of a customer."""
        return Customer(self.anyone(), self.dice.choice([None, *TAGS]))

    def membership(self, pair: Pair) -> Single | None:
        """Somebody joins, leaves, or looks on."""
        return Membership(self.anyone(), self.dice.choice(("full", "full", "full", "guest", "none")))

    def event(self, pair: Pair) -> Single | None:
        """Something of the shop's own happens to a member."""
        who, dice = self.member(pair), self.dice
        shop = pair.oracle.shop
        if who is None or not any(version.document.get("triggers") for version in shop.versions):
            return None
        occurred_at = dice.choice([None, None, pair.now - HOUR, pair.now - 40 * DAY, pair.now + HOUR])
        order = dice.choice([None, order_id(who, dice.randint(1, 4))])
        return Event(who, dice.choice(TRIGGERS), occurred_at, order, dice.choice([None, None, "E1", "E2"]))

    def order(self, pair: Pair) -> Single | None:
        """Any order, whole."""
        return self._whole(pair, self.anyone())

    def _whole(self, pair: Pair, who: str) -> Push:
        dice, number = self.dice, self.dice.randint(1, 4)
        totals = number == 4
        ago, older = self.one(AGO), self.one(OLDER)
        codes = sorted([*pair.made, *pair.invited])
        carried = dice.sample(codes, dice.randint(0, min(2, len(codes)))) if dice.randint(0, 1) else []
        self._subscriptions = SUBSCRIPTIONS if self.has(pair, "subscriptions") else (None,)
        told = OrderFacts(
            id=order_id(who, number),
            status=self.one(STATUSES),
            order_time=None if ago is None else pair.now - ago,
            update_time=None if older is None else pair.now - older,
            lines=None if totals else self._lines(),
            amount_spent=self._amount() if totals else None,
            taxes=dice.choice(EXTRAS),
            shipping=dice.choice(EXTRAS),
            points_tender=dice.choice(EXTRAS),
            discount_codes=tuple(carried),
            available_at=pair.now + dice.choice(MATURES) if dice.randint(0, 7) == 0 else None,
            exchange_rate=dice.choice(RATES) if pair.oracle.shop.at(pair.now) and dice.randint(0, 7) == 0 else None,
            subscription=dice.choice(self._subscriptions),
        )
        return Push(who, told)

    def _amount(self) -> int:
        return self.dice.choice(ROUND) * MICRO if self.dice.randint(0, 1) else self.dice.randint(0, 130_000_000)

    def _lines(self) -> tuple[LineFacts, ...]:
        """Some lines; with ids or without."""
        dice = self.dice
        named = dice.choice([True, False])
        return tuple(
            LineFacts(
                dice.choice(PRODUCTS),
                self._amount(),
                quantity=dice.randint(1, 3),
                id=f"l{place}" if named else None,
                collections=self._collections() or None,
                tags=self._tags() or None,
                subscription=dice.choice(self._subscriptions),
            )
            for place in range(dice.randint(1, 3))
        )

    def big_order(self, pair: Pair) -> Single | None:
        """A plain order that brings something to spend."""
        who, number, money = self.anyone(), self.dice.randint(1, 4), self.dice.choice([100, 250, 500])
        totals = number == 4
        lines = None if totals else (LineFacts("candle", money * MICRO, id="l0"),)
        amount = money * MICRO if totals else None
        return Push(who, OrderFacts(order_id(who, number), "confirmed", pair.now, pair.now, lines, amount, 0, 0, 0, ()))

    def status(self, pair: Pair) -> Single | None:
        """Nothing but another status is told."""
        known = self.told(pair)
        return known and Push(known.who, OrderFacts(known.facts.id, self.one(ALONE), None, pair.now))

    def again(self, pair: Pair) -> Single | None:
        """The shop sends what it sent last: nothing, but that codes are looked at again."""
        return self.told(pair)

    def refund(self, pair: Pair) -> Single | None:
        """The order with less money in each line."""
        known = self.told(pair)
        if known is None:
            return None
        permyriad = self.dice.choice([0, 3333, 5000, 9000, 10000])
        was = replace(known.facts, update_time=pair.now, status=None)
        if was.lines is not None:
            less = tuple(replace(line, amount_spent=line.amount_spent * permyriad // 10000) for line in was.lines)
            was = replace(was, lines=less)
        elif was.amount_spent is not None:
            was = replace(was, amount_spent=was.amount_spent * permyriad // 10000)
        return Push(known.who, was)

    def told(self, pair: Pair) -> Push | None:
        """An order that was told, as it was told last."""
        known = sorted(name for name, push in pair.told.items() if self.who in (None, push.who))
        return pair.told[self.dice.choice(known)] if known else None

    def one(self, things: Sequence[T]) -> T:
        """One of the things, by the temper of the life."""
        return self.temper.some(self.dice, things)[0]

    def anyone(self) -> str:
        """Whose turn it is, else anybody."""
        return self.who or self.one(self.members)

    def member(self, pair: Pair) -> str | None:
        """Somebody the shop has told of."""
        if self.who is not None:
            return self.who if self.who in pair.members else None
        return self.one(pair.members) if pair.members else None

    def _made(self, pair: Pair, *, codes: bool) -> list[str]:
        """Redemptions, or codes, of whom it may be."""
        made = pair.made.items()
        return sorted(name for name, one in made if self.who in (None, one.who) and (one.code or not codes))

    def order_with_code(self, pair: Pair) -> Single | None:
        """A member's order that carries a code of the member's own."""
        codes = self._made(pair, codes=True)
        if not codes:
            return None
        name = self.dice.choice(codes)
        who, number = pair.made[name].who, self.dice.randint(1, 3)
        status = self.dice.choice(["confirmed", "confirmed", "unconfirmed", "completed"])
        return Push(
            who,
            OrderFacts(order_id(who, number), status, pair.now, pair.now, self._lines(), None, 0, 0, 0, (name,)),
        )

    # ----------------------------------------------------------------------------------------------------- spending

    def redeem(self, pair: Pair) -> Single | None:
        """A member redeems."""
        who = self.member(pair)
        if who is None:
            return None
        cart = self.dice.choice([None, None, 19_999_999, 20_000_000])
        code = self.dice.choice([True, True, False])
        return Redeem(who, self.name("CODE"), self.points(), code, cart)

    def unredeem(self, pair: Pair) -> Single | None:
        """A redemption is undone."""
        made = self._made(pair, codes=False)
        if not made:
            return None
        name = self.dice.choice(made)
        return Unredeem(pair.made[name].who, name)

    def place_hold(self, pair: Pair) -> Single | None:
        """Points are set aside."""
        who, dice = self.member(pair), self.dice
        if who is None or not self.has(pair, "holds"):
            return None
        minutes, cart = dice.choice([None, None, 30, 1440, 2000]), dice.choice([None, None, None, 19_999_999])
        if dice.randint(0, 2) == 0:
            return PlaceHold(who, dice.choice(REFERENCES), None, minutes, cart, dice.choice(MONEY))
        return PlaceHold(who, dice.choice(REFERENCES), self.points(), minutes, cart)

    def end_hold(self, pair: Pair) -> Single | None:
        """A hold is paid with, given up, or to last longer."""
        who, dice = self.member(pair), self.dice
        holds = pair.oracle.shop.accounts[who].holds if who is not None else []
        if who is None or not (holds or dice.randint(0, 9) == 0):
            return None
        one = dice.choice([*holds[-2:], *holds]) if holds else None
        reference = REFERENCES[0] if one is None else one.reference
        part = dice.choice([None, None, self.points(), *([] if one is None else self._parts(one.points))])
        captured = CaptureHold(who, reference, part, self.name("HELD"))
        minutes = dice.choice([None, 5, 600])
        others: list[Single] = [ReleaseHold(who, reference), ExtendHold(who, reference, minutes)]
        return dice.choice([captured, captured, *others])

    def _parts(self, held: int) -> list[int]:
        """Some of the points that are held, and all but one of them."""
        return [self.dice.randint(1, held), held // 2, held - 1] if held > 2 else [1]

    def give(self, pair: Pair) -> Act | None:
        """Points become another's."""
        if not pair.members or not self.has(pair, "gifts"):
            return None
        return Give(self.dice.choice(pair.members), self.dice.choice(pair.members), self.points())

    def has(self, pair: Pair, part: str) -> bool:
        """Whether any programme has such a part."""
        return any(version.document.get(part) for version in pair.oracle.shop.versions)

    def has_source(self, pair: Pair, *kinds: str) -> bool:
        """Whether any programme has a source of one of these kinds."""
        found = (source for version in pair.oracle.shop.versions for source in version.document.get("sources") or [])
        return any(source["kind"] in kinds for source in found)

    def points(self) -> int:
        """How many points somebody wishes."""
        return self.one(WISHES) if self.dice.randint(0, 1) else self.dice.randint(1, 300)

    def name(self, kind: str) -> str:
        """A name that the life has not used yet."""
        self._names += 1
        return f"{kind}{self._names}"

    # ------------------------------------------------------------------------------------------------ one, and none

    def merge(self, pair: Pair) -> Act | None:
        """Some of them turn out to be one."""
        if len(pair.members) < 2:
            return None
        found = self.dice.sample(pair.members, self.dice.choice([2, 2, min(3, len(pair.members))]))
        return Merge(found[0], tuple(found[1:]))

    def erase(self, pair: Pair) -> Act | None:
        """Somebody is forgotten."""
        who = self.member(pair)
        return None if who is None else Erase(who)


def order_id(who: str, number: int) -> str:
    """The id of an order: so many each member has."""
    initial = who[0].upper() * (1 if who in MEMBERS else 2)
    return f"{TOTALS_ONLY if number == 4 else ''}{initial}{number}"
