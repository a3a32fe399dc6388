"""A panel as HTML for e-mails: tables and inline styles, whole without images, legible where colours are inverted."""

from __future__ import annotations

from datetime import datetime

from leal.content.colours import INK, WHITE, luminance, mix, readable
from leal.content.gauges import remaining
from leal.content.goods import spaced
from leal.content.look import Look, look
from leal.content.markup import address, element, image_address, lang, linked, text
from leal.content.panel import Card, Countdown, Fact, Offer, Panel, Product, Progress
from leal.content.symbols import symbol
from leal.rules.programme.theme import Theme

SANS = "Inter,-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
SERIF = "'Source Serif 4',Georgia,'Times New Roman',serif"
_DARK, _LIGHT = 0.2, 0.7
"""Luminance of grounds that white words stand on, and of those that are light, too, to programs that invert."""
_TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'


def email_pieces(panel: Panel, theme: Theme, now: datetime, countdown_url: str) -> dict[str, str]:
    """Every part of the fragment by its name, in reading order; empty where there is nothing to say."""
    drawn = _sturdy(look(theme, panel.tone))
    return {
        "badge": _top(panel, drawn, theme),
        "headline": _words("h2", panel.headline, drawn.text, 27, _face(drawn), "700", 1.2),
        "body": _words("p", panel.body, drawn.muted, 16),
        "checks": _checks(panel, drawn),
        "figure": _figure(panel, drawn),
        "bar": _bar(panel.progress, panel, drawn) if panel.progress else "",
        "facts": _facts([fact for fact in panel.facts if fact.value][:4], drawn),
        "countdown": _countdown(panel.countdown, now, drawn, countdown_url) if panel.countdown else "",
        "voucher": _voucher(panel.offer, drawn) if panel.offer else "",
        "products": _products(panel.products[:6], drawn),
        "card": _card(panel.card, drawn) if panel.card else "",
        "button": _button(panel, drawn),
        "as_of": _words("p", panel.as_of, drawn.muted, 12),
    }


_ABOVE = dict(zip(("headline", "body", "checks", "figure"), (12, 8, 14, 16), strict=True))
"""Pixels above a part, where they are not 20."""


def draw_email(panel: Panel, theme: Theme, across: int, now: datetime, countdown_url: str) -> str:
    """The fragment: one table, `across` pixels wide and narrower where the screen is."""
    drawn = _sturdy(look(theme, panel.tone))
    rows = [(_ABOVE.get(name, 20), row) for name, row in email_pieces(panel, theme, now, countdown_url).items()]
    inner = "".join(
        f'<tr><td style="padding:{space if number else 0}px 0 0 0">{row}</td></tr>'
        for number, (space, row) in enumerate((space, row) for space, row in rows if row)
    )
    border = f"border:1px solid {drawn.line if not drawn.hero else drawn.ground};"
    cell = (
        f'<td bgcolor="{drawn.ground}" style="{_ground(drawn.ground)}{border}border-radius:{drawn.radius + 4}px;'
        f'padding:26px 24px 28px 24px;font-family:{SANS};text-align:left;word-break:break-word">{_table(inner)}</td>'
    )
    return (
        f'<table {_TABLE} width="100%" lang="{lang(panel.language)}" style="max-width:{across}px;margin:0 auto;'
        f'border-collapse:separate"><tr>{cell}</tr></table>'
    )


def _table(rows: str, style: str = "", width: str = "100%") -> str:
    return f'<table {_TABLE} width="{width}" style="border-collapse:separate;{style}">{rows}</table>' if rows else ""


def _ground(colour: str) -> str:
    """A dark one is said twice: programs that invert colours leave a background image as it is. A light one is not:
    they make its dark words light."""
    again = f"background-image:linear-gradient({colour},{colour});" if luminance(colour) < _DARK else ""
    return f"background-color:{colour};{again}"


