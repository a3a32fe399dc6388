"""Programmes in short words: each line of a story's programme, and the part of the document it stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from tests.stories.offering import OFFER, add_offer
from tests.stories.ways import SUBSCRIBING, WAY, add_way

Document = dict[str, Any]
"""A programme document without the shop's name, as YAML would hold it."""
Say = Callable[[Document, re.Match[str]], None]

_MONEY: Final = r"\d+(?:\.\d+)?"
_TERM: Final = r"\d+ (?:day|month|year)s?"
_DAY: Final = r"\d{4}-\d\d-\d\d"
_ASK: Final = rf"(?:\d+ points?|{_MONEY} spend|\d+ orders?|the event [a-z-]+|the tag [a-z]+)"
_NEED: Final = rf"{_ASK}(?: and {_ASK})*(?: or {_ASK})*"
_PERIOD: Final = "daily|weekly|monthly|yearly|lifetime"


class UnknownWords(Exception):
    """A line that no programme can say."""


def programme(lines: list[str]) -> Document:
    """The document that the lines stand for; without any: a point per euro, worth a cent, for good, and no tiers."""
    document: Document = {
        "title": "Story",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "points": {"value": "0.01"},
        "earning": {},
        "sources": [{"slug": "orders", "title": "Orders", "kind": "order", "points": 1, "per": "1"}],
        "redemption": {},
        "expiration": {},
    }
    for line in lines:
        for pattern, say in WORDS:
            if match := pattern.fullmatch(line):
                say(document, match)
                break
        else:
            raise UnknownWords(line)
    return document


def _put(*path: str, **fields: str) -> Say:
    """Set one value; a field in braces is taken from the line."""

    def say(document: Document, match: re.Match[str]) -> None:
        place = document
        for name in path:
            place = place.setdefault(name, {})
        place.update({name: _number(text.format(**match.groupdict())) for name, text in fields.items()})

    return say


def _number(text: str) -> int | str | bool:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text


def _rate(document: Document, match: re.Match[str]) -> None:
    document["sources"][0] |= {"points": int(match["points"]), "per": match["per"]}


def _order_source(**fields: Any) -> Say:
    def say(document: Document, match: re.Match[str]) -> None:
        document["sources"][0] |= {
            name: value.format(**match.groupdict()) if isinstance(value, str) else value
            for name, value in fields.items()
        }

    return say


def _nothing_from_orders(document: Document, match: re.Match[str]) -> None:
    document["sources"] = []


def _staff_points(document: Document, match: re.Match[str]) -> None:
    document["sources"].append({"slug": "staff", "title": "Staff", "kind": "manual", "expires": match["term"]})


def _worthless(document: Document, match: re.Match[str]) -> None:
    del document["points"]["value"]
    del document["redemption"]


def _bucket(document: Document, match: re.Match[str]) -> None:
    buckets = document["redemption"].setdefault("value_buckets", [])
    buckets.append({"threshold": int(match["points"]), "value": match["value"]})


def _not_earning(document: Document, match: re.Match[str]) -> None:
    exclude = document["earning"].setdefault("eligible", {}).setdefault("exclude", {})
    exclude.setdefault(match["kind"] + "s", []).append(match["name"])


def _multiplier(document: Document, match: re.Match[str]) -> None:
    multipliers = document.setdefault("multipliers", [])
    number = len(multipliers) + 1
    found: Document = {"slug": f"times-{number}", "title": match[0], "factor": int(Decimal(match["factor"]) * 10_000)}
    if match["kind"]:
        found["targets"] = {match["kind"] + "s": [match["name"]]}
    if match["tier"]:
        found["tiers"] = [match["tier"].lower()]
    if match["from"]:
        found |= {"starts_at": match["from"], "ends_at": match["to"]}
    if match["where"]:
        found["condition"] = match["where"]
    multipliers.append(found)


def _pending(document: Document, match: re.Match[str]) -> None:
    fields = match.groupdict()
    if fields.get("date"):
        found: Document = {"mode": "date", "day": fields["date"]}
    elif fields.get("days"):
        found = {"mode": "delay", "days": int(fields["days"])}
        if fields["since"]:
            found["since"] = "completed"
    elif fields.get("trigger"):
        found = {"mode": "event", "event": "trigger", "trigger": fields["trigger"]}
    else:
        found = {"mode": "event", "event": "completed"}
    if fields.get("timeout"):
        found |= {"timeout": fields["timeout"], "then": "drop" if fields["then"] == "dropped" else "mature"}
    document["earning"]["pending"] = found


