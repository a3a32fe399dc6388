"""Words find their room: lines, sizes, and what the faces know."""

import time

import pytest
from PIL import ImageFont

from leal.content.letters import _COVERED, DISPLAY, FACES, FOLDER, TEXT, drawable, fit, width, wrap


def test_no_line_is_wider_than_it_may_be() -> None:
    text = "Mit Ihrer nächsten Bestellung sind Sie Donaudampfschifffahrtsgesellschaftskapitänin bei uns"
    for room in (60, 100, 200, 400):
        lines = wrap(text, TEXT, 15, room, 40)
        assert all(width(line, TEXT, 15) <= room for line in lines)
        assert "".join(lines).replace("-", "").replace(" ", "") == text.replace(" ", "")


def test_what_finds_no_room_is_cut_visibly() -> None:
    lines = wrap("one two three four five six seven", TEXT, 15, 70, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert width(lines[-1], TEXT, 15) <= 70
    assert wrap("", TEXT, 15, 70, 2) == []


def test_an_unbreakable_space_does_not_break() -> None:
    assert wrap("about 90\u00a0€", TEXT, 15, width("about 90", TEXT, 15) + 1, 3) == ["about", "90\u00a0€"]


def test_words_are_set_as_large_as_they_fit_and_in_even_lines() -> None:
    assert fit("Gold", DISPLAY, (32, 20), 300, 1) == (32, ["Gold"])
    assert fit("Diamantkundenstatus", DISPLAY, (32, 20), 220, 1) == (20, ["Diamantkundenstatus"])
    _, lines = fit("Three years with us, Platinum all the way", DISPLAY, (30,), 480, 3)
    assert lines == ["Three years with us,", "Platinum all the way"]


@pytest.mark.parametrize("face", FACES)
def test_a_face_draws_all_that_is_drawable(face: tuple[str, int, str, int]) -> None:
    font = ImageFont.truetype(str(FOLDER / face[2]), 40, layout_engine=ImageFont.Layout.BASIC)
    nothing = font.getmask("\U0001f600").getbbox(), bytes(font.getmask("\U0001f600"))
    blank = {0x20, 0xA0, 0xAD, 0x2009, 0x200A, 0x202F}
    unknown = [
        code
        for first, last in _COVERED
        for code in range(first, last + 1)
        if code not in blank and (font.getmask(chr(code)).getbbox(), bytes(font.getmask(chr(code)))) == nothing
    ]
    assert unknown == []


def test_what_no_face_has_is_left_out() -> None:
    assert drawable("Gold ★ 金 🎉 card\n\tnow\x00") == "Gold card now"


def test_words_without_end_are_cut_and_cost_what_one_line_does() -> None:
    begun = time.process_time()
    for text in ("W" * 60_000, "i" * 60_000, "i " * 30_000, "\u0301" * 60_000):
        for lines in (wrap(text, TEXT, 15, 500, 2), fit(text, TEXT, (32, 20), 500, 2)[1]):
            assert len(lines) <= 2
            assert all(width(line, TEXT, 15) < 1000 for line in lines)
    assert time.process_time() - begun < 5
