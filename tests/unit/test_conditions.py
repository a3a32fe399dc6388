"""The language of conditions: its types, its bounds, where its faults are, and what a failure counts for (S9.6)."""

import re
from pathlib import Path

import pytest

from leal.errors import Problem
from leal.rules.conditions import ENVIRONMENT, BadCondition, Fault, Kind, compile_condition, names_of
from leal.rules.programme.validation import check
from tests.unit.programme.edited import edited

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "conditions.md"
FACTS: dict[str, object] = {
    "customer.tags": ["vip", "press"],
    "customer.extras": {"score": 7.5, "city": "Lyon", "pets": ["cat"]},
    "member.tier": "gold",
    "member.points_available": 120,
    "member.points_earned": 400,
    "member.spend_micros": 99_000_000,
    "member.orders": 3,
    "member.events": {"visit": 2},
    "member.days_since_joined": 40,
    "order.amount_micros": 20_000_000,
    "order.store": "Paris",
    "order.extras": {},
    "line.product": "candle",
    "line.collections": ["home"],
    "line.tags": [],
    "line.quantity": 2,
    "line.amount_micros": 5_000_000,
}


def faults(text: str, kind: Kind = "visible") -> list[Fault]:
    with pytest.raises(BadCondition) as bad:
        compile_condition(text, kind)
    return bad.value.faults


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('"vip" in customer.tags', True),
        ('"staff" in customer.tags', False),
        ('customer.extras.city == "Lyon" && customer.extras.score > 7.0', True),
        ('"cat" in customer.extras.pets', True),
        ("has(customer.extras.car) && customer.extras.car", False),
        ('member.tier == "gold" && member.days_since_joined >= 40', True),
        ("member.spend_micros >= 100 * 1000000", False),
        ("member.points_available + member.points_earned == 520", True),
        ('order.store.startsWith("Par") && order.amount_micros / line.quantity > 9000000', True),
        ('line.collections.exists(name, name == "home") && line.tags.size() == 0', True),
    ],
)
def test_what_can_be_asked(text: str, answer: bool) -> None:
    assert compile_condition(text, "multiplier").holds(FACTS) is answer


@pytest.mark.parametrize(
    "text",
    [
        "member.points_available > 1.5",
        "member.points_earned == 2.0",
        "member.spend_micros < 10.0",
        "line.amount_micros * 2 >= 1.0",
        "member.orders in [1.0]",
        'member.events["visit"] > 1.5',
        "double(member.orders) > 1.5",
        "dyn(member.orders) > 1.5",
        'member.tier == 1 || "a" in member.tier',
        "member.orders",
        "customer.extras.vip",
        'customer.tags.exists(tag, tag.matches("(a+)+b"))',
        "",
    ],
)
def test_types_are_checked_before_anything_runs(text: str) -> None:
    found = faults(text, "multiplier")
    assert found
    assert all(fault.line == 1 and fault.column >= 1 for fault in found)


def test_faults_point_into_the_text() -> None:
    found = faults("member.orders > 1.5 &&\n  member.point > 3 && nobody")
    assert [(fault.line, fault.column) for fault in found] == [(1, 15), (2, 9), (2, 23)]
    assert found[0].message == "Found no matching overload for '_>_' applied to '(int, double)'."
    assert [fault.unknown for fault in found] == ["", "member.point", "nobody"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("visible", "order.amount_micros > 1"), ("source", "line.quantity > 1"), ("visible", "line.quantity > 1")],
)
def test_a_name_is_known_only_where_there_is_such_a_thing(kind: Kind, text: str) -> None:
    assert faults(text, kind)[0].unknown == text.split()[0]
    compile_condition(text, "multiplier")


def test_length_and_nesting_are_bounded() -> None:
    assert faults("true || " * 260 + "true") == [Fault(0, 0, "It is longer than 2000 characters.")]
    assert faults("(" * 40 + "true" + ")" * 40) == [Fault(0, 0, "It is nested too deeply.")]
    assert faults("1 + " * 100 + "1 > 1")[0].line == 0


@pytest.mark.parametrize(
    "text",
    [
        "customer.extras.car == 1",
        'order.extras["channel"] == "app"',
        "1 / (member.orders - 3) == 1",
        "customer.tags[7] == 'x'",
        "member.points_earned * 9223372036854775807 > 1",
        "customer.extras.city > 3",
        'member.events["gone"] > 0',
    ],
)
def test_a_failure_is_neither_true_nor_an_exception(text: str) -> None:
    assert compile_condition(text, "multiplier").holds(FACTS) is None


def test_facts_beyond_the_language_fail_only_who_asks_for_them() -> None:
    facts = FACTS | {"customer.extras": {"big": 10**30}}
    assert compile_condition("customer.extras.big > 1", "visible").holds(facts) is None
    assert compile_condition("member.orders == 3", "visible").holds(facts) is True


def test_loops_share_a_budget() -> None:
    nested = 'customer.tags.all(a, customer.tags.all(b, customer.tags.all(c, a + b + c != "x")))'
    condition = compile_condition(nested, "visible")
    assert condition.holds(FACTS) is True
    assert condition.holds(FACTS | {"customer.tags": [f"tag-{n}" for n in range(250)]}) is None


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ('"vip" in customer.tags', True),
        ("member.orders > 1", False),
        ('member.tier == "customer.tags"', False),
        ("has(customer . extras.a)", True),
    ],
)
def test_whether_the_customer_must_be_lent(text: str, reads: bool) -> None:
    assert compile_condition(text, "visible").reads_customer is reads


def test_the_page_lists_the_environment() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| `([^`]+)` \| ([\w, ]+) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {name: (type_, tuple(kinds.split(", ")), meaning) for name, type_, kinds, meaning in rows}
    assert told == {name: (one.type, one.kinds, one.meaning) for name, one in ENVIRONMENT.items()}
    assert set(FACTS) == set(names_of("multiplier"))


def test_every_condition_of_a_document_is_checked_with_all_its_faults() -> None:
    changes: dict[str, object] = {
        "sources[0].visible": "order.amount_micros > 1",
        "sources[0].condition": "line.quantity > 1",
        "multipliers[0].condition": "line.amount_micros > 1.5 || mebmer.orders > 1",
        "tiers.steps[1].visible": "member.order > 1",
    }
    found: list[Problem] = [one for one in check(edited(changes)) if one.code == "bad_condition"]
    assert [one.path for one in found] == [
        "sources[0].visible",
        "sources[0].condition",
        "multipliers[0].condition",
        "multipliers[0].condition",
        "tiers.steps[1].visible",
    ]
    assert found[2].message.startswith("Line 1, column 20: ")
    assert found[4].message.endswith('Did you mean "member.orders"?')


@pytest.mark.parametrize("name", ["member.tier", "member.points_available", "member.days_since_joined", "order.store"])
def test_a_tiers_condition_reads_nothing_that_time_changes(name: str) -> None:
    with pytest.raises(BadCondition) as bad:
        compile_condition(f'string({name}) == "1"', "tier")
    assert bad.value.faults[0].unknown == name
