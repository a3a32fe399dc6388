"""What is made from the types is what the types would make now."""

from tests.structure.source import ROOT
from tests.written import client, conformance


def test_the_clients_methods_are_current() -> None:
    stale = [str(place.relative_to(ROOT)) for place, text in client.files().items() if place.read_text() != text]
    assert stale == [], f"run: python -m tests.written.client ({', '.join(stale)})"


def test_the_page_of_conformance_is_current() -> None:
    assert conformance.PAGE.read_text() == conformance.page(), f"run: {conformance.HOW}"


def test_what_is_missing_of_the_contract_is_told_with_its_reason() -> None:
    assert conformance.missing() == []
    assert conformance.stale() == []
