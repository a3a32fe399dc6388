"""What happens in a story that the oracle plays: each kind of line as calls of the oracle."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.oracle.facts import Captured, CustomerFacts, LineFacts, OrderFacts, Refused, SubscriptionFacts
from tests.oracle.instants import day_start
from tests.oracle.stage import ACTS, Player, act
from tests.oracle.versions import micros
from tests.stories.commands import _LINE_PARTS, _OPTION, _STATUSES, COMMANDS

# ----------------------------------------------------------------------------------------------------------- orders


@act("order")
def order(player: Player, match: re.Match[str]) -> None:
    """A new order, or the whole of one that is known."""
    push(player, match["who"], whole(player, match))


@act("import")
def import_order(player: Player, match: re.Match[str]) -> None:
    """An order of the past is lived at its time."""
    told = whole(player, match)
    told = told if " updated " in match["options"] else replace(told, update_time=None)
    player.told[told.id] = told
    for _ in range(2):
        player.oracle.import_orders(match["who"], [told], player.now)


def whole(player: Player, match: re.Match[str]) -> OrderFacts:
    """All that a line says of an order."""
    known = player.told.get(match["order"])
    placed = player.at if known is None else known.order_time
    lines = None if match["lines"] is None else tuple(lines_of(match["lines"]))
    spent = None if match["money"] is None else micros(match["money"])
    told = OrderFacts(match["order"], "confirmed", placed, player.at, lines, spent, discount_codes=())
    return with_options(player, told, match["options"])


@act("refund")
def refund(player: Player, match: re.Match[str]) -> None:
    """Less money in the order, or in one of its lines."""
    known, paid = player.told[match["order"]], micros(match["money"])
    if match["product"] is None:
        known = replace(known, amount_spent=paid)
    else:
        lines = (replace(a, amount_spent=paid) if a.product == match["product"] else a for a in known.lines or ())
        known = replace(known, lines=tuple(lines))
    push(player, match["who"], with_options(player, replace(known, update_time=player.at), match["options"]))


@act("status")
def status(player: Player, match: re.Match[str]) -> None:
    """Another status, and nothing else."""
    updated = player.at if match["when"] is None else player.instant(match["when"])
    told = replace(player.told[match["order"]], status=_STATUSES[match["verb"]], update_time=updated)
    player.told[match["order"]] = told
    alone = OrderFacts(match["order"], told.status, None, updated)
    player.oracle.push_order(match["who"], alone, player.now)


@act("again")
def again(player: Player, match: re.Match[str]) -> None:
    """What was told last."""
    player.oracle.push_order(match["who"], player.told[match["order"]], player.now)


def push(player: Player, who: str, told: OrderFacts) -> None:
    """Tells an order, twice."""
    player.told[told.id] = told
    for _ in range(2):
        player.oracle.push_order(who, told, player.now)


def lines_of(text: str) -> Iterator[LineFacts]:
    """The lines of an order."""
    for number, words in enumerate(text.split(" + ")):
        parts = _LINE_PARTS.fullmatch(words)
        assert parts is not None
        marks = parts["marks"].split(", ") if parts["marks"] else []
        yield LineFacts(
            parts["product"],
            micros(parts["money"]),
            int(parts["quantity"] or 1),
            parts["id"] or f"{parts['product']}-{number}",
            tuple(mark for mark in marks if not mark.startswith("tag ")) or None,
            tuple(mark.removeprefix("tag ") for mark in marks if mark.startswith("tag ")) or None,
            parts["of"],
        )


def with_options(player: Player, told: OrderFacts, options: str) -> OrderFacts:
    """The order with what else its line says."""
    times = {"placed": "order_time", "updated": "update_time", "matures": "available_at"}
    changed: dict[str, Any] = {}
    codes = list(told.discount_codes or ())
    for word, no_code, code, amount, paid, time, when, unsaid, cycle in _OPTION.findall(options):
        if word:
            changed["status"] = None if word == "no status" else word
        elif cycle:
            changed["subscription"] = cycle
        elif no_code:
            codes = []
        elif code:
            codes.append(player.made.get(code, code))
        elif amount:
            changed[{"tender": "points_tender"}.get(amount, amount)] = micros(paid)
        elif unsaid:
            changed[times[unsaid]] = None
        else:
            changed[times[time]] = player.instant(when)
    return replace(told, discount_codes=tuple(codes), **changed)


# -------------------------------------------------------------------------------------------- customers and members


@act("customer")
def customer(player: Player, match: re.Match[str]) -> None:
    """A customer is told."""
    named = () if match["tags"] == "nothing" else tuple((match["tags"] or "").split(" and "))
    tags = None if match["tags"] is None else named
    told = CustomerFacts(
        born=None if match["born"] is None else match["born"].replace("never", ""),
        subscribed=None if match["consent"] is None else match["consent"] == "subscribed",
        subscribed_at=None if match["when"] is None else player.instant(match["when"]),
    )
    player.oracle.push_customer(match["who"], player.now, tags=tags, told=told, since=player.lived_at)


@act("subscription")
def subscription(player: Player, match: re.Match[str]) -> None:
    """A subscription is told of."""
    numbers = [None if match[name] is None else int(match[name]) for name in ("cycle", "earlier")]
    since = None if match["when"] is None else player.instant(match["when"])
    one = SubscriptionFacts(match["ident"], match["status"], since, *numbers)
    for _ in range(2):
        told = CustomerFacts(subscriptions=(one,))
        player.oracle.push_customer(match["who"], player.now, told=told, since=player.lived_at)


@act("product")
def product(player: Player, match: re.Match[str]) -> None:
    """A product is told."""
    collections, tags = (tuple((match[name] or "").split(" and ")) for name in ("collections", "tags"))
    player.oracle.push_product(match["product"], player.now, collections=collections, tags=tags)


@act("membership")
def membership(player: Player, match: re.Match[str]) -> None:
    """Somebody takes part, or does not."""
    how = {"leaves": "none", "joins": "full", "looks on": "guest"}[match["how"]]
    player.oracle.membership(match["who"], how, player.now, since=player.lived_at)


@act("event")
def event(player: Player, match: re.Match[str]) -> Any:
    """A trigger comes."""
    when = None if match["when"] is None else player.instant(match["when"])
    return player.oracle.trigger(
        match["who"], match["trigger"], player.now, occurred_at=when, event_id=match["code"], order=match["order"]
    )


@act("merge")
def merge(player: Player, match: re.Match[str]) -> None:
    """Some become one."""
    if match["preview"] is not None:
        return
    prefixes = player.oracle.merge(match["who"], match["others"].removeprefix("with ").split(" and "), player.now)
    for why, (who, award) in player.gifts.items():
        if who in prefixes:
            player.gifts[why] = match["who"], prefixes[who] + award


@act("erase")
def erase(player: Player, match: re.Match[str]) -> None:
    """Somebody is forgotten."""
    player.oracle.erase(match["who"], player.now)


@act("redeem")
def redeem(player: Player, match: re.Match[str]) -> Any:
    """Points become a code."""
    cart = None if match["money"] is None else micros(match["money"])
    coded = match["codeless"] is None
    made = player.oracle.redeem(match["who"], int(match["points"]), player.now, with_code=coded, cart_subtotal=cart)
    return named(player, match["code"], made)


def named(player: Player, name: str | None, made: Any) -> Any:
    """What was made, under the story's name."""
    if name is not None and not isinstance(made, Refused):
        player.made[name] = made.code or made.id
        player.made[f"{name} id"] = made.id
    return made


