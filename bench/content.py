"""Content blocks: banners as JSON and as pictures, beside the bare handler with as many constant bytes.

Each member has a banner of its own, so that a picture is drawn for each and none was kept; but for the last part. Only
what is shown counts: an answer that would not have come in time is neutral; how many were is told.
"""

from __future__ import annotations

import re
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Final

import httpx

from bench.bare import CONSTANT
from bench.load import CONNECTIONS, write_requests
from bench.paced import Paced, paced
from bench.report import Part, times_part
from bench.requests import shuffled
from bench.shops import SLUG
from bench.stage import SAMPLE, WARM_SECONDS, Round, Stage, measured
from leal.content.tokens import ContentToken, make_content_token
from leal.engine.engine import Engine
from leal.rules.content.chosen import Block

BLOCK: Final[Block] = "loyalty-programme-banner"
BARS: Final = {"content.json": 0.09, "content.picture": 0.0015, "content.kept": 0.04}
"""The least ratio to the bare handler's rate: they guard what there is (docs/performance.md)."""
P95_MS: Final = 50.0
"""Within which 95 % of drawn pictures are to be there, at half of what saturates the process."""
DRAWERS: Final = 4
"""Callers for drawn pictures: enough to keep the process busy, so few that none waits until it is too late."""
KEPT: Final = 20
"""Members whose pictures are asked for again and again."""
VARIANTS: Final = [f"&l={language}{dark}" for language in ("en", "fr", "de") for dark in ("", "&dark=1")]
"""Twins have the same picture, which would be drawn once: so that each member who is asked for has one of their own."""
FORMS: Final = (
    ("json", "json", None, CONNECTIONS),
    ("picture", "png", None, DRAWERS),
    ("kept", "png", KEPT, DRAWERS),
)
"""Parts: the form, how many members it is asked for (None: all), and how many callers ask at once."""
TRIES: Final = 20
"""Of a fresh process, whose first answers may come too late."""
SHOWN: Final = re.compile(r'^leal_content_total\{.*outcome="shown".*\} (\S+)$', re.MULTILINE)


def content(stage: Stage) -> list[Part]:
    """Each form beside its ceiling; and pictures at half of saturation, timed from when each was due."""
    parts = []
    pictures: list[Round] = []
    for name, form, members, callers in FORMS:
        asked = stage.requests(f"content-{name}", lambda *of, by=(form, members): _write(*of, *by))
        bare = _bare(stage, asked)
        rounds, (bares,) = stage.interleaved(
            lambda file=asked, many=callers: _round(stage, file, many),  # type: ignore[misc]
            lambda file=bare, many=callers: stage.loaded(file, stage.serve_bare, connections=many).rate,  # type: ignore[misc]
        )
        parts.append(measured(f"content.{name}", "shown/s", rounds, bares, BARS[f"content.{name}"]))
        pictures = rounds if name == "picture" else pictures
    half = _half(stage, stage.folder / "content-picture", median(one.rate for one in pictures) / 2)
    stage.say(f"pictures at half of saturation: half within {half.p50_ms:.1f} ms, 95 % within {half.p95_ms:.1f} ms")
    return [*parts, times_part("content.p95", half.p95_ms, "ms", P95_MS, bar=1.0)]


async def _write(engine: Engine, path: Path, members: int, form: str, most: int | None) -> None:
    """The banner of all members that can have a picture of their own, in random order, or of so many of them."""
    shop = await engine.shop(SLUG)
    kid, secret = await engine.add_token_key(shop, scope="content")
    names = list(shuffled(min(members, SAMPLE * len(VARIANTS))))[:most]
    links = (make_content_token(kid, secret, SLUG, BLOCK, ContentToken(name)) for name in names)
    variants = (VARIANTS[int(name[1:]) // SAMPLE] for name in names)
    urls = map("/content/v1/{}/{}.{}?t={}{}".format, repeat(SLUG), repeat(BLOCK), repeat(form), links, variants)
    write_requests(path, map(_get, urls))


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode()


def _bare(stage: Stage, asked: Path) -> Path:
    """Requests of as many constant bytes as the first answer has; raises RuntimeError where that is the neutral one."""
    path = asked.read_bytes().split(b" ", 2)[1].decode()
    with stage.serve() as (_, port, _):
        for _ in range(TRIES):
            answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=30)
            if _shown(port):
                break
        else:
            raise RuntimeError(f"{path} is answered with {answer.status_code} and {len(answer.content)} bytes.")
    bare = asked.with_suffix(".bare")
    write_requests(bare, [_get(f"{CONSTANT}{len(answer.content)}")])
    return bare


def _round(stage: Stage, asked: Path, callers: int) -> Round:
    """One round on a fresh server, after a warm-up."""
    with stage.serve() as (pids, port, _):
        stage.load(asked, port, WARM_SECONDS, connections=callers)
        before = _shown(port)
        with stage.watched(*pids) as used:
            load = stage.load(asked, port, stage.options.seconds, connections=callers)
        shown = _shown(port) - before
        _tell_late(stage, shown, load.answers)
        cpu, rss_mb = used(shown)
    return Round(shown / load.seconds, cpu, rss_mb, load.p50_ms, load.p99_ms, load.answers)


def _half(stage: Stage, asked: Path, rate: float) -> Paced:
    with stage.serve() as (_, port, _):
        stage.load(asked, port, WARM_SECONDS, connections=DRAWERS)
        before = _shown(port)
        told = paced(asked, port, stage.options.seconds, rate)
        _tell_late(stage, _shown(port) - before, told.answers)
        if told.faults:
            raise RuntimeError(f"{told.faults} calls failed, {told.answers} were answered.")
    return told


def _tell_late(stage: Stage, shown: int, answers: int) -> None:
    if shown < answers:
        stage.say(f"of {answers:,} blocks {answers - shown:,} would have come too late")


def _shown(port: int) -> int:
    """How many blocks the server has shown."""
    figures = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
    return int(sum(float(count) for count in SHOWN.findall(figures)))
