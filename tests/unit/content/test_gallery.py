"""The gallery shows every block, in every way it can be looked at, and its folder is complete."""

import io
import re
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qsl

import html5lib
import msgspec
import pytest
from PIL import Image

from leal.content import gallery
from leal.content.panel import Panel
from leal.rules.content.chosen import BLOCKS
from tests.unit.content.people import NOW, TERMS


def test_it_shows_every_block_in_several_states() -> None:
    found = gallery.states(TERMS, None, NOW)
    assert {state.panel.block for state in found} == set(BLOCKS)
    assert len({state.name for state in found}) == len(found) >= 30
    body, media = gallery.answer(TERMS, {}, NOW)
    assert media.startswith("text/html")
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(body.decode())
    pictures = list(page.iter("img"))
    assert len(pictures) == len(found)
    assert all(picture.get("alt") for picture in pictures)
    picture, media = gallery.answer(TERMS, dict(parse_qsl(pictures[3].get("src")[1:])), NOW)
    assert media == "image/png"
    assert Image.open(io.BytesIO(picture)).width == 1200


@pytest.mark.parametrize("way", [{"as": "web"}, {"as": "email", "l": "de", "width": "320"}, {"as": "web", "dark": "1"}])
def test_it_can_be_looked_at_in_other_ways(way: dict[str, str]) -> None:
    body = gallery.answer(TERMS, way, NOW)[0].decode()
    html5lib.HTMLParser(strict=True).parse(body)
    assert len(re.findall("<figure>", body)) == len(gallery.states(TERMS, None, NOW))
    assert ('lang="de"' in body) == ("l" in way)
    assert ('class="night"' in body) == ("dark" in way)


def test_what_it_does_not_know_is_as_if_not_given() -> None:
    plain = gallery.answer(TERMS, {}, NOW)
    assert gallery.answer(TERMS, {"as": "exe", "width": "99999", "show": "../../x", "l": "xx", "q": "1"}, NOW) == plain


def test_a_folder_holds_them_all(tmp_path: Path) -> None:
    found = gallery.states(TERMS, "fr", NOW)
    done = list(islice(gallery.render(TERMS, "fr", NOW, tmp_path / "out"), 6))  # of all it would take long
    assert done == [(number, len(found)) for number in range(1, 7)]
    index = (tmp_path / "out" / "index.html").read_text()
    sources = re.findall(r'src="([^"]+)"', index)
    assert len(sources) == len(found)
    assert all((tmp_path / "out" / source).is_file() for source in sources[:6])
    for state in found[:6]:
        kept = msgspec.json.decode((tmp_path / "out" / f"{state.name}.json").read_bytes(), type=Panel)
        assert kept == state.panel
        assert (tmp_path / "out" / f"{state.name}.gif").exists() == (kept.countdown is not None)
        assert Image.open(tmp_path / "out" / f"{state.name}-phone@2x.png").width == 640
