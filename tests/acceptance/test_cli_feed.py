"""What marketing tools are told, at the command line: previews of records, and the mappings that are shipped."""

from __future__ import annotations

import json
import socket
import time

from tests.acceptance.program import Program
from tests.acceptance.test_cli_shops import PROGRAMME
from tests.receiving import elsewhere

SHEET = "id,order_time,customer_id,amount_spent\n1,2025-03-01T10:00:00Z,anna,12.34\n"


def test_a_record_is_previewed_as_a_mapping_writes_it(leal: Program) -> None:
    leal.well("shop", "create", "test", "--sandbox", "--clock", "2026-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    (leal.folder / "orders.csv").write_text(SHEET)
    leal.well("import", "orders", "test", "orders.csv")
    told = json.loads(leal.well("feed", "preview", "test", "anna"))
    assert (len(told), told["customer_id"], told["points_balance"]) == (11, "anna", 123)
    more = leal.well("feed", "preview", "test", "anna", "--extensions", "points_value,currency")
    assert more.endswith('  "points_value": 1.23,\n  "currency": "EUR"\n}\n')
    assert json.loads(leal.well("feed", "preview", "test", "anna", "--mapping", "braze"))["external_id"] == "anna"
    assert "customer" in leal("feed", "preview", "test", "bob").err
    unknown = leal("feed", "preview", "test", "anna", "--mapping", "crm")
    assert (unknown.code, '"klaviyo"' in unknown.err) == (1, True)
    shipped = leal.well("feed", "mappings", "klaviyo").replace("slug: klaviyo", "slug: crm")
    checked = leal.well("programme", "validate", "-", stdin=PROGRAMME + shipped)
    assert "note: mapping crm: some tools take only names like loyalty_tier, not" in checked
    leal.well("programme", "apply", "-", stdin=PROGRAMME + shipped)
    told = json.loads(leal.well("feed", "preview", "test", "anna", "--mapping", "crm"))
    assert told["data"]["attributes"]["properties"]["loyalty_points_balance"] == 123


def test_what_records_tell_is_counted(leal: Program) -> None:
    leal.well("shop", "create", "test", "--sandbox", "--clock", "2026-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    (leal.folder / "orders.csv").write_text(SHEET + "2,2025-04-01T10:00:00Z,bob,600\n3,2025-04-01T10:00:00Z,cleo,6\n")
    leal.well("import", "orders", "test", "orders.csv")
    lines = leal.well("feed", "check", "test").splitlines()
    told = {line.split()[0]: line.split()[1:] for line in lines[2:13]}
    assert told["customer_id"] == ["minimum", "3", "100.0", "%"]
    assert told["next_tier"] == ["recommended", "2", "66.7", "%"]
    assert told["points_expiration_date"] == ["recommended", "0", "0.0", "%"]
    assert [kind for kind, *_ in told.values()].count("minimum") == 4
    assert len({len(line.rstrip()) for line in lines[2:13]}) == 1
    assert any(line.split()[:5] == ["records", "3", "of", "3", "customers"] for line in lines)
    leal.well("upkeep", "test")
    checked = json.loads(leal.well("feed", "check", "test", "--json"))
    assert (checked["records"], checked["customers"], checked["due_micros"]) == (3, 3, None)


def test_records_are_pushed_where_they_shall_go(leal: Program) -> None:
    leal.well("shop", "create", "test", "--sandbox", "--clock", "2026-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    (leal.folder / "orders.csv").write_text(SHEET)
    leal.well("import", "orders", "test", "orders.csv")
    assert "has no destinations" in leal.well("feed", "status", "test")
    with elsewhere() as there:
        add = ("feed", "destination", "add", "test", "crm", there.url)
        refused = leal(*add)
        assert (refused.code, "https://" in refused.err) == (2, True)
        leal.environment["LEAL_PUSH_PRIVATE"] = "yes"
        assert leal("feed", "destination", "add", "test", "No Name", there.url).code == 1
        shown = leal.well(*add, "--mapping", "braze", "--records", "100", "--bytes", "5000")
        assert shown.startswith("secret  whsec_")
        assert leal(*add).code == 1
        assert " snapshot " in leal.well("feed", "status", "test")
        dry = leal.well("feed", "push", "test", "crm", "--dry-run")
        assert "1 records and 0 ids that are gone in 1 calls" in dry
        assert '"external_id": "anna"' in dry
        assert there.taken() == []
        there.behave("500")
        failed = leal("feed", "push", "test", "crm")
        assert (failed.code, "it answered 500" in failed.err) == (1, True)
        assert "failing" in leal.well("feed", "status", "test")
        assert leal.well("feed", "push", "test", "crm").startswith("1 records and 0 ids that are gone were taken")
        assert len(there.taken()) == 2
        (row,) = leal.well("feed", "status", "test").splitlines()[2:]
        assert row.split()[:4] == ["crm", "active", "0", "s"]
        assert "paused" in leal.well("feed", "destination", "pause", "test", "crm")
        assert " paused " in leal.well("feed", "destination", "list", "test")
        leal.well("feed", "destination", "resume", "test", "crm")
        leal.well("feed", "destination", "remove", "test", "crm")
        assert leal("feed", "destination", "remove", "test", "crm").code == 1


def test_a_server_pushes_what_happens_within_seconds(leal: Program) -> None:
    leal.environment["LEAL_PUSH_PRIVATE"] = "yes"
    leal.well("shop", "create", "test", "--sandbox", "--clock", "2026-01-01")
    leal.well("programme", "apply", "-", stdin=PROGRAMME)
    with elsewhere() as there, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        leal.well("feed", "destination", "add", "test", "crm", there.url)
        process = leal.start("serve", "--port", str(port))
        try:
            for name in ("anna", "bob"):  # the first is told by the snapshot or after it, the second as a change
                sheet = SHEET.replace("anna", name).replace("\n1,", f"\n{name},")
                leal.well("import", "orders", "test", "-", "--format", "csv", stdin=sheet)
                begun = time.monotonic()
                while not any(f'"{name}"'.encode() in call["body"] for call in there.taken()):
                    assert time.monotonic() - begun < (30 if name == "anna" else 5)
                    time.sleep(0.05)
        finally:
            process.terminate()
            process.wait(30)
        assert "active" in leal.well("feed", "status", "test")


def test_the_shipped_mappings_are_listed(leal: Program) -> None:
    listed = leal.well("feed", "mappings")
    assert [line.split()[0] for line in listed.splitlines()[2:]] == ["record", "adobe-xdm", "klaviyo", "braze"]
    assert leal("feed", "mappings", "nothing").code == 1
