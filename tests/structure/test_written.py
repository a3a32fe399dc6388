"""What is made from the types is what the types would make now."""

from tests.structure.source import ROOT
from tests.written import client


def test_the_clients_methods_are_current() -> None:
    stale = [str(place.relative_to(ROOT)) for place, text in client.files().items() if place.read_text() != text]
    assert stale == [], f"run: python -m tests.written.client ({', '.join(stale)})"
