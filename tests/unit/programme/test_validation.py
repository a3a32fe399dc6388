"""Each rule of the programme document beyond its types: one change to a right document, the faults it makes."""

import pytest

from leal.rules.programme.checks_feeds import unusual
from leal.rules.programme.validation import check
from tests.unit.programme.edited import GONE, edited

Faults = list[tuple[str, str]]

IDENTITY: list[tuple[dict[str, object], Faults]] = [
    ({"timezone": "Europe/Pariss"}, [("timezone", "unknown_timezone")]),
    ({"timezone": "../etc/passwd"}, [("timezone", "unknown_timezone")]),
    ({"timezone": "localtime"}, [("timezone", "unknown_timezone")]),
    ({"currency": "EUX"}, [("currency", "unknown_currency")]),
    ({"locale": "xx"}, [("locale", "unknown_locale")]),
]

EARNING: list[tuple[dict[str, object], Faults]] = [
    ({"sources[1].slug": "orders"}, [("sources[1].slug", "duplicate")]),
    ({"sources[1].kind": "order", "sources[1].per": "1"}, [("sources[1].kind", "duplicate")]),
    ({"sources[0].points": GONE}, [("sources[0].points", "required")]),
    ({"sources[0].per": GONE}, [("sources[0].per", "required")]),
    ({"sources[0].per": "0.00"}, [("sources[0].per", "out_of_range")]),
    ({"sources[0].targets": {"tags": ["x"]}}, [("sources[0].targets", "without_effect")]),
    ({"sources[5].per": "1"}, [("sources[5].per", "without_effect")]),
    ({"sources[5].tier": "gold"}, [("sources[5].tier", "without_effect")]),
    ({"sources[5].multiplier": 20000}, [("sources[5].multiplier", "without_effect")]),
    ({"sources[5].trigger": "x"}, [("sources[5].trigger", "without_effect")]),
    ({"sources[8].trigger": "surveys"}, [("sources[8].trigger", "unknown_reference")]),
    (
        {"triggers[1].slug": "survey-answered"},
        [("triggers[1].slug", "duplicate"), ("sources[11].trigger", "unknown_reference")],
    ),
    ({"sources[13].pending.trigger": "confirmed"}, [("sources[13].pending.trigger", "unknown_reference")]),
    ({"sources[5].minimum_change_days": 10}, [("sources[5].minimum_change_days", "without_effect")]),
    ({"sources[2].targets": GONE}, [("sources[2].targets", "required")]),
    ({"sources[2].targets": {}}, [("sources[2].targets", "without_effect")]),
    ({"sources[2].points": 5}, [("sources[2].points", "contradiction")]),
    ({"sources[2].multiplier": GONE}, [("sources[2].points", "contradiction")]),
    ({"sources[2].multiplier": 2}, [("sources[2].multiplier", "out_of_range")]),
    ({"sources[8].trigger": GONE}, [("sources[8].trigger", "required")]),
    ({"sources[11].trigger": GONE}, [("sources[11].trigger", "required")]),
    ({"sources[14].tier": GONE}, [("sources[14].tier", "required")]),
    ({"sources[14].pending": {"mode": "at_once"}}, [("sources[14].pending", "without_effect")]),
    ({"sources[14].condition": "true"}, [("sources[14].condition", "without_effect")]),
    ({"sources[14].starts_at": "2026-03-02"}, []),
    ({"sources[15].starts_at": "2026-03-02"}, [("sources[15].starts_at", "without_effect")]),
    ({"sources[15].caps": [{"points": 5}]}, [("sources[15].caps", "without_effect")]),
    (
        {"sources[16]": {"slug": "more", "title": "More", "kind": "tier_entry", "points": 5, "tier": "gold"}},
        [("sources[16].tier", "duplicate")],
    ),
    ({"sources[14].tier": "golden"}, [("sources[14].tier", "unknown_reference")]),
    ({"sources[14].tier": "bronze"}, [("sources[14].tier", "without_effect")]),
    ({"sources[14].tier": "silver"}, [("sources[14].tier", "contradiction")]),
    ({"anniversary_day": False}, [("sources[7].kind", "contradiction")]),
    ({"sources[0].starts_at": "2025-02-29"}, [("sources[0].starts_at", "bad_date")]),
    ({"sources[0].starts_at": "2025-03-01T09:00"}, [("sources[0].starts_at", "bad_date")]),
    ({"sources[0].ends_at": "2025-01-01"}, [("sources[0].ends_at", "contradiction")]),
    ({"sources[0].ends_at": "2024-12-31T23:00:00Z"}, [("sources[0].ends_at", "contradiction")]),
    ({"sources[0].ends_at": "2024-12-31T23:00:01Z"}, []),
    ({"sources[6].caps": [{"points": 100}]}, [("sources[6].caps[0].period", "not_allowed_here")]),
    ({"sources[8].caps[0].points": 14}, [("sources[8].caps[0].points", "contradiction")]),
    ({"sources[8].caps[1].period": "daily"}, [("sources[8].caps[1].period", "duplicate")]),
    ({"sources[8].caps[0].points": 61}, [("sources[8].caps[1].points", "contradiction")]),
    ({"sources[0].caps": [{"points": 1, "period": "daily"}, {"points": 1, "period": "weekly"}]}, []),
    ({"sources[0].caps": [{"points": 9, "period": "yearly"}, {"points": 5, "over": "refuse"}]}, []),
    ({"sources[0].caps": [{"points": 5}, {"points": 9}]}, [("sources[0].caps[1].period", "duplicate")]),
    ({"sources[2].caps": [{"points": 500, "period": "daily"}]}, [("sources[2].caps", "without_effect")]),
    ({"sources[14].caps": [{"points": 500}]}, [("sources[14].caps", "without_effect")]),
    ({"sources[7].caps": [{"points": 50}]}, [("sources[7].caps[0].period", "not_allowed_here")]),
    ({"sources[11].pending": {"mode": "event"}}, [("sources[11].pending", "contradiction")]),
    (
        {"sources[11].pending": {"mode": "delay", "days": 3, "since": "completed"}},
        [("sources[11].pending", "contradiction")],
    ),
    ({"sources[13].pending.trigger": GONE}, [("sources[13].pending.trigger", "required")]),
    ({"earning.pending": {"mode": "date", "day": "04-31"}}, [("earning.pending.day", "bad_date")]),
    ({"earning.pending": {"mode": "date", "day": "02-29"}}, []),
    ({"earning.pending.since": "confirmed"}, [("earning.pending.timeout", "without_effect")]),
    ({"earning.pending.timeout": GONE}, [("earning.pending.then", "without_effect")]),
    ({"earning.pending": {"mode": "event", "trigger": "x"}}, [("earning.pending.trigger", "contradiction")]),
    (
        {"earning.pending.days": 336, "expiration.rolling.since": "earned"},
        [("earning.pending.days", "contradiction")],
    ),
    ({"multipliers[1].slug": "double-points-week"}, [("multipliers[1].slug", "duplicate")]),
    ({"multipliers[0].factor": 2}, [("multipliers[0].factor", "out_of_range")]),
    ({"multipliers[0].factor": 0}, []),
    ({"multipliers[0].factor": 10000}, [("multipliers[0].factor", "without_effect")]),
    ({"multipliers[0].ends_at": "2026-03-01"}, [("multipliers[0].ends_at", "contradiction")]),
    ({"multipliers[1].tiers": ["gold", "plat"]}, [("multipliers[1].tiers[1]", "unknown_reference")]),
    ({"multipliers[1].tiers": ["gold", "gold"]}, [("multipliers[1].tiers[1]", "duplicate")]),
    ({"multipliers[1].targets": {}}, [("multipliers[1].targets", "without_effect")]),
    (
        {"sources[0].kind": "manual", "sources[0].per": GONE, "sources[0].starts_at": GONE},
        [("multipliers", "without_effect")],
    ),
]