def _sturdy(drawn: Look) -> Look:
    """The look without grounds that are neither light nor dark: inverted, their dark words would be light, they not."""
    chip, on_chip = _clear(drawn.chip, drawn.on_chip)
    badge, on_badge = _clear(drawn.badge, drawn.on_badge)
    button, on_button = _clear(drawn.button, drawn.on_button)
    return drawn._replace(
        chip=chip, on_chip=on_chip, badge=badge, on_badge=on_badge, button=button, on_button=on_button
    )


def _clear(ground: str, ink: str) -> tuple[str, str]:
    """The ground and the words on it; one that is neither light nor dark made light."""
    if not _DARK <= luminance(ground) < _LIGHT:
        return ground, ink
    paler = mix(ground, WHITE, 74)
    return paler, readable(mix(ground, INK, 82), paler)


def _face(drawn: Look) -> str:
    return SERIF if drawn.serif else SANS


def _words(
    name: str, words: str, colour: str, size: float, face: str = SANS, weight: str = "400", leading: float = 1.5
) -> str:
    style = f"margin:0;color:{colour};font:{weight} {size:g}px/{leading:g} {face};"
    if size >= 24:
        style += "letter-spacing:-0.01em;"
    return element(name, text(words), style)


def _top(panel: Panel, drawn: Look, theme: Theme) -> str:
    logo = image_address(theme.logo_url or "")
    style = "display:inline-block;border:0;height:26px;margin:0 12px 0 0;vertical-align:middle"
    shown = f'<img src="{logo}" alt="" height="26" style="{style}">' if logo else ""
    if panel.tier:
        style = (
            f"display:inline-block;{_ground(drawn.badge)}color:{drawn.on_badge};border-radius:12px;padding:3px 11px;"
        )
        style += f"margin:0 12px 4px 0;font:600 12px/18px {SANS}"
        shown += element("span", ("★ " if panel.tier.rank else "") + text(panel.tier.name), style) + " "
    style = f"color:{drawn.muted};font:600 12px/18px {SANS};letter-spacing:0.06em"
    return element("p", shown + element("span", text(panel.eyebrow), style), "margin:0;line-height:24px")


def _checks(panel: Panel, drawn: Look) -> str:
    found = [fact for fact in panel.facts if not fact.value][:5]
    tick = f"width:26px;color:{drawn.strong};font:700 15px/24px {SANS};vertical-align:top"
    said = f"color:{drawn.text};font:600 15px/24px {SANS}"
    return _table(
        "".join(
            f'<tr><td style="{tick}" aria-hidden="true">✓</td><td style="{said}">{text(fact.label)}</td></tr>'
            for fact in found
        )
    )


def _figure(panel: Panel, drawn: Look) -> str:
    if not panel.figure:
        return ""
    number = element("span", text(panel.figure), f"color:{drawn.text};font:700 40px/44px {_face(drawn)}")
    label = element("span", text(panel.figure_label), f"color:{drawn.muted};font:400 15px/22px {SANS}")
    return element("p", f"{number} {label}".strip(), "margin:0")