def _trigger(document: Document, match: re.Match[str]) -> None:
    slug = match["slug"]
    declared: Document = {"slug": slug, "title": slug.capitalize(), "open_to_browsers": match["open"] is not None}
    document.setdefault("triggers", []).append(declared)


def _rolling(document: Document, match: re.Match[str]) -> None:
    rolling = document["expiration"]["rolling"] = {"term": match["term"]}
    if match["since"]:
        rolling["since"] = "earned"
    if match["unit"]:
        rolling["round_up"] = match["unit"]
    if match["exact"]:
        rolling["round_up"] = "none"


def _choices(document: Document, match: re.Match[str]) -> None:
    document["redemption"]["choices"] = [int(number) for number in re.findall(r"\d+", match["choices"])]


def _tier(document: Document, match: re.Match[str]) -> None:
    ladder = _ladder(document)
    step: Document = {"slug": match["name"].lower(), "name": match["name"]}
    for field, group in (("requires", "need"), ("keep", "keep")):
        if match[group]:
            step[field] = _requirements(match[group])
    if match["where"]:
        step.setdefault("requires", {})["condition"] = match["where"]
    if match["limit"]:
        step["redemption_limit"] = _limit(match["limit"])
    if match["expires"]:
        step["expires"] = match["expires"]
    ladder["steps"].append(step)


def _features(document: Document, match: re.Match[str]) -> None:
    """What a tier gives; a feature's cell says yes, or no where the line does."""
    steps = [step for step in _ladder(document)["steps"] if step["name"] == match["tier"]]
    for no, slug in re.findall(r"(no )?([a-z-]+)", match["features"]):
        features = document.setdefault("tier_features", [])
        if slug not in [feature["slug"] for feature in features]:
            features.append({"slug": slug, "title": slug})
        for step in steps:
            step.setdefault("features", {})[slug] = "no" if no else "yes"


def _ladder(document: Document) -> Document:
    ladder: Document = document.setdefault("tiers", {"window": {"kind": "lifetime"}, "steps": []})
    return ladder


def _requirements(text: str) -> Document:
    found: Document = {"match": "any"} if " or " in text else {}
    for amount, measure in re.findall(rf"({_MONEY}) (point|spend|order)", text):
        found[measure if measure == "spend" else measure + "s"] = amount if measure == "spend" else int(amount)
    if events := re.findall(r"the event ([a-z-]+)", text):
        found["events"] = events
    if tag := re.search(r"the tag ([a-z]+)", text):
        found["condition"] = f'"{tag[1]}" in customer.tags'
    return found


def _limit(text: str) -> Document | str:
    points, _, period = text.partition(" ")
    return {"points": int(points), "period": period} if period else text


def _window(document: Document, match: re.Match[str]) -> None:
    kinds = {"for life": "lifetime", "the calendar year": "calendar_year", "the member's year": "anniversary_year"}
    kind = kinds[match["window"]]
    _ladder(document)["window"] = {"kind": kind}


def add_source(document: Document, kind: str, slug: str, **fields: Any) -> None:
    """Put one more way to earn into the document."""
    document["sources"].append({"slug": slug, "title": slug, "kind": kind, **fields})


def _first_order(document: Document, match: re.Match[str]) -> None:
    add_source(document, "first_order", "first-order", points=int(match["points"]), caps=caps_of(match))


def _product_bonus(document: Document, match: re.Match[str]) -> None:
    product, points = match["product"], int(match["points"])
    targets = {"products": [product]}
    add_source(document, "product", f"bonus-{product}", points=points, targets=targets, caps=caps_of(match))


def _product_factor(document: Document, match: re.Match[str]) -> None:
    product, factor = match["product"], int(Decimal(match["times"]) * 10_000)
    add_source(document, "product", f"more-{product}", multiplier=factor, targets={"products": [product]})


def _tier_entry(document: Document, match: re.Match[str]) -> None:
    tier, counts = match["tier"].lower(), match["counts"] is not None
    days = {} if match["from"] is None else {"starts_at": match["from"], "ends_at": match["to"]}
    add_source(
        document, "tier_entry", f"enter-{tier}", points=int(match["points"]), tier=tier, qualifies=counts, **days
    )


def _cap(document: Document, match: re.Match[str]) -> None:
    document["sources"][0].setdefault("caps", []).extend(caps_of(match))


def caps_of(match: re.Match[str]) -> list[Document]:
    if match["cap"] is None:
        return []
    cap: Document = {"points": int(match["cap"]), "over": "refuse" if match["refuse"] else "trim"}
    return [cap if match["period"] == "in all" else cap | {"period": match["period"]}]