SPENDING: list[tuple[dict[str, object], Faults]] = [
    ({"points.value": "0"}, [("points.value", "out_of_range")]),
    ({"points.value": GONE}, [("points.value", "required")]),
    ({"points.value": "1.01", "redemption.value_buckets": []}, [("points.value", "contradiction")]),
    ({"redemption.max": 99, "redemption.step": 1}, [("redemption.max", "contradiction")]),
    ({"redemption.max": 2010}, [("redemption.max", "contradiction")]),
    (
        {"redemption.choices": [100, 200]},
        [(f"redemption.{field}", "without_effect") for field in ("min", "max", "step")],
    ),
    (
        {"redemption": {"choices": [100, 300, 200, 200]}},
        [("redemption.choices[2]", "not_rising"), ("redemption.choices[3]", "not_rising")],
    ),
    ({"redemption": {"choices": [100, 200]}}, []),
    ({"redemption": {"limit": {"points": 10, "period": "daily"}}}, []),
    ({"redemption": {}, "points.value": "0.001"}, [("redemption.min", "without_effect")]),
    ({"redemption": {"min": 10}, "points.value": "0.001"}, []),
    ({"redemption": {"min": 10}, "points.value": "0.001", "currency": "JPY"}, [("redemption.min", "without_effect")]),
    ({"redemption": {"choices": [1, 20]}, "points.value": "0.001"}, [("redemption.choices[0]", "without_effect")]),
    ({"redemption.limit.points": 99}, [("redemption.limit.points", "contradiction")]),
    (
        {"tiers.steps[2].redemption_limit.points": 99},
        [("tiers.steps[2].redemption_limit.points", "contradiction")],
    ),
    ({"redemption.value_buckets[1].threshold": 400}, [("redemption.value_buckets[1].threshold", "not_rising")]),
    ({"redemption.value_buckets[0].value": "19.99"}, [("redemption.value_buckets[0].value", "not_rising")]),
    ({"redemption.value_buckets[1].value": "62.49"}, [("redemption.value_buckets[1].value", "not_rising")]),
    ({"redemption.value_buckets[1].value": "62.50"}, []),
    ({"redemption.value_buckets[1].value": "7500"}, [("redemption.value_buckets[1].value", "out_of_range")]),
    (
        {"redemption": GONE},
        [("tiers.steps[2].redemption_limit", "without_effect"), ("tiers.steps[3].redemption_limit", "without_effect")],
    ),
    ({"expiration.global": {"mode": "date", "days": ["02-30"]}}, [("expiration.global.days[0]", "bad_date")]),
    ({"expiration.global": {"mode": "date", "days": ["12-31", "12-31"]}}, [("expiration.global.days[1]", "duplicate")]),
    ({"expiration.warn_days": [7, 7]}, [("expiration.warn_days[1]", "duplicate")]),
    ({"tiers.warn_days": [7, 7]}, [("tiers.warn_days[1]", "duplicate")]),
    (
        {"expiration": {"warn_days": [7]}, "sources[0].expires": GONE, "tiers.steps[2].expires": GONE},
        [("expiration.warn_days", "without_effect"), ("transition.lives", "without_effect")],
    ),
    ({"transition.lives": "keep"}, [("transition.notice", "without_effect")]),
]

