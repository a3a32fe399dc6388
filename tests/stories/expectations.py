"""What a story expects: each kind of line with how it is written, and what is found in its place."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from leal.engine.commands import Change
from leal.errors import InvalidInput, LealError, Refused
from leal.rules.account import Lot, draw_order
from leal.rules.expiration import schedule
from leal.rules.limits import LimitState
from leal.rules.mapped import View, mapped, mapping_of
from leal.rules.membership import shown_membership
from leal.rules.programme.feeds import EXTENSIONS, KINDS
from leal.rules.programme.terms import Need
from leal.rules.standing import Asked, TierStanding
from leal.values import NEVER, parse_money
from tests.stories.stage import WHEN, Mismatch, Stage, Verb, money, outlined, written

EXPECTATIONS: Final[list[Verb]] = []
Find = Callable[[Stage, "re.Match[str]"], Awaitable[str]]

_BUCKET: Final = "available|pending|held|redeemed|expired|earned|debt"
_LOT: Final = rf"\d+(?: from {WHEN}| waiting)?(?: until \d{{4}}-\d\d-\d\d| to {WHEN}| forever)"
_LACK: Final = r"(?:\d+ points|\d+\.\d\d spend|\d+ orders|event [a-z-]+|condition)"
_NEED: Final = rf"(?:nothing|{_LACK}(?:, {_LACK})*)"
_CHANGE: Final = r"[a-z_]+(?: [+-]\d+)?(?: at \d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?)?"
_REASON: Final = r"[a-z_]+(?: [a-z_]+ [0-9A-Za-z.]+)*"


def expectation(name: str, pattern: str) -> Callable[[Find], Find]:
    """Make a function tell what is found where the line says what is expected, both in the line's own words."""

    def register(find: Find) -> Find:
        async def perform(stage: Stage, match: re.Match[str]) -> None:
            found = await find(stage, match)
            if found != match["expected"]:
                raise Mismatch(match["expected"], found)

        EXPECTATIONS.append(Verb(name, written(pattern), perform, expects=True))
        return find

    return register


# ---------------------------------------------------------------------------------------------------- another time


async def _as_of(stage: Stage, match: re.Match[str]) -> None:
    """What was, or will be, shown at another instant (S3.5)."""
    for verb in EXPECTATIONS:
        inner = verb.pattern.fullmatch(match["what"])
        if inner is not None:
            stage.as_of = stage.instant(match["when"])
            try:
                await verb.perform(stage, inner)
            finally:
                stage.as_of = None
            return
    raise Mismatch("a line that is known", match["what"])


EXPECTATIONS.append(Verb("as of", written(r"as of <WHEN> (?P<what>.+)"), _as_of, expects=True))

# ----------------------------------------------------------------------------------------------------------- points


@expectation("balance", rf"balance <WHO> (?P<expected>(?:{_BUCKET}) \d+(?: (?:{_BUCKET}) \d+)*)")
async def balance(stage: Stage, match: re.Match[str]) -> str:
    """The buckets that the line names."""
    account = (await stage.balance(match["who"])).standing.account
    names = match["expected"].split()[::2]
    return " ".join(f"{name} {getattr(account, name)}" for name in names)


@expectation("lots", rf"lots <WHO> (?P<expected>none|{_LOT}(?:, {_LOT})*)")
async def lots(stage: Stage, match: re.Match[str]) -> str:
    """The open lots: available ones, then pending ones, each in the order in which they are drawn (S5.1)."""
    account = await stage.with_every_lot((await stage.balance(match["who"])).standing.account)
    ordered = sorted(account.lots, key=lambda lot: (lot.available_at > account.settled_at, *draw_order(lot)))
    words = [*match["expected"].split(", "), *([""] * len(ordered))]
    return ", ".join(_lot(stage, *pair, account.settled_at) for pair in zip(ordered, words, strict=False)) or "none"


def _lot(stage: Stage, lot: Lot, words: str, now: int) -> str:
    """A lot; to the instant where the expectation's own words are."""
    pending = ""
    if lot.available_at == NEVER:
        pending = " waiting"
    elif lot.available_at > now:
        exact = re.search(r" from \S+ \d", words)
        pending = f" from {stage.exactly(lot.available_at) if exact else stage.day(lot.available_at)}"
    exact_end = " to " in words and lot.expires_at != NEVER
    end = f"to {stage.exactly(lot.expires_at)}" if exact_end else stage.last_day(lot.expires_at)
    return f"{lot.remaining}{pending} {end}"


