"""`leal doctor`, as it is run: a table or JSON, and an exit code that a script can go by."""

from __future__ import annotations

import json

from tests.acceptance.program import Program


def test_a_table_with_what_helps(leal: Program) -> None:
    ended = leal("doctor")
    assert ended.code == 0, ended.out
    lines = [line.split() for line in ended.out.splitlines()]
    assert ["ok", "schema"] in [line[:2] for line in lines]
    assert ["warn", "leader"] in [line[:2] for line in lines]
    assert "Start `leal serve`." in ended.out


def test_json_and_the_exit_code(leal: Program) -> None:
    leal.environment["LEAL_WORKERS"] = "200"
    ended = leal("doctor", "--json")
    assert ended.code == 1
    report = json.loads(ended.out)
    assert report["ok"] is False
    (found,) = [finding for finding in report["findings"] if finding["state"] == "fail"]
    assert found["check"] == "connections"
    assert "LEAL_WORKERS" in found["help"]


def test_settings_that_cannot_be_read_are_findings(leal: Program) -> None:
    leal.environment["LEAL_PORT"] = "eighty"
    ended = leal("doctor")
    assert ended.code == 1
    assert "LEAL_PORT is not a whole number" in ended.out