LIFE: dict[str, object] = {"ends": "window"}
TIERS: list[tuple[dict[str, object], Faults]] = [
    ({"tiers.steps[1].slug": "bronze", "sources[14].tier": "gold"}, [
        ("tiers.steps[1].slug", "duplicate"), ("milestones[4].tier", "unknown_reference"),
    ]),
    ({"tiers.steps[1].name": "Bronze"}, [("tiers.steps[1].name", "duplicate")]),
    ({"tiers.steps[3].requires": GONE}, [("tiers.steps[3].requires", "required")]),
    ({"tiers.steps[0].requires": {"orders": 1}}, []),
    ({"tiers.steps[2].requires": {}}, [("tiers.steps[2].requires", "required")]),
    ({"tiers.steps[2].requires.points": 300}, [("tiers.steps[2].requires.points", "not_rising")]),
    ({"tiers.steps[3].requires.points": 1000}, [("tiers.steps[3].requires.points", "not_rising")]),
    ({"tiers.steps[3].requires.orders": 3}, [("tiers.steps[3].requires.orders", "not_rising")]),
    ({"tiers.steps[2].requires.spend": "300.00"}, [("tiers.steps[2].requires.spend", "not_rising")]),
    ({"tiers.steps[1].requires.spend": "0"}, [
        ("tiers.steps[1].requires.spend", "out_of_range"), ("tiers.steps[1].keep", "contradiction"),
    ]),
    (
        {"tiers.steps[3].requires.events": ["followed", "followed"]},
        [("tiers.steps[3].requires.events[1]", "duplicate")],
    ),
    (
        {"tiers.steps[3].requires.events": ["atelier"]},
        [("tiers.steps[3].requires.events[0]", "unknown_reference")],
    ),
    (
        {"tiers.steps[3].requires.condition": "member.points_available > 5"},
        [("tiers.steps[3].requires.condition", "bad_condition")],
    ),
    ({"tiers.steps[1].keep.points": 301}, [("tiers.steps[1].keep", "contradiction")]),
    ({"tiers.steps[1].keep.match": "all"}, [("tiers.steps[1].keep", "contradiction")]),
    ({"tiers.steps[1].keep": {"points": 100}}, [("tiers.steps[1].keep", "contradiction")]),
    ({"tiers.steps[1].keep": {"points": 1, "spend": "1", "orders": 1, "match": "any"}}, []),
    ({"tiers.steps[1].keep": {}}, [("tiers.steps[1].keep", "required")]),
    ({"tiers.steps[2].keep": {"points": 1000}}, []),
    ({"tiers.steps[2].keep": {"points": 1, "spend": "1"}}, [("tiers.steps[2].keep", "contradiction")]),
    ({"tiers.steps[2].keep": {"points": 1, "spend": "1", "match": "any"}}, []),
    ({"tiers.steps[3].keep": {"events": ["atelier-visited"]}}, [("tiers.steps[3].keep", "without_effect")]),
    ({"tiers.steps[0].keep": {"points": 1}}, [("tiers.steps[0].keep", "without_effect")]),
    ({"tiers.steps[0].life": {"ends": "never"}}, [("tiers.steps[0].life", "without_effect")]),
    ({"tiers.steps[0].entry_points": 5}, [("tiers.steps[0].entry_points", "without_effect")]),
    ({"tiers.steps[0].features": {"gift": "x"}}, [("tiers.steps[0].features.gift", "unknown_reference")]),
    ({"tier_features[1].slug": "birthday-gift"}, [
        ("tier_features[1].slug", "duplicate"),
        ("tiers.steps[2].features.free-shipping", "unknown_reference"),
        ("tiers.steps[3].features.free-shipping", "unknown_reference"),
    ]),
    ({"tier_features[1].benefit": "birthday_gift"}, [("tier_features[1].benefit", "duplicate")]),
    ({"tiers.life.term": GONE}, [("tiers.life.term", "required")]),
    ({"tiers.life": {"ends": "never", "term": "1 year"}}, [
        ("tiers.life.term", "contradiction"), ("tiers.steps[1].keep", "without_effect"),
    ]),
    ({"tiers.life": LIFE}, [("tiers.life.ends", "contradiction")]),
    ({"tiers.life": LIFE, "tiers.window": {"kind": "lifetime"}}, []),
    ({"tiers.life": {"protect": True}, "tiers.window": {"kind": "lifetime"}}, [("tiers.life.ends", "contradiction")]),
    ({"tiers.life": {"grace": "1 month"}, "tiers.window": {"kind": "calendar_year"}}, []),
    ({"tiers.life": {"round_up": "year"}, "tiers.window": {"kind": "anniversary_year"}}, [
        ("tiers.life.round_up", "without_effect"),
    ]),
    ({"tiers.steps[3].life": {"ends": "never", "grace": "1 day", "downgrade": "one_step"}}, [
        ("tiers.steps[3].life.grace", "without_effect"), ("tiers.steps[3].life.downgrade", "without_effect"),
    ]),
    (
        {"sources": [], "multipliers": [], "tiers.steps[2].requires": {"points": 5000, "spend": "5000"}},
        [
            ("tiers.steps[3].requires.points", "not_rising"), ("tiers.steps", "without_effect"),
            ("content.offers[1].multiplier", "unknown_reference"),
        ],
    ),
]  # fmt: skip