@expectation("expires", r"expires <WHO> (?P<expected>never|\d+ on \d{4}-\d\d-\d\d(?:, \d+ on \d{4}-\d\d-\d\d)*)")
async def expires(stage: Stage, match: re.Match[str]) -> str:
    """What lapses, and the last day on which it can be used (S7.3); the first is what the balance shows."""
    shown = (await stage.balance(match["who"])).standing
    if shown.terms is None:
        return "never"
    coming = schedule(shown.account, shown.terms)
    if (coming[0] if coming else None) != shown.next_lapse:
        return f"{shown.next_lapse} shown as the next, {coming} in the schedule"
    return ", ".join(f"{lapse.points} on {lapse.day.isoformat()}" for lapse in coming) or "never"


@expectation("value", r"value <WHO>(?P<pending> pending)? (?P<expected>none|\d+\.\d\d+)")
async def value(stage: Stage, match: re.Match[str]) -> str:
    """The money value of what is available, or pending (S5.4)."""
    shown = (await stage.balance(match["who"])).standing
    return money(shown.pending_value if match["pending"] else shown.available_value)


@expectation("spend", r"spend <WHO> (?P<expected>life -?\d+\.\d\d+(?: window -?\d+\.\d\d+)?)")
async def spend(stage: Stage, match: re.Match[str]) -> str:
    """Eligible money for life, and in the tiers' window (S13.1)."""
    shown = (await stage.balance(match["who"])).standing
    window = f" window {money(shown.upgrade_spend)}" if " window " in match["expected"] else ""
    return f"life {money(shown.account.life.spend_micros)}{window}"


@expectation("counts", r"counts <WHO> (?P<expected>-?\d+ points, -?\d+ orders)")
async def counts(stage: Stage, match: re.Match[str]) -> str:
    """Qualifying points and orders for life (S8.2)."""
    life = (await stage.balance(match["who"])).standing.account.life
    return f"{life.qualifying} points, {life.orders} orders"


@expectation("membership", r"membership <WHO> (?P<expected>none|guest|full)")
async def membership(stage: Stage, match: re.Match[str]) -> str:
    """Whether she takes part (S11.4)."""
    shown = (await stage.balance(match["who"])).standing
    return shown_membership(shown.account, shown.terms)


@expectation("events", r"events <WHO> (?P<expected>none|\d+ [a-z-]+(?:, \d+ [a-z-]+)*)")
async def events(stage: Stage, match: re.Match[str]) -> str:
    """How often each trigger came, for life (S8.2)."""
    came = (await stage.balance(match["who"])).standing.account.life.events
    return ", ".join(f"{count} {trigger}" for trigger, count in sorted(came.items())) or "none"


# ---------------------------------------------------------------------------------------------- limits and rewards


@expectation("limit", r"limit <WHO> (?P<expected>none|remaining \d+ of \d+ <PERIOD>)")
async def limit(stage: Stage, match: re.Match[str]) -> str:
    """What is left of the redemption limit in force (S5.3)."""
    found: LimitState | None = (await stage.balance(match["who"])).standing.limit
    return "none" if found is None else f"remaining {found.remaining} of {found.total} {found.period}"


@expectation("code", r"code <WHO> <CODE> (?P<expected>gone|(?:unused|locked)(?: worth \d+\.\d\d+)?)")
async def code(stage: Stage, match: re.Match[str]) -> str:
    """How a code stands among the member's unused rewards (S5.7)."""
    wanted = stage.codes[match["code"]].code
    rewards = (await stage.balance(match["who"], unused=True)).rewards
    reward = next((one for one in rewards if one.code == wanted), None)
    if reward is None:
        return "gone"
    return reward.status + (f" worth {money(reward.amount)}" if " worth " in match["expected"] else "")


@expectation(
    "drew",
    r"drew <CODE> (?P<expected>\d+ (?:until \d{4}-\d\d-\d\d|forever)(?:, \d+ (?:until \d{4}-\d\d-\d\d|forever))*)",
)
async def drew(stage: Stage, match: re.Match[str]) -> str:
    """The lots that a redemption drew, in order (S5.1)."""
    return ", ".join(f"{points} {stage.last_day(ends_at)}" for _, points, ends_at in stage.codes[match["code"]].lots)


@expectation("same", r"same code (?P<first>[A-Z]+[0-9]+) (?P<expected>[A-Z]+[0-9]+)")
async def same(stage: Stage, match: re.Match[str]) -> str:
    """Two answers were one and the same redemption."""
    one, other = stage.codes[match["first"]], stage.codes[match["expected"]]
    is_same = (one.code, one.change_id) == (other.code, other.change_id)
    return match["expected"] if is_same else f"{other.code} beside {one.code}"


