"""Blocks on a page, in a real browser: WCAG 2.2 AA by day and by night, on a phone and wide, and nothing sticks out."""

import html
import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from leal.content.html import Form, draw_html
from leal.rules.programme.theme import Colours, Theme
from tests.requires import needs_program
from tests.unit.content.panels import NOW, PANELS

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
YELLOW = Theme(light=Colours(brand="#ffe600", accent="#e4002b"), dark=Colours(brand="#333333", accent="#7f7f7f"))
LOOK_AT_ALL = """
const right = element => element.getBoundingClientRect().right;
const wide = [...document.querySelectorAll("div.on *")].filter(element => !element.closest("svg, style"))
  .filter(element => right(element) > right(element.closest("div.on")) + 1)
  .map(element => `${right(element)} ${element.outerHTML.slice(0, 200)}`);
const small = [...document.querySelectorAll("section a")].map(link => link.getBoundingClientRect())
  .filter(box => Math.min(box.width, box.height) < 24).map(box => `${box.width} x ${box.height}`);
axe.run("main", {runOnly: RULES}).then(found => document.title = JSON.stringify({
  dark: matchMedia("(prefers-color-scheme: dark)").matches, wide, small,
  passed: found.passes.map(rule => rule.id),
  broken: found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html, node.failureSummary]))}));
"""


def looked_at(folder: Path, form: Form, across: int, theme: Theme, dark: bool) -> dict[str, Any]:
    """What axe finds on a page of all blocks."""
    blocks = "".join(
        f'<div class="on" style="width:{across}px">{draw_html(panel, theme, across, NOW, form=form)}</div>'
        for panel in PANELS.values()
    )
    script = LOOK_AT_ALL.replace("RULES", json.dumps(RULES))
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    page = folder / "page.html"
    page.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Blocks</title><body style="background:'
        f'{"#000" if dark else "#fff"}"><main><h1 style="color:#777">All</h1>{blocks}</main>'
        f"<script>{axe}</script><script>{script}</script>",
        encoding="utf-8",
    )
    browser = next(program for name in BROWSERS if (program := shutil.which(name)))
    options = [
        f"--user-data-dir={folder}/profile",
        f"--window-size={max(across + 40, 500)},900",
        "--virtual-time-budget=60000",
    ]
    options += ["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    options += ["--blink-settings=preferredColorScheme=0"] if dark else []
    done = subprocess.run([browser, *options, page.as_uri()], capture_output=True, text=True, timeout=240, check=True)
    title = re.search("<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert title
    found: dict[str, Any] = json.loads(html.unescape(title[1]))
    assert found["dark"] == dark
    return found


@needs_program(*BROWSERS)
@pytest.mark.parametrize(
    ("form", "across", "theme", "dark"),
    [
        ("web", 320, Theme(), False),
        ("web", 600, Theme(), True),
        ("web", 600, YELLOW, True),
        ("web", 320, YELLOW, False),
        ("email", 320, Theme(), False),
        ("email", 600, YELLOW, False),
    ],
)
def test_everybody_can_use_them(tmp_path: Path, form: Form, across: int, theme: Theme, dark: bool) -> None:
    found = looked_at(tmp_path, form, across, theme, dark)
    assert found["broken"] == []
    assert found["wide"] == []
    assert found["small"] == []
    assert {"color-contrast", "link-name"} <= set(found["passed"])