REWARDS: list[tuple[dict[str, object], Faults]] = [
    ({"offers[1].slug": "five-euros"}, [("offers[1].slug", "duplicate")]),
    ({"offers[0].tier_points": {"golden": 5}}, [("offers[0].tier_points.golden", "unknown_reference")]),
    ({"offers[6].points": 10}, [("offers[6].points", "contradiction")]),
    ({"offers[0].points": GONE}, [("offers[0].points", "required")]),
    ({"offers[0].gives": {}}, [("offers[0].gives", "required")]),
    ({"offers[0].gives.percent": 1000}, [("offers[0].gives", "required")]),
    ({"offers[0].gives.identifier": "x"}, [("offers[0].gives.identifier", "not_allowed_here")]),
    ({"offers[4].gives": {"percent": 1000}}, [
        ("offers[4].gives.percent", "not_allowed_here"), ("offers[4].gives", "required"),
    ]),
    ({"offers[0].gives.amount": "0"}, [("offers[0].gives.amount", "out_of_range")]),
    ({"offers[1].gives.percent": 10}, [("offers[1].gives.percent", "out_of_range")]),
    ({"offers[2].ends_at": "2025-01-01"}, [("offers[2].ends_at", "contradiction")]),
    ({"milestones[1].slug": "third-delivery"}, [("milestones[1].slug", "duplicate")]),
    ({"milestones[0].points": GONE}, [("milestones[0].points", "required")]),
    ({"milestones[1].offer": "candel"}, [("milestones[1].offer", "unknown_reference")]),
    ({"milestones[4].tier": "bronze"}, [("milestones[4].tier", "without_effect")]),
    ({"milestones[0].reach": "0"}, [("milestones[0].reach", "bad_format")]),
    ({"milestones[1].reach": "ten"}, [("milestones[1].reach", "bad_format")]),
    ({"milestones[2].reach": "0.00"}, [("milestones[2].reach", "bad_format")]),
    ({"milestones[4].reach": "24"}, [("milestones[4].reach", "bad_format")]),
    ({"subscriptions": GONE}, [("subscriptions", "required"), ("subscriptions", "required")]),
    ({"referrals": GONE}, [("referrals", "required"), ("referrals", "required")]),
    ({"referrals.friend_welcome": "welcome"}, [("referrals.friend_welcome", "unknown_reference")]),
    ({"referrals.friend_welcome": "candle"}, [("referrals.friend_welcome", "contradiction")]),
    ({"offers[6].stock": 5}, [("referrals.friend_welcome", "contradiction")]),
    ({"offers[5].expires": "1 month"}, [("offers[5].expires", "without_effect")]),
    ({"offers[1].condition": "order.store == 'x'"}, [("offers[1].condition", "bad_condition")]),
    ({"milestones[1].offer": "candle"}, [("milestones[1].offer", "contradiction")]),
    ({"holds.default_minutes": 721}, [("holds.default_minutes", "contradiction")]),
    ({"gifts.limit.points": 9}, [("gifts.limit.points", "contradiction")]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "faults"), IDENTITY + EARNING + SPENDING + TIERS + REWARDS, ids=str)