@expectation("granted", r"granted (?P<expected>\d+)")
async def granted(stage: Stage, match: re.Match[str]) -> str:
    """How many of the wishes that came at once were granted."""
    return str(stage.granted)


@expectation("refused", rf"refused (?P<expected>{_REASON}(?:, {_REASON})*)")
async def refused(stage: Stage, match: re.Match[str]) -> str:
    """Why the line before was refused: every reason, with the figures that the line names (S5.2)."""
    if stage.refusal is None:
        return "granted"
    wanted = [reason.split() for reason in match["expected"].split(", ")]
    found = _reasons(stage.refusal)
    words = []
    for number, (name, figures) in enumerate(found):
        asked = wanted[number][1::2] if number < len(wanted) else list(figures)
        words.append(" ".join([name, *(f"{figure} {figures.get(figure)}" for figure in asked)]))
    return ", ".join(words)


def _reasons(failure: LealError) -> list[tuple[str, dict[str, int | str]]]:
    if isinstance(failure, Refused):
        return [(reason.code, reason.figures) for reason in failure.reasons]
    if isinstance(failure, InvalidInput):
        return [(problem.code, {}) for problem in failure.problems]
    return [(failure.id, {})]


# ------------------------------------------------------------------------------------------------------------ tiers


@expectation(
    "tier",
    rf"tier <WHO> (?P<expected>none|<TIER>(?: forever| (?:until|to) {WHEN}(?: then (?:none|[A-Z][a-z]+))?"
    rf"(?: or kept (?:forever|(?:until|to) {WHEN}))?)?)",
)
async def tier(stage: Stage, match: re.Match[str]) -> str:
    """The member's tier; its last day with grace, what follows then, and until when it would be kept (S8.4)."""
    current = (await stage.balance(match["who"])).standing.current
    if current is None:
        return "none"
    words = current.tier.name
    expected = match["expected"].partition(" then ")[0].partition(" or kept ")[0]
    if current.end is not None and " to " in expected:
        words += f" to {stage.exactly(current.end.deadline_at)}"
    elif expected.endswith(" forever") or " until " in expected or " to " in expected:
        words += " forever" if current.end is None else f" {stage.last_day(current.end.deadline_at)}"
    if current.end is not None and " then " in match["expected"]:
        words += f" then {current.end.falls_to or 'none'}"
    if current.end is not None and " or kept " in match["expected"]:
        kept_to = current.end.extended_deadline_at
        exact = " or kept to " in match["expected"] and kept_to != NEVER
        words += f" or kept to {stage.exactly(kept_to)}" if exact else f" or kept {stage.last_day(kept_to)}"
    return words


@expectation("next", rf"next <WHO> (?P<expected>none|<TIER>(?: lacks {_NEED})?(?: progress \d+)?)")
async def next_tier(stage: Stage, match: re.Match[str]) -> str:
    """The tier one step above, and what lacks of it (S8.5, S8.6)."""
    above: TierStanding | None = (await stage.balance(match["who"])).standing.next
    return "none" if above is None else above.tier.name + _asked(above.asked, match["expected"])


@expectation("keeps", rf"keeps <WHO> (?P<expected>none|lacks {_NEED}(?: progress \d+)?)")
async def keeps(stage: Stage, match: re.Match[str]) -> str:
    """What lacks for the tier to be kept, were its deadline now (S8.4)."""
    current = (await stage.balance(match["who"])).standing.current
    if current is None or current.end is None:
        return "none"
    return _asked(current.end.keep, match["expected"]).strip()


@expectation("sees", r"sees <WHO> (?P<expected>none|[a-z-]+(?:, [a-z-]+)*)")
async def sees(stage: Stage, match: re.Match[str]) -> str:
    """The sources and tiers that are shown to her, in their order."""
    standing = (await stage.balance(match["who"])).standing
    shown = [one.source.slug for one in standing.sources]
    return ", ".join([*shown, *(step.tier.slug for step in standing.tiers)]) or "none"


@expectation("way", r"way <WHO> (?P<slug>[a-z-]+) (?P<expected>open|done|closed|hidden)")
async def way(stage: Stage, match: re.Match[str]) -> str:
    """How a source stands for her: she can earn by it, it has given what it gives, neither, or she does not see it."""
    shown = (await stage.balance(match["who"])).standing.sources
    found = next((one for one in shown if one.source.slug == match["slug"]), None)
    if found is None:
        return "hidden"
    return "open" if found.can_complete else "done" if found.is_completed else "closed"