def _bar(progress: Progress, panel: Panel, drawn: Look) -> str:
    label = "" if panel.figure and progress.label.startswith(panel.figure) else progress.label
    done = max(2, progress.permille // 10)
    left, right = ("6px", "6px") if done == 100 else ("6px 0 0 6px", "0 6px 6px 0")
    fields = (
        f'<td width="{done}%" height="11" bgcolor="{drawn.fill}" style="{_ground(drawn.fill)}{_thin(left)}">&nbsp;</td>'
    )
    if done < 100:
        rest = f'height="11" bgcolor="{drawn.track}" style="{_ground(drawn.track)}{_thin(right)}"'
        fields += f'<td width="{100 - done}%" {rest}>&nbsp;</td>'
    under = (
        f'<td style="color:{drawn.muted};font:400 13px/18px {SANS};padding:6px 0 0 0">{text(progress.start)}</td>'
        f'<td align="right" style="color:{drawn.strong};font:600 13px/18px {SANS};padding:6px 0 0;text-align:right">'
        f"{text(progress.end)}</td>"
    )
    return (
        element("p", text(label), f"margin:0 0 8px 0;color:{drawn.text};font:600 14px/20px {SANS}")
        + _table(f"<tr>{fields}</tr>")
        + (_table(f"<tr>{under}</tr>") if progress.start or progress.end else "")
    )


def _thin(radius: str) -> str:
    return f"border-radius:{radius};font-size:0;line-height:0"


def _facts(shown: list[Fact], drawn: Look) -> str:
    """Side by side where there is room, else beneath one another."""
    wide = 96 // max(len(shown), 3)
    style = f"display:inline-block;width:{wide}%;min-width:118px;vertical-align:top;padding:0 2px 8px 0"
    figure = f"margin:0;color:{drawn.text};font:700 24px/30px {_face(drawn)};white-space:nowrap"
    told = f"margin:0;color:{drawn.muted};font:400 13px/18px {SANS}"
    return "".join(
        element("div", element("p", text(fact.value), figure) + element("p", text(fact.label), told), style)
        for fact in shown
    )


def _countdown(shown: Countdown, now: datetime, drawn: Look, url: str) -> str:
    left = remaining(shown, now)
    if left is None:
        return _words("p", shown.over, drawn.text, 15, weight="600")
    told = ", ".join(f"{value} {unit}" for value, unit in zip(left[:3], shown.units, strict=False))
    label = element("p", text(shown.label), f"margin:0 0 8px 0;color:{drawn.text};font:600 14px/20px {SANS}")
    if source := address(url):
        image = f'<img src="{source}" alt="{text(told)}" width="280" style="display:block;border:0;max-width:100%">'
        return label + image
    cells = "".join(
        f'<td align="center" width="64" bgcolor="{drawn.surface}" style="{_ground(drawn.surface)}border:1px solid'
        f' {drawn.line};border-radius:{min(drawn.radius, 12)}px;padding:8px 4px;text-align:center">'
        f'<span style="color:{drawn.on_surface};font:700 24px/28px {_face(drawn)}">{value:02d}</span><br>'
        f'<span style="color:{drawn.muted_on_surface};font:400 11px/14px {SANS}">{text(unit)}</span></td>'
        '<td width="8" style="font-size:0;line-height:0">&nbsp;</td>'
        for value, unit in zip(left[:3], shown.units, strict=False)
    )
    return label + f'<table {_TABLE} style="border-collapse:separate"><tr>{cells}</tr></table>'


def _voucher(offer: Offer, drawn: Look) -> str:
    title = linked(text(offer.title), offer.url, f"color:{drawn.on_surface};text-decoration:none")
    said = (
        element("p", text(offer.value), f"margin:0;color:{drawn.strong_on_surface};font:700 34px/40px {_face(drawn)}")
        + element("p", title, f"margin:2px 0 0 0;color:{drawn.on_surface};font:600 16px/22px {SANS}")
        + element("p", text(offer.detail), f"margin:2px 0 0 0;color:{drawn.muted_on_surface};font:400 13px/19px {SANS}")
        + element("p", text(offer.ends), f"margin:2px 0 0 0;color:{drawn.strong_on_surface};font:600 13px/19px {SANS}")
    )
    cell = (
        f'<td align="center" bgcolor="{drawn.surface}" style="{_ground(drawn.surface)}border:2px dashed {drawn.seam};'
        f'border-radius:{drawn.radius}px;padding:18px 20px;text-align:center">{said}</td>'
    )
    return _table(f"<tr>{cell}</tr>")


def _products(shown: tuple[Product, ...], drawn: Look) -> str:
    return _table("".join(_product(product, drawn, first=not number) for number, product in enumerate(shown)))


def _product(product: Product, drawn: Look, first: bool) -> str:
    """Its picture, its name with what it earns, its price, on one line."""
    source = image_address(product.image_url)
    style = f"display:block;border:0;width:72px;height:auto;border-radius:{min(drawn.radius, 10)}px"
    picture = f'<img src="{source}" alt="" width="72" style="{style}">' if source else ""
    name = linked(text(product.name), product.url, f"color:{drawn.text};text-decoration:none")
    tags = [(product.tag, drawn.chip, drawn.on_chip), (product.reaches, drawn.badge, drawn.on_badge)]
    pills = " ".join(
        element(
            "span", text(words), f"display:inline-block;{_ground(fill)}color:{ink};border-radius:10px;padding:2px 9px;"
            f"font:600 11px/16px {SANS};white-space:nowrap",
        )
        for words, fill, ink in tags
        if words
    )  # fmt: skip
    said = (
        element("p", name, f"margin:0;color:{drawn.text};font:600 15px/21px {SANS}")
        + element("p", text(product.points), f"margin:1px 0 0 0;color:{drawn.strong};font:600 13px/19px {SANS}")
        + element("p", pills, "margin:5px 0 0 0")
    )
    price = element("p", text(product.price), f"margin:0;color:{drawn.text};font:600 15px/21px {SANS}")
    price += element("p", element("s", text(product.was)), f"margin:0;color:{drawn.muted};font:400 13px/19px {SANS}")
    edge = "" if first else f"border-top:1px solid {drawn.line};"
    cell = f"{edge}padding:12px 0;vertical-align:top"
    beside = element("td", linked(picture, product.url), cell + ";padding-right:14px", width="72")
    return (
        f'<tr>{beside or (f"""<td style="{edge}font-size:0;line-height:0"></td>""")}<td style="{cell}">{said}</td>'
        f'<td align="right" style="{cell};padding-left:12px;text-align:right;white-space:nowrap">{price}</td></tr>'
    )


def _button(panel: Panel, drawn: Look) -> str:
    if not panel.button:
        return ""
    style = (
        f"display:inline-block;color:{drawn.on_button};font:600 16px/20px {SANS};padding:13px 24px;text-decoration:none"
    )
    words = linked(text(panel.button.text), panel.button.url, style)
    if words == text(panel.button.text):
        words = element("span", words, style)
    cell = f'bgcolor="{drawn.button}" style="{_ground(drawn.button)}border-radius:{min(drawn.radius, 23)}px"'
    return f'<table {_TABLE} style="border-collapse:separate"><tr><td {cell}>{words}</td></tr></table>'


def _card(shown: Card, drawn: Look) -> str:
    """The symbol out of cells, so that it is there without images, dark on white."""
    found = symbol(shown.symbol, shown.number)
    if found is None:
        return ""
    flat = len(found.rows) == 1
    unit = 4 if not flat else 2 if len(found.rows[0]) <= 126 else 1
    rows = "".join(f"<tr>{_cells(row, unit, 58 if flat else unit)}</tr>" for row in found.rows)
    style = "border-collapse:collapse;margin:0 auto;font-size:0;line-height:0"
    fields = f'<table {_TABLE} align="center" style="{style}">{rows}</table>'
    label = element("p", text(shown.label), f"margin:0 0 10px 0;color:#5a554d;font:600 13px/18px {SANS}")
    number = element("p", text(spaced(shown.number)), f"margin:10px 0 0 0;color:#141312;font:600 15px/20px {SANS}")
    white = "background:#ffffff linear-gradient(#ffffff,#ffffff)"
    cell = (
        f'<td align="center" bgcolor="#ffffff" style="{white};border:1px solid {drawn.line};'
        f'border-radius:{min(drawn.radius, 16)}px;padding:16px 6px;text-align:center">{label}{fields}{number}</td>'
    )
    return _table(f"<tr>{cell}</tr>")


def _cells(row: tuple[bool, ...], unit: int, high: int) -> str:
    """Fields of one colour that stand side by side, as one cell."""
    made, start = "", 0
    while start < len(row):
        end = next((n for n in range(start, len(row)) if row[n] != row[start]), len(row))
        span = f' colspan="{end - start}"' if high == unit and end - start > 1 else ""
        size = f'width="{(end - start) * unit}" height="{high}"'
        dark = ' bgcolor="#000000"' if row[start] else ""
        made += f"<td{span} {size}{dark}></td>"
        start = end
    return made