def _everything_on(document: Document, match: re.Match[str]) -> None:
    document["expiration"]["global"] = {"mode": "date", "days": match["days"].split(" and ")}


def _everything_idle(document: Document, match: re.Match[str]) -> None:
    keeps = [] if match["activity"] == "activity" else [match["activity"]]
    document["expiration"]["global"] = {"mode": "inactivity", "term": match["term"], "keeps": keeps}


def _shortened(document: Document, match: re.Match[str]) -> None:
    document.setdefault("transition", {}).update(lives="shorten", notice=match["notice"] or "30 days")


def _rolling_window(document: Document, match: re.Match[str]) -> None:
    _ladder(document)["window"] = {"kind": "rolling", "length": match["length"]}


def _basis(document: Document, match: re.Match[str]) -> None:
    _ladder(document)["basis"] = match["basis"]


def _life(**fields: str) -> Say:
    def say(document: Document, match: re.Match[str]) -> None:
        life = _ladder(document).setdefault("life", {})
        life |= {name: _number(text.format(**match.groupdict())) for name, text in fields.items()}
        if match.groupdict().get("unit"):
            life["round_up"] = match["unit"]

    return say


def _warning(document: Document, match: re.Match[str]) -> None:
    part = _ladder(document) if match["what"].startswith("a tier") else document["expiration"]
    part["warn_days"] = [int(days) for days in re.findall(r"\d+", match["days"])]


def _part(document: Document, match: re.Match[str]) -> None:
    document[match["part"]] = json.loads(match["json"])


def words_of(pattern: str) -> re.Pattern[str]:
    """A line's pattern, with words in capitals for what is often said."""
    for name, expression in (("MONEY", _MONEY), ("TERM", _TERM), ("DAY", _DAY), ("NEED", _NEED), ("PERIOD", _PERIOD)):
        pattern = pattern.replace(name, expression)
    return re.compile(pattern)