def test_each_rule(changes: dict[str, object], faults: Faults) -> None:
    problems = check(edited(changes))
    assert [(problem.path, problem.code) for problem in problems] == faults
    for problem in problems:
        assert problem.message.endswith((".", "?"))
        assert problem.right


F = "datasource.mappings[0]"
FEEDS: list[tuple[dict[str, object], Faults]] = [
    ({f"{F}.slug": "record"}, [(f"{F}.slug", "not_allowed_here")]),
    ({f"{F}.slug": "klaviyo"}, []),
    (
        {"datasource.mappings[1]": {"slug": "crm", "fields": [{"name": "id", "from": "customer_id"}]}},
        [("datasource.mappings[1].slug", "duplicate")],
    ),
    ({f"{F}.fields[0]": GONE}, [(f"{F}.fields", "required")]),
    ({f"{F}.fields[1].name": "contact"}, [(f"{F}.fields[1].name", "duplicate")]),
    ({f"{F}.fields[1].name": "points"}, [(f"{F}.fields[1].name", "contradiction")]),
    ({f"{F}.fields[1].name": "deleted"}, [(f"{F}.fields[1].name", "not_allowed_here")]),
    ({f"{F}.fields[1].name": "deleted.at"}, [(f"{F}.fields[1].name", "not_allowed_here")]),
    ({f"{F}.fields[1].from": "tier"}, [(f"{F}.fields[1]", "contradiction")]),
    ({f"{F}.fields[1].constant": GONE}, [(f"{F}.fields[1]", "required")]),
    ({f"{F}.fields[1].format": "text"}, [(f"{F}.fields[1].format", "without_effect")]),
    ({f"{F}.fields[5].format": "minor_units"}, [(f"{F}.fields[5].format", "bad_format")]),
    ({f"{F}.fields[6].format": "minor_units"}, []),
    ({f"{F}.fields[6].format": "date"}, [(f"{F}.fields[6].format", "bad_format")]),
    ({f"{F}.fields[9].format": "YY-MM-DD"}, [(f"{F}.fields[9].format", "bad_format")]),
    ({f"{F}.fields[9].items.date": "amount"}, [(f"{F}.fields[9].items", "contradiction")]),
    ({f"{F}.fields[9].items": {"date": "points"}}, [(f"{F}.fields[9].items", "contradiction")]),
    ({f"{F}.fields[4].items": {"date": "day"}}, [(f"{F}.fields[4].items", "without_effect")]),
    ({f"{F}.fields[3].separator": "/"}, [(f"{F}.fields[3].separator", "without_effect")]),
    ({f"{F}.fields[4].format": "array"}, [(f"{F}.fields[4].separator", "without_effect")]),
    ({f"{F}.fields[3].yes": "y"}, [(f"{F}.fields[3].yes", "without_effect"), (f"{F}.fields[3].no", "required")]),
    ({f"{F}.fields[2].no": "member"}, [(f"{F}.fields[2].no", "contradiction")]),
    ({f"{F}.yes": GONE}, [(f"{F}.yes", "required")]),
    ({f"{F}.decimal": GONE, f"{F}.thousands": "."}, [(f"{F}.decimal", "contradiction")]),
    ({f"{F}.tier_names.golden": "GOLD"}, [(f"{F}.tier_names.golden", "unknown_reference")]),
    ({f"{F}.fields[3].from": "currency"}, [(f"{F}.tier_names", "without_effect")]),
    ({f"{F}.fields[8].from": "member"}, [(f"{F}.soon_days", "without_effect")]),
    ({f"{F}.fields[7].from": "lifetime_points"}, [(f"{F}.expiring", "without_effect")]),
    ({f"{F}.expiring": "next"}, [(f"{F}.window_days", "without_effect")]),
    ({f"{F}.fields[10].cel": "points_to_next_tir <= 200"}, [(f"{F}.fields[10].cel", "bad_condition")]),
    ({f"{F}.fields[10].cel": "points_balance > 1.5"}, [(f"{F}.fields[10].cel", "bad_condition")]),
    ({f"{F}.fields[10].cel": "null"}, [(f"{F}.fields[10].cel", "bad_condition")]),
    ({f"{F}.fields[10].cel": "updated_at"}, [(f"{F}.fields[10].cel", "bad_condition")]),
]


