"""Content blocks at the command line: every state written into a folder, to be looked at."""

from __future__ import annotations

import json
import re

from tests.acceptance.program import Program
from tests.acceptance.test_cli_exchange import founded


def test_every_state_is_written_to_be_looked_at(leal: Program) -> None:
    founded(leal)
    told = leal.well("content", "render", "test", "-o", "blocks", "--language", "fr")
    folder = leal.folder / "blocks"
    sources = re.findall(r'src="([^"]+)"', (folder / "index.html").read_text())
    assert told == f"{len(sources)} states written; look at blocks/index.html.\n"
    assert len({source.split("/")[0] for source in sources}) == 5
    assert all((folder / source).read_bytes().startswith(b"\x89PNG") for source in sources)
    panel = json.loads((folder / "loyalty-programme-banner" / "unknown.json").read_text())
    assert (panel["language"], panel["tone"]) == ("fr", "welcome")
    assert panel["headline"] in (folder / "loyalty-programme-banner" / "unknown.email.html").read_text()


def test_what_cannot_be_written_is_said(leal: Program) -> None:
    leal.well("shop", "create", "test")
    bare = leal("content", "render", "test", "-o", "blocks")
    assert (bare.code, "no programme yet" in bare.err) == (1, True)
    (leal.folder / "taken").touch()
    taken = leal("content", "render", "test", "-o", "taken")
    assert taken.code == 2