@act("unredeem")
def unredeem(player: Player, match: re.Match[str]) -> Any:
    """A redemption is undone."""
    return player.oracle.unredeem(match["who"], player.made[f"{match['code']} id"], player.now)


# ------------------------------------------------------------------------------------------------------------ staff


@act("staff")
def staff(player: Player, match: re.Match[str]) -> Any:
    """Staff correct points."""
    verbs: dict[str, Callable[[str, int, int], Any]] = {
        "give": player.oracle.give_points,
        "take": player.oracle.takeaway_points,
        "spend": player.oracle.takeaway_points_as_spent,
        "unspend": player.oracle.unspend_points,
        "forgive": player.oracle.forgive_debt,
    }
    made = verbs[match["action"]](match["who"], int(match["points"]), player.now)
    if match["action"] == "give" and match["why"]:
        player.gifts[match["why"]] = match["who"], str(made)
    return made


TYPES = {
    "birthday_gift": ("birthday",),
    "milestone_reached": ("milestone",),
    "earned_as_referrer": ("referral_sent",),
    "earned_as_referree": ("referral_received",),
    "earned_from_source": ("signup", "anniversary", "trigger", "review", "social", "newsletter"),
}


@act("staff undo")
def staff_undo(player: Player, match: re.Match[str]) -> Any:
    """Staff take back what something gave."""
    change = match["order"] or (match["gift"] and player.gifts[match["gift"]][1])
    if match["type"]:
        change = player.oracle.last_award(match["who"], player.now, *TYPES.get(match["type"], (match["type"],)))
    return player.oracle.takeaway_points_for_change(match["who"], change, player.now)


@act("staff mark")
def staff_mark(player: Player, match: re.Match[str]) -> Any:
    """A mark is set or cleared."""
    return player.oracle.mark(match["who"], match["mark"], player.now, on=match["act"] == "mark")


@act("import since")
def imported(player: Player, match: re.Match[str]) -> None:
    """What is told of a customer is known since a past instant."""
    name, inner = next((verb.name, m) for verb in COMMANDS if (m := verb.pattern.fullmatch(match["what"])))
    player.lived_at = player.instant(match["from"])
    ACTS[name](player, inner)
    player.lived_at = None