@pytest.mark.parametrize(("changes", "faults"), FEEDS)
def test_the_datasource(changes: dict[str, object], faults: Faults) -> None:
    assert [(problem.path, problem.code) for problem in check(edited(changes))] == faults


C, BLOCK = "content", "lifecycle-banner"
CONTENT: list[tuple[dict[str, object], Faults]] = [
    ({f"{C}.thresholds.vip_from_rank": 4}, []),
    ({f"{C}.thresholds.vip_from_rank": 5}, [(f"{C}.thresholds.vip_from_rank", "out_of_range")]),
    ({f"{C}.stages.dormant_days": 100}, [(f"{C}.stages.dormant_days", "contradiction")]),
    ({f"{C}.products.least": 5}, [(f"{C}.products.least", "contradiction")]),
    ({f"{C}.benefits": {"free_delivery": "x"}}, [(f"{C}.benefits.free_delivery", "unknown_reference")]),
    ({f"{C}.languages": ["fr", "xx"]}, [(f"{C}.languages[1]", "unknown_reference")]),
    ({f"{C}.languages": ["fr", "fr"]}, [(f"{C}.languages[1]", "duplicate")]),
    ({f"{C}.offers[1].id": "come-back"}, [(f"{C}.offers[1].id", "duplicate")]),
    ({f"{C}.offers[0].discount_value": GONE}, [(f"{C}.offers[0].discount_value", "required")]),
    ({f"{C}.offers[0].discount_value": "0"}, [(f"{C}.offers[0].discount_value", "out_of_range")]),
    ({f"{C}.offers[0].discount_value": "100"}, []),
    ({f"{C}.offers[0].discount_value": "100.01"}, [(f"{C}.offers[0].discount_value", "out_of_range")]),
    ({f"{C}.offers[0].discount_type": "fixed_amount", f"{C}.offers[0].discount_value": "101"}, []),
    ({f"{C}.offers[0].discount_type": "free_shipping"}, [(f"{C}.offers[0].discount_value", "without_effect")]),
    ({f"{C}.offers[0].minimum_basket": "0"}, [(f"{C}.offers[0].minimum_basket", "out_of_range")]),
    ({f"{C}.offers[0].multiplier": "double-points-week"}, [(f"{C}.offers[0].multiplier", "without_effect")]),
    ({f"{C}.offers[0].valid_until": "2025-01-01"}, []),
    ({f"{C}.offers[0].valid_until": "2024-12-31"}, [(f"{C}.offers[0].valid_until", "contradiction")]),
    ({f"{C}.offers[0].valid_until": "2025-02-29"}, [(f"{C}.offers[0].valid_until", "bad_date")]),
    ({f"{C}.offers[0].valid_until": "9999-12-31"}, [(f"{C}.offers[0].valid_until", "bad_date")]),
    ({f"{C}.offers[0].valid_from": "2025-13-01"}, [(f"{C}.offers[0].valid_from", "bad_date")]),
    ({f"{C}.offers[1].multiplier": GONE}, [(f"{C}.offers[1].multiplier", "required")]),
    ({f"{C}.offers[1].multiplier": "platinum-home"}, [(f"{C}.offers[1].multiplier", "not_allowed_here")]),
    ({f"{C}.offers[1].discount_value": "2"}, [(f"{C}.offers[1].discount_value", "without_effect")]),
    ({f"{C}.offers[1].tags": ["new"]}, [(f"{C}.offers[1].tags", "without_effect")]),
    ({f"{C}.theme.templates[0].source": "<script/>"}, [(f"{C}.theme.templates[0].source", "bad_template")]),
    ({f"{C}.theme.templates[0].source": "<p>"}, [(f"{C}.theme.templates[0].source", "bad_template")]),
    (
        {f"{C}.theme.templates": [{"block": BLOCK, "form": "web", "source": "<p/>"}] * 2},
        [(f"{C}.theme.templates[1]", "duplicate")],
    ),
]


