"""Programmes at the command line: planned, applied with the plan's hash, undone, back-tested."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.program import Program
from tests.acceptance.test_cli_shops import PROGRAMME

DEARER = PROGRAMME.replace("spend: 500", "spend: 900").replace("value: 0.01", "value: 0.02")


@pytest.fixture
def shop(leal: Program) -> Program:
    """The program with a shop and its first programme, and in a file the one that shall follow."""
    leal.well("shop", "create", "test")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    (leal.folder / "dearer.yaml").write_text(DEARER)
    return leal


def test_a_plan_is_shown_and_changes_nothing(shop: Program) -> None:
    told = shop.well("programme", "plan", "dearer.yaml")
    assert "Test club: what version 2 would change" in told
    assert [line.split()[1:4] for line in told.splitlines() if "tiers.steps[gold].requires.spend" in line] == [
        ["tiers.steps[gold].requires.spend", "500", "900"]
    ]
    document = json.loads(shop.well("programme", "plan", "dearer.yaml", "--json"))
    assert f"leal programme apply dearer.yaml --plan {document['plan']}\n" in told
    assert {"path": "points.value", "before": "0.01", "after": "0.02"} in document["fields"]
    assert (document["planned_on_version"], document["members_looked_at"]) == (1, 0)
    assert "500" in shop.well("programme", "show", "test")
    same = shop.well("programme", "plan", "-", stdin=shop.well("programme", "show", "test"))
    assert "nothing would change" in same
    assert "--plan" not in same


def test_a_plan_is_applied_once_and_then_outdated(shop: Program) -> None:
    planned = json.loads(shop.well("programme", "plan", "dearer.yaml", "--json"))["plan"]
    other = shop("programme", "apply", "-", "--plan", planned, stdin=PROGRAMME)
    assert (other.code, other.out) == (1, "")
    assert "was not made of this document" in other.err
    said = shop.well("programme", "apply", "dearer.yaml", "--plan", planned)
    assert said == "Test club is version 2 of the programme of shop test.\n"
    outdated = shop("programme", "apply", "dearer.yaml", "--plan", planned)
    assert outdated.code == 1
    assert outdated.err == "leal: The plan was made on version 1; version 2 has been published since.\n"


def test_applying_without_a_plan_says_that_there_are_plans(leal: Program) -> None:
    leal.well("shop", "create", "test")
    assert leal("programme", "apply", "-", stdin=PROGRAMME).err == ""
    assert "leal programme plan -" in leal("programme", "apply", "-", stdin=DEARER).err


def test_a_version_is_undone(shop: Program) -> None:
    before = shop.well("programme", "show", "test")
    refused = shop("programme", "undo", "test")
    assert (refused.code, refused.out) == (1, "")
    shop.well("programme", "apply", "dearer.yaml")
    said = shop.well("programme", "undo", "test")
    assert said == "Version 3 of the programme of shop test says what version 1 said.\n"
    assert shop.well("programme", "show", "test") == before
    assert "900" in shop.well("programme", "show", "test", "--version", "2")


def test_faults_of_a_document_are_told_as_ever(shop: Program) -> None:
    ended = shop("programme", "plan", "-", stdin=DEARER.replace("EUR", "euros"))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("leal: -: 1 fault\n\n  currency, line 3, column 1")


def test_a_programme_is_back_tested(leal: Program) -> None:
    leal.well("shop", "create", "test", "--sandbox", "--clock", "1998-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    leal.well("clock", "advance", "test", "1998-04-10")
    told = leal.well("programme", "backtest", "-", "--from", "1998-02-10", "-o", "chart.svg", stdin=DEARER)
    months = [line.split()[:2] for line in told.splitlines() if "1998" in line]
    assert months == [["Feb", "1998"], ["Mar", "1998"], ["Apr", "1998"]]
    assert "0 orders of 0 members lived again" in told
    assert (leal.folder / "chart.svg").read_text().startswith("<svg ")
    asked = ("programme", "backtest", "-", "--from", "1998-02-10", "--to", "1998-03-05", "--json")
    document = json.loads(leal.well(*asked, stdin=DEARER))
    assert [month["first_day"] for month in document["months"]] == ["1998-02-10", "1998-03-01"]
    assert document["months"][0]["ends_at"] == "1998-02-28T23:00:00Z"
    assert set(document["months"][0]["other"]) >= {"earned", "expired", "liability", "tiers"}
    backwards = leal("programme", "backtest", "-", "--from", "1999-01-01", stdin=DEARER)
    assert (backwards.code, backwards.out) == (1, "")


def test_shortening_lives_waits_for_a_second_person(shop: Program) -> None:
    shorter = PROGRAMME + "transition: {lives: shorten, notice: 60 days}\nexpiration: {rolling: {term: 6 months}}\n"
    (shop.folder / "shorter.yaml").write_text(shorter)
    assert "plan it first" in shop("programme", "apply", "shorter.yaml").err
    plan = json.loads(shop.well("programme", "plan", "shorter.yaml", "--json"))["plan"]
    waits = shop("programme", "apply", "shorter.yaml", "--plan", plan)
    assert waits.code == 1
    assert "This needs a second person: approval 1 waits for one." in waits.err
    assert f"publish a programme that shortens lives (plan {plan})" in shop.well("approval", "list", "test")
    assert "a second person must" in shop("approval", "approve", "test", "1").err
    boss = Program(shop.environment | {"SUDO_USER": "boss"}, shop.folder)
    assert boss.well("approval", "approve", "test", "1") == "Approval 1 of shop test is done.\n"
    assert "6 months" in shop.well("programme", "show", "test")
    assert "Nothing waits" in shop.well("approval", "list", "test")
    [decided] = json.loads(shop.well("approval", "list", "test", "--all", "--json"))["approvals"]
    assert (decided["decided_by"], decided["outcome"]) == ("operator boss", "done")
    acts = json.loads(shop.well("audit", "test", "--json"))["acts"]
    assert [act["action"] for act in acts] == [
        "programme.published", "approval.approved", "approval.requested", "programme.published",
    ]  # fmt: skip
    assert "operator boss" in shop.well("audit", "test")
