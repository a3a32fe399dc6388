"""Templates of a shop's own: filled with the panel's words, and unable to do or reach anything."""

import base64
import io

import html5lib
import pytest
from PIL import Image

from leal.content.html import draw_html
from leal.content.panel import Panel
from leal.content.png import draw_png
from leal.rules.content.templates import COLOURS, ELEMENTS_MAX, NUMBERS, PIECES, SVG, WORDS, Form, faults
from leal.rules.programme.theme import Template, Theme
from tests.unit.content.panels import BANNER, NOW, PANELS

NEAR = PANELS["banner_near"]


def picture(inner: str, size: str = 'width="600" height="200"') -> str:
    """An SVG template."""
    return f'<svg xmlns="{SVG}" {size}>{inner}</svg>'


def themed(form: Form, source: str) -> Theme:
    """A theme with one template for the banner, which has no faults."""
    assert list(faults(source, form)) == []
    return Theme(templates=[Template(block="loyalty-programme-banner", form=form, source=source)])


def png(size: int) -> str:
    """A PNG of that many pixels across, as an address."""
    kept = io.BytesIO()
    Image.new("RGB", (size, 1), "#ff0000").save(kept, "png")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


GOOD: list[tuple[Form, str]] = [
    (
        "picture",
        picture('<rect width="9" height="9" fill="{{colour_chip}}"/><text if="body">{{body}} {{figure}}</text>'),
    ),
    ("picture", picture('<g transform="translate(9 9)" data-width="300">{{bar}}</g>')),
    ("picture", picture(f'<clipPath id="c"><rect/></clipPath><image clip-path="url(#c)" href="{png(9)}"/>')),
    ("email", '<table style="width:{{progress_percent}}%"><tr><td>{{products}}</td></tr></table>'),
    (
        "email",
        '<p><a href="{{button_url}}">{{button_text}}</a><img src="https://a.example/b.png?c=1" alt="{{alt}}"/></p>',
    ),
    ("web", '<div style="color:{{colour_text}}"><h2>{{headline}}</h2><div if="card">{{card}}</div></div>'),
]
BAD: list[tuple[Form, str, str]] = [
    ("email", "<p>", "no well-formed XML"),
    ("email", "<p>&nbsp;</p>", "no well-formed XML"),
    ("email", '<!DOCTYPE p [<!ENTITY x "y">]><p>&x;</p>', "declaration"),
    ("email", '<?xml-stylesheet href="x"?><p/>', "declaration"),
    ("email", "<div><script>x</script></div>", "<script>"),
    ("web", "<style>x</style>", "<style>"),
    ("web", '<div><iframe src="https://a.example"/></div>', "<iframe>"),
    ("email", '<p onclick="x">y</p>', '"onclick"'),
    ("email", '<p class="x">y</p>', '"class"'),
    ("email", '<a href="javascript:x">y</a>', "leads to"),
    ("email", '<a href="{{headline}}">y</a>', "leads to"),
    ("email", '<a href="https://a.example/{{headline}}">y</a>', "leads to"),
    ("email", '<img src="http://a.example/x.png" alt=""/>', "leads to"),
    ("email", '<img src="data:image/svg+xml,x" alt=""/>', "leads to"),
    ("email", '<p style="background:url(https://a.example)">y</p>', "in style"),
    ("email", '<p style="background:u\\72l(x)">y</p>', "in style"),
    ("email", '<p style="position:fixed">y</p>', "in style"),
    ("email", '<p style="color:{{headline}}">y</p>', "{{headline}} in style"),
    ("email", "<p>{{headlin}}</p>", 'Did you mean "headline"?'),
    ("email", '<p if="x y">z</p>', '"x y"'),
    ("email", "<p>{{button_url}}</p>", "as words"),
    ("email", "<div>see {{bar}}</div>", "beside something else"),
    ("email", "<p>{{bar}}</p>", "beside something else"),
    ("email", "<div>" + "<br/>" * ELEMENTS_MAX + "</div>", f"{ELEMENTS_MAX + 1} elements"),
    ("picture", "<g/>", 'begins with "g"'),
    ("picture", picture("", 'width="600"'), "no height"),
    ("picture", picture("", 'width="99999" height="9"'), "no width"),
    ("picture", picture("<foreignObject/>"), "<foreignObject>"),
    ("picture", picture('<use href="#a"/>'), "<use>"),
    ("picture", picture('<filter id="a"/>'), "<filter>"),
    ("picture", picture('<image href="/etc/passwd"/>'), "leads to"),
    ("picture", picture('<image href="https://a.example/b.png"/>'), "leads to"),
    ("picture", picture('<image href="data:image/png;base64,AAAA"/>'), "leads to"),
    ("picture", picture(f'<image href="{png(2001)}"/>'), "leads to"),
    ("picture", picture('<image xmlns:x="http://www.w3.org/1999/xlink" x:href="/etc/passwd"/>'), "xlink"),
    ("picture", picture('<rect fill="url(https://a.example)"/>'), "in fill"),
    ("picture", picture('<rect style="fill:red"/>'), '"style"'),
    ("email", '<p style="background:u{{progress_percent}}rl(https://a.example)">y</p>', "in style"),
    ("email", "<p style=\"background:image-set('http://a.example/x.png' 1x)\">y</p>", "in style"),
    ("web", "<p style=\"background:-webkit-image-set('//a.example/x.png' 1x)\">y</p>", "in style"),
    ("web", '<p style="position/**/:fixed">y</p>', "in style"),
    ("web", '<p style="position{{progress_percent}}:fixed">y</p>', "in style"),
    ("picture", picture('<rect fill="u{{progress_percent}}rl(https://a.example)"/>'), "in fill"),
]
HEAVY: list[tuple[Form, str, str]] = [
    ("picture", picture("<rect/>", 'width="1" height="2400"'), "too high"),
    ("picture", picture("<g>" * 380 + "<rect/>" + "</g>" * 380), "within one another"),
    ("web", "<div>" * 380 + "</div>" * 380, "within one another"),
    ("picture", picture('<g opacity=".9"><rect/></g>' * 13), "opacity or clip-path 13 times"),
    ("picture", picture(f'<image href="{png(9)}"/>' * 9), "9 images"),
    (
        "picture",
        picture(
            '<clipPath id="a"><g><rect clip-path="url(#b)"/></g></clipPath><clipPath id="b" clip-path="url(#c)"/>'
            '<rect clip-path="url(#a)"/>'
        ),
        "clips a clipPath",
    ),
]
"""What would end the process, or hold it up for good, if it were drawn."""


