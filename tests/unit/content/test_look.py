"""Whatever a brand's colours are, words stand out from what they lie on."""

import pytest

from leal.content.colours import contrast, mix, readable
from leal.content.look import look
from leal.content.panel import TONES, Tone
from leal.rules.programme.theme import Colours, Theme

BRANDS = ("#16433a", "#ffffff", "#000000", "#ffe600", "#e4002b", "#7f7f7f", "#00a0df")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("brand", BRANDS)
def test_all_words_can_be_read(brand: str, tone: Tone, dark: bool) -> None:
    theme = Theme(
        light=Colours(brand=brand, accent=BRANDS[-1]), dark=Colours(brand=brand, ground="#111111", text="#eeeeee")
    )
    drawn = look(theme, tone, dark)
    for words, ground in (
        (drawn.text, drawn.ground),
        (drawn.muted, drawn.ground),
        (drawn.strong, drawn.ground),
        (drawn.on_button, drawn.button),
        (drawn.on_surface, drawn.surface),
        (drawn.on_chip, drawn.chip),
        (drawn.muted_on_surface, drawn.surface),
        (drawn.strong_on_surface, drawn.surface),
        (drawn.on_badge, drawn.badge),
        (drawn.muted, drawn.shade),
        (drawn.text, drawn.shade),
        (drawn.strong, drawn.shade),
    ):
        assert contrast(words, ground) >= 4.5, (words, ground)
    assert contrast(drawn.button, drawn.ground) >= 3


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert contrast("#123456", "#123456") == 1


def test_a_colour_moves_no_further_than_it_must() -> None:
    assert readable("#16433a", "#ffffff") == "#16433a"
    assert mix("#000000", "#ffffff", 50) == "#808080"
