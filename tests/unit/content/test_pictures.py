"""Pictures look as they were approved; `python -m tests.unit.content.test_pictures` draws them anew."""

import io
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from leal.content.panel import Button, Fact, Panel
from leal.content.png import draw_png
from leal.content.svg import draw_svg
from leal.rules.programme.theme import Colours, Theme
from tests.unit.content.panels import NOW, PANELS, PICTURE

KEPT = Path(__file__).parent / "pictures"
WINE = Theme(light=Colours(brand="#7a1f3d", accent="#d9b36c", ground="#fffaf5", text="#2a1a1f"), font="serif", radius=2)


def photograph() -> str:
    """A picture of a product, as its bytes."""
    image = Image.radial_gradient("L").convert("RGB").resize((80, 60))
    kept = io.BytesIO()
    image.save(kept, "png")
    return "data:image/png;base64," + b64encode(kept.getvalue()).decode()


def drawn() -> dict[str, bytes]:
    """Each picture that is kept, as it is drawn now."""
    pictures = {PICTURE: photograph()}
    made = {name: draw_png(panel, Theme(), 600, NOW, pictures=pictures) for name, panel in PANELS.items()}
    made |= {
        f"{name}_320": draw_png(PANELS[name], Theme(), 320, NOW) for name in ("german", "digest", "lifecycle_urgent")
    }
    made |= {f"{name}_dark": draw_png(PANELS[name], Theme(), 600, NOW, dark=True) for name in ("banner_near", "digest")}
    made |= {f"{name}_wine": draw_png(PANELS[name], WINE, 600, NOW) for name in ("banner_best", "lifecycle_urgent")}
    return made


def test_pictures_are_those_that_were_approved() -> None:
    now = drawn()
    assert {path.stem for path in KEPT.glob("*.png")} == set(now)
    for name, picture in now.items():
        was, is_ = (Image.open(path).convert("RGBA") for path in (KEPT / f"{name}.png", io.BytesIO(picture)))
        assert was.size == is_.size, name
        assert max(ImageStat.Stat(ImageChops.difference(was, is_)).mean) < 0.6, name


def test_twice_as_fine_is_twice_as_large() -> None:
    panel = PANELS["banner_near"]
    one, two = (Image.open(io.BytesIO(draw_png(panel, Theme(), 600, NOW, scale=scale))) for scale in (1, 2))
    assert two.size == (2 * one.width, 2 * one.height)


@pytest.mark.parametrize("across", [280, 320, 439, 440, 600, 1200])
@pytest.mark.parametrize("name", PANELS)
def test_the_same_words_make_the_same_picture_at_any_width(name: str, across: int) -> None:
    first, second = (draw_svg(PANELS[name], Theme(), across, NOW) for _ in range(2))
    assert first == second
    assert 0 < first[1] < 3000


def test_words_cannot_leave_the_picture_or_become_markup() -> None:
    nasty = '</text><script>alert(1)</script>&"\'<image href="file:///etc/passwd"/>\x00\x1b'
    panel = Panel(
        "loyalty-programme-banner", "x", "en", "calm", nasty, nasty, eyebrow=nasty, body=nasty, figure=nasty,
        figure_label=nasty, facts=(Fact("", nasty), Fact(nasty, nasty)), button=Button(nasty, "https://shop.example"),
    )  # fmt: skip
    markup, _ = draw_svg(panel, Theme(), 600, NOW)
    assert "<script" not in markup
    assert "<image" not in markup
    assert draw_png(panel, Theme(), 600, NOW).startswith(b"\x89PNG")


if __name__ == "__main__":
    for each, png in drawn().items():
        (KEPT / f"{each}.png").write_bytes(png)
