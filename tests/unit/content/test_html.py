"""Fragments are sound HTML without scripts, say all that the panel says, and nothing of it becomes markup."""

import re
from typing import get_args
from xml.etree import ElementTree

import html5lib
import pytest

from leal.content.colours import luminance
from leal.content.html import Form, draw_html
from leal.content.panel import Button, Card, Fact, Offer, Panel, Product, words
from leal.rules.programme.theme import Colours, Theme
from tests.unit.content.panels import NOW, PANELS

FORMS = get_args(Form)
SAFE = {
    "table", "tbody", "tr", "td", "p", "h2", "span", "a", "img", "s", "br", "section", "style", "div", "ul", "li", "dl",
    "dt", "dd", "b", "i", "em", "strong", "svg", "circle", "g", "path",
}  # fmt: skip


def parsed(fragment: str) -> list[ElementTree.Element]:
    """The elements of a fragment, by a parser that raises where it is not as HTML says."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return [element for element in parser.parseFragment(fragment).iter() if isinstance(element.tag, str)][1:]


def name(element: ElementTree.Element) -> str:
    """An element's name, without its namespace."""
    return element.tag.partition("}")[2] or element.tag


def spaced(text: str) -> str:
    """The text without its spaces, of any kind."""
    return "".join(text.split())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_a_fragment_is_sound_and_says_everything(panel: Panel, form: Form) -> None:
    fragment = draw_html(panel, Theme(), 600, NOW, form=form)
    elements = parsed(fragment)
    assert {name(element) for element in elements} <= SAFE
    assert not any(key.startswith("on") for element in elements for key in element.attrib)
    if form == "web":
        assert name(elements[0]) == "style"
    said = spaced("".join("".join(element.itertext()) for element in elements[:2]))
    unsaid = {panel.progress.label, panel.progress.start} if panel.progress else set()
    assert [text for text in words(panel) if text not in unsaid and spaced(text) not in said] == []
    assert len(fragment) < 60_000  # an e-mail of more than about 100 kB is cut
    if panel.button:
        links = [element.get("href") for element in elements if element.tag == "a"]
        assert panel.button.url in links
    assert all("alt" in element.attrib for element in elements if element.tag == "img")


@pytest.mark.parametrize("form", FORMS)
def test_words_stay_words(form: Form) -> None:
    nasty = '"><script>alert(1)</script><img src=x onerror=y>&amp;\x00'
    panel = Panel(
        "loyalty-programme-banner", nasty, nasty, "calm", nasty, nasty, eyebrow=nasty, body=nasty, figure=nasty,
        figure_label=nasty, facts=(Fact("", nasty), Fact(nasty, nasty)), button=Button(nasty, "javascript:alert(1)"),
        products=(Product(nasty, nasty, nasty, nasty, nasty, nasty, "data:text/html,x", 'https://a"onload=x'),),
        offer=Offer(nasty, nasty, nasty, nasty, nasty, "vbscript:x"),
    )  # fmt: skip
    elements = parsed(draw_html(panel, Theme(logo_url="https://shop.example/logo.png"), 600, NOW, form=form))
    assert {name(element) for element in elements} <= SAFE
    assert not any(key.startswith("on") for element in elements for key in element.attrib)
    assert [element.get("href") for element in elements if "href" in element.attrib] == []
    assert [element.get("src") for element in elements if element.tag == "img"] == ["https://shop.example/logo.png"]


def test_an_e_mail_has_its_styles_inline_and_the_running_countdown_where_there_is_one() -> None:
    panel = PANELS["banner_urgent"]
    fragment = draw_html(panel, Theme(), 600, NOW, countdown_url="https://shop.example/x.gif?t=1&b=2")
    assert "<style" not in fragment
    assert "class=" not in fragment
    (image,) = [element for element in parsed(fragment) if element.tag == "img"]
    assert image.get("src") == "https://shop.example/x.gif?t=1&b=2"
    assert image.get("alt") == "12 days, 14 hours, 59 min"


@pytest.mark.parametrize("kind", get_args(Form))
def test_a_card_of_many_fields_still_fits_an_e_mail(kind: Form) -> None:
    number = "https://shop.example/card/2847391001234"
    panel = Panel("personalised-digest", "x", "en", "calm", "Hello", "Hello", card=Card(number, "qr", "Your card"))
    fragment = draw_html(panel, Theme(), 600, NOW, form=kind)
    parsed(fragment)
    assert number in fragment
    assert len(fragment) < 50_000


def test_two_brands_on_one_page_keep_their_colours() -> None:
    first, second = (
        draw_html(PANELS["digest"], Theme(light=Colours(brand=brand)), 600, NOW, form="web")
        for brand in ("#112233", "#445566")
    )
    (one,), (other,) = (re.findall(r'class="leal (leal-\w+)', fragment) for fragment in (first, second))
    assert one != other
    assert f".{one}{{" in first


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_an_e_mail_can_be_read_where_light_grounds_and_dark_words_are_turned_round(panel: Panel) -> None:
    fragment = draw_html(panel, Theme(), 600, NOW)
    for ground, said in re.findall(r"background-color:(#\w{6});([^\"]*)", fragment):
        words = re.search(r"(?<![-\w])color:(#\w{6})", said)
        if words and luminance(words[1]) < 0.2:  # they become light
            assert luminance(ground) >= 0.7, (ground, words[1])