@act("at once")
def at_once(player: Player, match: re.Match[str]) -> list[Any]:
    """The same wish many times."""
    name, inner = next((verb.name, m) for verb in COMMANDS if (m := verb.pattern.fullmatch(match["what"])))
    return [ACTS[name](player, inner) for _ in range(int(match["points"]))]


# ---------------------------------------------------------------------------------------------------------- offers


@act("take")
def take(player: Player, match: re.Match[str]) -> Any:
    """She has an offer."""
    return named(player, match["code"], player.oracle.take(match["who"], match["offer"], player.now))


@act("use")
def use(player: Player, match: re.Match[str]) -> Any:
    """A code is made of a reward."""
    return named(player, match["code"], player.oracle.use(match["who"], match["offer"], player.now))


@act("staff grant")
def staff_grant(player: Player, match: re.Match[str]) -> Any:
    """Staff give her what an offer gives."""
    made = player.oracle.grant(match["who"], match["offer"], player.now)
    return named(player, match["offer"], made)


@act("staff void")
def staff_void(player: Player, match: re.Match[str]) -> Any:
    """Staff take a code or a reward away."""
    name = player.made[f"{match['code'] or match['offer']} id"]
    return player.oracle.void_reward(match["who"], name, player.now)


@act("outbox")
def outbox(player: Player, match: re.Match[str]) -> Any:
    """What the shop was to do is done, or failed."""
    name = player.made[f"{match['code']} id"]
    owners = [who for who, account in player.oracle.shop.accounts.items() if name in account.redemptions]
    if not owners:  # who had it was erased: of nobody anything changes
        return None
    return player.oracle.deliver(owners[0], name, player.now, done=match["how"] == "done")


# --------------------------------------------------------------------------------------------------------- friends


@act("invite")
def invite(player: Player, match: re.Match[str]) -> Any:
    """She invites a friend."""
    email = None if match["to"] is None else f"{match['to']}@example.com"
    made = player.oracle.refer(match["who"], match["channel"], player.now, email=email)
    if match["code"] is not None and isinstance(made, str):
        player.made[match["code"]] = made
    return made


@act("address")
def address(player: Player, match: re.Match[str]) -> None:
    """An address or a phone is told."""
    told = CustomerFacts(email=match["email"] and f"{match['email']}@example.com", phone=match["phone"])
    player.oracle.push_customer(match["who"], player.now, told=told, since=player.lived_at)


@act("comes")
def comes(player: Player, match: re.Match[str]) -> None:
    """A customer is told with the code of an invitation."""
    told = CustomerFacts(referral_code=player.made[match["code"]])
    player.oracle.push_customer(match["who"], player.now, told=told, since=player.lived_at)


# ------------------------------------------------------------------------------------------------ holds, gifts, tiers


@act("hold")
def hold(player: Player, match: re.Match[str]) -> Any:
    """Points are set aside."""
    points, minutes = (None if match[name] is None else int(match[name]) for name in ("points", "minutes"))
    worth, cart = (None if match[name] is None else micros(match[name]) for name in ("money", "cart"))
    return player.oracle.hold(match["who"], points, match["code"], player.now, minutes=minutes, cart=cart, worth=worth)


@act("capture")
def capture(player: Player, match: re.Match[str]) -> Any:
    """Held points are spent."""
    points = None if match["points"] is None else int(match["points"])
    made = player.oracle.capture(match["who"], match["code"], points, player.now)
    if match["as"] is not None and isinstance(made, Captured):
        player.made[f"{match['as']} id"] = made.id
    return made


@act("extend")
def extend(player: Player, match: re.Match[str]) -> Any:
    """They stay for longer."""
    minutes = None if match["minutes"] is None else int(match["minutes"])
    return player.oracle.extend(match["who"], match["code"], minutes, player.now)


@act("release")
def release(player: Player, match: re.Match[str]) -> Any:
    """They are given back."""
    return player.oracle.release(match["who"], match["code"], player.now)


@act("gift")
def gift(player: Player, match: re.Match[str]) -> Any:
    """Hers become his."""
    made = player.oracle.give(match["who"], match["to"], int(match["points"]), player.now)
    if match["message"] and made is None:
        player.gifts[match["message"]] = match["to"], player.oracle.last_award(match["to"], player.now, "")
    return made


@act("staff tier")
def staff_tier(player: Player, match: re.Match[str]) -> Any:
    """A tier is set."""
    tier = None if match["step"] == "none" else match["step"].lower()
    day = None if match["day"] is None else date.fromisoformat(match["day"]) + timedelta(days=1)
    until = None if day is None else day_start(day, player.zone)
    return player.oracle.set_tier(match["who"], tier, player.now, until=until, lock=match["lock"] is not None)


@act("staff release")
def staff_release(player: Player, match: re.Match[str]) -> Any:
    """It is let go."""
    return player.oracle.release_tier(match["who"], player.now)