@expectation("step", rf"step <WHO> (?P<expected><TIER>(?: lacks {_NEED})?(?: progress \d+)?)")
async def step(stage: Stage, match: re.Match[str]) -> str:
    """Any tier of the ladder, and what lacks of it (S8.5)."""
    for found in (await stage.balance(match["who"])).standing.tiers:
        if found.tier.name == match["tier"]:
            return found.tier.name + _asked(found.asked, match["expected"])
    return "none"


def _asked(asked: Asked, expected: str) -> str:
    words = f" lacks {_need(asked.lacking)}" if "lacks " in expected else ""
    return words + (f" progress {asked.progress}" if "progress " in expected else "")


def _need(lacking: Need) -> str:
    parts = [] if lacking.points is None else [f"{lacking.points} points"]
    parts += [] if lacking.spend_micros is None else [f"{money(lacking.spend_micros)} spend"]
    parts += [] if lacking.orders is None else [f"{lacking.orders} orders"]
    parts += [f"event {event}" for event in lacking.events]
    parts += [] if lacking.condition is None else ["condition"]
    return ", ".join(parts) or "nothing"


# ----------------------------------------------------------------------------------------------------------- record

_FIELD: Final = "|".join(KINDS)
_ALL: Final = View(extensions=tuple(EXTENSIONS))


@expectation("record", rf"record <WHO> (?P<expected>gone|(?:{_FIELD}) [^,]+(?:, (?:{_FIELD}) [^,]+)*)")
async def member_record(stage: Stage, match: re.Match[str]) -> str:
    """The fields of the datasource's record that the line names, the further ones among them (S12)."""
    if stage.as_of is None:
        found = (await stage.engine.mapped_records(stage.shop, [match["who"]], _ALL)).get(match["who"])
    else:
        shown = await stage.balance(match["who"])
        found = mapped(mapping_of(shown.standing.terms, _ALL), outlined(shown.standing), match["who"], shown.now)
    if found is None:
        return "gone"
    if match["expected"] == "gone":
        return "a record"
    names = [part.split()[0] for part in match["expected"].split(", ")]
    return ", ".join(f"{name} {_field(found[name])}" for name in names)


def _field(value: Any) -> str:
    match value:
        case None | []:
            return "none"
        case bool():
            return "yes" if value else "no"
        case [dict(), *_]:
            return " + ".join(f"{end['points']} on {end['date']}" for end in value)
        case list():
            return " ".join(value)
    return str(value)


# ---------------------------------------------------------------------------------------------------------- history


@expectation("history", rf"history <WHO> (?P<last>last )?(?P<expected>none|{_CHANGE}(?:, {_CHANGE})*)")
async def history(stage: Stage, match: re.Match[str]) -> str:
    """The member's changes, oldest first: all of them, or the last ones; with the time where the line has one."""
    changes: list[Change] = await stage.history(match["who"])
    wanted = match["expected"].split(", ")
    if match["last"]:
        changes = changes[-len(wanted) :]
    words = []
    for number, change in enumerate(changes):
        text = change.type + (f" {change.points:+d}" if change.points else "")
        _, _, when = wanted[number].partition(" at ") if number < len(wanted) else ("", "", "")
        if when:
            text += f" at {when}" if change.at == stage.instant(when) else f" at another time than {when}"
        words.append(text)
    return ", ".join(words) or "none"


_NOTICE: Final = rf"(?:\d+ points|[A-Z][a-z]+) until \d{{4}}-\d\d-\d\d(?: worth \d+\.\d\d+| lacks {_NEED})?"


@expectation("notices", rf"notices <WHO> (?P<expected>none|{_NOTICE}(?:, {_NOTICE})*)")
async def notices(stage: Stage, match: re.Match[str]) -> str:
    """What the member was told so far, oldest first, once everything that is due is stored (S3.2)."""
    await stage.engine.keep_up(stage.shop)
    found = await stage.balance(match["who"])
    names = {} if found.standing.terms is None else {tier.slug: tier.name for tier in found.standing.terms.tiers}
    words = []
    for one in await stage.engine.outbox(stage.shop):
        if one.account != found.account_id or one.kind not in ("points_expiring", "tier_at_risk"):
            continue
        told = one.payload
        if one.kind == "points_expiring":
            worth = f" worth {money(parse_money(told['value']))}" if "worth " in match["expected"] else ""
            words.append(f"{told['points']} points until {told['last_day']}{worth}")
        else:
            need = told["lacking"]
            spend = None if "spend" not in need else parse_money(need["spend"])
            events = tuple(need.get("events", []))
            lacks = _need(Need(points=need.get("points"), spend_micros=spend, orders=need.get("orders"), events=events))
            words.append(f"{names[told['tier']]} until {told['last_day']} lacks {lacks}")
    return ", ".join(words) or "none"