@pytest.mark.parametrize(("form", "source"), GOOD)
def test_what_may_be(form: Form, source: str) -> None:
    assert list(faults(source, form)) == []


@pytest.mark.parametrize(("form", "source", "said"), [*BAD, *HEAVY])
def test_what_may_not_be(form: Form, source: str, said: str) -> None:
    found = list(faults(source, form))
    assert found
    assert any(said in message for message, _ in found), found


@pytest.mark.parametrize("form", ["email", "web"])
def test_a_template_takes_the_place_of_the_fragment_of_its_block(form: Form) -> None:
    parts = "".join(f'<div if="{name}">{{{{{name}}}}}</div>' for name in ("bar", "button", "voucher", "badge", "card"))
    source = (
        f'<div><h2>{{{{headline}}}}!</h2>{parts}<p if="offer_title">never</p><p if="body">{{{{body}}}}<br/></p></div>'
    )
    own = draw_html(NEAR, themed(form, source), 600, NOW, form="email" if form == "email" else "web")
    parsed = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(own)
    said = "".join(parsed.itertext())
    assert "Only 180 points to Gold!" in said
    assert NEAR.body in said
    assert "never" not in own
    assert own.count("{{") == 0
    assert [link.get("href") for link in parsed.iter("a")] == [NEAR.button.url if NEAR.button else ""]
    other = PANELS["value_best"]
    assert draw_html(other, themed("email", source), 600, NOW) == draw_html(other, Theme(), 600, NOW)


def test_words_that_look_like_markup_or_slots_stay_words() -> None:
    nasty = "<script>{{body}}</script>\" onload='x' &amp;"
    panel = Panel(BANNER, "x", "en", "calm", nasty, nasty, body="the body")
    source = '<div><h2 title="{{headline}}">{{headline}}</h2></div>'
    own = draw_html(panel, themed("email", source.replace('title="{{headline}}"', 'title="{{alt}}"')), 600, NOW)
    (heading,) = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(own).iter("h2")
    assert (heading.text, heading.attrib) == (nasty, {"title": nasty})
    drawn = draw_png(panel, themed("picture", picture('<text x="9" y="40">{{headline}}</text>')), 600, NOW)
    assert Image.open(io.BytesIO(drawn)).size == (600, 200)


def test_a_picture_is_drawn_by_its_template_at_any_width() -> None:
    bar = f'<image width="600" height="9" preserveAspectRatio="none" href="{png(9)}"/>'
    source = picture(f'<rect width="600" height="200" fill="#00ff00"/>{bar}')
    theme = themed("picture", source)
    for across, scale in ((600, 1), (320, 2)):
        image = Image.open(io.BytesIO(draw_png(NEAR, theme, across, NOW, scale=scale))).convert("RGB")
        assert image.size == (across * scale, 200 * across // 600 * scale)
        assert (image.getpixel((5, 1)), image.getpixel((5, image.height - 5))) == ((255, 0, 0), (0, 255, 0))


def test_every_slot_can_be_used() -> None:
    template = "".join(f'<text data-width="90">{{{{{name}}}}}</text>' for name in (*WORDS, *NUMBERS))
    template += "".join(f'<g data-width="400">{{{{{name}}}}}</g>' for name in PIECES)
    template += "".join(f'<rect fill="{{{{{name}}}}}"/>' for name in COLOURS)
    for name in ("banner_near", "banner_best", "banner_urgent"):
        assert draw_png(PANELS[name], themed("picture", picture(template)), 600, NOW).startswith(b"\x89PNG")
