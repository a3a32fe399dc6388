"""A panel as HTML for pages and apps: a section with its own style, dark where the reader's device is."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from zlib import crc32

from leal.content.gauges import remaining
from leal.content.goods import bars, spaced
from leal.content.look import Look, look
from leal.content.markup import element, image_address, lang, linked, text
from leal.content.panel import BANNERS, Card, Countdown, Offer, Panel, Product, Progress, Tone, with_arc
from leal.content.symbols import symbol
from leal.rules.programme.theme import Theme

_COLOURS = (
    "ground", "text", "muted", "line", "track", "fill", "fill_end", "knob", "strong", "button", "on_button", "surface",
    "on_surface", "muted_on_surface", "strong_on_surface", "chip", "on_chip", "seam", "badge", "on_badge", "shade",
)  # fmt: skip


def draw_web(panel: Panel, theme: Theme, across: int, now: datetime) -> str:
    """The fragment: a style element and a section, at most `across` pixels wide."""
    progress = panel.progress
    arc = progress if with_arc(panel) else None
    beside = None if arc or panel.products else panel.offer
    visual = _arc(arc, panel) if arc else _voucher(beside) if beside else _medal(panel)
    head = (
        _top(panel, theme)
        + element("h2", text(panel.headline), f"--longest:{max(map(len, panel.headline.split()), default=1)}")
        + element("p", text(panel.body), class_="body")
        + _checks(panel)
        + (_countdown(panel.countdown, now) if panel.countdown else "")
    )
    button = _button(panel)
    below = (
        (_medal(panel, "figure") if beside else "")
        + (_bar(progress) if progress and not arc else "")
        + _facts(panel)
        + (_voucher(panel.offer) if panel.offer and not beside else "")
        + _shelf(panel)
        + (_card(panel.card) if panel.card else "")
    )
    row = element("div", head, class_="head") + element("div", visual, class_="visual") + ("" if below else button)
    row = element("div", row, class_="beside")
    after = (button if below else "") + element("p", text(panel.as_of), class_="as-of")
    return framed(panel, theme, across, row + element("div", below, class_="below") + after)


def framed(panel: Panel, theme: Theme, across: int, inner: str) -> str:
    """What is inside, in a section with the style that its parts need."""
    style, name = _style(theme, panel.tone, across)
    section = f'<section class="leal {name} {panel.tone}" lang="{lang(panel.language)}">{inner}</section>'
    return f"<style>{style}</style>{section}"


def web_pieces(panel: Panel, theme: Theme, now: datetime) -> dict[str, str]:
    """Each part by its name; empty where there is nothing to say."""
    return {
        "badge": _top(panel, theme),
        "arc": _arc(panel.progress, panel) if panel.progress else "",
        "bar": _bar(panel.progress) if panel.progress else "",
        "facts": _facts(panel),
        "checks": _checks(panel),
        "countdown": _countdown(panel.countdown, now) if panel.countdown else "",
        "voucher": _voucher(panel.offer) if panel.offer else "",
        "products": _shelf(panel),
        "card": _card(panel.card) if panel.card else "",
        "button": _button(panel),
    }


@lru_cache(maxsize=256)
def _style(theme: Theme, tone: Tone, across: int) -> tuple[str, str]:
    """The sheet, and the class that gives a section these colours."""
    light, dark = look(theme, tone), look(theme, tone, dark=True)
    measures = (
        f"--radius:{light.radius}px;--most:{across}px;--display:{'var(--serif)' if light.serif else 'var(--sans)'};"
    )
    name = f"leal-{crc32((_custom(light) + _custom(dark) + measures).encode()):08x}"
    sheet = files("leal.content").joinpath("web.css").read_text(encoding="utf-8")
    own = f".{name}{{{measures}{_custom(light)}}}"
    own += f"@media (prefers-color-scheme:dark){{.{name}{{color-scheme:dark;{_custom(dark)}}}}}"
    return own + "".join(line.strip() for line in sheet.splitlines()), name


def _custom(drawn: Look) -> str:
    return "".join(f"--{name.replace('_', '-')}:{getattr(drawn, name)};" for name in _COLOURS)


def _top(panel: Panel, theme: Theme) -> str:
    logo = image_address(theme.logo_url or "")
    shown = f'<img class="logo" src="{logo}" alt="" height="26">' if logo else ""
    if panel.tier:
        mark = '<span aria-hidden="true">★ </span>' if panel.tier.rank else ""
        shown += element("span", mark + text(panel.tier.name), class_="tier")
    return element("p", shown + element("span", text(panel.eyebrow), class_="eyebrow"), class_="top")


def _checks(panel: Panel) -> str:
    found = [fact for fact in panel.facts if not fact.value][:5]
    return element("ul", "".join(element("li", text(fact.label)) for fact in found), class_="checks")


def _facts(panel: Panel) -> str:
    found = [fact for fact in panel.facts if fact.value][:4]
    told = "".join(f"<div><dt>{text(fact.label)}</dt><dd>{text(fact.value)}</dd></div>" for fact in found)
    return element("dl", told, class_="facts")


def _medal(panel: Panel, form: str = "medal") -> str:
    if not panel.figure:
        return ""
    return element("p", _figure(panel), class_=form if panel.block in BANNERS else "figure")


def _arc(progress: Progress, panel: Panel) -> str:
    done = 260 * max(progress.permille, 8) // 1000
    turn = 'fill="none" stroke-width="10" stroke-linecap="round" pathLength="360" transform="rotate(140 60 60)"'
    drawn = (
        '<svg viewBox="0 0 120 112" aria-hidden="true" focusable="false">'
        f'<circle cx="60" cy="60" r="52" stroke="var(--track)" stroke-dasharray="260 360" {turn}/>'
        f'<circle cx="60" cy="60" r="52" stroke="var(--fill)" stroke-dasharray="{done} 360" {turn}/>'
        f'<g transform="rotate({140 + done} 60 60)"><circle cx="112" cy="60" r="7.5" fill="var(--ground)"/>'
        '<circle cx="112" cy="60" r="5" fill="var(--knob)"/></g></svg>'
    )
    inner = element("p", _figure(panel) + element("span", text(progress.end), class_="goal"))
    return element("div", drawn + inner, class_="arc", **_told(progress))


def _figure(panel: Panel) -> str:
    number = element("b", text(panel.figure), f"--signs:{max(len(panel.figure), 4)}")
    return f"{number} {element('span', text(panel.figure_label))}"


def _bar(progress: Progress) -> str:
    done = f"{progress.permille / 10:g}%"
    label = element("p", text(progress.label), class_="told", aria_hidden="true")
    run = f'<div class="run" style="width:{done}"><i></i></div>'
    ends = element("span", text(progress.start)) + element("span", text(progress.end), class_="goal")
    return element(
        "div",
        label
        + element("div", run, class_="bar", **_told(progress))
        + element("p", ends if progress.start or progress.end else "", class_="ends", aria_hidden="true"),
        class_="progress",
    )


def _told(progress: Progress) -> dict[str, str]:
    """What is told of the progress to who cannot see it."""
    label = text(progress.label or f"{progress.start} {progress.end}".strip() or str(progress.current))
    now = str(max(0, min(progress.current, progress.goal)))
    return {
        "role": "progressbar",
        "aria_valuemin": "0",
        "aria_valuenow": now,
        "aria_valuemax": str(progress.goal),
        "aria_valuetext": label,
        "aria_label": label,
    }


def _countdown(shown: Countdown, now: datetime) -> str:
    left = remaining(shown, now)
    if left is None:
        return element("p", text(shown.over), class_="told")
    cells = "".join(
        f"<span><b>{value:02d}</b> {text(unit)} </span>" for value, unit in zip(left[:3], shown.units, strict=False)
    )
    return element("p", text(shown.label), class_="told") + element("p", cells, class_="countdown")


def _voucher(offer: Offer) -> str:
    value = element("b", text(offer.value))
    said = element("strong", linked(text(offer.title), offer.url)) + element("span", text(offer.detail))
    said += element("em", text(offer.ends))
    return element("div", element("div", value) + element("div", said), class_="voucher")


def _shelf(panel: Panel) -> str:
    shown = panel.products[:6]
    pictured = any(product.image_url for product in shown)
    return element("ul", "".join(_product(product, pictured) for product in shown), class_="goods")


def _product(product: Product, pictured: bool) -> str:
    """`pictured`: there are pictures beside it; where it has none itself, its initial is in its place."""
    source = image_address(product.image_url)
    initial = f'<i aria-hidden="true">{text(product.name[:1])}</i>' if pictured else ""
    picture = f'<img src="{source}" alt="" loading="lazy">' if source else initial
    tag = element("span", text(product.tag), class_="chip")
    price = element("span", text(product.price), class_="price") + element("s", text(product.was))
    said = (
        element("span", linked(text(product.name), product.url), class_="name")
        + element("p", price)
        + element("span", text(product.points), class_="points")
        + element("span", text(product.reaches), class_="tier")
    )
    return element("li", element("div", picture + tag, class_="picture" if picture else "tag") + said)


def _card(shown: Card) -> str:
    found = symbol(shown.symbol, shown.number)
    if found is None:
        return ""
    piece = bars(found, 320, 58)
    box = f'viewBox="0 0 {piece.width:g} {piece.height:g}" width="{piece.width:g}" height="{piece.height:g}"'
    drawn = f'<svg {box} aria-hidden="true" focusable="false">{piece.markup}</svg>'
    said = element("span", text(shown.label)) + element("b", text(spaced(shown.number)))
    return element("div", drawn + element("p", said), class_="card")


def _button(panel: Panel) -> str:
    if not panel.button:
        return ""
    said = linked(text(panel.button.text), panel.button.url, class_="button")
    return element("p", said if said.startswith("<a") else element("span", said, class_="button"), class_="do")