@pytest.mark.parametrize(("changes", "faults"), CONTENT, ids=str)
def test_the_content(changes: dict[str, object], faults: Faults) -> None:
    assert [(problem.path, problem.code) for problem in check(edited(changes))] == faults


def test_what_some_tools_do_not_take_is_said_but_no_fault() -> None:
    programme = edited({f"{F}.fields": [{"name": "id", "from": "customer_id"}]})
    assert list(unusual(programme)) == []
    fields = [{"name": "Id", "from": "customer_id"}] + [{"name": f"x{n}", "constant": True} for n in range(64)]
    programme = edited({f"{F}.fields": fields, f"{F}.expiring": GONE, f"{F}.window_days": GONE})
    assert list(unusual(programme)) == [
        "mapping crm: 65 fields; some tools take 64 at most",
        'mapping crm: some tools take only names like loyalty_tier, not "Id"',
    ]


def test_what_says_something_of_tiers_without_tiers() -> None:
    changes: dict[str, object] = {
        "tiers": GONE,
        "multipliers": [],
        "sources[14]": GONE,
        "offers[0].tier_points": GONE,
        "milestones[4]": GONE,
    }
    found = [(problem.path, problem.code) for problem in check(edited(changes))]
    assert sorted(found) == [
        ("content.offers[1].multiplier", "unknown_reference"),
        ("content.thresholds.vip_from_rank", "without_effect"),
        ("datasource.mappings[0].tier_names.gold", "unknown_reference"),
        ("tier_features", "without_effect"),
        ("transition.tiers", "without_effect"),
    ]


def test_all_faults_of_all_parts_at_once() -> None:
    problems = check(edited({"timezone": "Paris", "points.value": GONE, "tiers.steps[2].slug": "silver"}))
    assert [problem.path for problem in problems] == [
        "timezone",
        "sources[14].tier",
        "multipliers[1].tiers[0]",
        "points.value",
        "tiers.steps[2].slug",
        "offers[0].tier_points.gold",
        "datasource.mappings[0].tier_names.gold",
    ]


def test_a_near_name_is_offered() -> None:
    (problem,) = check(edited({"timezone": "Europe/Pariss"}))
    assert 'Did you mean "Europe/Paris"?' in problem.message
    (problem,) = check(edited({"milestones[1].offer": "candel"}))
    assert 'Did you mean "candle"?' in problem.message
