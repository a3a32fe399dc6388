"""Reckoning: every figure of a balance and of an order made anew from what its explanation shows, and nothing else."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import msgspec

from leal.rules.explaining import RULE_OF_BUCKET
from leal.scalars import encode_scalar
from leal.values import parse_money, round_fraction


def written(shape: Any) -> dict[str, Any]:
    """A wire value as whoever calls has it."""
    read: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(shape, enc_hook=encode_scalar))
    return read


def ratio(told: dict[str, int]) -> Fraction:
    """An exact number of the wire."""
    return Fraction(told["numerator"], told["denominator"])


def reckon_balance(told: dict[str, Any]) -> None:
    """Make every figure of a balance anew from its explanation alone."""
    balance, sums = told["balance"], told["sums"]
    assert [one["name"] for one in told["buckets"]] == list(RULE_OF_BUCKET)
    for bucket in told["buckets"]:
        made = sum(one["pts"].get(bucket["name"], 0) for one in sums)
        assert made == bucket["pts"] == balance[f"pts_{bucket['name']}"]
        assert f"{bucket['pts']:,}" in bucket["desc"]
    for state in ("available", "pending", "held"):
        assert sum(lot[f"pts_{state}"] for lot in told["lots"]) == balance[f"pts_{state}"]
    for state in ("available", "pending"):
        worth = told[f"{state}_worth"]
        if worth is not None:
            value, unit = parse_money(worth["value"]), parse_money(worth["smallest_unit"])
            micros = worth["pts"] * value // worth["threshold"] // unit * unit
            assert micros == parse_money(worth["amount"]) == parse_money(balance[f"pts_{state}_value"])
    assert sum(parse_money(one["spend"]) for one in sums) == parse_money(balance["total_spend"])
    assert sum(parse_money(one["window_spend"]) for one in sums) == parse_money(balance["upgrade_spend"])
    limit, shown = told["limit"], balance["redemption_limit"]
    if limit is None:
        assert shown is None
    else:
        assert (limit["total"], max(0, limit["total"] - limit["used"])) == (shown["total"], shown["remaining"])
    if told["tier"] is not None:
        _reckon_tier(told["tier"], balance, sums)
    if told["entries_left_out"] == 0:
        for one in sums:
            mine = [entry for entry in told["entries"] if entry["type"] == one["type"]]
            assert len(mine) == one["entries"]
            for bucket in RULE_OF_BUCKET:
                assert sum(entry["pts"].get(bucket, 0) for entry in mine) == one["pts"].get(bucket, 0)
    assert all(entry["rule"] for entry in told["entries"])


def _reckon_tier(tier: dict[str, Any], balance: dict[str, Any], sums: list[dict[str, Any]]) -> None:
    shown, above = balance["cur_tier"], balance["next_tier"]
    assert tier["name"] == (None if shown is None else shown["name"])
    assert parse_money(tier["spend"]) == parse_money(balance["upgrade_spend"])
    assert tier["orders"] == sum(one["window_orders"] for one in sums)
    assert tier["qualifying"] in (sum(one["window_qualifying"] for one in sums), balance["pts_available"])
    for asked, reqs in (
        (tier["reach"], above and above["reqs"]),
        (tier["keep"], shown and shown["expiration"] and shown["expiration"]["keep_reqs"]),
    ):
        assert (asked is None) == (reqs is None)
        if asked is None:
            continue
        met = [one["has"] >= one["wanted"] for one in asked["asks"]]
        is_met = not met or (all(met) if asked["every"] else any(met))
        for one in asked["asks"]:
            lacks = 0 if is_met else max(0, one["wanted"] - one["has"])
            if one["what"] == "spend":
                assert parse_money(reqs.get("extra_spend", "0")) == lacks
            elif one["what"] in ("points", "orders"):
                assert reqs.get("extra_pts" if one["what"] == "points" else "extra_orders", 0) == lacks
        shares = [Fraction(min(one["has"], one["wanted"]), one["wanted"]) for one in asked["asks"]]
        share = Fraction(1) if is_met else min(shares) if asked["every"] else max(shares)
        assert reqs.get("progress", 0) == int(share * 10_000)


def reckon_order(told: dict[str, Any], details: dict[str, Any]) -> None:
    """Make an order's points anew from its explanation alone."""
    assert told["pts"] == sum(award["pts"] for award in told["awards"]) == details["pts"]
    rate = told["rate"]
    whole = Fraction(0)
    for line in told["lines"]:
        factor = ratio(line["factor"])
        if line["multipliers"]:
            factors = [ratio(one["factor"]) for one in line["multipliers"]]
            together = {
                "multiply": math.prod(factors),
                "add": max(Fraction(0), 1 + sum(one - 1 for one in factors)),
                "best": max(factors),
            }
            assert factor == together[told["stacking"]]
        per_micro = Fraction(0) if rate is None else Fraction(rate["pts"], parse_money(rate["per"]))
        assert ratio(line["exact_pts"]) == parse_money(line["eligible"]) * factor * per_micro
        if line["earns"]:
            assert parse_money(line["eligible"]) == parse_money(line["amount_spent"]) - parse_money(
                line["amount_points"]
            )
        whole += ratio(line["exact_pts"])
    assert whole == ratio(told["exact_pts"])
    assert told["pts_rounded"] == round_fraction(whole, told["rounding"])
    for award in told["awards"]:
        if award["kind"] == "order" and told["verdict"] == "earns":
            assert award["pts_by_rule"] == (
                0 if award["hindrance"] in ("refused", "not_running") else told["pts_rounded"]
            )
        most = award["pts_allowed"]
        capped = award["pts_by_rule"] if most is None else min(most, award["pts_by_rule"])
        if award["hindrance"] not in ("neutralised", "dropped"):
            assert award["pts_owed"] == capped
        else:
            assert award["pts_owed"] == 0
            assert capped or award["hindrance"] == "neutralised"
        assert award["pts"] == award["pts_owed"]
