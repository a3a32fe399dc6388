"""Reading the programme document: YAML that a person wrote, with every fault at its line and column."""

import json

import msgspec
import pytest

from leal.errors import InvalidInput, Problem
from leal.examples import programme_text
from leal.rules.programme.document import Programme
from leal.rules.programme.reading import plain, print_programme, programme_schema, read_programme
from leal.rules.programme.yaml_tree import NODES_MAX, SIZE_MAX, Tree

SHORT = "shop: a\ntitle: A\ncurrency: EUR\ntimezone: UTC\n"


def faults(text: str) -> list[Problem]:
    with pytest.raises(InvalidInput) as raised:
        read_programme(text)
    return raised.value.problems


def test_the_least_programme() -> None:
    assert read_programme(SHORT) == Programme(shop="a", title="A", currency="EUR", timezone="UTC")


def test_all_faults_of_types_with_their_places() -> None:
    text = SHORT + (
        "enabeld: true\n"
        "points:\n"
        "  value: free\n"
        "  rounding: up\n"
        "sources:\n"
        "  - slug: Orders\n"
        "    title: Orders\n"
        "    points: 1.5\n"
        "tiers:\n"
        "  window: {kind: lifetime}\n"
    )
    assert [(fault.path, fault.code, fault.line, fault.column) for fault in faults(text)] == [
        ("points.value", "bad_format", 7, 3),
        ("points.rounding", "not_a_choice", 8, 3),
        ("sources[0].slug", "bad_format", 10, 5),
        ("sources[0].kind", "required", 10, 5),
        ("sources[0].points", "wrong_type", 12, 5),
        ("tiers.steps", "required", 13, 1),
        ("enabeld", "unknown_field", 5, 1),
    ]


def test_faults_beyond_types_have_places_too() -> None:
    text = SHORT + "redemption:\n  min: 5\n  max: 3\n"
    assert [(fault.path, fault.line, fault.column) for fault in faults(text)] == [
        ("points.value", 1, 1),
        ("redemption.max", 7, 3),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("shop: [", "bad_yaml", 1),
        ("shop: a\n---\nshop: b\n", "bad_yaml", 2),
        ("\tshop: a", "bad_yaml", 1),
        ("shop: \x01", "bad_yaml", 0),
        ("shop: *a", "bad_yaml", 1),
        ("shop: !!python/object:os.system x", "bad_yaml", 1),
        ("shop: !secret x", "bad_yaml", 1),
        ("shop: !!int '7'", "bad_yaml", 1),
        ("? [a, b]\n: c\n", "bad_yaml", 1),
        ("a: &a {b: c}\nd:\n  <<: *a\n", "bad_yaml", 3),
        ("shop: a\ntitle: b\nshop: c\n", "doubled_key", 3),
        ("points: {value: 1, value: 2}", "doubled_key", 1),
        ("", "wrong_type", 0),
        ("# nothing\n", "wrong_type", 0),
        ("[]", "wrong_type", 1),
        ("shop: " + "[" * 40 + "]" * 40, "too_deep", 1),
        ("shop: " + "[" * 5000 + "]" * 5000, "too_deep", 0),
        ("#" * (SIZE_MAX + 1), "too_large", 0),
    ],
)
def test_what_is_no_document(text: str, code: str, line: int) -> None:
    problem = faults(text)[0]
    assert (problem.code, problem.line) == (code, line)


def test_aliases_are_counted_out() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for number in range(1, 9):
        bomb += f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n"
    (problem,) = faults(bomb)
    assert problem.code == "too_large"
    assert str(NODES_MAX) in problem.right


def test_an_alias_of_itself_ends() -> None:
    (problem,) = faults("a: &a\n  b: *a\n")
    assert problem.code == "too_deep"


def test_aliases_may_be_used() -> None:
    text = SHORT.replace("A", "&m A") + "holds: {default_minutes: &m 20, longest_minutes: *m}\n"
    holds = read_programme(text).holds
    assert holds is not None
    assert (holds.default_minutes, holds.longest_minutes) == (20, 20)


@pytest.mark.parametrize("written", ["0.010", '"0.010"', "'0.010'"])
def test_money_needs_no_quotation_marks(written: str) -> None:
    assert read_programme(SHORT + f"points: {{value: {written}}}\n").points.value == "0.010"


