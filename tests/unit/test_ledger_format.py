"""The page about the ledger's format: its vectors are what the ledger makes, and its checker finds what was altered."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leal.rules.account import Account, Counts
from leal.rules.ledger import Entry, Note, canonical, chain, change_id

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ledger-format.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
CHECKER = next(text for kind, text in BLOCKS if kind == "python")
COVERED = next(text for kind, text in BLOCKS if kind == "text").strip()
ROWS, NOTE = (json.loads(text) for kind, text in BLOCKS if kind == "json")
CHANGES: dict[str, Any] = {
    "shop": 8, "account": 1, "id": 1, "type": "joined", "cause": "staff", "cause_number": 9, "award": 9, "programme": 2,
    "occurred_at": 0, "effective_at": 0, "recorded_at": 0, "points": 121, "available": 121, "pending": 1, "held": 1,
    "redeemed": 1, "expired": 1, "earned": 1, "debt": 1, "moves": [1, 2, 121, 0], "lots": [], "day": "2026-01-06",
    "spend_micros": 1, "qualifying": 1, "orders": 2, "changes": "{}", "commitment": "00", "digest": "00", "number": 3,
}  # fmt: skip


def entry_of(row: dict[str, Any]) -> Entry:
    plain = {name: value for name, value in row.items() if name in Entry.__struct_fields__}
    plain["day"] = None if row["day"] is None else date.fromisoformat(row["day"])
    plain["commitment"] = None if row["commitment"] is None else bytes.fromhex(row["commitment"])
    plain["digest"] = bytes.fromhex(row["digest"])
    return Entry(**plain, counts=Counts(row["spend_micros"], row["qualifying"], row["orders"]))


def check(rows: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    return subprocess.run([sys.executable, "-c", CHECKER], input=lines, capture_output=True, text=True, check=False)


def test_the_vectors_are_what_the_ledger_makes() -> None:
    head = bytes(32)
    for row in ROWS:
        entry = entry_of(row)
        head = chain(head, canonical(row["shop"], row["account"], entry))
        assert head == entry.digest
    assert canonical(ROWS[1]["shop"], ROWS[1]["account"], entry_of(ROWS[1])).decode() == COVERED


def test_the_note_is_what_the_third_entry_committed_to() -> None:
    note = Note(bytes.fromhex(NOTE["salt"]), NOTE["note"].encode())
    assert note.commitment().hex() == NOTE["commitment"] == ROWS[2]["commitment"]


def test_strings_are_escaped_as_the_page_says() -> None:
    spoilt = entry_of({**ROWS[0], "changes": 'a"b\\c\x00\x1f\n\t/é\U0001f600'})
    assert b'"a\\"b\\\\c\\u0000\\u001f\\n\\t/' + 'é\U0001f600"'.encode() in canonical(1, 2, spoilt)


def test_the_page_names_every_value_in_its_place() -> None:
    told = re.findall(r"^\| [\d–]+ \| (.+?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    names = " ".join(told).replace("`", "").split()
    assert names == ["format", *(name for name in ROWS[0] if name != "digest")]
    assert len(names) == 29 == len(json.loads(canonical(1, 2, entry_of(ROWS[0]))))


def test_changes_of_one_instant_have_ids_of_their_own_also_of_members_of_one_bucket() -> None:
    at, one, other = 1_700_000_000_000_000, Account(5 << 12 | 7, 5), Account(9 << 22 | 5 << 12 | 8, 5)
    assert change_id(one, at) != change_id(other, at)
    one.number, one.entry_id = 1, change_id(one, at)
    assert one.entry_id < change_id(one, at) < change_id(one, at + 1000)


def test_an_id_stays_in_its_bucket_where_those_of_its_millisecond_are_used_up() -> None:
    at, account = 1_700_000_000_000_000, Account(1023 << 12 | 0xFFE, 1023)
    account.entry_id = first = change_id(account, at)
    account.number, account.entry_id = 1, change_id(account, at)
    assert first & 0xFFF == 0xFFF
    assert account.entry_id == ((first >> 22) + 1) << 22 | 1023 << 12
    assert account.entry_id < change_id(account, at)


def test_the_checker_is_short_and_finds_whole_chains_whole() -> None:
    assert len(CHECKER.strip().splitlines()) <= 22
    done = check([*ROWS[:2], {**ROWS[2], "salt": NOTE["salt"], "note": NOTE["note"]}])
    assert (done.returncode, done.stdout) == (0, "3 entries of 1 members: every chain is whole\n")


@pytest.mark.parametrize("name", CHANGES)
def test_the_checker_finds_every_change_of_a_value(name: str) -> None:
    assert CHANGES.keys() == ROWS[1].keys()
    assert CHANGES[name] != ROWS[1][name]
    done = check([ROWS[0], {**ROWS[1], name: CHANGES[name]}, ROWS[2]])
    assert done.returncode == 1
    assert "member" in done.stderr


@pytest.mark.parametrize("order", [(1, 2), (0, 2), (1, 0, 2), (0, 1, 1, 2), (0, 2, 1)])
def test_the_checker_finds_what_is_missing_or_out_of_order(order: tuple[int, ...]) -> None:
    assert check([ROWS[i] for i in order]).returncode == 1


@pytest.mark.parametrize("spoilt", [{"salt": "ff" * 16}, {"note": "{}"}])
def test_the_checker_finds_a_changed_note(spoilt: dict[str, str]) -> None:
    note = {"salt": NOTE["salt"], "note": NOTE["note"], **spoilt}
    assert "its note" in check([*ROWS[:2], {**ROWS[2], **note}]).stderr