_UNIT: Final = "(?: to the end of the (?P<unit>day|month|quarter|half-year|year))?"
_ON_TIME: Final = "(?:, (?P<then>dropped|mature) after (?P<timeout>TERM))?"
_BETWEEN: Final = "(?: from (?P<from>DAY) to (?P<to>DAY))?"
_TIMES: Final = (
    r"(?P<factor>\d+(?:\.\d+)?)x(?: on (?P<kind>product|collection|tag) (?P<name>[a-z-]+))?"
    "(?: for (?P<tier>[A-Z][a-z]+))?" + _BETWEEN + "(?: where (?P<where>.+))?"
)
CAP: Final = " at most (?P<cap>[0-9]+) (?P<period>PERIOD|in all)(?P<refuse>, or nothing)?"
_STEP: Final = (
    "tier (?P<name>[A-Z][a-z]+)(?: from (?P<need>NEED))?(?:, kept with (?P<keep>NEED))?"
    "(?:, limit (?P<limit>unlimited|[0-9]+ (?:PERIOD)))?(?:, points lapse after (?P<expires>TERM))?"
    "(?: where (?P<where>.+))?"
)
WORDS: Final[list[tuple[re.Pattern[str], Say]]] = [
    (words_of(pattern), say)
    for pattern, say in (
        ("zone (?P<zone>[A-Za-z0-9_/+-]+)", _put(timezone="{zone}")),
        ("currency (?P<currency>[A-Z]{3})", _put(currency="{currency}")),
        ("switched off", _put(enabled="false")),
        ("members opt in", _put(enrolment="explicit")),
        ("part (?P<part>[a-z_]+) (?P<json>.+)", _part),
        # what a point is
        ("(?P<points>[0-9]+) points? per (?P<per>MONEY)", _rate),
        ("orders earn nothing", _nothing_from_orders),
        ("a point is worth (?P<value>MONEY)", _put("points", value="{value}")),
        ("(?P<points>[0-9]+) points are worth (?P<value>MONEY)", _bucket),
        ("points have no value", _worthless),
        ("round (?P<mode>floor|half_up|ceil)", _put("points", rounding="{mode}")),
        ("no debt", _put("points", "debt", policy="none")),
        ("debt up to (?P<floor>[0-9]+)", _put("points", "debt", policy="to_floor", floor="{floor}")),
        ("returned points live (?P<grace>TERM)", _put("points", grace="{grace}")),
        ("taxes earn", _put("earning", "eligible", taxes="true")),
        ("shipping earns", _put("earning", "eligible", shipping="true")),
        ("(?P<kind>product|collection|tag) (?P<name>[a-z-]+) earns nothing", _not_earning),
        (_TIMES, _multiplier),
        ("multipliers (?P<how>multiply|add|best)", _put("earning", stacking="{how}")),
        ("orders earn where (?P<where>.+)", _order_source(condition="{where}")),
        ("orders are seen where (?P<where>.+)", _order_source(visible="{where}")),
        ("order points do not qualify", _order_source(qualifies=False)),
        ("order points lapse after (?P<term>TERM)", _order_source(expires="{term}")),
        ("staff points lapse after (?P<term>TERM)", _staff_points),
        ("pending (?P<days>[0-9]+) days(?P<since> after completion)?" + _ON_TIME, _pending),
        ("pending until completed" + _ON_TIME, _pending),
        ("pending until the event (?P<trigger>[a-z-]+)" + _ON_TIME, _pending),
        (r"pending until the next (?P<date>\d\d-\d\d)", _pending),
        ("lapse after (?P<term>TERM)(?P<since> from earning)?(?P<exact> to the second)?" + _UNIT, _rolling),
        ("warn (?P<days>[0-9]+(?: and [0-9]+)*) days before (?P<what>points lapse|a tier ends)", _warning),
        ("trigger (?P<slug>[a-z-]+)(?P<open> open to browsers)?", _trigger),
        ("redeem from (?P<min>[0-9]+)", _put("redemption", min="{min}")),
        (
            r"redeem (?P<min>[0-9]+)\.\.(?P<max>[0-9]+) step (?P<step>[0-9]+)",
            _put("redemption", min="{min}", max="{max}", step="{step}"),
        ),
        ("redeem only (?P<choices>[0-9]+(?:, [0-9]+)* or [0-9]+)", _choices),
        ("minimum cart (?P<cart>MONEY)", _put("redemption", minimum_cart="{cart}")),
        (
            "limit (?P<points>[0-9]+) (?P<period>PERIOD)",
            _put("redemption", "limit", points="{points}", period="{period}"),
        ),
        ("codes lapse after (?P<term>TERM)", _put("redemption", coupon_expires="{term}")),
        ("cancelled orders give the reward back", _put("redemption", cancelled_order="reward")),
        ("gifts from (?P<min>[0-9]+)", _put("gifts", min="{min}")),
        (
            "gifts at most (?P<points>[0-9]+) (?P<period>PERIOD)",
            _put("gifts", "limit", points="{points}", period="{period}"),
        ),
        (
            r"holds last (?P<minutes>\d+) minutes, at most (?P<longest>\d+)",
            _put("holds", default_minutes="{minutes}", longest_minutes="{longest}"),
        ),
        (OFFER, add_offer),
        # tiers
        ("tiers count (?P<window>for life|the calendar year|the member's year)", _window),
        (f"tiers count the last (?P<length>{_TERM})", _rolling_window),
        ("orders earn" + CAP, _cap),
        (rf"the first order earns (?P<points>\d+)(?:,{CAP})?", _first_order),
        *SUBSCRIBING,
        (
            WAY + f"(?:,{CAP})?" + _BETWEEN + "(?: where (?P<where>.+))?",
            lambda document, match: add_way(document, match, caps_of(match)),
        ),
        (rf"(?P<product>[a-z]+) earns (?P<points>\d+)(?:,{CAP})?", _product_bonus),
        (r"(?P<product>[a-z]+) earns (?P<times>[\d.]+)x", _product_factor),
        (r"entering (?P<tier>[A-Z]\w*) earns (?P<points>\d+)(?P<counts> which count)?" + _BETWEEN, _tier_entry),
        ("everything lapses after (?P<days>.+) each year", _everything_on),
        (
            f"everything lapses (?P<term>{_TERM}) after the last (?P<activity>activity|award|redemption)",
            _everything_idle,
        ),
        ("tiers go by (?P<basis>available|qualifying) points", _basis),
        (_STEP, _tier),
        ("(?P<tier>[A-Z][a-z]+) gives (?P<features>(?:no )?[a-z-]+(?:, (?:no )?[a-z-]+)*)", _features),
        ("tiers last (?P<term>TERM)" + _UNIT, _life(ends="term", term="{term}")),
        ("tiers last forever", _life(ends="never")),
        ("tiers have (?P<grace>TERM) of grace", _life(grace="{grace}")),
        ("tiers fall one step", _life(downgrade="one_step")),
        ("tiers never fall", _life(downgrade="never")),
        ("existing points are shortened(?:, not before (?P<notice>TERM))?", _shortened),
        ("who falls short is lowered", _put("transition", tiers="lower")),
        ("refunds never end tiers", _life(protect="true")),
    )
]