@pytest.mark.parametrize("written", ["0.0000001", "-1", "1e-2", "1,50", "0x10", ".5", "1_000", ".inf", "null x"])
def test_money_that_is_refused(written: str) -> None:
    (problem,) = faults(SHORT + f"points: {{value: {json.dumps(written)}}}\n")
    assert (problem.path, problem.code) == ("points.value", "bad_format")
    (problem,) = faults(SHORT + f"points:\n  value: {written}\n")
    assert (problem.path, problem.code) == ("points.value", "bad_format")


def test_dates_and_words_stay_texts() -> None:
    text = SHORT.replace("title: A", "title: yes") + "expiration: {global: {mode: date, days: [12-31]}}\n"
    assert read_programme(text).title == "yes"
    value = Tree("a: 2025-01-01\nb: 12:30\nc: 010\nd: ~\ne: True\nf: 10\n").value
    assert value == {"a": "2025-01-01", "b": "12:30", "c": "010", "d": None, "e": True, "f": 10}


def test_a_truth_value_is_not_a_text() -> None:
    (problem,) = faults(SHORT + "enabled: yes\n")
    assert (problem.path, problem.right) == ("enabled", "true or false")


def test_printing_leaves_defaults_out() -> None:
    programme = read_programme(SHORT + "locale: en\nenabled: true\npoints: {debt: {policy: unlimited}}\nsources: []\n")
    assert print_programme(programme) == SHORT


ODD = [
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\x01",
    "\x85",
    "\u2028",
    "\ufeff",
    "\uffff",
    "😀",
    " ",
    "#",
    "- a",
    "a: b",
    "null",
    "1e3",
    "010",
]
ODD += [
    "yes",
    "true",
    "1.50",
    "2025-01-01",
    "=",
    "<<",
    "*a",
    "&a",
    "!a",
    "%",
    "@",
    "`",
    "'",
    '"',
    "\\",
    "a\n\n b\n",
    "---",
    "...",
]


@pytest.mark.parametrize("title", ODD)
def test_any_text_is_printed_without_loss(title: str) -> None:
    programme = Programme(shop="a", title=title, currency="EUR", timezone="UTC")
    assert read_programme(print_programme(programme)) == programme


@pytest.mark.parametrize("example", ["cdnow", "full"])
def test_examples_are_right_and_survive_printing(example: str) -> None:
    programme = read_programme(programme_text("cdnow" if example == "cdnow" else "full"))
    assert read_programme(print_programme(programme)) == programme


def test_the_full_example_uses_every_part() -> None:
    """Every field of every part stands in the full example or is one of two that exclude each other."""
    seen: dict[str, set[str]] = {}

    def walk(value: object) -> None:
        if isinstance(value, msgspec.Struct):
            written = set(plain(value))
            names = {field.encode_name for field in msgspec.structs.fields(value) if field.encode_name not in written}
            name = type(value).__name__
            seen[name] = seen[name] & names if name in seen else names
            for field in msgspec.structs.fields(value):
                walk(getattr(value, field.name))
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(read_programme(programme_text("full")))
    unused = {f"{part}.{field}" for part, fields in seen.items() for field in fields}
    at_default = {
        "Programme.enabled", "Programme.anniversary_day", "PointsTerms.grace", "EligibleMoney.shipping",
        "RollingExpiration.since", "Ladder.basis", "Subscriptions.cycle", "Referrals.same_address",
        "PendingEvent.then", "TierLife.downgrade",
    }  # fmt: skip
    assert unused - at_default == {"Redemption.choices"}


def test_the_schema_describes_the_document() -> None:
    schema = programme_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema
    parts = schema["$defs"]
    assert set(parts["Programme"]["required"]) == {"shop", "title", "currency", "timezone"}
    assert parts["Redemption"]["properties"]["minimum_cart"]["type"] == ["string", "number"]
    assert "once per order" in parts["PointsTerms"]["properties"]["rounding"]["description"]
    assert parts["Expiration"]["properties"]["global"]["title"] == "Global"
    for name, part in parts.items():
        assert part["description"], name
        assert part["additionalProperties"] is False, name
