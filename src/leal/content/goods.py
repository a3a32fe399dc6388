"""Goods: vouchers, products and the member card, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

from leal.content.letters import STRONG, TEXT, display, fit
from leal.content.look import Look
from leal.content.panel import Card, Offer, Product
from leal.content.pieces import EMPTY, Piece, at, box, line, lines, pill, stack, words
from leal.content.symbols import Symbol, symbol

Pictures = Mapping[str, str]
"""By the address of an image, the image itself as a `data:` URI; what is not in it is drawn without."""


def voucher(offer: Offer, look: Look, most_width: float) -> Piece:
    """An offer as a ticket: what it gives, and under the perforation what for."""
    return _wide_voucher(offer, look, most_width) if most_width >= 380 else _tall_voucher(offer, look, most_width)


def _tall_voucher(offer: Offer, look: Look, wide: float) -> Piece:
    room = wide - 40
    face = display(look)
    size, texts = fit(offer.value, face, (46, 40, 34, 28, 22, 18), room, 2)
    value = lines(texts, face, size, size * 1.1, look.strong_on_surface, "middle")
    title = words(offer.title, STRONG, 14.5, look.on_surface, room, 3, "middle")
    detail = words(offer.detail, TEXT, 12.5, look.muted_on_surface, room, 3, "middle")
    ends = words(offer.ends, STRONG, 12.5, look.strong_on_surface, room, 2, "middle")
    upper = stack([(0, value if texts else title), (4, detail if not texts else title)], align=0.5)
    lower = stack([(0, detail if texts else EMPTY), (3, ends)], align=0.5)
    cut = upper.height + 36
    high = cut + (lower.height + 32 if lower.height else 0)
    markup = _ticket(wide, high, cut if lower.height else 0, look, along=False)
    markup += at((wide - upper.width) / 2, 20, upper) + at((wide - lower.width) / 2, cut + 15, lower)
    return Piece(markup, wide, high)


def _wide_voucher(offer: Offer, look: Look, wide: float) -> Piece:
    face = display(look)
    left = min(wide * 0.34, 190.0)
    size, texts = fit(offer.value, face, (38, 33, 28, 24, 20, 17), left - 36, 2)
    value = lines(texts, face, size, size * 1.1, look.strong_on_surface, "middle")
    room = wide - (left if texts else 0) - 48
    said = stack(
        [
            (0, words(offer.title, STRONG, 15.5, look.on_surface, room, 2)),
            (3, words(offer.detail, TEXT, 13, look.muted_on_surface, room, 2)),
            (3, words(offer.ends, STRONG, 12.5, look.strong_on_surface, room, 1)),
        ]
    )
    high = max(said.height, value.height) + 40
    markup = _ticket(wide, high, left if texts else 0, look, along=True)
    markup += at((left - value.width) / 2, (high - value.height) / 2, value) if texts else ""
    return Piece(markup + at((left if texts else 0) + 24, (high - said.height) / 2, said), wide, high)


def _ticket(wide: float, high: float, cut: float, look: Look, along: bool) -> str:
    """The paper, notched at both ends of its perforation, which runs across at `cut` or `along` the height at it."""
    r = min(look.radius, 20)
    a, b = (wide, high) if not along else (high, wide)
    corner = [f"a{r} {r} 0 0 1 {x} {y}" for x, y in ((r, r), (-r, r), (-r, -r), (r, -r))]
    if not cut:
        return box(wide, high, r, look.surface, look.line)
    if along:
        top, bottom = f"H{cut - 8:.5g}a8 8 0 0 0 16 0", f"H{cut + 8:.5g}a8 8 0 0 0 -16 0"
        path = f"M{r} .5{top}H{b - r - 0.5:.5g}{corner[0]}V{a - r - 0.5:.5g}{corner[1]}{bottom}H{r}{corner[2]}"
        path += f"V{r + 0.5}{corner[3]}z"
        seam = f"M{cut:.5g} 16V{high - 14:.5g}"
    else:
        right, left = f"V{cut - 8:.5g}a8 8 0 0 0 0 16", f"V{cut + 8:.5g}a8 8 0 0 0 0 -16"
        path = f"M{r} .5H{a - r - 0.5:.5g}{corner[0]}{right}V{b - r - 0.5:.5g}{corner[1]}H{r + 0.5}{corner[2]}{left}"
        path += f"V{r + 0.5}{corner[3]}z"
        seam = f"M18 {cut:.5g}H{wide - 16:.5g}"
    return (
        f'<path d="{path}" fill="{look.surface}" stroke="{look.line}"/><path d="{seam}" stroke="{look.seam}"'
        ' stroke-width="1.5" stroke-dasharray="2 6" stroke-linecap="round"/>'
    )


def shelf(shown: Sequence[Product], look: Look, most_width: float, pictures: Pictures) -> Piece:
    """Products side by side, three in a row, or two where there is little room."""
    products = shown[:6]
    if not any(product.image_url in pictures for product in products):
        return _list(products, look, most_width)
    columns = min(3, len(products)) if most_width >= 440 else min(2, len(products))
    room = (most_width - 16 * (columns - 1)) / columns
    if columns == 1:
        room = min(room, 240)
    markup, y = "", 0.0
    for start in range(0, len(products), columns):
        cells = [_product(product, look, room, pictures) for product in products[start : start + columns]]
        for number, cell in enumerate(cells):
            markup += at(number * (room + 16), y, cell)
        y += max(cell.height for cell in cells) + 22
    return Piece(markup, most_width, y - 22)


def _list(shown: Sequence[Product], look: Look, room: float) -> Piece:
    """Products as lines of a table, where there is no picture of any."""
    markup, y = "", 0.0
    for number, product in enumerate(shown):
        if number:
            markup += f'<rect y="{y:.5g}" width="{room:.5g}" height="1" fill="{look.line}"/>'
            y += 15
        half = room * 0.42
        was = words(product.was, TEXT, 12.5, look.muted, half, 1)
        struck = f'<rect y="10" width="{was.width:.5g}" height="1" fill="{look.muted}"/>' if product.was else ""
        told = stack(
            [
                (0, words(product.price, STRONG, 15, look.text, half, 1)),
                (0, Piece(was.markup + struck, was.width, was.height)),
            ],
            align=1,
        )
        tags = [(product.tag, look.chip, look.on_chip), (product.reaches, look.badge, look.on_badge)]
        pills, x, down = "", 0.0, 0
        left = room - max(told.width, 70) - 24
        for text, fill, colour in tags:
            tag = pill(text, fill, colour, left, 11)
            if x and x + tag.width > left:
                x, down = 0, down + 27
            pills += at(x, down, tag)
            x += tag.width + 6 if text else 0
        said = stack(
            [
                (0, words(product.name, STRONG, 15, look.text, left, 2)),
                (2, words(product.points, STRONG, 13, look.strong, left, 1)),
                (6, Piece(pills, left, down + 22 if pills else 0)),
            ]
        )
        markup += at(0, y, said) + at(room - told.width, y, told)
        y += max(said.height, told.height) + (15 if number < len(shown) - 1 else 0)
    return Piece(markup, room, y)


def _product(product: Product, look: Look, room: float, pictures: Pictures) -> Piece:
    picture = _picture(product, look, room, pictures)
    if product.tag:
        picture += at(8, 8, pill(product.tag, look.chip, look.on_chip, room - 16, 11))
    price = words(product.price, STRONG, 14, look.text, room, 1)
    markup = price.markup
    if product.was:
        was = words(product.was, TEXT, 12.5, look.muted, room - price.width - 8, 1)
        struck = f'<rect y="10" width="{was.width:.5g}" height="1" fill="{look.muted}"/>'
        markup += at(price.width + 8, 1, Piece(was.markup + struck, was.width, was.height))
    return stack(
        [
            (0, Piece(picture, room, room)),
            (10, words(product.name, TEXT, 13.5, look.text, room, 2)),
            (3, Piece(markup, room, price.height)),
            (3, words(product.points, STRONG, 12.5, look.strong, room, 2)),
            (5, pill(product.reaches, look.chip, look.on_chip, room, 11)),
        ]
    )


def _picture(product: Product, look: Look, room: float, pictures: Pictures) -> str:
    radius = min(look.radius, 14)
    image = pictures.get(product.image_url, "")
    if not image:
        initial = next((sign for sign in product.name if sign.isalnum()), "").upper()
        letter = line(initial, display(look), room * 0.34, look.strong_on_surface, "middle")
        return box(room, room, radius, look.surface, look.line) + at(room / 2, room * 0.62, Piece(letter, 0, 1))
    name = f"p{crc32(product.image_url.encode()):08x}"
    return (
        f'<clipPath id="{name}">{box(room, room, radius, "#000")}</clipPath>{box(room, room, radius, look.surface)}'
        f'<image clip-path="url(#{name})" width="{room:.5g}" height="{room:.5g}" preserveAspectRatio="xMidYMid slice"'
        f' href="{image}"/>'
    )


def card(shown: Card, look: Look, most_width: float) -> Piece:
    """The member card's symbol, dark on white whatever the theme, with its number beneath."""
    found = symbol(shown.symbol, shown.number)
    if found is None:
        return EMPTY
    drawn = bars(found, min(most_width - 4, 320), 58)
    beside = most_width - drawn.width - 60 >= 140
    room, anchor = (most_width - drawn.width - 60, "start") if beside else (most_width - 40, "middle")
    label = words(shown.label, STRONG, 13, "#5a554d", room, 2, anchor)
    number = words(spaced(shown.number), STRONG, 15, "#141312", room, 2, anchor)
    said = stack([(0, label), (3, number)], align=0 if beside else 0.5)
    high = (max(drawn.height, said.height) if beside else drawn.height + 8 + said.height) + 32
    markup = box(most_width, high, min(look.radius, 16), "#ffffff", look.line)
    if beside:
        markup += at(18, (high - drawn.height) / 2, drawn) + at(drawn.width + 38, (high - said.height) / 2, said)
    else:
        markup += at((most_width - drawn.width) / 2, 16, drawn)
        markup += at((most_width - said.width) / 2, drawn.height + 24, said)
    return Piece(markup, most_width, high)


def bars(found: Symbol, most_width: float, high: float) -> Piece:
    """A symbol's dark fields, in whole pixels to each where there is room."""
    rows, across = found.rows, len(found.rows[0]) + 2 * found.quiet
    flat = len(rows) == 1
    module = max(1, int((most_width if flat else min(most_width, 150)) // across))
    path = ""
    for number, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start + 1
            while end < len(row) and row[end] == row[start]:
                end += 1
            if row[start]:
                x, y = (start + found.quiet) * module, 0 if flat else (number + found.quiet) * module
                tall = high if flat else module
                path += f"M{x} {y}h{(end - start) * module}v{tall:g}h{-(end - start) * module}z"
            start = end
    tall = high if flat else (len(rows) + 2 * found.quiet) * module
    return Piece(f'<path d="{path}" fill="#000" shape-rendering="crispEdges"/>', across * module, tall)


def spaced(number: str) -> str:
    """A number in groups of four, where it has no signs of its own."""
    return " ".join(number[n : n + 4] for n in range(0, len(number), 4)) if number.isalnum() else number
