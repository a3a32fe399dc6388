"""What marketing tools are told, at the command line: previews of records, and the mappings that are shipped."""

from __future__ import annotations

import json

from tests.acceptance.program import Program
from tests.acceptance.test_cli_shops import PROGRAMME

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


def test_the_shipped_mappings_are_listed(leal: Program) -> None:
    listed = leal.well("feed", "mappings")
    assert [line.split()[0] for line in listed.splitlines()[2:]] == ["record", "adobe-xdm", "klaviyo", "braze"]
    assert leal("feed", "mappings", "nothing").code == 1
